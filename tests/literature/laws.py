"""Laws of random markets with complete lists: proposals, ranks, numbers of stable matchings."""

from __future__ import annotations

from fractions import Fraction
from math import log

import numpy as np

import matchsim as ms
from literature.comparison import Comparison, Estimate, Figure
from literature.random_markets import complete, market_of_choices, program_places

__all__ = ["counts", "dictatorship", "harmonic", "partners", "proposals", "unbalanced_counts"]

# Pairs: mean proposals (recomputed; draws not told, so the tolerance of 2% that was).
PROPOSALS = {100: 495.6, 200: 1_144.9, 500: 3_356.9, 1_000: 7_415.0}
# Pairs: mean number of stable matchings, and its standard error.
COUNTS = {5: (1.702, 0.002), 10: (2.995, 0.005), 20: (6.459, 0.017), 50: (21.14, 0.09), 100: (54.73, 0.47)}
COUNTS_200 = (135.0, 2.4)
# Men, with one woman more: mean number of stable matchings, and how often there is one only.
UNBALANCED = {
    10: (1.615, 0.586),
    20: (2.372, 0.385),
    50: (4.43, 0.200),
    100: (7.54, 0.122),
    200: (13.57, 0.058),
}
# Pairs: mean number of stable husbands of a woman with its standard error, and how often it is one.
PARTNERS = {10: (1.485, 0.005, 0.608), 30: (1.858, 0.009, 0.433), 100: (2.43, 0.016, 0.252)}
PARTNERS_LARGE = {300: (3.06, 0.037, 0.127), 1_000: (3.97, 0.12, 0.040)}


def harmonic(number: int) -> float:
    """1 + 1/2 + ... + 1/number."""
    return float(sum(Fraction(1, k) for k in range(1, number + 1)))


def proposals(effort: float, largest: int = 1_000) -> list[Comparison]:
    """Proposals and ranks of balanced markets, against Wilson's bound and Pittel's orders."""
    found = []
    for size in (n for n in PROPOSALS if n <= largest):
        rng = np.random.default_rng((3, size))
        draws = max(10, round(effort * 40_000 / size))
        values = []
        for _ in range(draws):
            matching = ms.deferred_acceptance(complete(size, size, rng))
            values.append((matching.proposals, program_places(matching).mean()))
        made, places = (Estimate.of(column) for column in zip(*values, strict=True))
        case = f"{size:,} pairs"
        figure = Figure(PROPOSALS[size], "recomputed", None, 0.02 * PROPOSALS[size])
        found.append(Comparison(case, "proposals", figure, made))
        # By the coupon collector who forgets.
        figure = Figure(size * harmonic(size), "recalled", bound="at most")
        found.append(Comparison(case, "proposals, n H(n)", figure, made))
        if size == 1_000:
            ranks = Estimate(made.mean / size, made.deviation / size, draws)
            found.append(
                Comparison(case, "rank, proposing side", Figure(7.42, "recomputed", None, 0.02 * 7.42), ranks)
            )
            figure = Figure(137.3, "recomputed", None, 0.02 * 137.3)
            found.append(Comparison(case, "rank, receiving side", figure, places))
    return found


def counts(effort: float, largest: int = 100) -> list[Comparison]:
    """Numbers of stable matchings of balanced markets."""
    found = []
    for size, (value, error) in {**COUNTS, 200: COUNTS_200}.items():
        if size <= largest:
            numbers = Estimate.of(_numbers(size, 0, max(20, round(effort * 20_000 / size))))
            found.append(
                Comparison(f"{size} pairs", "stable matchings", _with_error(value, error, numbers), numbers)
            )
    return found


def _with_error(value: float, error: float, ours: Estimate) -> Figure:
    """A simulated figure that tells its standard error: as many draws as give that with our deviation."""
    return Figure(value, "recomputed", max(1, round((ours.deviation / error) ** 2)))


def _numbers(men: int, more: int, draws: int) -> list[int]:
    rng = np.random.default_rng((33, men, more))
    return [ms.stable_matchings(complete(men, men + more, rng)).count() for _ in range(draws)]


def unbalanced_counts(effort: float, largest: int = 200) -> list[Comparison]:
    """Numbers of stable matchings with one woman more, against Pittel's n / (e ln n), 7% allowed."""
    found = []
    for men, (value, single) in UNBALANCED.items():
        if men > largest:
            continue
        numbers = np.array(_numbers(men, 1, max(20, round(effort * 20_000 / men))))
        case = f"{men} men, {men + 1} women"
        law = men / (np.e * log(men))
        ours = Estimate.of(numbers)
        found += [
            Comparison(case, "n / (e ln n)", Figure(law, "quoted", None, 0.07 * law), ours),
            # The draws of the figures are not told; they are taken to be as many as ours.
            Comparison(case, "stable matchings", Figure(value, "recomputed", ours.draws, 0.005), ours),
            Comparison(
                case,
                "share with one",
                Figure(single, "recomputed", ours.draws, 0.0005),
                Estimate.share(int(np.count_nonzero(numbers == 1)), len(numbers)),
            ),
        ]
    return found


def partners(effort: float, largest: int = 100) -> list[Comparison]:
    """How many stable husbands a woman has, and how often one only."""
    found = []
    for size, (value, error, single) in {**PARTNERS, **PARTNERS_LARGE}.items():
        if size > largest:
            continue
        rng = np.random.default_rng((333, size))
        values = []
        for _ in range(max(4, round(effort * 10_000 / size))):
            pairs = ms.stable_matchings(complete(size, size, rng)).stable_pairs
            husbands = np.bincount(pairs.program, minlength=size)
            values.append((husbands.mean(), np.mean(husbands == 1)))
        number, alone = (Estimate.of(column) for column in zip(*values, strict=True))
        case = f"{size:,} pairs"
        found.append(Comparison(case, "stable husbands", _with_error(value, error, number), number))
        # Of the same draws as the mean: what one woman's share deviates by, over as many women.
        women = (1.2 / error) ** 2
        allowed = 0.0005 + 3 * (single * (1 - single) / women) ** 0.5
        found.append(Comparison(case, "share with one", Figure(single, "recomputed", None, allowed), alone))
    return found


def dictatorship(effort: float) -> list[Comparison]:
    """Fifty programs that rank all alike, complete lists: the rank that the i-th applicant gets."""
    size, rng = 50, np.random.default_rng(3_333)
    merit = np.repeat(np.arange(size, dtype=np.float64), size)
    values = []
    for _ in range(round(effort * 4_000)):
        chosen = rng.permuted(np.tile(np.arange(size, dtype=np.int32), (size, 1)), axis=1)
        ranks = ms.deferred_acceptance(market_of_choices(chosen, merit, size, 1)).rank_of + 1
        values.append((ranks.mean(), ranks[0], ranks[size // 2 - 1], ranks[-2], ranks[-1]))
    expected = (
        (size + 1) / size * (harmonic(size + 1) - 1),
        *((size + 1) / (size - i + 2) for i in (1, size // 2, size - 1, size)),
    )
    names = ("mean", "first", "25th", "49th", "last")
    return [
        Comparison(f"50 pairs, {name} applicant", "rank", Figure(value, "derived"), Estimate.of(column))
        for name, value, column in zip(names, expected, zip(*values, strict=True), strict=True)
    ]
