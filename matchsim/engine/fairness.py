"""How a matching treats those matched, by the ranks that they have of each other."""

from __future__ import annotations

import numpy as np

from matchsim.engine.matching import Matching
from matchsim.engine.stability import irrationalities
from matchsim.engine.survey import survey
from matchsim.errors import MarketError
from matchsim.tables import Int32

__all__ = ["regret", "regrets", "total_rank"]


def total_rank(matching: Matching) -> int:
    """The ranks that the matched have of their programs and these of them, counted from 1, added up.

    Places on the lists as submitted. Who is unmatched adds nothing; in all stable matchings these are
    the same applicants and positions.

    Raises
    ------
    MarketError
        When somebody is matched where one side did not rank the other.
    """
    applicants, programs = _ranks(matching)
    return int(applicants.sum(dtype=np.int64) + programs.sum(dtype=np.int64))


def regret(matching: Matching) -> int:
    """The worst rank, from 1, that anyone matched has of their program or a program of someone it holds.

    0 where nobody is matched.

    Raises
    ------
    MarketError
        When somebody is matched where one side did not rank the other.
    """
    return max(regrets(matching))


def regrets(matching: Matching) -> tuple[int, int]:
    """The regret of the applicants alone, and that of the programs alone."""
    applicants, programs = _ranks(matching)
    return int(applicants.max(initial=0)), int(programs.max(initial=0))


def _ranks(matching: Matching) -> tuple[Int32, Int32]:
    """The ranks from 1 of the matched, of their programs and by their programs."""
    found = survey(matching.market, matching.program_of)
    matched = matching.program_of >= 0
    ranks = found.own[matched] + np.int32(1), found.theirs[matched] + np.int32(1)
    if min(side.min(initial=1) for side in ranks) < 1:
        raise MarketError(f"not everyone has a rank: {irrationalities(matching.market, matching)[0]}")
    return ranks
