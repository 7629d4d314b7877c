"""A market with couples and supplemental lists, laid out for the kernel of Roth-Peranson."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from matchsim.engine.linked import NO_COUPLES, NO_SUPPLEMENTALS
from matchsim.engine.market import Market
from matchsim.tables import Int32, Int64

__all__ = ["Board", "Played"]

# Cycles that may be broken at a time before an order is given up.
MOST_BANS = 256


class Played(NamedTuple):
    """The matching that one order of entering led to, and the work done; as in ``Matching``."""

    program_of: Int32
    rank_of: Int32
    second_of: Int32
    proposals: int
    cycles: int


class Board:
    """The tables of the kernel (see ``_kernels.roth_peranson``) before anybody entered.

    They are made once a market, and copied for every play.
    """

    def __init__(self, market: Market) -> None:
        self.market = market
        self.couples = market.couples or NO_COUPLES
        self.supplementals = market.supplementals or NO_SUPPLEMENTALS
        self.options, self.count = self._options()
        self.units, self.people = self._units(), self._people()
        self.programs = self._programs()
        self.offsets, self.mentions = self._mentions()

    def play(
        self, quota: Int32, order: Int32, singles: Played | None, most_often: int, rounds: int
    ) -> Played:
        """Let the units enter in an order at these quotas.

        Parameters
        ----------
        quota
            Positions of each program.
        singles
            The matching of all single applicants by deferred acceptance at these quotas, when they enter
            before the units in `order`.
        order, most_often, rounds
            As for the kernel ``enter``.
        """
        from matchsim.engine._kernels import roth_peranson as kernel

        market = self.market
        units, people, count = self.units.copy(), self.people.copy(), self.count.copy()
        programs, held = self._with_room(quota)
        touched, bans = np.empty(len(count), np.int32), np.empty(MOST_BANS, np.int32)
        work = np.zeros(kernel.COUNTERS, np.int64)
        work[kernel.HEAD_WAITING] = work[kernel.HEAD_REOPENED] = kernel.LAST
        tables = units, people, programs, held, self.options
        if singles is not None:
            kernel.seat_singles(*tables, singles.program_of, singles.rank_of, work)
            work[kernel.PROPOSALS] = singles.proposals
        lists = market.program_applicants, market.applicant_rank, self.offsets, self.mentions
        first_linked = len(market.applicant_programs)
        kernel.enter(*tables, count, *lists, order, first_linked, most_often, rounds, touched, bans, work)
        rank_of = units[people[:, kernel.UNIT], kernel.PLACE]
        done = int(work[kernel.PROPOSALS]), int(work[kernel.CYCLES])
        return Played(people[:, kernel.PROGRAM].copy(), rank_of, people[:, kernel.SECOND].copy(), *done)

    def _options(self) -> tuple[Int32, npt.NDArray[np.int16]]:
        """The options of all units, and which of them some program refuses from the start."""
        from matchsim.engine._kernels import roth_peranson as kernel

        market, couples, links = self.market, self.couples, self.market.links
        assert links is not None
        pairs, entries = len(couples.first_program), len(self.supplementals.programs)
        singles = len(market.applicant_programs)
        linked = slice(singles, singles + pairs)
        options = np.full((singles + pairs + entries, 4), -1, np.int32)
        options[:singles, 0], options[:singles, 1] = market.applicant_programs, market.program_rank
        options[linked, 0], options[linked, 1] = couples.first_program, links.first_rank
        options[linked, 2], options[linked, 3] = couples.second_program, links.second_rank
        options[singles + pairs :, 0] = self.supplementals.programs
        options[singles + pairs :, 1] = links.supplemental_rank
        refused = (options[:, 0] >= 0) & (options[:, 1] < 0)
        refused[linked] |= (couples.second_program >= 0) & (links.second_rank < 0)
        return options, np.where(refused, kernel.REFUSED, 0).astype(np.int16)

    def _units(self) -> Int32:
        from matchsim.engine._kernels import roth_peranson as kernel

        market, couples, lists = self.market, self.couples, self.supplementals
        people, linked = len(market), len(market) + len(couples)
        units = np.full((linked + len(lists), kernel.UNIT_COLUMNS), -1, np.int32)
        kinds = [kernel.SINGLE, kernel.COUPLE, kernel.SUPPLEMENTAL]
        units[:, kernel.KIND] = np.repeat(kinds, [people, len(couples), len(lists)])
        pairs_from = len(market.applicant_programs)
        entries_from = pairs_from + len(couples.first_program)
        starts = market.applicant_offsets, couples.offsets + pairs_from, lists.offsets + entries_from
        units[:, kernel.START] = np.concatenate([cut[:-1] for cut in starts])
        units[:, kernel.END] = np.concatenate([cut[1:] for cut in starts])
        units[:, kernel.ENTERED] = 0
        units[:, kernel.WAITING] = kernel.ABSENT
        members = np.arange(people, dtype=np.int32), couples.first, lists.applicant
        units[:, kernel.MEMBER] = np.concatenate(members)
        units[people:linked, kernel.PARTNER] = couples.second
        units[linked:, kernel.ADVANCED] = lists.advanced
        assert market.links is not None
        own = market.links.own_lists
        same = lists.applicant[own][1:] == lists.applicant[own][:-1]
        units[linked + own[:-1][same], kernel.SIBLING] = linked + own[1:][same]
        return units

    def _people(self) -> Int32:
        from matchsim.engine._kernels import roth_peranson as kernel

        links, size = self.market.links, len(self.market)
        assert links is not None
        people = np.full((size, kernel.PERSON_COLUMNS), -1, np.int32)
        number = np.arange(size, dtype=np.int32)
        people[:, kernel.UNIT] = np.where(links.couple_of < 0, number, links.couple_of + size)
        owners = np.flatnonzero(np.diff(links.own_offsets))
        first = links.own_lists[links.own_offsets[owners]]
        people[owners, kernel.LISTS] = first + size + len(self.couples)
        return people

    def _programs(self) -> Int32:
        from matchsim.engine._kernels import roth_peranson as kernel

        programs = np.zeros((self.market.size("program"), kernel.PROGRAM_COLUMNS), np.int32)
        programs[:, kernel.FIRST] = self.market.program_offsets[:-1]
        programs[:, kernel.BEHIND] = self.market.program_offsets[1:]
        programs[:, kernel.REOPENED] = kernel.ABSENT
        return programs

    def _with_room(self, quota: Int32) -> tuple[Int32, Int32]:
        """The programs with these quotas, and a place for all whom they can hold."""
        from matchsim.engine._kernels import roth_peranson as kernel

        # A program is over its quota by two at most, while a couple enters it.
        room = np.minimum(quota.astype(np.int64), np.diff(self.market.program_offsets)) + 2
        ends = np.cumsum(room)
        programs = self.programs.copy()
        programs[:, kernel.QUOTA] = quota
        programs[:, kernel.BASE] = ends - room
        return programs, np.empty(int(room.sum()), np.int32)

    def _mentions(self) -> tuple[Int64, Int32]:
        """Who of the couples and supplemental lists names which program for whom."""
        from matchsim.engine._kernels import roth_peranson as kernel

        first_linked = len(self.market.applicant_programs)
        ends = np.zeros(len(self.market.program_applicants) + 1, np.int64)
        tables = self.units, self.options, self.count, self.programs, first_linked
        kernel.count_mentions(*tables[1:], ends)
        mentions = np.empty((int(ends[-1]), 2), np.int32)
        offsets = ends.copy()
        kernel.fill_mentions(*tables, ends, mentions)
        return offsets, mentions
