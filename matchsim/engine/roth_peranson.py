"""The algorithm of the residency match since 1998, with couples, supplemental lists and reversions."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np

from matchsim.engine.linked import NO_COUPLES, NO_SUPPLEMENTALS, PARITIES
from matchsim.engine.market import Market
from matchsim.engine.matching import Matching
from matchsim.engine.stability_linked import blocking_units
from matchsim.errors import InputError, did_you_mean, shown
from matchsim.streams import Stream, Streams
from matchsim.tables import Int32, Int64

__all__ = ["Order", "roth_peranson"]

Order = Literal["couples_last", "couples_first", "given"]
ORDERS: tuple[Order, ...] = ("couples_last", "couples_first", "given")

# How often another order is tried when the first leaves somebody who blocks.
RESTARTS = 10
# An option that is taken more often than this while one unit enters is part of a cycle.
MOST_OFTEN = 12
# Cycles that are broken by a ban before an order is given up.
MOST_BANS = 64


def roth_peranson(market: Market, *, seed: int = 0, order: Order = "couples_last") -> Matching:
    """The matching of the residency match: as good as can be found for applicants, stable where possible.

    Units (single applicants, couples) enter one after another, and each takes the best option of its list
    whose programs would take it. Whoever is displaced, with partner, tries again from the top of the list;
    whatever position somebody leaves is offered again to those who would rather have it. An applicant who
    takes an advanced position goes on with the supplemental list that hangs on it. When the matching has
    settled, unfilled positions revert, and the market is solved again at the new quotas.

    With couples or supplemental lists a stable matching need not exist, and one that does need not be
    found. A cycle of proposals is broken by forbidding, until the end of the try, the option that was
    taken most often in it. If somebody still blocks, the market is tried again with the couples in another
    order; in the end the matching with the fewest blocking options is returned, and says of itself whether
    it is stable. An unstable result is a result, not an error.

    Parameters
    ----------
    market
        The market. Without couples and supplemental lists the result is the applicant-optimal stable
        matching at the final quotas.
    seed
        0 to 2**64 - 1; decides the orders that are tried after the first.
    order
        When couples enter: after all singles (``"couples_last"``), before them (``"couples_first"``), or
        each at the place of its first member in the market (``"given"``).

    Returns
    -------
    Matching
        With ``stable``, ``blocking``, ``partial``, ``couples``, ``final_quota``, ``proposals``,
        ``restarts`` and ``cycles``.

    Raises
    ------
    InputError
        When `order` has another name or `seed` is out of range.

    Notes
    -----
    Roth and Peranson, "The redesign of the matching market for American physicians: some engineering
    aspects of economic design", American Economic Review 89 (1999), 748-780. The paper describes the
    stacks of applicants and programs and the order of units; how the production code leaves a cycle is
    not published. Breaking cycles by bans, the restarts, and solving again from the start after
    reversions are choices of this implementation.
    """
    if order not in ORDERS:
        near = did_you_mean(str(order), ORDERS)
        allowed = ", ".join(map(repr, ORDERS))
        raise InputError(f"order must be one of {allowed}, got {shown(order)}" + (near and f"; {near}"))
    solver = _Solver(market, Streams(seed)("engine.roth_peranson"), order)
    left = np.zeros(0, np.int32) if market.reversions is None else market.reversions.positions.copy()
    quota = market.quota
    while True:
        matching = solver.at(quota)
        changed = _reverted(matching, left)
        if changed is None:
            changed = _evened(matching)
        if changed is None:
            return matching
        quota = changed


def _reverted(matching: Matching, left: Int32) -> Int32 | None:
    """The quotas after unfilled positions moved on, None when none does; counts down `left` in place.

    Positions that a program receives are first offered by that program: they can move on only after the
    market was solved with them.
    """
    reversions, quota = matching.market.reversions, matching.final_quota.copy()
    if reversions is None:
        return None
    unfilled = quota - matching.filled
    rows = zip(reversions.donor.tolist(), reversions.receiver.tolist(), strict=True)
    for k, (donor, receiver) in enumerate(rows):
        moving = min(int(left[k]), int(unfilled[donor]))
        if moving > 0:
            left[k] -= moving
            unfilled[donor] -= moving
            quota[donor] -= moving
            quota[receiver] += moving
    return quota if (quota != matching.final_quota).any() else None


def _evened(matching: Matching) -> Int32 | None:
    """The quotas one below what is filled where that is odd but wanted even, or even but wanted odd.

    None when there is no such program. Nobody matched is neither here nor there.
    """
    parity, filled = matching.market.parity, matching.filled
    if parity is None:
        return None
    wanted = parity == PARITIES.index("odd")
    wrong = (parity > 0) & (filled > 0) & ((filled % 2 == 1) != wanted)
    return np.where(wrong, filled - 1, matching.final_quota).astype(np.int32) if wrong.any() else None


class _Attempt(NamedTuple):
    """The seats that one order of the units led to, and the work done."""

    program_of: Int32
    second_of: Int32
    place: Int32
    proposals: int
    cycles: int


class _Solver:
    """Solves one market at any quotas."""

    def __init__(self, market: Market, stream: Stream, order: Order) -> None:
        self.market, self.stream, self.order = market, stream, order
        self.couples = market.couples or NO_COUPLES
        self.supplementals = market.supplementals or NO_SUPPLEMENTALS
        self.mentions = self._mentions() if market.links is not None else None

    def at(self, quota: Int32) -> Matching:
        """The best matching found at these quotas."""
        if self.mentions is None:
            return self._singles(quota)
        best, fewest, cycles = None, -1, 0
        for attempt in range(RESTARTS + 1):
            found = self._attempt(quota, attempt)
            cycles += found.cycles
            matching = self._matching(found, quota, attempt, cycles)
            blocking = len(blocking_units(self.market, matching))
            if best is None or blocking < fewest:
                best, fewest = matching, blocking
            if not blocking:
                break
        assert best is not None
        return best

    def _singles(self, quota: Int32) -> Matching:
        from matchsim.engine import _kernels

        market = self.market
        rank_of, program_of = np.empty(len(market), np.int32), np.empty(len(market), np.int32)
        proposals = _kernels.applicants_propose(
            market.applicant_offsets,
            market.applicant_programs,
            market.program_rank,
            market.program_offsets,
            market.program_applicants,
            quota,
            rank_of,
            program_of,
        )
        return Matching(market, program_of, rank_of, proposals, final_quota=quota)

    def _matching(self, found: _Attempt, quota: Int32, restarts: int, cycles: int) -> Matching:
        rank_of = found.place[: len(self.market)].copy()
        places = found.place[len(self.market) :][: len(self.couples)]
        rank_of[self.couples.first] = rank_of[self.couples.second] = places
        work = {"restarts": restarts, "cycles": cycles}
        return Matching(
            self.market, found.program_of, rank_of, found.proposals, found.second_of, quota, **work
        )

    def _mentions(self) -> tuple[Int64, Int32, Int32]:
        """Who mentions which program for whom; see the kernels' ``Lists``."""
        from matchsim.engine import _kernels

        ends = np.zeros(len(self.market.program_applicants) + 1, np.int64)
        nothing = np.empty(0, np.int32)
        lists = self._lists(self.market.quota, (ends, nothing, nothing))
        _kernels.count_mentions(lists, ends)
        unit, place = np.empty(ends[-1], np.int32), np.empty(ends[-1], np.int32)
        _kernels.fill_mentions(lists, ends, unit, place)
        # Filling moved each offset on to the next one.
        return np.concatenate((np.zeros(1, np.int64), ends[:-1])), unit, place

    def _lists(self, quota: Int32, mentions: tuple[Int64, Int32, Int32]) -> Any:
        from matchsim.engine import _kernels

        market, couples, extra, links = self.market, self.couples, self.supplementals, self.market.links
        assert links is not None
        return _kernels.Lists(
            market.applicant_offsets,
            market.applicant_programs,
            market.program_rank,
            market.program_offsets,
            market.program_applicants,
            market.applicant_rank,
            quota,
            links.couple_of,
            couples.first,
            couples.second,
            couples.offsets,
            couples.first_program,
            couples.second_program,
            links.first_rank,
            links.second_rank,
            extra.applicant,
            extra.advanced,
            extra.offsets,
            extra.programs,
            links.supplemental_rank,
            links.own_offsets,
            links.own_lists,
            *mentions,
        )

    def _attempt(self, quota: Int32, attempt: int) -> _Attempt:
        from matchsim.engine import _kernels

        assert self.mentions is not None
        state = self._fresh_state(quota)
        units, together = self._entering(attempt)
        _kernels.enter(self._lists(quota, self.mentions), state, units, together, MOST_OFTEN)
        proposals, cycles = (int(state.work[at]) for at in (_kernels.PROPOSALS, _kernels.CYCLES))
        return _Attempt(state.program_of, state.second_of, state.place, proposals, cycles)

    def _fresh_state(self, quota: Int32) -> Any:
        from matchsim.engine import _kernels

        market = self.market
        people, programs = len(market), market.size("program")
        units = people + len(self.couples) + len(self.supplementals)
        options = sum(
            map(len, (market.applicant_programs, self.couples.first_program, self.supplementals.programs))
        )
        # A program is over its quota by two at most, while a couple enters it.
        room = np.minimum(quota.astype(np.int64), np.diff(market.program_offsets)) + 2
        base = np.concatenate((np.zeros(1, np.int64), np.cumsum(room)))

        def nobody(size: int) -> Int32:
            return np.full(size, -1, np.int32)

        return _kernels.State(
            base=base,
            held=np.empty(base[-1], np.int32),
            filled=np.zeros(programs, np.int32),
            program_of=nobody(people),
            rank_at=nobody(people),
            second_of=nobody(people),
            second_rank=nobody(people),
            open_list=nobody(people),
            place=nobody(units),
            entered=np.zeros(units, np.bool_),
            waiting=np.empty(units, np.int32),
            is_waiting=np.zeros(units, np.bool_),
            reopened=np.empty(programs, np.int32),
            is_reopened=np.zeros(programs, np.bool_),
            count=np.zeros(options, np.int16),
            touched=np.empty(options, np.int32),
            banned=np.zeros(options, np.bool_),
            bans=np.empty(MOST_BANS, np.int32),
            work=np.zeros(6, np.int64),
        )

    def _entering(self, attempt: int) -> tuple[Int32, int]:
        """The units in the order in which they enter, and how many of them enter at once.

        First as asked for, then alternately with all units mixed and with only the couples shuffled:
        where there are few couples, they have few orders.
        """
        assert self.market.links is not None
        singles = np.flatnonzero(self.market.links.couple_of < 0).astype(np.int32)
        couples = np.arange(len(self.couples), dtype=np.int32)
        if attempt % 2:
            units = np.concatenate((singles, couples + len(self.market)))
            return self._shuffled(units, attempt), 0
        if attempt:
            couples = self._shuffled(couples, attempt)
        units = np.concatenate((singles, couples + len(self.market)))
        if self.order == "couples_last":
            return units, len(singles)
        if self.order == "couples_first":
            return np.roll(units, len(couples)), 0
        position = np.concatenate((singles, np.sort(self.couples.first)))
        return units[np.argsort(position, kind="stable")], 0

    def _shuffled(self, units: Int32, attempt: int) -> Int32:
        return units[np.argsort(self.stream.uniform(units, attempt), kind="stable")]
