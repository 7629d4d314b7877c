"""Early results: a small match before the Match, by which whoever gets a position there is bound."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from matchsim.engine import Market, Matching, deferred_acceptance
from matchsim.season.ragged import offsets_of_counts, owners_of, places_of
from matchsim.tables import Bool, Int32, Int64

__all__ = ["with_early_results"]


def with_early_results(
    submitted: Market, takes_part: Bool, share: float, most: int, solve: Callable[[Market], Matching]
) -> Matching:
    """Match in two steps: a part of the positions early, and all that is left with those who are left.

    Early, people rank the first programs of their own lists, as far as they take part without a gap, and
    applicants propose. Couples and people with supplemental lists wait for the Match, and so do programs
    whose numbers are tied to others. Whoever is placed early takes no part in the Match, and the position
    is gone. The result is a matching of the whole market, where people may block because they were bound
    before they could know.

    Parameters
    ----------
    submitted
        The market of all lists.
    takes_part : bool, shape (programs,)
        Which programs fill a part of their positions early.
    share
        That part, rounded down to whole positions.
    most
        The most programs that a person ranks early.
    solve
        The algorithm of the Match, for the market that is left.
    """
    tied = np.zeros(submitted.size("program"), dtype=np.bool_)
    if submitted.joint_with is not None:
        tied |= submitted.joint_with >= 0
    if submitted.parity is not None:
        tied |= submitted.parity != 0
    if submitted.reversions is not None:
        tied[submitted.reversions.donor] = True
    quota = np.where(takes_part & ~tied, np.floor(share * submitted.quota), 0).astype(np.int32)
    counts = _leading(submitted, quota > 0, most)
    early = deferred_acceptance(_cut(submitted, counts, quota))
    bound = early.program_of >= 0
    left = _without(submitted, bound, submitted.quota - early.filled)
    rest = solve(left)
    return Matching(
        submitted,
        np.where(bound, early.program_of, rest.program_of),
        # Early lists are the beginnings of lists, so that places there are places on the whole.
        np.where(bound, early.rank_of, rest.rank_of),
        early.proposals + rest.proposals,
        rest.second_of,
        rest.final_quota + early.filled,
        restarts=rest.restarts,
        cycles=rest.cycles,
    )


def _leading(submitted: Market, takes_part: Bool, most: int) -> Int64:
    """How many programs everybody ranks early; int64, shape (applicants,)."""
    lengths = np.diff(submitted.applicant_offsets)
    owner, place = owners_of(submitted.applicant_offsets), places_of(lengths)
    other = ~takes_part[submitted.applicant_programs]
    counts = np.minimum(lengths, most)
    np.minimum.at(counts, owner[other], place[other])
    if submitted.supplementals is not None:
        counts[submitted.supplementals.applicant] = 0
    return counts


def _cut(submitted: Market, counts: Int64, quota: Int32) -> Market:
    """The market of singles' first choices alone, so many of each list."""
    lengths = np.diff(submitted.applicant_offsets)
    kept = places_of(lengths) < np.repeat(counts, lengths)
    return Market.from_arrays(
        offsets_of_counts(counts),
        submitted.applicant_programs[kept],
        submitted.program_offsets,
        submitted.program_applicants,
        quota,
    )


def _without(submitted: Market, bound: Bool, quota: Int32) -> Market:
    """The market without the lists of those who are bound, and with these positions."""
    lengths = np.diff(submitted.applicant_offsets)
    return submitted.replace(
        applicant_offsets=offsets_of_counts(np.where(bound, 0, lengths)),
        applicant_programs=submitted.applicant_programs[~np.repeat(bound, lengths)],
        quota=quota,
    )
