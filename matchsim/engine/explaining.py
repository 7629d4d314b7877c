"""How an explanation is put together from a matching and from what happened while it was made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

import numpy as np

from matchsim.engine.board import Board
from matchsim.engine.events import (
    ALLOWED,
    BUMPED,
    CLOSED,
    OFFERED,
    OPENED,
    REFUSED,
    SET_ASIDE,
    TAKES,
    Events,
)
from matchsim.engine.explanation import Entry, Explanation, Roster, Step
from matchsim.engine.matching import Matching
from matchsim.engine.rejection_chain import no_chain, rejection_chain
from matchsim.engine.stability import is_individually_rational
from matchsim.engine.stability_linked import blocking_units
from matchsim.tables import Int32

__all__ = ["Explaining"]

SINGLE, COUPLE, SUPPLEMENTAL = range(3)
# Steps that end the holding of an entry; the last of them decides how it ended.
LOSSES = ("bumped", "partner bumped", "advanced position lost", "set aside")
BANS = ("set aside", "allowed again")
PROGRAMS_PROPOSED = "programs proposed, and only proposals of applicants are recorded"
NOT_SOLVED = "the matching was given, not solved"


class Explaining:
    """One applicant of a matching, and what is looked up for them."""

    def __init__(self, matching: Matching, applicant: int, anonymous: bool) -> None:
        self.matching, self.market, self.applicant = matching, matching.market, applicant
        self.events: Events | None = matching.events
        self.board = Board(self.market) if self.events is None else self.events.board
        couple = int(self.board.links.couple_of[applicant])
        self.couple = couple
        members: tuple[int, ...] = (applicant,)
        if couple >= 0:
            pair = int(self.board.couples.first[couple]), int(self.board.couples.second[couple])
            members = pair if pair[0] == applicant else pair[::-1]
        self.members = members
        self.unit = applicant if couple < 0 else len(self.market) + couple
        self.anonymous = anonymous
        self.letters: dict[int, str] = {}
        blocks = blocking_units(self.market, matching)
        self.stable = not len(blocks) and is_individually_rational(self.market, matching)
        mine = np.flatnonzero((blocks.applicant == applicant) | (blocks.partner == applicant))
        self.blocking = {
            (int(blocks.kind[i]), int(blocks.advanced[i]), int(blocks.place[i])) for i in mine.tolist()
        }

    def explanation(self) -> Explanation:
        """All of it."""
        matching, a = self.matching, self.applicant
        program, second = int(matching.program_of[a]), int(matching.second_of[a])
        rank = int(matching.rank_numbers[a])
        partner = self.members[1] if self.couple >= 0 else None
        theirs = int(matching.program_of[partner]) if partner is not None else -1
        entries = tuple(self._entries())
        row = self._loss(entries)
        chain, lost = no_chain(), None
        if self.events is not None:
            anchor = self._last_taking() if row is None else row
            if anchor is not None:
                names = self._in_chain, self.market.program_labels.__getitem__
                chain = rejection_chain(self.events, anchor, a, *names)
            if row is not None:
                lost = self.market.program_labels[self.events.lost(row)]
        return Explanation(
            applicant=self._name(a),
            partner=None if partner is None else self._name(partner),
            program=self._program(program),
            rank=rank if rank > 0 else None,
            partner_program=self._program(theirs),
            second_program=self._program(second),
            entries=entries,
            unrecorded=self._unrecorded(),
            stable=self.stable,
            chain=chain,
            lost=lost,
        )

    def _unrecorded(self) -> str:
        if self.events is not None:
            return ""
        return NOT_SOLVED if self.matching.recipe is None else PROGRAMS_PROPOSED

    # --- names ---

    def _name(self, a: int) -> str:
        if self.anonymous and a not in self.members:
            return "another applicant"
        return self.market.applicant_labels[a]

    def _in_chain(self, a: int) -> str:
        """In a chain the others are told apart, by letters where they stay unnamed."""
        if not self.anonymous or a in self.members:
            return self.market.applicant_labels[a]
        return self.letters.setdefault(a, f"applicant {_letters(len(self.letters))}")

    def _program(self, p: int) -> str | None:
        return self.market.program_labels[p] if p >= 0 else None

    # --- the list ---

    def _entries(self) -> Iterator[Entry]:
        """The applicant's own list, with the supplemental lists that hang on its programs."""
        hanging = self._supplemental_units()
        has = int(self.matching.rank_of[self.applicant])
        for entry, own in self._unit_entries(self.unit, has, SINGLE if self.couple < 0 else COUPLE):
            lists = tuple(self._supplemental(hanging[own], own)) if own in hanging else ()
            yield replace(entry, supplemental=lists)

    def _supplemental_units(self) -> dict[int, int]:
        """By advanced program, the unit of the list that hangs on it."""
        links, first = self.board.links, len(self.market) + len(self.board.couples)
        own = links.own_lists[slice(*links.own_offsets[self.applicant : self.applicant + 2])]
        return {int(self.board.supplementals.advanced[s]): first + s for s in own.tolist()}

    def _supplemental(self, unit: int, advanced: int) -> Iterator[Entry]:
        has = -1
        if self.matching.program_of[self.applicant] == advanced:
            second = int(self.matching.second_of[self.applicant])
            listed = self._options(unit)[:, 0].tolist()
            has = listed.index(second) if second in listed else -1
        for entry, _ in self._unit_entries(unit, has, SUPPLEMENTAL, advanced):
            yield entry

    def _start(self, unit: int) -> tuple[int, int]:
        from matchsim.engine._kernels import roth_peranson as kernel

        return int(self.board.units[unit, kernel.START]), int(self.board.units[unit, kernel.END])

    def _options(self, unit: int) -> Int32:
        """The programs and ranks of each option of a unit, the applicant's own first."""
        options: Int32 = self.board.options[slice(*self._start(unit))]
        second = self.couple >= 0 and self.board.couples.second[self.couple] == self.applicant
        return options[:, [2, 3, 0, 1]] if second and unit == self.unit else options

    def _unit_entries(
        self, unit: int, has: int, kind: int, advanced: int = -1
    ) -> Iterator[tuple[Entry, int]]:
        """The entries of one list, each with the applicant's own program in it."""
        start, _ = self._start(unit)
        steps = {} if self.events is None else self._steps(self.events, unit)
        opened = kind != SUPPLEMENTAL or self._opened(unit)
        in_use = kind != SUPPLEMENTAL or self.matching.program_of[self.applicant] == advanced
        width = 2 if kind == COUPLE else 1
        for place, row in enumerate(self._options(unit).tolist()):
            seats = [(int(row[2 * side]), int(row[2 * side + 1])) for side in range(width)]
            ranked = all(theirs >= 0 for p, theirs in seats if p >= 0)
            happened = tuple(_grouped(steps.get(start + place, [])))
            better = place < has or (has < 0 and in_use)
            if place == has:
                outcome = "matched"
            elif not ranked:
                outcome = "not ranked"
            elif self.events is None:
                outcome = "not had" if better else ("not reached" if opened else "list not opened")
            else:
                outcome = _outcome(happened, better=better, opened=opened)
            entry = Entry(
                rank=self._rank(kind, start + place, place),
                programs=tuple(self._program(p) for p, _ in seats),
                outcome=outcome,
                steps=happened,
                rosters=tuple(self._rosters(seats)) if better else (),
                blocks=(kind, advanced, place) in self.blocking,
            )
            yield entry, row[0]

    def _opened(self, unit: int) -> bool:
        """Whether a supplemental list was ever tried, as far as is known."""
        if self.events is not None:
            rows = self.events.of(unit)
            return bool((self.events.what[rows] == OPENED).any())
        from matchsim.engine._kernels import roth_peranson as kernel

        return bool(self.board.units[unit, kernel.ADVANCED] == self.matching.program_of[self.applicant])

    def _rank(self, kind: int, option: int, place: int) -> int:
        pairs_from = len(self.market.applicant_programs)
        lists_from = pairs_from + len(self.board.couples.first_program)
        tables = (
            (self.market.applicant_rank_numbers, option),
            (self.board.couples.rank_numbers, option - pairs_from),
            (self.board.supplementals.rank_numbers, option - lists_from),
        )
        numbers, at = tables[kind]
        return place + 1 if numbers is None else int(numbers[at])

    # --- what happened ---

    def _steps(self, events: Events, unit: int) -> dict[int, list[Step]]:
        """By option of a unit, what happened with it."""
        steps: dict[int, list[Step]] = {}
        held = -1
        for row in events.of(unit).tolist():
            what, option = int(events.what[row]), int(events.option[row])
            if what == TAKES and held >= 0:
                steps[held].append(Step("left for a better one"))
            step = self._step(events, row, what)
            if step is not None and option >= 0:
                steps.setdefault(option, []).append(step)
            if what == TAKES:
                held = option
            elif what in (BUMPED, CLOSED) or (what == SET_ASIDE and held == option):
                held = -1
        return steps

    def _step(self, events: Events, row: int, what: int) -> Step | None:
        if what == BUMPED:
            mine = int(events.person[row]) == self.applicant
            by = tuple(self._name(taker) for taker in events.takers(row))
            return Step("bumped" if mine else "partner bumped", 1, self._program(events.lost(row)), by)
        words = {
            REFUSED: "refused",
            TAKES: "held",
            OFFERED: "offered again",
            CLOSED: "advanced position lost",
            SET_ASIDE: "set aside",
            ALLOWED: "allowed again",
        }
        return Step(words[what]) if what in words else None

    def _last_taking(self) -> int | None:
        assert self.events is not None
        rows = self.events.of(self.unit)
        taking = rows[self.events.what[rows] == TAKES]
        return int(taking[-1]) if len(taking) else None

    def _loss(self, entries: tuple[Entry, ...]) -> int | None:
        """The event that cost the applicant the best entry that they held and lost to somebody."""
        if self.events is None:
            return None
        start, _ = self._start(self.unit)
        rows = self.events.of(self.unit)
        for place, entry in enumerate(entries):
            if entry.outcome == "matched":
                break
            if entry.outcome in ("bumped", "partner bumped"):
                lost = (self.events.what[rows] == BUMPED) & (self.events.option[rows] == start + place)
                return int(rows[lost][-1])
        return None

    # --- how programs ended ---

    def _rosters(self, seats: list[tuple[int, int]]) -> Iterator[Roster]:
        for member, (p, place) in zip(self.members, seats, strict=False):
            if p >= 0:
                yield self._roster(member, p, place)

    def _roster(self, member: int, p: int, place: int) -> Roster:
        market, matching = self.market, self.matching
        entries = slice(*market.program_offsets[p : p + 2].tolist())
        listed = market.program_applicants[entries]
        held = np.flatnonzero((matching.program_of[listed] == p) | (matching.second_of[listed] == p))
        last = int(held[-1]) if len(held) else -1
        numbers = market.program_rank_numbers

        def rank(at: int) -> int | None:
            if at < 0:
                return None
            return at + 1 if numbers is None else int(numbers[entries][at])

        return Roster(
            program=market.program_labels[p],
            applicant=self._name(member),
            own_rank=rank(place),
            quota=int(matching.final_quota[p]),
            submitted_quota=int(market.quota[p]),
            held=int(np.count_nonzero(matching.program_of == p) + np.count_nonzero(matching.second_of == p)),
            last=self._name(int(listed[last])) if last >= 0 else None,
            last_rank=rank(last),
            behind=place - last if place >= 0 and last >= 0 else None,
        )


def _grouped(steps: list[Step]) -> Iterator[Step]:
    """The steps, what happened several times in a row counted."""
    for step, same in groupby(steps):
        yield replace(step, count=len(list(same)))


def _outcome(steps: tuple[Step, ...], *, better: bool, opened: bool) -> str:
    """How an entry that is not the match ended."""
    words = [step.what for step in steps]
    if _is_allowed(words):
        # As if it had never been forbidden: what else happened decides.
        words = [word for word in words if word not in BANS]
    ends = [word for word in words if word in (*LOSSES, "left for a better one")]
    if ends and ends[-1] in LOSSES:
        return ends[-1]
    if ends and words[-1] == ends[-1]:
        return ends[-1]
    if "refused" in words:
        return "refused"
    if "offered again" in words and better:
        return "offered again"
    if not opened:
        return "list not opened"
    return "not tried" if better else "not reached"


def _is_allowed(words: list[str]) -> bool:
    """Whether an entry that was forbidden was allowed again in the end."""
    return [word for word in words if word in BANS][-1:] == ["allowed again"]


def _letters(number: int) -> str:
    """A, B, ..., Z, AA, AB, ... for the numbers from 0."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
