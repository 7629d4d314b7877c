"""Who applies where: the oracle's choices, right numbers, nobody out of the question, signals in budget."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchsim.season import reference
from matchsim.season.applications import applications
from matchsim.season.rules import load_rules
from matchsim.season.rules.fees import schedule_of
from matchsim.season.standing import attitudes, files
from matchsim.season.words import APPLICANT_TYPES, TRACKS

from .worlds import (
    World,
    changed,
    close,
    compiled_only,
    continued,
    examples,
    fallback_share,
    one_specialty,
    segments,
    town,
    world_of,
    worlds,
)


def pools(world: World) -> list[list[int]]:
    return segments(*world.programs.pools())


def wanted(world: World) -> list[dict[int, float]]:
    """Expected number of applications of everybody by pool, from the words of the scenario."""
    given, people, tracks = world.scenario.applications, world.applicants, world.programs
    everyone = np.arange(len(people), dtype=np.int32)
    z = world.streams("applications.number").normal(everyone)
    draw = world.streams("applications.preliminary_fallback").uniform(everyone)
    falls = [draw[a] < fallback_share(world, a) for a in range(len(people))]
    sizes = [len(pool) for pool in pools(world)]
    last = len(people.specialties)
    has = {t: set(tracks.specialty[tracks.is_track(t)].tolist()) for t in "AP"}
    out: list[dict[int, float]] = []
    rules = load_rules(world.scenario.season)
    for a in range(len(people)):
        mean = getattr(given.per_applicant, APPLICANT_TYPES[people.applicant_type[a]])
        number = mean * float(np.exp(given.spread * float(z[a]) - given.spread**2 / 2))
        number = number if given.cap is None else min(number, given.cap)
        first, second = int(people.preferred[a]), int(people.backup[a])

        def parted(number: float, a: int = a, first: int = first, second: int = second) -> dict[int, float]:
            mine: dict[int, float] = {}
            if first >= 0 and sizes[first] == 0:
                mine[last] = number
                number = 0.0
            elif first in has["A"] or (first in has["P"] and falls[a]):
                mine[last] = min(given.preliminary, number / 2)
                number -= mine[last]
            part = 1 - given.backup_part if second >= 0 else 1
            there = min(number * part, sizes[first] if first >= 0 else 0)
            if first >= 0:
                mine[first] = there
            if second >= 0:
                mine[second] = number - there
            return mine

        def price(number: float, parted: Any = parted) -> float:
            return sum(
                reference.cost(
                    schedule_of(rules, people.specialties[p]) if p < last else rules.fees.eras, amount
                )
                for p, amount in parted(number).items()
            )

        if not world.road.applies[a]:
            number = 0.0
        if given.within_budget:
            number = reference.affordable(price, number, float(people.budget[a]))
        out.append({pool: amount for pool, amount in parted(number).items() if amount > 0})
    return out


@examples(40)
@given(worlds())
def test_everybody_applies_where_the_oracle_says(world: World) -> None:
    check_choices(world)


def test_everybody_in_a_town_applies_where_the_oracle_says(town_world: World) -> None:
    check_choices(town_world)


def test_nobody_is_at_home_where_neither_person_nor_program_has_a_division(town_world: World) -> None:
    people, tracks = town_world.applicants, town_world.programs
    homeless = people.replace(
        division=np.where(np.arange(len(people)) % 2, people.division, -1).astype(np.int8)
    )
    placeless = tracks.replace(
        division=np.where(np.arange(len(tracks)) % 2, tracks.division, -1).astype(np.int8)
    )
    check_choices(continued(town_world.scenario, town_world.streams, placeless, homeless))


def informed_in(world: World) -> list[bool]:
    """Who knows what programs require."""
    everyone = np.arange(len(world.applicants), dtype=np.int32)
    draw = world.streams("applications.informed").uniform(everyone)
    return (draw < world.scenario.applications.informed).tolist()


def check_choices(world: World) -> None:
    given, people, tracks = world.scenario.applications, world.applicants, world.programs
    stream = world.streams("applications.choice")
    level, base = attitudes(world.scenario, tracks), files(world.scenario, people)
    chosen = segments(world.applied.applicant_offsets, world.applied.program)
    first_draw = 0
    amounts, informed = wanted(world), informed_in(world)
    expected: list[list[int]] = [[] for _ in range(len(people))]
    for pool, members in enumerate(pools(world)):
        words = stream.words(np.arange(len(people), dtype=np.int32), first_draw, len(members)).tolist()
        first_draw += len(members)
        for a in range(len(people)):
            if pool not in amounts[a] or not members:
                continue
            standing = base[a] + level[people.applicant_type[a], members].mean()
            open_ = [p for p in members if reference.eligible(people, tracks, a, p)]
            met = [p for p in open_ if reference.considered(people, world.road, tracks, a, p)]
            if informed[a] and met:
                open_ = met
            weights = [
                reference.application_weight(
                    given.bands,
                    given.home_weight,
                    float(tracks.prestige[p]) - standing,
                    at_home=bool(people.division[a] >= 0 and people.division[a] == tracks.division[p]),
                )
                if p in open_
                else None
                for p in members
            ]
            expected[a] += [
                members[k] for k in reference.chosen_programs(words[a], weights, amounts[a][pool])
            ]
    assert chosen == expected


@examples(40)
@given(worlds())
def test_nobody_applies_twice_or_where_they_cannot_be_taken(world: World) -> None:
    people, tracks, informed = world.applicants, world.programs, informed_in(world)
    for a, mine in enumerate(segments(world.applied.applicant_offsets, world.applied.program)):
        assert len(set(mine)) == len(mine)
        for p in mine:
            assert reference.visa_fits(people, tracks, a, p)
            if informed[a] and not reference.considered(people, world.road, tracks, a, p):
                pool = [q for q in range(len(tracks)) if tracks.pool_of()[q] == tracks.pool_of()[p]]
                assert not any(reference.considered(people, world.road, tracks, a, q) for q in pool)
            assert TRACKS[tracks.track[p]] != "R" or people.prior_training[a]
            assert TRACKS[tracks.track[p]] == "P" or tracks.specialty[p] in (
                people.preferred[a],
                people.backup[a],
            )


@examples(40)
@given(worlds(), st.sampled_from([1.001, 1.3, 4.0]))
def test_more_applications_are_the_same_ones_and_some_more(world: World, factor: float) -> None:
    mean = world.scenario.applications.per_applicant.model_dump()
    more = changed(
        world.scenario, {"applications": {"per_applicant": {t: factor * m for t, m in mean.items()}}}
    )
    raised = applications(more, world.streams, world.applicants, world.road, world.programs)
    before = segments(world.applied.applicant_offsets, world.applied.program)
    after = segments(raised.applicant_offsets, raised.program)
    for fewer, most in zip(before, after, strict=True):
        assert set(fewer) <= set(most)


@settings(max_examples=200)
@given(
    st.lists(st.sampled_from([0.0, 0.1, 0.5, 1.0, 3.0]), min_size=1, max_size=12),
    st.floats(0.01, 15.0),
)
def test_the_scale_makes_the_expected_number_right(weights: list[float], number: float) -> None:
    scale = reference.chance_scale(weights, number)
    total = sum(min(1.0, scale * w) for w in weights)
    assert total == pytest.approx(min(number, sum(w > 0 for w in weights)))


def test_mean_numbers_are_those_of_the_scenario() -> None:
    # One large pool without visa, reserved or preliminary programs: nothing cuts the numbers short.
    scenario = changed(
        one_specialty(programs=60, positions=120, people=dict.fromkeys(APPLICANT_TYPES, 300)),
        {
            "applications": {
                "per_applicant": {t: 5.0 + 3 * k for k, t in enumerate(APPLICANT_TYPES)},
                "spread": 0.2,
            }
        },
    )
    world = world_of(scenario)
    counts = np.diff(world.applied.applicant_offsets)
    for code, name in enumerate(APPLICANT_TYPES):
        mine = counts[world.applicants.applicant_type == code]
        mean = getattr(scenario.applications.per_applicant, name)
        error = np.sqrt((mean + (0.21 * mean) ** 2) / len(mine))
        assert abs(mine.mean() - mean) < 4.5 * error


def test_the_national_mean_is_published(nation) -> None:
    counts = np.diff(nation.applications.applicant_offsets)
    for code, name in enumerate(APPLICANT_TYPES):
        of_type = nation.cohort.applicant_type == code
        mean = getattr(nation.scenario.applications.per_applicant, name)
        # Visa needs and small specialties leave some people with fewer programs than they would like.
        assert 0.8 * mean < counts[of_type].mean() < 1.03 * mean or of_type.sum() < 100


def test_signals_are_the_most_wished_for_within_budget(town_world: World) -> None:
    check_signals(town_world)
    assert np.bincount(town_world.applied.signal).tolist()[1:] != [0, 0]


@examples(40)
@given(worlds())
def test_signals_follow_the_oracle(world: World) -> None:
    check_signals(world)


def check_signals(world: World) -> None:
    people, tracks, applied = world.applicants, world.programs, world.applied
    stated, names = world.scenario.applications.signals, list(people.specialties)
    last = len(names)
    only_preliminary = {s for s in range(last) if not ((tracks.specialty == s) & ~tracks.is_track("P")).any()}
    budgets: dict[str, dict[int, int]] = {"gold": {}, "silver": {}}
    for name, budget in stated.items():
        pool = last if names.index(name) in only_preliminary else names.index(name)
        for tier, of in budgets.items():
            of[pool] = of.get(pool, 0) + getattr(budget, tier)
    standing, pool_of = files(world.scenario, people), tracks.pool_of()
    sent = segments(applied.applicant_offsets, applied.signal)
    fits = segments(applied.applicant_offsets, applied.fit)
    for a, mine in enumerate(segments(applied.applicant_offsets, applied.program)):
        at = [int(pool_of[p]) for p in mine]
        wishes = [
            reference.wish(world.scenario, people, tracks, a, p, fit, float(standing[a]), above=-1.0)
            for p, fit in zip(mine, fits[a], strict=True)
        ]
        if close(wishes):
            continue
        assert sent[a] == reference.send_signals(at, wishes, budgets["gold"], budgets["silver"])


def test_without_budgets_no_signals_are_sent(town_world: World) -> None:
    silent = world_of(changed(town(), {"applications": {"signals": {}}}))
    assert not silent.applied.signal.any()
    assert silent.applied.replace(signal=town_world.applied.signal).equals(town_world.applied)


@compiled_only
def test_choosing_in_blocks_changes_nothing(town_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matchsim.season.applications.DRAWS_AT_ONCE", 30)
    again = applications(
        town_world.scenario,
        town_world.streams,
        town_world.applicants,
        town_world.road,
        town_world.programs,
    )
    assert again.equals(town_world.applied)
