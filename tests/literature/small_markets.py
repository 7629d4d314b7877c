"""Small markets, exactly: all markets of a size, and expectations as fractions."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from functools import cache
from itertools import permutations, product
from math import factorial

import numpy as np

import matchsim as ms
from literature.comparison import Comparison, Estimate, Figure
from literature.random_markets import complete, program_places

__all__ = ["comparisons", "expected_stable_matchings", "survey"]


@cache
def survey(size: int) -> dict[str, Counter[int]]:
    """Of all markets of `size` pairs, how many have how many stable matchings, proposals, places.

    Of every ``size!`` markets that differ only in the names of the programs one is looked at: the first
    applicant's list is 1, 2, 3, ... Places are those that programs give to whom they hold.
    """
    lists = list(permutations(range(size)))
    found: dict[str, Counter[int]] = {what: Counter() for what in ("matchings", "proposals", "places")}
    for others in product(lists, repeat=2 * size - 1):
        sides = (tuple(range(size)), *others)
        market = ms.Market.from_arrays(
            np.arange(size + 1) * size,
            np.array(sides[:size], np.int32).ravel(),
            np.arange(size + 1) * size,
            np.array(sides[size:], np.int32).ravel(),
            np.ones(size, np.int32),
        )
        lattice = ms.stable_matchings(market)
        first = lattice.applicant_optimal
        found["matchings"][lattice.count()] += len(lists)
        found["proposals"][first.proposals] += len(lists)
        found["places"][int(program_places(first).sum())] += len(lists)
    assert all(sum(counts.values()) == len(lists) ** (2 * size) for counts in found.values())
    return found


def mean(counts: Counter[int]) -> Fraction:
    """The mean of a distribution, exactly."""
    return Fraction(sum(value * count for value, count in counts.items()), sum(counts.values()))


def expected_stable_matchings(size: int) -> Fraction:
    """The expected number of stable matchings of a random market of `size` pairs, exactly.

    Knuth 1976: ``size!`` times the integral over the unit cube of the product over i != j of
    (1 - x_i y_j), here by multiplying out, every factor giving 1 or minus its product.
    """
    factors = [(i, j) for i in range(size) for j in range(size) if i != j]
    total = Fraction(0)
    # Terms with the same degrees of all variables have the same integral.
    terms: Counter[tuple[int, ...]] = Counter({(0,) * (2 * size): 1})
    for i, j in factors:
        grown = Counter(terms)
        for degrees, count in terms.items():
            raised = list(degrees)
            raised[i] += 1
            raised[size + j] += 1
            grown[tuple(raised)] -= count
        terms = grown
    for degrees, count in terms.items():
        volume = 1
        for degree in degrees:
            volume *= degree + 1
        total += Fraction(count, volume)
    return factorial(size) * total


NUMBERS = {1: 34_080, 2: 11_484, 3: 1_092}
PROPOSALS = {3: 10_368, 4: 15_552, 5: 14_256, 6: 5_832, 7: 648}
EXPECTED = {2: Fraction(9, 8), 3: Fraction(5_027, 3_888), 4: Fraction(986_579, 663_552)}
EXPECTED_PROPOSALS = {2: Fraction(5, 2), 3: Fraction(35, 8)}
EXPECTED_PLACE = {2: Fraction(11, 8), 3: Fraction(371, 216)}


def comparisons(effort: float) -> list[Comparison]:
    """All of it; nothing but the mean of 5 x 5 markets has chance in it."""
    of_three = survey(3)
    found = [
        Comparison(
            f"3 x 3 markets with {number} stable",
            "markets",
            Figure(count, "recalled"),
            _exactly(of_three["matchings"][number]),
        )
        for number, count in NUMBERS.items()
    ]
    found += [
        Comparison(
            f"3 x 3 markets with {number} proposals",
            "markets",
            Figure(count, "recomputed"),
            _exactly(of_three["proposals"][number]),
        )
        for number, count in PROPOSALS.items()
    ]
    for size, value in EXPECTED.items():
        found.append(
            Comparison(
                f"{size} x {size}: expected stable matchings",
                "mean",
                Figure(float(value), "derived"),
                _exactly(expected_stable_matchings(size)),
            )
        )
    for size in (2, 3):
        counted = survey(size)
        for what, expected, ours in (
            ("proposals", EXPECTED_PROPOSALS, mean(counted["proposals"])),
            ("place of the partner, receiving side", EXPECTED_PLACE, mean(counted["places"]) / size),
        ):
            name = f"{size} x {size}: expected {what}"
            found.append(Comparison(name, "mean", Figure(float(expected[size]), "derived"), _exactly(ours)))
    rng = np.random.default_rng((1, 4))
    for size in (4, 5):
        counts = [
            ms.stable_matchings(complete(size, size, rng)).count() for _ in range(round(20_000 * effort))
        ]
        exactly = Figure(float(expected_stable_matchings(size)), "derived")
        name = f"{size} x {size}: stable matchings of random markets"
        found.append(Comparison(name, "mean", exactly, Estimate.of(counts)))
    return found


def _exactly(value: float | Fraction) -> Estimate:
    return Estimate(float(value))
