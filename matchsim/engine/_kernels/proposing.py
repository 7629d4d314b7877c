"""Deferred acceptance, either side proposing."""

from __future__ import annotations

import numpy as np

from matchsim._jit import compiled

__all__ = ["applicants_propose", "programs_propose"]

# Worse than every rank.
NO_LIMIT = np.int32(2**31 - 1)


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


applicants_propose = compiled(_applicants_propose)
programs_propose = compiled(_programs_propose)
