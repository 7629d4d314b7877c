"""A second Match in place of SOAP: stable by a checker written out here, run by run."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from matchsim.season.second_match import second_match
from matchsim.season.soap_applications import opinions
from matchsim.season.tables import Applications

from .test_soap import kinds, missing, seats_in_soap
from .worlds import INTERPRETED, World, changed, examples, town, world_of, worlds

# No kernel of its own, and hundreds of worlds take too long interpreted.
pytestmark = pytest.mark.skipif(INTERPRETED, reason="whole worlds, of which no kernel is new")


def check(world: World) -> int:
    """Hold a second match to its rules; returns the acceptances."""
    soap, given, kind = world.placed, world.scenario.soap, kinds(world)
    sent = soap.applications
    thought = opinions(world.scenario, world.streams, world.applicants, world.road, world.programs, sent)
    owner, program = sent.applicants().tolist(), sent.program.tolist()
    last = given.rounds - 1
    accepted = dict(
        zip(
            zip(soap.accepted_applicant.tolist(), soap.accepted_program.tolist(), strict=True),
            soap.accepted_round.tolist(),
            strict=True,
        )
    )
    pairs = zip(owner, program, strict=True)
    assert soap.accepted_round.dtype == np.int32
    # A place is an offer and its acceptance at once.
    assert soap.offered.tolist() == [pair in accepted for pair in pairs]
    assert soap.rounds.offers.tolist() == soap.rounds.accepted.tolist()
    place = _places(sent.program, thought.score, seats_in_soap(world), given.list_per_position)
    ranks = [
        i
        for i in range(len(owner))
        if place[i] >= 0 and thought.withheld[i] <= last and thought.refused[i] <= last
    ]
    seats, may = seats_in_soap(world), missing(world)
    for run in range(2):
        holds: dict[int, list[int]] = {p: [] for p in range(len(seats))}
        mine: dict[int, int] = {}
        for i in ranks:
            if accepted.get((owner[i], program[i])) == run:
                assert kind[program[i]] in may[owner[i]]
                assert owner[i] not in mine
                mine[owner[i]] = i
                holds[program[i]].append(i)
        assert len(mine) == sum(of == run for of in accepted.values())
        for i in ranks:
            a, p = owner[i], program[i]
            better = a not in mine or thought.wish[i] > thought.wish[mine[a]]
            if kind[p] in may[a] and better:
                assert len(holds[p]) == seats[p]
                assert all(place[j] < place[i] for j in holds[p])
        for a, i in mine.items():
            taken = kind[program[i]]
            may[a] = frozenset() if taken == "whole" else may[a] - {taken, "whole"}
            seats[program[i]] -= 1
        assert min(seats, default=0) >= 0
    return len(accepted)


def _places(program, score, seats, per_position) -> list[int]:
    """The place of every application on its program's list, -1 = is not on it."""
    place = [-1] * len(program)
    for p in range(len(seats)):
        met = sorted(np.flatnonzero(program == p).tolist(), key=lambda i: -score[i])
        most = int(np.ceil(per_position * seats[p])) if per_position else len(met)
        for k, i in enumerate(met[:most]):
            place[i] = k
    return place


@examples(60)
@given(worlds())
def test_a_second_match_is_stable(world: World) -> None:
    check(world_of(changed(world.scenario, {"soap": {"by": "match"}}), seed=world.streams.seed))


def test_a_second_match_in_a_town() -> None:
    found = 0
    for seed in range(1, 4):
        found += check(world_of(changed(town(), {"soap": {"by": "match"}}), seed=seed))
    assert found > 10


def test_a_second_match_with_short_lists_of_those_who_would_take_the_last_round() -> None:
    """Programs list one for each position, and some would wait through every round but the last, or all."""
    said = {"by": "match", "list_per_position": 1.0, "refusal": [0.7, 0.7, 0.7, 0.3], "expectation": -1000.0}
    assert sum(check(world_of(changed(town(), {"soap": said}), seed=seed)) for seed in range(1, 4)) > 10


def test_a_whole_position_closes_the_others_and_a_first_year_its_own() -> None:
    """Ana takes a whole position and is out; Bo takes an advanced one, and then a first year too."""
    kind = np.array([0, 1, 2], np.int8)
    sent = Applications(
        applicant_offsets=np.array([0, 2, 4]),
        program=np.array([0, 1, 1, 2], np.int32),
        fit=np.zeros(4, np.float32),
        signal=np.zeros(4, np.int8),
        fees=np.zeros(2, np.float32),
    )
    wish = np.array([2, 1, 1, 2], np.float32)
    ranked = np.array([0, 1, 3, 4]), np.array([0, 1, 2, 3])
    seats, may_take = np.array([1, 2, 1]), np.ones((3, 2), np.bool_)
    first, second = second_match(sent, kind, wish, ranked, seats, may_take)
    assert (first.tolist(), second.tolist()) == ([0, 3], [2])
    assert seats.tolist() == [0, 1, 0]
    assert not may_take.any()


def test_one_round_is_enough_for_a_second_match() -> None:
    world = world_of(changed(town(), {"soap": {"by": "match", "rounds": 1, "refusal": [0.0]}}))
    assert check(world) > 0
    # Its two runs stand for rounds.
    assert len(world.placed.rounds) == 2


def test_no_rounds_no_second_match() -> None:
    none = world_of(changed(town(), {"soap": {"by": "match", "rounds": 0, "refusal": []}})).placed
    assert len(none.rounds) == 0
    assert not len(none.accepted_program)
