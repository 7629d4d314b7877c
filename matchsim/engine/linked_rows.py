"""Couples, supplemental lists, reversions and features of programs as rows of names, whoever gave them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from matchsim.engine.rows import PlaceOf, Values, texts_of

__all__ = ["NO_MATCH", "CoupleRows", "FeatureRows", "LinkedRows", "ReversionRows", "SupplementalRows"]

# The code of the rank order lists of the NRMP for a couple's member who takes no position.
NO_MATCH = "999999999"


@dataclass(frozen=True)
class CoupleRows:
    """One row a pair of programs on the list of a couple.

    Parameters
    ----------
    place
        ``place(i, column)`` is the place of row ``i`` (from 0) in the column of that name.
    couple
        Which couple it is, by any name.
    rank
        The rank of the pair on the couple's list.
    applicant_1, program_1, applicant_2, program_2
        Each member with their program; empty or ``NO_MATCH`` = No Match. A couple that ranks nothing has one
        row in which the rank and both programs are empty.
    remedy
        How No Match is written, for messages.
    """

    place: PlaceOf
    couple: Sequence[Any]
    rank: Values
    applicant_1: Sequence[Any]
    program_1: Sequence[Any]
    applicant_2: Sequence[Any]
    program_2: Sequence[Any]
    remedy: str = field(default=f"leave the cell empty or write {NO_MATCH} for No Match", kw_only=True)


@dataclass(frozen=True)
class SupplementalRows:
    """One row an entry of a supplemental list; an empty list has one row without rank and program.

    Parameters
    ----------
    place
        As for :class:`CoupleRows`.
    applicant, advanced_program
        Whose list it is, and the program that it hangs on.
    rank, program
        The rank on the list, and the preliminary program.
    """

    place: PlaceOf
    applicant: Sequence[Any]
    advanced_program: Sequence[Any]
    rank: Values
    program: Sequence[Any]


@dataclass(frozen=True)
class ReversionRows:
    """One row a reversion.

    Parameters
    ----------
    place
        As for :class:`CoupleRows`.
    donor, receiver, positions
        Who gives to whom, and how many positions at most.
    order
        The receivers of a donor are served in this order; None for that of the rows.
    """

    place: PlaceOf
    donor: Sequence[Any]
    receiver: Sequence[Any]
    positions: Values
    order: Values | None


@dataclass(frozen=True)
class FeatureRows:
    """What the table of programs says beyond names and quotas, row by row; None for columns not there.

    Parameters
    ----------
    place
        As for :class:`CoupleRows`.
    program
        The programs.
    track, joint_with, parity
        A track, the name of an advanced program, a parity; empty cells for none.
    """

    place: PlaceOf
    program: Sequence[Any]
    track: Sequence[Any] | None
    joint_with: Sequence[Any] | None
    parity: Sequence[Any] | None


@dataclass(frozen=True)
class LinkedRows:
    """The linked parts of a market as rows; None for those that it does not have."""

    couples: CoupleRows | None = None
    supplementals: SupplementalRows | None = None
    reversions: ReversionRows | None = None
    features: FeatureRows | None = None

    def members(self) -> Iterator[str]:
        """The members of couples as they appear; perhaps no other table names them."""
        if self.couples is not None:
            pairs = zip(texts_of(self.couples.applicant_1), texts_of(self.couples.applicant_2), strict=True)
            for pair in pairs:
                yield from pair
