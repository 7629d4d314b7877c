"""The values that calibration found, and how many of them a scenario carries."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import yaml

__all__ = ["carried", "fitted_values"]

# Scenarios carry fitted values rounded to as many digits as people read.
NEAR = 0.005  # relative


def fitted_values(season: int = 2025) -> dict[str, float]:
    """The fitted values by dotted path, of ``matchsim/data/calibration/<season>.yaml``."""
    text = (files("matchsim.data") / "calibration" / f"{season}.yaml").read_text(encoding="utf-8")
    return {
        path: float(value)
        for one in yaml.safe_load(text)["parameters"].values()
        for path, value in one["paths"].items()
    }


def carried(resolved: Mapping[str, Any], season: int = 2025) -> tuple[int, int]:
    """How many of the fitted values a resolved scenario has, and how many there are.

    Parameters
    ----------
    resolved
        The scenario as a mapping, nothing implied.
    season
        The season that the values were fitted to.
    """
    values = fitted_values(season)
    same = [abs(_at(resolved, path) - value) <= NEAR * max(1.0, abs(value)) for path, value in values.items()]
    return sum(same), len(values)


def _at(part: Any, path: str) -> float:
    """The number at a dotted path; nan where there is none."""
    for step in path.split("."):
        part = part.get(step) if isinstance(part, Mapping) else None
    return float(part) if isinstance(part, (int, float)) else float("nan")
