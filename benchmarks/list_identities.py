"""Whether another list ever beats the true one, by solving the whole match again; no menu is read.

python benchmarks/list_identities.py [--scenario us-2025] [--seed 2025] [--applicants 1000] [--linked]

Single applicants who rank two programs or more are sampled. Each submits, alone, three other lists, and the
season's market is solved again with each:

- the same programs in a random order, which must not win a program that stands higher on the true list;
- the first few programs only: the rest, added at the end, must never change what these win;
- all but the first program: with that reach program in front they must win it or what they win without it.

Without ``--linked`` nobody is in a couple, there are no supplemental lists, and no position reverts: there
must be no exception, and the command fails if there is one. With ``--linked`` the season is the scenario's,
and the rate of exceptions is reported with Wilson's interval of 95%.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
from menus_with_couples import interval, place

from matchsim import load_scenario, run_season
from matchsim.engine.changed_lists import with_programs
from matchsim.season.match import market, solved
from matchsim.streams import Streams
from matchsim.tables import Int32

ALONE = {
    "couples.number": 0,
    "rank_lists.applicants.supplemental": 0.0,
    **{f"reversions.{track}": 0.0 for track in "MPAR"},
}
STATEMENTS = ("another order beats the true one", "a longer list hurts", "a reach program in front hurts")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenario", default="us-2025")
    parser.add_argument("--seed", type=int, default=2025)
    parser.add_argument("--applicants", type=int, default=1_000)
    parser.add_argument("--draw", type=int, default=1)
    parser.add_argument("--linked", action="store_true")
    asked = parser.parse_args()
    start = time.perf_counter()

    scenario = load_scenario(asked.scenario, {} if asked.linked else ALONE)
    streams = Streams(asked.seed, 0)
    season = run_season(scenario, seed=asked.seed)
    submitted = market(season.tracks, season.rank_lists, season.reversions)
    cut = submitted.applicant_offsets
    people = np.flatnonzero(np.diff(cut) >= 2)
    rng = np.random.default_rng(asked.draw)
    sample = rng.choice(people, min(asked.applicants, len(people)), replace=False)
    print(f"{asked.scenario}, seed {asked.seed}, {'as it is' if asked.linked else 'singles only'}")
    print(f"{len(people):,} with two ranks or more, {len(sample):,} sampled, stable {season.match.stable}")

    def won(a: int, true_order: Int32, listed: Int32) -> int:
        """The place on the true list of what another list wins; behind it for nothing."""
        again = solved(scenario, streams, season.tracks, with_programs(submitted, a, listed))
        return place(true_order, int(again.program_of[a]))

    exceptions, changed = np.zeros(3, np.int64), np.zeros(3, np.int64)
    for n, a in enumerate(sample.tolist(), 1):
        true_order = submitted.applicant_programs[cut[a] : cut[a + 1]]
        length = len(true_order)
        truth = place(true_order, int(season.match.program_of[a]))
        shuffled = won(a, true_order, rng.permutation(true_order))
        kept = int(rng.integers(1, length))
        first_few = won(a, true_order, true_order[:kept])
        without_first = won(a, true_order, true_order[1:])
        exceptions += (
            shuffled < truth,
            truth != first_few and not (first_few == length and truth >= kept),
            truth not in (0, without_first),
        )
        changed += (shuffled != truth, first_few != truth, without_first != truth)
        if n % 100 == 0:
            print(f"{n}: {exceptions.tolist()} exceptions", file=sys.stderr, flush=True)
    for told, count, other in zip(STATEMENTS, exceptions.tolist(), changed.tolist(), strict=True):
        print(f"{told}: {interval(count, len(sample))}; the other list won something else for {other:,}")
    print(f"{time.perf_counter() - start:.0f} s")
    if exceptions.any() and not asked.linked:
        raise SystemExit("without links there must be no exception")


if __name__ == "__main__":
    main()
