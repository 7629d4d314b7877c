"""Short lists, with and without quotas, and cutoffs: closed forms, the continuum, and finite markets."""

from __future__ import annotations

from math import exp

import numpy as np

import matchsim as ms
from literature.comparison import Comparison, Estimate, Figure
from literature.random_markets import Preferences, market_of_choices, short
from matchsim.engine import continuum

__all__ = [
    "FRACTIONS",
    "QUOTAS",
    "aligned",
    "cutoffs",
    "fractions",
    "independent",
    "quotas",
    "ranks",
]

# Applicants a program, programs listed: shares matched, independent, common, aligned; to five digits.
FRACTIONS: dict[tuple[float, int], tuple[float, float, float]] = {
    (1.0, 1): (0.63212, 0.63212, 0.63212),
    (1.0, 2): (0.77183, 0.76159, 0.75),
    (1.0, 3): (0.84058, 0.82304, 0.80755),
    (1.0, 5): (0.90841, 0.88302, 0.86625),
    (1.0, 10): (0.96571, 0.9366, 0.92257),
    (1.0, 15): (0.98354, 0.9565, 0.94506),
    (1.25, 2): (0.68621, 0.67863, 0.66956),
    (1.25, 3): (0.73823, 0.72658, 0.71531),
    (1.25, 5): (0.78077, 0.7683, 0.75812),
    (1.25, 10): (0.79905, 0.79454, 0.79009),
    (1.25, 15): (0.79996, 0.79888, 0.79732),
    (0.8, 2): (0.84153, 0.83005, 0.81742),
    (0.8, 3): (0.91313, 0.89464, 0.87858),
    (0.8, 5): (0.9735, 0.95231, 0.93722),
    (0.8, 10): (0.99898, 0.99071, 0.98334),
    (0.8, 15): (0.99997, 0.99784, 0.9949),
}
PREFERENCES: tuple[Preferences, ...] = ("independent", "common", "aligned")
# Quota, programs listed, applicants a program: shares matched, independent and common.
QUOTAS = {
    (3, 5, 3.0): (0.9687, 0.9421),
    (5, 10, 5.5): (0.9091, 0.9083),
    (8, 12, 8.4): (0.9524, 0.9514),
    (7, 10, 6.5): (1.0, 0.9985),
}
# Programs listed: mean rank of the matched, independent, as many programs as applicants; within 1%, as told.
RANKS = {5: 2.127, 10: 3.137, 20: 4.577}


def matched_share(ratio: float, listed: int, quota: int, scores: str) -> float:
    """The share matched in the limit, by the continuum."""
    found = continuum({("program",) * listed: ratio}, {"program": quota}, quota=quota, scores=scores)
    return found.matched / ratio


def independent(ratio: float, listed: int) -> float:
    """The share matched by the closed form, one position each: a check of the continuum that shares nothing.

    An applicant is taken by one program with chance p, where r (1 - (1-p)^k) = 1 - exp(-r (1 - (1-p)^k) / p).
    """
    low, high = 1e-12, 1.0
    for _ in range(200):
        p = (low + high) / 2
        matched = 1 - (1 - p) ** listed
        low, high = (p, high) if ratio * matched < 1 - exp(-ratio * matched / p) else (low, p)
    return float(1 - (1 - low) ** listed)


def aligned(ratio: float, listed: int, steps: int = 2_000) -> float:
    """The share matched where every pair has a value by which both sides rank.

    A' = exp(-r k B) and B' = (1 - A)^(k-1) from 0 to 1, of the values from the best down: a pair is formed if
    the program has formed none and the applicant none of its other k - 1. Matched: 1 - (1 - A(1))^k.
    """

    def slope(a: float, b: float) -> tuple[float, float]:
        return exp(-ratio * listed * b), (1 - a) ** (listed - 1)

    a = b = 0.0
    h = 1 / steps
    for _ in range(steps):
        k1 = slope(a, b)
        k2 = slope(a + h / 2 * k1[0], b + h / 2 * k1[1])
        k3 = slope(a + h / 2 * k2[0], b + h / 2 * k2[1])
        k4 = slope(a + h * k3[0], b + h * k3[1])
        a += h / 6 * (k1[0] + 2 * k2[0] + 2 * k3[0] + k4[0])
        b += h / 6 * (k1[1] + 2 * k2[1] + 2 * k3[1] + k4[1])
    return float(1 - (1 - a) ** listed)


def in_the_limit(ratio: float, listed: int, preferences: Preferences) -> float:
    """The share matched, by calculation."""
    if preferences == "aligned":
        return aligned(ratio, listed)
    return matched_share(ratio, listed, 1, preferences)


def fractions(effort: float) -> list[Comparison]:
    """The shares matched, calculated and in finite markets, one position each."""
    applicants, draws = (40_000, 4) if effort >= 1 else (8_000, 3)
    found = []
    for (ratio, listed), figures in FRACTIONS.items():
        case = f"{ratio:g} applicants a program, lists of {listed}"
        for preferences, value in zip(PREFERENCES, figures, strict=True):
            limit = Estimate(in_the_limit(ratio, listed, preferences))
            figure = Figure(value, "derived", None, 0.000_005_1)
            found.append(Comparison(case, f"{preferences}, calculated", figure, limit))
            simulated = _simulated(applicants, ratio, listed, 1, preferences, draws)
            # A limit's error falls with the size of the market; the rest is rounding.
            figure = Figure(value, "derived", None, 0.000_005 + 2 * listed / applicants)
            found.append(Comparison(case, f"{preferences}, simulated", figure, simulated))
    return found


def _simulated(
    applicants: int, ratio: float, listed: int, quota: int, preferences: Preferences, draws: int
) -> Estimate:
    rng = np.random.default_rng((5, listed, round(100 * ratio), quota, PREFERENCES.index(preferences)))
    programs = round(applicants / ratio)
    shares = np.array(
        [
            ms.deferred_acceptance(
                short(applicants, programs, listed, rng, quota=quota, preferences=preferences)
            ).matched
            / applicants
            for _ in range(draws)
        ]
    )
    # Few draws tell little of their own deviation; a share of as many people cannot deviate more than this
    # where people are matched independently of one another, which competition makes more even, not less.
    mean = float(shares.mean())
    alone = (mean * (1 - mean) / applicants) ** 0.5
    return Estimate(mean, max(float(shares.std(ddof=1)), alone), draws)


def quotas(effort: float) -> list[Comparison]:
    """The shares matched where programs have several positions."""
    programs = 8_000 if effort >= 1 else 2_000
    found = []
    for (quota, listed, ratio), figures in QUOTAS.items():
        case = f"quota {quota}, {ratio:g} applicants a program, lists of {listed}"
        for preferences, value in zip(PREFERENCES, figures, strict=False):
            limit = Estimate(matched_share(ratio, listed, quota, preferences))
            figure = Figure(value, "derived", None, 0.000_051)
            found.append(Comparison(case, f"{preferences}, calculated", figure, limit))
            applicants = round(programs * ratio)
            simulated = _simulated(applicants, applicants / programs, listed, quota, preferences, 3)
            figure = Figure(value, "derived", None, 0.000_05 + 2 * listed / applicants)
            found.append(Comparison(case, f"{preferences}, simulated", figure, simulated))
    return found


def ranks(effort: float) -> list[Comparison]:
    """The law of ranks with independent preferences: at place j with chance p (1-p)^(j-1)."""
    applicants = 40_000 if effort >= 1 else 10_000
    found = []
    for listed, value in RANKS.items():
        rng = np.random.default_rng((55, listed))
        means = [
            float((matching.rank_of[matching.rank_of >= 0] + 1).mean())
            for matching in (
                ms.deferred_acceptance(short(applicants, applicants, listed, rng)) for _ in range(4)
            )
        ]
        case = f"1 applicant a program, lists of {listed}"
        placed = np.array(
            continuum({("program",) * listed: 1.0}, {"program": 1}, quota=1).placed[("program",) * listed]
        )
        limit = float((placed * np.arange(1, listed + 1)).sum() / placed.sum())
        figure = Figure(value, "recomputed", None, 0.01 * value)
        found.append(Comparison(case, "mean rank, calculated", figure, Estimate(limit)))
        found.append(Comparison(case, "mean rank, simulated", figure, Estimate.of(means)))
    return found


def cutoffs(effort: float) -> list[Comparison]:
    """Azevedo and Leshno's two colleges: cutoffs calculated, and the scores of the last ones admitted."""
    applicants = 200_000 if effort >= 1 else 20_000
    exact = {"A": (17**0.5 + 1) / 8, "B": (17**0.5 - 1) / 8}
    solved = continuum({("A", "B"): 0.5, ("B", "A"): 0.5}, {"A": 0.25, "B": 0.5}).cutoffs
    rng, draws = np.random.default_rng(555), 8
    lowest = []
    for _ in range(draws):
        chosen = np.array([[0, 1], [1, 0]], np.int32)[rng.integers(0, 2, applicants)]
        scores = rng.random((applicants, 2))
        merit = -np.take_along_axis(scores, chosen.astype(np.int64), axis=1).ravel()
        market = market_of_choices(chosen, merit, 2, 1)
        positions = np.array([applicants // 4, applicants // 2], np.int32)
        market = ms.Market.from_arrays(
            market.applicant_offsets,
            market.applicant_programs,
            market.program_offsets,
            market.program_applicants,
            positions,
        )
        held = ms.deferred_acceptance(market).program_of
        lowest.append([scores[held == college, college].min() for college in (0, 1)])
    found = []
    for (college, value), column in zip(exact.items(), zip(*lowest, strict=True), strict=True):
        case = f"college {college}"
        found.append(
            Comparison(case, "cutoff, calculated", Figure(value, "recalled"), Estimate(solved[college]))
        )
        figure = Figure(value, "recalled", None, 2 / applicants)
        found.append(Comparison(case, "cutoff, simulated", figure, Estimate.of(column)))
    return found
