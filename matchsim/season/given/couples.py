"""The couples of a season from the lists given, or from the column of partners in a table of people."""

from __future__ import annotations

import numpy as np

from matchsim.errors import did_you_mean, shown
from matchsim.season.given.cells import Cells
from matchsim.season.given.files import remembered
from matchsim.season.given.submitted_lists import submitted
from matchsim.season.scenario.model import Scenario
from matchsim.season.tables import Applicants, Couples, Pathway
from matchsim.sheets import read_sheet
from matchsim.streams import Streams

__all__ = ["couples"]


def couples(
    scenario: Scenario,
    streams: Streams,  # noqa: ARG001
    applicants: Applicants,
    road: Pathway,  # noqa: ARG001
) -> Couples:
    """The couples of the lists given, or those of the column ``partner`` of ``cohort.file``.

    A cell of that column is the name of another person in the file, or empty. It is enough that one of the
    two names the other. Without the column there are no couples.

    Raises
    ------
    InputError
        With every problem of the file and its place: partners who are not there, who are the person
        itself, or who have another partner.
    """
    lists = submitted(scenario)
    if lists is not None:
        return Couples(*lists.coupled(applicants.all_names()))
    assert scenario.cohort.file is not None
    return _own(scenario.cohort.file)


@remembered
def _own(file: str) -> Couples:
    cells = Cells(read_sheet(file))
    nobody = np.empty(0, dtype=np.int32)
    if not cells.has("partner"):
        return Couples(first=nobody, second=nobody)
    assert cells.sheet is not None
    names, partners = cells.names("applicant"), cells.sheet.column("partner")
    number = {name: row for row, name in enumerate(names)}
    partner_of: dict[int, int] = {}
    for row, name in enumerate(partners):
        if not name:
            continue
        other = number.get(name)
        if other is None:
            told = f"partner must be somebody of this table, got {shown(name)}"
            cells.complain(row, "partner", told, did_you_mean(name, names) if len(cells.problems) < 5 else "")
        elif other == row:
            cells.complain(row, "partner", f"{shown(name)} cannot be their own partner")
        elif partner_of.setdefault(row, other) != other or partner_of.setdefault(other, row) != row:
            told = f"{shown(names[row])} and {shown(name)} cannot be a couple, for one of them is in another"
            cells.complain(row, "partner", told, "nobody can be in two couples")
    cells.refuse()
    first = [a for a in sorted(partner_of) if a < partner_of[a]]
    return Couples(
        first=np.array(first, dtype=np.int32),
        second=np.array([partner_of[a] for a in first], dtype=np.int32),
    )
