"""Markets on disk: a folder of tables, or one workbook with the same sheets.

======================== ============================= ==========================================
table                    columns                       notes
======================== ============================= ==========================================
``programs``             ``program, quota``            quota 0 allowed
``applicants``           ``applicant``                 optional; also lists people without ranks
``applicant_rankings``   ``applicant, rank, program``  or wide: ``applicant, pref_01, pref_02, ...``
``program_rankings``     ``program, rank, applicant``  or wide: ``program, pref_01, pref_02, ...``
======================== ============================= ==========================================

Each table is a file of its name, ``.csv``, ``.xlsx`` or ``.parquet``. Other columns are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matchsim.engine.builder import ApplicantRows, ProgramRows, build_market
from matchsim.engine.folder_tables import MarketTables
from matchsim.engine.folder_writing import write_market
from matchsim.engine.market import Market
from matchsim.engine.rank_sheets import RankSheet, read_rank_sheet, whole_numbers
from matchsim.errors import InputError, MarketError, Place, Problem, did_you_mean, shown
from matchsim.sheets import Sheet, shortened

__all__ = ["MarketFolder", "read_folder", "read_market", "write_market"]

# Looking for a similar name among thousands takes its time.
SUGGESTED = 5


@dataclass(frozen=True, eq=False)
class MarketFolder:
    """A market with all that its folder says beyond ranks and quotas.

    Parameters
    ----------
    market
        The market.
    programs, applicants
        The sheets as read, with every column; `applicants` is None when there is no such table.
    files
        The files read, by name.
    remarks
        What the owner of the files should be told: guessed encodings, wide form, one-sided ranks.
    """

    market: Market
    programs: Sheet
    applicants: Sheet | None
    files: tuple[Path, ...]
    remarks: tuple[str, ...]


def read_market(path: str | Path) -> Market:
    """The market in a folder or workbook; see :func:`read_folder`."""
    return read_folder(path).market


def read_folder(path: str | Path) -> MarketFolder:
    """Read and check a market folder, or one workbook with the same tables as sheets.

    Parameters
    ----------
    path
        A folder with the tables named at the top of this module, or an ``.xlsx`` file.

    Raises
    ------
    MarketError
        When tables or columns are missing, or cells cannot be used: all problems with their places.
        Also when the folder has couples, supplemental lists or reversions, which this version
        cannot process.
    """
    tables = MarketTables(Path(path))
    sheets = tables.read()
    problems: list[Problem] = []
    ranks_of_applicants, ranks_of_programs = _rank_sheets(sheets, problems)
    programs = _program_rows(sheets["programs"])
    _refuse_unlisted(ranks_of_programs, programs, problems)
    applicants = _applicant_rows(sheets.get("applicants"), ranks_of_applicants)
    market = _built(programs, applicants, ranks_of_applicants, ranks_of_programs, problems)
    remarks = (
        *tables.remarks(),
        *(remark for sheet in sheets.values() for remark in sheet.remarks),
        *ranks_of_applicants.remarks,
        *ranks_of_programs.remarks,
        *_one_sided(market),
    )
    return MarketFolder(market, sheets["programs"], sheets.get("applicants"), tables.files, remarks)


def _rank_sheets(sheets: dict[str, Sheet], problems: list[Problem]) -> tuple[RankSheet, RankSheet]:
    """Both sides' lists; columns that are missing in any of the sheets are told together."""
    missing: list[Problem] = []
    found = []
    for table, owner, choice in (
        ("applicant_rankings", "applicant", "program"),
        ("program_rankings", "program", "applicant"),
    ):
        try:
            found.append(read_rank_sheet(sheets[table], owner, choice, problems))
        except InputError as error:
            missing.extend(error.problems)
    for table, columns in (("programs", ("program", "quota")), ("applicants", ("applicant",))):
        try:
            if table in sheets:
                sheets[table].require(*columns)
        except InputError as error:
            missing.extend(error.problems)
    if missing:
        raise MarketError(shortened([*missing, *problems]))
    return found[0], found[1]


def _program_rows(sheet: Sheet) -> ProgramRows:
    return ProgramRows(sheet.column("program"), whole_numbers(sheet, "quota"), sheet.place)


def _applicant_rows(sheet: Sheet | None, rankings: RankSheet) -> ApplicantRows | None:
    """Those in the applicants table, then those with a row of their own, perhaps empty, in wide form."""
    names = [] if sheet is None else sheet.column("applicant")
    listed = set(names)
    others = [name for name in rankings.owners if name not in listed]

    def place(i: int, column: str) -> Place:
        if sheet is None or i >= len(names):
            return rankings.owners[others[i - len(names)]]
        return sheet.place(i, column)

    return ApplicantRows([*names, *others], place) if sheet is not None or others else None


def _refuse_unlisted(rankings: RankSheet, programs: ProgramRows, problems: list[Problem]) -> None:
    """Complain of unknown programs with empty lists; the market's own checks never see them."""
    known = set(programs.program)
    unknown = [name for name in rankings.empty if name not in known]
    for k, name in enumerate(unknown):
        near = did_you_mean(name, known) if k < SUGGESTED else ""
        problems.append(Problem(f"unknown program {shown(name)}", rankings.owners[name], remedy=near))


def _built(
    programs: ProgramRows,
    applicants: ApplicantRows | None,
    ranks_of_applicants: RankSheet,
    ranks_of_programs: RankSheet,
    problems: list[Problem],
) -> Market:
    try:
        market = build_market(programs, applicants, ranks_of_applicants.rows, ranks_of_programs.rows)
    except MarketError as error:
        raise MarketError([*shortened(problems), *error.problems]) from None
    if problems:
        raise MarketError(shortened(problems))
    return market


def _one_sided(market: Market) -> Iterator[str]:
    for ranks, side, other in (
        (market.program_rank, "applicants", "program"),
        (market.applicant_rank, "programs", "applicant"),
    ):
        count = int(np.count_nonzero(ranks < 0))
        if count:
            told = "rank is" if count == 1 else "ranks are"
            yield (
                f"{count:,} {told} one-sided: given by {side}, but the {other} does not rank them;"
                " they stay in the tables and cannot match"
            )
