"""Checkers of matchings. They share nothing with the solvers and read only the market and the matching."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from matchsim.engine.market import Market
from matchsim.engine.matching import Matching, checked_programs
from matchsim.engine.stability_linked import Definition, blocking_units
from matchsim.engine.survey import place_couples, survey
from matchsim.errors import InputError, check_kind
from matchsim.tables import Bool, Int32, Table, column

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BlockingPairs", "blocking_pairs", "irrationalities", "is_individually_rational", "is_stable"]


@dataclass(frozen=True, eq=False, repr=False)
class BlockingPairs(Table):
    """Applicants and programs that would rather have each other than what the matching gives them.

    ``len()`` counts the pairs; looping gives ``(applicant, program)`` by name. In the order of the
    market: by applicant, then as each ranks them.
    """

    rows = "pair"

    market: Market
    applicant: Int32 = column(np.int32, "pair", "index of the applicant")
    program: Int32 = column(np.int32, "pair", "index of the program")
    applicant_rank: Int32 = column(np.int32, "pair", "place of the program on the applicant's list, from 0")
    program_rank: Int32 = column(np.int32, "pair", "place of the applicant on the program's list, from 0")

    def __iter__(self) -> Iterator[tuple[str, str]]:
        applicants, programs = self.market.applicant_labels, self.market.program_labels
        for a, p in zip(self.applicant.tolist(), self.program.tolist(), strict=True):
            yield applicants[a], programs[p]

    def to_pandas(self, *, labels: bool = True) -> pd.DataFrame:
        """One row a pair, with names (or indices, with ``labels=False``) and places from 0."""
        frame = super().to_pandas()
        if labels:
            frame["applicant"], frame["program"] = zip(*self, strict=True) if len(self) else ((), ())
        return frame

    def __repr__(self) -> str:
        if not len(self):
            return "<BlockingPairs: none>"
        first = [
            f"{applicant} and {program}" for _, (applicant, program) in zip(range(3), self, strict=False)
        ]
        more = ", ..." if len(self) > len(first) else ""
        return f"<BlockingPairs: {len(self):,}: {', '.join(first)}{more}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>"


def blocking_pairs(market: Market, matching: Matching | npt.ArrayLike) -> BlockingPairs:
    """The pairs that block a matching, judged by what both sides submitted.

    An applicant and a program block when each ranks the other, the applicant prefers the program to the
    one they have (having none, or one that they did not rank, is worse than every program ranked), and
    the program has a free position or holds somebody whom it prefers less (somebody whom it did not rank
    is worse than everyone ranked).

    Parameters
    ----------
    market
        The market.
    matching
        A matching of it, or an integer array with the program of every applicant, -1 = unmatched.
        What was matched by other lists is judged by these when its ``program_of`` is given.

    Returns
    -------
    BlockingPairs
        Empty exactly when nothing blocks.

    Raises
    ------
    MarketError
        When the matching does not fit the market.
    InputError
        When the market has couples or supplemental lists: then it is units that block.

    Notes
    -----
    Gale and Shapley, American Mathematical Monthly 69 (1962), 9-15, p. 10; with quotas as in Roth and
    Sotomayor, "Two-Sided Matching", Cambridge University Press 1990, chapter 5.
    """
    from matchsim.engine import _kernels

    check_kind("market", market, Market)
    if market.links is not None:
        raise InputError("this market has couples or supplemental lists; ask for blocking_units instead")
    program_of = checked_programs(market, matching)
    quota = matching.final_quota if isinstance(matching, Matching) else market.quota
    found = survey(market, program_of)
    lists = market.applicant_offsets, market.applicant_programs, market.program_rank, quota
    given = *lists, found.own, found.filled, found.worst
    applicants = entries = np.empty(0, np.int32)
    count = _kernels.find_blocking(*given, applicants, entries)
    if count:
        applicants, entries = np.empty(count, np.int32), np.empty(count, np.int32)
        _kernels.find_blocking(*given, applicants, entries)
    return BlockingPairs(
        market,
        applicants,
        market.applicant_programs[entries],
        (entries - market.applicant_offsets[applicants]).astype(np.int32),
        market.program_rank[entries],
    )


def irrationalities(market: Market, matching: Matching | npt.ArrayLike) -> list[str]:
    """What nobody would agree to in a matching, one sentence each; empty when it is individually rational.

    Applicants at programs that they did not rank, applicants at programs that did not rank them, couples
    with a pair that is not on their list, supplemental positions without the list for them, and programs
    that hold more applicants than they have positions (a :class:`Matching` is judged at its final quotas).

    Raises
    ------
    MarketError
        When the matching does not fit the market.
    """
    faults = _faults(market, matching)
    applicants, programs = market.applicant_labels, market.program_labels
    told = []
    for a in faults.applicants.tolist():
        name, program = applicants[a], programs[int(faults.program_of[a])]
        if faults.own[a] < 0 and not faults.coupled[a]:
            told.append(f"{name} is matched to {program}, which is not on their list")
        if faults.theirs[a] < 0:
            told.append(f"{name} is matched to {program}, which does not rank them")
    told += _told_linked(market, faults)
    for p in faults.programs.tolist():
        held, quota = faults.filled[p], faults.quota[p]
        told.append(f"{programs[p]} holds {held}, more than its quota of {quota}")
    return told


def _told_linked(market: Market, faults: _Faults) -> list[str]:
    applicants, programs, couples = market.applicant_labels, market.program_labels, market.couples
    told = []
    for c in faults.couples.tolist():
        assert couples is not None
        members = int(couples.first[c]), int(couples.second[c])
        have = [faults.program_of[a] for a in members]
        pair = " and ".join(programs[p] if p >= 0 else "No Match" for p in have)
        names = " and ".join(applicants[a] for a in members)
        told.append(f"{names} are matched to {pair}, a pair that is not on their list")
    for a in faults.seconds.tolist():
        program = programs[int(faults.second_of[a])]
        told.append(
            f"{applicants[a]} also holds {program}, which no supplemental list of theirs gives them there"
        )
    return told


class _Faults(NamedTuple):
    """The applicants, couples, supplemental positions (by applicant) and programs at fault, and why."""

    applicants: npt.NDArray[np.intp]
    couples: npt.NDArray[np.intp]
    seconds: npt.NDArray[np.intp]
    programs: npt.NDArray[np.intp]
    program_of: Int32
    second_of: Int32
    own: Int32
    theirs: Int32
    coupled: Bool
    filled: Int32
    quota: Int32


def _faults(market: Market, matching: Matching | npt.ArrayLike) -> _Faults:
    program_of = checked_programs(market, matching)
    found = survey(market, program_of)
    own, filled, quota = found.own, found.filled, market.quota
    second_of = np.full(len(market), -1, np.int32)
    if isinstance(matching, Matching):
        quota, second_of = matching.final_quota, matching.second_of
    coupled = np.zeros(len(market), np.bool_)
    torn = np.empty(0, np.intp)
    if market.couples is not None:
        couples = market.couples
        place_couples(couples, program_of, own)
        coupled[couples.first] = coupled[couples.second] = True
        somewhere = (program_of[couples.first] >= 0) | (program_of[couples.second] >= 0)
        torn = np.flatnonzero(somewhere & (own[couples.first] < 0))
    held = second_of >= 0
    if held.any():
        filled = filled + np.bincount(second_of[held], minlength=len(filled)).astype(np.int32)
    # What the couple holds together is judged above; here only whether a program ranks the member.
    one_sided = (program_of >= 0) & (((own < 0) & ~coupled) | (found.theirs < 0))
    return _Faults(
        np.flatnonzero(one_sided),
        torn,
        np.flatnonzero(held & ~_given_by_lists(market, program_of, second_of)),
        np.flatnonzero(filled > quota),
        program_of,
        second_of,
        own,
        found.theirs,
        coupled,
        filled,
        quota,
    )


def _given_by_lists(market: Market, program_of: Int32, second_of: Int32) -> Bool:
    """Whose supplemental position stands on a list that hangs on the program they have, ranked by it."""
    rightly = np.zeros(len(market), np.bool_)
    lists, links = market.supplementals, market.links
    if lists is not None and links is not None:
        owner = np.repeat(np.arange(len(lists)), np.diff(lists.offsets))
        people = lists.applicant[owner]
        held = (program_of[people] == lists.advanced[owner]) & (second_of[people] == lists.programs)
        rightly[people[held & (links.supplemental_rank >= 0)]] = True
    return rightly


def is_individually_rational(market: Market, matching: Matching | npt.ArrayLike) -> bool:
    """Whether nobody got what they did not ask for and no program is over its quota.

    :func:`irrationalities` says what is wrong.
    """
    faults = _faults(market, matching)
    at_fault = faults.applicants, faults.couples, faults.seconds, faults.programs
    return not any(map(len, at_fault))


def is_stable(
    market: Market, matching: Matching | npt.ArrayLike, definition: Definition = "responsive"
) -> bool:
    """Whether a matching is individually rational and nobody blocks it.

    For the definitions, which differ only for couples, see :func:`blocking_units`.
    """
    if not is_individually_rational(market, matching):
        return False
    return not len(blocking_units(market, matching, definition))
