"""Rank order lists as people write them down, long or wide, as rows of owner, rank and choice.

Long: one row for each choice, ``applicant,rank,program``. Wide: one row for each list,
``applicant,pref_01,pref_02,...``; the number of the column is the rank, and a blank cell ends the
list or, with more to its right, leaves a gap in the ranks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import cast

from matchsim.engine.builder import RankingRows
from matchsim.errors import Place, Problem, TableError, shown
from matchsim.sheets import Sheet

__all__ = ["RankSheet", "choice_columns", "read_rank_sheet", "whole_numbers"]

# Of several sets of numbered columns, the one that is named like choices holds the rank lists.
_WORDS_FOR_CHOICES = ("pref", "preference", "choice", "rank", "ranking", "program", "applicant")
_NUMBERED = re.compile(r"(.*?)[\s_-]*([0-9]{1,4})", re.ASCII | re.DOTALL)


@dataclass(frozen=True, eq=False)
class RankSheet:
    """The rank order lists of one side.

    Parameters
    ----------
    rows
        The choices.
    owners
        For the wide form: whose lists there are, empty ones too, and where each begins.
    empty
        The owners of empty lists, who leave no trace in `rows`.
    remarks
        What the owner of the file should be told.
    """

    rows: RankingRows
    owners: dict[str, Place] = field(default_factory=dict)
    empty: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def whole_numbers(sheet: Sheet, column: str) -> list[int | str]:
    """A column with numbers where there are any; the market's own checks complain of the rest."""
    texts = sheet.column(column)
    numbers = sheet.integers(column, [])
    if None not in numbers:
        return cast("list[int | str]", numbers)
    return [text if number is None else number for text, number in zip(texts, numbers, strict=True)]


def read_rank_sheet(sheet: Sheet, owner: str, choice: str, problems: list[Problem]) -> RankSheet:
    """Read a sheet of rank order lists, whichever form it has.

    Parameters
    ----------
    sheet
        The sheet.
    owner, choice
        The columns that hold whose list it is and who is ranked: ``applicant, program`` or the reverse.
    problems
        Rows of the wide form that cannot be used are added here, and left out.

    Raises
    ------
    TableError
        When columns are missing, or the numbered columns make no sense.
    """
    columns = {} if sheet.named("rank") else choice_columns(sheet, owner)
    return _wide(sheet, owner, columns, problems) if columns else _long(sheet, owner, choice)


def _long(sheet: Sheet, owner: str, choice: str) -> RankSheet:
    sheet.require(owner, "rank", choice)
    ranks = whole_numbers(sheet, "rank")
    return RankSheet(RankingRows(sheet.column(owner), ranks, sheet.column(choice), sheet.place))


def _wide(sheet: Sheet, owner: str, columns: dict[int, str], problems: list[Problem]) -> RankSheet:
    sheet.require(owner)
    names = sheet.column(owner)
    owners: dict[str, Place] = {}
    entries: list[tuple[str, int, str]] = []
    cells: list[tuple[int, str]] = []
    lists = zip(*(sheet.column(heading) for heading in columns.values()), strict=True)
    for row, (name, choices) in enumerate(zip(names, lists, strict=True)):
        if not name:
            problems.append(Problem(f"the name of the {owner} is empty", sheet.place(row, owner)))
            continue
        if name in owners:
            told = (
                f"{owner} {shown(name)} has a second row of choices, the first is in line {owners[name].line}"
            )
            problems.append(Problem(told, sheet.place(row, owner), remedy="keep one row for each list"))
            continue
        owners[name] = sheet.place(row, owner)
        for (rank, heading), choice in zip(columns.items(), choices, strict=True):
            if choice:
                entries.append((name, rank, choice))
                cells.append((row, heading))

    def place(i: int, column: str) -> Place:
        row, heading = cells[i]
        return sheet.place(row, owner if column == owner else heading)

    first, *_, last = columns.values() if len(columns) > 1 else [*columns.values()] * 2
    remark = f"{sheet.name}: read as wide, one row for each {owner}, ranks from {first} to {last}"
    rows = RankingRows(*_unzipped(entries), place)
    ranking = {name for name, _, _ in entries}
    empty = tuple(name for name in owners if name not in ranking)
    return RankSheet(rows, owners, empty, (remark,))


def _unzipped(entries: list[tuple[str, int, str]]) -> tuple[list[str], list[int], list[str]]:
    return [e[0] for e in entries], [e[1] for e in entries], [e[2] for e in entries]


def choice_columns(sheet: Sheet, *owner: str) -> dict[int, str]:
    """Rank -> heading of the numbered columns that hold the choices; empty when there are none.

    Parameters
    ----------
    sheet
        The sheet.
    owner
        The columns that say whose list it is.

    Raises
    ------
    TableError
        When several sets of columns are numbered, or numbers are 0 or given twice.
    """
    sets: dict[str, list[tuple[int, str]]] = {}
    for heading in sheet.header:
        match = _NUMBERED.fullmatch(heading)
        if match and heading not in map(sheet.named, owner):
            sets.setdefault(match[1].casefold(), []).append((int(match[2]), heading))
    if len(sets) > 1:
        sets = {word: columns for word, columns in sets.items() if word in _WORDS_FOR_CHOICES} or sets
    if len(sets) > 1:
        told = f"several sets of columns are numbered: {', '.join(shown(c[0][1]) for c in sets.values())}"
        remedy = "call those of the rank order lists pref_01, pref_02, ..."
        raise TableError(Problem(told, sheet.heading_place(), remedy=remedy))
    columns = sorted(next(iter(sets.values()), []), key=lambda column: column[0])
    _refuse_bad_numbers(sheet, columns)
    return dict(columns)


def _refuse_bad_numbers(sheet: Sheet, columns: list[tuple[int, str]]) -> None:
    problems = []
    headings: dict[int, str] = {}
    for rank, heading in columns:
        first = headings.setdefault(rank, heading)
        if first != heading:
            told = f"columns {first!r} and {heading!r} are both rank {rank}"
            problems.append(Problem(told, sheet.heading_place(heading), remedy="number them 1, 2, 3, ..."))
        if rank == 0:
            told = f"column {heading!r} would be rank 0, but ranks count from 1"
            problems.append(Problem(told, sheet.heading_place(heading)))
    if problems:
        raise TableError(problems)
