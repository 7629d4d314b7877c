"""Ranks that only one side gave: they stay in the tables, can never match, and are counted."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from matchsim.engine.market import Market

__all__ = ["one_sided_ranks"]


def one_sided_ranks(market: Market) -> tuple[int, int]:
    """How many ranks the applicants gave to programs that do not rank them, and how many the reverse.

    Both members' programs on the lists of couples count, and the programs of supplemental lists. What a
    program ranks is not one-sided when the applicant names it on any of their lists.
    """
    by_applicants = int(np.count_nonzero(market.program_rank < 0))
    unlisted = np.flatnonzero(market.applicant_rank < 0)
    links = market.links
    if links is None:
        return by_applicants, len(unlisted)
    ranks, named = [], [np.empty(0, np.int64)]
    programs = market.size("program")
    couples, lists = market.couples, market.supplementals
    if couples is not None:
        pairs = np.diff(couples.offsets)
        ranks += [
            links.first_rank[couples.first_program >= 0],
            links.second_rank[couples.second_program >= 0],
        ]
        named += [
            _keys(np.repeat(couples.first, pairs), couples.first_program, programs),
            _keys(np.repeat(couples.second, pairs), couples.second_program, programs),
        ]
    if lists is not None:
        ranks.append(links.supplemental_rank)
        named.append(_keys(np.repeat(lists.applicant, np.diff(lists.offsets)), lists.programs, programs))
    owners = np.searchsorted(market.program_offsets, unlisted, side="right") - 1
    keys = _keys(market.program_applicants[unlisted], owners, programs)
    by_applicants += sum(int(np.count_nonzero(given < 0)) for given in ranks)
    return by_applicants, int(np.count_nonzero(~np.isin(keys, np.concatenate(named))))


def _keys(
    applicants: npt.NDArray[np.integer], programs: npt.NDArray[np.integer], size: int
) -> npt.NDArray[np.int64]:
    """One number for every applicant and program; No Match is left out."""
    some = programs >= 0
    return applicants[some].astype(np.int64) * size + programs[some]
