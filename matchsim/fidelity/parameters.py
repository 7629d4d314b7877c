"""The few numbers of the model that calibration may move, each with its bounds."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from matchsim.errors import InputError, Place, Problem, did_you_mean, shown
from matchsim.season.scenario import Scenario

__all__ = ["COLUMNS", "Parameter", "load_parameters", "overrides", "shipped_parameters", "value_at"]

COLUMNS = ("parameter", "paths", "start", "lowest", "highest", "step", "meaning")


@dataclass(frozen=True)
class Parameter:
    """One number to be fitted.

    Attributes
    ----------
    name
        What people call it.
    paths
        The dotted paths of a scenario that it moves, all by the same distance.
    start
        The value at the first path where a fit begins: set by hand, before anything was fitted.
    lowest, highest
        Bounds of the value at the first path.
    step
        The distance of finite differences: large against simulation noise, small against the bounds.
    meaning
        In one sentence.
    """

    name: str
    paths: tuple[str, ...]
    start: float
    lowest: float
    highest: float
    step: float
    meaning: str


def shipped_parameters() -> tuple[Parameter, ...]:
    """The parameters of ``matchsim/data/calibration/parameters.csv``."""
    path = files("matchsim.data") / "calibration" / "parameters.csv"
    return _parameters(path.read_text(encoding="utf-8"), "calibration/parameters.csv")


def load_parameters(path: Path) -> tuple[Parameter, ...]:
    """Parameters of a person's own: a CSV file with the columns :data:`COLUMNS`, paths with blanks between.

    Raises
    ------
    InputError
        With every problem found and its line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        told = getattr(error, "strerror", None) or "is not text in UTF-8"
        raise InputError(Problem(f"cannot be read: {told}", Place(str(path)))) from None
    return _parameters(text, str(path))


def _parameters(text: str, name: str) -> tuple[Parameter, ...]:
    reader = csv.DictReader(text.splitlines())
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        told = f"columns are missing: {', '.join(missing)}"
        raise InputError(Problem(told, Place(name, 1, 1), remedy=f"there must be {', '.join(COLUMNS)}"))
    found: list[Parameter] = []
    problems: list[Problem] = []
    for row in reader:
        try:
            found.append(_parameter(row))
        except (TypeError, ValueError) as error:
            problems.append(Problem(str(error), Place(name, reader.line_num, 1), path=row["parameter"] or ""))
    if not (found or problems):
        problems.append(Problem("holds no parameter", Place(name)))
    if problems:
        raise InputError(problems)
    return tuple(found)


def _parameter(row: dict[str, str]) -> Parameter:
    columns = ("start", "lowest", "highest", "step")
    start, lowest, highest, step = (_number(row, column) for column in columns)
    paths = tuple(row["paths"].split())
    if not paths:
        raise ValueError("paths is missing")
    if not (step > 0 and lowest + step <= highest):
        raise ValueError("step must be above 0 and fit between lowest and highest")
    if not lowest <= start <= highest:
        raise ValueError("start must lie between lowest and highest")
    return Parameter(row["parameter"], paths, start, lowest, highest, step, row["meaning"])


def _number(row: dict[str, str], column: str) -> float:
    try:
        return float(row[column])
    except ValueError:
        raise ValueError(f"{column} must be a number, got {shown(row[column])}") from None


def value_at(scenario: Scenario, path: str) -> float:
    """The number at a dotted path of a resolved scenario.

    Raises
    ------
    InputError
        When there is no number.
    """
    part: Any = scenario
    for step in path.split("."):
        if isinstance(part, dict) and step in part:
            part = part[step]
            continue
        if not hasattr(part, step):
            hint = did_you_mean(step, getattr(type(part), "model_fields", ()))
            raise InputError(Problem(f"a scenario has no {shown(step)} there", path=path, remedy=hint))
        part = getattr(part, step)
    if isinstance(part, bool) or not isinstance(part, (int, float)):
        raise InputError(Problem("is no number that could be fitted", path=path))
    return float(part)


def overrides(
    parameters: Iterable[Parameter], values: Iterable[float], start: Mapping[str, float]
) -> dict[str, float]:
    """What to lay over the scenario: each path moved from `start` as far as its parameter's first path."""
    laid: dict[str, float] = {}
    for parameter, value in zip(parameters, values, strict=True):
        moved = float(value) - start[parameter.paths[0]]
        laid |= {path: round(start[path] + moved, 6) for path in parameter.paths}
    return laid
