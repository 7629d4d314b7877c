"""Tables that people keep: one sheet of CSV, Excel or Parquet as named columns of text.

Everything is read as text, exactly as the file shows it, so that a name such as ``007`` stays ``007``;
columns of numbers are converted on request, and every complaint knows the place of its cell::

    sheet = read_sheet("programs.csv")
    problems: list[Problem] = []
    quotas = sheet.integers("quota", problems, at_least=0)
    if problems:
        raise TableError(problems)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from matchsim.errors import Place, Problem, TableError, did_you_mean, shown
from matchsim.sheet_formats import Row, Workbook, folded, parquet_rows, text_rows, unreadable, whole_file

__all__ = ["SUFFIXES", "Sheet", "read_sheet", "sheet_of_rows", "sheet_of_workbook", "shortened"]

T = TypeVar("T")

TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
WORKBOOK_SUFFIXES = (".xlsx", ".xlsm")
SUFFIXES = (*TEXT_SUFFIXES, *WORKBOOK_SUFFIXES, ".parquet")
LARGEST_INTEGER = 2**31 - 1
LISTED = 50

_INTEGER = re.compile(r"([+-]?[0-9]{1,18})(\.0*)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", re.ASCII)
_FLAGS = {
    **dict.fromkeys(("true", "yes", "y", "t", "1"), True),
    **dict.fromkeys(("false", "no", "n", "f", "0"), False),
}


@dataclass(frozen=True, eq=False)
class Sheet:
    """One table as text: named columns, and the place of every cell in the file.

    Parameters
    ----------
    name
        How messages call it: the path as given, for Excel with the sheet, ``book.xlsx[programs]``.
    columns
        The cells below each heading, surrounding blanks removed, in the order of the file. Blank lines
        are left out; columns without heading and content too.
    lines
        The line of each row, counted as the file counts them (from 1, blank lines and lines inside
        quotation marks included); for Parquet the row, counted from 1.
    positions
        The position of each column in the file, counted from 1.
    header_line
        The line of the headings; 0 where they stand on no line (Parquet).
    remarks
        What the reader of the file should be told: a guessed encoding, a separator other than commas.
    """

    name: str
    columns: dict[str, list[str]]
    lines: Sequence[int]
    positions: Mapping[str, int]
    header_line: int = 1
    remarks: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def header(self) -> tuple[str, ...]:
        """The headings, in the order of the file."""
        return tuple(self.columns)

    def place(self, row: int, column: str = "") -> Place:
        """Where the cell in row `row` (from 0) of `column` stands; without a column, the whole row."""
        name = self.named(column)
        return Place(self.name, self.lines[row], self.positions[name] if name else 0)

    def heading_place(self, column: str = "") -> Place:
        """Where the heading of `column` stands; without a column, the line of headings."""
        name = self.named(column)
        return Place(self.name, self.header_line, self.positions[name] if name else 0)

    def named(self, column: str) -> str:
        """The heading as the file writes it; capitals, blanks and underscores make no difference."""
        if column in self.columns:
            return column
        return next((heading for heading in self.columns if folded(heading) == folded(column)), "")

    def column(self, name: str) -> list[str]:
        """The text of a column.

        Raises
        ------
        TableError
            When there is no such column; names those that there are.
        """
        self.require(name)
        return self.columns[self.named(name)]

    def require(self, *names: str) -> None:
        """Complain of every column in `names` that the sheet does not have.

        Raises
        ------
        TableError
            One problem for each missing column.
        """
        missing = [name for name in names if not self.named(name)]
        if missing:
            raise TableError(self._missing(name) for name in missing)

    def _missing(self, name: str) -> Problem:
        there = ", ".join(shown(heading) for heading in self.header[:12])
        more = f" and {len(self.header) - 12} more" if len(self.header) > 12 else ""
        remedy = did_you_mean(name, self.header) or "the first line must name the columns"
        return Problem(
            f"column {name!r} is missing; there are {there}{more}", self.heading_place(), remedy=remedy
        )

    def texts(self, name: str, problems: list[Problem]) -> list[str]:
        """The text of a column in which no cell may be empty; empty ones are added to `problems`."""
        column = self.column(name)
        if "" in column:
            problems.extend(
                Problem(f"{name} is empty", self.place(row, name))
                for row, text in enumerate(column)
                if not text
            )
        return column

    def integers(
        self,
        name: str,
        problems: list[Problem],
        *,
        at_least: int = -LARGEST_INTEGER,
        at_most: int = LARGEST_INTEGER,
        blank: int | None = None,
    ) -> list[int | None]:
        """A column as whole numbers; ``7.0``, as some programs write 7, is one.

        Parameters
        ----------
        name
            The column.
        problems
            Every cell that is no such number is added here, and is None in the result.
        at_least, at_most
            The smallest and the largest number allowed.
        blank
            What an empty cell stands for; None: cells may not be empty.
        """
        wanted = f"a whole number{_limits(at_least, at_most)}"

        def read(text: str) -> int | None:
            match = _INTEGER.fullmatch(text)
            return int(match[1]) if match and at_least <= int(match[1]) <= at_most else None

        return self._converted(name, problems, read, wanted, blank)

    def numbers(
        self, name: str, problems: list[Problem], *, blank: float | None = None
    ) -> list[float | None]:
        """A column as finite numbers with a decimal point; see :meth:`integers` for the parameters."""

        def read(text: str) -> float | None:
            value = float(text) if _NUMBER.fullmatch(text) else float("inf")
            return value if abs(value) != float("inf") else None

        return self._converted(name, problems, read, "a number such as 2.5", blank)

    def flags(self, name: str, problems: list[Problem], *, blank: bool | None = None) -> list[bool | None]:
        """A column as true or false (also yes, no, 1, 0); see :meth:`integers` for the parameters."""
        return self._converted(name, problems, lambda text: _FLAGS.get(text.lower()), "true or false", blank)

    def _converted(
        self,
        name: str,
        problems: list[Problem],
        read: Callable[[str], T | None],
        wanted: str,
        blank: T | None,
    ) -> list[T | None]:
        column = self.column(name)
        # Columns hold few different texts: each is read once, however often it stands there.
        values = {text: read(text) if text else blank for text in set(column)}
        if None in values.values():
            problems.extend(
                Problem(
                    f"{name} must be {wanted}, got {shown(text) if text else 'an empty cell'}",
                    self.place(row, name),
                )
                for row, text in enumerate(column)
                if values[text] is None
            )
        return list(map(values.__getitem__, column))


def read_sheet(path: str | Path, sheet: str | None = None) -> Sheet:
    """Read one table from a CSV, Excel or Parquet file, whichever the name of the file says.

    CSV is read as UTF-8, with or without byte order mark, and otherwise as Windows-1252 with a remark;
    commas, or semicolons or tabs with a remark; any line ends.

    Parameters
    ----------
    path
        The file.
    sheet
        For Excel: the name of the sheet; by default the only one, or the one named like the file.

    Raises
    ------
    TableError
        When there is no such file, or it cannot be read as a table: all problems with their lines.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix in WORKBOOK_SUFFIXES:
        return sheet_of_workbook(Workbook(path), sheet)
    if suffix == ".parquet":
        return sheet_of_rows(str(path), parquet_rows(path))
    data = whole_file(path)
    if suffix not in TEXT_SUFFIXES:
        told = f"the name must end in one of {', '.join(SUFFIXES)}"
        raise unreadable(path, told, "save it as .xlsx or as CSV UTF-8")
    rows, remarks = text_rows(str(path), data)
    return sheet_of_rows(str(path), rows, remarks)


def sheet_of_workbook(workbook: Workbook, sheet: str | None = None) -> Sheet:
    """One sheet of an opened workbook; see :func:`read_sheet`."""
    return sheet_of_rows(*workbook.rows(sheet or workbook.only()))


def sheet_of_rows(name: str, numbered: Iterable[Row], remarks: tuple[str, ...] = ()) -> Sheet:
    """A sheet from rows of text with their lines, the first row that is not blank being the headings.

    Raises
    ------
    TableError
        When there are no headings, or two alike, or rows longer or shorter than the headings.
    """
    rows = iter(numbered)
    header_line, header = next(((line, row) for line, row in rows if not _blank(row)), (0, []))
    header = [heading.strip() for heading in header]
    if not header:
        raise unreadable(name, "is empty; its first line must name the columns")
    problems = _heading_problems(name, header_line, header)
    width, least = len(header), _least_width(header)
    flat: list[str] = []
    lines: list[int] = []
    for line, row in rows:
        if len(row) != width:
            if _blank(row):
                continue
            row = _squared(row, width, least)  # noqa: PLW2901 - the row as the headings cut it
            if len(row) != width:
                problems.append(_ragged(Place(name, line), len(row), width))
                continue
        elif not row[0].strip() and _blank(row):
            continue
        flat += row
        lines.append(line)
    columns = {
        heading: list(map(str.strip, flat[position::width]))
        for position, heading in enumerate(header)
        if heading
    }
    problems.extend(
        Problem("there are values below an empty heading", Place(name, header_line, position + 1))
        for position, heading in enumerate(header)
        if not heading and not _blank(flat[position::width])
    )
    if problems:
        raise TableError(shortened(problems))
    positions = {heading: position + 1 for position, heading in enumerate(header)}
    return Sheet(name, columns, lines, positions, header_line, remarks)


def shortened(problems: list[Problem]) -> list[Problem]:
    """The first problems, and how many more there are: one wrong column makes half a million."""
    if len(problems) <= LISTED:
        return problems
    return [*problems[:LISTED], Problem(f"and {len(problems) - LISTED:,} more problems like these")]


def _blank(row: list[str]) -> bool:
    return not any(map(str.strip, row))


def _heading_problems(name: str, line: int, header: list[str]) -> list[Problem]:
    first: dict[str, int] = {}
    problems = []
    for position, heading in enumerate(header, start=1):
        before = first.setdefault(folded(heading), position)
        if heading and before != position:
            told = f"column {heading!r} stands twice, here and in column {before}"
            problems.append(Problem(told, Place(name, line, position), remedy="rename or remove one"))
    return problems


def _least_width(header: list[str]) -> int:
    """How many cells a row needs: numbered columns at the end (``pref_01, pref_02``) may be left off."""
    width = len(header)
    while width and re.search(r"^$|[0-9]$", header[width - 1]):
        width -= 1
    return max(width, 1)


def _squared(row: list[str], width: int, least: int) -> list[str]:
    if len(row) > width and _blank(row[width:]):
        return row[:width]
    if least <= len(row) < width:
        return row + [""] * (width - len(row))
    return row


def _ragged(place: Place, cells: int, width: int) -> Problem:
    told = f"the row has {cells} cell{'s' * (cells != 1)}, but there {'are' if width != 1 else 'is'} {width} "
    remedy = "put quotation marks around a value that holds a separator" if cells > width else ""
    return Problem(told + f"heading{'s' * (width != 1)}", place, remedy=remedy)


def _limits(at_least: int, at_most: int) -> str:
    if at_most < LARGEST_INTEGER:
        return f" from {at_least} to {at_most}"
    return f", at least {at_least}" if at_least > -LARGEST_INTEGER else ""
