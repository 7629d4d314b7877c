"""The linked parts of a market read from rows.

A cell that cannot be used is complained of where it stands; the sound rows become the tables of
:mod:`matchsim.engine.linked`, and what breaks their rules is traced back to the cell that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from matchsim.engine.linked import PARITIES, TRACKS, Couples, Reversions, Supplementals
from matchsim.engine.linked_faults import Fault
from matchsim.engine.linked_rows import (
    NO_MATCH,
    CoupleRows,
    FeatureRows,
    LinkedRows,
    ReversionRows,
    SupplementalRows,
)
from matchsim.engine.rows import (
    Complaints,
    Index,
    PlaceOf,
    Values,
    integers,
    is_empty,
    names_of,
    numbers_of,
    texts_of,
)
from matchsim.errors import Place, Problem, did_you_mean, shown
from matchsim.tables import Bool, Int8, Int32, Int64

__all__ = ["LinkedReading"]

Rows = npt.NDArray[np.intp]

# Stands for a cell that cannot be used, beside -1 = No Match.
UNUSABLE = -2


@dataclass
class LinkedReading:
    """The linked parts of a market read from rows, and where each of their rows stands.

    Parameters
    ----------
    applicants, programs
        The names that there are.
    complaints
        Where problems go.
    """

    applicants: Index
    programs: Index
    complaints: Complaints
    couples: Couples | None = None
    supplementals: Supplementals | None = None
    reversions: Reversions | None = None
    tracks: Int8 | None = None
    joint_with: Int32 | None = None
    parity: Int8 | None = None
    _cells: dict[str, Callable[[Fault], Place]] = field(default_factory=dict)

    def read(self, rows: LinkedRows) -> bool:
        """Read everything that there is; whether the lists of couples are complete."""
        if rows.features is not None:
            self._read_features(rows.features)
        before = len(self.complaints.problems)
        if rows.couples is not None:
            self._refuse_program_named_no_match(rows.features)
            self._read_couples(rows.couples)
        complete = len(self.complaints.problems) == before
        if rows.supplementals is not None:
            self._read_supplementals(rows.supplementals)
        if rows.reversions is not None:
            self._read_reversions(rows.reversions)
        return complete

    def located(self, fault: Fault) -> Problem:
        """A broken rule as a problem with the place of the cell."""
        if fault.table not in self._cells:
            return fault.problem()
        return Problem(fault.message, self._cells[fault.table](fault), remedy=fault.remedy)

    def locate_entries(self, table: str, rows: Rows, place: PlaceOf) -> None:
        """Say where the entries of another table, which a rule may complain of, stand."""
        self._cells[table] = lambda fault: place(int(rows[fault.row]), fault.column)

    def _read_features(self, rows: FeatureRows) -> None:
        programs = self.programs.numbers(texts_of(rows.program))
        first = np.zeros(len(self.programs), np.intp)
        named = np.flatnonzero(programs >= 0)
        first[programs[named][::-1]] = named[::-1]
        self._cells["joint_with"] = lambda fault: rows.place(int(first[fault.row]), fault.column)
        tracks = self._codes(rows.track, TRACKS, -1, "track", rows.place)
        if tracks is not None and (tracks >= 0).any():
            self.tracks = tracks[first]
        parity = self._codes(rows.parity, PARITIES, 0, "parity", rows.place)
        if parity is not None and parity.any():
            self.parity = parity[first]
        if rows.joint_with is not None:
            advanced = self._optional(rows.joint_with, "joint_with", rows.place, _absent(rows.joint_with), "")
            if (advanced >= 0).any():
                self.joint_with = advanced[first].clip(-1)

    def _codes(
        self, words: Sequence[Any] | None, allowed: tuple[str, ...], missing: int, column: str, place: PlaceOf
    ) -> Int8 | None:
        """The code of each word, `missing` for empty cells and for words that are not allowed."""
        if words is None:
            return None
        codes = {word: code for code, word in enumerate(allowed)}
        wrong = [row for row, word in enumerate(words) if not is_empty(word) and word not in codes]

        def told(k: int) -> tuple[str, str]:
            word = words[wrong[k]]
            near = did_you_mean(str(word), allowed)
            return f"{column} must be one of {', '.join(allowed)}, got {shown(word)}", near

        self.complaints.add(wrong, column, place, told)
        return np.array([codes.get(word, missing) for word in words], np.int8)

    def _refuse_program_named_no_match(self, rows: FeatureRows | None) -> None:
        if rows is not None and NO_MATCH in self.programs:
            told = f"{NO_MATCH} means No Match on the lists of couples and cannot name a program"
            row = texts_of(rows.program).index(NO_MATCH)
            self.complaints.add([row], "program", rows.place, lambda _: (told, ""))

    def _read_couples(self, rows: CoupleRows) -> None:
        couples = names_of(rows.couple, "couple", "couple", rows.place, self.complaints)
        owner = Index("couple", couples).numbers(couples)
        remedy = "name both members in every row, and leave the program empty for No Match"
        members = np.stack(
            [
                numbers_of(people, self.applicants, f"applicant_{n}", rows.place, self.complaints, remedy)
                for n, people in ((1, rows.applicant_1), (2, rows.applicant_2))
            ]
        )
        seats = np.stack(
            [
                self._optional(programs, f"program_{n}", rows.place, _absent(programs, NO_MATCH), rows.remedy)
                for n, programs in ((1, rows.program_1), (2, rows.program_2))
            ]
        )
        known = (owner >= 0) & (members >= 0).all(axis=0)
        first = _first_rows(owner, known)
        same = self._agreeing(rows, couples, owner, members, known, first)
        rank, _ = self._ranks(rows.rank, owner, _absent(rows.program_1) & _absent(rows.program_2), rows)
        ranked = same & (rank > 0)
        self._refuse_ties(
            ranked, owner, rank, "rank", rows.place, lambda row: f"couple {shown(couples[row])}"
        )
        sound = np.flatnonzero(ranked & (seats > UNUSABLE).all(axis=0))
        order, offsets, numbers = _lists(sound, owner, rank, first)
        heads = first[first >= 0]
        self._locate_lists("couples", order, heads, rows.place)
        if len(heads):
            self.couples = Couples(
                members[0, heads], members[1, heads], offsets, seats[0, order], seats[1, order], numbers
            )

    def _agreeing(
        self,
        rows: CoupleRows,
        couples: list[str],
        owner: Int32,
        members: npt.NDArray[np.int32],
        known: Bool,
        first: Rows,
    ) -> Bool:
        """The rows with the members that the couple has in its first row; complains of the others."""
        head = np.where(known, first[owner], 0)
        same: Bool = known & (members == members[:, head]).all(axis=0)
        wrong = np.flatnonzero(known & ~same)

        def told(k: int) -> tuple[str, str]:
            row = int(wrong[k])
            there, here = members[:, head[row]].tolist(), members[:, row].tolist()
            names = [" and ".join(map(repr, map(self.applicants.name, pair))) for pair in (there, here)]
            where = rows.place(int(head[row]), "applicant_1")
            remedy = "every couple needs a name of its own"
            if there == here[::-1]:
                remedy = "name the members in the same order in every row"
            message = f"couple {shown(couples[row])} is {names[1]} here, but {names[0]} before"
            return message, f"{remedy}; first: {where}"

        self.complaints.add(wrong, "applicant_1", rows.place, told)
        return same

    def _read_supplementals(self, rows: SupplementalRows) -> None:
        people = numbers_of(rows.applicant, self.applicants, "applicant", rows.place, self.complaints)
        advanced = numbers_of(
            rows.advanced_program, self.programs, "advanced_program", rows.place, self.complaints
        )
        known = (people >= 0) & (advanced >= 0)
        owner = _numbered(people, advanced, known)
        absent = _absent(rows.program)
        rank, empty = self._ranks(rows.rank, owner, absent, rows)
        programs = self._optional(rows.program, "program", rows.place, empty, "")
        first = _first_rows(owner, known)
        ranked = known & (rank > 0)

        def whose(row: int) -> str:
            names = self.applicants.name(people[row]), self.programs.name(advanced[row])
            return f"the list of {shown(names[0])} for {shown(names[1])}"

        self._refuse_ties(ranked, owner, rank, "rank", rows.place, whose)
        order, offsets, numbers = _lists(np.flatnonzero(ranked & (programs >= 0)), owner, rank, first)
        heads = first[first >= 0]
        self._locate_lists("supplementals", order, heads, rows.place)
        if len(heads):
            self.supplementals = Supplementals(
                people[heads], advanced[heads], offsets, programs[order], numbers
            )

    def _read_reversions(self, rows: ReversionRows) -> None:
        ends = [
            numbers_of(names, self.programs, column, rows.place, self.complaints)
            for column, names in (("donor", rows.donor), ("receiver", rows.receiver))
        ]
        positions = integers(rows.positions, "positions", 1, rows.place, self.complaints).astype(np.int32)
        turn = np.arange(1, len(positions) + 1)
        if rows.order is not None:
            turn = integers(rows.order, "order", 1, rows.place, self.complaints)
        ranked = (ends[0] >= 0) & (turn > 0)
        self._refuse_ties(
            ranked,
            ends[0],
            turn,
            "order",
            rows.place,
            lambda row: f"donor {shown(self.programs.name(ends[0][row]))}",
        )
        sound = np.flatnonzero(ranked & (ends[1] >= 0) & (positions > 0))
        order = sound[np.argsort(turn[sound], kind="stable")]
        self.locate_entries("reversions", order, rows.place)
        if len(order):
            self.reversions = Reversions(ends[0][order], ends[1][order], positions[order])

    def _optional(
        self, names: Sequence[Any], column: str, place: PlaceOf, absent: Bool, remedy: str
    ) -> Int32:
        """The programs of a column: -1 where `absent`, ``UNUSABLE`` where there is no such program."""
        numbers = np.full(len(names), -1, np.int32)
        rows = np.flatnonzero(~absent)

        def place_of(k: int, column: str) -> Place:
            return place(int(rows[k]), column)

        given = [names[row] for row in rows.tolist()]
        found = numbers_of(given, self.programs, column, place_of, self.complaints, remedy)
        numbers[rows] = np.where(found >= 0, found, UNUSABLE)
        return numbers

    def _ranks(
        self, ranks: Values, owner: Int32, absent: Bool, rows: CoupleRows | SupplementalRows
    ) -> tuple[Int64, Bool]:
        """The ranks, and the rows that only say that a list is empty: nothing in them, and no other row."""
        alone = np.bincount(owner[owner >= 0], minlength=1) == 1
        empty: Bool = absent & _absent(ranks) & (owner >= 0) & alone[owner]
        given = np.flatnonzero(~empty)

        def place(k: int, column: str) -> Place:
            return rows.place(int(given[k]), column)

        found, cells = np.zeros(len(owner), np.int64), list(ranks)
        found[given] = integers([cells[row] for row in given.tolist()], "rank", 1, place, self.complaints)
        return found, empty

    def _refuse_ties(
        self,
        ranked: Bool,
        owner: Int32,
        rank: Int64,
        column: str,
        place: PlaceOf,
        whose: Callable[[int], str],
    ) -> None:
        """Complain of two rows of one owner with the same rank, whatever else may be wrong with them."""
        order = np.flatnonzero(ranked)
        order = order[np.lexsort((rank[order], owner[order]))]
        tied = (owner[order][1:] == owner[order][:-1]) & (rank[order][1:] == rank[order][:-1])
        second = np.flatnonzero(tied) + 1

        def told(k: int) -> tuple[str, str]:
            row, before = int(order[second[k]]), int(order[second[k] - 1])
            message = f"{whose(row)} has the {column} {rank[row]} twice"
            return message, f"they must differ; first: {place(before, column)}"

        self.complaints.add(order[second], column, place, told)

    def _locate_lists(self, table: str, order: Rows, heads: Rows, place: PlaceOf) -> None:
        def cell(fault: Fault) -> Place:
            row = order[fault.row] if fault.row >= 0 else heads[fault.owner]
            return place(int(row), fault.column)

        self._cells[table] = cell


def _lists(sound: Rows, owner: Int32, rank: Int64, first: Rows) -> tuple[Rows, Int64, Int32 | None]:
    """The sound rows list by list, best first, with the offsets and (unless 1, 2, 3, ...) the ranks."""
    order = sound[np.lexsort((rank[sound], owner[sound]))]
    lengths = np.bincount(owner[order], minlength=len(first))[first >= 0]
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    plain = np.arange(1, len(order) + 1) - np.repeat(offsets[:-1], lengths)
    # Ties have been complained of; the tables want ranks that rise.
    numbers = rank[order].astype(np.int32)
    rising = np.isin(np.flatnonzero(numbers[1:] <= numbers[:-1]) + 1, offsets).all()
    return order, offsets, None if np.array_equal(plain, numbers) or not rising else numbers


def _absent(cells: Values, *codes: str) -> Bool:
    """Which cells are empty, or one of these codes (as text or as a number)."""
    nothing = {"", None, *codes, *map(int, codes)}
    try:
        return np.array([cell in nothing for cell in cells], np.bool_)
    except TypeError:  # something that cannot be looked up
        return np.array([isinstance(cell, Hashable) and cell in nothing for cell in cells], np.bool_)


def _first_rows(owner: Int32, known: Bool) -> Rows:
    """The first known row of every owner, -1 for none."""
    first = np.full(int(owner.max(initial=0)) + 1, -1, np.intp)
    rows = np.flatnonzero(known)
    first[owner[rows][::-1]] = rows[::-1]
    return first


def _numbered(people: Int32, programs: Int32, known: Bool) -> Int32:
    """Pairs numbered in order of appearance; -1 where not known."""
    numbers = np.full(len(people), -1, np.int32)
    keys = people[known].astype(np.int64) << 32 | programs[known]
    _, first, pair = np.unique(keys, return_index=True, return_inverse=True)
    numbers[known] = np.argsort(np.argsort(first))[pair]
    return numbers
