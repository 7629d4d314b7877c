"""What blocks a matching, in names and ranks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from matchsim.engine.folder_writing import applicant_rank_numbers, program_rank_numbers
from matchsim.engine.linked_writing import rank_numbers
from matchsim.engine.matching import Matching
from matchsim.engine.stability import is_individually_rational
from matchsim.engine.stability_linked import KINDS, Definition, blocking_units

__all__ = ["BlockingCouple", "BlockingList", "BlockingPair", "Blocks", "Seat", "blocks_of"]


@dataclass(frozen=True)
class Seat:
    """A position that somebody would rather have, as its program sees it.

    Parameters
    ----------
    program, applicant, program_rank
        The program, who would come, and the rank that it gave them, as submitted.
    displaces, displaces_rank
        Whom it holds and likes least beside those who come, with their rank; None when it has a free
        position, or would have when those who come had left theirs.
    """

    program: str
    applicant: str
    program_rank: int
    displaces: str | None
    displaces_rank: int | None

    def __str__(self) -> str:
        holds = "has a free position"
        if self.displaces is not None:
            holds = f"holds {self.displaces} (rank {self.displaces_rank})"
        return f"{self.program} ranks {self.applicant} {self.program_rank} and {holds}"


@dataclass(frozen=True)
class BlockingPair:
    """A single applicant and a program that would rather have each other.

    Parameters
    ----------
    applicant, program
        Their names.
    applicant_rank, program_rank
        The ranks that they gave each other, as submitted.
    applicant_has, applicant_has_rank
        The program that the matching gives the applicant, and its rank; None for none.
    displaces, displaces_rank
        Whom the program holds and likes least, with its rank; None when it has a free position.
    """

    applicant: str
    program: str
    applicant_rank: int
    program_rank: int
    applicant_has: str | None
    applicant_has_rank: int | None
    displaces: str | None
    displaces_rank: int | None

    def __str__(self) -> str:
        has = "is unmatched"
        if self.applicant_has is not None:
            has = f"has {self.applicant_has} (rank {self.applicant_has_rank})"
        seat = Seat(self.program, self.applicant, self.program_rank, self.displaces, self.displaces_rank)
        who = f"{self.applicant} and {self.program}: {self.applicant}"
        return f"{who} ranks it {self.applicant_rank} and {has}; {seat}"


@dataclass(frozen=True)
class BlockingCouple:
    """A couple and a pair of programs that would take it, and that it would rather have.

    Parameters
    ----------
    applicants, programs
        The members, and the program of each; None = No Match.
    rank
        The rank of the pair as submitted.
    has, has_rank
        What the members have, and the rank of that pair; the rank is None when they are unmatched.
    seats
        The positions of the pair.
    """

    applicants: tuple[str, str]
    programs: tuple[str | None, str | None]
    rank: int
    has: tuple[str | None, str | None]
    has_rank: int | None
    seats: tuple[Seat, ...]

    def __str__(self) -> str:
        has = "are unmatched"
        if self.has_rank is not None:
            has = f"have {_pair(self.has)} (rank {self.has_rank})"
        who, seats = " and ".join(self.applicants), "; ".join(map(str, self.seats))
        return f"{who} with {_pair(self.programs)}: they rank it {self.rank} and {has}; {seats}"


@dataclass(frozen=True)
class BlockingList:
    """A supplemental list and a program on it that would take its owner.

    Parameters
    ----------
    applicant, advanced_program
        Whose list it is, and the program that it hangs on.
    program, rank
        The program, and its rank on the list as submitted.
    has, has_rank
        What the list gave so far; None for nothing.
    seat
        The position.
    """

    applicant: str
    advanced_program: str
    program: str
    rank: int
    has: str | None
    has_rank: int | None
    seat: Seat

    def __str__(self) -> str:
        has = "nothing from it" if self.has is None else f"{self.has} (rank {self.has_rank})"
        who = f"{self.applicant}, list for {self.advanced_program}, with {self.program}: {self.applicant}"
        return f"{who} ranks it {self.rank} and has {has}; {self.seat}"


class Blocks(NamedTuple):
    """All that blocks, by kind, in the order of the market."""

    pairs: tuple[BlockingPair, ...]
    couples: tuple[BlockingCouple, ...]
    supplemental_lists: tuple[BlockingList, ...]

    def lines(self) -> list[str]:
        """A line for each."""
        return [str(block) for blocks in self for block in blocks]


def _pair(programs: tuple[str | None, str | None]) -> str:
    return " and ".join("No Match" if program is None else program for program in programs)


def blocks_of(matching: Matching, definition: Definition = "responsive") -> Blocks:
    """What blocks a matching, with the names and the ranks as they were submitted.

    Parameters
    ----------
    matching
        A matching; where it is not individually rational, nothing is told.
    definition
        The definition of stability; see :func:`~matchsim.engine.stability_linked.blocking_units`.
    """
    market = matching.market
    if not is_individually_rational(market, matching):
        return Blocks((), (), ())
    units = blocking_units(market, matching, definition)
    told = _Telling(matching)
    columns = units.kind, units.applicant, units.program, units.partner_program, units.place, units.advanced
    pairs: list[BlockingPair] = []
    couples: list[BlockingCouple] = []
    lists: list[BlockingList] = []
    for kind, a, p, q, place, advanced in zip(*(column.tolist() for column in columns), strict=True):
        if KINDS[kind] == "single":
            pairs.append(told.pair(a, p, place))
        elif KINDS[kind] == "couple":
            couples.append(told.couple(a, (p, q), place))
        else:
            lists.append(told.supplemental(a, advanced, p, place))
    return Blocks(tuple(pairs), tuple(couples), tuple(lists))


@dataclass
class _Telling:
    """Names and ranks of one matching, looked up when asked for."""

    matching: Matching
    _holds: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    _places: dict[int, dict[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        market = self.market = self.matching.market
        self.people, self.programs = list(market.applicant_labels), list(market.program_labels)
        self.by_applicants, self.by_programs = applicant_rank_numbers(market), program_rank_numbers(market)
        self.ranks, self.second_ranks = self.matching.rank_numbers, self.matching.second_rank_numbers
        self.held = _rosters(self.matching)
        if market.couples is not None:
            self.by_couples = rank_numbers(market.couples.offsets, market.couples.rank_numbers)
        lists = market.supplementals
        if lists is not None:
            self.by_lists = rank_numbers(lists.offsets, lists.rank_numbers)
            owners = zip(lists.applicant.tolist(), lists.advanced.tolist(), strict=True)
            self.list_of = {owner: s for s, owner in enumerate(owners)}

    def pair(self, a: int, p: int, place: int) -> BlockingPair:
        (seat,) = self._seats((a,), (p,))
        rank = int(self.by_applicants[self.market.applicant_offsets[a] + place])
        has = self._program(int(self.matching.program_of[a]))
        return BlockingPair(
            seat.applicant,
            seat.program,
            rank,
            seat.program_rank,
            has,
            None if has is None else int(self.ranks[a]),
            seat.displaces,
            seat.displaces_rank,
        )

    def couple(self, a: int, programs: tuple[int, int], place: int) -> BlockingCouple:
        market = self.market
        assert market.couples is not None
        assert market.links is not None
        c = int(market.links.couple_of[a])
        members = a, int(market.couples.second[c])
        has = tuple(self._program(int(self.matching.program_of[member])) for member in members)
        return BlockingCouple(
            (self.people[members[0]], self.people[members[1]]),
            (self._program(programs[0]), self._program(programs[1])),
            int(self.by_couples[market.couples.offsets[c] + place]),
            (has[0], has[1]),
            None if has == (None, None) else int(self.ranks[a]),
            self._seats(members, programs),
        )

    def supplemental(self, a: int, advanced: int, p: int, place: int) -> BlockingList:
        lists = self.market.supplementals
        assert lists is not None
        rank = int(self.by_lists[lists.offsets[self.list_of[a, advanced]] + place])
        has = self._program(int(self.matching.second_of[a]))
        has_rank = None if has is None else int(self.second_ranks[a])
        (seat,) = self._seats((a,), (p,))
        return BlockingList(seat.applicant, self.programs[advanced], seat.program, rank, has, has_rank, seat)

    def _program(self, p: int) -> str | None:
        return None if p < 0 else self.programs[p]

    def _seats(self, people: Sequence[int], programs: Sequence[int]) -> tuple[Seat, ...]:
        """The positions that these people would come to, each at the program given (-1 = none)."""
        coming = [(a, p) for a, p in zip(people, programs, strict=True) if p >= 0]
        return tuple(self._seat(a, p, [b for b, q in coming if q == p], people) for a, p in coming)

    def _seat(self, a: int, p: int, comers: list[int], leaving: Sequence[int]) -> Seat:
        """The position of one of those who come to program `p` and leave what they have.

        Of two who displace somebody, the better one displaces the better one.
        """
        others = [(place, b) for place, b in self._held_by(p) if b not in leaving]
        displaced = max(len(comers) + len(others) - int(self.matching.final_quota[p]), 0)
        better = sum(self._place(p, b) < self._place(p, a) for b in comers)
        start, out = self.market.program_offsets[p], displaced - 1 - better
        place, b = others[out] if 0 <= out < len(others) else (-1, -1)
        return Seat(
            self.programs[p],
            self.people[a],
            int(self.by_programs[start + self._place(p, a)]),
            None if b < 0 else self.people[b],
            None if b < 0 else int(self.by_programs[start + place]),
        )

    def _held_by(self, p: int) -> list[tuple[int, int]]:
        """Those whom program `p` holds with their places on its list, the worst first."""
        if p not in self._holds:
            self._holds[p] = sorted(((self._place(p, b), b) for b in self.held.get(p, ())), reverse=True)
        return self._holds[p]

    def _place(self, p: int, a: int) -> int:
        """The place of an applicant on the list of program `p`, from 0."""
        if p not in self._places:
            start, end = self.market.program_offsets[p : p + 2]
            listed = self.market.program_applicants[start:end].tolist()
            self._places[p] = {b: place for place, b in enumerate(listed)}
        return self._places[p][a]


def _rosters(matching: Matching) -> dict[int, list[int]]:
    """Whom every program holds."""
    held: dict[int, list[int]] = {}
    for seats in (matching.program_of, matching.second_of):
        for a in np.flatnonzero(seats >= 0).tolist():
            held.setdefault(int(seats[a]), []).append(a)
    return held
