"""Rows of names and numbers as people give them: checked, looked up, complained of with their places.

Used by :mod:`matchsim.engine.builder` for rank order lists and by :mod:`matchsim.engine.linked_rows` for
couples, supplemental lists and reversions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import count, islice
from operator import index
from typing import Any

import numpy as np
import numpy.typing as npt

from matchsim.errors import Place, Problem, did_you_mean, shown
from matchsim.tables import Int32, Int64

__all__ = [
    "LARGEST",
    "Complaints",
    "Index",
    "PlaceOf",
    "Runs",
    "Values",
    "integers",
    "is_empty",
    "names_of",
    "numbers_of",
    "refuse_repeated",
    "texts_of",
]

PlaceOf = Callable[[int, str], Place]
Values = Sequence[Any] | npt.NDArray[Any]

LARGEST = 2**31 - 1
# Problems of one kind told one by one: a file with a wrong column has half a million of them.
TOLD = 100
# Looking for a similar name among 47,000 takes a third of a second.
SUGGESTED = 5

_REGISTER = {
    "applicant": "applicants who rank nobody must be listed too",
    "program": "every program must be listed, with its quota",
}


@dataclass(frozen=True)
class Runs:
    """Owners of whole lists: each name stands for the next `counts` rows. The names must be registered."""

    names: list[Any]
    counts: list[int]


class Complaints:
    """The problems found so far."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(
        self,
        rows: Sequence[int] | npt.NDArray[np.intp],
        column: str,
        place: PlaceOf,
        told: Callable[[int], tuple[str, str]],
    ) -> None:
        """Complain of the cells of `column` in `rows`: ``told(k)`` is message and remedy of ``rows[k]``."""
        for k, row in enumerate(rows[:TOLD]):
            message, remedy = told(k)
            self.problems.append(Problem(message, place(int(row), column), remedy=remedy))
        if len(rows) > TOLD:
            where = place(int(rows[TOLD]), column)
            self.problems.append(Problem(f"{len(rows) - TOLD:,} more problems of this kind follow", where))


class Index(dict[str, int]):
    """Name -> number in order of appearance; -1 for names that are not known."""

    def __init__(self, kind: str, names: Iterable[str]) -> None:
        super().__init__(zip(dict.fromkeys(filter(None, names)), count(), strict=False))
        self.kind = kind

    def __missing__(self, name: str) -> int:
        return -1

    def numbers(self, names: Sequence[Any]) -> Int32:
        """The number of every name."""
        return np.fromiter(map(self.__getitem__, names), np.int32, len(names))

    def name(self, number: int) -> str:
        """The name with this number; slow, for messages."""
        return next(islice(self, int(number), None))


def names_of(
    values: Sequence[Any], kind: str, column: str, place: PlaceOf, complaints: Complaints, remedy: str = ""
) -> list[str]:
    """The names as text, "" for those that cannot be names (which are complained of).

    Parameters
    ----------
    values
        The cells of one column.
    kind
        What is named, for messages: ``"applicant"``, ``"program"``, ``"couple"``.
    column, place
        Where they stand.
    complaints
        Where problems go.
    remedy
        What to do about an empty cell.
    """
    names = texts_of(values)
    wrong = [row for row, name in enumerate(names) if not name] if "" in names else []

    def told(k: int) -> tuple[str, str]:
        value = values[wrong[k]]
        if isinstance(value, str):
            return f"the name of the {kind} is empty", remedy
        return f"the name of {'an' if kind[0] == 'a' else 'a'} {kind} must be text, got {shown(value)}", ""

    complaints.add(wrong, column, place, told)
    return names


def is_empty(value: Any) -> bool:
    """Whether a cell has nothing in it."""
    return value is None or (isinstance(value, str) and not value)


def texts_of(values: Sequence[Any] | Runs) -> list[str]:
    """The names as text, "" for those that cannot be names."""
    if isinstance(values, Runs):
        values = values.names
    return list(values) if set(map(type, values)) <= {str} else list(map(_name, values))


def _name(value: Any) -> str:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, (bool, np.bool_)):
        return ""
    try:
        return str(index(value))
    except TypeError:
        return ""


def refuse_repeated(names: list[str], column: str, place: PlaceOf, complaints: Complaints) -> None:
    """Complain of every name that stands there a second time."""
    if len(set(names)) == len(names):
        return
    first: dict[str, int] = {}
    again = [row for row, name in enumerate(names) if name and first.setdefault(name, row) != row]

    def told(k: int) -> tuple[str, str]:
        name = names[again[k]]
        return f"{column} {shown(name)} is listed twice", f"first: {place(first[name], column)}"

    complaints.add(again, column, place, told)


def integers(values: Values, column: str, least: int, place: PlaceOf, complaints: Complaints) -> Int64:
    """The values as int64; those that are no whole number from `least` are complained of and become -1."""
    array = np.asarray(values)
    if array.dtype.kind not in "iu":
        array = np.fromiter(map(_integer, values), np.int64, len(values))
    numbers = array.astype(np.int64)
    wrong = np.flatnonzero((numbers < least) | (numbers > LARGEST))
    if len(wrong):
        numbers[wrong] = -1

    def told(k: int) -> tuple[str, str]:
        value = values[int(wrong[k])]
        value = value.item() if isinstance(value, np.generic) else value
        return f"{column} must be a whole number from {least} to {LARGEST}, got {shown(value)}", ""

    complaints.add(wrong, column, place, told)
    return numbers


def _integer(value: Any) -> int:
    if isinstance(value, (bool, np.bool_)):
        return -1
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    try:
        return max(-1, min(index(value), LARGEST + 1))
    except TypeError:
        return -1


def numbers_of(
    values: Sequence[Any] | Runs,
    known: Index,
    column: str,
    place: PlaceOf,
    complaints: Complaints,
    remedy: str = "",
) -> Int32:
    """The number of every name, -1 for those unknown or not names (which are complained of).

    Parameters
    ----------
    values, column, place, complaints
        As for :func:`names_of`.
    known
        The names that there are.
    remedy
        What to do about a name that is not like any of them.
    """
    if isinstance(values, Runs):
        return np.repeat(known.numbers(texts_of(values)), values.counts)
    try:
        numbers = known.numbers(values)
    except TypeError:  # something that cannot be looked up
        numbers = np.full(1, -1, np.int32)
    if numbers.min(initial=0) >= 0:
        return numbers
    names = names_of(values, known.kind, column, place, complaints, remedy)
    numbers = known.numbers(names)
    _refuse_unknown(numbers, names, known, column, place, complaints, remedy)
    return numbers


def _refuse_unknown(
    numbers: Int32,
    names: list[str],
    known: Index,
    column: str,
    place: PlaceOf,
    complaints: Complaints,
    remedy: str,
) -> None:
    """Complain of every unknown name once, where it comes first."""
    often: Counter[str] = Counter()
    rows = []
    for row in np.flatnonzero(numbers < 0):
        name = names[row]
        if name and name not in often:
            rows.append(int(row))
        often[name] += 1

    def told(k: int) -> tuple[str, str]:
        name = names[rows[k]]
        places = f" in {often[name]:,} places" if often[name] > 1 else ""
        near = did_you_mean(name, known) if k < SUGGESTED else ""
        return f"unknown {known.kind} {shown(name)}{places}", near or remedy or _REGISTER[known.kind]

    complaints.add(rows, column, place, told)
