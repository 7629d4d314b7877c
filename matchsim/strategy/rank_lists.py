"""Rank-list strategies: what the same person gets in the same season with the programs in another order."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from matchsim.engine import Menus
from matchsim.errors import InputError, Problem, did_you_mean, shown
from matchsim.season import Season
from matchsim.strategy.season_menus import season_menus, shares_reached
from matchsim.tables import Bool, ColumnSpec, Float64, Int8, Int32, Int64, Table, column

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ORDERS", "ListOutcomes", "rank_list"]


class Entries(NamedTuple):
    """The entries of true lists, list by list; all arrays have one element an entry.

    Parameters
    ----------
    place, length
        The place on the true list from 0, and how many entries that list has.
    chance
        The perceived chance at the program.
    reach, safest
        Whether the program is thought to be a reach, and whether it is the safest on the list.
    """

    place: Int64
    length: Int64
    chance: Float64
    reach: Bool
    safest: Bool


# What an order sorts entries by, the smallest first, equal ones in true order; NaN = left out.
Key = npt.NDArray[np.float64]
ORDERS: dict[str, Callable[[Entries], Key]] = {
    "true_order": lambda of: of.place.astype(np.float64),
    "by_chance": lambda of: -of.chance,
    "weighed_by_chance": lambda of: -(of.length - of.place) * of.chance,
    "safe_first": lambda of: np.where(of.safest, -1.0, of.place),
    "without_reach": lambda of: np.where(of.reach, np.nan, of.place),
    "reach_last": lambda of: np.where(of.reach, of.place, of.place - of.length).astype(np.float64),
    "reach_first": lambda of: np.where(of.reach, of.place - of.length, of.place).astype(np.float64),
}
"""The orders by name; ``first_1``, ``first_2``, ... cut the true order off."""

DEFAULT = (*ORDERS, "first_1", "first_3", "first_5")


def rank_list(
    season: Season,
    orders: Sequence[str] = DEFAULT,
    *,
    applicants: npt.ArrayLike | None = None,
    reach: float = 0.5,
    menus: Menus | None = None,
) -> ListOutcomes:
    """What people of a season get with each way of ordering the programs that they ranked.

    The list that a person certified is taken for their true order, also where the scenario lets some
    people misreport. Each other list is submitted in its stead, alone, everything else in the season as it
    was. Without couples, supplemental lists and reversions the outcomes are exactly those of solving the
    match again; with them the menus hold what is linked (see :func:`season_menus`).

    - ``true_order``: the certified list.
    - ``by_chance``: by perceived chance alone.
    - ``weighed_by_chance``: by place times perceived chance. The first of n programs counts n, the last 1.
    - ``safe_first``: the program with the best perceived chance in front of all others.
    - ``without_reach``, ``reach_last``, ``reach_first``: the reach programs left out, behind all others, in
      front of all others.
    - ``first_1``, ``first_2``, ...: so many programs from the top.

    The perceived chance at a program is the share of its list that it went down in this season, 1 where
    positions stayed free. It is the same for everybody: what somebody could know who heard how far down
    the program usually goes.

    Parameters
    ----------
    season
        A finished season.
    orders
        Names of orders.
    applicants
        Numbers of people who match alone; by default everybody who does and ranks somebody.
    reach
        A program whose perceived chance is below this share is a reach.
    menus
        The menus of the season, where they are at hand already.

    Returns
    -------
    ListOutcomes
        One row for every person and order, order by order.

    Raises
    ------
    InputError
        When an order is not known, people do not exist or match in a couple, `reach` is not from 0 to 1,
        programs propose in the season, or it has early results.
    """
    _check(orders, reach)
    found = season_menus(season) if menus is None else menus
    lists = _TrueLists.of(season, found, applicants)
    chance = shares_reached(found)[lists.program]
    entries = Entries(
        lists.place, lists.lengths[lists.owner], chance, chance < reach, lists.first_by(-chance)
    )
    submitted = [lists.submitted(_key(order)(entries)) for order in orders]
    people = np.tile(lists.people, len(orders))
    program = np.concatenate([one.program for one in submitted])
    second = _second_of(season, found, people, program)
    return ListOutcomes(
        orders=tuple(orders),
        applicant=people,
        order=np.repeat(np.arange(len(orders)), len(lists.people)).astype(np.int8),
        ranks=np.concatenate([one.ranks for one in submitted]),
        program=program,
        true_place=np.concatenate([one.true_place for one in submitted]),
        second=second,
        matched=np.append(season.tracks.is_track("CMP"), False)[program] | (second >= 0),
        truthful_place=np.tile(lists.submitted(_key("true_order")(entries)).true_place, len(orders)),
    )


@dataclass(frozen=True, eq=False, repr=False)
class ListOutcomes(Table):
    """What people of a season get with each of several orders of their programs; see :func:`rank_list`.

    Parameters
    ----------
    orders
        Names of the orders.
    """

    rows = "outcome"

    orders: tuple[str, ...]
    applicant: Int32 = column(np.int32, "outcome", "number of the applicant")
    order: Int8 = column(np.int8, "outcome", "the order, as numbered in `orders`")
    ranks: Int32 = column(np.int32, "outcome", "programs on the list submitted", unit="ranks")
    program: Int32 = column(np.int32, "outcome", "program won, -1 = none")
    true_place: Int32 = column(
        np.int32, "outcome", "its place in the person's true order from 0, -1 = none", unit="ranks"
    )
    second: Int32 = column(
        np.int32, "outcome", "program won on the supplemental list that hangs on it, -1 = none"
    )
    matched: Bool = column(np.bool_, "outcome", "matched to a PGY-1 position")
    truthful_place: Int32 = column(
        np.int32, "outcome", "place in the true order won by the true order, -1 = none", unit="ranks"
    )

    def labels_of(self, spec: ColumnSpec) -> tuple[str, ...]:
        """The names of the orders for their column."""
        return self.orders if spec.name == "order" else spec.labels

    @property
    def better(self) -> Bool:
        """Where the outcome is better for the person than that of the true order; bool, shape (outcomes,)."""
        return _before(self.true_place, self.truthful_place)

    @property
    def worse(self) -> Bool:
        """Where the outcome is worse for the person than that of the true order; bool, shape (outcomes,)."""
        return _before(self.truthful_place, self.true_place)

    def summary(self) -> pd.DataFrame:
        """One row an order: how many match, where, and how it compares with the true order.

        Returns
        -------
        pandas.DataFrame
            Columns: ``order``; ``applicants``; ``mean_ranks``; ``match_rate`` (to PGY-1); ``any_rate`` (to
            any program of the list); ``first_choice`` (share at the first of the true order); ``mean_place``
            (in the true order from 1, of those with a program); ``better`` and ``worse`` (shares of people).
        """
        import pandas as pd

        won = self.program >= 0
        frame = pd.DataFrame(
            {
                "order": self.to_pandas()["order"],
                "applicants": 1,
                "mean_ranks": self.ranks,
                "match_rate": self.matched,
                "any_rate": won,
                "first_choice": self.true_place == 0,
                "mean_place": np.where(won, self.true_place + 1, np.nan),
                "better": self.better,
                "worse": self.worse,
            }
        )
        grouped = frame.groupby("order", observed=False)
        means = grouped.mean()
        means["applicants"] = grouped["applicants"].sum()
        return means.reset_index()


def _before(one: Int32, other: Int32) -> Bool:
    """Whether the first place is the better one; -1 is worse than every place."""
    return (one >= 0) & ((other < 0) | (one < other))


class _Submitted(NamedTuple):
    """What comes of one list of each person: its length, the program won (-1 = none) and its true place."""

    ranks: Int32
    program: Int32
    true_place: Int32


class _TrueLists(NamedTuple):
    """The certified lists of some people, who are numbered here from 0.

    Parameters
    ----------
    people, lengths
        Whose list each is, and how long it is.
    owner, place, program, wins
        By entry: whose it is, its place from 0, its program, and whether that lies in the person's menu.
    """

    people: Int32
    lengths: Int64
    owner: Int64
    place: Int64
    program: Int32
    wins: Bool

    @staticmethod
    def of(season: Season, found: Menus, applicants: npt.ArrayLike | None) -> _TrueLists:
        """The lists of these people, or of all who match alone and rank somebody."""
        lists = season.rank_lists
        every_length = np.diff(lists.applicant_offsets)
        if applicants is None:
            people = np.flatnonzero(found.single & (every_length > 0)).astype(np.int32)
        else:
            people = np.array(applicants)
            # Empty lists, so that wrong people are told of before their own are gathered.
            found.outcomes(people, np.zeros(len(people) + 1, np.int64), np.empty(0, np.int32))
            people = people.astype(np.int32)
        lengths = every_length[people]
        owner = np.repeat(np.arange(len(people)), lengths)
        place = np.arange(len(owner)) - (np.cumsum(lengths) - lengths)[owner]
        program = lists.applicant_programs[lists.applicant_offsets[people][owner] + place]
        return _TrueLists(people, lengths, owner, place, program, found.contain(people[owner], program))

    def first_by(self, key: Key) -> Bool:
        """Of every entry, whether it has the smallest key on its list; of equal ones the best placed."""
        order = np.lexsort((self.place, key, self.owner))
        first = np.zeros(len(order), np.bool_)
        first[order[self.place == 0]] = True
        return first

    def submitted(self, key: Key) -> _Submitted:
        """What people win who submit their entries sorted by a key: the first in their menu."""
        kept = ~np.isnan(key)
        ranks = np.bincount(self.owner[kept], minlength=len(self.people)).astype(np.int32)
        at = np.flatnonzero(kept & self.wins)
        at = at[np.lexsort((self.place[at], key[at], self.owner[at]))]
        people, first = np.unique(self.owner[at], return_index=True)
        program, true_place = np.full((2, len(self.people)), -1, np.int32)
        program[people], true_place[people] = self.program[at[first]], self.place[at[first]]
        return _Submitted(ranks, program, true_place)


def _second_of(season: Season, found: Menus, people: Int32, program: Int32) -> Int32:
    """What people who won these programs win on the supplemental lists that hang on them, -1 = nothing.

    The best on such a list that lies in the menu: that the person takes the advanced position too, and so
    displaces others, is left out of account.
    """
    lists, size = season.rank_lists, len(season.tracks)
    alone = found.single[lists.supplemental_applicants]
    owners, lengths = lists.supplemental_applicants[alone], np.diff(lists.supplemental_offsets)
    cut = np.concatenate(([0], np.cumsum(lengths[alone])))
    listed = lists.supplemental_programs[np.repeat(alone, lengths)]
    place = found.outcomes(owners, cut, listed)
    # One behind the last: what hangs on nothing.
    won = np.full(len(place) + 1, -1, np.int32)
    won[:-1][place >= 0] = listed[(cut[:-1] + place)[place >= 0]]
    keys = owners.astype(np.int64) * size + lists.supplemental_advanced[alone]
    order = np.argsort(keys)
    asked = people.astype(np.int64) * size + program
    at = np.searchsorted(keys, asked, sorter=order)
    at = np.append(order, len(order))[at]
    hangs = (program >= 0) & (np.append(keys, -1)[at] == asked)
    return np.where(hangs, won[at], np.int32(-1))


def _key(order: str) -> Callable[[Entries], Key]:
    if order in ORDERS:
        return ORDERS[order]
    most = int(order.removeprefix("first_"))
    return lambda of: np.where(of.place < most, of.place, np.nan)


def _check(orders: Sequence[str], reach: float) -> None:
    problems = []
    if isinstance(orders, str) or not len(orders):
        told = f"must be a sequence of names of orders, got {shown(orders)}"
        problems.append(Problem(told, path="orders"))
        orders = ()
    for order in orders:
        if order not in ORDERS and not re.fullmatch(r"first_[1-9][0-9]{0,8}", str(order)):
            allowed = f"allowed are {', '.join(ORDERS)}, first_1, first_2, ..."
            near = did_you_mean(str(order), ORDERS)
            told = f"there is no order called {shown(order)}; {allowed}"
            problems.append(Problem(told, path="orders", remedy=near))
    if not 0 <= reach <= 1:
        problems.append(Problem(f"must be a share from 0 to 1, got {shown(reach)}", path="reach"))
    if problems:
        raise InputError(problems)
