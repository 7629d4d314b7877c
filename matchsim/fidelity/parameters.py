"""The few numbers of the model that calibration may move: each with its bounds and the step of a difference."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from matchsim.season.scenario import Scenario

__all__ = ["Parameter", "overrides", "shipped_parameters", "value_at"]


@dataclass(frozen=True)
class Parameter:
    """One number to be fitted.

    Attributes
    ----------
    name
        What people call it.
    paths
        The dotted paths of a scenario that it moves, all by the same distance.
    lowest, highest
        Bounds of the value at the first path.
    step
        The distance of finite differences: large against simulation noise, small against the bounds.
    meaning
        In one sentence.
    """

    name: str
    paths: tuple[str, ...]
    lowest: float
    highest: float
    step: float
    meaning: str


def shipped_parameters() -> tuple[Parameter, ...]:
    """The parameters of ``matchsim/data/calibration/parameters.csv``."""
    path = files("matchsim.data") / "calibration" / "parameters.csv"
    return tuple(
        Parameter(
            row["parameter"],
            tuple(row["paths"].split()),
            float(row["lowest"]),
            float(row["highest"]),
            float(row["step"]),
            row["meaning"],
        )
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    )


def value_at(scenario: Scenario, path: str) -> float:
    """The number at a dotted path of a resolved scenario."""
    part: Any = scenario
    for step in path.split("."):
        part = getattr(part, step)
    return float(part)


def overrides(
    parameters: Iterable[Parameter], values: Iterable[float], start: Mapping[str, float]
) -> dict[str, float]:
    """What to lay over the scenario: each path moved from `start` as far as its parameter's first path."""
    laid: dict[str, float] = {}
    for parameter, value in zip(parameters, values, strict=True):
        moved = value - start[parameter.paths[0]]
        laid |= {path: round(start[path] + moved, 6) for path in parameter.paths}
    return laid
