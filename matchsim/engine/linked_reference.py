"""The obvious slow versions for markets with couples and supplemental lists. Plain Python, as defined.

Seats are given as two lists, one entry an applicant: the program held through one's own or the couple's
list, and the program held through a supplemental list (-1 = none).

A *unit* is who decides together: a single applicant, a couple, or an applicant's supplemental list while
the program that it hangs on is held. An *option* of a unit is an entry of its list. Three definitions of
when programs would take a unit with an option are in use; they differ only for couples:

``responsive``
    Seats that the unit would give up count as free, and every program then chooses its best ones from
    those it holds and those who come: Sun, Yokoyama and Yokoo, arXiv 2501.13043 (2025), for siblings.
``kpr``
    Likewise, but from everybody whom the program holds at present, without credit for seats given up:
    Kojima, Pathak and Roth, Quarterly Journal of Economics 128 (2013), 1585-1632, section II.
``mm``
    A newcomer needs a free position or somebody held who is ranked worse, other than a partner who
    stays; two newcomers at one program need two such. Biró, Manlove and McBride, "The hospitals/residents
    problem with couples: complexity and integer programming models", Experimental Algorithms (SEA 2014),
    10-21, after McDermid and Manlove 2010.

What of these was read, and where, stands at :func:`matchsim.engine.stability_linked.blocking_units`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from matchsim.engine.market import Market
from matchsim.engine.reference import Lists, lists_of

__all__ = ["Block", "blocking_units", "is_stable", "rational_matchings", "stable_matchings"]


class Block(NamedTuple):
    """A unit and an option that block: kind of unit, its number among its kind, the place of the option.

    Kinds are ``single`` (numbered by applicant), ``couple`` and ``supplemental`` (numbered by list).
    """

    kind: str
    number: int
    place: int


class _Town:
    """A market and its quotas as plain lists."""

    def __init__(self, market: Market, quota: list[int] | None) -> None:
        self.applicants, self.programs = lists_of(market)
        self.quota = market.quota.tolist() if quota is None else quota
        self.couples: list[tuple[int, int]] = []
        self.pairs: list[list[tuple[int, int]]] = []
        self.extra: list[tuple[int, int]] = []
        self.extra_lists: Lists = []
        if market.couples is not None:
            c = market.couples
            self.couples = list(zip(c.first.tolist(), c.second.tolist(), strict=True))
            pairs = list(zip(c.first_program.tolist(), c.second_program.tolist(), strict=True))
            cut = c.offsets.tolist()
            self.pairs = [pairs[cut[i] : cut[i + 1]] for i in range(len(self.couples))]
        if market.supplementals is not None:
            s = market.supplementals
            self.extra = list(zip(s.applicant.tolist(), s.advanced.tolist(), strict=True))
            cut, programs = s.offsets.tolist(), s.programs.tolist()
            self.extra_lists = [programs[cut[i] : cut[i + 1]] for i in range(len(self.extra))]
        coupled = {a for couple in self.couples for a in couple}
        self.singles = [a for a in range(len(self.applicants)) if a not in coupled]
        self.place = [{a: k for k, a in enumerate(ranked)} for ranked in self.programs]

    def ranks(self, p: int, a: int) -> bool:
        return p < 0 or a in self.place[p]

    def worse(self, p: int, a: int, other: int) -> bool:
        """Whether program `p` likes `other` less than `a`, whom it ranks."""
        return other not in self.place[p] or self.place[p][a] < self.place[p][other]

    def chooses(self, p: int, present: frozenset[int], coming: frozenset[int]) -> bool:
        """Whether all who come are among the best of those present and coming.

        The program chooses as many as it has positions; if more are present, which only a wrong matching
        has, as many as those.
        """
        size = max(self.quota[p], len(present))
        group = present | coming
        place = self.place[p]
        return coming <= set(sorted(group, key=lambda a: place.get(a, len(place)))[:size])


class _Seats:
    """Who sits where."""

    def __init__(self, town: _Town, program_of: list[int], second_of: list[int]) -> None:
        self.town, self.program_of, self.second_of = town, program_of, second_of
        self.held: list[set[int]] = [set() for _ in town.programs]
        for seats in (program_of, second_of):
            for a, p in enumerate(seats):
                if p >= 0:
                    self.held[p].add(a)

    def given_up(self, moves: dict[int, int], p: int) -> frozenset[int]:
        """Those who would no longer be at program `p` if these applicants moved so.

        With an advanced program goes what a supplemental list found.
        """
        leavers = (a for a, to in moves.items() if to != self.program_of[a])
        return frozenset(a for a in leavers if p in (self.program_of[a], self.second_of[a]))

    def accepted(self, moves: dict[int, int], definition: str) -> bool:
        """Whether every program named would take the applicants who come to it."""
        if not all(self.town.ranks(p, a) for a, p in moves.items()):
            return False
        if definition == "mm":
            return self._accepted_mm(moves)
        for p in {p for p in moves.values() if p >= 0}:
            coming = frozenset(a for a, to in moves.items() if to == p)
            present = frozenset(self.held[p])
            if definition == "responsive":
                present -= self.given_up(moves, p)
            if not self.town.chooses(p, present, coming):
                return False
        return True

    def _accepted_mm(self, moves: dict[int, int]) -> bool:
        newcomers = {a: p for a, p in moves.items() if p >= 0 and a not in self.held[p]}
        if len(newcomers) == 2 and len(set(newcomers.values())) == 1:
            a, b = newcomers
            return self._both_enter(a, b, newcomers[a])
        for a, p in newcomers.items():
            # A partner who stays at the program is not displaced.
            others = self.held[p] - {b for b, to in moves.items() if to == p}
            free = len(self.held[p]) < self.town.quota[p]
            if not free and not any(self.town.worse(p, a, b) for b in others):
                return False
        return True

    def _both_enter(self, a: int, b: int, p: int) -> bool:
        held, worse = self.held[p], self.town.worse
        free = self.town.quota[p] - len(held)
        if free >= 2:
            return True
        if free == 1:
            return any(worse(p, a, s) or worse(p, b, s) for s in held)
        return any(worse(p, a, s) and worse(p, b, t) for s in held for t in held if s != t)


def blocking_units(
    market: Market,
    program_of: list[int],
    second_of: list[int] | None = None,
    quota: list[int] | None = None,
    definition: str = "responsive",
) -> list[Block]:
    """Every option of every unit tried in turn: singles, couples, then supplemental lists."""
    town = _Town(market, quota)
    seats = _Seats(town, program_of, second_of or [-1] * len(program_of))
    return list(_blocks(town, seats, definition))


def _blocks(town: _Town, seats: _Seats, definition: str) -> Iterator[Block]:
    yield from _own_blocks(town, seats, definition)
    for s, (a, advanced) in enumerate(town.extra):
        if seats.program_of[a] == advanced:
            for place, (p,) in _better([(p,) for p in town.extra_lists[s]], (seats.second_of[a],)):
                if town.ranks(p, a) and town.chooses(p, frozenset(seats.held[p]), frozenset({a})):
                    yield Block("supplemental", s, place)


def _own_blocks(town: _Town, seats: _Seats, definition: str) -> Iterator[Block]:
    for a in town.singles:
        present = (seats.program_of[a],)
        for place, (p,) in _better([(p,) for p in town.applicants[a]], present):
            if seats.accepted({a: p}, definition):
                yield Block("single", a, place)
    for c, (a, b) in enumerate(town.couples):
        for place, (p, q) in _better(town.pairs[c], (seats.program_of[a], seats.program_of[b])):
            if seats.accepted({a: p, b: q}, definition):
                yield Block("couple", c, place)


Option = tuple[int, ...]


def _better(options: Sequence[Option], present: Option) -> list[tuple[int, Option]]:
    """The options ranked above the present one, all of them when that is not ranked, with their places."""
    above = options[: options.index(present)] if present in options else options
    return list(enumerate(above))


def is_individually_rational(
    market: Market,
    program_of: list[int],
    second_of: list[int] | None = None,
    quota: list[int] | None = None,
) -> bool:
    """Whether both sides ranked every seat, couples have a pair of theirs, and no quota is exceeded."""
    town = _Town(market, quota)
    second_of = second_of or [-1] * len(program_of)
    options = _options(town)
    own = all(
        tuple(program_of[a] for a in unit) in [*choices, (-1,) * len(unit)] for unit, choices in options
    )
    extra = all(p < 0 or p in _supplemental_options(town, a, program_of[a]) for a, p in enumerate(second_of))
    return own and extra and _fits(town, program_of, second_of)


def _fits(town: _Town, program_of: list[int], second_of: list[int]) -> bool:
    return all(program_of.count(p) + second_of.count(p) <= size for p, size in enumerate(town.quota))


def _options(town: _Town) -> list[tuple[Option, list[Option]]]:
    """Every single and couple with the options that all programs in them rank."""
    singles = [((a,), [(p,) for p in town.applicants[a] if town.ranks(p, a)]) for a in town.singles]
    couples = [
        ((a, b), [(p, q) for p, q in town.pairs[c] if town.ranks(p, a) and town.ranks(q, b)])
        for c, (a, b) in enumerate(town.couples)
    ]
    return [*singles, *couples]  # type: ignore[list-item]


def _supplemental_options(town: _Town, a: int, advanced: int) -> list[int]:
    if (a, advanced) not in town.extra:
        return []
    return [p for p in town.extra_lists[town.extra.index((a, advanced))] if town.ranks(p, a)]


def is_stable(
    market: Market,
    program_of: list[int],
    second_of: list[int] | None = None,
    quota: list[int] | None = None,
    definition: str = "responsive",
) -> bool:
    """Whether the matching is individually rational and no unit blocks it."""
    rational = is_individually_rational(market, program_of, second_of, quota)
    return rational and not blocking_units(market, program_of, second_of, quota, definition)


def rational_matchings(
    market: Market, quota: list[int] | None = None
) -> Iterator[tuple[list[int], list[int]]]:
    """All individually rational matchings, stable or not; only for tiny markets."""
    town = _Town(market, quota)
    for program_of in _seatings(town, _options(town), [-1] * len(town.applicants)):
        extras = [[-1, *_supplemental_options(town, a, p)] for a, p in enumerate(program_of)]
        for second in product(*extras):
            second_of = list(second)
            if _fits(town, program_of, second_of):
                yield list(program_of), second_of


def stable_matchings(
    market: Market, quota: list[int] | None = None, definition: str = "responsive"
) -> Iterator[tuple[list[int], list[int]]]:
    """All stable matchings by trying every matching there is; only for tiny markets."""
    town = _Town(market, quota)
    for program_of, second_of in rational_matchings(market, quota):
        seats = _Seats(town, program_of, second_of)
        if next(_blocks(town, seats, definition), None) is None:
            yield program_of, second_of


def _seatings(
    town: _Town, options: list[tuple[Option, list[Option]]], program_of: list[int]
) -> Iterator[list[int]]:
    """Every way to give these units an option or none; the list that is yielded changes afterwards."""
    if not options:
        yield program_of
        return
    (unit, choices), *others = options
    for choice in [(-1,) * len(unit), *choices]:
        for a, p in zip(unit, choice, strict=True):
            program_of[a] = p
        if all(p < 0 or program_of.count(p) <= town.quota[p] for p in choice):
            yield from _seatings(town, others, program_of)
    for a in unit:
        program_of[a] = -1
