"""Interviews: only who applied, within capacities and slots, in waves as the oracle says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from matchsim.season import reference
from matchsim.season.interviews import interviews
from matchsim.season.season import Season
from matchsim.season.standing import screening_scores, wishes
from matchsim.season.tables import Interviews

from .worlds import NO_REQUIREMENTS, World, changed, examples, segments, town, world_of, worlds


def slots_of(world: World) -> list[int]:
    given = world.scenario.interviews
    z = world.streams("interviews.slots").normal(np.arange(len(world.programs), dtype=np.int32))
    spread = given.per_position_spread
    factor = np.exp(spread * z.astype(float) - spread**2 / 2)
    return [
        max(round(given.per_position * float(f) * int(q)), given.minimum)
        for q, f in zip(world.programs.quota, factor, strict=True)
    ]


def capacities_of(world: World) -> list[int]:
    given = world.scenario.interviews
    z = world.streams("interviews.capacity").normal(np.arange(len(world.applicants), dtype=np.int32))
    capacity = [max(1, round(given.capacity.mean + given.capacity.sd * float(one))) for one in z]
    return [min(most, given.cap or most) for most in capacity]


def drawn(world: World, decision: str, number: int) -> list[float]:
    return world.streams(f"interviews.{decision}").uniform(np.arange(number, dtype=np.int32)).tolist()


def rules_of(world: World) -> reference.InterviewRules:
    given, slots = world.scenario.interviews, slots_of(world)
    begins = [int(u * given.release_waves) for u in drawn(world, "release", len(slots))]
    people = len(world.applicants)
    return reference.InterviewRules(
        slots=slots,
        most=[size + round(given.waiting_list * size) for size in slots],
        begins=[0] * len(slots) if given.common_release else begins,
        capacity=capacities_of(world),
        late_answers=[u < given.late_answers for u in drawn(world, "late_answers", people)],
        late_returns=[u < given.late_returns for u in drawn(world, "late_returns", people)],
        waves=given.waves,
    )


def read_first_of(world: World) -> list[bool]:
    given, slots = world.scenario.interviews.screening, slots_of(world)
    selects = [u < given.signalled_first for u in drawn(world, "signalled_first", len(slots))]
    applied = world.applied
    return reference.read_first(
        applied.program.tolist(), applied.signal.tolist(), slots, selects, given.signals_enough
    )


def told_by_oracle(world: World, waves: int | None = None) -> reference.InterviewSeason:
    rules = rules_of(world)
    return reference.hold_interviews(
        world.applied.applicants().tolist(),
        world.applied.program.tolist(),
        scores_and_wishes(world)[0],
        read_first_of(world),
        scores_and_wishes(world)[1],
        rules if waves is None else replace(rules, waves=waves),
    )


def scores_and_wishes(world: World) -> tuple[list[float], list[float]]:
    applied, given = world.applied, world.scenario.interviews.screening
    noise = world.streams("interviews.screening").pair_normal(applied.applicants(), applied.program)
    score = screening_scores(
        world.scenario, world.applicants, world.road, world.programs, applied, np.float32(given.noise) * noise
    )
    wish = wishes(
        world.scenario,
        world.applicants,
        world.programs,
        applied.applicant_offsets,
        applied.program,
        applied.fit,
        np.zeros(len(world.applicants)),
    )
    return score.tolist(), wish.tolist()


def check(world: World) -> None:
    applied, held = world.applied, world.interviewed
    score, wish = scores_and_wishes(world)
    owner, program = applied.applicants().tolist(), applied.program.tolist()
    if ties(program, score) or ties(owner, wish):
        return
    told = told_by_oracle(world)
    kept = sorted(told.held)
    assert held.applicants().tolist() == [owner[i] for i in kept]
    assert held.program.tolist() == [program[i] for i in kept]
    assert held.score.tolist() == [score[i] for i in kept]
    assert held.fit.tolist() == applied.fit[kept].tolist()
    assert held.signal.tolist() == applied.signal[kept].tolist()
    assert held.invitations.tolist() == told.invitations


def ties(group: list[int], value: list[float]) -> bool:
    finite: dict[int, list[float]] = {}
    for g, v in zip(group, value, strict=True):
        if np.isfinite(v):
            finite.setdefault(g, []).append(v)
    return any(len(set(values)) < len(values) for values in finite.values())


@examples(60)
@given(worlds())
def test_invitations_and_answers_are_the_oracle_s(world: World) -> None:
    check(world)


def test_invitations_and_answers_are_the_oracle_s_in_a_town(town_world: World) -> None:
    assert not ties(town_world.applied.program.tolist(), scores_and_wishes(town_world)[0])
    check(town_world)
    assert (np.diff(town_world.interviewed.applicant_offsets) < town_world.interviewed.invitations).any()


@examples(40)
@given(worlds())
def test_nobody_is_over_capacity_or_slots_and_only_applicants_are_interviewed(world: World) -> None:
    held, applied = world.interviewed, world.applied
    mine = segments(held.applicant_offsets, held.program)
    sent = segments(applied.applicant_offsets, applied.program)
    for a, capacity in enumerate(capacities_of(world)):
        assert len(mine[a]) == min(capacity, int(held.invitations[a]))
        assert set(mine[a]) <= set(sent[a])
        assert len(set(mine[a])) == len(mine[a])
        assert held.invitations[a] <= len(sent[a])
    counts = np.bincount(held.program, minlength=len(world.programs))
    assert (counts <= slots_of(world)).all()
    assert (held.score >= world.scenario.interviews.screening.lowest - 1e-5).all()
    owner = held.applicants()
    for a, p in zip(owner.tolist(), held.program.tolist(), strict=True):
        assert reference.considered(world.applicants, world.road, world.programs, a, p)


def test_at_no_time_are_more_invitations_out_than_slots(town_world: World) -> None:
    applied, program, slots = town_world.applied, town_world.applied.program, slots_of(town_world)
    for waves in range(1, town_world.scenario.interviews.waves + 1):
        told = told_by_oracle(town_world, waves)
        assert (np.bincount(program[told.out[-1]], minlength=len(slots)) <= slots).all()
        # The season with that many waves ends where the oracle stands.
        shorter = changed(town_world.scenario, {"interviews": {"waves": waves}})
        stopped = interviews(
            shorter, town_world.streams, town_world.applicants, town_world.road, town_world.programs, applied
        )
        assert stopped.program.tolist() == program[sorted(told.held)].tolist()


def held_with(world: World, change: dict[str, Any]) -> Interviews:
    scenario = changed(world.scenario, {"interviews": change})
    return interviews(scenario, world.streams, world.applicants, world.road, world.programs, world.applied)


def test_nobody_holds_more_interviews_than_the_cap(town_world: World) -> None:
    capped = held_with(town_world, {"cap": 3})
    assert np.diff(capped.applicant_offsets).max() == 3
    assert np.diff(town_world.interviewed.applicant_offsets).max() > 3


def test_with_a_common_release_fewer_accepted_interviews_are_given_back(town_world: World) -> None:
    given_back = []
    for common in (True, False):
        scenario = changed(
            town_world.scenario,
            {"interviews": {"common_release": common, "release_waves": 4, "late_answers": 0.0}},
        )
        told = told_by_oracle(replace(town_world, scenario=scenario))
        holding = [set(told.out[w]) - set(told.waves[w]) for w in range(len(told.waves))]
        given_back.append(sum(len(holding[w] - holding[w + 1]) for w in range(len(holding) - 1)))
    assert given_back[0] < given_back[1]


def test_slots_are_blocked_until_a_late_answer(town_world: World) -> None:
    two_waves = {"waves": 2, "common_release": True}
    late, prompt = (held_with(town_world, {**two_waves, "late_answers": share}) for share in (1.0, 0.0))
    first = held_with(town_world, {**two_waves, "waves": 1})
    # Whoever answers late in the first wave leaves nothing to invite others with in the second.
    most = sum(slots_of(town_world))
    assert int(first.invitations.sum()) <= int(late.invitations.sum()) <= most
    assert int(late.invitations.sum()) < int(prompt.invitations.sum())


def test_late_returns_leave_slots_empty_and_a_short_waiting_list_too(town_world: World) -> None:
    early = held_with(town_world, {"late_returns": 0.0, "waves": 20})
    assert len(held_with(town_world, {"late_returns": 1.0, "waves": 20})) < len(early)
    nobody_waits = held_with(town_world, {"waiting_list": 0.0})
    assert int(nobody_waits.invitations.sum()) <= sum(slots_of(town_world))
    assert len(nobody_waits) < len(town_world.interviewed)


def test_programs_with_enough_signals_invite_nobody_else_while_there_are_signals(town_world: World) -> None:
    change = {"signalled_first": 1.0, "signals_enough": 0.5, "gold": 0.0, "silver": 0.0}
    one_wave = {"screening": change, "waves": 1, "common_release": True, "late_answers": 0.0}
    scenario = changed(town_world.scenario, {"interviews": one_wave})
    world = replace(town_world, scenario=scenario)
    told, first = told_by_oracle(world), read_first_of(world)
    score = scores_and_wishes(world)[0]
    program = world.applied.program.tolist()
    assert any(first)
    assert told.held == told_by_oracle(world, 1).held
    for p in {program[i] for i, is_first in enumerate(first) if is_first}:
        invited = [i for i in told.waves[0] if program[i] == p]
        able = [i for i in range(len(program)) if program[i] == p and first[i] and np.isfinite(score[i])]
        assert sum(first[i] for i in invited) == min(len(invited), len(able))
    silent = held_with(town_world, {"screening": {"signalled_first": 0.0}})
    never = held_with(town_world, {"screening": {"signals_enough": 1000.0}})
    assert silent.equals(never)


def test_more_slots_and_no_lowest_score_invite_everybody() -> None:
    generous = {
        "minimum": 1000,
        "screening": {"lowest": -1000.0},
        "waves": 1,
        "common_release": True,
    }
    open_ = {"requirements": NO_REQUIREMENTS}
    world = world_of(changed(town(), {"interviews": generous, "programs": open_}))
    assert world.interviewed.invitations.tolist() == np.diff(world.applied.applicant_offsets).tolist()


def test_without_slots_nobody_is_interviewed() -> None:
    world = world_of(changed(town(), {"interviews": {"per_position": 0.0, "minimum": 0}}))
    assert len(world.interviewed) == 0
    assert not world.interviewed.invitations.any()


def test_signals_and_home_ties_raise_the_chance_of_an_interview(nation) -> None:
    applied, tracks = nation.applications, nation.tracks
    held = np.zeros(len(applied.program), dtype=bool)
    key = applied.applicants().astype(np.int64) * len(tracks) + applied.program
    owner = np.repeat(np.arange(len(nation.cohort)), np.diff(nation.interviews.applicant_offsets))
    held = np.isin(key, owner * len(tracks) + nation.interviews.program)
    rate = [held[applied.signal == tier].mean() for tier in (0, 1, 2)]
    assert rate[0] < rate[1] < rate[2]
    home = nation.cohort.division[applied.applicants()]
    at_home = (home >= 0) & (home == tracks.division[applied.program])
    assert held[at_home].mean() > held[~at_home].mean()


# Interviews for each application in percent: specialty, tiers of signal, published figure, source, tolerance.
PUBLISHED_SIGNALS = [
    ("Orthopaedic Surgery", (2,), 24.4, "PMC10241500, 2022-23", 8.0),
    ("Orthopaedic Surgery", (0,), 0.92, "PMC10241500, 2022-23", 1.5),
    ("Obstetrics and Gynecology", (2,), 64.0, "Cai et al., AJOG 2024", 12.0),
    ("Obstetrics and Gynecology", (1,), 43.8, "Cai et al., AJOG 2024", 12.0),
    ("Anesthesiology", (2,), 57.0, "second-hand, 2024", 12.0),
    ("Anesthesiology", (1,), 31.0, "second-hand, 2024", 12.0),
    ("Otolaryngology", (2,), 37.0, "PMC11496986, 2024", 8.0),
    # Missed by 8 to 10 points, as the page on the season says; held so that it gets no worse unseen.
    ("Otolaryngology", (0, 1, 2), 16.0, "PMC11496986, 2024", 12.0),
]


@pytest.mark.parametrize(("specialty", "tiers", "published", "source", "tolerance"), PUBLISHED_SIGNALS)
def test_signals_bring_interviews_about_as_often_as_published(
    nation: Season, specialty: str, tiers: tuple[int, ...], published: float, source: str, tolerance: float
) -> None:
    """Programs of the surveys spread as widely: the standard deviation in orthopaedics is 8 points."""
    applied, tracks = nation.applications, nation.tracks
    size = len(tracks)
    sent = applied.applicants().astype(np.int64) * size + applied.program
    met = nation.interviews.applicants().astype(np.int64) * size + nation.interviews.program
    ours = (tracks.specialty == tracks.specialties.index(specialty)) & ~tracks.is_track("P")
    chosen = ours[applied.program] & np.isin(applied.signal, tiers)
    assert abs(100 * np.isin(sent[chosen], met).mean() - published) < tolerance, source
