"""Targets: published figures that a simulated season is held against, each with tolerance and role."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal, get_args

from matchsim.data import published
from matchsim.documents import MAX_PROBLEMS
from matchsim.errors import InputError, Place, Problem, did_you_mean, shown

__all__ = ["COLUMNS", "MEAN_ERROR", "Role", "Target", "load_targets", "shipped_targets"]

Role = Literal["calibrated", "validation"]
COLUMNS = ("target", "group", "figure", "tolerance", "tolerance_in", "stage", "role", "basis", "source")
TOLERANCES = ("own unit", "percent of figure")
STAGES = ("applications", "interviews", "rank_lists", "match", "soap")
# The figure of a target that is the mean absolute error of the others of that name.
MEAN_ERROR = "mean error"


@dataclass(frozen=True)
class Target:
    """One published figure that a season should come near.

    Attributes
    ----------
    target
        What is measured: a name of :data:`matchsim.fidelity.measures.MEASURES`.
    group
        Of whom or what, such as ``us_img`` or ``Family Medicine C``.
    published
        The published figure; shares as fractions. 0 for a mean error.
    tolerance
        How far the mean of the replicates may be from it, in the same unit.
    stage
        The stage of the season that it speaks of.
    role
        ``calibrated`` targets are fitted and are gates; ``validation`` targets are never fitted.
    basis, source
        Of the figure. Recalled figures are refused.
    mean_error
        Whether it is the mean absolute error over the groups that begin with the same word.
    """

    target: str
    group: str
    published: float
    tolerance: float
    stage: str
    role: Role
    basis: str
    source: str
    mean_error: bool = False


def shipped_targets(season: int = 2025) -> tuple[Target, ...]:
    """The targets that come with matchsim.

    Raises
    ------
    InputError
        When there are none for that season.
    """
    path = files("matchsim.data") / "targets" / f"{season}.csv"
    if not path.is_file():
        raise InputError(f"no targets are carried for {season}; give your own with --targets")
    return _targets(path.read_text(encoding="utf-8"), f"targets/{season}.csv", season)


def load_targets(path: Path, season: int = 2025) -> tuple[Target, ...]:
    """Targets of a person's own, in the columns of the shipped ones.

    Parameters
    ----------
    path
        A CSV file with the columns :data:`COLUMNS`. ``figure`` is a number, with its basis and source
        beside it, or a reference into the published tables (``totals|us_img|matched_pgy1``), also one
        divided by another with `` / `` between.
    season
        The season whose published tables references mean.

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
    return _targets(text, str(path), season)


def _targets(text: str, name: str, season: int) -> tuple[Target, ...]:
    reader = csv.DictReader(text.splitlines())
    try:
        headings = reader.fieldnames or ()
    except csv.Error as error:
        raise InputError(Problem(f"is no CSV: {error}", Place(name, 1))) from None
    missing = [column for column in COLUMNS if column not in headings]
    if missing:
        absent = f"columns are missing: {', '.join(missing)}"
        raise InputError(Problem(absent, Place(name, 1, 1), remedy=f"there must be {', '.join(COLUMNS)}"))
    found: list[Target] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, str], int] = {}
    for row in _rows(reader, name):
        line = reader.line_num
        if None in row or None in row.values():
            problems.append(Problem(f"must have {len(COLUMNS)} cells", Place(name, line, 1)))
            continue
        key = (row["target"], row["group"])
        told = [f"stands twice (first: line {seen[key]})"] if key in seen else []
        seen.setdefault(key, line)
        try:
            target = _target(row, season)
        except ValueError as error:
            told += list(error.args)
        else:
            found.append(target)
        problems += [Problem(one, Place(name, line, 1), path=f"{key[0]} {key[1]}".strip()) for one in told]
    if problems:
        raise InputError(problems if len(problems) <= MAX_PROBLEMS else _cut(problems, name))
    if not found:
        raise InputError(Problem("holds no target", Place(name)))
    return tuple(found)


def _rows(reader: csv.DictReader[str], name: str) -> Iterator[dict[str, str]]:
    try:
        yield from reader
    except csv.Error as error:
        remedy = "look for a quotation mark that is not closed"
        raise InputError(
            Problem(f"is no CSV: {error}", Place(name, reader.line_num), remedy=remedy)
        ) from None


def _cut(problems: list[Problem], name: str) -> list[Problem]:
    more = Problem(f"and {len(problems) - MAX_PROBLEMS} more problems", Place(name))
    return [*problems[:MAX_PROBLEMS], more]


def _target(row: dict[str, str], season: int) -> Target:
    """One row as a target; a ValueError holds every problem as an argument."""
    from matchsim.fidelity.measures import MEASURES

    problems = []
    words: tuple[tuple[str, Iterable[str]], ...] = (
        ("target", MEASURES),
        ("tolerance_in", TOLERANCES),
        ("stage", STAGES),
        ("role", get_args(Role)),
    )
    for column, allowed in words:
        if row[column] not in allowed:
            near = did_you_mean(row[column], allowed)
            told = f"{column} must be one of {', '.join(allowed)}, got {shown(row[column])}"
            problems.append(told + (near and f"; {near}"))
    value, basis, source = math.nan, "", ""
    try:
        value, basis, source = _figure(row, season)
    except ValueError as error:
        problems += list(error.args)
    tolerance = _number(row["tolerance"])
    if not 0 < tolerance < math.inf:
        problems.append(f"tolerance must be a number above 0, got {shown(row['tolerance'])}")
    if problems:
        raise ValueError(*problems)
    if row["tolerance_in"] == TOLERANCES[1]:
        tolerance *= abs(value) / 100
    role: Role = "calibrated" if row["role"] == "calibrated" else "validation"
    mean_error = row["figure"] == MEAN_ERROR
    return Target(
        row["target"], row["group"], value, tolerance, row["stage"], role, basis, source, mean_error
    )


def _figure(row: dict[str, str], season: int) -> tuple[float, str, str]:
    """The figure of a row with its basis and source."""
    figure = row["figure"]
    if figure == MEAN_ERROR:
        return 0.0, "derived", "mean absolute error of the targets of that name"
    if "|" not in figure:
        value = _number(figure)
        problems = [] if math.isfinite(value) else [f"figure must be a number, got {shown(figure)}"]
        if row["basis"] not in ("published", "derived"):
            told = f"basis must be published or derived, got {shown(row['basis'])}"
            problems.append(f"{told}: what is recalled or assumed is no target")
        if not row["source"]:
            problems.append("source is missing")
        if problems:
            raise ValueError(*problems)
        return value, row["basis"], row["source"]
    parts = [_referred(part.strip(), season) for part in figure.split(" / ")]
    if len(parts) > 2 or (len(parts) == 2 and not parts[1][0]):
        raise ValueError(f"figure must be one reference or one divided by another, got {shown(figure)}")
    basis = "derived" if len(parts) == 2 else parts[0][1]
    source = "; ".join(dict.fromkeys(part[2] for part in parts))
    return parts[0][0] / parts[1][0] if len(parts) == 2 else parts[0][0], basis, source


def _referred(reference: str, season: int) -> tuple[float, str, str]:
    """Value, basis and source of ``table|group|measure``; percentages become fractions."""
    table, _, rest = reference.partition("|")
    group, _, measure = rest.partition("|")
    try:
        rows = published(season, table)
    except FileNotFoundError:
        raise ValueError(f"figure: there is no published table {shown(table)} of {season}") from None
    for row in rows:
        if table == "specialties" and f"{row['specialty']} {row['track']}" == group:
            text = row.get(measure, "")
        elif table != "specialties" and (row["group"], row["measure"]) == (group, measure):
            text = row["value"]
        else:
            continue
        if row["basis"] not in ("published", "derived"):
            raise ValueError(f"figure: {shown(reference)} is {row['basis']}, and so no target")
        if text:
            return float(text) / (100 if "pct" in measure.split("_") else 1), row["basis"], row["source"]
    raise ValueError(f"figure: there is no published {shown(reference)} of {season}")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
