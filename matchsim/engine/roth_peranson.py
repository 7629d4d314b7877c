"""The algorithm of the residency match since 1998, with couples, supplemental lists and reversions."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Literal, NamedTuple

import numpy as np

from matchsim.engine.board import Board, Patience, Play, Played
from matchsim.engine.deferred_acceptance import applicants_propose
from matchsim.engine.linked import NO_COUPLES, PARITIES
from matchsim.engine.market import Market
from matchsim.engine.matching import Matching, Recipe
from matchsim.engine.stability_linked import DEFINITIONS, blocking_units
from matchsim.errors import check_choice, check_kind
from matchsim.streams import Streams
from matchsim.tables import Float64, Int32

__all__ = ["Order", "roth_peranson"]

Order = Literal["couples_last", "couples_first", "given"]
ORDERS: tuple[Order, ...] = ("couples_last", "couples_first", "given")

# How often another order is tried when the first leaves somebody who blocks.
RESTARTS = 3
# An option that is taken more often than this while one unit enters is part of a cycle. When all have
# entered, turns are taken at random: so many rounds of so many turns, a share of them on a whim.
PATIENCE = Patience(most_often=12, rounds=10, steps=500, whim=0.1)
DRAWS = 1 << 14
BY_APPLICANTS = Recipe("deferred_acceptance", "applicants")


def roth_peranson(market: Market, *, seed: int = 0, order: Order = "couples_last") -> Matching:
    """The matching of the residency match: as good as can be found for applicants, stable where possible.

    Units (single applicants, couples) enter one after another, and each takes the best option of its list
    whose programs would take it. Whoever is displaced, with partner, tries again from the top of the list;
    whatever position somebody leaves is offered again to those who would rather have it. An applicant who
    takes an advanced position goes on with the supplemental list that hangs on it. When the matching has
    settled, unfilled positions revert, and the market is solved again at the new quotas.

    With couples or supplemental lists a stable matching need not exist, and one that does need not be
    found. A cycle of proposals is broken by forbidding, until everybody has entered, the option that was
    taken most often in it. Then what was forbidden is allowed again, and those who wait take turns at
    random. If somebody still blocks, the market is tried again with the couples in another order; in the
    end the matching with the fewest blocking options is returned, and says of itself whether it is
    stable. An unstable result is a result, not an error.

    Parameters
    ----------
    market
        The market. Without couples and supplemental lists the result is the applicant-optimal stable
        matching at the final quotas.
    seed
        0 to 2**64 - 1; decides the turns taken at random and the orders that are tried after the first.
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
    not published. Breaking cycles by bans, the turns at random (after Roth and Vande Vate, "Random paths
    to stability in two-sided matching", Econometrica 58 (1990), 1475-1480), the restarts, and solving
    again from the start after reversions are choices of this implementation.
    """
    check_choice("order", order, ORDERS)
    check_kind("market", market, Market)
    # A wrong seed is told also where nothing is drawn.
    seed = Streams(seed).seed
    solver = _Singles(market) if market.links is None else _Linked(market, seed, order)
    left = np.zeros(0, np.int32) if market.reversions is None else market.reversions.positions.copy()
    quota = market.quota
    while True:
        # Where positions revert, what blocks at the quotas before does not matter.
        matching = solver.first(quota)
        changed = _after_reversions(matching, left, solver.go_on)
        if changed is None:
            matching = solver.best()
            changed = _after_reversions(matching, left, solver.go_on)
        if changed is None:
            changed = _evened(matching)
        if changed is None:
            return matching
        quota = changed


def _after_reversions(matching: Matching, left: Int32, go_on: Callable[[Int32], Matching]) -> Int32 | None:
    """The quotas when no unfilled position moves on any more, None when none does; counts down `left`.

    Positions that a program receives are first offered by that program: they can move on only after the
    matching went on with them.
    """
    final = None
    while (quota := _reverted(matching, left)) is not None:
        final = quota
        matching = go_on(quota)
    return final


def _reverted(matching: Matching, left: Int32) -> Int32 | None:
    """The quotas after unfilled positions moved on, None when none does; counts down `left` in place."""
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


class _Singles:
    """Solves a market without couples and supplemental lists."""

    def __init__(self, market: Market) -> None:
        self.market = market

    def first(self, quota: Int32) -> Matching:
        self.matching = _matching(self.market, _singles(self.market, quota), quota, BY_APPLICANTS)
        return self.matching

    def best(self) -> Matching:
        return self.matching

    def go_on(self, quota: Int32) -> Matching:
        return self.first(quota)


class _Linked:
    """Solves a market with couples or supplemental lists: a first try, and others where something blocks."""

    def __init__(self, market: Market, seed: int, order: Order) -> None:
        self.board, self.seed, self.order = Board(market), seed, order

    def first(self, quota: Int32) -> Matching:
        """The matching of the first try at these quotas."""
        self.quota, self.tried = quota, self._try(quota, 0)
        return self.tried.matching

    def best(self) -> Matching:
        """The matching of the try that the fewest options block, at the quotas of the first."""
        tries = [self.tried]
        blocking = [_blocking(self.tried.matching)]
        while blocking[-1][0] and len(tries) <= RESTARTS:
            tries.append(self._try(self.quota, len(tries)))
            blocking.append(_blocking(tries[-1].matching))
        self.tried = tries[blocking.index(min(blocking))]
        cycles = sum(tried.matching.cycles for tried in tries)
        return dataclasses.replace(self.tried.matching, restarts=len(tries) - 1, cycles=cycles)

    def go_on(self, quota: Int32) -> Matching:
        """What becomes of the matching returned last at other quotas."""
        return _matching(self.board.market, self.tried.play.go_on(quota), quota)

    def _try(self, quota: Int32, attempt: int) -> _Tried:
        play = _attempted(self.board, self.seed, self.order, quota, attempt)
        recipe = Recipe("roth_peranson", self.order, self.seed, attempt)
        return _Tried(play, _matching(self.board.market, play.played(), quota, recipe))


class _Tried(NamedTuple):
    play: Play
    matching: Matching


def _blocking(matching: Matching) -> tuple[int, ...]:
    """How many options block, by definition, the default first; just that one where none blocks."""
    market = matching.market
    count = len(blocking_units(market, matching))
    others = DEFINITIONS[1:] if count else ()
    return (count, *(len(blocking_units(market, matching, name)) for name in others))


def _attempted(board: Board, seed: int, order: Order, quota: Int32, attempt: int) -> Play:
    """One try to solve the market, the first with the order asked for, others with the couples shuffled."""
    units, singles_first = entering(board.market, seed, order, attempt)
    singles = _singles(board.market, quota) if singles_first else None
    return board.play(quota, units, singles, PATIENCE, partial(drawn_numbers, seed, attempt))


def drawn_numbers(seed: int, attempt: int) -> Float64:
    """The numbers of [0, 1) that decide who takes turns in one attempt."""
    numbers = np.arange(DRAWS, dtype=np.int32)
    return Streams(seed)("engine.roth_peranson.turns").uniform(numbers, attempt)


def _matching(market: Market, played: Played, quota: Int32, recipe: Recipe | None = None) -> Matching:
    seats = played.program_of, played.rank_of, played.proposals, played.second_of
    return Matching(market, *seats, quota, cycles=played.cycles, recipe=recipe)


def _singles(market: Market, quota: Int32) -> Played:
    """The single applicants by deferred acceptance."""
    rank_of, program_of = np.empty(len(market), np.int32), np.empty(len(market), np.int32)
    proposals = applicants_propose(market, quota, rank_of, program_of)
    return Played(program_of, rank_of, np.full(len(market), -1, np.int32), proposals, 0)


def entering(market: Market, seed: int, order: str, attempt: int) -> tuple[Int32, bool]:
    """The units in the order in which they enter, and whether all singles entered before them.

    Couples are numbered behind all applicants. First they enter as asked for, then shuffled among them.
    """
    assert market.links is not None
    made = market.couples or NO_COUPLES
    singles = np.flatnonzero(market.links.couple_of < 0).astype(np.int32)
    couples = np.arange(len(market), len(market) + len(made), dtype=np.int32)
    if attempt:
        draws = Streams(seed)("engine.roth_peranson.order").uniform(couples, attempt)
        couples = couples[np.argsort(draws, kind="stable")]
    if order == "couples_last":
        return couples, True
    if order == "couples_first":
        return np.concatenate((couples, singles)), False
    units = np.concatenate((singles, couples))
    # The places of the couples stay; who of them has which changes when they are shuffled.
    places = np.concatenate((singles, made.first))
    return units[np.argsort(places, kind="stable")], False
