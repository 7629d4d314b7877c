"""A market in which somebody submitted another list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from matchsim.engine.linked import Supplementals
from matchsim.engine.market import Market
from matchsim.errors import MarketError
from matchsim.tables import Bool, Int32, Int64

__all__ = ["with_list"]


def with_list(market: Market, applicant: str | int, programs: Iterable[Any]) -> Market:
    """The market in which one single applicant submitted another rank order list.

    Supplemental lists of theirs stay where they hang on a program of the new list. Rank numbers become
    1, 2, 3, ... where they were others.

    Parameters
    ----------
    market
        The market.
    applicant
        Whose list it is, by name.
    programs
        The new list, names of programs, best first.

    Raises
    ------
    MarketError
        When a name is not known or on the list twice, or the applicant matches in a couple.

    Examples
    --------
    >>> market = Market.from_lists({"Ana": ["City", "Mercy"]}, {"City": ["Ana"], "Mercy": ["Ana"]}, 1)
    >>> with_list(market, "Ana", ["Mercy"]).applicant_list("Ana")
    ('Mercy',)
    """
    a = market.applicant_labels.index_of(applicant)
    if market.links is not None and market.links.couple_of[a] >= 0:
        told = f"{market.applicant_labels[a]!r} matches in a couple, whose list is one of pairs"
        raise MarketError(told)
    listed = np.array([market.program_labels.index_of(p) for p in programs], dtype=np.int32)
    return with_programs(market, a, listed)


def with_programs(market: Market, applicant: int, programs: Int32) -> Market:
    """The same by index, for a single applicant."""
    offsets, old = market.applicant_offsets, market.applicant_programs
    start, end = offsets[applicant : applicant + 2].tolist()
    changed = offsets.copy()
    changed[applicant + 1 :] += len(programs) - (end - start)
    parts: dict[str, Any] = {
        "applicant_offsets": changed,
        "applicant_programs": np.concatenate((old[:start], programs, old[end:])),
        "applicant_rank_numbers": None,
    }
    extra = market.supplementals
    if extra is not None:
        kept = (extra.applicant != applicant) | np.isin(extra.advanced, programs)
        if not kept.all():
            parts["supplementals"] = _kept(extra, kept) if kept.any() else None
    return market.replace(**parts)


def _kept(extra: Supplementals, kept: Bool) -> Supplementals:
    lengths: Int64 = np.diff(extra.offsets)
    entries: npt.NDArray[np.bool_] = np.repeat(kept, lengths)
    numbers = extra.rank_numbers
    return Supplementals(
        extra.applicant[kept],
        extra.advanced[kept],
        np.concatenate(([0], np.cumsum(lengths[kept]))),
        extra.programs[entries],
        None if numbers is None else numbers[entries],
    )
