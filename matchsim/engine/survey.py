"""What a matching gives to everyone: who has which place on whose list."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matchsim.engine.linked import Couples
from matchsim.engine.market import Market
from matchsim.tables import Int32

__all__ = ["Survey", "place_couples", "survey"]


class Survey(NamedTuple):
    """What a matching gives to everyone, read from the lists of both sides.

    Parameters
    ----------
    own, theirs : int32, shape (applicants,)
        For every applicant, the place from 0 of their program on their list and theirs on its list,
        -1 = none.
    filled : int32, shape (programs,)
        How many applicants each program holds.
    worst : int32, shape (programs,)
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


def place_couples(couples: Couples, program_of: Int32, rank_of: Int32) -> None:
    """Write into `rank_of` the place of what each couple has on its list, -1 where it has no pair of it."""
    owner = np.repeat(np.arange(len(couples)), np.diff(couples.offsets))
    first, second = program_of[couples.first[owner]], program_of[couples.second[owner]]
    had = np.flatnonzero((couples.first_program == first) & (couples.second_program == second))
    rank_of[couples.first] = rank_of[couples.second] = -1
    place = (had - couples.offsets[owner[had]]).astype(np.int32)
    rank_of[couples.first[owner[had]]] = rank_of[couples.second[owner[had]]] = place
