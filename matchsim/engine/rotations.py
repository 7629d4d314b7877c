"""Rotations: the smallest steps from the stable matching best for applicants to the one best for programs."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

import numpy as np

from matchsim.engine.market import Market
from matchsim.engine.matching import Matching
from matchsim.engine.survey import survey
from matchsim.tables import Int32, Int64, Table, column, offsets

__all__ = ["Move", "Rotations", "find_rotations"]

# Rotations that a notebook shows before it says how many more there are.
SHOWN_ROWS = 20


class Move(NamedTuple):
    """One applicant's part in a rotation, by name."""

    applicant: str
    from_program: str
    to_program: str


@dataclass(frozen=True, eq=False, repr=False)
class Rotations(Table):
    """The rotations of a market, each after all those that must come before it.

    A rotation takes the worst applicant held by each of its programs and moves them to the next program
    of the rotation, which prefers them to its own worst: every applicant in it is worse off afterwards,
    every program better. ``rotations[i]`` gives the moves of rotation ``i`` by name.
    """

    rows = "rotation"

    market: Market
    move_offsets: Int64 = offsets("rotation", "move", "where the moves of each rotation start")
    applicant: Int32 = column(np.int32, "move", "index of the applicant who moves")
    from_program: Int32 = column(np.int32, "move", "the program left")
    to_program: Int32 = column(np.int32, "move", "the program joined, which is left by the next move")
    from_applicant_rank: Int32 = column(
        np.int32, "move", "place of the program left on the applicant's list, from 0"
    )
    to_applicant_rank: Int32 = column(
        np.int32, "move", "place of the program joined on the applicant's list, from 0"
    )
    from_program_rank: Int32 = column(
        np.int32, "move", "place of the applicant on the list of the program left, from 0"
    )
    to_program_rank: Int32 = column(
        np.int32, "move", "place of the applicant on the list of the program joined, from 0"
    )
    predecessor_offsets: Int64 = offsets(
        "rotation", "precedence", "where the immediate predecessors of each rotation start"
    )
    predecessor: Int32 = column(
        np.int32, "precedence", "a rotation that must come before, with none in between"
    )

    def __getitem__(self, at: int) -> tuple[Move, ...]:
        at = range(len(self))[at]
        names = self.market.applicant_labels, self.market.program_labels, self.market.program_labels
        moves = slice(self.move_offsets[at], self.move_offsets[at + 1])
        columns = self.applicant[moves], self.from_program[moves], self.to_program[moves]
        listed = ([labels[i] for i in ids.tolist()] for labels, ids in zip(names, columns, strict=True))
        return tuple(Move(*move) for move in zip(*listed, strict=True))

    def __iter__(self) -> Iterator[tuple[Move, ...]]:
        return (self[at] for at in range(len(self)))

    def predecessors(self, at: int) -> list[int]:
        """The rotations that must come before this one, without those that others of them imply."""
        found: list[int] = self.predecessor[slice(*self.predecessor_offsets[at : at + 2])].tolist()
        return found

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{at}</td><td>{', '.join(map(str, self.predecessors(at)))}</td><td>"
            + ", ".join(f"{escape(a)}: {escape(p)} → {escape(q)}" for a, p, q in self[at])
            + "</td></tr>"
            for at in range(min(len(self), SHOWN_ROWS))
        )
        head = "<tr><th>rotation</th><th>directly after</th><th>moves</th></tr>"
        more = f"<p>and {len(self) - SHOWN_ROWS:,} more</p>" if len(self) > SHOWN_ROWS else ""
        return f"<p><b>{escape(repr(self))}</b></p><table>{head}{rows}</table>{more}"


def find_rotations(first: Matching, last: Matching) -> Rotations:
    """The rotations that lead from the applicant-optimal to the program-optimal stable matching.

    Parameters
    ----------
    first, last
        The two matchings, of one market.

    Returns
    -------
    Rotations

    Notes
    -----
    The search for minimal differences of Gusfield, "Three fast algorithms for four problems in stable
    marriage", SIAM Journal on Computing 16 (1987), 111-128, carried over to quotas as by Cheng, McDermid
    and Suzuki, "A unified approach to finding good stable matchings in the hospitals/residents setting",
    Theoretical Computer Science 400 (2008), 84-99: only the worst applicant held can move. Every list is
    passed through once at most, and only lists of those who have several stable partners are touched.
    """
    descent = _Descent(first, last)
    moving = np.flatnonzero(first.program_of != last.program_of)
    for start in np.unique(first.program_of[moving]).tolist():
        descent.settle(start)
    return descent.rotations()


class _Descent:
    """A matching on its way from one end to the other, and what is learnt about rotations meanwhile."""

    def __init__(self, first: Matching, last: Matching) -> None:
        market = self.market = first.market
        # Memory views give plain numbers, one by one, quicker than arrays and without copying the lists.
        self.applicant_offsets = market.applicant_offsets.data
        self.applicant_programs = market.applicant_programs.data
        self.program_rank = market.program_rank.data
        self.program_offsets = market.program_offsets.data
        self.program_applicants = market.program_applicants.data
        self.last_program_of = last.program_of.data
        self.program_of = first.program_of.tolist()
        self.rank_of = first.rank_of.tolist()
        # The worst place on its list that each program holds.
        self.worst = survey(market, first.program_of).worst.tolist()
        # How far down their lists applicants have looked; what a program refuses once it refuses always.
        self.looked: dict[int, int] = {}
        # For programs that took part in rotations: minus the worst place held at first and after each of
        # them (so that it rises), and the rotations themselves (-1 = at first).
        self.history: dict[int, tuple[list[int], list[int]]] = {}
        self.moves: list[tuple[int, ...]] = []
        self.move_offsets = [0]
        self.predecessors: list[list[int]] = []
        # Bit i of preceding[r]: rotation i is r or must come before it.
        self.preceding: list[int] = []

    def settle(self, start: int) -> None:
        """Eliminate rotations until `start` holds whom it holds in the last matching.

        From a program the path goes to the next program that would take its worst applicant; where the
        path meets itself there is a rotation, and what led to it is kept.
        """
        path = {start: None}
        while self._worst_applicant_moves(start):
            program = self._next_program(next(reversed(path)))
            if program not in path:
                path[program] = None
                continue
            cycle = []
            while program in path:
                cycle.append(path.popitem()[0])
            self._eliminate(cycle[::-1])
            if not path:
                path[start] = None

    def rotations(self) -> Rotations:
        sizes = [len(before) for before in self.predecessors]
        arrays = (
            np.array(self.move_offsets),
            *np.array(self.moves, np.int32).reshape(-1, 7).T,
            np.concatenate(([0], np.cumsum(sizes, dtype=np.int64))),
            np.array([i for before in self.predecessors for i in before], np.int32),
        )
        return Rotations(self.market, *arrays)

    def _worst_applicant(self, program: int) -> int:
        applicant: int = self.program_applicants[self.program_offsets[program] + self.worst[program]]
        return applicant

    def _worst_applicant_moves(self, program: int) -> bool:
        # Where a program still changes, its worst applicant is one whom it will lose (Roth and Sotomayor,
        # "Two-Sided Matching", 1990, theorem 5.27).
        return self.last_program_of[self._worst_applicant(program)] != program

    def _next_program(self, program: int) -> int:
        """Where the worst applicant of `program` goes: the next to prefer them to its own worst."""
        a = self._worst_applicant(program)
        start = self.applicant_offsets[a]
        e = start + max(self.looked.get(a, 0), self.rank_of[a] + 1)
        program = self.applicant_programs[e]
        while not 0 <= self.program_rank[e] < self.worst[program]:
            e += 1
            program = self.applicant_programs[e]
        self.looked[a] = e - start
        return program

    def _eliminate(self, cycle: list[int]) -> None:
        rotation = len(self.predecessors)
        applicants = [self._worst_applicant(p) for p in cycle]
        before = (self._before(p, a) for p, a in zip(cycle, applicants, strict=True))
        self._precede({other for others in before for other in others})
        first = applicants.index(min(applicants))
        for i in (*range(first, len(cycle)), *range(first)):
            self._move(applicants[i], cycle[i], cycle[(i + 1) % len(cycle)])
        self.move_offsets.append(len(self.moves))
        for p in cycle:
            reached, by = self.history.setdefault(p, ([-self.worst[p]], [-1]))
            self._lower_worst(p)
            reached.append(-self.worst[p])
            by.append(rotation)

    def _before(self, program: int, applicant: int) -> Iterator[int]:
        """The rotations without which this applicant would not now move from here to where they go."""
        if program in self.history:
            yield self.history[program][1][-1]
        start = self.applicant_offsets[applicant]
        for e in range(start + self.rank_of[applicant] + 1, start + self.looked[applicant]):
            passed, place = self.applicant_programs[e], self.program_rank[e]
            if place >= 0 and passed in self.history:
                # The rotation after which the program passed over no longer wanted them.
                reached, by = self.history[passed]
                yield by[bisect_right(reached, -place)]

    def _precede(self, before: set[int]) -> None:
        """Enter a rotation with its predecessors, leaving out those that others of them imply."""
        immediate, preceding = [], 0
        for other in sorted(before - {-1}, reverse=True):
            if not preceding >> other & 1:
                immediate.append(other)
                preceding |= self.preceding[other]
        self.predecessors.append(immediate[::-1])
        self.preceding.append(preceding | 1 << len(self.preceding))

    def _move(self, applicant: int, left: int, joined: int) -> None:
        before, after = self.rank_of[applicant], self.looked[applicant]
        place = self.program_rank[self.applicant_offsets[applicant] + after]
        self.moves.append((applicant, left, joined, before, after, self.worst[left], place))
        self.program_of[applicant] = joined
        self.rank_of[applicant] = after

    def _lower_worst(self, program: int) -> None:
        start = self.program_offsets[program]
        place = self.worst[program] - 1
        while self.program_of[self.program_applicants[start + place]] != program:
            place -= 1
        self.worst[program] = place
