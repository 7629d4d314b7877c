"""How often a menu misses what solving again gives, where couples, linked lists and reversions are held.

python benchmarks/menus_with_couples.py [--scenario us-2025] [--seed 2025] [--applicants 2000] [--draw 1]

Single applicants who rank somebody are sampled. The list of each is shuffled, the season's market is solved
again by Roth-Peranson with that list, and the program that the menu promises is compared with the one
obtained; so is, where it has a supplemental list, the best program on that list that lies in the menu.
Intervals are Wilson's, 95%.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np

from matchsim import load_scenario, run_season
from matchsim.engine import Matching, menus
from matchsim.engine.changed_lists import with_programs
from matchsim.engine.menus import Menus
from matchsim.season.match import market, solved
from matchsim.streams import Streams
from matchsim.tables import Int32


def interval(count: int, of: int) -> str:
    """A share with Wilson's interval of 95%, in percent."""
    z, share = 1.96, count / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * np.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    low, high = 100 * max(middle - half, 0), 100 * (middle + half)
    return f"{count:,} of {of:,} ({100 * share:.2f}%, {low:.2f} to {high:.2f}%)"


def second_promised(found: Menus, a: int, advanced: int) -> int | None:
    """The best program on the supplemental list of a program won, -1 = none; None where it has no list."""
    extra = found.market.supplementals
    if extra is None:
        return None
    for s in np.flatnonzero((extra.applicant == a) & (extra.advanced == advanced)).tolist():
        listed = extra.programs[extra.offsets[s] : extra.offsets[s + 1]]
        inside = listed[found.contain(np.full(len(listed), a), listed)]
        return int(inside[0]) if len(inside) else -1
    return None


def place(listed: Int32, program: int) -> int:
    """Where a program stands on a list; behind the list for none."""
    return int(np.flatnonzero(listed == program)[0]) if program >= 0 else len(listed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenario", default="us-2025")
    parser.add_argument("--seed", type=int, default=2025)
    parser.add_argument("--applicants", type=int, default=2_000)
    parser.add_argument("--draw", type=int, default=1)
    asked = parser.parse_args()
    start = time.perf_counter()

    scenario, streams = load_scenario(asked.scenario), Streams(asked.seed, 0)
    season = run_season(scenario, seed=asked.seed)
    submitted = market(season.tracks, season.rank_lists, season.reversions)
    match = season.match
    found = menus(
        submitted, Matching.from_programs(submitted, match.program_of, match.second_of, match.final_quota)
    )
    people = np.flatnonzero(found.single & (np.diff(submitted.applicant_offsets) > 0))
    cut = submitted.applicant_offsets
    own = [submitted.applicant_programs[cut[a] : cut[a + 1]] for a in people]
    lengths = np.array([len(listed) for listed in own])
    won = found.outcomes(people, np.concatenate(([0], np.cumsum(lengths))), np.concatenate(own))
    missed = int((won != match.rank_of[people]).sum())
    print(f"{asked.scenario}, seed {asked.seed}: stable {match.stable}, blocking {dict(match.blocking)}")
    print("own list, menu against match:", interval(missed, len(people)))

    rng = np.random.default_rng(asked.draw)
    sample = rng.choice(len(people), asked.applicants, replace=False)
    differ = matched = better = seconds = seconds_differ = first_years_differ = 0
    for n, i in enumerate(sample.tolist(), 1):
        a, true_order = int(people[i]), own[i]
        listed = rng.permutation(true_order)
        promised_place = int(found.outcomes([a], [0, len(listed)], listed)[0])
        promised = int(listed[promised_place]) if promised_place >= 0 else -1
        again = solved(scenario, streams, season.tracks, with_programs(submitted, a, listed))
        got = int(again.program_of[a])
        differ += got != promised
        matched += (got >= 0) != (promised >= 0)
        better += place(true_order, got) < place(true_order, int(match.program_of[a]))
        second = second_promised(found, a, promised)
        if second is not None and got == promised:
            seconds += 1
            seconds_differ += int(again.second_of[a]) != second
            first_years_differ += (again.second_of[a] >= 0) != (second >= 0)
        if n % 100 == 0:
            told = (
                f"{n}: {differ} differ, {matched} in whether, {better} better; {seconds_differ} of {seconds}"
            )
            print(told, file=sys.stderr)
    print("shuffled list, another program than the menu says:", interval(differ, len(sample)))
    print("  matched instead of unmatched or the reverse:", interval(matched, len(sample)))
    print("shuffled list better than the true order, solving again:", interval(better, len(sample)))
    if seconds:
        print(
            "supplemental list, another program than its best in the menu:", interval(seconds_differ, seconds)
        )
        print("  a first year instead of none or the reverse:", interval(first_years_differ, seconds))
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
