"""The market: who ranks whom, and how many positions each program has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from matchsim.engine.labels import Labels
from matchsim.engine.linked import (
    NO_COUPLES,
    NO_SUPPLEMENTALS,
    Couples,
    Links,
    Reversions,
    Supplementals,
    joined,
    table_differences,
)
from matchsim.engine.market_rules import checked
from matchsim.errors import check_kind, counted
from matchsim.tables import Int8, Int32, Int64, Table, array_of, column, offsets

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Market"]


@dataclass(frozen=True, eq=False, repr=False)
class Market(Table):
    """Rank order lists of applicants and programs, and quotas: all that a match is made from.

    Lists are kept as submitted. An entry that only one side gave stays, is never matched, and has the
    rank -1 of the other side. A finished market cannot be changed, and cannot be inconsistent: the
    ranks that each side has of the other are found when it is made.

    Parameters
    ----------
    applicant_offsets, applicant_programs
        The list of applicant ``a``, best first, is
        ``applicant_programs[applicant_offsets[a]:applicant_offsets[a + 1]]``.
    program_offsets, program_applicants
        The lists of the programs, likewise.
    quota
        Positions of each program; 0 is allowed. Neither side may have more than 2**31 - 1 entries.
    applicant_labels, program_labels
        Names, all different; None for the numbers from 1.
    applicant_rank_numbers, program_rank_numbers
        The rank numbers as submitted, entry by entry, where they are not just 1, 2, 3, ...
    couples, supplementals, reversions
        What links positions and moves quotas; None where there is nothing of the kind.
    tracks
        For every program a code of ``TRACKS`` (C, M, P, A, R), -1 = not known; None where nothing is known.
    joint_with
        For a preliminary program that is joint with an advanced one, the index of that one; else -1.
    parity
        For every program a code of ``PARITIES``: whether it wants any, an odd or an even number of matches.

    Raises
    ------
    TableError
        When an array has the wrong dtype or length.
    MarketError
        When indices or quotas are out of range, a list names somebody twice, labels do not fit, or a rule
        of the linked parts is broken (a :class:`~matchsim.engine.linked_faults.LinkedError`, which says
        where in their tables).
    """

    rows = "applicant"

    applicant_offsets: Int64 = offsets("applicant", "applicant ranking", "where each applicant's list starts")
    applicant_programs: Int32 = column(np.int32, "applicant ranking", "the program ranked, best first")
    program_offsets: Int64 = offsets("program", "program ranking", "where each program's list starts")
    program_applicants: Int32 = column(np.int32, "program ranking", "the applicant ranked, best first")
    quota: Int32 = column(np.int32, "program", "positions offered", unit="positions")
    applicant_labels: Labels = field(default=None)  # type: ignore[assignment]
    program_labels: Labels = field(default=None)  # type: ignore[assignment]
    applicant_rank_numbers: Int32 | None = None
    program_rank_numbers: Int32 | None = None
    couples: Couples | None = None
    supplementals: Supplementals | None = None
    reversions: Reversions | None = None
    tracks: Int8 | None = None
    joint_with: Int32 | None = None
    parity: Int8 | None = None
    links: Links | None = field(init=False, default=None)
    program_rank: Int32 = field(
        init=False,
        metadata=column(
            np.int32,
            "applicant ranking",
            "this applicant's place on that program's list from 0, -1 = not on it",
        ).metadata,
    )
    applicant_rank: Int32 = field(
        init=False,
        metadata=column(
            np.int32,
            "program ranking",
            "this program's place on that applicant's list from 0, -1 = not on it",
        ).metadata,
    )

    def __post_init__(self) -> None:
        self._set("program_rank", np.empty(array_of(self.applicant_programs).size, np.int32))
        self._set("applicant_rank", np.empty(array_of(self.program_applicants).size, np.int32))
        super().__post_init__()
        for name, value in checked(self).items():
            self._set(name, value)
        if self.is_linked:
            self._link()

    @property
    def is_linked(self) -> bool:
        """Whether there is more than the lists of single applicants: something that links or moves seats."""
        parts = self.couples, self.supplementals, self.reversions, self.joint_with, self.parity
        return any(part is not None for part in parts)

    def _link(self) -> None:
        """Check the linked parts and join their ranks."""
        from matchsim.engine.linked_faults import LinkedError
        from matchsim.engine.linked_rules import Setting, faults

        kinds = {"couples": Couples, "supplementals": Supplementals, "reversions": Reversions}
        for name, kind in kinds.items():
            if getattr(self, name) is not None:
                check_kind(name, getattr(self, name), kind, "Market.from_lists takes names")
        lists = self.applicant_offsets, self.applicant_programs
        names = self.applicant_labels, self.program_labels
        setting = Setting(*names, *lists, self.quota, self.tracks, self.joint_with)
        found = faults(setting, self.couples, self.supplementals, self.reversions)
        if found:
            raise LinkedError(found)
        if self.couples is not None or self.supplementals is not None:
            linked = self.couples or NO_COUPLES, self.supplementals or NO_SUPPLEMENTALS
            by_programs = self.program_offsets, self.program_applicants
            self._set("links", joined(len(self), by_programs, *linked))

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    @classmethod
    def from_arrays(
        cls,
        applicant_offsets: npt.ArrayLike,
        applicant_programs: npt.ArrayLike,
        program_offsets: npt.ArrayLike,
        program_applicants: npt.ArrayLike,
        quota: npt.ArrayLike,
        *,
        applicant_labels: Sequence[str] | None = None,
        program_labels: Sequence[str] | None = None,
        couples: Couples | None = None,
        supplementals: Supplementals | None = None,
        reversions: Reversions | None = None,
        tracks: npt.ArrayLike | None = None,
        joint_with: npt.ArrayLike | None = None,
        parity: npt.ArrayLike | None = None,
    ) -> Market:
        """A market from arrays of indices; the quickest door.

        Parameters
        ----------
        applicant_offsets, applicant_programs, program_offsets, program_applicants, quota
            Integer arrays as described at :class:`Market`. An array that owns its memory and has the
            final dtype (int64 for offsets, int32 otherwise) is taken over, not copied, and becomes
            read-only.
        applicant_labels, program_labels
            Names; without them the applicants and programs are called "1", "2", ...
        couples, supplementals, reversions, tracks, joint_with, parity
            As described at :class:`Market`.

        Raises
        ------
        TableError, MarketError
            As for :class:`Market`.
        """
        return cls(
            applicant_offsets,  # type: ignore[arg-type]
            applicant_programs,  # type: ignore[arg-type]
            program_offsets,  # type: ignore[arg-type]
            program_applicants,  # type: ignore[arg-type]
            quota,  # type: ignore[arg-type]
            applicant_labels=applicant_labels,  # type: ignore[arg-type]
            program_labels=program_labels,  # type: ignore[arg-type]
            couples=couples,
            supplementals=supplementals,
            reversions=reversions,
            tracks=tracks,  # type: ignore[arg-type]
            joint_with=joint_with,  # type: ignore[arg-type]
            parity=parity,  # type: ignore[arg-type]
        )

    @staticmethod
    def from_lists(
        applicants: Mapping[Any, Iterable[Any]],
        programs: Mapping[Any, Iterable[Any]],
        quotas: Mapping[Any, int] | int,
        *,
        couples: Mapping[tuple[Any, Any], Iterable[tuple[Any, Any]]] | None = None,
        supplemental: Mapping[tuple[Any, Any], Iterable[Any]] | None = None,
        reversions: Iterable[tuple[Any, Any, int]] | None = None,
        tracks: Mapping[Any, str] | None = None,
        joint: Mapping[Any, Any] | None = None,
        parity: Mapping[Any, str] | None = None,
    ) -> Market:
        """A market from rank order lists of names, best first.

        Parameters
        ----------
        applicants, programs
            For everyone on that side, the names on the list; an empty list for who ranks nobody. Names
            are text or whole numbers (which become text).
        quotas
            Positions of every program; one number stands for all.
        couples
            For every couple ``(first, second)`` its list of pairs of programs; None in place of a program
            = No Match. Members need no entry in `applicants`; if they have one, their list is empty.
        supplemental
            For ``(applicant, advanced program)`` the preliminary programs to try while the applicant
            holds that program.
        reversions
            ``(donor, receiver, positions)`` in the order in which receivers are served.
        tracks
            The track of programs, where known: C, M, P, A or R.
        joint
            Joint preliminary program -> the advanced program that it belongs to.
        parity
            ``"even"`` or ``"odd"`` for programs that want such a number of matches.

        Raises
        ------
        MarketError
            With every problem found: names unknown or twice on a list, quotas missing or below 0; then
            whatever is wrong with the linked parts.

        Examples
        --------
        >>> market = Market.from_lists(
        ...     applicants={"Ana": ["City"], "Bo": ["City", "Mercy"]},
        ...     programs={"City": ["Bo", "Ana"], "Mercy": ["Bo"]},
        ...     quotas={"City": 1, "Mercy": 1},
        ... )
        >>> market
        <Market: 2 applicants, 2 programs, 2 positions; 3 + 3 ranks, 3 of them mutual>
        """
        from matchsim.engine.linked_sources import LinkedLists
        from matchsim.engine.sources import market_of_lists

        linked = LinkedLists(couples, supplemental, reversions, tracks, joint, parity)
        return linked.added_to(market_of_lists(linked.with_members(applicants), programs, quotas))

    @staticmethod
    def from_frames(
        applicant_rankings: pd.DataFrame,
        program_rankings: pd.DataFrame,
        programs: pd.DataFrame,
        applicants: pd.DataFrame | None = None,
        *,
        couples: pd.DataFrame | None = None,
        supplemental_rankings: pd.DataFrame | None = None,
        reversions: pd.DataFrame | None = None,
    ) -> Market:
        """A market from data frames with the columns of a market folder; further columns are ignored.

        Parameters
        ----------
        applicant_rankings
            Columns ``applicant, rank, program``, one row an entry, in any order.
        program_rankings
            Columns ``program, rank, applicant``.
        programs
            Columns ``program, quota`` and, where wanted, ``track``, ``joint_with``, ``parity``.
        applicants
            Column ``applicant``: also lists those who rank nobody.
        couples
            Columns ``couple, rank, applicant_1, program_1, applicant_2, program_2``, one row a pair; a
            missing program, or 999999999, is No Match.
        supplemental_rankings
            Columns ``applicant, advanced_program, rank, program``.
        reversions
            Columns ``donor, receiver, positions`` and, where wanted, ``order``.

        Raises
        ------
        MarketError
            With every problem found and its table, row (from 1) and column.
        """
        from matchsim.engine.sources import market_of_frames

        linked = couples, supplemental_rankings, reversions
        return market_of_frames(applicant_rankings, program_rankings, programs, applicants, *linked)

    @staticmethod
    def from_csv(folder: str | Path) -> Market:
        """The market kept in a market folder, a workbook or an instance in text.

        See ``docs/reference/market-folder.md``.
        """
        from matchsim.engine.folder import read_market

        return read_market(folder)

    def to_csv(self, folder: str | Path) -> None:
        """Write the market as a market folder."""
        from matchsim.engine.folder import write_market

        write_market(self, folder)

    def applicant_list(self, applicant: str | int) -> tuple[str, ...]:
        """The rank order list of the applicant called so, best first, as submitted."""
        a = self.applicant_labels.index_of(applicant)
        listed = self.applicant_programs[self.applicant_offsets[a] : self.applicant_offsets[a + 1]]
        return tuple(self.program_labels[p] for p in listed.tolist())

    def program_list(self, program: str | int) -> tuple[str, ...]:
        """The rank order list of the program called so, best first, as submitted."""
        p = self.program_labels.index_of(program)
        listed = self.program_applicants[self.program_offsets[p] : self.program_offsets[p + 1]]
        return tuple(self.applicant_labels[a] for a in listed.tolist())

    def differences(self, other: Table) -> list[str]:
        """What differs between two markets, names and rank numbers included; empty when they are equal."""
        told = super().differences(other)
        if isinstance(other, Market):
            for name in ("applicant_labels", "program_labels"):
                if getattr(self, name) != getattr(other, name):
                    told.append(f"{name} differ")
            for name in ("applicant_rank_numbers", "program_rank_numbers"):
                if not np.array_equal(getattr(self, name), getattr(other, name)):
                    told.append(f"{name} differ")
            for name in ("couples", "supplementals", "reversions", "tracks", "joint_with", "parity"):
                told += table_differences(name, getattr(self, name), getattr(other, name))
        return told

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(getattr(self, f.name) for f in fields(self) if f.init)

    def __repr__(self) -> str:
        mutual = int(np.count_nonzero(self.program_rank >= 0))
        return (
            f"<Market: {counted(len(self), 'applicant')}, {counted(self.size('program'), 'program')}, "
            f"{counted(self.quota.sum(), 'position')}; {len(self.applicant_programs):,} + "
            f"{counted(len(self.program_applicants), 'rank')}, {mutual:,} of them mutual"
            f"{self._linked_parts()}>"
        )

    def _linked_parts(self) -> str:
        parts = (
            (self.couples, "couple"),
            (self.supplementals, "supplemental list"),
            (self.reversions, "reversion"),
        )
        told = [counted(len(t), name) for t, name in parts if t is not None]
        return "; " + ", ".join(told) if told else ""
