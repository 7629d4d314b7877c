"""The road of a whole cohort: who is stopped where, exact numbers, switches; the first day of training."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from matchsim.season.cohort import cohort
from matchsim.season.pathway import pathway
from matchsim.season.pathway.road import BEFORE_APPLICATIONS, BY_RULE, margins
from matchsim.season.programs import programs
from matchsim.season.scenario.model import Counts, Scenario
from matchsim.season.season import Season
from matchsim.season.tables import Applicants, Pathway
from matchsim.season.words import APPLICANT_TYPES, INTERNATIONAL, ROAD_GATES, ROAD_REASONS, START_GATES
from matchsim.streams import Streams

from .worlds import World, changed, examples, town, world_of, worlds

MANY = {"us_md_senior": 800, "us_do_grad": 300, "non_us_img": 2000, "us_img": 700}


def crowd(**gates: dict[str, float]) -> Scenario:
    """Many people, whom the gates stop with the shares stated and nothing else does."""
    nobody = dict.fromkeys(APPLICANT_TYPES, 0.0)
    never = dict.fromkeys(APPLICANT_TYPES, 1.0)
    return changed(
        town(),
        {
            "cohort": {
                "active": {},
                "registered": MANY,
                "withdrawn": None,
                "attributes": {"step_1_first_pass": never},
                "step2_ck": {"passing": 1},
            },
            "couples": {"number": 0},
            "pathway": {"gates": {name: {**nobody, **gates.get(name, {})} for name in ROAD_GATES}},
        },
    )


def road_of(scenario: Scenario, seed: int = 3) -> tuple[Applicants, Pathway]:
    streams = Streams(seed)
    people = cohort(scenario, streams, programs(scenario, streams))
    return people, pathway(scenario, streams, people)


@examples(60)
@given(worlds())
def test_everybody_is_stopped_by_the_first_gate_at_which_luck_fails(world: World) -> None:
    scenario, people, road = world.scenario, world.applicants, world.road
    margin = margins(scenario, world.streams, people)
    stated, active = scenario.cohort.withdrawn, scenario.cohort.active
    for code, name in enumerate(APPLICANT_TYPES):
        of_type = np.flatnonzero(people.applicant_type == code)
        weakest = {a: min(margin[a]) for a in of_type.tolist()}
        stopped = {a for a in weakest if road.gate[a] >= 0}
        if isinstance(stated, Counts):
            assert len(stopped) == min(getattr(stated, name), len(of_type))
        else:
            assert len(of_type) - len(stopped) >= getattr(active, name)
            assert stopped <= {a for a in weakest if weakest[a] <= 0}
        passed = [weakest[a] for a in weakest if a not in stopped]
        assert not stopped or not passed or max(weakest[a] for a in stopped) <= min(passed)
        for a in stopped:
            # Of all gates that the person fails once the marks are moved, the first.
            earlier = margin[a, : road.gate[a]]
            assert (earlier > margin[a, road.gate[a]]).all() or road.gate[a] == int(np.argmin(margin[a]))
            assert (road.reason[a] == ROAD_REASONS.index("all attempts used")) == (
                margin[a, road.gate[a]] < BY_RULE / 2
            )
    assert ((road.reason >= 0) == road.withdrawn).all()
    early = [ROAD_GATES.index(gate) for gate in BEFORE_APPLICATIONS]
    assert (road.applies == ~np.isin(road.gate, early)).all()


@pytest.mark.parametrize("gate", ROAD_GATES)
def test_a_gate_stops_its_share_and_nobody_of_other_types(gate: str) -> None:
    share = 0.2
    people, road = road_of(crowd(**{gate: {"non_us_img": share, "us_md_senior": 0.05}}))
    assert set(np.unique(road.gate)) == {-1, ROAD_GATES.index(gate)}
    for kind, expected in (
        ("non_us_img", share),
        ("us_md_senior", 0.05),
        ("us_img", 0.0),
        ("us_do_grad", 0.0),
    ):
        of_type = people.applicant_type == APPLICANT_TYPES.index(kind)
        n = of_type.sum()
        assert abs(road.withdrawn[of_type].mean() - expected) <= 4 * np.sqrt(expected * (1 - expected) / n)


EVERY: dict[str, dict[str, float]] = {name: dict.fromkeys(APPLICANT_TYPES, 0.1) for name in ROAD_GATES}


@pytest.mark.parametrize("gate", ROAD_GATES)
def test_a_gate_switched_off_lets_those_through_whom_it_stopped_and_changes_nothing_else(gate: str) -> None:
    number = ROAD_GATES.index(gate)
    people, with_it = road_of(crowd(**EVERY))
    others = {name: shares for name, shares in EVERY.items() if name != gate}
    same, without = road_of(crowd(**others))
    assert same.equals(people)
    stopped = with_it.gate == number
    assert stopped.any()
    assert (without.gate[~stopped] == with_it.gate[~stopped]).all()
    assert (without.reason[~stopped] == with_it.reason[~stopped]).all()
    assert ((without.gate[stopped] > number) | (without.gate[stopped] < 0)).all()


def test_all_gates_switched_off_stop_nobody_and_the_season_is_as_without_a_road() -> None:
    _, road = road_of(crowd())
    assert not road.withdrawn.any()
    assert road.applies.all()
    assert (road.reason == -1).all()


def test_strong_scores_are_stopped_less_often_where_luck_goes_with_them() -> None:
    shares = {"step_2_ck": {"non_us_img": 0.2}}
    people, apart = road_of(changed(crowd(**shares), {"pathway": {"strength": 0.0}}))
    _, along = road_of(changed(crowd(**shares), {"pathway": {"strength": 0.9}}))
    of_type = people.applicant_type == APPLICANT_TYPES.index("non_us_img")

    def gap(road: Pathway) -> float:
        score = people.step2_ck[of_type].astype(float)
        stopped = road.withdrawn[of_type]
        return float((score[~stopped].mean() - score[stopped].mean()) / score.std())

    assert gap(along) > 1.0
    assert abs(gap(apart)) < 0.3


def test_whoever_used_every_attempt_is_stopped_by_the_exam() -> None:
    hopeless = {"step_1_first_pass": dict.fromkeys(APPLICANT_TYPES, 0.0), "step_1_later_pass": 0.5}
    people, road = road_of(changed(crowd(), {"cohort": {"attributes": hopeless}}))
    used = people.step_1_failures == 4
    assert abs(used.mean() - 0.125) < 0.03
    assert (road.withdrawn == used).all()
    assert set(road.reason[used]) == {ROAD_REASONS.index("all attempts used")}


def test_the_early_certificate_is_for_graduates_from_abroad_who_come_to_the_end() -> None:
    always = {"pathway": {"certified_early": dict.fromkeys(APPLICANT_TYPES, 1.0)}}
    people, road = road_of(changed(crowd(**EVERY), always))
    abroad = np.array([t in INTERNATIONAL for t in APPLICANT_TYPES])[people.applicant_type]
    expected = ~abroad | ((people.years_since_graduation > 0) & ~road.withdrawn)
    assert (road.certificate == expected).all()
    assert expected[abroad].any()
    assert not expected[abroad].all()


def test_the_nation_is_stopped_as_often_as_published(nation: Season) -> None:
    """52,498 registered, 2,152 withdrawn and 47,208 active in 2025 (NRMP), by type as derived."""
    stated = nation.scenario.cohort.withdrawn
    assert isinstance(stated, Counts)
    for code, name in enumerate(APPLICANT_TYPES):
        assert int(nation.road.withdrawn[nation.cohort.applicant_type == code].sum()) == getattr(stated, name)
    told = nation.funnel()
    last = told.drop_duplicates(["applicant_type", "gate"]).groupby("gate")[["entered", "passed"]].sum()
    assert last.loc["registration", "entered"] == 52498
    assert last.loc["verification", "passed"] == 52498 - 2152
    assert last.loc["rank_list", "passed"] == 47208
    # Without moving them the gates would stop about as many, within a third of the number.
    free = nation.scenario.model_copy(
        update={"cohort": nation.scenario.cohort.model_copy(update={"withdrawn": None})}
    )
    naturally = pathway(free, Streams(nation.seed, nation.replicate), nation.cohort)
    for code, name in enumerate(APPLICANT_TYPES[:6]):
        of_type = nation.cohort.applicant_type == code
        ratio = naturally.withdrawn[of_type].sum() / getattr(stated, name)
        assert 0.66 < ratio < 1.5, name


# The first day of training


@examples(40)
@given(worlds())
def test_who_starts_has_a_position_and_passes_every_gate(world: World) -> None:
    begins = ~world.programs.is_track("A")
    held: list[list[int]] = [[] for _ in range(len(world.applicants))]
    for a, p in enumerate(world.matched.program_of.tolist()):
        held[a] += [p] * (p >= 0)
    for a, p in enumerate(world.matched.second_of.tolist()):
        held[a] += [p] * (p >= 0)
    for a, p in zip(
        world.placed.accepted_applicant.tolist(), world.placed.accepted_program.tolist(), strict=True
    ):
        held[a].append(p)
    for a in range(len(world.applicants)):
        placed = any(begins[p] for p in held[a])
        assert world.training.starts[a] == (placed and world.training.gate[a] < 0)
        if world.training.gate[a] >= 0:
            assert placed
            concerned(world, a, START_GATES[world.training.gate[a]])
    assert (world.training.reason == world.training.gate).all()


def concerned(world: World, a: int, gate: str) -> None:
    kind = APPLICANT_TYPES[world.applicants.applicant_type[a]]
    assert {
        "graduation": kind.endswith("_senior"),
        "certificate": kind in INTERNATIONAL,
        "visa": bool(world.applicants.needs_visa[a]),
    }[gate]


@pytest.mark.parametrize("gate", START_GATES)
def test_a_start_gate_stops_all_or_nobody_and_nothing_else_changes(gate: str) -> None:
    def with_share(share: float) -> World:
        said: dict[str, Any] = {gate: dict.fromkeys(APPLICANT_TYPES, share)}
        return world_of(changed(town(), {"training": said}))

    usual, none, all_ = world_of(town()), with_share(0.0), with_share(1.0)
    number = START_GATES.index(gate)
    assert not (none.training.gate == number).any()
    assert (all_.training.gate == number).any()
    others = usual.training.gate != number
    assert (none.training.gate[others] == usual.training.gate[others]).all()
    assert none.matched.program_of.tolist() == all_.matched.program_of.tolist()
    assert none.placed.accepted_program.tolist() == all_.placed.accepted_program.tolist()
