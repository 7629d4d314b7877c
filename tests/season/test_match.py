"""The match of a season: stable by a checker written out here, and a checker that notices what is broken."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchsim.engine import Market, reference
from matchsim.errors import InputError
from matchsim.season.match import MatchResult, match, verified
from matchsim.season.tables import Programs, RankLists
from matchsim.season.words import TRACKS
from matchsim.streams import Streams

from .worlds import World, changed, compiled_only, examples, segments, town, world_of, worlds


def holdings(world: World) -> list[tuple[int, int]]:
    """(applicant, program) of every position held."""
    result = world.matched
    return [
        (a, int(p))
        for held in (result.program_of, result.second_of)
        for a, p in enumerate(held)
        if p >= 0
    ]  # fmt: skip


def blocking(programs: Programs, lists: RankLists, program_of, second_of) -> set[tuple[str, int, int]]:
    """Whoever would rather have each other, by the rules of linked lists, one pair at a time."""
    primary = segments(lists.applicant_offsets, lists.applicant_programs)
    linked = segments(lists.supplemental_offsets, lists.supplemental_programs)
    ranked = segments(lists.program_offsets, lists.program_applicants)
    holders: list[list[int]] = [[] for _ in ranked]
    for held in (program_of, second_of):
        for a, p in enumerate(held):
            if p >= 0:
                holders[p].append(a)

    def takes(p: int, a: int) -> bool:
        if a not in ranked[p]:
            return False
        if len(holders[p]) < programs.quota[p]:
            return True
        return any(ranked[p].index(b) > ranked[p].index(a) for b in holders[p])

    found = set()
    for a in range(len(lists)):
        holds = program_of[a]
        better = primary[a][: primary[a].index(holds)] if holds >= 0 else primary[a]
        found |= {("primary", a, p) for p in better if takes(p, a)}
        if holds >= 0 and TRACKS[programs.track[holds]] == "A":
            second = second_of[a]
            better = linked[a][: linked[a].index(second)] if second >= 0 else linked[a]
            found |= {("linked", a, p) for p in better if takes(p, a)}
    return found


@examples(60)
@given(worlds())
def test_every_match_is_stable_and_feasible(world: World) -> None:
    check(world)


@pytest.mark.parametrize("proposing", ["applicants", "programs"])
def test_the_town_s_match_is_stable_whoever_proposes(proposing: str) -> None:
    world = world_of(changed(town(), {"match": {"proposing": proposing}}))
    check(world)
    assert (world.matched.second_of >= 0).sum() > 5
    assert (world.matched.program_of < 0).sum() > 20


def check(world: World) -> None:
    result, tracks = world.matched, world.programs
    assert (result.feasible, result.blocking_pairs, result.stable) == (True, 0, True)
    assert blocking(tracks, world.lists, result.program_of, result.second_of) == set()
    counts = np.bincount([p for _, p in holdings(world)], minlength=len(tracks))
    assert (counts <= tracks.quota).all()
    primary = segments(world.lists.applicant_offsets, world.lists.applicant_programs)
    linked = segments(world.lists.supplemental_offsets, world.lists.supplemental_programs)
    ranked = segments(world.lists.program_offsets, world.lists.program_applicants)
    for a, (p, rank, second) in enumerate(
        zip(result.program_of, result.rank_of, result.second_of, strict=True)
    ):
        assert (p >= 0) == (rank >= 0)
        if p >= 0:
            assert primary[a][rank] == p
            assert a in ranked[p]
            assert world.lists.certified[a]
        if second >= 0:
            assert TRACKS[tracks.track[p]] == "A"
            assert TRACKS[tracks.track[second]] == "P"
            assert second in linked[a]
            assert a in ranked[second]


@examples(40)
@given(worlds())
def test_without_linked_lists_the_match_is_the_slow_solver_s(world: World) -> None:
    lists = world.lists.replace(
        supplemental_offsets=np.zeros(len(world.lists) + 1, dtype=np.int64),
        supplemental_programs=np.empty(0, dtype=np.int32),
    )
    result = match(world.scenario, world.streams, world.programs, lists)
    market = Market.from_arrays(
        lists.applicant_offsets,
        lists.applicant_programs,
        lists.program_offsets,
        lists.program_applicants,
        world.programs.quota,
    )
    slow = {"applicants": reference.applicants_propose, "programs": reference.programs_propose}
    program_of, _ = slow[world.scenario.match.proposing](market)
    assert result.program_of.tolist() == program_of
    assert (result.second_of == -1).all()


@compiled_only
def test_the_national_match_is_stable_feasible_and_within_quotas(nation) -> None:
    assert nation.match.feasible
    assert nation.match.blocking_pairs == 0
    held = np.concatenate([nation.match.program_of, nation.match.second_of])
    counts = np.bincount(held[held >= 0], minlength=len(nation.tracks))
    assert (counts <= nation.tracks.quota).all()
    assert nation.match.proposals > 47_208


@examples(60)
@given(worlds(), st.data())
def test_the_checker_agrees_with_the_rules_on_any_holding(world: World, data: st.DataObject) -> None:
    """Broken at random, a match is judged as the rules written out in this file judge it."""
    lists, tracks = world.lists, world.programs
    program_of, second_of = world.matched.program_of.copy(), world.matched.second_of.copy()
    holders = np.flatnonzero(program_of >= 0)
    if not len(holders):
        return
    a = int(data.draw(st.sampled_from(holders.tolist())))
    program_of[a], second_of[a] = -1, -1
    feasible, found = verified(tracks, lists, program_of, second_of)
    assert feasible
    assert found == len(blocking(tracks, lists, program_of, second_of))
    assert found > 0


def test_the_checker_notices_a_holder_put_out(town_world: World) -> None:
    result = town_world.matched
    second_of = result.second_of.copy()
    second_of[np.flatnonzero(second_of >= 0)[0]] = -1
    feasible, found = verified(town_world.programs, town_world.lists, result.program_of, second_of)
    assert feasible
    assert found == len(blocking(town_world.programs, town_world.lists, result.program_of, second_of)) > 0


def test_the_checker_notices_a_program_over_quota(town_world: World) -> None:
    tracks, lists, result = town_world.programs, town_world.lists, town_world.matched
    program_of = result.program_of.copy()
    full = np.bincount(program_of[program_of >= 0], minlength=len(tracks)) == tracks.quota
    ranked = segments(lists.program_offsets, lists.program_applicants)
    primary = segments(lists.applicant_offsets, lists.applicant_programs)
    p, a = next(
        (p, a)
        for p in np.flatnonzero(full).tolist()
        for a in ranked[p]
        if p in primary[a] and program_of[a] not in (-1, p)
    )
    program_of[a] = p
    assert not verified(tracks, lists, program_of, result.second_of)[0]


def test_the_checker_notices_two_people_exchanged(town_world: World) -> None:
    tracks, lists, result = town_world.programs, town_world.lists, town_world.matched
    program_of = result.program_of.copy()
    one, other = next(
        (a, b)
        for a in np.flatnonzero(program_of >= 0)
        for b in np.flatnonzero(program_of >= 0)
        if program_of[a] != program_of[b]
    )
    program_of[[one, other]] = program_of[[other, one]]
    feasible, found = verified(tracks, lists, program_of, result.second_of)
    assert not feasible or found > 0


def test_the_checker_notices_a_linked_position_without_an_advanced_one(town_world: World) -> None:
    result, linked = town_world.matched, np.diff(town_world.lists.supplemental_offsets)
    a = int(np.flatnonzero((linked > 0) & (result.second_of < 0))[0])
    second_of, program_of = result.second_of.copy(), result.program_of.copy()
    program_of[a] = -1
    second_of[a] = town_world.lists.supplemental_programs[town_world.lists.supplemental_offsets[a]]
    assert not verified(town_world.programs, town_world.lists, program_of, second_of)[0]


def lists_with_preliminary_first() -> tuple[Programs, RankLists]:
    programs = Programs(
        specialties=("Lights", "First Year"),
        names=(),
        specialty=[0, 1],
        track=[TRACKS.index("A"), TRACKS.index("P")],
        quota=[1, 1],
        prestige=np.zeros(2, np.float32),
        openness=np.zeros(2, np.float32),
        division=[0, 0],
        sponsors_visa=[True, True],
        competitiveness=np.zeros(2, np.float32),
    )
    lists = RankLists(
        certified=[True],
        applicant_offsets=[0, 2],
        applicant_programs=[1, 0],
        supplemental_offsets=[0, 1],
        supplemental_programs=[1],
        program_offsets=[0, 1, 2],
        program_applicants=[0, 0],
    )
    return programs, lists


def test_linked_lists_with_a_preliminary_program_above_others_are_refused() -> None:
    programs, lists = lists_with_preliminary_first()
    with pytest.raises(InputError) as caught:
        match(town(), Streams(1), programs, lists)
    (problem,) = caught.value.problems
    assert problem.message.startswith("applicant number 1 ranks a preliminary program above one of another")
    assert "end of primary lists" in problem.remedy


def test_without_linked_lists_a_preliminary_program_may_stand_first() -> None:
    programs, lists = lists_with_preliminary_first()
    plain = lists.replace(supplemental_offsets=[0, 0], supplemental_programs=np.empty(0, np.int32))
    result = match(town(), Streams(1), programs, plain)
    assert isinstance(result, MatchResult)
    assert (result.program_of.tolist(), result.rank_of.tolist()) == ([1], [0])
