"""Numbers of a study in words: means and differences with their intervals, shares in percent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matchsim.documents import dotted, split_path

__all__ = ["difference", "interval", "level", "named", "short_names", "shown", "some"]

NAMED = 6  # arms or points named in one sentence


def level(value: float, unit: str) -> str:
    """``95.1%`` of a share, ``13.25`` of a number; a dash where there is none."""
    if value != value:  # noqa: PLR0124 - NaN
        return "–"
    return f"{100 * value:.1f}%" if unit == "share" else _number(value, "")


def difference(row: Mapping[Any, Any]) -> str:
    """The difference of a row of effects with its interval: ``+0.12 points (+0.03 to +0.21)``."""
    points = " percentage points" if row["unit"] == "share" else ""
    held = interval(row)
    return f"{_signed(row['difference'], row['unit'])}{points}{f' ({held})' if held else ''}"


def interval(row: Mapping[Any, Any]) -> str:
    """The 95% interval of a row of effects; empty with one replicate."""
    if row["low"] != row["low"]:
        return ""
    return f"{_signed(row['low'], row['unit'])} to {_signed(row['high'], row['unit'])}"


def named(metric: str) -> str:
    """The name of a metric as people write it."""
    return metric.replace("_", " ").replace("soap", "SOAP")


def short_names(paths: Sequence[str]) -> dict[str, str]:
    """Values swept by their dotted paths: of each as much of the end as no other one shares."""
    steps = {path: split_path(path) for path in paths}

    def short(path: str) -> str:
        for length in range(1, len(steps[path])):
            end = steps[path][-length:]
            if all(other[-length:] != end for name, other in steps.items() if name != path):
                return dotted(end)
        return path

    return {path: short(path) for path in paths}


def shown(value: Any) -> str:
    """A value swept: tables hold whole numbers as 2.0, and people write 2; of others five digits."""
    if not isinstance(value, float):
        return str(value)
    return f"{value:.0f}" if value.is_integer() else f"{value:.5g}"


def some(told: Sequence[str], joint: str = "; ") -> str:
    """Several things in a row; where there are many, the first of them and how many more."""
    if len(told) <= NAMED + 1:
        return joint.join(told)
    return f"{joint.join(told[:NAMED])}; and {len(told) - NAMED:,} more"


def _signed(value: float, unit: str) -> str:
    return _number(100 * value if unit == "share" else value, "+")


def _number(value: float, sign: str) -> str:
    size = abs(value)
    digits = 0 if size >= 1000 else 1 if size >= 100 else 2
    rounded = round(value, digits)
    # Nothing has no sign.
    return f"{rounded:{sign},.{digits}f}".replace("-", "−") if rounded else f"{0:.{digits}f}"
