"""Checkers of matchings. They share nothing with the solvers and read only the market and the matching."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from matchsim.engine.market import Market
from matchsim.engine.matching import Matching, Survey, checked_programs, survey
from matchsim.tables import Int32, Table, column

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

    Returns
    -------
    BlockingPairs
        Empty exactly when nothing blocks.

    Raises
    ------
    MarketError
        When the matching does not fit the market.

    Notes
    -----
    Gale and Shapley, American Mathematical Monthly 69 (1962), 9-15, p. 10; with quotas as in Roth and
    Sotomayor, "Two-Sided Matching", Cambridge University Press 1990, chapter 5.
    """
    from matchsim.engine import _kernels

    program_of = checked_programs(market, matching)
    found = survey(market, program_of)
    lists = market.applicant_offsets, market.applicant_programs, market.program_rank, market.quota
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

    Applicants at programs that they did not rank, applicants at programs that did not rank them, and
    programs that hold more applicants than they have positions.

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
        if faults.survey.own[a] < 0:
            told.append(f"{name} is matched to {program}, which is not on their list")
        if faults.survey.theirs[a] < 0:
            told.append(f"{name} is matched to {program}, which does not rank them")
    for p in faults.programs.tolist():
        held, quota = faults.survey.filled[p], market.quota[p]
        told.append(f"{programs[p]} holds {held}, more than its quota of {quota}")
    return told


class _Faults(NamedTuple):
    """The applicants at a program where one side did not rank the other, the programs over quota."""

    applicants: npt.NDArray[np.intp]
    programs: npt.NDArray[np.intp]
    program_of: Int32
    survey: Survey


def _faults(market: Market, matching: Matching | npt.ArrayLike) -> _Faults:
    program_of = checked_programs(market, matching)
    found = survey(market, program_of)
    one_sided = (program_of >= 0) & ((found.own < 0) | (found.theirs < 0))
    return _Faults(np.flatnonzero(one_sided), np.flatnonzero(found.filled > market.quota), program_of, found)


def is_individually_rational(market: Market, matching: Matching | npt.ArrayLike) -> bool:
    """Whether all matched applicants and programs rank each other and no program is over its quota.

    :func:`irrationalities` says what is wrong.
    """
    faults = _faults(market, matching)
    return not len(faults.applicants) and not len(faults.programs)


def is_stable(market: Market, matching: Matching | npt.ArrayLike) -> bool:
    """Whether a matching is individually rational and no pair blocks it."""
    return is_individually_rational(market, matching) and not len(blocking_pairs(market, matching))
