"""Menus: for every single applicant, the programs that some list of theirs would have won."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from matchsim.engine.market import Market
from matchsim.engine.matching import Matching, check_market
from matchsim.engine.roth_peranson import roth_peranson
from matchsim.engine.stability import irrationalities
from matchsim.errors import InputError, MarketError, Problem, check_kind, counted
from matchsim.tables import Bool, Int32, Int64, Table, column, html_table, offsets

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Menus", "menus"]


def menus(market: Market, matching: Matching | None = None) -> Menus:
    """What every single applicant could have won: the menu of each, given the lists of all others.

    Whatever list an applicant submits, they get the best program on it that lies in their menu, and the
    menu does not depend on that list. A program lies in the menu of an applicant if it ranks them and, in
    the market without them, has a free position or holds somebody whom it ranks below them, when programs
    propose. The menu covers the programs that rank the applicant, whether or not the applicant ranks
    them; no list wins any other.

    All this is exact for markets of single applicants with fixed quotas. Where positions are linked or
    move, it holds for the market that remains when what is linked stays where `matching` put it:

    - Quotas are the final ones of the matching.
    - Each member of a couple wants the program that they have there and nothing else. They keep it
      unless the program prefers others; they do not try another pair, and their partner stays.
    - A position held through a supplemental list is held by itself, as if by another person whom the
      program ranks like its owner. It is given up only where its owner is taken out to find their own menu.
    - The menu is of primary lists. It does not say what a supplemental list would win.

    Parameters
    ----------
    market
        The market; entries that only the applicant gave are passed over.
    matching
        The matching that holds what is linked; None for that of :func:`roth_peranson`. Where nothing is
        linked only its final quotas count.

    Returns
    -------
    Menus

    Raises
    ------
    MarketError
        When the matching is of another market, or somebody holds in it what they or the program did not
        rank.

    Notes
    -----
    Gonczarowski, Heffetz and Thomas, "Strategyproofness-exposing descriptions of matching mechanisms",
    arXiv 2209.13148: the menu of an applicant is read off the program-proposing outcome without them.
    Here programs propose once with everybody; then each applicant in turn is taken out, the rejection
    chain that follows is played to its end, the menu is read, and what the chain touched is put back.

    Examples
    --------
    >>> market = Market.from_lists(
    ...     applicants={"Ana": ["City", "Mercy"], "Bo": ["City"], "Cy": ["Mercy", "City"]},
    ...     programs={"City": ["Cy", "Bo", "Ana"], "Mercy": ["Ana", "Bo", "Cy"]},
    ...     quotas=1,
    ... )
    >>> found = menus(market)
    >>> found.of("Bo")
    ('City', 'Mercy')
    >>> found.of("Ana")
    ('Mercy',)
    """
    check_kind("market", market, Market)
    if matching is None and _is_exact(market):
        return _menus(market, market.quota, _Held(market))
    if matching is None:
        matching = roth_peranson(market)
    else:
        check_market(market, matching)
    if market.links is None:
        return _menus(market, matching.final_quota, _Held(market))
    fault = next(iter(irrationalities(market, matching)), None)
    if fault:
        raise MarketError(f"nobody can be held where they were not ranked: {fault}")
    held = _Held(market)
    held.seat(matching)
    return _menus(market, matching.final_quota, held)


@dataclass(frozen=True, eq=False, repr=False)
class Menus(Table):
    """The menu of every single applicant: the programs that some list of theirs would have won.

    Made by :func:`menus`, which says what is exact. The menu of applicant ``a`` is
    ``program[offsets[a]:offsets[a + 1]]``: first what they rank, best first, then programs that rank them
    and that they do not rank, in the order of the market.
    """

    rows = "applicant"

    market: Market
    single: Bool = column(np.bool_, "applicant", "whether they match alone; others have an empty menu")
    offsets: Int64 = offsets("applicant", "menu entry", "where each applicant's menu starts")
    program: Int32 = column(np.int32, "menu entry", "a program in the menu")
    rank: Int32 = column(
        np.int32, "menu entry", "its place on the applicant's list from 0, -1 = not on it", unit="ranks"
    )
    cutoff: Int32 = column(
        np.int32,
        "program",
        "a newcomer is taken whom it ranks below fewer than so many of its list",
        unit="ranks",
    )

    @property
    def is_exact(self) -> bool:
        """Whether nothing in the market is linked or moves, so that nothing had to be held in place."""
        return _is_exact(self.market)

    def of(self, applicant: str | int) -> tuple[str, ...]:
        """The menu of an applicant by name: what they rank, best first, then what ranks them alone.

        Raises
        ------
        MarketError
            When no applicant is called so, or they match in a couple.
        """
        entries = slice(*self.offsets[self._single(applicant) :][:2].tolist())
        return tuple(self.market.program_labels[p] for p in self.program[entries].tolist())

    def outcome(self, applicant: str | int, programs: Iterable[Any]) -> str | None:
        """The program that a list of an applicant would win; None = no match.

        Parameters
        ----------
        applicant
            By name.
        programs
            The list, names of programs, best first.

        Raises
        ------
        MarketError
            When a name is not known, or the applicant matches in a couple.
        """
        mine = set(self.of(applicant))
        labels = self.market.program_labels
        listed = [labels[labels.index_of(p)] for p in programs]
        return next((p for p in listed if p in mine), None)

    def outcomes(
        self, applicants: npt.ArrayLike, list_offsets: npt.ArrayLike, programs: npt.ArrayLike
    ) -> Int32:
        """The places that many lists would win, each submitted instead of the applicant's own.

        Parameters
        ----------
        applicants
            Whose list each is: indices of single applicants, shape (lists,). One may have many lists;
            each is asked about by itself.
        list_offsets, programs
            The programs of list ``i``, as indices, best first, are
            ``programs[list_offsets[i]:list_offsets[i + 1]]``.

        Returns
        -------
        int32, shape (lists,)
            The place on the list, from 0, of the program won; -1 = no match.

        Raises
        ------
        InputError
            When the arrays do not fit each other or the market, or an applicant matches in a couple.
        """
        people, cut, listed = map(np.asarray, (applicants, list_offsets, programs))
        self._check_lists(people, cut, listed)
        wins = self.contain(np.repeat(people, np.diff(cut)), listed)
        won = np.full(len(people), -1, np.int32)
        hits = np.flatnonzero(wins)[::-1]
        owner = np.searchsorted(cut, hits, side="right") - 1
        # Written backwards, so that the first of each list stays.
        won[owner] = hits - cut[owner]
        return won

    def contain(self, applicants: npt.ArrayLike, programs: npt.ArrayLike) -> Bool:
        """Whether each program lies in the menu of the applicant beside it; indices, any equal lengths."""
        asked = np.asarray(applicants, np.int64) * self.market.size("program") + np.asarray(programs)
        keys = self._keys
        found: Bool = keys[np.searchsorted(keys[:-1], asked)] == asked
        return found

    @cached_property
    def _keys(self) -> Int64:
        """A number for every applicant and program in the menu, rising; behind them one that no pair has."""
        owner = np.repeat(np.arange(len(self)), np.diff(self.offsets))
        return np.append(np.sort(owner * self.market.size("program") + self.program), -1)

    def would_take(self, programs: npt.ArrayLike, better: npt.ArrayLike) -> Bool:
        """Whether programs would take somebody who is not in the market, and whom they rank so.

        Any number of such probes can be asked about at once: nobody in the market is disturbed, and each
        is alone with those who are. A probe wins the first program on their list that would take them.

        Parameters
        ----------
        programs
            Indices of programs.
        better
            How many on the list of each program, as submitted, it ranks above the newcomer: 0 for one who
            stands first, the length of the list for one who stands last. Its shape and that of `programs`
            are broadcast together.

        Returns
        -------
        bool, of the shape of both
            True where the program has a free position or holds somebody whom it ranks below the newcomer.

        Raises
        ------
        InputError
            When a program does not exist, or more are to stand above a newcomer than its list has.

        Examples
        --------
        >>> market = Market.from_lists(
        ...     applicants={"Ana": ["City"], "Bo": ["City"]}, programs={"City": ["Ana", "Bo"]}, quotas=1
        ... )
        >>> menus(market).would_take(0, [0, 1, 2]).tolist()
        [True, False, False]
        """
        where, above = np.asarray(programs), np.asarray(better)
        _check_indices("programs", where, self.market.size("program"))
        _check_indices("better", above, None)
        length = np.diff(self.market.program_offsets)[where]
        if (above > length).any():
            told = "must not be more than there are on the program's list"
            raise InputError(Problem(told, path="better"))
        return np.asarray(above < self.cutoff[where])

    def to_pandas(self, *, labels: bool = True) -> pd.DataFrame:
        """One row for each program in a menu, with names (or indices, with ``labels=False``)."""
        import pandas as pd

        owner = np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.offsets))
        columns: dict[str, Any] = {"applicant": owner, "program": self.program, "rank": self.rank}
        if labels:
            for name, names in (
                ("applicant", self.market.applicant_labels),
                ("program", self.market.program_labels),
            ):
                columns[name] = [names[i] for i in columns[name].tolist()]
        return pd.DataFrame(columns)

    def __repr__(self) -> str:
        singles, mean = int(self.single.sum()), len(self.program) / max(1, int(self.single.sum()))
        held = "" if self.is_exact else "; what is linked or moves is held in place"
        return f"<Menus: {counted(singles, 'single applicant')}, {mean:.1f} programs each on average{held}>"

    def _repr_html_(self) -> str:
        singles, names = np.flatnonzero(self.single).tolist(), self.market.applicant_labels
        rows = ((names[a], ", ".join(self.of(names[a]))) for a in singles)
        return html_table(repr(self), ("applicant", "menu"), rows, len(singles))

    def _single(self, applicant: str | int) -> int:
        a = self.market.applicant_labels.index_of(applicant)
        if not self.single[a]:
            raise MarketError(
                f"{self.market.applicant_labels[a]!r} matches in a couple; only single applicants have a menu"
            )
        return a

    def _check_lists(self, people: npt.NDArray[Any], cut: npt.NDArray[Any], listed: npt.NDArray[Any]) -> None:
        _check_indices("applicants", people, len(self))
        _check_indices("programs", listed, self.market.size("program"))
        if not self.single[people].all():
            i = int(np.flatnonzero(~self.single[people])[0])
            told = f"applicant {people[i]} at index {i} matches in a couple; only singles have a menu"
            raise InputError(Problem(told, path="applicants"))
        fits = cut.shape == (len(people) + 1,) and cut.dtype.kind in "iu"
        if not fits or cut[0] != 0 or cut[-1] != len(listed) or (np.diff(cut) < 0).any():
            told = f"must be {len(people) + 1:,} whole numbers that rise from 0 to {len(listed):,}"
            raise InputError(Problem(told, path="list_offsets"))


class _Held:
    """Who answers the offers of programs: applicants, and seats that are held by themselves.

    ``holders`` and ``choice`` are as the kernel takes them; ``second`` is by applicant the holder of the
    seat from a supplemental list.
    """

    def __init__(self, market: Market) -> None:
        from matchsim.engine._kernels import menus as kernel

        self.market = market
        self.holders = market.program_applicants
        self.choice = np.where(market.applicant_rank < 0, kernel.NO_LIMIT, market.applicant_rank)
        self.second = np.full(len(market), -1, np.int32)
        self.single = np.ones(len(market), np.bool_)
        self.size = len(market)

    def seat(self, matching: Matching) -> None:
        """Hold couples and seats from supplemental lists where a matching put them."""
        assert self.market.links is not None
        self.single = self.market.links.couple_of < 0
        coupled = np.flatnonzero(~self.single & (matching.program_of >= 0)).astype(np.int32)
        self.choice[self._entries(coupled, matching.program_of[coupled])] = 0
        owners = np.flatnonzero(matching.second_of >= 0).astype(np.int32)
        seats = self._entries(owners, matching.second_of[owners])
        self.second[owners] = self.size + np.arange(len(owners), dtype=np.int32)
        self.holders = self.holders.copy()
        self.holders[seats] = self.second[owners]
        self.choice[seats] = 0
        self.size += len(owners)

    def _entries(self, people: Int32, programs: Int32) -> Int64:
        """The entries of the programs' lists at which people stand."""
        from matchsim.engine import _kernels

        lists = self.market.program_offsets, self.market.program_applicants
        place = np.empty(len(people), np.int32)
        _kernels.places_on_lists(*lists, people, programs, len(self.market), place)
        entries: Int64 = self.market.program_offsets[programs] + place
        return entries


def _menus(market: Market, quota: Int32, held: _Held) -> Menus:
    from matchsim.engine._kernels import menus as kernel

    size, listed = market.size("program"), len(market.program_applicants)
    ends, entries = np.empty(len(market), np.int64), np.empty(listed, np.int32)
    programs, wins = np.empty(listed, np.int32), np.zeros(listed, np.bool_)
    kernel.list_entries(
        market.applicant_offsets,
        market.applicant_programs,
        market.program_rank,
        market.program_offsets,
        market.program_applicants,
        market.applicant_rank,
        ends,
        entries,
        programs,
    )
    following = np.empty(size, np.int64)
    rank_of, program_of = np.empty(held.size, np.int32), np.empty(held.size, np.int32)
    # Every step of a chain but its last passes an entry; besides, two are taken out.
    log = np.empty((listed + 4, kernel.LOG_COLUMNS), np.int32)
    kernel.find_menus(
        market.program_offsets,
        held.holders,
        held.choice,
        quota,
        held.second,
        held.single,
        ends,
        entries,
        programs,
        following,
        rank_of,
        program_of,
        log,
        wins,
    )
    filled = np.bincount(program_of[program_of >= 0], minlength=size)
    places = following - market.program_offsets[:-1]
    cutoff = np.where(filled < quota, np.diff(market.program_offsets) + 1, places)
    won = np.flatnonzero(wins)
    return Menus(
        market,
        held.single,
        np.concatenate(([0], np.concatenate(([0], np.cumsum(wins)))[ends])),
        programs[won],
        market.applicant_rank[entries[won]],
        cutoff.astype(np.int32),
    )


def _is_exact(market: Market) -> bool:
    return market.links is None and market.reversions is None and market.parity is None


def _check_indices(name: str, given: npt.NDArray[Any], size: int | None) -> None:
    """Refuse what is not whole numbers from 0 to below `size`; None = without end."""
    whole = given.dtype.kind in "iu" or not given.size
    if not whole or (given.size and (given.min() < 0 or (size is not None and given.max() >= size))):
        allowed = (
            "from 0" if size is None else f"from 0 to {size - 1}" if size else "of something that exists"
        )
        raise InputError(Problem(f"must be whole numbers {allowed}", path=name))
