"""What the page shows of the long runs: it agrees with the literature, but for what it says it misses."""

from __future__ import annotations

import csv
from pathlib import Path

from literature import incentives
from literature.comparison import BASES, STANDARD_ERRORS
from literature.interviews import MISSED

FILE = Path(__file__).parents[2] / "benchmarks" / "reproductions.csv"
ROWS = list(csv.DictReader(FILE.read_text(encoding="utf-8").splitlines()))


def test_the_long_runs_agree():
    far = [row for row in ROWS if float(row["distance"]) > STANDARD_ERRORS]
    missed = {(row["table"], row["case"], row["quantity"]) for row in far}
    told = {("overlap", f"success {chance:g}, {each} interviews each", how) for (chance, each), how in MISSED}
    told |= {("cutting lists short", *one) for one in incentives.MISSED}
    assert missed <= told


def test_every_figure_says_where_it_is_from():
    assert len(ROWS) > 300
    assert {row["basis"] for row in ROWS} == set(BASES)
