"""The experiments of Roth and Peranson (1999) on simulated markets; prints their tables.

    python benchmarks/sequencing.py

Who proposes: the primary lists of seasons of us-2025. The order of couples: the national market of
``couples_market.py``. Core convergence: the paper's simple market, drawn at random.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from time import perf_counter

import numpy as np
from couples_market import national_market

from matchsim.engine import Market, deferred_acceptance, roth_peranson
from matchsim.season.season import run_season

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from literature.random_markets import short

ORDERS = ("couples_last", "couples_first", "given")
# Programs listed, applicants, markets drawn.
SIMPLE = [(5, 1000, 2000), (10, 250, 2000), (10, 1000, 2000), (10, 4000, 500), (20, 1000, 2000)]


def main() -> None:
    """Run all three and print them as Markdown."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--seasons", type=int, default=10, help="seasons of us-2025, replicates from 0")
    parser.add_argument("--markets", type=int, default=8, help="national markets with couples, seeds from 1")
    parser.add_argument("--draws", type=float, default=1.0, help="share of the random simple markets to draw")
    chosen = parser.parse_args()
    who_proposes(chosen.seasons)
    orders(chosen.markets)
    core_convergence(chosen.draws)


def ends(market: Market) -> tuple[np.ndarray, np.ndarray]:
    """The places on their lists that both directions give, beyond all places for the unmatched."""
    ranks = [deferred_acceptance(market, side).rank_of for side in ("applicants", "programs")]
    return tuple(np.where(rank < 0, 10**6, rank) for rank in ranks)


def who_proposes(seasons: int) -> None:
    print(
        "| replicate | active | matched differently | better off, applicants proposing | per 1,000 active |"
    )
    print("|---:|---:|---:|---:|---:|")
    shares = []
    for replicate in range(seasons):
        season = run_season("us-2025", replicate=replicate)
        lists = season.rank_lists
        sides = lists.applicant_offsets, lists.applicant_programs, lists.program_offsets
        market = Market.from_arrays(*sides, lists.program_applicants, season.tracks.quota)
        active = np.count_nonzero(np.diff(lists.applicant_offsets))
        first, last = ends(market)
        differing = np.count_nonzero(first != last)
        shares.append(1000 * differing / active)
        better = np.count_nonzero(first < last)
        print(f"| {replicate} | {active:,} | {differing} | {better} | {shares[-1]:.2f} |")
    print(f"\nMean {np.mean(shares):.2f} in 1,000, from {min(shares):.2f} to {max(shares):.2f}.\n")


def orders(markets: int) -> None:
    print(
        "| seed | order | stable | blocking options | cycles | seconds | matched differently from the first |"
    )
    print("|---:|---|---|---:|---:|---:|---:|")
    for seed in range(1, markets + 1):
        market, first = national_market(seed=seed), None
        for order in ORDERS:
            start = perf_counter()
            found = roth_peranson(market, order=order)
            seconds = perf_counter() - start
            first = first or found
            differing = (found.program_of != first.program_of) | (found.second_of != first.second_of)
            print(
                f"| {seed} | {order} | {'yes' if found.stable else 'no'} | {found.blocking['responsive']} | "
                f"{found.cycles} | {seconds:.2f} | {np.count_nonzero(differing)} |"
            )
    print()


def core_convergence(share: float) -> None:
    print("| listed | applicants | markets | matched differently, mean | standard error |")
    print("|---:|---:|---:|---:|---:|")
    for listed, n, draws in SIMPLE:
        rng = np.random.default_rng((listed, n))
        drawn = [ends(short(n, n, listed, rng)) for _ in range(max(2, int(share * draws)))]
        differing = np.array([np.count_nonzero(first != last) for first, last in drawn])
        error = differing.std(ddof=1) / len(differing) ** 0.5
        print(f"| {listed} | {n:,} | {len(differing):,} | {differing.mean():.2f} | {error:.2f} |")


if __name__ == "__main__":
    main()
