"""What links positions and moves quotas: couples, supplemental lists, reversions.

These are the match variations of Roth and Peranson, "The redesign of the matching market for American
physicians", American Economic Review 89 (1999), 748-780, with the rules of the main residency match of
today. All of them are optional parts of a :class:`~matchsim.engine.market.Market`, which checks them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from matchsim.errors import Problem, TableError
from matchsim.tables import Int32, Int64, Table, column, frozen, offsets

__all__ = ["MOST_RANKS", "PARITIES", "TRACKS", "Couples", "Reversions", "Supplementals"]

# The most entries on a rank order list of an applicant or couple.
MOST_RANKS = 300
# Categorical, primary, preliminary, advanced, reserved for physicians.
TRACKS = ("C", "M", "P", "A", "R")
PARITIES = ("any", "odd", "even")


@dataclass(frozen=True, eq=False, repr=False)
class Couples(Table):
    """Couples and their lists of pairs of programs, best first.

    A couple takes both positions of a pair or neither: if no pair works, both are unmatched.

    Parameters
    ----------
    first, second
        The two members of every couple, as indices of applicants. Their own lists must be empty.
    offsets
        The pairs of couple ``c`` run from ``offsets[c]`` to ``offsets[c + 1]``.
    first_program, second_program
        The programs of every pair; -1 = No Match, for one of the two at most.
    rank_numbers
        The ranks as submitted, pair by pair, where they are not just 1, 2, 3, ...
    """

    rows = "couple"

    first: Int32 = column(np.int32, "couple", "the first member, an applicant")
    second: Int32 = column(np.int32, "couple", "the second member, an applicant")
    offsets: Int64 = offsets("couple", "pair", "where each couple's list starts")
    first_program: Int32 = column(np.int32, "pair", "the first member's program, -1 = No Match")
    second_program: Int32 = column(np.int32, "pair", "the second member's program, -1 = No Match")
    rank_numbers: Int32 | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "rank_numbers", _rising(self.rank_numbers, self.offsets))


@dataclass(frozen=True, eq=False, repr=False)
class Supplementals(Table):
    """Supplemental lists: preliminary programs to try while an advanced position is held.

    Parameters
    ----------
    applicant, advanced
        Whose list it is, and the program that it hangs on: one that they rank.
    offsets, programs
        The programs of list ``s``, best first, run from ``offsets[s]`` to ``offsets[s + 1]``.
    rank_numbers
        The ranks as submitted, entry by entry, where they are not just 1, 2, 3, ...
    """

    rows = "list"

    applicant: Int32 = column(np.int32, "list", "whose list it is")
    advanced: Int32 = column(np.int32, "list", "the ranked program that the list hangs on")
    offsets: Int64 = offsets("list", "supplemental rank", "where each list starts")
    programs: Int32 = column(np.int32, "supplemental rank", "the program ranked, best first")
    rank_numbers: Int32 | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "rank_numbers", _rising(self.rank_numbers, self.offsets))


@dataclass(frozen=True, eq=False, repr=False)
class Reversions(Table):
    """Positions that move from one program to another when they stay unfilled, in the order entered."""

    rows = "reversion"

    donor: Int32 = column(np.int32, "reversion", "the program that gives unfilled positions")
    receiver: Int32 = column(np.int32, "reversion", "the program that gets them")
    positions: Int32 = column(np.int32, "reversion", "how many at most", unit="positions")


def _rising(numbers: npt.ArrayLike | None, cut: Int64) -> Int32 | None:
    """Submitted rank numbers in their final form.

    Raises
    ------
    TableError
        When they are not as many whole numbers as there are entries, positive and rising along each list.
    """
    if numbers is None:
        return None
    given, entries = np.asarray(numbers), int(cut[-1])
    if given.shape != (entries,) or (entries and given.dtype.kind not in "iu"):
        told = f"must be {entries} whole numbers, got shape {given.shape} of {given.dtype}"
        raise TableError(Problem(told, path="rank_numbers"))
    if not rise_along_lists(given, cut):
        raise TableError(Problem("must be positive and rise along each list", path="rank_numbers"))
    return frozen(given, np.int32)


def rise_along_lists(numbers: npt.NDArray[np.integer[Any]], cut: Int64) -> bool:
    """Whether rank numbers, one an entry, are positive, rise along each list and fit into int32."""
    # Where an entry does not rise above the one before it, a new list must begin.
    falls = np.flatnonzero(numbers[1:] <= numbers[:-1]) + 1
    fit = 1 <= numbers.min(initial=1) <= numbers.max(initial=1) < 2**31
    return bool(fit and np.isin(falls, cut).all())


def table_differences(name: str, one: Any, other: Any) -> list[str]:
    """What differs between two optional parts of a market, which may be tables, arrays or None."""
    if one is None or other is None:
        return [] if one is other else [f"{name}: only one of the two has any"]
    if not isinstance(one, Table):
        return [] if np.array_equal(one, other) else [f"{name} differ"]
    told = [f"{name}.{difference}" for difference in one.differences(other)]
    if isinstance(one, (Couples, Supplementals)) and not told:
        told = table_differences(f"{name}.rank_numbers", one.rank_numbers, other.rank_numbers)
    return told


@dataclass(frozen=True)
class Links:
    """What a market with couples or supplemental lists knows besides: ranks joined, and who is linked.

    Parameters
    ----------
    couple_of
        For every applicant the couple that they are in, -1 = single.
    first_rank, second_rank
        For every pair, the member's place on the list of their program, from 0; -1 = not on it, or No
        Match.
    supplemental_rank
        For every entry of a supplemental list, the applicant's place on the list of the program.
    own_offsets, own_lists
        The supplemental lists of applicant ``a`` are ``own_lists[own_offsets[a]:own_offsets[a + 1]]``.
    """

    couple_of: Int32
    first_rank: Int32
    second_rank: Int32
    supplemental_rank: Int32
    own_offsets: Int64
    own_lists: Int32


NO_COUPLES = Couples(*(np.empty(0, np.int32),) * 2, np.zeros(1, np.int64), *(np.empty(0, np.int32),) * 2)
NO_SUPPLEMENTALS = Supplementals(*(np.empty(0, np.int32),) * 2, np.zeros(1, np.int64), np.empty(0, np.int32))


def joined(
    applicants: int,
    program_lists: tuple[Int64, Int32],
    couples: Couples,
    supplementals: Supplementals,
) -> Links:
    """The links of a market whose couples and supplemental lists are sound.

    Parameters
    ----------
    applicants
        How many applicants there are.
    program_lists
        ``program_offsets`` and ``program_applicants`` of the market.
    """
    from matchsim.engine import _kernels

    couple_of = np.full(applicants, -1, np.int32)
    couple_of[couples.first] = couple_of[couples.second] = np.arange(len(couples), dtype=np.int32)
    own_offsets = np.zeros(applicants + 1, np.int64)
    np.cumsum(np.bincount(supplementals.applicant, minlength=applicants), out=own_offsets[1:])
    pairs, entries = np.diff(couples.offsets), np.diff(supplementals.offsets)

    def ranks(people: npt.NDArray[np.int32], programs: Int32) -> Int32:
        found = np.empty(len(programs), np.int32)
        _kernels.places_on_lists(*program_lists, people, programs, applicants, found)
        return frozen(found, np.int32)

    return Links(
        frozen(couple_of, np.int32),
        ranks(np.repeat(couples.first, pairs), couples.first_program),
        ranks(np.repeat(couples.second, pairs), couples.second_program),
        ranks(np.repeat(supplementals.applicant, entries), supplementals.programs),
        frozen(own_offsets, np.int64),
        frozen(np.argsort(supplementals.applicant, kind="stable"), np.int32),
    )
