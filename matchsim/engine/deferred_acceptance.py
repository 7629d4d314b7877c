"""Deferred acceptance for single applicants, either side proposing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from matchsim.engine.market import Market
from matchsim.engine.matching import Matching, Recipe
from matchsim.errors import InputError, check_kind, did_you_mean, shown
from matchsim.tables import Int32

__all__ = ["Proposing", "deferred_acceptance"]

Proposing = Literal["applicants", "programs"]


def deferred_acceptance(market: Market, proposing: Proposing = "applicants") -> Matching:
    """The stable matching that is best for one side.

    With applicants proposing, every applicant gets the best program that they have in any stable
    matching, and truthful lists are a dominant strategy for them. With programs proposing, every
    applicant gets the worst one, and the same positions are filled.

    Parameters
    ----------
    market
        The market; entries that only one side gave are passed over, and reversions are not applied.
    proposing
        ``"applicants"`` (as in the residency match since 1998) or ``"programs"``.

    Returns
    -------
    Matching
        Stable, with the number of proposals made.

    Raises
    ------
    InputError
        When `proposing` is neither of the two words, or the market has couples or supplemental lists.

    Notes
    -----
    Gale and Shapley, "College admissions and the stability of marriage", American Mathematical Monthly
    69 (1962), 9-15, in the sequential form of McVitie and Wilson, "The stable marriage problem",
    Communications of the ACM 14 (1971), 486-490, where whoever is displaced proposes next. The result
    does not depend on the order of the proposals.

    Examples
    --------
    >>> market = Market.from_lists(
    ...     applicants={"Ana": ["City", "Mercy"], "Bo": ["Mercy", "City"]},
    ...     programs={"City": ["Bo", "Ana"], "Mercy": ["Ana", "Bo"]},
    ...     quotas=1,
    ... )
    >>> deferred_acceptance(market).to_dict()
    {'Ana': 'City', 'Bo': 'Mercy'}
    >>> deferred_acceptance(market, proposing="programs").to_dict()
    {'Ana': 'Mercy', 'Bo': 'City'}
    """
    if proposing not in _SOLVERS:
        allowed = " or ".join(map(repr, _SOLVERS))
        near = did_you_mean(str(proposing), _SOLVERS)
        raise InputError(f"proposing must be {allowed}, got {shown(proposing)}" + (near and f"; {near}"))
    check_kind("market", market, Market)
    if market.links is not None:
        raise InputError("this market has couples or supplemental lists; solve it with roth_peranson instead")
    program_of = np.empty(len(market), np.int32)
    rank_of = np.empty(len(market), np.int32)
    proposals = _SOLVERS[proposing](market, market.quota, rank_of, program_of)
    return Matching(market, program_of, rank_of, proposals, recipe=Recipe("deferred_acceptance", proposing))


def applicants_propose(market: Market, quota: Int32, rank_of: Int32, program_of: Int32) -> int:
    """Match the single applicants at these quotas; fills the last two and returns the proposals made."""
    from matchsim.engine import _kernels

    proposals: int = _kernels.applicants_propose(
        market.applicant_offsets,
        market.applicant_programs,
        market.program_rank,
        market.program_offsets,
        market.program_applicants,
        quota,
        rank_of,
        program_of,
    )
    return proposals


def _programs_propose(market: Market, quota: Int32, rank_of: Int32, program_of: Int32) -> int:
    from matchsim.engine import _kernels

    proposals: int = _kernels.programs_propose(
        market.program_offsets,
        market.program_applicants,
        market.applicant_rank,
        quota,
        rank_of,
        program_of,
    )
    return proposals


_SOLVERS: dict[str, Callable[[Market, Int32, Int32, Int32], int]] = {
    "applicants": applicants_propose,
    "programs": _programs_propose,
}
