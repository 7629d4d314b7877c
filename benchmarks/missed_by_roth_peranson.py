"""How often Roth-Peranson misses a stable matching that exists, over sizes and shares of couples.

python benchmarks/missed_by_roth_peranson.py [--markets 20] [--seed 1]
python benchmarks/missed_by_roth_peranson.py --seasons 100 --seed 5000

Markets are random: as many positions as residents, ten to a hospital on average, dealt out at random; 5 to
10 ranks. That is much harder than any real match, where couples are few and lists alike. The second command
asks the same of seasons of ``us-2025`` with this seed and the following ones, at their quotas after
reversions.
"""

from __future__ import annotations

import argparse
import time
from typing import NamedTuple

import numpy as np
from random_couples import random_market

from matchsim import load_scenario, run_season
from matchsim.engine import exact, roth_peranson
from matchsim.season.match import market

RESIDENTS = (50, 100, 200, 400)
SHARES = (0.05, 0.10, 0.20, 0.50)


class Tally(NamedTuple):
    """Of some markets, how many have a stable matching, and in how many of these none was found."""

    solvable: int
    missed: int


def tally(residents: int, share: float, markets: int, seed: int) -> Tally:
    rng = np.random.default_rng([seed, residents, round(100 * share)])
    solvable = missed = 0
    for number in range(markets):
        drawn = random_market(
            rng,
            residents=residents,
            couples=round(share * residents / 2),
            hospitals=residents // 10,
            positions=residents,
        )
        found, none = roth_peranson(drawn, seed=number), exact(drawn).proof
        if none and found.stable:
            raise SystemExit(
                f"{residents} residents, {share:.0%} in couples, market {number}: found what is not"
            )
        solvable += not none
        missed += not none and not found.stable
    return Tally(solvable, missed)


def table(markets: int, seed: int) -> None:
    print(f"{markets} markets of each kind, seed {seed}, definition responsive.")
    print("Missed, of the markets that have a stable matching:")
    print()
    print("| residents |", " | ".join(f"{share:.0%} in couples" for share in SHARES), "|")
    print("|---:|" + "---:|" * len(SHARES))
    for residents in RESIDENTS:
        found = [tally(residents, share, markets, seed) for share in SHARES]
        print(f"| {residents} |", " | ".join(f"{t.missed} of {t.solvable}" for t in found), "|", flush=True)


def seasons(number: int, seed: int) -> None:
    scenario, solvable, missed = load_scenario("us-2025"), 0, 0
    for k in range(number):
        season = run_season(scenario, seed=seed + k)
        submitted = market(season.tracks, season.rank_lists, season.reversions)
        none = exact(submitted, quota=season.match.final_quota).proof
        solvable += not none
        missed += not none and not season.match.stable
    print(
        f"us-2025, seeds from {seed}: of {number} seasons {solvable} have a stable matching, {missed} missed."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--markets", type=int, default=20, help="markets of each kind")
    parser.add_argument("--seasons", type=int, default=0, help="seasons of us-2025 instead")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    start = time.perf_counter()
    if asked.seasons:
        seasons(asked.seasons, asked.seed)
    else:
        table(asked.markets, asked.seed)
    print(f"\n{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
