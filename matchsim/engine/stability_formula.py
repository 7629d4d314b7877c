"""Stability as a propositional formula: its solutions are the stable matchings of a market.

Variables say that a unit holds an option, and that it holds this or a better one (an order encoding);
counters say how many of the best seats of a program are held, and so to which seats it is closed. Then
there is one clause for every option, or a few: the unit has this or a better one, or one of its programs
would not take it. See ``docs/explanation/exact.md``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal

import numpy as np

from matchsim.engine.bounds import Bounds
from matchsim.engine.formula import FALSE, TRUE, Formula
from matchsim.engine.linked import NO_COUPLES
from matchsim.engine.matching import Matching
from matchsim.engine.options import NO_SEAT, Options
from matchsim.engine.program_formula import ProgramFormula
from matchsim.engine.stability_linked import Definition
from matchsim.tables import Bool, Int32, Int64

__all__ = ["StabilityFormula"]

Blockers = Literal["nobody", "units", "options"]


class StabilityFormula(Formula):
    """The stable matchings, or all matchings together with who blocks them.

    Parameters
    ----------
    options
        The options of all units.
    known
        What is known of all matchings looked for.
    least, most
        The least and the largest quota of each program; where they differ, the quota is looked for too.
    definition
        Which options of couples block.
    blockers
        Whether units may block: nobody, or everybody, told unit by unit or option by option in
        ``blocking``, literals that are true if it does.
    only_couples
        Nobody but couples may.
    """

    def __init__(
        self,
        options: Options,
        known: Bounds,
        least: Int64,
        most: Int64,
        definition: Definition,
        blockers: Blockers = "nobody",
        *,
        only_couples: bool = False,
    ) -> None:
        super().__init__()
        self.only_couples = only_couples
        self.options, self.definition, self.blockers = options, definition, blockers
        # Lists, as rows are read one by one.
        columns = options.unit, options.first, options.second, options.hangs_on, options.program_at
        self._unit, self._first, self._second, self._hangs_on, self._program_at = (
            column.tolist() for column in columns
        )
        # Units from the first to the second number are couples, and behind them come lists.
        self._first_couple, self._first_list = len(options.market), options.first_list
        couples = options.market.couples or NO_COUPLES
        members = np.concatenate((couples.first, couples.second)).tolist()
        self._partner_of = dict(zip(members, members[len(couples) :] + members[: len(couples)], strict=True))
        self._person_at = options.market.program_applicants.tolist()
        self._blocks: dict[int, int] = {}
        self.holds: dict[int, int] = {}
        self.has: dict[int, int] = {}
        rows = np.flatnonzero(known.possible).tolist()
        self._name_options(rows, known.certain)
        self._own: dict[int, int] = {}
        self._by_lists: dict[int, list[tuple[int, int]]] = {}
        self._seat_people(rows)
        self._held = {seat: self._held_unless(seat, NO_SEAT) for seat in {**self._own, **self._by_lists}}
        self._seat_of = {(self._person_at[seat], self._program_at[seat]): seat for seat in self._held}
        self.programs = self._programs(known, least, most)
        self._back_lists(rows)
        self._refuse_singles_and_lists(rows)
        self._refuse_couples()

    @property
    def blocking(self) -> list[int]:
        """A literal for every unit or option that may block, true if it does."""
        return list(self._blocks.values())

    def own_options(self) -> dict[int, list[int]]:
        """The possible options of every single and couple that has any, best first."""
        found: dict[int, list[int]] = defaultdict(list)
        for row in self.holds:
            if self._unit[row] < self._first_list:
                found[self._unit[row]].append(row)
        return found

    def matching(self, solution: Iterable[int]) -> Matching:
        """The matching that a solution describes, a literal for every variable."""
        true = {x for x in solution if x > 0}
        rows = np.array([row for row, x in self.holds.items() if x in true], np.int64)
        market = self.options.market
        program_of, second_of = (np.full(len(market), -1, np.int32) for _ in range(2))
        own = self.options.unit[rows] < self.options.first_list
        for column in (self.options.first, self.options.second):
            for chosen, programs in ((own, program_of), (~own, second_of)):
                seats = column[rows[chosen]]
                seats = seats[seats != NO_SEAT]
                programs[market.program_applicants[seats]] = self.options.program_at[seats]
        return Matching.from_programs(market, program_of, second_of, self._quota(true))

    def _quota(self, true: set[int]) -> Int32:
        def size(program: ProgramFormula) -> int:
            larger = range(program.least + 1, program.most + 1)
            return program.least + sum(program.quota_at_least(number) in true for number in larger)

        return np.array([size(program) for program in self.programs], np.int32)

    def _name_options(self, rows: list[int], certain: Bool) -> None:
        unit, has = -1, FALSE
        for row in rows:
            if self._unit[row] != unit:
                unit, has = self._unit[row], FALSE
            self.holds[row] = holds = TRUE if certain[row] else self.variable()
            self.add(-has, -holds)
            self.has[row] = has = self.one_of([has, holds])

    def _seat_people(self, rows: list[int]) -> None:
        """Who sits where: by options of their own or of the couple, and by which supplemental lists."""
        own: dict[int, list[int]] = defaultdict(list)
        by_lists: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for row in rows:
            first, second, holds = self._first[row], self._second[row], self.holds[row]
            if self._unit[row] >= self._first_list:
                by_lists[first].append((self._hangs_on[self._unit[row]], holds))
            else:
                own[first].append(holds)
                own[second].append(holds)
        own.pop(NO_SEAT, None)
        self._own = {seat: self.one_of(literals) for seat, literals in own.items()}
        self._by_lists = dict(by_lists)

    def _held_unless(self, seat: int, kept: int) -> int:
        """Whether the seat is held, other than by a supplemental list that hangs on the seat `kept`."""
        lists = (holds for hangs_on, holds in self._by_lists.get(seat, ()) if hangs_on != kept)
        return self.one_of([self._own.get(seat, FALSE), *lists])

    def _programs(self, known: Bounds, least: Int64, most: Int64) -> list[ProgramFormula]:
        held: list[dict[int, int]] = [{} for _ in least]
        for seat, literal in self._held.items():
            held[self._program_at[seat]][seat] = literal
        quotas = zip(least.tolist(), most.tolist(), strict=True)
        limits = zip(known.open_to.tolist(), known.closed_behind.tolist(), strict=True)
        return [ProgramFormula(self, *of_program) for of_program in zip(held, quotas, limits, strict=True)]

    def _back_lists(self, rows: list[int]) -> None:
        """A supplemental list holds something only while the seat that it hangs on is held."""
        for row in rows:
            if self._unit[row] >= self._first_list:
                backing = self._own.get(self._hangs_on[self._unit[row]], FALSE)
                self.add(-self.holds[row], backing)

    def _closed(self, seat: int, spare: int = 0) -> int:
        return FALSE if seat == NO_SEAT else self.programs[self._program_at[seat]].closed(seat, spare)

    def _refuse(self, row: int, has: int, *reasons: int) -> None:
        """The unit has this option or a better one, unless for one of these reasons, or unless it blocks."""
        blocks, unit = FALSE, self._unit[row]
        couple = self._first_couple <= unit < self._first_list
        if self.blockers != "nobody" and (couple or not self.only_couples):
            key = row if self.blockers == "options" else unit
            blocks = self._blocks.get(key) or self._blocks.setdefault(key, self.variable())
        self.add(has, *reasons, blocks)

    def _refuse_singles_and_lists(self, rows: list[int]) -> None:
        for row in rows:
            unit = self._unit[row]
            if self.has[row] == TRUE or self._first_couple <= unit < self._first_list:
                continue
            idle = FALSE if unit < self._first_couple else -self._own.get(self._hangs_on[unit], FALSE)
            self._refuse(row, self.has[row], idle, self._closed(self._first[row]))

    def _refuse_couples(self) -> None:
        """Also where a program is closed in any case: a partner who goes may still make room there."""
        together = self.options.together
        rows = np.searchsorted(self.options.unit, (self._first_couple, self._first_list))
        unit, has = -1, FALSE
        for row in range(*rows.tolist()):
            if self._unit[row] != unit:
                unit, has = self._unit[row], FALSE
            has = self.has.get(row, has)
            refused = row not in self.holds and self.definition != "responsive"
            if has != TRUE and not refused:
                reasons = self._reasons_together(row) if together[row] else self._reasons_apart(row)
                for pair in reasons:
                    self._refuse(row, has, *pair)

    def _reasons_together(self, row: int) -> Iterator[tuple[int, int]]:
        """Why a program may refuse both members: of every pair of reasons one must hold.

        They must both be among its best. With the better one there already, and so not among the others,
        one position fewer is asked of these. Under ``mm`` it is enough that each displaces somebody.
        """
        better, worse = sorted((self._first[row], self._second[row]))
        if self.definition == "mm":
            yield self._closed(worse), self._closed(better, spare=1)
        else:
            yield self._closed(worse, spare=1), FALSE
            yield self._closed(worse), -self._held.get(better, FALSE)

    def _reasons_apart(self, row: int) -> Iterator[tuple[int, int]]:
        """Why two programs may refuse a couple: of every pair of reasons one must hold."""
        first, second = self._first[row], self._second[row]
        yield self._closed(first), self._closed(second)
        if self.definition == "responsive":
            # A partner who leaves the program makes room there.
            first_free, second_free = self._made_free(first, second), self._made_free(second, first)
            yield -first_free, self._closed(second)
            yield self._closed(first), -second_free
            yield -first_free, -second_free

    def _made_free(self, seat: int, partners: int) -> int:
        """Whether the partner holds a position where this seat is, and gives it up for the seat `partners`.

        With an advanced program goes what a supplemental list found; where it is kept, so is that.
        """
        if seat == NO_SEAT:
            return FALSE
        partner = self._partner_of[self._person_at[seat]]
        there = self._seat_of.get((partner, self._program_at[seat]))
        return FALSE if there is None else self._held_unless(there, partners)
