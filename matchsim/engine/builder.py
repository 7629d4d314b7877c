"""From rows of names to a market: every row checked, every problem told with its place.

All doors that take names (lists, data frames, folders, workbooks) come through :func:`build_market`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, count, islice
from operator import index
from typing import Any

import numpy as np
import numpy.typing as npt

from matchsim.engine.labels import Labels
from matchsim.engine.market import Market
from matchsim.errors import MarketError, Place, Problem, did_you_mean, shown
from matchsim.tables import Int32, Int64, frozen

__all__ = ["ApplicantRows", "PlaceOf", "ProgramRows", "RankingRows", "Runs", "build_market"]

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
class ProgramRows:
    """One row a program.

    Parameters
    ----------
    program, quota
        Names (text or whole numbers) and quotas, in the order that the market keeps.
    place
        ``place(i, column)`` is the place of row ``i`` (from 0) in the column ``"program"`` or ``"quota"``.
    """

    program: Sequence[Any]
    quota: Values
    place: PlaceOf


@dataclass(frozen=True)
class ApplicantRows:
    """One row an applicant; `place` as for :class:`ProgramRows`, with the column ``"applicant"``."""

    applicant: Sequence[Any]
    place: PlaceOf


@dataclass(frozen=True)
class Runs:
    """Owners of whole lists: each name stands for the next `counts` rows. The names must be registered."""

    names: list[Any]
    counts: list[int]


@dataclass(frozen=True)
class RankingRows:
    """One row an entry of a rank order list, in any order.

    Parameters
    ----------
    owner, rank, other
        Whose list it is, the rank given (a positive integer; gaps allowed, ties not), and to whom.
    place
        ``place(i, column)``, where `column` is ``"applicant"``, ``"program"`` or ``"rank"``.
    """

    owner: Sequence[Any] | Runs
    rank: Values
    other: Sequence[Any]
    place: PlaceOf


def build_market(
    programs: ProgramRows,
    applicants: ApplicantRows | None,
    applicant_rankings: RankingRows,
    program_rankings: RankingRows,
) -> Market:
    """A market from rows of names.

    Parameters
    ----------
    programs
        Every program there is.
    applicants
        Applicants who are known whether or not they rank anybody; None when there is no such table.
        Those who appear only as owners in `applicant_rankings` follow, in order of appearance.
    applicant_rankings, program_rankings
        The rank order lists of both sides. Entries that only one side gave are kept.

    Raises
    ------
    MarketError
        Names unknown, empty or given twice; quotas below 0; ranks that are not positive integers or
        that tie; somebody twice on one list. All problems are told at once.
    """
    complaints = _Complaints()
    program_names = _names(programs.program, "program", programs.place, complaints)
    _refuse_repeated(program_names, "program", programs.place, complaints)
    quota = _integers(programs.quota, "quota", 0, programs.place, complaints)
    registered: list[str] = []
    if applicants is not None:
        registered = _names(applicants.applicant, "applicant", applicants.place, complaints)
        _refuse_repeated(registered, "applicant", applicants.place, complaints)
    ranking = applicant_rankings.owner
    appearing = [] if isinstance(ranking, Runs) else _texts(ranking)
    known_applicants = _Index("applicant", chain(registered, appearing))
    known_programs = _Index("program", program_names)
    applicant_offsets, applicant_programs, applicant_numbers = _rank_lists(
        applicant_rankings, known_applicants, known_programs, complaints
    )
    program_offsets, program_applicants, program_numbers = _rank_lists(
        program_rankings, known_programs, known_applicants, complaints
    )
    if complaints.problems:
        raise MarketError(complaints.problems)
    return Market(
        applicant_offsets,
        applicant_programs,
        program_offsets,
        program_applicants,
        quota.astype(np.int32),
        applicant_labels=Labels.of_index("applicant", known_applicants),
        program_labels=Labels.of_index("program", known_programs),
        applicant_rank_numbers=applicant_numbers,
        program_rank_numbers=program_numbers,
    )


class _Complaints:
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


class _Index(dict[str, int]):
    """Name -> number in order of appearance; -1 for names that are not known."""

    def __init__(self, kind: str, names: Iterable[str]) -> None:
        super().__init__(zip(dict.fromkeys(filter(None, names)), count(), strict=False))
        self.kind = kind

    def __missing__(self, name: str) -> int:
        return -1

    def numbers(self, names: Sequence[Any]) -> Int32:
        return np.fromiter(map(self.__getitem__, names), np.int32, len(names))


def _names(values: Sequence[Any], column: str, place: PlaceOf, complaints: _Complaints) -> list[str]:
    """The names as text, "" for those that cannot be names (which are complained of)."""
    names = _texts(values)
    wrong = [row for row, name in enumerate(names) if not name] if "" in names else []

    def told(k: int) -> tuple[str, str]:
        value = values[wrong[k]]
        if value == "":
            return f"the name of the {column} is empty", ""
        return (
            f"the name of {'an' if column[0] == 'a' else 'a'} {column} must be text, got {shown(value)}",
            "",
        )

    complaints.add(wrong, column, place, told)
    return names


def _texts(values: Sequence[Any] | Runs) -> list[str]:
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


def _refuse_repeated(names: list[str], column: str, place: PlaceOf, complaints: _Complaints) -> None:
    if len(set(names)) == len(names):
        return
    first: dict[str, int] = {}
    again = [row for row, name in enumerate(names) if name and first.setdefault(name, row) != row]

    def told(k: int) -> tuple[str, str]:
        name = names[again[k]]
        return f"{column} {shown(name)} is listed twice", f"first: {place(first[name], column)}"

    complaints.add(again, column, place, told)


def _integers(values: Values, column: str, least: int, place: PlaceOf, complaints: _Complaints) -> Int64:
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


@dataclass(frozen=True)
class _Entries:
    """The sound entries of one side's lists, by owner and rank; `row` is where each was given."""

    owners: _Index
    others: _Index
    place: PlaceOf
    row: npt.NDArray[np.intp]
    owner: Int32
    rank: Int64
    other: Int32
    starts: Int64

    def names(self, entry: int) -> tuple[str, str]:
        """Owner and other of an entry, as a message shows them."""
        return shown(_nth(self.owners, self.owner[entry])), shown(_nth(self.others, self.other[entry]))


def _nth(names: _Index, number: int) -> str:
    return next(islice(names, int(number), None))


def _rank_lists(
    rows: RankingRows, owners: _Index, others: _Index, complaints: _Complaints
) -> tuple[Int64, Int32, Int32 | None]:
    """The lists of one side: offsets, who is ranked (best first), rank numbers (None: 1, 2, 3, ...)."""
    owner = _numbers(rows.owner, owners, rows.place, complaints)
    other = _numbers(rows.other, others, rows.place, complaints)
    rank = _integers(rows.rank, "rank", 1, rows.place, complaints)

    # Rows with a problem are left out, so that the others can still be checked against each other.
    row = np.flatnonzero((owner >= 0) & (other >= 0) & (rank > 0))
    if len(row) < len(owner):
        owner, rank, other = owner[row], rank[row], other[row]
    key = owner.astype(np.int64) * (LARGEST + 1) + rank
    if np.any(key[1:] < key[:-1]):
        order = np.argsort(key, kind="stable")
        row, owner, rank, other = row[order], owner[order], rank[order], other[order]
    counts = np.bincount(owner, minlength=len(owners))
    starts: Int64 = frozen(np.concatenate(([0], np.cumsum(counts))), np.int64)
    other = frozen(other, np.int32)
    entries = _Entries(owners, others, rows.place, row, owner, rank, other, starts)
    _refuse_ties(entries, complaints)
    _refuse_twice(entries, complaints)

    plain = np.array_equal(rank, np.arange(1, len(rank) + 1) - starts[owner])
    return starts, other, None if plain else rank.astype(np.int32)


def _numbers(values: Sequence[Any] | Runs, known: _Index, place: PlaceOf, complaints: _Complaints) -> Int32:
    """The number of every name, -1 for those unknown or not names (which are complained of)."""
    if isinstance(values, Runs):
        return np.repeat(known.numbers(_texts(values)), values.counts)
    try:
        numbers = known.numbers(values)
    except TypeError:  # something that cannot be looked up
        numbers = np.full(1, -1, np.int32)
    if numbers.min(initial=0) >= 0:
        return numbers
    names = _names(values, known.kind, place, complaints)
    numbers = known.numbers(names)
    _refuse_unknown(numbers, names, known, place, complaints)
    return numbers


def _refuse_unknown(
    numbers: Int32, names: list[str], known: _Index, place: PlaceOf, complaints: _Complaints
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
        return f"unknown {known.kind} {shown(name)}{places}", near or _REGISTER[known.kind]

    complaints.add(rows, known.kind, place, told)


def _refuse_ties(entries: _Entries, complaints: _Complaints) -> None:
    owner, rank, other = entries.owner, entries.rank, entries.other
    tied = (owner[1:] == owner[:-1]) & (rank[1:] == rank[:-1]) & (other[1:] != other[:-1])
    second = np.flatnonzero(tied) + 1

    def told(k: int) -> tuple[str, str]:
        whose, then = entries.names(second[k])
        _, first = entries.names(second[k] - 1)
        return f"{whose} gives rank {rank[second[k]]} to both {first} and {then}", "ranks must differ"

    complaints.add(entries.row[second], "rank", entries.place, told)


def _refuse_twice(entries: _Entries, complaints: _Complaints) -> None:
    from matchsim.engine import _kernels

    again = np.zeros(len(entries.other), np.bool_)
    _kernels.mark_repeats(entries.starts, entries.other, len(entries.others), again)
    second = np.flatnonzero(again)
    column = entries.others.kind

    def told(k: int) -> tuple[str, str]:
        entry = second[k]
        start = entries.starts[entries.owner[entry]]
        first = start + np.flatnonzero(entries.other[start:] == entries.other[entry])[0]
        whose, whom = entries.names(entry)
        return f"{whose} ranks {whom} twice", f"first: {entries.place(int(entries.row[first]), column)}"

    complaints.add(entries.row[second], column, entries.place, told)
