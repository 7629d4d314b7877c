"""The cells of a person's own table as columns of a season: defaults filled in, every bad cell told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

import numpy as np
import numpy.typing as npt

from matchsim.errors import Problem, TableError, did_you_mean, shown
from matchsim.sheet_formats import folded
from matchsim.sheets import Sheet, shortened
from matchsim.tables import Bool, Float32, Int64

__all__ = ["Cells", "by_folded"]

# Headings as alike as this are taken for misspelt: `speciality`, but not `preferred_name`.
MISSPELT = 0.85
# A wrong column has thousands of unknown words; similar ones are looked for this often.
SUGGESTED = 50


def by_folded(words: Iterable[str]) -> dict[str, int]:
    """Code by word; capitals, blanks, hyphens and underscores make no difference."""
    return {folded(word): code for code, word in enumerate(words)}


class Cells:
    """Columns of a sheet, one entry a row, and the problems met on the way.

    Parameters
    ----------
    sheet
        The table; None where there is none, and every column has its default.
    rows
        Length of the columns; rows beyond the sheet's have the default. The sheet's own by default.
    """

    def __init__(self, sheet: Sheet | None, rows: int | None = None) -> None:
        assert sheet is not None or rows is not None
        self.sheet = sheet
        self.rows = len(sheet) if rows is None and sheet is not None else rows or 0
        self.problems: list[Problem] = []

    def has(self, column: str) -> bool:
        """Whether the sheet has this column."""
        return self.sheet is not None and bool(self.sheet.named(column))

    def require(self, *columns: str) -> None:
        """Raise a TableError when one of these columns is missing."""
        if self.sheet is not None:
            self.sheet.require(*columns)

    def names(self, column: str) -> tuple[str, ...]:
        """A column of names, none of them empty, no two alike."""
        assert self.sheet is not None
        names = self.sheet.texts(column, self.problems)
        first: dict[str, int] = {}
        for row, name in enumerate(names):
            before = first.setdefault(name, row)
            if before != row and name:
                told = f"{column} {shown(name)} is listed twice"
                self.complain(row, column, told, f"first: {self.sheet.place(before, column)}")
        return tuple(names)

    def integers(self, column: str, default: int | None, at_least: int, at_most: int) -> Int64:
        """A column of whole numbers within limits; `default` None: no cell may be empty."""
        filler = at_least if default is None else default
        if not self.has(column):
            return np.full(self.rows, filler, dtype=np.int64)
        assert self.sheet is not None
        limits = {"at_least": at_least, "at_most": at_most}
        return self._filled(
            self.sheet.integers(column, self.problems, blank=default, **limits), filler, np.int64
        )

    def numbers(self, column: str, default: float, at_least: float, at_most: float) -> Float32:
        """A column of numbers within limits."""
        if not self.has(column):
            return np.full(self.rows, default, dtype=np.float32)
        assert self.sheet is not None
        values = self._filled(self.sheet.numbers(column, self.problems, blank=default), default, np.float64)
        for row in np.flatnonzero((values < at_least) | (values > at_most)):
            text = self.sheet.column(column)[row]
            self.complain(
                int(row), column, f"{column} must be from {at_least:g} to {at_most:g}, got {shown(text)}"
            )
        limited: Float32 = np.clip(values, at_least, at_most).astype(np.float32)
        return limited

    def flags(self, column: str, default: bool) -> Bool:
        """A column of true and false."""
        if not self.has(column):
            return np.full(self.rows, default, dtype=np.bool_)
        assert self.sheet is not None
        return self._filled(self.sheet.flags(column, self.problems, blank=default), default, np.bool_)

    def words(self, column: str, allowed: Sequence[str], default: int) -> Int64:
        """A column of words as their positions in `allowed`, however they are written."""
        told = f"{column} must be one of {', '.join(allowed)}"
        return self.codes(column, by_folded(allowed), default, told, allowed)

    def codes(
        self,
        column: str,
        known: Mapping[str, int],
        default: int,
        told: str,
        suggested: Sequence[str],
        remedy: str = "",
    ) -> Int64:
        """A column of words as codes.

        Parameters
        ----------
        column
            The column; cells may be empty.
        known
            Code by folded word.
        default
            The code of an empty cell.
        told
            What an unknown word is told is allowed.
        suggested
            The words, as they are written, that one may have meant.
        remedy
            What an unknown word is told where none is near.
        """
        if not self.has(column):
            return np.full(self.rows, default, dtype=np.int64)
        assert self.sheet is not None
        texts = self.sheet.column(column)
        code_of = {text: known.get(folded(text)) if text else default for text in set(texts)}
        unknown = [text for text in dict.fromkeys(texts) if code_of[text] is None]
        near = {text: did_you_mean(text, suggested) for text in unknown[:SUGGESTED]}
        if unknown:
            for row, text in enumerate(texts):
                if code_of[text] is None:
                    self.complain(row, column, f"{told}, got {shown(text)}", near.get(text) or remedy)
        return self._filled([code_of[text] for text in texts], default, np.int64)

    def categories(self, column: str, default: str) -> tuple[Int64, tuple[str, ...]]:
        """A column of free words as codes, and the words as first written, in order of appearance.

        An empty cell stands for `default`.
        """
        texts = self.sheet.column(column) if self.sheet is not None and self.has(column) else []
        words = [text or default for text in texts] + [default] * (self.rows - len(texts))
        first: dict[str, str] = {}
        for word in dict.fromkeys(words):
            first.setdefault(folded(word), word)
        code_of = by_folded(first.values())
        codes = np.fromiter((code_of[folded(word)] for word in words), np.int64, len(words))
        return codes, tuple(first.values())

    def refuse_misspelt(self, *known: str) -> None:
        """Complain of columns that are not read but look like one that is missing; others may be there."""
        if self.sheet is None:
            return
        missing = [column for column in known if not self.has(column)]
        read = by_folded(known)
        for heading in (heading for heading in self.sheet.header if folded(heading) not in read):
            for column in missing:
                if SequenceMatcher(None, folded(heading), column).ratio() >= MISSPELT:
                    told = f"column {heading!r} is not read"
                    place = self.sheet.heading_place(heading)
                    self.problems.append(
                        Problem(told, place, remedy=f"did you mean {column!r}? Otherwise rename it")
                    )

    def complain(self, row: int, column: str, told: str, remedy: str = "") -> None:
        """Add a problem of one cell."""
        assert self.sheet is not None
        self.problems.append(Problem(told, self.sheet.place(row, column), remedy=remedy))

    def refuse(self) -> None:
        """Raise a TableError with the problems met, if any, in the order of the file."""
        if self.problems:
            in_order = sorted(self.problems, key=lambda problem: problem.place)
            raise TableError(shortened(in_order))

    def _filled(self, values: Sequence[Any], default: Any, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
        column = np.full(self.rows, default, dtype=dtype)
        column[: len(values)] = [default if value is None else value for value in values]
        return column
