"""What happened while a matching was made: its recipe played again, with everything written down."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from matchsim.engine.board import Board, Play
from matchsim.engine.market import Market
from matchsim.engine.matching import Matching, Recipe
from matchsim.errors import RunError
from matchsim.tables import Int8, Int32, Int64, Table, column

__all__ = ["WORDS", "Events", "has_history", "recorded_events"]

# The words of the kernel's codes, in their order.
WORDS = (
    "enters",
    "refused",
    "takes",
    "bumped",
    "offered again",
    "list opened",
    "list closed",
    "set aside",
    "allowed again",
)
ENTERS, REFUSED, TAKES, BUMPED, OFFERED, OPENED, CLOSED, SET_ASIDE, ALLOWED = range(len(WORDS))
# Events a person, roughly, in a national market; with fewer than happened the play is played again.
ROOM = 24


@dataclass(frozen=True, eq=False, repr=False)
class Events(Table):
    """Everything that happened while units entered a market, in its order.

    Units are numbered: applicants (those who are single), then couples, then supplemental lists. Options
    likewise: the entries of the applicants' lists, then the pairs, then the entries of the supplemental
    lists. A unit that takes an option gives up the one that it had before.

    ``refused`` tells that not every program of an option takes the unit; ``set aside`` that an option was
    forbidden for a while because a cycle of proposals kept coming back to it.
    """

    rows = "event"

    board: Board
    what: Int8 = column(np.int8, "event", "what happened", labels=WORDS)
    unit: Int32 = column(np.int32, "event", "to which unit")
    option: Int32 = column(np.int32, "event", "with which of its options, -1 = none")
    cause: Int32 = column(
        np.int32, "event", "bumped: the unit that took the seat; offered again: the program; -1 = none"
    )
    person: Int32 = column(np.int32, "event", "the applicant whom it happened to, -1 = the whole unit")
    because: Int32 = column(np.int32, "event", "the earlier event that led to this one, -1 = none")

    @property
    def market(self) -> Market:
        """The market that the events happened in."""
        return self.board.market

    def of(self, unit: int) -> Int64:
        """The events of one unit, as rows of this table in their order."""
        order, starts = self._by_unit
        rows: Int64 = order[starts[unit] : starts[unit + 1]]
        return rows

    @cached_property
    def _by_unit(self) -> tuple[Int64, Int64]:
        counts = np.bincount(self.unit, minlength=len(self.board.units))
        return np.argsort(self.unit, kind="stable"), np.concatenate(([0], np.cumsum(counts)))

    def members(self, unit: int) -> tuple[int, ...]:
        """The applicants of a unit: one, or the two of a couple."""
        from matchsim.engine._kernels import roth_peranson as kernel

        row = self.board.units[unit]
        pair = (int(row[kernel.MEMBER]), int(row[kernel.PARTNER]))
        return pair if row[kernel.KIND] == kernel.COUPLE else pair[:1]

    def is_list(self, unit: int) -> bool:
        """Whether a unit is a supplemental list."""
        return unit >= len(self.market) + len(self.board.couples)

    def programs(self, option: int) -> tuple[int, ...]:
        """The program of an option, or the two of a pair; -1 = No Match."""
        from matchsim.engine._kernels import roth_peranson as kernel

        row = self.board.options[option]
        alone = not self._first_pair <= option < self._first_supplemental
        return (int(row[kernel.P]),) if alone else (int(row[kernel.P]), int(row[kernel.Q]))

    @property
    def _first_pair(self) -> int:
        return len(self.market.applicant_programs)

    @property
    def _first_supplemental(self) -> int:
        return self._first_pair + len(self.board.couples.first_program)

    def lost(self, row: int) -> int:
        """The program at which the person of a ``bumped`` event lost the seat."""
        members = self.members(int(self.unit[row]))
        return self.programs(int(self.option[row]))[members.index(int(self.person[row]))]

    def takers(self, row: int) -> tuple[int, ...]:
        """The applicants who took the seat that the person of a ``bumped`` event lost: one, or a couple."""
        lost, taking = self.lost(row), int(self.because[row])
        seats = zip(
            self.members(int(self.unit[taking])), self.programs(int(self.option[taking])), strict=True
        )
        return tuple(member for member, program in seats if program == lost)


def has_history(matching: Matching) -> bool:
    """Whether the events that led to a matching can be told: it was solved, and applicants proposed."""
    recipe = matching.recipe
    return recipe is not None and (recipe.solver, recipe.order) != ("deferred_acceptance", "programs")


def recorded_events(matching: Matching) -> Events:
    """Make a matching again by its recipe, at its final quotas, and write down what happens.

    Reversions are not replayed: the matching is that of the market at its final quotas.

    Parameters
    ----------
    matching
        One for which :func:`has_history` holds.

    Raises
    ------
    ValueError
        When there is no history.
    RunError
        When the recipe leads to another matching.
    """
    if matching.recipe is None or not has_history(matching):
        raise ValueError("only what was solved with applicants proposing has a history")
    board = Board(matching.market)
    play = _replayed(board, matching.recipe, matching.final_quota)
    _check(play, matching)
    log = play.log[: _noted(play)]
    what, unit, option, cause, person = (np.ascontiguousarray(log[:, at]) for at in range(log.shape[1]))
    because = _reasons(board, [what, unit, option, cause, person])
    return Events(board, what.astype(np.int8), unit, option, cause, person, because)


def _replayed(board: Board, recipe: Recipe, quota: Int32) -> Play:
    from matchsim.engine.roth_peranson import PATIENCE, drawn_numbers, entering

    singles: Int32 | None
    if recipe.solver == "deferred_acceptance":
        units, singles = np.empty(0, np.int32), np.arange(len(board.market), dtype=np.int32)
    else:
        units, before = entering(board.market, recipe.seed, recipe.order, recipe.attempt)
        singles = np.flatnonzero(board.links.couple_of < 0).astype(np.int32) if before else None
    draws = partial(drawn_numbers, recipe.seed, recipe.attempt)
    room = ROOM * (len(board.market) + 1)
    while True:
        play = board.recorded(quota, units, singles, PATIENCE, draws, room)
        if _noted(play) <= room:
            return play
        room = _noted(play)


def _noted(play: Play) -> int:
    from matchsim.engine._kernels import roth_peranson as kernel

    return int(play.work[kernel.NOTED])


def _check(play: Play, matching: Matching) -> None:
    played = play.played()
    for name in ("program_of", "rank_of", "second_of"):
        mine, theirs = getattr(played, name), getattr(matching, name)
        if not np.array_equal(mine, theirs):
            a = int(np.flatnonzero(mine != theirs)[0])
            raise RunError(
                f"the recipe {matching.recipe} leads to another matching than the one to be explained: "
                f"{name} is {mine[a]} against {theirs[a]} for applicant "
                f"{matching.market.applicant_labels[a]!r}; please report this"
            )


def _reasons(board: Board, columns: list[Int32]) -> Int32:
    """For every event the earlier one that led to it, -1 = none."""
    state = _Reasons(board)
    rows = zip(*(values.tolist() for values in columns), strict=True)
    return np.array([state.of(i, *row) for i, row in enumerate(rows)], np.int32)


class _Reasons:
    """Who has what while events are gone through, and which event last concerned each unit and program."""

    def __init__(self, board: Board) -> None:
        from matchsim.engine._kernels import roth_peranson as kernel

        units = board.units
        self.options = board.options[:, [kernel.P, kernel.Q]].tolist()
        self.unit_of = board.people[:, kernel.UNIT].tolist()
        self.place = [-1] * len(units)
        # By unit, what last made it look at its list, and what it last took; by program, who last left it.
        self.stirred, self.took = [-1] * len(units), [-1] * len(units)
        self.left = [-1] * len(board.programs)

    def of(self, i: int, what: int, unit: int, option: int, cause: int, person: int) -> int:
        """The event that led to event `i`, which is then taken note of."""
        if what == ENTERS:
            because = -1
        elif what == BUMPED:
            because = self.took[cause]
        elif what == OFFERED:
            because = self.left[cause]
        elif what == OPENED:
            because = self.took[self.unit_of[person]]
        elif what == CLOSED:
            because = self.stirred[self.unit_of[person]]
        else:
            because = self.stirred[unit]
        if what == TAKES:
            self._leave(i, unit, self.options[option])
            self.place[unit] = option
            self.took[unit] = i
        elif what in (BUMPED, CLOSED) or (what == SET_ASIDE and self.place[unit] == option):
            self._leave(i, unit, ())
            self.place[unit] = -1
        if what != REFUSED:
            self.stirred[unit] = i
        return because

    def _leave(self, i: int, unit: int, then: list[int] | tuple[()]) -> None:
        """The unit gives up what it has, but for what it has at the same side then."""
        if self.place[unit] >= 0:
            had = self.options[self.place[unit]]
            for side, program in enumerate(had):
                if program >= 0 and (not then or then[side] != program):
                    self.left[program] = i
