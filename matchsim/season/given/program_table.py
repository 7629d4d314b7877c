"""The programs of a season from a person's own table, or from where the rank lists are."""

from __future__ import annotations

from typing import Any

import numpy as np

from matchsim.errors import Problem, ScenarioError, did_you_mean, shown
from matchsim.season.given.cells import Cells
from matchsim.season.given.files import remembered
from matchsim.season.given.submitted_lists import submitted
from matchsim.season.scenario.model import Scenario
from matchsim.season.tables import Programs
from matchsim.season.words import DIVISIONS, TRACKS
from matchsim.sheets import read_sheet
from matchsim.streams import Streams
from matchsim.tables import Int32

__all__ = ["programs"]

OPTIONAL = ("specialty", "track", "prestige", "openness", "division", "sponsors_visa", "competitiveness")
UNSPECIFIED = "Unspecified"
LARGEST_QUOTA = 1_000_000
LARGEST_NUMBER = 1000.0


def programs(scenario: Scenario, streams: Streams) -> Programs:  # noqa: ARG001 - a stage's signature
    """The programs of ``programs.file``, or those of the rank lists given.

    The columns are ``program, quota`` and, where wanted, ``specialty`` (free words; "Unspecified"),
    ``track`` (C), ``prestige`` (0), ``openness`` (0), ``division`` (none), ``sponsors_visa`` (true) and
    ``competitiveness`` (0.5); in brackets what a missing column or an empty cell stands for. Lists in a
    market folder bring the same columns in its table of programs; lists written in the scenario bring
    quotas only.

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
        return _table(cells, tuple(lists.market.program_labels), lists.market.quota)
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
        for part in ("preferences", "backups")
        for kind, weights in getattr(scenario.cohort, part).items()
        for name in weights
        if name not in specialties
    ]
    if problems and scenario.cohort.file is None:
        raise ScenarioError(problems)


def _table(cells: Cells, names: tuple[str, ...], quota: Int32) -> Programs:
    specialty, specialties = cells.categories("specialty", UNSPECIFIED)
    if len(specialties) > np.iinfo(np.int16).max:
        told = f"there are {len(specialties):,} different specialties, at most 32,767 are kept apart"
        cells.complain(0, "specialty", told)
        specialty = np.zeros_like(specialty)
    columns: dict[str, Any] = {
        "track": cells.words("track", TRACKS, TRACKS.index("C")).astype(np.int8),
        "prestige": cells.numbers("prestige", 0.0, -LARGEST_NUMBER, LARGEST_NUMBER),
        "openness": cells.numbers("openness", 0.0, -LARGEST_NUMBER, LARGEST_NUMBER),
        "division": cells.words("division", DIVISIONS, -1).astype(np.int8),
        "sponsors_visa": cells.flags("sponsors_visa", True),
        "competitiveness": cells.numbers("competitiveness", 0.5, 0.0, 1.0),
    }
    cells.refuse_misspelt("program", "quota", *OPTIONAL)
    cells.refuse()
    return Programs(
        specialties=specialties, names=names, specialty=specialty.astype(np.int16), quota=quota, **columns
    )
