"""How many are matched differently by the two directions: Roth and Peranson's core convergence."""

from __future__ import annotations

import numpy as np

import matchsim as ms
from literature.comparison import Comparison, Estimate, Figure
from literature.random_markets import complete, ends, short

__all__ = ["comparisons", "matched_differently"]

# Programs listed: applicants matched differently, whatever the size of the market.
DIFFERENTLY = {5: 0.59, 10: 2.35, 20: 9.2}
# The same as a share of 100 applicants.
OF_A_HUNDRED = {5: 0.0064, 10: 0.0228, 20: 0.11}


def matched_differently(market: ms.Market) -> int:
    """How many applicants the two directions of deferred acceptance give different programs."""
    first, last = ends(market)
    return int(np.count_nonzero(first.program_of != last.program_of))


def comparisons(effort: float, largest: int) -> list[Comparison]:
    """Applicants matched differently, by length of lists and size of the market; and with complete lists."""
    found = []
    for listed, value in DIFFERENTLY.items():
        for size in (100, 500, 1_000, 4_000):
            if size > largest:
                continue
            rng = np.random.default_rng((4, listed, size))
            draws = max(20, round(effort * 800_000 / size))
            number = Estimate.of([matched_differently(short(size, size, listed, rng)) for _ in range(draws)])
            expected = 100 * OF_A_HUNDRED[listed] if size == 100 else value
            # Within 15%, and 5% for lists of 15 and more, as told of the figures.
            figure = Figure(expected, "recomputed", None, expected * (0.15 if listed < 15 else 0.05))
            case = f"{size:,} applicants and programs"
            found.append(Comparison(case, f"matched differently, lists of {listed}", figure, number))
    rng = np.random.default_rng((4, 100))
    share = Estimate.of([matched_differently(complete(100, 100, rng)) for _ in range(round(effort * 2_000))])
    figure = Figure(75.3, "recomputed", 20_000, 0.05)
    found.append(
        Comparison("100 applicants and programs", "matched differently, complete lists", figure, share)
    )
    return found
