"""Plans of where to apply: what people do, rules of thumb, and two theories."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matchsim.engine.portfolios import common_score_portfolio, independent_portfolio
from matchsim.season.scenario.applications import SignalBudget
from matchsim.tables import Float64, Int64

__all__ = ["PLANS", "Planned", "kinds", "mixed", "planned"]

PLANS = {
    "as_people_do": "drawn as the season's people do: some above, at and below their standing, more at home",
    "best": "all to the programs of the highest standing",
    "safest": "all to the programs of the lowest standing, which are the likeliest",
    "thirds": "a third each to reach, match and safe programs, evenly spread over each",
    "independent": "the best portfolio if every program decides without regard to the others (greedy)",
    "common_score": "the best portfolio if one score decides everywhere (dynamic programming)",
}
"""The plans that are compared: what people do, rules of thumb, and two theories."""


class Planned(NamedTuple):
    """What a plan makes of so many applications.

    Parameters
    ----------
    places : int64, shape (chosen,)
        The different places chosen, rising; None where people draw their own.
    promised
        The mean value that the theory of the plan expects of them; NaN for plans without one.
    """

    places: Int64 | None
    promised: float = np.nan


def planned(plan: str, chance: Float64, value: Float64, number: int) -> Planned:
    """Where a plan sends so many applications.

    Parameters
    ----------
    plan
        One of :data:`PLANS`.
    chance, value : float64, shape (places,)
        Of every program, the one of the highest standing first; chances never fall.
    number
        How many applications are allowed.
    """
    size = len(chance)
    number = min(number, size)
    if plan == "as_people_do":
        return Planned(None)
    if plan == "best":
        return Planned(np.arange(number))
    if plan == "safest":
        return Planned(np.arange(size - number, size))
    if plan == "thirds":
        return Planned(_thirds(chance, number))
    solver = independent_portfolio if plan == "independent" else common_score_portfolio
    best = solver(chance, value, most=number)
    return Planned(np.sort(np.array(best.options, np.int64)), best.worth)


def kinds(chance: Float64, choice: Int64 | None) -> Int64:
    """How many places chosen are reach, match and safe; int64, shape (3,), -1 where people draw their own."""
    if choice is None:
        return np.full(3, -1)
    return np.bincount(_groups(chance)[choice], minlength=3)


def _groups(chance: Float64) -> Int64:
    """Reach 0, match 1 or safe 2 of every place, by its chance beside that of the likeliest."""
    most = chance.max(initial=0.0)
    likely = chance / most if most else np.zeros(len(chance))
    return np.searchsorted([1 / 3, 2 / 3], likely, side="right")


def _thirds(chance: Float64, number: int) -> Int64:
    """A third each to reach, match and safe places, evenly spread; others get what one has no room for."""
    members = [np.flatnonzero(_groups(chance) == kind) for kind in range(3)]
    counts = np.zeros(3, np.int64)
    room = np.array([len(some) for some in members])
    for _ in range(number):
        # The next goes to the group with the fewest so far, the safer one first.
        free = np.flatnonzero(counts < room)
        counts[free[::-1][np.argmin(counts[free[::-1]])]] += 1
    chosen = [
        some[((np.arange(count) + 0.5) / count * len(some)).astype(np.int64)]
        for some, count in zip(members, counts, strict=True)
        if count
    ]
    return np.sort(np.concatenate(chosen)) if chosen else np.empty(0, np.int64)


def mixed(curves: list[Float64], budget: SignalBudget, number: int) -> Float64:
    """The mean chance of so many applications, as many of which have signals as the budget allows.

    Parameters
    ----------
    curves : list of float64, shape (places,)
        The chance of one application without a signal, with a silver and with a gold one.
    budget
        Signals that can be sent.
    number
        How many applications there are.

    Returns
    -------
    float64, shape (places,)
    """
    gold = min(budget.gold, number)
    silver = min(budget.silver, number - gold)
    weights = np.array([number - gold - silver, silver, gold]) / number
    mean: Float64 = weights @ np.stack(curves)
    return mean
