"""Rank order lists: who certifies, what is listed, in which order."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchsim.season import reference
from matchsim.season.rank_lists import rank_lists
from matchsim.season.ranked import sorted_segments
from matchsim.season.tables import Couples
from matchsim.season.words import APPLICANT_TYPES, DIVISIONS, TRACKS

from .worlds import (
    World,
    changed,
    close,
    continued,
    examples,
    fallback_share,
    segments,
    town,
    world_of,
    worlds,
)


def primary_lists(world: World) -> list[list[int]]:
    return segments(world.lists.applicant_offsets, world.lists.applicant_programs)


def supplemental_lists(world: World) -> dict[tuple[int, int], list[int]]:
    """By applicant and advanced program."""
    lists = world.lists
    listed = segments(lists.supplemental_offsets, lists.supplemental_programs)
    owners = zip(lists.supplemental_applicants.tolist(), lists.supplemental_advanced.tolist(), strict=True)
    return dict(zip(owners, listed, strict=True))


def pair_lists(world: World) -> dict[tuple[int, int], list[tuple[int | None, int | None]]]:
    """By the members of couples, their lists of pairs; None = No Match."""
    lists = world.lists
    couples = zip(lists.couple_first.tolist(), lists.couple_second.tolist(), strict=True)
    ones, others = (
        segments(lists.couple_offsets, np.where(column < 0, None, column))
        for column in (lists.first_programs, lists.second_programs)
    )
    return {
        couple: list(zip(one, other, strict=True))
        for couple, one, other in zip(couples, ones, others, strict=True)
    }


def lists_alone(world: World) -> list[list[int]]:
    """What everybody would rank alone: the primary lists of the same world without couples."""
    scenario = changed(world.scenario, {"couples": {"number": 0}})
    nobody = Couples(np.empty(0, np.int32), np.empty(0, np.int32))
    alone = rank_lists(
        scenario,
        world.streams,
        world.applicants,
        world.road,
        world.programs,
        nobody,
        world.applied,
        world.interviewed,
    )
    return segments(alone.applicant_offsets, alone.applicant_programs)


def interviews_of(world: World) -> list[list[int]]:
    return segments(world.interviewed.applicant_offsets, world.interviewed.program)


def tracks_of(world: World) -> list[str]:
    return [TRACKS[t] for t in world.programs.track]


def coupled(world: World) -> np.ndarray:
    """Who certifies a list together with a partner."""
    return world.lists.partners() >= 0


@examples(60)
@given(worlds())
def test_as_many_certify_as_the_scenario_says_the_coupled_and_the_interviewed_first(world: World) -> None:
    people, stated = world.applicants, world.scenario.cohort.active
    has = np.diff(world.interviewed.applicant_offsets) > 0
    able = ~world.road.withdrawn & ((np.diff(world.applied.applicant_offsets) > 0) | has)
    certified, together = world.lists.certified, coupled(world)
    assert not (certified & ~able).any()
    assert not (together & ~certified).any()
    if not any(getattr(stated, t) for t in APPLICANT_TYPES):
        assert (certified == (able & has | together)).all()
        return
    for code, name in enumerate(APPLICANT_TYPES):
        of_type = people.applicant_type == code
        assert certified[of_type].sum() == min(getattr(stated, name), int((able & of_type).sum()))
        if (of_type & able & has & ~certified).any():
            assert not (of_type & certified & ~has & ~together).any()


@examples(60)
@given(worlds())
def test_couples_certify_together_unless_one_of_them_can_rank_nothing(world: World) -> None:
    has = np.diff(world.interviewed.applicant_offsets) > 0
    able = (np.diff(world.applied.applicant_offsets) > 0) | has
    stated = any(getattr(world.scenario.cohort.active, t) for t in APPLICANT_TYPES)
    expected = [
        (a, b)
        for a, b in zip(world.couples.first.tolist(), world.couples.second.tolist(), strict=True)
        if able[a] and able[b] and (stated or has[a] or has[b])
    ]
    assert list(pair_lists(world)) == expected


@examples(60)
@given(worlds())
def test_lists_hold_what_they_may(world: World) -> None:
    tracks, certified, together = tracks_of(world), world.lists.certified, coupled(world)
    sent = segments(world.applied.applicant_offsets, world.applied.program)
    for a, (mine, met) in enumerate(zip(primary_lists(world), interviews_of(world), strict=True)):
        # Nobody may certify an empty list, and nobody in a couple has one of their own.
        assert bool(mine) == bool(certified[a] and not together[a])
        assert len(set(mine)) == len(mine)
        # The model's lists have no preliminary program above another one.
        assert [tracks[p] == "P" for p in mine] == sorted(tracks[p] == "P" for p in mine)
        if met and mine:
            assert set(mine) <= set(met)
            assert {p for p in met if tracks[p] != "P"} <= set(mine)
        elif mine:
            assert set(mine) <= set(sent[a])


@examples(60)
@given(worlds())
def test_couples_rank_pairs_of_what_they_would_rank_alone(world: World) -> None:
    most, no_match = world.scenario.couples.pairs, world.scenario.couples.no_match
    tracks, met = tracks_of(world), interviews_of(world)
    for (a, b), pairs in pair_lists(world).items():
        assert 1 <= len(pairs) <= most <= 300
        assert len(set(pairs)) == len(pairs)
        assert (None, None) not in pairs
        alone = [None in pair for pair in pairs]
        assert alone == sorted(alone)
        assert sum(alone) <= most // 2
        if no_match in (0.0, 1.0):
            assert any(alone) == (no_match == 1.0 and most > 1)
        for x, side in ((a, 0), (b, 1)):
            used = {pair[side] for pair in pairs} - {None}
            assert used <= set(met[x]) or len(used) == 1
            if met[x] and most == 300:
                assert {p for p in met[x] if tracks[p] != "P"} <= used


@examples(40)
@given(worlds())
def test_couples_lists_are_the_slow_ones(world: World) -> None:
    check_pairs(world)


def test_couples_lists_are_the_slow_ones_in_a_town_of_couples() -> None:
    many = {"couples": {"number": 60, "pairs": 40, "no_match": 0.7}}
    assert check_pairs(world_of(changed(town(), many))) > 30


def check_pairs(world: World) -> int:
    """Compare every list of pairs with the oracle's; returns how many could be compared."""
    given, tracks = world.scenario.couples, tracks_of(world)
    own, wish_of = lists_alone(world), wishes_by_pair(world)
    size, compared = len(world.programs) + 1, 0
    first = np.array([a for a, _ in pair_lists(world)], dtype=np.int32)
    draws = world.streams("couples.no_match").uniform(first)
    for ((a, b), pairs), draw in zip(pair_lists(world).items(), draws, strict=True):
        ones, others = own[a], own[b]
        # Alone, one of them might not have certified at all, or would hope for programs.
        if not all((x, p) in wish_of for x, listed in ((a, ones), (b, others)) for p in listed):
            continue
        if not (ones and others):
            continue
        wishes = {
            (p, q): reference.pair_wish(
                world.scenario,
                world.programs,
                p,
                q,
                (wish_of.get((a, p), 0.0), wish_of.get((b, q), 0.0)),
                noise_of(world, a, (0 if p is None else p + 1) * size + (0 if q is None else q + 1)),
            )
            for p in [*ones, None]
            for q in [*others, None]
        }
        if close(list(wishes.values())):
            continue
        expected = reference.pair_list(
            ones,
            others,
            lambda p, q, wishes=wishes: wishes[p, q],
            lambda p: p is not None and tracks[p] == "P",
            given.pairs,
            ends_alone=bool(draw < given.no_match),
        )
        assert pairs == expected
        compared += 1
    return compared


def noise_of(world: World, a: int, pair: int) -> float:
    drawn = world.streams("couples.pair").pair_normal(np.array([a], np.int32), np.array([pair], np.int32))
    return float(drawn[0])


def wishes_by_pair(world: World) -> dict[tuple[int, int], float]:
    """What everybody wishes for the programs that interviewed them, after the interviews."""
    return after_interviews(world).wish


def after_interviews(world: World) -> reference.AfterInterviews:
    """What both sides think after the interviews, as the oracle says."""
    held, people, given = world.interviewed, world.applicants, world.scenario.rank_lists
    owner, program = held.applicants(), held.program
    pairs = list(zip(owner.tolist(), program.tolist(), strict=True))

    def drawn(decision: str) -> dict[tuple[int, int], tuple[float, float]]:
        mine, theirs = world.streams(f"rank_lists.{decision}").pair_normals(owner, program)
        return dict(zip(pairs, zip(mine.tolist(), theirs.tolist(), strict=True), strict=True))

    def uniform(decision: str, number: int) -> list[float]:
        return world.streams(f"rank_lists.{decision}").uniform(np.arange(number, dtype=np.int32)).tolist()

    interview, second_look = drawn("interview"), drawn("second_look")
    lock, moves = (uniform(decision, len(world.programs)) for decision in ("early_lock", "rank_to_match"))
    told = uniform("told", len(people))
    to_match = given.programs.rank_to_match
    return reference.after_interviews(
        world.scenario,
        {
            (a, p): reference.wish(world.scenario, people, world.programs, a, p, fit)
            for (a, p), fit in zip(pairs, held.fit.tolist(), strict=True)
        },
        dict(zip(pairs, held.score.tolist(), strict=True)),
        lambda a, p: interview[a, p],
        people.mock_interviews.tolist(),
        lambda a, p: second_look[a, p],
        lambda p: lock[p] < given.early_lock,
        lambda a, p: moves[p] < to_match.share and told[a] < to_match.told,
    )


@examples(60)
@given(worlds())
def test_every_advanced_program_ranked_has_a_supplemental_list_of_its_own(world: World) -> None:
    check_supplementals(world)


def test_supplemental_lists_in_a_town(town_world: World) -> None:
    assert check_supplementals(town_world) > 20


def test_supplemental_lists_differ_from_one_advanced_program_to_the_next() -> None:
    near = {"rank_lists": {"applicants": {"first_year_division": 3.0, "first_year_institution": 3.0}}}
    coasts = {d: float(d in ("pacific", "new_england")) for d in DIVISIONS}
    world = world_of(changed(town(), {**near, "programs": {"divisions": coasts, "per_institution": 2.0}}))
    assert check_supplementals(world) > 20
    by_person: dict[int, set[tuple[int, ...]]] = {}
    for (a, _), listed in supplemental_lists(world).items():
        by_person.setdefault(a, set()).add(tuple(listed))
    assert sum(len(different) > 1 for different in by_person.values()) > 1


def test_no_supplemental_list_hangs_on_a_program_that_is_in_no_pair() -> None:
    lights = {"preferences": {t: {"Lights": 1.0} for t in APPLICANT_TYPES}}
    short = {"number": 60, "pairs": 2}
    world = world_of(changed(town(), {"couples": short, "cohort": lights}))
    check_supplementals(world)
    tracks = tracks_of(world)
    left_out = [
        (a, p)
        for couple in pair_lists(world)
        for a in couple
        for p in interviews_of(world)[a]
        if tracks[p] == "A" and p not in listed_anywhere(world)[a]
    ]
    assert len(left_out) > 10
    assert not set(left_out) & set(supplemental_lists(world))
    assert world.matched.feasible


def check_supplementals(world: World) -> int:
    tracks, share = tracks_of(world), world.scenario.rank_lists.applicants.supplemental
    wish_of, linked, ranked = wishes_by_pair(world), supplemental_lists(world), listed_anywhere(world)
    everyone = np.arange(len(world.applicants), dtype=np.int32)
    adds = world.streams("rank_lists.supplemental").uniform(everyone) < share
    compared = 0
    for a, met in enumerate(interviews_of(world)):
        first_years = {p: wish_of[a, p] for p in met if tracks[p] == "P"}
        hangs_on = [p for p in ranked[a] if tracks[p] == "A"] if first_years and adds[a] else []
        assert {p for x, p in linked if x == a} == set(hangs_on)
        for p in hangs_on:
            expected = reference.supplemental_list(world.scenario, world.programs, p, first_years)
            assert sorted(linked[a, p]) == sorted(expected)
            if not close(list(first_years.values())):
                assert linked[a, p] == expected
                compared += len(expected) > 1
    return compared


def listed_anywhere(world: World) -> list[set[int]]:
    """By applicant, the programs on the primary list or in the pairs of the couple."""
    found = [set(mine) for mine in primary_lists(world)]
    for couple, pairs in pair_lists(world).items():
        for side, a in enumerate(couple):
            found[a] |= {pair[side] for pair in pairs} - {None}
    return found


def test_joint_programs_stand_only_on_the_lists_of_their_own_advanced_program(town_world: World) -> None:
    tracks = tracks_of(town_world)
    advanced = [p for p, track in enumerate(tracks) if track == "A"]
    joint = np.full(len(tracks), -1, dtype=np.int32)
    for k, p in enumerate(p for p, track in enumerate(tracks) if track == "P"):
        joint[p] = advanced[k % len(advanced)] if k % 2 else -1
    joined = continued(
        town_world.scenario,
        town_world.streams,
        town_world.programs.replace(joint_with=joint),
        town_world.applicants,
    )
    assert not {p for mine in listed_anywhere(joined) for p in mine if joint[p] >= 0}
    on_lists = {
        (p, advanced)
        for (_, advanced), mine in supplemental_lists(joined).items()
        for p in mine
        if joint[p] >= 0
    }
    assert on_lists
    assert all(joint[p] == advanced for p, advanced in on_lists)
    assert joined.lists.certified.sum() == town_world.lists.certified.sum()
    assert joined.matched.feasible


@examples(60)
@given(worlds())
def test_applicants_rank_by_wish_and_interview(world: World) -> None:
    check_order(world)


def test_applicants_rank_by_wish_and_interview_in_a_town(town_world: World) -> None:
    assert check_order(town_world) > 150


def check_order(world: World) -> int:
    """Compare every list with the formula; returns how many lists could be compared."""
    tracks, wish_of = tracks_of(world), wishes_by_pair(world)
    compared = 0
    for a, (ranked, met) in enumerate(zip(primary_lists(world), interviews_of(world), strict=True)):
        wish = {p: wish_of[a, p] for p in met}
        if not met or close(list(wish.values())):
            continue
        compared += 1
        best_first = sorted(met, key=lambda p: -wish[p])
        core_first = sorted(best_first, key=lambda p: tracks[p] == "P")
        assert ranked == [p for p in core_first if p in ranked]
    return compared


def test_preliminary_programs_are_told_apart_however_close_their_wishes() -> None:
    # Putting them at the end by taking a million off once rounded their wishes to sixteenths.
    close_calls = {
        "rank_lists": {
            "applicants": {"prestige": 0.02, "fit": 0.02, "interview": 0.0, "home": 0.0},
            "second_looks": {"visits": 0},
        }
    }
    world = world_of(changed(town(), close_calls))
    assert check_order(world) > 150
    assert sum(len(linked) > 1 for linked in supplemental_lists(world).values()) > 5


def test_who_ends_a_list_with_preliminary_programs(town_world: World) -> None:
    people, tracks = town_world.applicants, tracks_of(town_world)
    everyone = np.arange(len(people), dtype=np.int32)
    draw = town_world.streams("rank_lists.preliminary_fallback").uniform(everyone)
    lights = people.specialties.index("Lights")
    seen = set()
    for a, (ranked, met) in enumerate(zip(primary_lists(town_world), interviews_of(town_world), strict=True)):
        if not ranked or not any(tracks[p] == "P" for p in met):
            continue
        falls_back = people.preferred[a] != lights or draw[a] < fallback_share(town_world, a)
        only = all(tracks[p] == "P" for p in met)
        assert any(tracks[p] == "P" for p in ranked) == (falls_back or only)
        seen.add((bool(falls_back), only))
    assert len(seen) >= 3


@examples(60)
@given(worlds())
def test_programs_rank_whom_they_interviewed_from_the_top_without_the_withdrawn(world: World) -> None:
    check_program_lists(world)


def check_program_lists(world: World) -> int:
    """Compare the programs' lists with the formula; returns how many could be compared."""
    given, score, compared = world.scenario.rank_lists.programs, after_interviews(world).score, 0
    met_by: dict[int, list[int]] = {}
    for a, p in score:
        met_by.setdefault(p, []).append(a)
    for p, ranked in enumerate(segments(world.lists.program_offsets, world.lists.program_applicants)):
        met = met_by.get(p, [])
        if close([score[a, p] for a in met]):
            continue
        best_first = sorted(met, key=lambda a, p=p: -score[a, p])
        sought = 2 * float(world.programs.competitiveness[p]) - 1
        left_off = min(1.0, given.unranked * (1 + given.unranked_slope * sought))
        kept = best_first[: ceil((1 - left_off) * len(met))]
        assert ranked == [a for a in kept if not world.road.withdrawn[a]]
        compared += bool(ranked)
    return compared


BEHAVIOURS: dict[str, dict[str, Any]] = {
    "misreporting": {"applicants": {"misreporting": {"share": 0.6}}},
    "by_chance": {
        "applicants": {"misreporting": {"share": 1.0, "kinds": {"safe_first": 0.0, "truncation": 0.0}}}
    },
    "rank_to_match": {"programs": {"rank_to_match": {"share": 0.7, "told": 0.7}}},
    "early_lock": {"early_lock": 0.5, "second_looks": {"visits": 3, "programs": 2.0}},
    "no_second_looks": {"second_looks": {"visits": 0}},
    "mock_interviews": {"programs": {"mock_interview": 0.5}},
    "depth": {"programs": {"unranked": 0.6, "unranked_slope": 0.9}},
}


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_behaviours_are_the_slow_ones(town_world: World, name: str) -> None:
    plain = replaced_lists(town_world, {"couples": {"number": 0}})
    world = replaced_lists(plain, {"rank_lists": BEHAVIOURS[name]})
    assert not world.lists.equals(plain.lists)
    assert check_program_lists(world) > 30
    after, tracks = after_interviews(world), tracks_of(world)
    compared = 0
    for a, (mine, honest) in enumerate(zip(primary_lists(world), primary_lists(plain), strict=True)):
        met = [p for p in honest if (a, p) in after.wish]
        by_taste = sorted(met, key=lambda p, a=a: (tracks[p] == "P", -after.wish[a, p]))
        chance = {p: chance_of(world, a, p) for p in met}
        if not met or close([after.wish[a, p] for p in met]) or close(list(chance.values())):
            continue
        kind = misreporting_of(world, a)
        assert mine == reference.reported_list(kind, by_taste, chance, lambda p: tracks[p] == "P")
        compared += 1
    assert compared > 100


def chance_of(world: World, a: int, p: int) -> float:
    return reference.perceived_chance(world.scenario, world.applicants, world.programs, a, p)


def misreporting_of(world: World, a: int) -> str:
    """How somebody misreports, drawn anew; empty = not."""
    given = world.scenario.rank_lists.applicants.misreporting
    stream, number = world.streams("rank_lists.misreporting"), np.array([a], np.int32)
    draw = float(stream.uniform(number, 1)[0]) * sum(given.kinds.model_dump().values())
    if stream.uniform(number)[0] >= given.share:
        return ""
    for kind, weight in given.kinds.model_dump().items():
        draw -= weight
        if draw < 0:
            return kind
    raise AssertionError("weights do not add up")


def replaced_lists(world: World, change: dict[str, Any]) -> World:
    """The same world with other rank lists; couples go where the change has none."""
    scenario = changed(world.scenario, change)
    none = np.empty(0, np.int32)
    pairs = world.couples if scenario.couples.number else Couples(none, none)
    before = (world.applicants, world.road, world.programs, pairs, world.applied, world.interviewed)
    return replace(
        world, scenario=scenario, couples=pairs, lists=rank_lists(scenario, world.streams, *before)
    )


def test_couples_do_not_misreport_and_their_lists_stay(town_world: World) -> None:
    everybody = {"rank_lists": {"applicants": {"misreporting": {"share": 1.0}}}}
    assert pair_lists(replaced_lists(town_world, everybody)) == pair_lists(town_world)


def test_people_without_an_interview_rank_more_than_one_program_they_applied_to() -> None:
    few = {"interviews": {"per_position": 1.0, "minimum": 0, "screening": {"lowest": 0.5}}}
    world = world_of(changed(town(), few))
    one = replaced_lists(world, {"rank_lists": {"applicants": {"without_interview": 1.0}}})
    sent = np.diff(world.applied.applicant_offsets)
    hopeful = [a for a, met in enumerate(interviews_of(world)) if not met and primary_lists(world)[a]]
    assert len(hopeful) > 50
    lengths = [len(primary_lists(world)[a]) for a in hopeful]
    assert {len(primary_lists(one)[a]) for a in hopeful} == {1}
    assert 2.0 < np.mean(lengths) < 5.0
    assert all(length <= sent[a] for a, length in zip(hopeful, lengths, strict=True))
    # Nothing that they do changes who matches where.
    assert pair_lists(one) == pair_lists(world)
    assert one.lists.program_applicants.tolist() == world.lists.program_applicants.tolist()


def test_deeper_lists_where_positions_fill_less_easily(nation) -> None:
    tracks, lists = nation.tracks, nation.rank_lists
    met = np.bincount(nation.interviews.program, minlength=len(tracks))
    ranked = np.diff(lists.program_offsets)

    def left_off(some) -> float:
        return 1 - ranked[some].sum() / met[some].sum()

    # Those interviewed for reserved positions are graduates, of whom more withdraw.
    open_to_all = ~tracks.is_track("R")
    unsought, sought = tracks.competitiveness < 0.4, tracks.competitiveness > 0.7
    assert left_off(unsought & open_to_all) < left_off(sought & open_to_all)


def test_without_stated_numbers_everybody_interviewed_certifies() -> None:
    people = {"us_md_senior": 90, "other": 9, "non_us_img": 30}
    alone = {"cohort": {"active": {}, "registered": people}, "couples": {"number": 0}}
    free = world_of(changed(town(), alone))
    has = np.diff(free.interviewed.applicant_offsets) > 0
    assert (free.lists.certified == (has & ~free.road.withdrawn)).all()
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
    assert sorted_segments(offsets, key).tolist() == reference.sorted_segments(offsets.tolist(), key.tolist())


TIERED = st.tuples(st.integers(0, 7), KEYS | st.sampled_from([0.0, 1.0, -1.0, np.inf, -np.inf]))


@settings(max_examples=100)
@given(st.lists(st.lists(TIERED, max_size=20), max_size=5))
def test_what_is_of_an_earlier_tier_stands_first_whatever_its_key(
    groups: list[list[tuple[int, float]]],
) -> None:
    tier = np.array([t for group in groups for t, _ in group], dtype=np.int8)
    key = np.array([k for group in groups for _, k in group], dtype=np.float32)
    offsets = np.cumsum([0, *map(len, groups)], dtype=np.int64)
    expected: list[int] = []
    for start, group in zip(offsets.tolist(), groups, strict=False):
        expected += sorted(range(start, start + len(group)), key=lambda i: (tier[i], -key[i]))
    assert sorted_segments(offsets, key, tier).tolist() == expected
