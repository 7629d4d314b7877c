"""What a season's people pay for their applications, and how many a budget pays for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from matchsim.season import _kernels
from matchsim.season.rules import load_rules
from matchsim.season.rules.fees import schedule_of
from matchsim.season.rules.model import Schedule
from matchsim.season.scenario.model import Scenario
from matchsim.season.tables import Programs
from matchsim.tables import Bool, Float32, Float64, Int32, Int64

__all__ = ["Wanted", "affordable", "fees"]

# Specialty of everybody and number of applications there, several times.
Wanted = tuple[tuple[Int32, Float64], ...]

# Halvings after which the number of applications that a budget pays for is known to one in a million.
HALVINGS = 20


def fees(scenario: Scenario, programs: Programs, offsets: Int64, program: Int32) -> Float32:
    """What everybody pays for their applications; float32, shape (applicants,), US dollars.

    Parameters
    ----------
    offsets, program
        Each applicant's programs, as in ``Applications``.
    """
    people = len(offsets) - 1
    counts = np.zeros((people, len(programs.specialties)), dtype=np.int32)
    _kernels.count_groups(offsets, program, programs.specialty, counts)
    person, specialty = np.nonzero(counts)
    count = counts[person, specialty]
    paid = np.empty(len(count))
    for schedule, served in _served(scenario, programs.specialties):
        chosen = served[specialty]
        paid[chosen] = _cost(schedule, count[chosen].astype(np.float64))
    spent: Float32 = np.bincount(person, paid, minlength=people).astype(np.float32)
    return spent


def affordable(
    scenario: Scenario,
    specialties: tuple[str, ...],
    budget: Float32,
    number: Float64,
    parted: Callable[[Int32, Float64], Wanted],
) -> Float64:
    """As many of the applications wanted as everybody's budget pays for; float64, shape (applicants,).

    Parameters
    ----------
    number
        Applications wanted in all.
    parted
        How so many applications of some people are parted over the specialties; no part may fall when the
        number rises. A specialty beyond the last stands for all preliminary programs together.
    """
    schedules = _served(scenario, specialties)
    everyone = np.arange(len(budget), dtype=np.int32)
    over = np.flatnonzero(_total(schedules, parted(everyone, number)) > budget).astype(np.int32)
    least, most = np.zeros(len(over)), number[over]
    for _ in range(HALVINGS):
        middle = (least + most) / 2
        within = _total(schedules, parted(over, middle)) <= budget[over]
        least, most = np.where(within, middle, least), np.where(within, most, middle)
    paid = number.copy()
    paid[over] = least
    return paid


def _total(schedules: list[tuple[Schedule, Bool]], wanted: Wanted) -> Float64:
    total = np.zeros(len(wanted[0][0]))
    for pool, number in wanted:
        for schedule, served in schedules:
            here = np.append(served, False)[pool]
            total[here] += _cost(schedule, number[here])
    return total


def _served(scenario: Scenario, specialties: tuple[str, ...]) -> list[tuple[Schedule, Bool]]:
    """The fees of every service, and which specialties take applications through it.

    One entry more than there are specialties: preliminary programs together, through ERAS.
    """
    rules = load_rules(scenario.season)
    own = [schedule_of(rules, name) for name in specialties] + [rules.fees.eras]
    return [
        (schedule, np.array([one is schedule for one in own], dtype=np.bool_))
        for schedule in (rules.fees.eras, rules.fees.residencycas)
    ]


def _cost(schedule: Schedule, number: Float64) -> Float64:
    """What so many applications in one specialty cost; parts of an application cost a part."""
    total = np.zeros(len(number))
    before = 0.0
    for bracket in schedule.value:
        end = number if bracket.up_to is None else np.minimum(number, bracket.up_to)
        inside = np.maximum(end - before, 0.0)
        if bracket.flat is not None:
            total += np.where(inside > 0, bracket.flat, 0.0)
        elif bracket.each is not None:
            total += bracket.each * inside
        before = max(before, float(bracket.up_to or before))
    return total
