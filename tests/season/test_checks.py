"""The checks that the other files rely on, each on a season that is wrong in one place: all must refuse it.

A check that compared nothing, because it gave up on ties or was cut off, would agree with anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from matchsim.tables import Table

from . import (
    test_applications,
    test_interviews,
    test_match,
    test_rank_lists,
    test_reversions,
    test_second_match,
    test_soap,
)
from .worlds import INTERPRETED, World, changed, town, world_of

# No kernel of its own.
pytestmark = pytest.mark.skipif(INTERPRETED, reason="whole worlds, of which no kernel is new")

Check = Callable[[World], Any]


def with_part(world: World, path: str, value: Any) -> World:
    """The world with another value at a path such as ``placed.rounds.offers``."""
    names = path.split(".")
    parts = [world]
    for name in names[:-1]:
        parts.append(getattr(parts[-1], name))
    for part, name in zip(reversed(parts), reversed(names), strict=True):
        value = part.replace(**{name: value}) if isinstance(part, Table) else replace(part, **{name: value})
    return value


def value_at(world: World, path: str) -> Any:
    value: Any = world
    for name in path.split("."):
        value = getattr(value, name)
    return value


def exchanged(column: np.ndarray) -> np.ndarray:
    """Two neighbours that differ have changed places."""
    k = int(np.flatnonzero(column[1:] != column[:-1])[0])
    column[[k, k + 1]] = column[[k + 1, k]]
    return column


def next_to_last(column: np.ndarray) -> np.ndarray:
    """The last entry is another one: False for True, one more of a number."""
    column[-1] = not column[-1] if column.dtype == bool else column[-1] + 1
    return column


def out(column: np.ndarray) -> np.ndarray:
    """Whoever was first to have something has nothing."""
    column[np.flatnonzero(column >= 0)[0]] = -1
    return column


def none(column: np.ndarray) -> np.ndarray:
    return column[:0]


@pytest.fixture(scope="module")
def refusing_world() -> World:
    """A town in which offers of SOAP are refused, so that it has several rounds and contacts after them."""
    world = world_of(changed(town(), {"soap": {"refusal": [0.6, 0.4, 0.2, 0.0]}}), seed=4)
    assert len(world.placed.contact_program)
    return world


@pytest.fixture(scope="module")
def second_world() -> World:
    return world_of(changed(town(), {"soap": {"by": "match"}}))


WRONG = [
    (test_applications.check_choices, "applied.program", exchanged),
    (test_applications.check_signals, "applied.signal", exchanged),
    (test_interviews.check, "interviewed.program", exchanged),
    (test_interviews.check, "interviewed.score", next_to_last),
    (test_interviews.check, "interviewed.fit", next_to_last),
    (test_interviews.check, "interviewed.signal", exchanged),
    (test_interviews.check, "interviewed.invitations", next_to_last),
    (test_rank_lists.check_order, "lists.applicant_programs", exchanged),
    (test_rank_lists.check_program_lists, "lists.program_applicants", exchanged),
    (test_rank_lists.check_pairs, "lists.first_programs", exchanged),
    (test_rank_lists.check_pairs, "lists.second_programs", exchanged),
    (test_rank_lists.check_supplementals, "lists.supplemental_programs", exchanged),
    (test_rank_lists.check_supplementals, "lists.supplemental_advanced", next_to_last),
    (test_reversions.check, "reversions.receiver", next_to_last),
    (test_reversions.check, "reversions.positions", next_to_last),
    (test_match.check, "matched.program_of", out),
    (test_match.check, "matched.program_of", exchanged),
    (test_match.check, "matched.rank_of", exchanged),
    (test_match.check, "matched.rank_of", out),
    (test_match.check, "matched.second_of", out),
    (test_match.check, "matched.second_of", exchanged),
    (test_match.check, "lists.certified", np.zeros_like),
    (test_match.check, "matched.final_quota", np.zeros_like),
    (test_match.check, "matched.final_quota", lambda quota: quota + 1),
    (test_match.check, "matched.blocking", lambda told: told | {"responsive": 1}),
    (test_match.check, "matched.feasible", lambda told: not told),
    (test_soap.check, "placed.accepted_applicant", exchanged),
    (test_soap.check, "placed.accepted_program", exchanged),
    (test_soap.check, "placed.accepted_round", exchanged),
    (test_soap.check, "placed.offered", exchanged),
    (test_soap.check, "placed.positions", exchanged),
    (test_soap.check, "placed.eligible", exchanged),
    (test_soap.check, "placed.applications.program", exchanged),
    (test_soap.check, "placed.rounds.offers", next_to_last),
    (test_soap.check, "placed.rounds.accepted", next_to_last),
    (test_soap.check, "placed.rounds.positions_open", next_to_last),
    (test_soap.check, "placed.contact_program", next_to_last),
    (test_soap.check, "placed.contact_program", none),
    (test_second_match.check, "placed.accepted_program", exchanged),
    (test_second_match.check, "placed.accepted_program", next_to_last),
    (test_second_match.check, "placed.accepted_round", next_to_last),
    (test_second_match.check, "placed.offered", exchanged),
    (test_second_match.check, "placed.rounds.offers", next_to_last),
]


def label(wrong: tuple[Check, str, Any]) -> str:
    check, path, change = wrong
    return f"{check.__module__.rpartition('.')[2]}.{check.__name__}-{path}-{change.__name__}"


@pytest.mark.parametrize("wrong", WRONG, ids=label)
def test_what_is_wrong_in_one_place_is_refused(wrong, town_world, refusing_world, second_world) -> None:
    check, path, change = wrong
    world = {test_soap.check: refusing_world, test_second_match.check: second_world}.get(check, town_world)
    check(world)
    value = value_at(world, path)
    spoilt = with_part(world, path, change(value.copy() if isinstance(value, np.ndarray) else value))
    with pytest.raises((AssertionError, IndexError, KeyError, ValueError)):
        check(spoilt)


@pytest.mark.parametrize("program", [0, -1])
def test_holders_of_every_program_are_checked(town_world: World, program: int) -> None:
    """An index of 0 is a program like any other."""
    program %= len(town_world.programs)
    held, certified = town_world.matched.program_of, town_world.lists.certified.copy()
    certified[np.flatnonzero(held == program)[0]] = False
    with pytest.raises(AssertionError):
        test_match.check(with_part(town_world, "lists.certified", certified))
