"""What holds in every stable matching, found without search: how far each program is open.

A program is *closed* to a seat when as many as it has positions are held in better seats. Whether a unit
blocks depends on this alone, and for couples on the same with one position fewer. So bounds on it tell
which options nobody can hold in a stable matching, and which units have the same in all of them.

Two facts are used over and over until nothing new follows. An option is *possible* as long as it may be
held in some stable matching.

*Open.* If fewer better seats than the program has positions are in possible options, the program is not
closed to a seat. A unit that programs would take with an option in every stable matching has it or a
better one: the options behind it are impossible.

*Closed.* A seat is *claimed* if in every stable matching it is held or its program is closed to it. A
single claims the seat of their first possible option, with which they would block otherwise. So does the
member of a couple whose partner would be taken in any case, and a supplemental list while what it hangs on
is held in any case. If as many claimed seats as there are positions are better than a seat, the program
is closed to it: they are all held, or the program is closed to one of them and then to all behind it. An
option that takes a seat to which the program is closed is impossible, as the quota would be exceeded.

Each step uses only the stability of the unit that it speaks of, whatever couples and supplemental lists do
elsewhere, and holds under all three definitions of stability. A couple is taken by one program if the
program is open to the worse of the two: among the possible better seats is that of the other, so that one
position fewer is left to the rest. And where positions that a couple gives up count as free, it may block
with an option to which a program is closed; that option is still impossible, but whoever looks for what
blocks must keep it in view.

With singles alone the second fact is deferred acceptance with applicants proposing, and the first that
with programs proposing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchsim.engine.options import NO_SEAT, Options
from matchsim.tables import Bool, Int64

__all__ = ["Bounds", "bounds", "no_bounds"]

NO_LIMIT = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Bounds:
    """What is known of all stable matchings.

    Parameters
    ----------
    possible, certain
        For every option, whether it may be held, and whether it is held in all of them.
    open_to, closed_behind
        For every program, the last seat to which it is certainly not closed, and the last one to which it
        is not certainly closed.
    """

    possible: Bool
    certain: Bool
    open_to: Int64
    closed_behind: Int64


def no_bounds(options: Options) -> Bounds:
    """Nothing known, as where units may block."""
    programs, size = options.market.size("program"), len(options)
    seats = np.full(programs, NO_SEAT), np.full(programs, NO_LIMIT)
    return Bounds(np.ones(size, np.bool_), np.zeros(size, np.bool_), *seats)


def bounds(options: Options, least: Int64, most: Int64, *, couples_may_block: bool = False) -> Bounds:
    """What holds in every matching that is stable at any quotas from `least` to `most`.

    With `couples_may_block`, in every matching that nobody but couples blocks.
    """
    search = _Bounding(options, least, most, couples_may_block)
    left = -1
    while left != len(search.options):
        left = len(search.options)
        search.look()
    possible, certain = np.zeros(len(options), np.bool_), np.zeros(len(options), np.bool_)
    possible[search.rows], certain[search.rows] = True, search.certain
    return Bounds(possible, certain, search.open_to[:-1], search.closed_behind[:-1])


class _Bounding:
    """One look after another at what is open, claimed and possible."""

    def __init__(self, options: Options, least: Int64, most: Int64, couples_may_block: bool) -> None:
        self.least, self.most = least, most
        self.couples_may_block = couples_may_block
        # What is still possible, and its rows in the table as given. Two do not fit where there is one.
        too_many = options.together & (most[options.program_at[options.first]] < 2)
        self.options, self.rows = options.only(~too_many), np.flatnonzero(~too_many)
        self.certain = np.empty(0, np.bool_)
        self.open_to = self.closed_behind = np.empty(0, np.int64)

    def look(self) -> None:
        """Draw every conclusion from what is possible so far."""
        options = self.options
        first, second = options.first, options.second
        at_first, at_second = self._programs(first), self._programs(second)
        rivals = self._seats(first, second)
        self.open_to = self._seat_number(self.least, rivals)
        first_taken, second_taken = first <= self.open_to[at_first], second <= self.open_to[at_second]
        taken = first_taken & second_taken

        content = np.ones(len(options), np.bool_)
        if self.couples_may_block:
            content = (options.unit < len(options.market)) | (options.unit >= options.first_list)

        best = self._best(content)
        of_list = options.unit >= options.first_list
        hangs_on = options.hangs_on[options.unit]
        certain = best & taken & ~of_list
        backed = ~of_list | self._seats(first[certain], second[certain])[hangs_on]
        self.certain = best & taken & backed
        # At one program neither member is sure to be taken without the other.
        claiming = best & backed & (taken | ~options.together)
        claimed = self._seats(first[claiming & second_taken], second[claiming & first_taken])
        self.closed_behind = self._seat_number(self.most, claimed)

        possible = (first <= self.closed_behind[at_first]) & (second <= self.closed_behind[at_second])
        own = possible & ~of_list
        possible &= ~of_list | self._seats(first[own], second[own])[hangs_on]
        possible &= self._not_behind(possible & taken & content)
        self.options, self.rows = options.only(possible), self.rows[possible]
        self.certain = self.certain[possible]

    def _programs(self, seats: Int64) -> Int64:
        """The programs of these seats; for NO_SEAT one behind them all, which is always open."""
        return np.where(seats == NO_SEAT, len(self.least), self.options.program_at[seats])

    def _seats(self, first: Int64, second: Int64) -> Bool:
        """Which seats are among these; one more entry, False, stands behind for NO_SEAT."""
        among = np.zeros(len(self.options.program_at) + 1, np.bool_)
        among[first] = among[second] = True
        among[NO_SEAT] = False
        return among

    def _seat_number(self, wanted: Int64, among: Bool) -> Int64:
        """For every program the seat among these with this number, counted from 1.

        NO_LIMIT where there are not so many, NO_SEAT for number 0 or less.
        """
        cut = self.options.market.program_offsets
        counted = np.concatenate(([0], np.cumsum(among[:-1])))
        seat = np.searchsorted(counted, counted[cut[:-1]] + np.maximum(wanted, 1)) - 1
        found = np.where(wanted < 1, NO_SEAT, np.where(seat < cut[1:], seat, NO_LIMIT))
        return np.append(found, NO_LIMIT)

    def _best(self, among: Bool) -> Bool:
        """Of these options, the first of every unit."""
        rows = np.flatnonzero(among)
        unit = self.options.unit[rows]
        best = np.zeros(len(among), np.bool_)
        best[rows[np.diff(unit, prepend=-1) > 0]] = True
        return best

    def _not_behind(self, had: Bool) -> Bool:
        """A unit has the best of these options or a better one, and nothing behind it."""
        last = np.full(len(self.options.lengths), NO_LIMIT)
        rows = np.flatnonzero(self._best(had))
        last[self.options.unit[rows]] = rows
        return np.asarray(np.arange(len(had)) <= last[self.options.unit])
