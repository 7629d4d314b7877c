"""The programs of a season from a person's own table, or from where the rank lists are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from matchsim.engine.linked import PARITIES
from matchsim.errors import Problem, ScenarioError, did_you_mean, shown
from matchsim.season.given.cells import Cells
from matchsim.season.given.files import remembered
from matchsim.season.given.submitted_lists import submitted
from matchsim.season.scenario.model import Scenario
from matchsim.season.scenario.preferences import WEIGHTS
from matchsim.season.tables import Programs
from matchsim.season.words import DIVISIONS, SETTINGS, TRACKS
from matchsim.sheets import read_sheet
from matchsim.streams import Streams
from matchsim.tables import Int8, Int32

__all__ = ["programs"]

OPTIONAL = (
    "specialty",
    "track",
    "prestige",
    "openness",
    "division",
    "setting",
    "sponsors_j1",
    "sponsors_h1b",
    "minimum_step2_ck",
    "maximum_years",
    "no_failed_attempts",
    "minimum_us_months",
    "certificate_first",
    "competitiveness",
    "institution",
    "joint_with",
    "parity",
)
UNSPECIFIED = "Unspecified"
LARGEST_QUOTA = 1_000_000
LARGEST_NUMBER = 1000.0


def programs(scenario: Scenario, streams: Streams) -> Programs:  # noqa: ARG001 - a stage's signature
    """The programs of ``programs.file``, or those of the rank lists given.

    The columns are ``program, quota`` and, where wanted, ``specialty`` (free words; "Unspecified"),
    ``track`` (C), ``prestige`` (0), ``openness`` (0), ``division`` (none), ``setting``
    (community), ``sponsors_j1`` and ``sponsors_h1b`` (true), ``minimum_step2_ck``, ``maximum_years`` and
    ``minimum_us_months`` (any), ``no_failed_attempts`` and ``certificate_first`` (false),
    ``competitiveness`` (0.5), ``institution`` (free words; none), ``joint_with`` (none) and ``parity``
    (any); in brackets what a missing column or an empty cell stands for. Where supplemental lists are
    given, programs whose track is not said are advanced where such a list hangs on them, and preliminary
    where they stand on one. Lists in a market folder bring the same columns in its table of programs;
    lists written in the scenario bring quotas only.

    Raises
    ------
    InputError
        With every problem of the file and its place; also when lists are given and name a program that
        the file does not have, or another quota than the file.
    """
    lists = submitted(scenario)
    if scenario.programs.file is None:
        assert lists is not None
        cells = Cells(lists.programs, rows=lists.market.size("program"))
        return _table(cells, tuple(lists.market.program_labels), lists.market.quota, lists.linked_tracks())
    table = _own(scenario.programs.file)
    if lists is None:
        _refuse_unknown_preferences(scenario, table.specialties)
    else:
        lists.refuse_other_programs(table.all_names(), table.quota, scenario.programs.file)
    return table


@remembered
def _own(file: str) -> Programs:
    cells = Cells(read_sheet(file))
    cells.require("program", "quota")
    names = cells.names("program")
    quota = cells.integers("quota", None, 0, LARGEST_QUOTA)
    return _table(cells, names, quota.astype(np.int32))


def _refuse_unknown_preferences(scenario: Scenario, specialties: tuple[str, ...]) -> None:
    """Simulated people can prefer only what the programs are in."""
    problems = [
        Problem(
            f"no program of {scenario.programs.file} is in {shown(name)}",
            path=f"cohort.{part}.{kind}.{name}",
            remedy=did_you_mean(name, specialties) or f"there are {', '.join(specialties[:12])}",
        )
        for part in WEIGHTS
        for kind, weights in getattr(scenario.cohort, part).items()
        for name in weights
        if name not in specialties
    ]
    if problems and scenario.cohort.file is None:
        raise ScenarioError(problems)


def _table(
    cells: Cells, names: tuple[str, ...], quota: Int32, unsaid: Mapping[int, str] = MappingProxyType({})
) -> Programs:
    """The table of programs.

    Parameters
    ----------
    unsaid
        By program, the track that follows from elsewhere where its cell is empty.
    """
    specialty, specialties = cells.categories("specialty", UNSPECIFIED)
    if len(specialties) > np.iinfo(np.int16).max:
        told = f"there are {len(specialties):,} different specialties, at most 32,767 are kept apart"
        cells.complain(0, "specialty", told)
        specialty = np.zeros_like(specialty)
    joint_with = _joint(cells, names)
    track = _tracks(cells, joint_with, unsaid)
    _refuse_unfitting(cells, names, joint_with, track)
    institution, institutions = _institutions(cells)
    columns: dict[str, Any] = {
        "track": track,
        "prestige": cells.numbers("prestige", 0.0, -LARGEST_NUMBER, LARGEST_NUMBER),
        "openness": cells.numbers("openness", 0.0, -LARGEST_NUMBER, LARGEST_NUMBER),
        "division": cells.words("division", DIVISIONS, -1).astype(np.int8),
        "setting": cells.words("setting", SETTINGS, 0).astype(np.int8),
        "sponsors_j1": cells.flags("sponsors_j1", True),
        "sponsors_h1b": cells.flags("sponsors_h1b", True),
        "minimum_step2_ck": cells.integers("minimum_step2_ck", 0, 0, 300).astype(np.int16),
        "maximum_years": cells.integers("maximum_years", -1, -1, 100).astype(np.int16),
        "no_failed_attempts": cells.flags("no_failed_attempts", False),
        "minimum_us_months": cells.numbers("minimum_us_months", 0.0, 0.0, 1000.0),
        "certificate_first": cells.flags("certificate_first", False),
        "competitiveness": cells.numbers("competitiveness", 0.5, 0.0, 1.0),
        "institution": institution,
        "joint_with": joint_with,
        "parity": cells.words("parity", PARITIES, PARITIES.index("any")).astype(np.int8),
    }
    cells.refuse_misspelt("program", "quota", *OPTIONAL)
    cells.refuse()
    return Programs(
        specialties=specialties,
        names=names,
        specialty=specialty.astype(np.int16),
        quota=quota,
        institutions=institutions,
        **columns,
    )


def _institutions(cells: Cells) -> tuple[Int32, tuple[str, ...]]:
    """The institution of every program, -1 = none said, and their names in order of appearance."""
    code, words = cells.categories("institution", "")
    said = np.array([word != "" for word in words], dtype=np.bool_)
    number = np.where(said, np.cumsum(said) - 1, -1)
    return number[code].astype(np.int32), tuple(word for word in words if word)


def _joint(cells: Cells, names: tuple[str, ...]) -> Int32:
    """The program that each is joint with, -1 = none; unknown names are complained of."""
    joint = np.full(len(names), -1, dtype=np.int32)
    if not cells.has("joint_with"):
        return joint
    assert cells.sheet is not None
    number = {name: p for p, name in enumerate(names)}
    for row, name in enumerate(cells.sheet.column("joint_with")):
        joint[row] = number.get(name, -1)
        if name and name not in number:
            told = f"joint_with must be a program of this table, got {shown(name)}"
            cells.complain(row, "joint_with", told, did_you_mean(name, names))
    return joint


def _tracks(cells: Cells, joint_with: Int32, unsaid: Mapping[int, str]) -> Int8:
    """The track of every program; where none is said, what links it says."""
    track = cells.words("track", TRACKS, -1)
    follows = {int(p): "P" for p in np.flatnonzero(joint_with >= 0)}
    follows |= {int(p): "A" for p in joint_with[joint_with >= 0]}
    for p, word in {**unsaid, **follows}.items():
        if track[p] < 0:
            track[p] = TRACKS.index(word)
    return np.where(track < 0, TRACKS.index("C"), track).astype(np.int8)


def _refuse_unfitting(cells: Cells, names: tuple[str, ...], joint_with: Int32, track: Int8) -> None:
    for row in np.flatnonzero(joint_with >= 0).tolist():
        for p, wanted in ((row, "P"), (int(joint_with[row]), "A")):
            if TRACKS[track[p]] != wanted:
                told = f"{shown(names[p])} is of track {TRACKS[track[p]]}, not {wanted}"
                remedy = "a preliminary program (P) may be joint with an advanced one (A)"
                cells.complain(row, "joint_with", told, remedy)
