"""From rows of names to a market: every row checked, every problem told with its place.

All doors that take names (lists, data frames, folders, workbooks) come through :func:`build_market`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from matchsim.engine.labels import Labels
from matchsim.engine.linked_faults import LinkedError
from matchsim.engine.linked_reading import LinkedReading
from matchsim.engine.linked_rows import LinkedRows
from matchsim.engine.linked_rules import Setting, faults
from matchsim.engine.market import Market
from matchsim.engine.rows import (
    LARGEST,
    Complaints,
    Index,
    PlaceOf,
    Runs,
    Values,
    integers,
    names_of,
    numbers_of,
    refuse_repeated,
    texts_of,
)
from matchsim.errors import MarketError, shown
from matchsim.tables import Int32, Int64, frozen

__all__ = ["ApplicantRows", "ProgramRows", "RankingRows", "build_market"]


@dataclass(frozen=True)
class ProgramRows:
    """One row a program.

    Parameters
    ----------
    program, quota
        Names (text or whole numbers) and quotas, in the order that the market keeps.
    place
        ``place(i, column)`` is the place of row ``i`` (from 0) in the column of that name.
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
    linked: LinkedRows | None = None,
) -> Market:
    """A market from rows of names.

    Parameters
    ----------
    programs
        Every program there is.
    applicants
        Applicants who are known whether or not they rank anybody; None when there is no such table.
        Those who appear only as owners in `applicant_rankings` follow, in order of appearance, then
        members of couples who appear nowhere else.
    applicant_rankings, program_rankings
        The rank order lists of both sides. Entries that only one side gave are kept.
    linked
        Couples, supplemental lists, reversions, tracks.

    Raises
    ------
    MarketError
        Names unknown, empty or given twice; quotas below 0; ranks that are not positive integers or
        that tie; somebody twice on one list; rules of the linked parts broken. All problems are told at
        once.
    """
    complaints, linked = Complaints(), linked or LinkedRows()
    program_names = names_of(programs.program, "program", "program", programs.place, complaints)
    refuse_repeated(program_names, "program", programs.place, complaints)
    quota = integers(programs.quota, "quota", 0, programs.place, complaints).astype(np.int32)
    registered: list[str] = []
    if applicants is not None:
        people = applicants.applicant
        registered = names_of(people, "applicant", "applicant", applicants.place, complaints)
        refuse_repeated(registered, "applicant", applicants.place, complaints)
    ranking = applicant_rankings.owner
    appearing = [] if isinstance(ranking, Runs) else texts_of(ranking)
    known_applicants = Index("applicant", chain(registered, appearing, linked.members()))
    known_programs = Index("program", program_names)
    before = len(complaints.problems)
    own = _rank_lists(applicant_rankings, known_applicants, known_programs, complaints)
    complete = len(complaints.problems) == before
    theirs = _rank_lists(program_rankings, known_programs, known_applicants, complaints)
    reading = LinkedReading(known_applicants, known_programs, complaints)
    reading.locate_entries("applicant_rankings", own.row, applicant_rankings.place)
    complete = reading.read(linked) and complete
    labels = Labels.of_index("applicant", known_applicants), Labels.of_index("program", known_programs)
    if complaints.problems:
        setting = Setting(
            *labels, own.starts, own.other, quota, reading.tracks, reading.joint_with, complete=complete
        )
        broken = faults(setting, reading.couples, reading.supplementals, reading.reversions)
        raise MarketError([*complaints.problems, *map(reading.located, broken)])
    try:
        return Market(
            own.starts,
            own.other,
            theirs.starts,
            theirs.other,
            quota,
            *labels,
            own.numbers,
            theirs.numbers,
            reading.couples,
            reading.supplementals,
            reading.reversions,
            reading.tracks,
            reading.joint_with,
            reading.parity,
        )
    except LinkedError as error:
        raise MarketError(map(reading.located, error.faults)) from None


@dataclass(frozen=True)
class _Entries:
    """The sound entries of one side's lists, by owner and rank; `row` is where each was given."""

    owners: Index
    others: Index
    place: PlaceOf
    row: npt.NDArray[np.intp]
    owner: Int32
    rank: Int64
    other: Int32
    starts: Int64

    def names(self, entry: int) -> tuple[str, str]:
        """Owner and other of an entry, as a message shows them."""
        return shown(self.owners.name(self.owner[entry])), shown(self.others.name(self.other[entry]))

    @property
    def numbers(self) -> Int32 | None:
        """The ranks as given; None when they are just 1, 2, 3, ..."""
        plain = np.arange(1, len(self.rank) + 1) - self.starts[self.owner]
        return None if np.array_equal(self.rank, plain) else self.rank.astype(np.int32)


def _rank_lists(rows: RankingRows, owners: Index, others: Index, complaints: Complaints) -> _Entries:
    """The lists of one side, best first."""
    owner = numbers_of(rows.owner, owners, owners.kind, rows.place, complaints)
    other = numbers_of(rows.other, others, others.kind, rows.place, complaints)
    rank = integers(rows.rank, "rank", 1, rows.place, complaints)

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
    entries = _Entries(owners, others, rows.place, row, owner, rank, frozen(other, np.int32), starts)
    _refuse_ties(entries, complaints)
    _refuse_twice(entries, complaints)
    return entries


def _refuse_ties(entries: _Entries, complaints: Complaints) -> None:
    owner, rank, other = entries.owner, entries.rank, entries.other
    tied = (owner[1:] == owner[:-1]) & (rank[1:] == rank[:-1]) & (other[1:] != other[:-1])
    second = np.flatnonzero(tied) + 1

    def told(k: int) -> tuple[str, str]:
        whose, then = entries.names(second[k])
        _, first = entries.names(second[k] - 1)
        return f"{whose} gives rank {rank[second[k]]} to both {first} and {then}", "ranks must differ"

    complaints.add(entries.row[second], "rank", entries.place, told)


def _refuse_twice(entries: _Entries, complaints: Complaints) -> None:
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
