"""Couples: how often a stable matching exists, and how little is missing where there is none."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from literature.comparison import Bound, Comparison, Estimate, Figure
from matchsim.engine import Market, exact, near_feasible

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from linked_markets import crowded_draw

__all__ = ["definitions", "existence", "little_is_missing", "one_seat_market"]

# Couples among 100 residents: shares with a stable matching, `kpr` (a couple's own positions are not free to
# it) and `responsive` (they are), of 200 draws.
BY_DEFINITION = {5: (0.955, 0.8), 10: (0.845, 0.59), 25: (0.85, 0.26), 50: (0.84, 0.125)}
# Residents, and how many of them are in couples; shares by `responsive`, of 200 draws.
ONE_SEAT = {
    "about the root in couples": {50: 0.935, 100: 0.935, 200: 0.985, 400: 0.97, 800: 0.98, 1_600: 0.99},
    "10% in couples": {50: 0.97, 100: 0.935, 200: 0.975, 400: 0.95},
    "half in couples": {50: 0.885, 100: 0.79, 200: 0.805, 400: 0.8},
    "all in couples": {50: 0.65, 100: 0.585, 200: 0.62, 400: 0.565},
}


def solvable(market: Market, definition: str) -> bool:
    return not exact(market, definition=definition).proof


def definitions(effort: float, most_couples: int = 50) -> list[Comparison]:
    """Existence by share of couples, under two definitions of what blocks."""
    draws, found = max(10, round(effort * 200)), []
    for couples, figures in BY_DEFINITION.items():
        if couples > most_couples:
            continue
        for definition, value in zip(("kpr", "responsive"), figures, strict=True):
            rng = np.random.default_rng((7, couples))
            hits = sum(
                solvable(
                    crowded_draw(rng, residents=100, couples=couples, hospitals=10, positions=100), definition
                )
                for _ in range(draws)
            )
            figure = Figure(value, "recomputed", 200, 0.0025)
            case = f"100 residents, {couples} couples"
            found.append(Comparison(case, f"stable, {definition}", figure, Estimate.share(hits, draws)))
    return found


def one_seat_market(residents: int, couples: int, rng: np.random.Generator) -> Market:
    """As many hospitals with one position as residents; everybody lists five, couples pairs of theirs."""
    listed = 5
    lists = {a: rng.choice(residents, listed, replace=False).tolist() for a in range(residents)}
    ranking: dict[int, list[int]] = {p: [] for p in range(residents)}
    for a, ranked in lists.items():
        for p in ranked:
            ranking[p].append(a)
    pairs = {}
    for first in range(0, 2 * couples, 2):
        product = [(p, q) for p in lists[first] for q in lists[first + 1] if p != q]
        chosen = rng.permutation(len(product))[:listed]
        pairs[first, first + 1] = [product[k] for k in chosen]
        lists[first], lists[first + 1] = [], []
    ranking = {p: rng.permutation(people).tolist() for p, people in ranking.items()}
    return Market.from_lists(lists, ranking, 1, couples=pairs)


def couples_of(residents: int, share: str) -> int:
    """How many couples a row of the table has."""
    if share == "about the root in couples":
        return round(residents**0.5 / 2)
    return round({"10% in couples": 0.05, "half in couples": 0.25, "all in couples": 0.5}[share] * residents)


def existence(effort: float, largest: int) -> list[Comparison]:
    """Existence in growing markets, the number of couples growing with the root or in proportion."""
    draws, found = max(10, round(effort * 200)), []
    for share, figures in ONE_SEAT.items():
        for residents, value in figures.items():
            if residents > largest:
                continue
            rng = np.random.default_rng((77, residents, couples_of(residents, share)))
            hits = sum(
                solvable(one_seat_market(residents, couples_of(residents, share), rng), "responsive")
                for _ in range(draws)
            )
            figure = Figure(value, "recomputed", 200, 0.0025)
            found.append(
                Comparison(
                    f"{residents:,} residents", f"stable, {share}", figure, Estimate.share(hits, draws)
                )
            )
    return found


def little_is_missing(effort: float) -> list[Comparison]:
    """Where nothing is stable under `kpr`: fewest blocking options, and the smallest change of quotas."""
    rng = np.random.default_rng(777)
    tried = max(30, round(effort * 600))
    least, each, sums = [], [], []
    for _ in range(tried):
        market = crowded_draw(rng, residents=40, couples=10, hospitals=8, positions=40)
        if solvable(market, "kpr"):
            continue
        least.append(exact(market, definition="kpr", objective="fewest_blocking_options").value)
        change = near_feasible(market, definition="kpr").change
        each.append(int(np.abs(change).max()))
        sums.append(int(change.sum()))
    case = f"{len(least)} markets of {tried} without a stable matching"
    bounds: tuple[tuple[str, float, Bound, int], ...] = (
        ("most blocking options needed", 2, "at most", max(least)),
        ("largest change of a quota", 2, "at most", max(each)),
        ("smallest change of the sum", 0, "at least", min(sums)),
        ("largest change of the sum", 4, "at most", max(sums)),
    )
    return [
        Comparison(case, quantity, Figure(value, "quoted", bound=bound), Estimate(reached))
        for quantity, value, bound, reached in bounds
    ]
