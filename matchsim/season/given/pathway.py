"""The road of the people in a person's own table: everybody came to its end but those withdrawn."""

from __future__ import annotations

import numpy as np

from matchsim.season.given.cells import Cells
from matchsim.season.given.files import remembered
from matchsim.season.given.submitted_lists import submitted
from matchsim.season.scenario.model import Scenario
from matchsim.season.tables import Applicants, Pathway
from matchsim.season.words import ROAD_GATES, ROAD_REASONS
from matchsim.sheets import read_sheet
from matchsim.streams import Streams
from matchsim.tables import Bool

__all__ = ["pathway"]


def pathway(scenario: Scenario, streams: Streams, applicants: Applicants) -> Pathway:  # noqa: ARG001
    """The road as ``cohort.file`` has it.

    The columns are ``withdrawn`` (false), ``certificate`` and ``applies`` (true); in brackets what a missing
    column or an empty cell stands for.

    Raises
    ------
    InputError
        With every bad cell of these columns; also when lists are given and belong to somebody withdrawn.
    """
    people = len(applicants)
    file, lists = scenario.cohort.file, submitted(scenario)
    if file is not None:
        withdrawn, certificate, applies = _own(file)
    else:
        assert lists is not None
        withdrawn, certificate, applies = _read(Cells(lists.applicants, rows=people))
    if lists is not None:
        lists.refuse_withdrawn(applicants, withdrawn, file)
    return Pathway(
        gate=np.where(withdrawn, ROAD_GATES.index("verification"), -1).astype(np.int8),
        reason=np.where(withdrawn, ROAD_REASONS.index("withdrew"), -1).astype(np.int8),
        applies=applies,
        certificate=certificate,
    )


@remembered
def _own(file: str) -> tuple[Bool, Bool, Bool]:
    return _read(Cells(read_sheet(file)))


def _read(cells: Cells) -> tuple[Bool, Bool, Bool]:
    flags = cells.flags("withdrawn", False), cells.flags("certificate", True), cells.flags("applies", True)
    cells.refuse()
    return flags
