"""Where to apply: Chade and Smith's algorithm on its published example, and where it is not optimal."""

from __future__ import annotations

import numpy as np

from literature.comparison import Comparison, Estimate, Figure
from matchsim.engine import common_score_portfolio, independent_portfolio

__all__ = ["CHANCES", "NAMES", "ORDER", "VALUES", "WORTHS", "comparisons", "greedy_with_common_score"]

NAMES = ("Mercury", "Venus", "Mars", "Jupiter", "Saturn", "Uranus", "Neptune", "Pluto")
CHANCES = (0.39, 0.33, 0.24, 0.24, 0.05, 0.03, 0.10, 0.12)
VALUES = (200, 250, 300, 350, 400, 450, 500, 550)
ORDER = ("Jupiter", "Venus", "Pluto", "Mercury", "Neptune", "Mars", "Saturn", "Uranus")
WORTHS = (84.0, 146.7, 195.1, 230.0, 257.7, 281.5, 288.8, 294.1)


def common_score_worth(options: list[int], chances: np.ndarray, values: np.ndarray) -> float:
    """Every option, from the most valued down, by what the chance grows."""
    total = admitted = 0.0
    for i in sorted(options, key=lambda i: -values[i]):
        total += values[i] * max(chances[i] - admitted, 0.0)
        admitted = max(admitted, chances[i])
    return float(total)


def greedy_with_common_score(chances: np.ndarray, values: np.ndarray, most: int) -> float:
    """The worth that is reached by adding whatever adds most."""
    options: list[int] = []
    for _ in range(most):
        rest = [i for i in range(len(values)) if i not in options]
        options.append(max(rest, key=lambda i: common_score_worth([*options, i], chances, values)))
    return common_score_worth(options, chances, values)


def comparisons(effort: float) -> list[Comparison]:
    """The nested portfolios of the example, and how often greed fails with a common score."""
    found = []
    for size, (name, value) in enumerate(zip(ORDER, WORTHS, strict=True), start=1):
        portfolio = independent_portfolio(CHANCES, VALUES, most=size)
        case = f"best {size}, adding {NAMES[portfolio.options[-1]]} (printed: {name})"
        # The fifth is printed as 257.7, one more in the last digit than its 257.64.
        figure = Figure(value, "quoted", None, 0.1)
        found.append(Comparison(case, "expected value", figure, Estimate(portfolio.worth)))
    draws, rng = round(6_000 * effort), np.random.default_rng(9)
    short = 0
    for k in range(draws):
        # The more an option is worth, the less likely it admits.
        chances, values = np.sort(rng.random(8)), np.sort(rng.random(8))[::-1]
        most = 2 + k % 3
        best = common_score_portfolio(chances, values, most=most).worth
        short += greedy_with_common_score(chances, values, most) < best - 1e-9
    case = f"{draws:,} markets of 8 options, 2 to 4 applications"
    # How the instances of that figure were drawn is not told; these are drawn as above.
    figure = Figure(762 / 6_000, "recomputed", 6_000)
    found.append(Comparison(case, "greedy not the best, share", figure, Estimate.share(short, draws)))
    return found
