"""A market with couples and supplemental lists, laid out for the kernel of Roth-Peranson."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from matchsim.engine.linked import NO_COUPLES, NO_SUPPLEMENTALS, joined
from matchsim.engine.market import Market
from matchsim.tables import Float64, Int32, Int64

__all__ = ["Board", "Patience", "Play", "Played"]

# Cycles that may be broken at a time before an order is given up.
MOST_BANS = 256


class Played(NamedTuple):
    """The matching that one order of entering led to, and the work done; as in ``Matching``."""

    program_of: Int32
    rank_of: Int32
    second_of: Int32
    proposals: int
    cycles: int


class Patience(NamedTuple):
    """How long a settled matching is looked for; see the kernels ``enter`` and ``untangle``."""

    most_often: int
    rounds: int
    steps: int
    whim: float


class Board:
    """The tables of the kernel (see ``_kernels.roth_peranson``) before anybody entered.

    They are made once a market, and copied for every play.
    """

    def __init__(self, market: Market) -> None:
        self.market = market
        self.couples = market.couples or NO_COUPLES
        self.supplementals = market.supplementals or NO_SUPPLEMENTALS
        lists = market.program_offsets, market.program_applicants
        self.links = market.links or joined(len(market), lists, self.couples, self.supplementals)
        self.options, self.count = self._options()
        self.units, self.people = self._units(), self._people()
        self.programs = self._programs()
        self.offsets, self.mentions = self._mentions()

    def play(
        self,
        quota: Int32,
        order: Int32,
        singles: Played | None,
        patience: Patience,
        draws: Callable[[], Float64],
    ) -> Play:
        """Let the units enter in an order at these quotas.

        Parameters
        ----------
        quota
            Positions of each program.
        order
            The units that enter, first to last.
        singles
            The matching of all single applicants by deferred acceptance at these quotas, when they enter
            before the units in `order`.
        patience
            How long to look for a settled matching.
        draws
            Gives numbers of [0, 1) that decide who takes turns; asked only when a cycle was met.
        """
        from matchsim.engine._kernels import roth_peranson as kernel

        play = Play(self, quota, patience, draws)
        if singles is not None:
            kernel.seat_singles(
                *play.seats(), singles.program_of, singles.rank_of, play.waiting, play.log, play.work
            )
            play.work[kernel.PROPOSALS] = singles.proposals
        play.enter(order)
        return play

    def recorded(
        self,
        quota: Int32,
        order: Int32,
        singles: Int32 | None,
        patience: Patience,
        draws: Callable[[], Float64],
        room: int,
    ) -> Play:
        """The same play with everything that happens written down, as far as there is room for it.

        Parameters
        ----------
        singles
            The single applicants, when they enter before the units in `order`: one by one, which leads to
            the same matching as deferred acceptance of all.
        room
            How many events can be written down.
        """
        from matchsim.engine._kernels import roth_peranson as kernel

        play = Play(self, quota, patience, draws, room)
        if singles is not None:
            play.work[kernel.CLOSED] = 1
            play.enter(singles)
            kernel.open_lists(play.units, play.people, play.waiting, play.log, play.work)
        play.enter(order)
        return play

    def _options(self) -> tuple[Int32, npt.NDArray[np.int16]]:
        """The options of all units, and which of them some program refuses from the start."""
        from matchsim.engine._kernels import roth_peranson as kernel

        market, couples, links = self.market, self.couples, self.links
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
        units[:, kernel.WAITING] = 0
        members = np.arange(people, dtype=np.int32), couples.first, lists.applicant
        units[:, kernel.MEMBER] = np.concatenate(members)
        units[people:linked, kernel.PARTNER] = couples.second
        units[linked:, kernel.ADVANCED] = lists.advanced
        own = self.links.own_lists
        same = lists.applicant[own][1:] == lists.applicant[own][:-1]
        units[linked + own[:-1][same], kernel.SIBLING] = linked + own[1:][same]
        return units

    def _people(self) -> Int32:
        from matchsim.engine._kernels import roth_peranson as kernel

        links, size = self.links, len(self.market)
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

    def with_room(self, quota: Int32) -> tuple[Int32, Int32]:
        """The programs with these quotas, and a place for all whom they can hold."""
        from matchsim.engine._kernels import roth_peranson as kernel

        # A program is over its quota by two at most, while a couple enters it; and it may get positions.
        most = quota.astype(np.int64)
        reversions = self.market.reversions
        if reversions is not None:
            np.add.at(most, reversions.receiver, reversions.positions)
        room = np.minimum(most, np.diff(self.market.program_offsets)) + 2
        ends = np.cumsum(room)
        programs = self.programs.copy()
        programs[:, kernel.QUOTA] = quota
        programs[:, kernel.BASE] = ends - room
        return programs, np.empty(int(room.sum()), np.int32)

    def _mentions(self) -> tuple[Int64, Int32]:
        """Who of the couples and supplemental lists names which program for whom."""
        from matchsim.engine import _kernels
        from matchsim.engine._kernels import roth_peranson as kernel

        first_linked = len(self.market.applicant_programs)
        starts, stops = self.units[:, kernel.START], self.units[:, kernel.END]
        refused, program_start = self.count == kernel.REFUSED, self.market.program_offsets
        ends = np.zeros(len(self.market.program_applicants) + 1, np.int64)
        _kernels.count_mentions(self.options, refused, program_start, first_linked, ends)
        mentions = np.empty((int(ends[-1]), 2), np.int32)
        offsets = ends.copy()
        tables = starts, stops, self.options, refused, program_start
        _kernels.fill_mentions(*tables, first_linked, ends, mentions)
        return offsets, mentions


class Play:
    """The tables of the kernel while units enter."""

    def __init__(
        self,
        board: Board,
        quota: Int32,
        patience: Patience,
        draws: Callable[[], Float64],
        room: int = 0,
    ) -> None:
        from matchsim.engine._kernels import roth_peranson as kernel

        self.board, self.patience, self.draws = board, patience, draws
        self.units, self.people, self.count = board.units.copy(), board.people.copy(), board.count.copy()
        self.programs, self.held = board.with_room(quota)
        self.touched, self.bans = np.empty(len(self.count), np.int32), np.empty(MOST_BANS, np.int32)
        self.waiting = np.empty(len(self.units), np.int32)
        self.log = np.empty((room, kernel.LOG_COLUMNS), np.int32)
        self.work = np.zeros(kernel.COUNTERS, np.int64)
        self.work[kernel.HEAD_REOPENED] = kernel.LAST

    def seats(self) -> tuple[Int32, Int32, Int32, Int32, Int32]:
        """The tables that nearly every kernel takes."""
        return self.units, self.people, self.programs, self.held, self.board.options

    def enter(self, order: Int32) -> None:
        """Let those who wait, and then these units, take what they can get."""
        from matchsim.engine._kernels import roth_peranson as kernel

        board, market = self.board, self.board.market
        lists = market.program_applicants, market.applicant_rank, board.offsets, board.mentions
        tables = *self.seats(), self.count, *lists
        most_often, *turns = self.patience
        cycles = len(market.applicant_programs), most_often, self.touched, self.bans
        room = self.waiting, self.log, self.work
        if kernel.enter(*tables, order, *cycles, *room) and self.work[kernel.BANNED]:
            kernel.untangle(*tables, *cycles, *room, *turns, self.draws())

    def go_on(self, quota: Int32) -> Played:
        """The matching at other quotas, from this one; no program may hold more people than it then has."""
        from matchsim.engine._kernels import roth_peranson as kernel

        kernel.open_all(self.programs, self.work, quota)
        self.enter(np.empty(0, np.int32))
        return self.played()

    def played(self) -> Played:
        """What everybody has now."""
        from matchsim.engine._kernels import roth_peranson as kernel

        people = self.people
        rank_of = self.units[people[:, kernel.UNIT], kernel.PLACE]
        done = int(self.work[kernel.PROPOSALS]), int(self.work[kernel.CYCLES])
        return Played(people[:, kernel.PROGRAM].copy(), rank_of, people[:, kernel.SECOND].copy(), *done)
