"""One more on the other side: Ashlagi, Kanoria and Leshno 2017; Kanoria, Min and Qian 2021."""

from __future__ import annotations

from math import log

import numpy as np

import matchsim as ms
from literature.comparison import Comparison, Estimate, Figure
from literature.random_markets import complete, ends, program_places, short

__all__ = ["QUANTITIES", "connected", "estimated_rank", "large", "tables"]

QUANTITIES = (
    "men with several, %",
    "men's rank, men proposing",
    "men's rank, women proposing",
    "women's rank, men proposing",
    "women's rank, women proposing",
)
# In digits of the figures below.
ROUNDINGS = (0.005, 0.0005, 0.0005, 0.0005, 0.0005)

# Men, and women more than men: the five quantities. Recomputed, draws by number of men.
DRAWS = {100: 20_000, 200: 10_000}
TABLES: dict[tuple[int, int], tuple[float, float, float, float, float]] = {
    (100, -10): (2.03, 29.489, 30.041, 2.529, 2.472),
    (100, -5): (4.14, 26.981, 28.027, 3.135, 2.995),
    (100, -3): (6.48, 24.765, 26.336, 3.624, 3.372),
    (100, -2): (8.93, 23.014, 25.088, 4.048, 3.657),
    (100, -1): (14.93, 19.991, 23.3, 4.907, 4.093),
    (100, 0): (75.27, 4.956, 20.274, 20.308, 4.968),
    (100, 1): (15.1, 4.098, 4.911, 23.505, 20.169),
    (100, 2): (9.06, 3.673, 4.064, 25.545, 23.44),
    (100, 3): (6.68, 3.396, 3.65, 27.031, 25.424),
    (100, 5): (4.33, 3.045, 3.186, 29.148, 28.06),
    (100, 10): (2.3, 2.555, 2.616, 32.704, 32.085),
    (200, -10): (2.15, 53.72, 54.778, 3.144, 3.072),
    (200, -5): (4.04, 47.944, 49.795, 3.801, 3.639),
    (200, -3): (6.14, 43.746, 46.414, 4.316, 4.035),
    (200, -2): (8.55, 40.42, 43.974, 4.785, 4.347),
    (200, -1): (14.09, 35.176, 40.744, 5.692, 4.811),
    (200, 0): (83.55, 5.725, 35.439, 35.52, 5.743),
    (200, 1): (14.23, 4.806, 5.697, 40.949, 35.323),
    (200, 2): (8.51, 4.359, 4.792, 44.314, 40.789),
    (200, 3): (6.29, 4.05, 4.335, 46.984, 44.254),
    (200, 5): (4.06, 3.66, 3.82, 50.785, 48.942),
    (200, 10): (2.3, 3.113, 3.187, 57.055, 55.924),
}


def measured(market: ms.Market) -> tuple[float, ...]:
    """The five quantities of one market; ranks are means over the matched."""
    first, last = ends(market)
    matched = first.program_of >= 0
    several = np.count_nonzero(first.program_of != last.program_of) / len(market)
    men = (float(end.rank_of[matched].mean()) + 1 for end in (first, last))
    women = (float(program_places(end).mean()) for end in (first, last))
    return 100 * several, *men, *women


def sampled(men: int, more: int, draws: int) -> list[Estimate]:
    """The five quantities over draws."""
    rng = np.random.default_rng((2, men, more + 1_000))
    values = [measured(complete(men, men + more, rng)) for _ in range(draws)]
    return [Estimate.of(column) for column in zip(*values, strict=True)]


def tables(effort: float) -> list[Comparison]:
    """The tables of Ashlagi, Kanoria and Leshno."""
    found = []
    for (men, more), figures in TABLES.items():
        estimates = sampled(men, more, round(effort * DRAWS[men] / 10))
        case = f"{men} men, {men + more} women"
        found += [
            Comparison(case, quantity, Figure(value, "recomputed", DRAWS[men], rounding), ours)
            for quantity, value, rounding, ours in zip(QUANTITIES, figures, ROUNDINGS, estimates, strict=True)
        ]
    return found


def estimated_rank(men: int, women: int) -> float:
    """What theory says of the men's mean rank, the row EST of the paper's tables."""
    if men < women:
        return women / men * log(women / (women - men))
    return women / (1 + men / women * log(men / (men - women)))


def large(effort: float) -> list[Comparison]:
    """Larger markets against the estimate of the theory, and how choice goes with one more."""
    found = []
    for men, more, draws in ((100, 10, 400), (500, 1, 100), (1000, 1, 60), (100, -10, 400), (1000, -10, 60)):
        _, best, worst, *_ = sampled(men, more, max(10, round(effort * draws)))
        estimate = estimated_rank(men, men + more)
        middle = Estimate((best.mean + worst.mean) / 2, max(best.deviation, worst.deviation), best.draws)
        if more > 0:
            # It stands between the two ends, or near: 10% of it at 100 and 5% above.
            allowed = (0.10 if men < 500 else 0.05) * estimate + abs(worst.mean - best.mean) / 2
            figure = Figure(estimate, "quoted", None, allowed)
        else:
            figure = Figure(estimate, "recalled", bound="at least")
        case = f"{men} men, {men + more} women"
        found.append(Comparison(case, "men's rank, middle of the ends", figure, middle))
    for men, share, draws in ((500, 91.0, 60), (1000, 94.5, 40)):
        several = sampled(men, 0, max(10, round(effort * draws)))[0]
        figure = Figure(share, "recomputed", None, 0.5)
        found.append(Comparison(f"{men} men, {men} women", QUANTITIES[0], figure, several))
    return found


# Kanoria, Min and Qian: 1,000 women, so many men more, lists of d: mean ranks of men and of women.
CONNECTED = {
    (0, 10): (3.138, 2.728),
    (0, 40): (6.345, 6.243),
    (0, 160): (7.58, 21.7),
    (10, 10): (3.204, 2.676),
    (10, 20): (4.97, 3.782),
    (10, 40): (8.692, 4.45),
    (10, 160): (33.08, 4.66),
    (-10, 10): (3.067, 2.784),
    (-10, 40): (4.58, 8.365),
    (-10, 160): (4.654, 32.98),
}


def connected(effort: float) -> list[Comparison]:
    """Mean ranks where every man lists d random women of a thousand."""
    found = []
    for (more, listed), figures in CONNECTED.items():
        rng = np.random.default_rng((8, more + 100, listed))
        values = []
        for _ in range(max(5, round(effort * 60))):
            matching = ms.deferred_acceptance(short(1_000 + more, 1_000, listed, rng))
            men = matching.rank_of[matching.rank_of >= 0].mean() + 1
            values.append((men, program_places(matching).mean()))
        for side, figure, column in zip(("men", "women"), figures, zip(*values, strict=True), strict=True):
            compared = Figure(figure, "recomputed", None, 0.02 * figure)
            case = f"{1_000 + more:,} men, 1,000 women, lists of {listed}"
            found.append(Comparison(case, f"rank, {side}", compared, Estimate.of(column)))
    return found
