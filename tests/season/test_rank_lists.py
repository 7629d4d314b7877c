"""Rank order lists: who certifies, what is listed, in which order."""

from __future__ import annotations

from math import ceil

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matchsim.season import reference
from matchsim.season.rank_lists import _sorted_segments
from matchsim.season.words import APPLICANT_TYPES, TRACKS

from .worlds import World, changed, close, examples, segments, town, world_of, worlds


def primary_lists(world: World) -> list[list[int]]:
    return segments(world.lists.applicant_offsets, world.lists.applicant_programs)


def supplemental_lists(world: World) -> list[list[int]]:
    return segments(world.lists.supplemental_offsets, world.lists.supplemental_programs)


def interviews_of(world: World) -> list[list[int]]:
    return segments(world.interviewed.applicant_offsets, world.interviewed.program)


def tracks_of(world: World) -> list[str]:
    return [TRACKS[t] for t in world.programs.track]


@examples(60)
@given(worlds())
def test_as_many_certify_as_the_scenario_says_and_interviewed_ones_first(world: World) -> None:
    people, stated = world.applicants, world.scenario.cohort.active
    able = ~people.withdrawn & (np.diff(world.applied.applicant_offsets) > 0)
    has = np.diff(world.interviewed.applicant_offsets) > 0
    certified = world.lists.certified
    assert not (certified & ~able).any()
    if not any(getattr(stated, t) for t in APPLICANT_TYPES):
        assert (certified == (able & has)).all()
        return
    for code, name in enumerate(APPLICANT_TYPES):
        of_type = people.applicant_type == code
        assert certified[of_type].sum() == min(getattr(stated, name), int((able & of_type).sum()))
        if (of_type & able & has & ~certified).any():
            assert not (of_type & certified & ~has).any()


@examples(60)
@given(worlds())
def test_lists_hold_what_they_may(world: World) -> None:
    tracks, certified = tracks_of(world), world.lists.certified
    sent = segments(world.applied.applicant_offsets, world.applied.program)
    linked = supplemental_lists(world)
    for a, (mine, met) in enumerate(zip(primary_lists(world), interviews_of(world), strict=True)):
        assert bool(mine) == bool(certified[a])  # nobody may certify an empty list
        assert len(set(mine)) == len(mine)
        # No preliminary program above another one.
        assert [tracks[p] == "P" for p in mine] == sorted(tracks[p] == "P" for p in mine)
        if met and certified[a]:
            assert set(mine) <= set(met)
            assert {p for p in met if tracks[p] != "P"} <= set(mine)
        elif certified[a]:
            assert len(mine) == 1
            assert mine[0] in sent[a]
        assert bool(linked[a]) <= any(tracks[p] == "A" for p in mine)
        if any(tracks[p] == "A" for p in mine) and met:
            assert sorted(linked[a]) == sorted(p for p in met if tracks[p] == "P")


@examples(60)
@given(worlds())
def test_applicants_rank_by_wish_and_interview(world: World) -> None:
    check_order(world)


def test_applicants_rank_by_wish_and_interview_in_a_town(town_world: World) -> None:
    assert check_order(town_world) > 200


def check_order(world: World) -> int:
    """Compare every list with the formula; returns how many lists could be compared."""
    held, people = world.interviewed, world.applicants
    mine, _ = world.streams("rank_lists.interview").pair_normals(held.applicants(), held.program)
    impressions, fits = segments(held.applicant_offsets, mine), segments(held.applicant_offsets, held.fit)
    weight = world.scenario.rank_lists.applicants.interview
    tracks, linked = tracks_of(world), supplemental_lists(world)
    compared = 0
    for a, (ranked, met) in enumerate(zip(primary_lists(world), interviews_of(world), strict=True)):
        wish = {
            p: reference.wish(world.scenario, people, world.programs, a, p, fit) + weight * impression
            for p, fit, impression in zip(met, fits[a], impressions[a], strict=True)
        }
        if not met or close(list(wish.values())):
            continue
        compared += 1
        best_first = sorted(met, key=lambda p: -wish[p])
        core_first = sorted(best_first, key=lambda p: tracks[p] == "P")
        assert ranked == [p for p in core_first if p in ranked]
        assert linked[a] == [p for p in best_first if p in linked[a]]
    return compared


def test_preliminary_programs_are_told_apart_however_close_their_wishes() -> None:
    # Putting them at the end by taking a million off once rounded their wishes to sixteenths.
    close_calls = {
        "rank_lists": {"applicants": {"prestige": 0.02, "fit": 0.02, "interview": 0.0, "home": 0.0}}
    }
    world = world_of(changed(town(), close_calls))
    assert check_order(world) > 150
    assert sum(len(linked) > 1 for linked in supplemental_lists(world)) > 5


def test_who_ends_a_list_with_preliminary_programs(town_world: World) -> None:
    given, people, tracks = town_world.scenario.applications, town_world.applicants, tracks_of(town_world)
    everyone = np.arange(len(people), dtype=np.int32)
    draw = town_world.streams("rank_lists.preliminary_fallback").uniform(everyone)
    lights = people.specialties.index("Lights")
    seen = set()
    for a, (ranked, met) in enumerate(zip(primary_lists(town_world), interviews_of(town_world), strict=True)):
        if not ranked or not any(tracks[p] == "P" for p in met):
            continue
        falls_back = people.preferred[a] != lights or draw[a] < given.preliminary_fallback
        only = all(tracks[p] == "P" for p in met)
        assert any(tracks[p] == "P" for p in ranked) == (falls_back or only)
        seen.add((bool(falls_back), only))
    assert len(seen) >= 3


@examples(60)
@given(worlds())
def test_programs_rank_whom_they_interviewed_from_the_top_without_the_withdrawn(world: World) -> None:
    held, given = world.interviewed, world.scenario.rank_lists.programs
    owner = held.applicants()
    _, theirs = world.streams("rank_lists.interview").pair_normals(owner, held.program)
    score = given.file * held.score + given.interview * theirs
    for p, ranked in enumerate(segments(world.lists.program_offsets, world.lists.program_applicants)):
        at = np.flatnonzero(held.program == p)
        values = score[at].tolist()
        if close(values):
            continue
        best_first = [int(owner[i]) for _, i in sorted(zip(values, at.tolist(), strict=True), reverse=True)]
        kept = best_first[: ceil((1 - given.unranked) * len(at))]
        assert ranked == [a for a in kept if not world.applicants.withdrawn[a]]


def test_without_stated_numbers_everybody_interviewed_certifies() -> None:
    people = {"us_md_senior": 90, "other": 9, "non_us_img": 30}
    free = world_of(changed(town(), {"cohort": {"active": {}, "registered": people}}))
    has = np.diff(free.interviewed.applicant_offsets) > 0
    assert (free.lists.certified == (has & ~free.applicants.withdrawn)).all()
    assert 0 < free.lists.certified.sum() < len(free.applicants)


def test_national_numbers_are_exact(nation) -> None:
    for code, name in enumerate(APPLICANT_TYPES):
        of_type = nation.cohort.applicant_type == code
        stated = getattr(nation.scenario.cohort.active, name)
        assert int(nation.rank_lists.certified[of_type].sum()) == stated
    assert int(nation.rank_lists.certified.sum()) == 47_208


KEYS = st.floats(width=32, allow_nan=False).map(
    lambda x: x + 0.0
)  # no -0.0, whose bits lie below those of 0.0


@settings(max_examples=150)
@given(st.lists(st.lists(KEYS | st.sampled_from([0.0, 1.0, -1.0, np.inf, -np.inf]), max_size=30), max_size=6))
def test_segments_are_sorted_by_falling_key_and_equal_ones_stay(groups: list[list[float]]) -> None:
    key = np.array([k for group in groups for k in group], dtype=np.float32)
    offsets = np.cumsum([0, *map(len, groups)], dtype=np.int64)
    assert _sorted_segments(offsets, key).tolist() == reference.sorted_segments(
        offsets.tolist(), key.tolist()
    )
