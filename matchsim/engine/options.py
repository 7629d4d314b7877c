"""The options of all units of a market in one table: what a single, couple or supplemental list may hold.

An option is an entry of a unit's list whose programs rank the applicants too. It takes one seat or, for a
couple, two. A *seat* is an applicant at a program, given as an index into ``market.program_applicants``:
of two seats at one program, the lower one is the applicant whom it likes better.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matchsim.engine.linked import NO_COUPLES, NO_SUPPLEMENTALS
from matchsim.engine.market import Market
from matchsim.tables import Bool, Int32, Int64

__all__ = ["NO_SEAT", "Options", "options_of"]

# The side of a couple that has No Match, and the second side of everybody else.
NO_SEAT = -1
UNRANKED = -2


@dataclass(frozen=True)
class Options:
    """Every option, units in order, each unit's best first.

    Units are numbered: applicants (a member of a couple has no options of their own), then couples, then
    supplemental lists.

    Parameters
    ----------
    unit, place
        Whose option it is, and its place on that list as submitted, from 0.
    first, second
        The seats that it takes; NO_SEAT = none. Only couples have a second one.
    lengths
        For every unit, the number of entries on its list as submitted.
    hangs_on
        For every unit that is a supplemental list, the seat of its owner at the advanced program, NO_SEAT
        where that program does not rank them; NO_SEAT for the other units too.
    program_at
        For every seat, the program.
    """

    market: Market
    unit: Int64
    place: Int64
    first: Int64
    second: Int64
    lengths: Int64
    hangs_on: Int64
    program_at: Int32

    def __len__(self) -> int:
        return len(self.unit)

    def only(self, rows: Bool) -> Options:
        """Some of the options."""
        columns = {name: getattr(self, name)[rows] for name in ("unit", "place", "first", "second")}
        return replace(self, **columns)

    @property
    def together(self) -> Bool:
        """Which options are of both members of a couple at one program."""
        both = (self.first != NO_SEAT) & (self.second != NO_SEAT)
        return np.asarray(both & (self.program_at[self.first] == self.program_at[self.second]))

    @property
    def first_list(self) -> int:
        """The number of the first unit that is a supplemental list."""
        return len(self.market) + len(self.market.couples or NO_COUPLES)


def options_of(market: Market) -> Options:
    """The options of a market."""
    couples, lists = market.couples or NO_COUPLES, market.supplementals or NO_SUPPLEMENTALS
    links = market.links

    def seats(programs: Int32, ranks: Int32) -> Int64:
        at = market.program_offsets[programs] + ranks
        return np.where(programs < 0, NO_SEAT, np.where(ranks < 0, UNRANKED, at))

    cuts = [market.applicant_offsets]
    first = [seats(market.applicant_programs, market.program_rank)]
    second = [np.full(len(market.applicant_programs), NO_SEAT)]
    hangs_on = [np.full(len(market) + len(couples), NO_SEAT)]
    if links is not None:
        cuts += [couples.offsets, lists.offsets]
        first.append(seats(couples.first_program, links.first_rank))
        second.append(seats(couples.second_program, links.second_rank))
        first.append(seats(lists.programs, links.supplemental_rank))
        second.append(np.full(len(lists.programs), NO_SEAT))
        hangs_on.append(
            np.maximum(seats(lists.advanced, _ranks(market, lists.applicant, lists.advanced)), -1)
        )
    lengths = np.concatenate([np.diff(cut) for cut in cuts])
    unit = np.repeat(np.arange(len(lengths)), lengths)
    place = np.arange(len(unit)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    sides = [np.concatenate(first), np.concatenate(second)]
    ranked = (sides[0] != UNRANKED) & (sides[1] != UNRANKED)
    unit, place, first_seat, second_seat = (
        column[ranked].astype(np.int64) for column in (unit, place, *sides)
    )
    program_at = np.repeat(np.arange(market.size("program"), dtype=np.int32), np.diff(market.program_offsets))
    return Options(
        market, unit, place, first_seat, second_seat, lengths, np.concatenate(hangs_on), program_at
    )


def _ranks(market: Market, people: Int32, programs: Int32) -> Int32:
    """The place of each of these people on the list of the program beside them, -1 = not on it."""
    from matchsim.engine import _kernels

    found = np.empty(len(people), np.int32)
    lists = market.program_offsets, market.program_applicants
    _kernels.places_on_lists(*lists, people, programs, len(market), found)
    return found
