"""What papers found of single specialties beside the calibrated model, for the page that shows it.

    python benchmarks/directions.py [--replicates 40]

Writes ``directions.csv`` beside this file, and renews ``docs/explanation/studies.md``.
"""

from __future__ import annotations

import argparse
import csv
import sys
from dataclasses import asdict, fields
from pathlib import Path
from time import perf_counter

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "tests"), str(HERE.parent / "docs")]

import update  # noqa: E402
from literature.directions import Direction, all_directions  # noqa: E402


def main() -> None:
    """Simulate both sides of every comparison and renew the page."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--replicates", type=int, default=40, help="seasons of each arm")
    start = perf_counter()
    found = all_directions(parser.parse_args().replicates)
    with update.DIRECTIONS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Direction)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(one) for one in found)
    print(f"{sum(one.holds for one in found)} of {len(found)} hold, {perf_counter() - start:.0f} s")
    update.replace_section(update.ROOT / update.STUDIES, "directions", update.directions())


if __name__ == "__main__":
    main()
