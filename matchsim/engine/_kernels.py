"""Kernels of the matching engine: compressed rank lists in, ranks and matchings out.

Indices run through arrays from ``offsets[i]`` to ``offsets[i + 1]``. A rank is a 0-based place on a list,
-1 standing for "not on that list".
"""

from __future__ import annotations

import numpy as np

from matchsim._jit import compiled

__all__ = [
    "applicants_propose",
    "find_blocking",
    "join_ranks",
    "mark_repeats",
    "programs_propose",
    "survey",
]

# Worse than every rank.
NO_LIMIT = np.int32(2**31 - 1)


def _mark_repeats(offsets, listed, others, again):
    """Set ``again[e]`` where a list names somebody whom it named before; return how often."""
    count = 0
    last_owner = np.full(others, -1, np.int32)
    for owner in range(len(offsets) - 1):
        for e in range(offsets[owner], offsets[owner + 1]):
            other = listed[e]
            if last_owner[other] == owner:
                again[e] = True
                count += 1
            last_owner[other] = owner
    return count


def _join_ranks(
    applicant_offsets, applicant_programs, program_offsets, program_applicants, program_rank, applicant_rank
):
    """Fill in, for every entry of a list, its owner's place on the list of the one named there.

    Linear in the number of entries: the applicants' entries are gathered by program, and each program's
    list is laid out by applicant once. Returns False, with the ranks unfinished, when a list names
    somebody twice.
    """
    applicants = len(applicant_offsets) - 1
    programs = len(program_offsets) - 1
    entries = len(applicant_programs)
    end = np.zeros(programs + 1, np.int64)
    for e in range(entries):
        end[applicant_programs[e] + 1] += 1
    for p in range(programs):
        end[p + 1] += end[p]
    by_program = np.empty(entries, np.int32)
    owner = np.empty(entries, np.int32)
    for a in range(applicants):
        for e in range(applicant_offsets[a], applicant_offsets[a + 1]):
            slot = end[applicant_programs[e]]
            end[applicant_programs[e]] = slot + 1
            by_program[slot] = e
            owner[slot] = a

    # Entries of earlier programs need no clearing: they lie below the first entry of this one.
    entry_of = np.full(applicants, -1, np.int64)
    slot = 0
    for p in range(programs):
        first = program_offsets[p]
        for f in range(first, program_offsets[p + 1]):
            a = program_applicants[f]
            if entry_of[a] >= first:
                return False
            entry_of[a] = f
            applicant_rank[f] = -1
        previous = -1
        while slot < end[p]:
            a = owner[slot]
            if a == previous:
                return False
            previous = a
            e = by_program[slot]
            f = entry_of[a]
            if f >= first:
                program_rank[e] = f - first
                applicant_rank[f] = e - applicant_offsets[a]
            else:
                program_rank[e] = -1
            slot += 1
    return True


def _sift_down(heap, base, size, at, rank):
    """Put `rank` in the place of ``heap[base + at]``, keeping the largest of the `size` ranks on top."""
    child = 2 * at + 1
    while child < size:
        if child + 1 < size and heap[base + child + 1] > heap[base + child]:
            child += 1
        if heap[base + child] <= rank:
            break
        heap[base + at] = heap[base + child]
        at = child
        child = 2 * at + 1
    heap[base + at] = rank


sift_down = compiled(_sift_down)


def _applicants_propose(
    applicant_offsets,
    applicant_programs,
    program_rank,
    program_offsets,
    program_applicants,
    quota,
    rank_of,
    program_of,
):
    """Deferred acceptance, applicants proposing one after another; fills the last two, returns proposals.

    Each program holds the ranks of its best proposers so far in a heap with the worst on top; whoever is
    displaced proposes next, so that no queue is needed. ``accepts_below[p]`` is the rank from which on
    program ``p`` refuses; a proposal is an offer to a program that ranks the applicant.
    """
    programs = len(quota)
    base = np.empty(programs + 1, np.int64)
    base[0] = 0
    accepts_below = np.empty(programs, np.int32)
    for p in range(programs):
        capacity = min(np.int64(quota[p]), program_offsets[p + 1] - program_offsets[p])
        base[p + 1] = base[p] + capacity
        accepts_below[p] = NO_LIMIT if capacity > 0 else 0
    heap = np.empty(base[programs], np.int32)
    held = np.zeros(programs, np.int32)
    rank_of[:] = -1
    proposals = 0
    for newcomer in range(len(rank_of)):
        a = newcomer
        while a >= 0:
            start = applicant_offsets[a]
            e = start + rank_of[a] + 1
            end = applicant_offsets[a + 1]
            proposer = a
            a = -1
            while e < end:
                rank = program_rank[e]
                if rank >= 0:
                    proposals += 1
                    p = applicant_programs[e]
                    if rank < accepts_below[p]:
                        break
                e += 1
            rank_of[proposer] = e - start
            if e == end:
                continue
            capacity = base[p + 1] - base[p]
            if held[p] == capacity:
                a = program_applicants[program_offsets[p] + accepts_below[p]]
                sift_down(heap, base[p], capacity, 0, rank)
                accepts_below[p] = heap[base[p]]
            else:
                heap[base[p] + held[p]] = rank
                held[p] += 1
                if held[p] == capacity:
                    for at in range(capacity // 2 - 1, -1, -1):
                        sift_down(heap, base[p], capacity, at, heap[base[p] + at])
                    accepts_below[p] = heap[base[p]]
    for a in range(len(rank_of)):
        e = applicant_offsets[a] + rank_of[a]
        if e < applicant_offsets[a + 1]:
            program_of[a] = applicant_programs[e]
        else:
            program_of[a] = -1
            rank_of[a] = -1
    return proposals


def _programs_propose(
    program_offsets,
    program_applicants,
    applicant_rank,
    quota,
    rank_of,
    program_of,
):
    """Deferred acceptance, programs proposing; fills the last two, returns proposals.

    Position after position is offered down its program's list. An applicant who takes a better offer
    leaves one position free elsewhere, and that one is offered next, so that no queue is needed.
    """
    following = program_offsets[:-1].copy()
    rank_of[:] = -1
    program_of[:] = -1
    proposals = 0
    for opener in range(len(quota)):
        for _ in range(min(np.int64(quota[opener]), program_offsets[opener + 1] - program_offsets[opener])):
            p = opener
            while p >= 0:
                f = following[p]
                end = program_offsets[p + 1]
                proposer = p
                p = -1
                while f < end:
                    rank = applicant_rank[f]
                    a = program_applicants[f]
                    f += 1
                    if rank >= 0:
                        proposals += 1
                        if rank_of[a] < 0:
                            rank_of[a] = rank
                            program_of[a] = proposer
                            break
                        if rank < rank_of[a]:
                            p = program_of[a]
                            rank_of[a] = rank
                            program_of[a] = proposer
                            break
                following[proposer] = f
    return proposals


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


mark_repeats = compiled(_mark_repeats)
join_ranks = compiled(_join_ranks)
applicants_propose = compiled(_applicants_propose)
programs_propose = compiled(_programs_propose)
survey = compiled(_survey)
find_blocking = compiled(_find_blocking)
