"""Couples, supplemental lists, reversions and features of programs, as people write them down in tables."""

from __future__ import annotations

from collections.abc import Iterator

from matchsim.engine.linked_rows import CoupleRows, FeatureRows, LinkedRows, ReversionRows, SupplementalRows
from matchsim.engine.rank_sheets import choice_columns, whole_numbers
from matchsim.errors import InputError, Place, Problem
from matchsim.sheets import Sheet

__all__ = ["read_linked_sheets"]

OWNER = ("applicant", "advanced_program")
PAIR = ("applicant_1", "program_1", "applicant_2", "program_2")


def read_linked_sheets(
    sheets: dict[str, Sheet], problems: list[Problem], missing: list[Problem]
) -> tuple[LinkedRows, tuple[str, ...]]:
    """The linked parts of a market as rows, and remarks on how they were read.

    Parameters
    ----------
    sheets
        By table, those that there are; tables without rows count as not there.
    problems
        Rows of the wide form that cannot be used are added here, and left out.
    missing
        Columns that are missing are added here; their table is then left out.
    """
    remarks: list[str] = []
    parts = {
        table: _part(table, sheets[table], problems, missing, remarks)
        for table in ("couples", "supplemental_rankings", "reversions", "programs")
        if table in sheets and (table != "programs" or sheets[table].named("program"))
    }
    given = parts.get("couples"), parts.get("supplemental_rankings"), parts.get("reversions")
    return LinkedRows(*given, parts.get("programs")), tuple(remarks)  # type: ignore[arg-type]


def _part(
    table: str, sheet: Sheet, problems: list[Problem], missing: list[Problem], remarks: list[str]
) -> CoupleRows | SupplementalRows | ReversionRows | FeatureRows | None:
    try:
        if table == "couples":
            return _couples(sheet)
        if table == "supplemental_rankings":
            return _supplementals(sheet, problems, remarks)
        return _reversions(sheet) if table == "reversions" else _features(sheet)
    except InputError as error:
        missing.extend(error.problems)
        return None


def _couples(sheet: Sheet) -> CoupleRows:
    sheet.require("couple", "rank", *PAIR)
    members = map(sheet.column, PAIR)
    return CoupleRows(sheet.place, sheet.column("couple"), whole_numbers(sheet, "rank"), *members)


def _supplementals(sheet: Sheet, problems: list[Problem], remarks: list[str]) -> SupplementalRows:
    columns = {} if sheet.named("rank") else choice_columns(sheet, *OWNER)
    if not columns:
        sheet.require(*OWNER, "rank", "program")
        applicants, advanced = map(sheet.column, OWNER)
        lists = whole_numbers(sheet, "rank"), sheet.column("program")
        return SupplementalRows(sheet.place, applicants, advanced, *lists)
    sheet.require(*OWNER)
    remarks.append(f"{sheet.name}: read as wide, one row for each list")
    return _wide(sheet, columns, problems)


def _wide(sheet: Sheet, columns: dict[int, str], problems: list[Problem]) -> SupplementalRows:
    cells = list(_entries(sheet, columns, problems))

    def place(i: int, column: str) -> Place:
        row, _, heading = cells[i]
        return sheet.place(row, column if column in OWNER else heading)

    applicants, advanced = ([sheet.column(name)[row] for row, _, _ in cells] for name in OWNER)
    ranks: list[int | str] = [rank for _, rank, _ in cells]
    programs = [sheet.column(heading)[row] if heading else "" for row, _, heading in cells]
    return SupplementalRows(place, applicants, advanced, ranks, programs)


def _entries(
    sheet: Sheet, columns: dict[int, str], problems: list[Problem]
) -> Iterator[tuple[int, int | str, str]]:
    """Row, rank and heading of every choice; without rank and heading for a list that is empty."""
    first: dict[tuple[str, str], int] = {}
    for row, owner in enumerate(zip(*map(sheet.column, OWNER), strict=True)):
        if first.setdefault(owner, row) != row:
            told = "this applicant has a second row of choices for the same program"
            remedy = f"keep one row for each list; first: {sheet.place(first[owner], OWNER[0])}"
            problems.append(Problem(told, sheet.place(row, OWNER[0]), remedy=remedy))
            continue
        chosen: list[tuple[int, int | str, str]] = [
            (row, rank, heading) for rank, heading in columns.items() if sheet.column(heading)[row]
        ]
        yield from chosen or [(row, "", "")]


def _reversions(sheet: Sheet) -> ReversionRows:
    sheet.require("donor", "receiver", "positions")
    order = whole_numbers(sheet, "order") if sheet.named("order") else None
    ends = sheet.column("donor"), sheet.column("receiver")
    return ReversionRows(sheet.place, *ends, whole_numbers(sheet, "positions"), order)


def _features(sheet: Sheet) -> FeatureRows:
    columns = [
        sheet.column(name) if sheet.named(name) else None for name in ("track", "joint_with", "parity")
    ]
    return FeatureRows(sheet.place, sheet.column("program"), *columns)
