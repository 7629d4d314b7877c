"""The literature reproduced at length, for the page that shows it.

    python benchmarks/reproductions.py [TABLE ...]

Draws the tables named, or all, writes what came out to ``reproductions.csv`` beside this file, and renews
``docs/explanation/reproductions.md``. The tests draw the same, less often.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "tests"), str(HERE.parent / "docs")]

import update  # noqa: E402
from literature import (  # noqa: E402
    competition,
    core,
    couples,
    incentives,
    interviews,
    laws,
    portfolios,
    short_lists,
    small_markets,
)
from literature.comparison import Comparison  # noqa: E402

# The draws of the page; the tests take a fraction.
TABLES: dict[str, Callable[[], list[Comparison]]] = {
    "small markets": lambda: small_markets.comparisons(1),
    "competition": lambda: competition.tables(0.3),
    "large markets": lambda: competition.large(0.5),
    "connected markets": lambda: competition.connected(0.6),
    "proposals": lambda: laws.proposals(1),
    "stable matchings": lambda: laws.counts(1.5, 200),
    "one more": lambda: laws.unbalanced_counts(3),
    "stable husbands": lambda: laws.partners(1, 1_000),
    "serial dictatorship": lambda: laws.dictatorship(1),
    "core": lambda: core.comparisons(0.6, 4_000),
    "short lists": lambda: short_lists.fractions(1),
    "quotas": lambda: short_lists.quotas(1),
    "ranks": lambda: short_lists.ranks(1),
    "cutoffs": lambda: short_lists.cutoffs(1),
    "theorems": lambda: incentives.theorems(1),
    "cutting lists short": lambda: incentives.coles_shorrer(2, 1_000),
    "definitions": lambda: couples.definitions(0.25),
    "existence": lambda: couples.existence(0.2, 400),
    "little missing": lambda: couples.little_is_missing(0.4),
    "more interviews": lambda: interviews.more_interviews(0.3),
    "hoarding": lambda: interviews.hoarding(0.6),
    "applications": lambda: interviews.dip(0.5),
    "overlap": lambda: interviews.overlap(0.5),
    "signals": lambda: interviews.signals(0.5),
    "portfolios": lambda: portfolios.comparisons(1),
}


def main() -> None:
    """Draw the tables asked for and renew the page."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("table", nargs="*", help=f"of: {', '.join(TABLES)}")
    asked = parser.parse_args().table or list(TABLES)
    unknown = [name for name in asked if name not in TABLES]
    if unknown:
        parser.error(f"no table is called {', '.join(unknown)}; there are {', '.join(TABLES)}")
    for name in asked:
        start = perf_counter()
        found = TABLES[name]()
        keep(name, found)
        missed = [str(one) for one in found if not one.agrees]
        print(
            f"{name}: {len(found)} figures, {perf_counter() - start:.0f} s", *missed, sep="\n  ", flush=True
        )
    update.update_reproductions()


def keep(name: str, found: list[Comparison]) -> None:
    """Put one table into the file, in place of what it held of that table."""
    rows = [row for row in update.reproductions() if row["table"] != name]
    rows += [
        {
            "table": name,
            "case": one.case,
            "quantity": one.quantity,
            "figure": repr(one.figure.value),
            "basis": one.figure.basis,
            "bound": one.figure.bound,
            "ours": f"{one.ours.mean:.8g}",
            "error": f"{one.ours.error:.3g}",
            "distance": f"{one.distance:.2f}",
        }
        for one in found
    ]
    rows.sort(key=lambda row: list(TABLES).index(row["table"]))
    with update.REPRODUCTIONS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, update.REPRODUCTION_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
