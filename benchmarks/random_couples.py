"""The random markets with couples of the tests, for the benchmarks: one maker, one meaning."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "engine"))

from linked_markets import crowded_draw as random_market

__all__ = ["random_market"]
