"""Markets on disk: a folder of tables, or one workbook with the same sheets.

========================= ============================= ==========================================
table                     columns                       notes
========================= ============================= ==========================================
``programs``              ``program, quota``            quota 0 allowed; perhaps ``track``,
                                                        ``joint_with``, ``parity``
``applicants``            ``applicant``                 optional; also lists people without ranks
``applicant_rankings``    ``applicant, rank, program``  or wide: ``applicant, pref_01, pref_02, ...``
``program_rankings``      ``program, rank, applicant``  or wide: ``program, pref_01, pref_02, ...``
``couples``               ``couple, rank,               optional; an empty program or 999999999 is
                          applicant_1, program_1,       No Match
                          applicant_2, program_2``
``supplemental_rankings`` ``applicant,                  optional; or wide: ``applicant,
                          advanced_program, rank,       advanced_program, pref_01, ...``
                          program``
``reversions``            ``donor, receiver,            optional; ``order`` may be left out
                          positions, order``
========================= ============================= ==========================================

Each table is a file of its name, ``.csv``, ``.xlsx`` or ``.parquet``. Other columns are kept. An instance in
text (:mod:`matchsim.engine.suite_format`) is read too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from matchsim.engine.builder import ApplicantRows, ProgramRows, build_market
from matchsim.engine.folder_tables import MarketTables
from matchsim.engine.folder_writing import write_market
from matchsim.engine.linked_rows import LinkedRows
from matchsim.engine.linked_sheets import read_linked_sheets
from matchsim.engine.market import Market
from matchsim.engine.one_sided import one_sided_ranks
from matchsim.engine.rank_sheets import RankSheet, read_rank_sheet, whole_numbers
from matchsim.engine.suite_format import is_suite_text, read_suite_text
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
    """Read and check a market folder, one workbook with the same tables as sheets, or an instance in text.

    Parameters
    ----------
    path
        A folder with the tables named at the top of this module, an ``.xlsx`` file, or a text file as
        :mod:`matchsim.engine.suite_format` describes.

    Raises
    ------
    MarketError
        When tables or columns are missing, cells cannot be used, or rules of couples, supplemental lists,
        reversions or joint programs are broken: all problems with their places.
    """
    path = Path(path)
    if is_suite_text(path):
        market, sheet = read_suite_text(path)
        return MarketFolder(market, sheet, None, (path,), tuple(_one_sided(market)))
    tables = MarketTables(path)
    sheets = tables.read()
    problems: list[Problem] = []
    lists = _lists(sheets, problems)
    programs = _program_rows(sheets["programs"])
    _refuse_unlisted(lists.of_programs, programs, problems)
    applicants = _applicant_rows(sheets.get("applicants"), lists.of_applicants)
    market = _built(programs, applicants, lists, problems)
    remarks = (
        *tables.remarks(),
        *(remark for sheet in sheets.values() for remark in sheet.remarks),
        *lists.of_applicants.remarks,
        *lists.of_programs.remarks,
        *lists.remarks,
        *_one_sided(market),
    )
    return MarketFolder(market, sheets["programs"], sheets.get("applicants"), tables.files, remarks)


class _Lists(NamedTuple):
    """Both sides' lists, the linked parts, and remarks on how these were read."""

    of_applicants: RankSheet
    of_programs: RankSheet
    linked: LinkedRows
    remarks: tuple[str, ...]


def _lists(sheets: dict[str, Sheet], problems: list[Problem]) -> _Lists:
    """All lists of the sheets; columns that are missing in any of the sheets are told together."""
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
    linked, remarks = read_linked_sheets(sheets, problems, missing)
    if missing:
        raise MarketError(shortened([*missing, *problems]))
    return _Lists(found[0], found[1], linked, remarks)


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
    programs: ProgramRows, applicants: ApplicantRows | None, lists: _Lists, problems: list[Problem]
) -> Market:
    rankings = lists.of_applicants.rows, lists.of_programs.rows
    try:
        market = build_market(programs, applicants, *rankings, lists.linked)
    except MarketError as error:
        raise MarketError([*shortened(problems), *error.problems]) from None
    if problems:
        raise MarketError(shortened(problems))
    return market


def _one_sided(market: Market) -> Iterator[str]:
    counts = zip(one_sided_ranks(market), ("applicants", "programs"), ("program", "applicant"), strict=True)
    for count, side, other in counts:
        if count:
            told = "rank is" if count == 1 else "ranks are"
            yield (
                f"{count:,} {told} one-sided: given by {side}, but the {other} does not rank them;"
                " they stay in the tables and cannot match"
            )
