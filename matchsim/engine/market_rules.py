"""The rules that the lists, quotas, names and codes of a market must keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from matchsim.engine.labels import Labels
from matchsim.engine.linked import PARITIES, TRACKS, rise_along_lists
from matchsim.errors import MarketError, Problem, counted
from matchsim.tables import Int32, Int64, frozen

if TYPE_CHECKING:
    from matchsim.engine.market import Market

__all__ = ["checked"]


def checked(market: Market) -> dict[str, Any]:
    """The columns of a market whose final form hangs on the others, by name.

    Labels; rank numbers, tracks, parities and joint programs where there are any; and the ranks that each
    side has of the other.

    Parameters
    ----------
    market
        A market whose lists and quotas are columns of the right dtype and length already.

    Raises
    ------
    MarketError
        With everything that is wrong with the lists, quotas, names and codes.
    """
    problems: list[Problem] = []
    found = {**_names(market, "applicant", problems), **_names(market, "program", problems)}
    if market.quota.min(initial=0) < 0:
        p = int(np.flatnonzero(market.quota < 0)[0])
        told = f"must be 0 or more, got {market.quota[p]} for program {found['program_labels'][p]!r}"
        problems.append(Problem(told, path="quota"))
    _check_range("applicant_programs", market.applicant_programs, market.size("program"), problems)
    _check_range("program_applicants", market.program_applicants, len(market), problems)
    found |= _codes(market, "tracks", np.int8, len(TRACKS), problems)
    found |= _codes(market, "parity", np.int8, len(PARITIES), problems)
    found |= _codes(market, "joint_with", np.int32, None, problems)
    if not problems:
        found |= _ranks_of_the_other_side(market, found, problems)
    if problems:
        raise MarketError(problems)
    return found


def _names(market: Market, kind: str, problems: list[Problem]) -> dict[str, Any]:
    """Labels and rank numbers of one side in their final form."""
    cut = getattr(market, f"{kind}_offsets")
    size, entries = len(cut) - 1, int(cut[-1])
    given = getattr(market, f"{kind}_labels")
    labels = given if isinstance(given, Labels) else Labels(kind, given, size)
    found: dict[str, Any] = {f"{kind}_labels": labels}
    if len(labels) != size:
        told = f"needs one label for each of {counted(size, kind)}, got {len(labels):,}"
        problems.append(Problem(told, path=f"{kind}_labels"))

    numbers = getattr(market, f"{kind}_rank_numbers")
    if numbers is None:
        return found
    numbers = np.asarray(numbers)
    if numbers.shape != (entries,) or (entries and numbers.dtype.kind not in "iu"):
        told = f"must be {entries} whole numbers, got shape {numbers.shape} of {numbers.dtype}"
        problems.append(Problem(told, path=f"{kind}_rank_numbers"))
        return found
    if not rise_along_lists(numbers, cut):
        problems.append(Problem("must be positive and rise along each list", path=f"{kind}_rank_numbers"))
    return found | {f"{kind}_rank_numbers": frozen(numbers, np.int32)}


def _check_range(name: str, ids: Int32, size: int, problems: list[Problem]) -> None:
    if len(ids) and not 0 <= ids.min() <= ids.max() < size:
        e = int(np.flatnonzero((ids < 0) | (ids >= size))[0])
        allowed = f"0 to {size - 1}" if size else "absent, as there are none to rank"
        problems.append(Problem(f"must be {allowed}, got {ids[e]} at index {e}", path=name))


def _codes(
    market: Market, name: str, dtype: npt.DTypeLike, codes: int | None, problems: list[Problem]
) -> dict[str, Any]:
    """An optional column of the programs, codes or indices of programs, in its final form."""
    given = getattr(market, name)
    if given is None:
        return {}
    values, size = np.asarray(given), market.size("program")
    if values.shape != (size,) or (size and values.dtype.kind not in "iu"):
        told = f"must be {size} whole numbers, one a program, got shape {values.shape} of {values.dtype}"
        problems.append(Problem(told, path=name))
    elif codes and size and not -1 <= values.min() <= values.max() < codes:
        told = f"codes must be -1 to {codes - 1}, got {values.min()} to {values.max()}"
        problems.append(Problem(told, path=name))
    elif not codes and (strange := values[(values < -1) | (values >= size)]).size:
        problems.append(Problem(f"there is no program with the index {strange[0]}", path=name))
    else:
        return {name: frozen(values, dtype)}
    return {}


def _ranks_of_the_other_side(
    market: Market, names: dict[str, Any], problems: list[Problem]
) -> dict[str, Int32]:
    """The rank that each side has of the other, entry by entry; complains of whoever is listed twice."""
    from matchsim.engine import _kernels

    own = market.applicant_offsets, market.applicant_programs
    theirs = market.program_offsets, market.program_applicants
    program_rank = np.empty(len(market.applicant_programs), np.int32)
    applicant_rank = np.empty(len(market.program_applicants), np.int32)
    if _kernels.join_ranks(*own, *theirs, program_rank, applicant_rank):
        return {
            "program_rank": frozen(program_rank, np.int32),
            "applicant_rank": frozen(applicant_rank, np.int32),
        }
    applicants, programs = names["applicant_labels"], names["program_labels"]
    problems += _repeats(applicants, programs, *own)
    problems += _repeats(programs, applicants, *theirs)
    return {}


def _repeats(owners: Labels, others: Labels, cut: Int64, listed: Int32) -> list[Problem]:
    from matchsim.engine import _kernels

    again = np.zeros(len(listed), np.bool_)
    count = _kernels.mark_repeats(cut, listed, len(others), again)
    if not count:
        return []
    e = int(np.flatnonzero(again)[0])
    owner = int(np.searchsorted(cut, e, side="right")) - 1
    told = f"{owners.kind} {owners[owner]!r} ranks {others.kind} {others[listed[e]]!r} twice"
    more = f"{count - 1:,} more such entries follow" if count > 1 else ""
    return [Problem(told, path=f"{owners.kind}_{others.kind}s", remedy=more)]
