"""What a matching of singles gives to everyone, and the pairs that block it."""

from __future__ import annotations

import numpy as np

from matchsim._jit import compiled

__all__ = ["find_blocking", "survey"]

# Worse than every rank.
NO_LIMIT = np.int32(2**31 - 1)


def _survey(
    applicant_offsets,
    applicant_programs,
    program_rank,
    program_offsets,
    program_applicants,
    program_of,
    own,
    theirs,
    filled,
    worst,
):
    """What a matching gives to everyone, read from the lists; fills the last four.

    ``own[a]`` is the place of ``a``'s program on their list, ``theirs[a]`` their place on its list, -1
    where there is none. ``filled[p]`` counts whom program ``p`` holds, ``worst[p]`` is the worst place
    among them: NO_LIMIT when it holds somebody whom it does not rank, -1 when it holds nobody.
    """
    filled[:] = 0
    worst[:] = -1
    for a in range(len(program_of)):
        own[a] = -1
        theirs[a] = -1
        p = program_of[a]
        if p < 0:
            continue
        filled[p] += 1
        for e in range(applicant_offsets[a], applicant_offsets[a + 1]):
            if applicant_programs[e] == p:
                own[a] = e - applicant_offsets[a]
                theirs[a] = program_rank[e]
                break
        if own[a] < 0:
            for f in range(program_offsets[p], program_offsets[p + 1]):
                if program_applicants[f] == a:
                    theirs[a] = f - program_offsets[p]
                    break
        worst[p] = max(worst[p], theirs[a] if theirs[a] >= 0 else NO_LIMIT)


def _find_blocking(
    applicant_offsets, applicant_programs, program_rank, quota, own, filled, worst, applicants, entries
):
    """Fill `applicants` and `entries` (of the applicants' lists) with the blocking pairs; return how many.

    The last two may be too short, even empty: what does not fit is only counted.
    """
    found = 0
    for a in range(len(own)):
        end = applicant_offsets[a + 1] if own[a] < 0 else applicant_offsets[a] + own[a]
        for e in range(applicant_offsets[a], end):
            rank = program_rank[e]
            p = applicant_programs[e]
            if rank >= 0 and (filled[p] < quota[p] or rank < worst[p]):
                if found < len(entries):
                    applicants[found] = a
                    entries[found] = e
                found += 1
    return found


survey = compiled(_survey)
find_blocking = compiled(_find_blocking)
