"""Means over replicates and the Monte-Carlo intervals around them.

An interval holds the middle 95% of the replicates (2.5% to 97.5%). It says how far chance inside the
model moves a number, not what is unknown about the model's parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Spread", "number_of", "per_replicate", "spread", "with_interval"]

LOW, HIGH = 0.025, 0.975


class Spread(NamedTuple):
    """Mean over replicates and the ends of the Monte-Carlo interval, one entry per item."""

    mean: pd.Series
    low: pd.Series
    high: pd.Series


def number_of(data: pd.DataFrame) -> int:
    """How many replicates a table holds."""
    return int(data["replicate"].nunique())


def per_replicate(data: pd.DataFrame, by: str, value: str) -> pd.DataFrame:
    """Sums of `value`, one row per replicate of `data` and one column per value of `by`, 0 where absent."""
    sums = data.groupby(["replicate", by], observed=True)[value].sum()
    return sums.unstack(by, fill_value=0)


def spread(wide: pd.DataFrame) -> Spread:
    """Mean and interval of every column over the rows (replicates); missing values are left out."""
    numbers = wide.astype(float)
    if len(numbers) == 1:
        only = numbers.iloc[0]
        return Spread(only, only, only)
    return Spread(numbers.mean(), numbers.quantile(LOW), numbers.quantile(HIGH))


def with_interval(found: Spread, item: str | int, shown: Callable[[float], str], *, gap: str = " ") -> str:
    """``93.5%`` or, where replicates differ, ``93.5% (93.1–93.9%)``, each number as `shown` has it."""
    mean, low, high = (float(part[item]) for part in found)
    if not low < high:
        return shown(mean)
    return f"{shown(mean)}{gap}({shown(low).removesuffix('%')}–{shown(high)})"
