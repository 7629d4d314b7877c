"""Interviews: only who applied, within capacities and slots, in waves as the oracle says."""

from __future__ import annotations

import numpy as np
from hypothesis import given

from matchsim.season import reference
from matchsim.season.interviews import interviews
from matchsim.season.standing import screening_scores, wishes

from .worlds import NO_REQUIREMENTS, World, changed, examples, segments, town, world_of, worlds


def slots_of(world: World) -> list[int]:
    given = world.scenario.interviews
    return [max(round(given.per_position * int(q)), given.minimum) for q in world.programs.quota]


def capacities_of(world: World) -> list[int]:
    given = world.scenario.interviews.capacity
    z = world.streams("interviews.capacity").normal(np.arange(len(world.applicants), dtype=np.int32))
    return [max(1, round(given.mean + given.sd * float(one))) for one in z]


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
    slots, capacity = slots_of(world), capacities_of(world)
    waves = world.scenario.interviews.waves
    told = reference.hold_interviews(owner, program, score, wish, slots, capacity, waves)
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
    applied = town_world.applied
    score, wish = scores_and_wishes(town_world)
    owner, program = applied.applicants().tolist(), applied.program.tolist()
    slots, capacity = slots_of(town_world), capacities_of(town_world)
    before: set[int] = set()
    for waves in range(1, town_world.scenario.interviews.waves + 1):
        told = reference.hold_interviews(owner, program, score, wish, slots, capacity, waves)
        out = np.bincount([program[i] for i in before | set(told.waves[-1])], minlength=len(slots))
        assert (out <= slots).all()
        # The season with that many waves ends where the oracle stands.
        shorter = changed(town_world.scenario, {"interviews": {"waves": waves}})
        stopped = interviews(
            shorter, town_world.streams, town_world.applicants, town_world.road, town_world.programs, applied
        )
        assert stopped.program.tolist() == [program[i] for i in sorted(told.held)]
        before = told.held


def test_more_slots_and_no_lowest_score_invite_everybody() -> None:
    generous = {"minimum": 1000, "screening": {"lowest": -1000.0}, "waves": 1}
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
