"""The match of a season: stable by a checker written out here, and a checker that notices what is broken."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchsim.engine import Market, Matching, reference
from matchsim.errors import InputError
from matchsim.season.match import market, match, verified
from matchsim.season.tables import Programs, RankLists, Reversions
from matchsim.season.words import TRACKS
from matchsim.streams import Streams

from .worlds import World, changed, compiled_only, examples, segments, town, world_of, worlds


def market_of(world: World) -> Market:
    return market(world.programs, world.lists, world.reversions)


def matching_of(world: World, program_of=None, second_of=None, final_quota=None) -> Matching:
    """The match of a world, parts of it exchanged, as the engine judges it."""
    result = world.matched
    return Matching.from_programs(
        market_of(world),
        result.program_of if program_of is None else program_of,
        result.second_of if second_of is None else second_of,
        result.final_quota if final_quota is None else final_quota,
    )


def holdings(program_of, second_of) -> list[set[int]]:
    """By applicant, the programs held."""
    return [{int(p) for p in held if p >= 0} for held in zip(program_of, second_of, strict=True)]


def blocking(  # noqa: C901 - the rules of singles, couples and supplemental lists, one after the other
    lists: RankLists, quota, program_of, second_of
) -> set[tuple[str, int, int]]:
    """Kind of unit, its number and the place of an option that it would rather have and could get.

    By the rules, one option at a time: the unit gives up what it would leave; then every program takes the
    best it has positions for of those it still has and those who come, and all who come must be among them.
    """
    ranked = segments(lists.program_offsets, lists.program_applicants)
    held = holdings(program_of, second_of)

    def takes(moves: dict[int, int | None], leaves: set[tuple[int, int]]) -> bool:
        """Whether everybody could be where `moves` says (None = No Match), once these positions are free."""
        for p in {p for p in moves.values() if p is not None}:
            coming = {a for a, at in moves.items() if at == p}
            if any(a not in ranked[p] for a in coming):
                return False
            there = {a for a in range(len(held)) if p in held[a] and (a, p) not in leaves} | coming
            if not coming <= set(sorted(there, key=ranked[p].index)[: quota[p]]):
                return False
        return True

    def left(a: int) -> set[tuple[int, int]]:
        return {(a, p) for p in held[a]}

    found = set()
    for a, mine in enumerate(segments(lists.applicant_offsets, lists.applicant_programs)):
        better = mine[: mine.index(program_of[a])] if program_of[a] in mine else mine
        found |= {("single", a, k) for k, p in enumerate(better) if takes({a: p}, left(a))}
    pairs = zip(lists.first_programs.tolist(), lists.second_programs.tolist(), strict=True)
    for c, mine in enumerate(segments(lists.couple_offsets, np.array(list(pairs) or np.empty((0, 2))))):
        a, b = int(lists.couple_first[c]), int(lists.couple_second[c])
        have = [int(program_of[a]), int(program_of[b])]
        better = mine[: mine.index(have)] if have in mine else mine
        for k, pair in enumerate(better):
            wanted = {x: p if p >= 0 else None for x, p in zip((a, b), pair, strict=True)}
            leaves = set().union(*(left(x) for x, p, h in zip((a, b), pair, have, strict=True) if p != h))
            if takes(wanted, leaves):
                found.add(("couple", a, k))
    for s, mine in enumerate(segments(lists.supplemental_offsets, lists.supplemental_programs)):
        a, advanced = int(lists.supplemental_applicants[s]), lists.supplemental_advanced[s]
        if program_of[a] == advanced:
            have = int(second_of[a])
            better = mine[: mine.index(have)] if have in mine else mine
            leaves = {(a, have)}
            found |= {("supplemental", a, k) for k, p in enumerate(better) if takes({a: p}, leaves)}
    return found


def blocking_in(world: World, program_of=None, second_of=None) -> set[tuple[str, int, int]]:
    result = world.matched
    return blocking(
        world.lists,
        result.final_quota.tolist(),
        result.program_of if program_of is None else program_of,
        result.second_of if second_of is None else second_of,
    )


@examples(60)
@given(worlds())
def test_every_match_is_feasible_and_as_stable_as_it_says(world: World) -> None:
    check(world)


def test_the_town_s_match_has_everything_in_it(town_world: World) -> None:
    check(town_world)
    assert town_world.matched.stable
    assert (town_world.matched.second_of >= 0).sum() > 5
    assert (town_world.matched.program_of < 0).sum() > 20
    assert len(town_world.lists.couple_first) == 7
    assert (town_world.matched.final_quota != town_world.programs.quota).any()


UNLINKED = {
    "couples": {"number": 0},
    "reversions": dict.fromkeys("MPAR", 0.0),
    "rank_lists": {"applicants": {"supplemental": 0.0}},
}


def test_a_town_without_links_is_stable_whoever_proposes() -> None:
    ended = [
        world_of(changed(town(), {**UNLINKED, "match": {"proposing": side}}))
        for side in ("applicants", "programs")
    ]
    for world in ended:
        check(world)
        assert world.matched.stable
        assert world.matched.stable_under == ("responsive", "kpr", "mm")
    first, second = (world.matched.rank_of for world in ended)
    assert ((first >= 0) == (second >= 0)).all()  # the rural hospitals theorem
    assert (first <= second).all()


def check(world: World) -> None:
    result, tracks, lists = world.matched, world.programs, world.lists
    found = blocking_in(world)
    assert result.feasible
    assert result.blocking["responsive"] == len(found)
    assert result.stable == (not found)
    held = np.concatenate([result.program_of, result.second_of])
    assert (np.bincount(held[held >= 0], minlength=len(tracks)) <= result.final_quota).all()
    primary = segments(lists.applicant_offsets, lists.applicant_programs)
    ranked = segments(lists.program_offsets, lists.program_applicants)
    linked = {
        (int(a), int(p)): mine
        for a, p, mine in zip(
            lists.supplemental_applicants,
            lists.supplemental_advanced,
            segments(lists.supplemental_offsets, lists.supplemental_programs),
            strict=True,
        )
    }
    coupled = set(lists.couple_first.tolist()) | set(lists.couple_second.tolist())
    for a, (p, rank, second) in enumerate(
        zip(result.program_of, result.rank_of, result.second_of, strict=True)
    ):
        assert (p >= 0) == (rank >= 0)
        if p >= 0:
            assert lists.certified[a]
            assert a in ranked[p]
            assert a in coupled or primary[a][rank] == p
        if second >= 0:
            assert TRACKS[tracks.track[p]] == "A"
            assert TRACKS[tracks.track[second]] == "P"
            assert second in linked[a, int(p)]
            assert a in ranked[second]
    for c, pairs in enumerate(segments(lists.couple_offsets, lists.first_programs)):
        members = int(lists.couple_first[c]), int(lists.couple_second[c])
        have = tuple(int(result.program_of[a]) for a in members)
        if have != (-1, -1):
            k = int(max(result.rank_of[a] for a in members))
            at = int(lists.couple_offsets[c]) + k
            assert k < len(pairs)
            assert have == (lists.first_programs[at], lists.second_programs[at])


@examples(60)
@given(worlds())
def test_positions_move_only_by_the_reversions_and_only_what_nobody_took(world: World) -> None:
    before, after, moving = world.programs.quota, world.matched.final_quota, world.reversions
    assert after.sum() == before.sum()
    changed_ = set(np.flatnonzero(after != before).tolist())
    assert changed_ <= set(moving.donor.tolist()) | set(moving.receiver.tolist())
    held = np.concatenate([world.matched.program_of, world.matched.second_of])
    filled = np.bincount(held[held >= 0], minlength=len(before))
    for donor, positions in zip(moving.donor, moving.positions, strict=True):
        assert 0 <= before[donor] - after[donor] <= positions
        assert filled[donor] <= after[donor]
        # All may move, and nothing else moves here, so nothing that stays is empty.
        assert filled[donor] == after[donor] or not world.matched.stable


@examples(40)
@given(worlds())
def test_without_links_the_match_is_the_slow_solver_s(world: World) -> None:
    nothing, none = np.empty(0, dtype=np.int32), np.zeros(1, dtype=np.int64)
    lists = world.lists.replace(
        couple_first=nothing,
        couple_second=nothing,
        couple_offsets=none,
        first_programs=nothing,
        second_programs=nothing,
        supplemental_applicants=nothing,
        supplemental_advanced=nothing,
        supplemental_offsets=none,
        supplemental_programs=nothing,
    )
    unmoved = Reversions(nothing, nothing, nothing)
    result = match(world.scenario, world.streams, world.programs, lists, unmoved)
    alone = Market.from_arrays(
        lists.applicant_offsets,
        lists.applicant_programs,
        lists.program_offsets,
        lists.program_applicants,
        world.programs.quota,
    )
    slow = {"applicants": reference.applicants_propose, "programs": reference.programs_propose}
    program_of, _ = slow[world.scenario.match.proposing](alone)
    assert result.program_of.tolist() == program_of
    assert (result.second_of == -1).all()
    assert result.stable


def test_programs_cannot_propose_where_positions_are_linked(town_world: World) -> None:
    scenario = changed(town(), {**UNLINKED, "match": {"proposing": "programs"}})
    with pytest.raises(InputError) as caught:
        match(scenario, town_world.streams, town_world.programs, town_world.lists, town_world.reversions)
    (problem,) = caught.value.problems
    lists = len(town_world.lists.supplemental_applicants)
    assert problem.path == "match.proposing"
    assert problem.message == (
        "programs can propose only where nothing links positions, but there are 7 couples, "
        f"{lists} supplemental lists, {len(town_world.reversions)} reversions"
    )


def test_an_unstable_match_is_a_result_that_says_so() -> None:
    """A single and a couple for two positions; after Roth, Journal of Political Economy 92 (1984), 991."""
    programs = Programs(
        specialties=("Bones",),
        names=(),
        specialty=[0, 0],
        track=[0, 0],
        quota=[1, 1],
        prestige=np.zeros(2, np.float32),
        openness=np.zeros(2, np.float32),
        division=[0, 0],
        setting=[0, 0],
        sponsors_j1=[True, True],
        sponsors_h1b=[True, True],
        minimum_step2_ck=[0, 0],
        maximum_years=[-1, -1],
        no_failed_attempts=[False, False],
        minimum_us_months=np.zeros(2, np.float32),
        certificate_first=[False, False],
        competitiveness=np.zeros(2, np.float32),
        institution=[0, 0],
        joint_with=[-1, -1],
        parity=[0, 0],
    )
    # The couple wants both or nothing. One program prefers the single, the other the couple's member.
    lists = RankLists(
        certified=[True] * 3,
        applicant_offsets=[0, 0, 0, 2],
        applicant_programs=[0, 1],
        couple_first=[0],
        couple_second=[1],
        couple_offsets=[0, 1],
        first_programs=[0],
        second_programs=[1],
        supplemental_applicants=np.empty(0, np.int32),
        supplemental_advanced=np.empty(0, np.int32),
        supplemental_offsets=[0],
        supplemental_programs=np.empty(0, np.int32),
        program_offsets=[0, 2, 4],
        program_applicants=[0, 2, 2, 1],
    )
    nothing = np.empty(0, np.int32)
    result = match(town(), Streams(1), programs, lists, Reversions(nothing, nothing, nothing))
    assert result.feasible
    assert not result.stable
    assert result.stable_under == ()
    assert result.blocking["responsive"] == len(
        blocking(lists, [1, 1], result.program_of, result.second_of)
    ) > 0  # fmt: skip


@compiled_only
def test_the_national_match_is_feasible_and_within_quotas(nation) -> None:
    assert nation.match.feasible
    held = np.concatenate([nation.match.program_of, nation.match.second_of])
    counts = np.bincount(held[held >= 0], minlength=len(nation.tracks))
    assert (counts <= nation.match.final_quota).all()
    assert nation.match.proposals > 47_208
    # Whoever blocks is a handful among 47,208.
    assert max(nation.match.blocking.values()) <= 5


@examples(60)
@given(worlds(), st.data())
def test_the_checker_agrees_with_the_rules_on_any_holding(world: World, data: st.DataObject) -> None:
    """Broken at random, a match is judged as the rules written out in this file judge it."""
    program_of, second_of = world.matched.program_of.copy(), world.matched.second_of.copy()
    coupled = np.concatenate([world.lists.couple_first, world.lists.couple_second])
    holders = np.setdiff1d(np.flatnonzero(program_of >= 0), coupled)
    if not len(holders):
        return
    a = int(data.draw(st.sampled_from(holders.tolist())))
    program_of[a], second_of[a] = -1, -1
    feasible, found = verified(matching_of(world, program_of, second_of))
    assert feasible
    assert found["responsive"] == len(blocking_in(world, program_of, second_of)) > 0


def test_the_checker_notices_a_holder_put_out(town_world: World) -> None:
    second_of = town_world.matched.second_of.copy()
    second_of[np.flatnonzero(second_of >= 0)[0]] = -1
    feasible, found = verified(matching_of(town_world, second_of=second_of))
    assert feasible
    assert found["responsive"] == len(blocking_in(town_world, second_of=second_of)) > 0


def test_the_checker_notices_a_couple_put_out(town_world: World) -> None:
    program_of, lists = town_world.matched.program_of.copy(), town_world.lists
    members = next(
        [a, b]
        for a, b in zip(lists.couple_first.tolist(), lists.couple_second.tolist(), strict=True)
        if program_of[a] >= 0 and program_of[b] >= 0
    )
    program_of[members] = -1
    feasible, found = verified(matching_of(town_world, program_of))
    assert feasible
    assert found["responsive"] == len(blocking_in(town_world, program_of)) > 0


def test_the_checker_notices_a_program_over_quota(town_world: World) -> None:
    lists, result = town_world.lists, town_world.matched
    program_of = result.program_of.copy()
    held = np.bincount(program_of[program_of >= 0], minlength=len(town_world.programs))
    ranked = segments(lists.program_offsets, lists.program_applicants)
    primary = segments(lists.applicant_offsets, lists.applicant_programs)
    p, a = next(
        (p, a)
        for p in np.flatnonzero(held == result.final_quota).tolist()
        for a in ranked[p]
        if p in primary[a] and program_of[a] not in (-1, p)
    )
    program_of[a] = p
    assert not verified(matching_of(town_world, program_of))[0]


def test_the_checker_notices_a_position_taken_back(town_world: World) -> None:
    quota = town_world.matched.final_quota.copy()
    held = np.concatenate([town_world.matched.program_of, town_world.matched.second_of])
    p = int(held[held >= 0][0])
    quota[p] = (held == p).sum() - 1
    assert not verified(matching_of(town_world, final_quota=quota))[0]


def test_the_checker_notices_two_people_exchanged(town_world: World) -> None:
    program_of = town_world.matched.program_of.copy()
    one, other = next(
        (a, b)
        for a in np.flatnonzero(program_of >= 0)
        for b in np.flatnonzero(program_of >= 0)
        if program_of[a] != program_of[b]
    )
    program_of[[one, other]] = program_of[[other, one]]
    feasible, found = verified(matching_of(town_world, program_of))
    assert not feasible or found["responsive"] > 0


def test_the_checker_notices_a_linked_position_without_an_advanced_one(town_world: World) -> None:
    result = town_world.matched
    a = int(np.flatnonzero(result.second_of >= 0)[0])
    program_of = result.program_of.copy()
    program_of[a] = -1
    assert not verified(matching_of(town_world, program_of))[0]
