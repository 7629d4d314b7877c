"""The values that calibration found, and how many of them a scenario carries."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml

from matchsim.documents import Document, Node, split_path

__all__ = ["carried", "fitted_values"]

# Eight times as quick, where libyaml is there.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# Scenarios carry fitted values rounded to as many digits as people read.
NEAR = 0.005  # relative


def fitted_values(season: int = 2025) -> dict[str, float]:
    """The fitted values by dotted path, of ``matchsim/data/calibration/<season>.yaml``."""
    text = (files("matchsim.data") / "calibration" / f"{season}.yaml").read_text(encoding="utf-8")
    return {
        path: float(value)
        for one in _LOADER(text).get_single_data()["parameters"].values()
        for path, value in one["paths"].items()
    }


def carried(resolved: Document, season: int = 2025) -> tuple[int, int]:
    """How many of the fitted values a resolved scenario has, and how many there are.

    Parameters
    ----------
    resolved
        The scenario, nothing implied.
    season
        The season that the values were fitted to.
    """
    values = fitted_values(season)
    nodes = {path: resolved.node(split_path(path)) for path in values}
    return sum(_is_near(node, values[path]) for path, node in nodes.items()), len(values)


def _is_near(node: Node | None, value: float) -> bool:
    found = None if node is None else node.value
    return isinstance(found, (int, float)) and abs(found - value) <= NEAR * max(1.0, abs(value))
