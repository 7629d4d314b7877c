"""The people of a season from a person's own table, or from where the rank lists are."""

from __future__ import annotations

from typing import Any

import numpy as np

from matchsim.errors import Problem
from matchsim.season.given.cells import Cells, by_folded
from matchsim.season.given.files import remembered
from matchsim.season.given.submitted_lists import Submitted, submitted
from matchsim.season.scenario.model import Scenario
from matchsim.season.tables import Applicants, Programs
from matchsim.season.words import APPLICANT_TYPES, CITIZENSHIPS, DIVISIONS, VISAS
from matchsim.sheets import read_sheet
from matchsim.streams import Streams
from matchsim.tables import Int16, Int64

__all__ = ["cohort"]

OPTIONAL = (
    "applicant_type",
    "ability",
    "step2_ck",
    "preferred",
    "backup",
    "division",
    "step_1_failures",
    "step_2_ck_failures",
    "step_3",
    "citizenship",
    "visa",
    "years_since_graduation",
    "us_clinical_months",
    "us_letters",
    "research",
    "school_tier",
    "mock_interviews",
    "budget",
    "prior_training",
    "withdrawn",
    "certificate",
    "applies",
    "partner",
)
HIGHEST_SCORE = 300
LARGEST_NUMBER = 1000.0
MOST_ATTEMPTS = 20
UNLIMITED = 10_000_000.0


def cohort(scenario: Scenario, streams: Streams, programs: Programs) -> Applicants:  # noqa: ARG001
    """The people of ``cohort.file``, or those of the rank lists given.

    The columns are ``applicant`` and, where wanted, ``applicant_type`` (other), ``ability`` (0),
    ``step2_ck`` (the scenario's mean), ``preferred`` and ``backup`` (specialties of the programs),
    ``division`` (none), ``citizenship`` (us), ``visa`` (none), ``step_1_failures``, ``step_2_ck_failures``,
    ``years_since_graduation``, ``us_clinical_months``, ``us_letters``, ``research``, ``mock_interviews`` (0),
    ``school_tier`` (2), ``budget`` (no limit), ``step_3``, ``prior_training`` and ``withdrawn`` (false); in
    brackets what a missing column or an empty cell stands for. (``withdrawn``, ``certificate``,
    ``applies`` and ``partner`` are read where the road and the couples are made.) Who names no preferred
    specialty prefers the one of the program ranked first, where lists are given, or else the
    only one there is, or else none. A backup that is the preferred specialty is none.

    Raises
    ------
    InputError
        With every problem of the file and its place; also when lists are given and belong to somebody
        who is not in the file, and when simulated applications would need the column
        ``preferred``.
    """
    lists = submitted(scenario)
    file = scenario.cohort.file
    exam = int(np.clip(round(scenario.cohort.step2_ck.mean), 1, HIGHEST_SCORE))
    if file is None:
        assert lists is not None
        people = _table(
            Cells(lists.applicants, rows=len(lists.market)),
            tuple(lists.market.applicant_labels),
            programs.specialties,
            exam,
            preferred_needed=False,
        )
    else:
        needed = lists is None and scenario.applications.file is None and len(programs.specialties) > 1
        people = _own(file, programs.specialties, exam, needed)
    if lists is not None and file is not None:
        lists.refuse_other_people(people.all_names(), file)
    return _with_preferences(people, programs, lists)


@remembered
def _own(file: str, specialties: tuple[str, ...], exam: int, preferred_needed: bool) -> Applicants:
    cells = Cells(read_sheet(file))
    cells.require("applicant")
    return _table(cells, cells.names("applicant"), specialties, exam, preferred_needed=preferred_needed)


def _table(
    cells: Cells, names: tuple[str, ...], specialties: tuple[str, ...], exam: int, *, preferred_needed: bool
) -> Applicants:
    if preferred_needed and cells.rows and not cells.has("preferred"):
        assert cells.sheet is not None
        told = (
            "column 'preferred' is missing: applications are simulated, and people apply in their preferred"
            f" specialty, of which there are {len(specialties)}"
        )
        remedy = "add the column, or give applications.file"
        cells.problems.append(Problem(told, cells.sheet.heading_place(), remedy=remedy))
    preferred = _specialties(cells, "preferred", specialties)
    backup = _specialties(cells, "backup", specialties)
    columns: dict[str, Any] = {
        "applicant_type": cells.words(
            "applicant_type", APPLICANT_TYPES, APPLICANT_TYPES.index("other")
        ).astype(np.int8),
        "ability": cells.numbers("ability", 0.0, -LARGEST_NUMBER, LARGEST_NUMBER),
        "step2_ck": cells.integers("step2_ck", exam, 1, HIGHEST_SCORE).astype(np.int16),
        "division": cells.words("division", DIVISIONS, -1).astype(np.int8),
        "step_1_failures": cells.integers("step_1_failures", 0, 0, MOST_ATTEMPTS).astype(np.int8),
        "step_2_ck_failures": cells.integers("step_2_ck_failures", 0, 0, MOST_ATTEMPTS).astype(np.int8),
        "step_3": cells.flags("step_3", False),
        "citizenship": cells.words("citizenship", CITIZENSHIPS, 0).astype(np.int8),
        "visa": cells.words("visa", VISAS, 0).astype(np.int8),
        "years_since_graduation": cells.integers("years_since_graduation", 0, 0, 100).astype(np.int16),
        "us_clinical_months": cells.numbers("us_clinical_months", 0.0, 0.0, 1000.0),
        "us_letters": cells.integers("us_letters", 0, 0, 4).astype(np.int8),
        "research": cells.integers("research", 0, 0, 10_000).astype(np.int16),
        "school_tier": cells.integers("school_tier", 2, 1, 4).astype(np.int8),
        "mock_interviews": cells.integers("mock_interviews", 0, 0, 100).astype(np.int8),
        "budget": cells.numbers("budget", UNLIMITED, 0.0, UNLIMITED),
        "prior_training": cells.flags("prior_training", False),
    }
    # Read with the road; here so that every bad cell of the file is told at once.
    cells.flags("withdrawn", False)
    cells.flags("certificate", True)
    cells.flags("applies", True)
    cells.refuse_misspelt("applicant", *OPTIONAL)
    cells.refuse()
    return Applicants(specialties=specialties, names=names, preferred=preferred, backup=backup, **columns)


def _specialties(cells: Cells, column: str, specialties: tuple[str, ...]) -> Int16:
    told = f"{column} must be a specialty of the programs"
    remedy = "leave the cell empty, or give a program of that specialty"
    codes = cells.codes(column, by_folded(specialties), -1, told, specialties, remedy)
    return codes.astype(np.int16)


def _with_preferences(people: Applicants, programs: Programs, lists: Submitted | None) -> Applicants:
    """The people with a preferred specialty wherever one follows from what is given."""
    unsaid = people.preferred < 0
    preferred: Int64 = people.preferred.astype(np.int64)
    if lists is not None:
        first = lists.first_choices(people.all_names(), programs.all_names())
        preferred[unsaid] = np.append(programs.specialty, -1)[first][unsaid]
    elif len(programs.specialties) == 1:
        preferred[unsaid] = 0
    backup = np.where(people.backup == preferred, -1, people.backup)
    return people.replace(preferred=preferred, backup=backup)
