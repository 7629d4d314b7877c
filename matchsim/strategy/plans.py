"""Plans of where to apply: what people do, rules of thumb, and two theories."""

from __future__ import annotations

import numpy as np

from matchsim.engine.portfolios import common_score_portfolio, independent_portfolio
from matchsim.season.scenario.applications import SignalBudget
from matchsim.tables import Float64, Int64

__all__ = ["PLANS", "kinds", "mixed", "planned", "promised"]

PLANS = {
    "as_people_do": "drawn as the season's people do: some above, at and below their standing, more at home",
    "best": "all to the programs of the highest standing",
    "safest": "all to the programs of the lowest standing, which are the likeliest",
    "thirds": "a third each to reach, match and safe programs, evenly spread over each",
    "independent": "the best portfolio if every program decides without regard to the others (greedy)",
    "common_score": "the best portfolio if one score decides everywhere (dynamic programming)",
}
"""The plans that are compared: what people do, rules of thumb, and two theories."""


def planned(plan: str, chance: Float64, value: Float64, number: int) -> Int64 | None:
    """The places to which a plan sends so many applications, rising; None where people draw their own.

    Parameters
    ----------
    plan
        One of :data:`PLANS`.
    chance, value : float64, shape (places,)
        Of every program, the one of the highest standing first; chances never fall.
    number
        How many applications are allowed.

    Returns
    -------
    int64, shape (chosen,)
        At most `number` different places.
    """
    size = len(chance)
    if plan == "as_people_do":
        return None
    if plan == "best":
        return np.arange(min(number, size))
    if plan == "safest":
        return np.arange(size - min(number, size), size)
    if plan == "thirds":
        return _thirds(chance, number)
    solver = independent_portfolio if plan == "independent" else common_score_portfolio
    return np.sort(np.array(solver(chance, value, most=number).options, np.int64))


def promised(plan: str, chance: Float64, value: Float64, number: int) -> float:
    """The mean value that the theory of a plan expects of its portfolio; NaN for plans without one."""
    if plan == "independent":
        return independent_portfolio(chance, value, most=number).worth
    if plan == "common_score":
        return common_score_portfolio(chance, value, most=number).worth
    return np.nan


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
    for _ in range(min(number, len(chance))):
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
    """The mean chance of so many applications, as many of which have signals as there are."""
    gold = min(budget.gold, number)
    silver = min(budget.silver, number - gold)
    weights = np.array([number - gold - silver, silver, gold]) / number
    mixed: Float64 = weights @ np.stack(curves)
    return mixed
