"""A matching: who is at which program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from matchsim.engine.market import Market
from matchsim.errors import MarketError, Problem
from matchsim.tables import Int32, Table, column, frozen

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Matching", "Survey", "checked_programs", "survey"]

# Rows that a notebook shows before it says how many more there are.
SHOWN_ROWS = 20


class Survey(NamedTuple):
    """What a matching gives to everyone, read from the lists of both sides.

    Parameters
    ----------
    own, theirs
        For every applicant, the place from 0 of their program on their list and theirs on its list,
        -1 = none.
    filled
        How many applicants each program holds.
    worst
        The worst place on its list that each program holds: -1 = holds nobody, 2**31 - 1 = holds somebody
        whom it does not rank.
    """

    own: Int32
    theirs: Int32
    filled: Int32
    worst: Int32


def survey(market: Market, program_of: Int32) -> Survey:
    """The survey of the matching with these (checked) programs."""
    from matchsim.engine import _kernels

    sizes = len(market), len(market), market.size("program"), market.size("program")
    found = Survey(*(np.empty(size, np.int32) for size in sizes))
    _kernels.survey(
        market.applicant_offsets,
        market.applicant_programs,
        market.program_rank,
        market.program_offsets,
        market.program_applicants,
        program_of,
        *found,
    )
    return found


def checked_programs(market: Market, matching: Matching | npt.ArrayLike) -> Int32:
    """The programs of a matching, or of an array of them, as a read-only int32 array that fits the market.

    Raises
    ------
    MarketError
        When there are too few or too many, or an index is out of range.
    """
    # A caller's own array is copied: to look at it must not make it read-only.
    given = matching.program_of if isinstance(matching, Matching) else np.array(matching)
    size = market.size("program")
    whole = given.dtype.kind in "iu" or not given.size
    if given.shape != (len(market),) or not whole:
        told = (
            f"a matching of this market must be {len(market):,} whole numbers, one an applicant, "
            f"got shape {given.shape} of {given.dtype}"
        )
        raise MarketError(told)
    if len(given) and not -1 <= given.min() <= given.max() < size:
        a = int(np.flatnonzero((given < -1) | (given >= size))[0])
        told = f"program_of must be -1 (unmatched) or 0 to {size - 1}, got {given[a]} at index {a}"
        raise MarketError(Problem(told))
    # A copy: asking a question about an array must not make it read-only.
    return frozen(np.array(given, dtype=np.int32), np.int32)


@dataclass(frozen=True, eq=False, repr=False)
class Matching(Table):
    """Who is at which program, in a given market.

    Nothing is promised: a matching may be unstable, or give people to programs that did not rank them.
    That is for :func:`is_stable` and :func:`irrationalities` to find out.

    Parameters
    ----------
    market
        The market that it is a matching of.
    program_of
        The program of every applicant, -1 = none.
    rank_of
        The place of that program on the applicant's list, from 0; -1 = no program, or one not ranked.
    proposals
        Work done: proposals made to somebody who ranks the proposer. 0 for a matching that was not solved.
    """

    rows = "applicant"

    market: Market
    program_of: Int32 = column(np.int32, "applicant", "the program, -1 = unmatched")
    rank_of: Int32 = column(np.int32, "applicant", "its place on the applicant's list from 0, -1 = none")
    proposals: int = 0

    @staticmethod
    def from_programs(market: Market, program_of: npt.ArrayLike) -> Matching:
        """The matching with these programs, an index or -1 for every applicant.

        Raises
        ------
        MarketError
            When the array has the wrong length or dtype, or an index is out of range.
        """
        programs = checked_programs(market, program_of)
        return Matching(market, programs, survey(market, programs).own)

    @staticmethod
    def from_dict(market: Market, programs: Mapping[Any, Any]) -> Matching:
        """The matching with these programs by name; who is left out or has None is unmatched.

        Raises
        ------
        MarketError
            When a name is not known.
        """
        program_of = np.full(len(market), -1, np.int32)
        for applicant, program in programs.items():
            a = market.applicant_labels.index_of(applicant)
            if program is not None:
                program_of[a] = market.program_labels.index_of(program)
        return Matching.from_programs(market, program_of)

    @property
    def filled(self) -> Int32:
        """How many applicants each program holds, one entry a program."""
        programs = self.program_of[self.program_of >= 0]
        return np.bincount(programs, minlength=self.market.size("program")).astype(np.int32)

    @property
    def matched(self) -> int:
        """How many applicants have a program."""
        return int(np.count_nonzero(self.program_of >= 0))

    def of(self, applicant: str | int) -> str | None:
        """The program of the applicant called so, None when unmatched.

        Raises
        ------
        MarketError
            When no applicant is called so.
        """
        p = self.program_of[self.market.applicant_labels.index_of(applicant)]
        return self.market.program_labels[p] if p >= 0 else None

    def to_dict(self) -> dict[str, str | None]:
        """Applicant -> program, None when unmatched, in the order of the market."""
        return dict(zip(self.market.applicant_labels, self._program_names(), strict=True))

    def to_pandas(self, *, labels: bool = True) -> pd.DataFrame:
        """One row an applicant: ``applicant``, ``program`` (missing when unmatched), ``rank`` as submitted.

        Parameters
        ----------
        labels
            False gives the columns of the table instead: ``program_of`` and ``rank_of`` as indices.
        """
        import pandas as pd

        if not labels:
            return super().to_pandas()
        rank = pd.array(np.maximum(self.rank_numbers, 0), dtype="Int32")
        rank[self.rank_of < 0] = pd.NA
        names = list(self.market.applicant_labels)
        return pd.DataFrame({"applicant": names, "program": list(self._program_names()), "rank": rank})

    @property
    def rank_numbers(self) -> Int32:
        """The rank of each applicant's program as they submitted it, from 1; -1 = none."""
        numbers = self.market.applicant_rank_numbers
        ranked = self.rank_of >= 0
        if numbers is None:
            return np.where(ranked, self.rank_of + 1, -1).astype(np.int32)
        out = np.full(len(self), -1, np.int32)
        out[ranked] = numbers[self.market.applicant_offsets[:-1][ranked] + self.rank_of[ranked]]
        return out

    def differences(self, other: Table) -> list[str]:
        """What differs between two matchings, their markets included; empty when they are equal."""
        told = super().differences(other)
        if isinstance(other, Matching) and self.market is not other.market:
            told += [f"market.{difference}" for difference in self.market.differences(other.market)]
        return told

    def _program_names(self) -> list[str | None]:
        names = self.market.program_labels
        return [names[p] if p >= 0 else None for p in self.program_of.tolist()]

    def __repr__(self) -> str:
        unfilled = int(np.maximum(self.market.quota - self.filled, 0).sum(dtype=np.int64))
        return (
            f"<Matching: {self.matched:,} of {len(self):,} applicants matched, "
            f"{unfilled:,} of {int(self.market.quota.sum(dtype=np.int64)):,} positions unfilled>"
        )

    def _repr_html_(self) -> str:
        names, numbers = self.market.applicant_labels, self.rank_numbers
        rows = "".join(
            f"<tr><td>{escape(names[a])}</td><td>{'' if name is None else escape(name)}</td>"
            f"<td>{numbers[a] if numbers[a] > 0 else ''}</td></tr>"
            for a, name in enumerate(self._program_names()[:SHOWN_ROWS])
        )
        head = "<tr><th>applicant</th><th>program</th><th>rank</th></tr>"
        more = f"<p>and {len(self) - SHOWN_ROWS:,} more</p>" if len(self) > SHOWN_ROWS else ""
        return f"<p><b>{escape(repr(self))}</b></p><table>{head}{rows}</table>{more}"
