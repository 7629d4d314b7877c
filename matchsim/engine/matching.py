"""A matching: who is at which program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from matchsim.engine.linked import TRACKS
from matchsim.engine.market import Market
from matchsim.engine.survey import place_couples, survey
from matchsim.errors import InputError, MarketError, Problem, check_kind, counted, shown
from matchsim.tables import Bool, Int32, Table, array_of, column, frozen, html_table

if TYPE_CHECKING:
    import pandas as pd

    from matchsim.engine.events import Events
    from matchsim.engine.explanation import Explanation

__all__ = ["Matching", "Recipe", "check_market", "checked_programs", "checked_quota"]


def check_market(market: Market, matching: Matching, remedy: str = "") -> None:
    """Refuse a matching of another market, be it as large as this one.

    Raises
    ------
    MarketError
        Unless the matching is of this market, or of one that is equal to it.
    """
    check_kind("matching", matching, Matching)
    if matching.market is not market and not matching.market.equals(market):
        raise MarketError(Problem("the matching is of another market", remedy=remedy))


def checked_programs(market: Market, matching: Matching | npt.ArrayLike) -> Int32:
    """The programs of a matching, or of an array of them, as a read-only int32 array that fits the market.

    Raises
    ------
    MarketError
        When there are too few or too many, an index is out of range, or the matching is of another market.
    """
    check_kind("market", market, Market)
    if isinstance(matching, Matching):
        check_market(market, matching, "give its program_of to judge it in this market all the same")
    # A caller's own array is copied: to look at it must not make it read-only.
    given = matching.program_of if isinstance(matching, Matching) else np.array(array_of(matching))
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


def checked_quota(market: Market, quota: npt.ArrayLike, name: str = "final_quota") -> Int32:
    """Quotas as a read-only int32 array that fits the market; `name` is what a complaint calls them."""
    given, size = np.array(array_of(quota)), market.size("program")
    if given.shape != (size,) or (size and given.dtype.kind not in "iu"):
        raise MarketError(
            f"{name} must be {size:,} whole numbers, one a program, got shape {given.shape} of {given.dtype}"
        )
    if wrong := np.flatnonzero((given < 0) | (given >= 2**31)).tolist():
        p = wrong[0]
        raise MarketError(f"{name} must be from 0 to {2**31 - 1}, got {given[p]} at index {p}")
    return frozen(given, np.int32)


def _is_missing(program: Any) -> bool:
    """Whether it is None, or what pandas has in its place: NaN, or NA, which is neither equal nor not."""
    try:
        return program is None or bool(program != program)  # noqa: PLR0124
    except TypeError:
        return True


_SECOND_OF = column(np.int32, "applicant", "the program of a supplemental list, -1 = none")
_FINAL_QUOTA = column(np.int32, "program", "positions after reversions", unit="positions")


class Recipe(NamedTuple):
    """How a matching was made: by which solver, and with which of its options.

    ``attempt`` counts the orders in which :func:`roth_peranson` let couples enter, from 0.
    """

    solver: str
    order: str = ""
    seed: int = 0
    attempt: int = 0


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
        The place of that program on the applicant's list (of the pair on the couple's list), from 0;
        -1 = no program, or one not ranked. The member with No Match of a pair obtained has its place too.
    proposals
        Work done: proposals made to somebody who ranks the proposer. 0 for a matching that was not solved.
    second_of
        The program of the position found through a supplemental list, -1 = none; None for none at all.
    final_quota
        The positions of each program after reversions, at which the matching is judged; None for those of
        the market.
    restarts, cycles
        Work done by :func:`roth_peranson`: how often it started again in another order, and how many
        cycles of proposals it met on the way.
    recipe
        What made it, so that it can be made again and explained; None for a matching that was not solved.
    """

    rows = "applicant"

    market: Market
    program_of: Int32 = column(np.int32, "applicant", "the program, -1 = unmatched")
    rank_of: Int32 = column(np.int32, "applicant", "its place on the applicant's list from 0, -1 = none")
    proposals: int = 0
    second_of: Int32 = field(default=cast("Int32", None), metadata=_SECOND_OF.metadata)
    final_quota: Int32 = field(default=cast("Int32", None), metadata=_FINAL_QUOTA.metadata)
    restarts: int = 0
    cycles: int = 0
    recipe: Recipe | None = None
    # Counted when first asked for.
    _blocking: dict[str, int] | None = field(init=False, default=None, compare=False)

    def __post_init__(self) -> None:
        given: dict[str, Any] = vars(self)
        if given["second_of"] is None:
            object.__setattr__(self, "second_of", np.full(len(self.market), -1, np.int32))
        if given["final_quota"] is None:
            object.__setattr__(self, "final_quota", self.market.quota)
        super().__post_init__()

    @staticmethod
    def from_programs(
        market: Market,
        program_of: npt.ArrayLike,
        second_of: npt.ArrayLike | None = None,
        final_quota: npt.ArrayLike | None = None,
    ) -> Matching:
        """The matching with these programs, an index or -1 for every applicant.

        Parameters
        ----------
        market
            The market.
        program_of, second_of, final_quota
            As described at :class:`Matching`.

        Raises
        ------
        MarketError
            When an array has the wrong length or dtype, or an index is out of range.
        """
        programs = checked_programs(market, program_of)
        own = survey(market, programs).own
        if market.couples is not None:
            place_couples(market.couples, programs, own)
        second = None if second_of is None else checked_programs(market, second_of)
        quota = None if final_quota is None else checked_quota(market, final_quota)
        return Matching(market, programs, own, 0, second, quota)  # type: ignore[arg-type]

    @staticmethod
    def from_dict(market: Market, programs: Mapping[Any, Any]) -> Matching:
        """The matching with these programs by name; who is left out or has None is unmatched.

        Raises
        ------
        MarketError
            When a name is not known.
        InputError
            When it is no mapping.
        """
        if not hasattr(programs, "items"):
            told = f"programs must map applicants to programs, got {shown(programs)}"
            raise InputError(told)
        program_of = np.full(len(market), -1, np.int32)
        for applicant, program in programs.items():
            a = market.applicant_labels.index_of(applicant)
            if not _is_missing(program):
                program_of[a] = market.program_labels.index_of(program)
        return Matching.from_programs(market, program_of)

    @property
    def filled(self) -> Int32:
        """How many applicants each program holds, one entry a program."""
        size = self.market.size("program")
        held = np.bincount(self.program_of[self.program_of >= 0], minlength=size)
        if self.market.supplementals is not None:
            held += np.bincount(self.second_of[self.second_of >= 0], minlength=size)
        return held.astype(np.int32)

    @property
    def blocking(self) -> dict[str, int]:
        """By definition of stability, how many options of units block; see :func:`blocking_units`."""
        if self._blocking is None:
            from matchsim.engine.stability_linked import DEFINITIONS, blocking_units

            counts = {name: len(blocking_units(self.market, self, name)) for name in DEFINITIONS}
            object.__setattr__(self, "_blocking", counts)
        return dict(self._blocking or {})

    @property
    def stable(self) -> bool:
        """Whether the matching is individually rational and nobody blocks it (``responsive``)."""
        return "responsive" in self.stable_under

    @property
    def stable_under(self) -> tuple[str, ...]:
        """The definitions of stability that the matching meets."""
        from matchsim.engine.stability import is_individually_rational

        if not is_individually_rational(self.market, self):
            return ()
        return tuple(name for name, count in self.blocking.items() if not count)

    @property
    def partial(self) -> Bool:
        """Who is partially matched: at an advanced program without a preliminary year, one entry each.

        An advanced program is one of track A or, where its track is not known, one on which a
        supplemental list of the applicant hangs.
        """
        held = self.program_of >= 0
        advanced = np.zeros(len(self), np.bool_)
        if self.market.tracks is not None:
            advanced[held] = self.market.tracks[self.program_of[held]] == TRACKS.index("A")
        lists = self.market.supplementals
        if lists is not None:
            advanced[lists.applicant[self.program_of[lists.applicant] == lists.advanced]] = True
        return advanced & (self.second_of < 0)

    @property
    def couples(self) -> dict[str, int]:
        """How many couples have ``both``, ``one`` or ``neither`` of their members matched."""
        couples = self.market.couples
        if couples is None:
            return {"both": 0, "one": 0, "neither": 0}
        matched = (self.program_of >= 0).astype(int)
        counts = np.bincount(matched[couples.first] + matched[couples.second], minlength=3).tolist()
        return {"both": counts[2], "one": counts[1], "neither": counts[0]}

    def second(self, applicant: str | int) -> str | None:
        """The program that the applicant called so has through a supplemental list, None = none.

        Raises
        ------
        MarketError
            When no applicant is called so.
        """
        p = self.second_of[self.market.applicant_labels.index_of(applicant)]
        return self.market.program_labels[p] if p >= 0 else None

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

    @cached_property
    def events(self) -> Events | None:
        """Everything that happened while the matching was made; None where that is not recorded.

        It is made again by its recipe when this is first asked for. There is no record of a matching that
        was not solved here, or in which programs proposed.

        Raises
        ------
        RunError
            When the recipe leads to another matching.
        """
        from matchsim.engine.events import has_history, recorded_events

        return recorded_events(self) if has_history(self) else None

    def explain(self, applicant: str | int, *, anonymous: bool = False) -> Explanation:
        """What happened to the applicant called so, program by program.

        Parameters
        ----------
        applicant
            The name.
        anonymous
            Whether the names of all others, but for the own partner, are left out.

        Raises
        ------
        MarketError
            When no applicant is called so.
        RunError
            When the recipe of the matching leads to another one.
        """
        from matchsim.engine.explanation import explained

        return explained(self, self.market.applicant_labels.index_of(applicant), anonymous=anonymous)

    def to_dict(self) -> dict[str, str | None]:
        """Applicant -> program, None when unmatched, in the order of the market."""
        return dict(zip(self.market.applicant_labels, self._program_names(), strict=True))

    def to_pandas(self, *, labels: bool = True) -> pd.DataFrame:
        """One row an applicant: ``applicant``, ``program`` (missing when unmatched), ``rank`` as submitted.

        Where there are supplemental lists, ``second_program`` is what they found.

        Parameters
        ----------
        labels
            False gives the columns of the table instead: ``program_of``, ``rank_of``, ``second_of``.
        """
        import pandas as pd

        if not labels:
            return super().to_pandas()
        rank = pd.array(np.maximum(self.rank_numbers, 0), dtype="Int32")
        rank[self.rank_of < 0] = pd.NA
        names = list(self.market.applicant_labels)
        frame = pd.DataFrame({"applicant": names, "program": list(self._program_names()), "rank": rank})
        if self.market.supplementals is not None:
            programs = self.market.program_labels
            frame["second_program"] = [programs[p] if p >= 0 else None for p in self.second_of.tolist()]
        return frame

    @property
    def rank_numbers(self) -> Int32:
        """The rank of each applicant's program as they submitted it, from 1; -1 = none."""
        numbers, couples = self.market.applicant_rank_numbers, self.market.couples
        out = np.where(self.rank_of >= 0, self.rank_of + 1, -1).astype(np.int32)
        if numbers is not None:
            single = self.rank_of >= 0
            if couples is not None:
                single[couples.first] = single[couples.second] = False
            out[single] = numbers[self.market.applicant_offsets[:-1][single] + self.rank_of[single]]
        if couples is not None and couples.rank_numbers is not None:
            for members in (couples.first, couples.second):
                ranked = self.rank_of[members] >= 0
                entries = couples.offsets[:-1][ranked] + self.rank_of[members[ranked]]
                out[members[ranked]] = couples.rank_numbers[entries]
        return out

    @property
    def second_rank_numbers(self) -> Int32:
        """The rank of each supplemental position on its list as submitted, from 1; -1 = none."""
        out = np.full(len(self), -1, np.int32)
        lists = self.market.supplementals
        if lists is None:
            return out
        owner = np.repeat(np.arange(len(lists)), np.diff(lists.offsets))
        people = lists.applicant[owner]
        held = (self.program_of[people] == lists.advanced[owner]) & (self.second_of[people] == lists.programs)
        numbers = lists.rank_numbers
        if numbers is None:
            numbers = (np.arange(len(owner)) - lists.offsets[owner] + 1).astype(np.int32)
        out[people[held]] = numbers[held]
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
        unfilled = int(np.maximum(self.final_quota - self.filled, 0).sum(dtype=np.int64))
        partial = int(np.count_nonzero(self.partial))
        return (
            f"<Matching: {self.matched:,} of {counted(len(self), 'applicant')} matched"
            f"{f' ({partial:,} partially)' if partial else ''}, "
            f"{unfilled:,} of {counted(int(self.final_quota.sum(dtype=np.int64)), 'position')} unfilled>"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(getattr(self, f.name) for f in fields(self) if f.init)

    def _repr_html_(self) -> str:
        names, numbers = self.market.applicant_labels, self.rank_numbers
        rows = (
            (names[a], program or "", numbers[a] if numbers[a] > 0 else "")
            for a, program in enumerate(self._program_names())
        )
        return html_table(repr(self), ("applicant", "program", "rank"), rows, len(self))
