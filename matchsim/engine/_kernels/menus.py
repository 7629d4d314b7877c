"""Menus: what each applicant could have won, by programs proposing and one rejection chain an applicant."""

from __future__ import annotations

import numpy as np

from matchsim._jit import compiled

__all__ = ["LOG_COLUMNS", "NO_LIMIT", "find_menus", "list_entries"]

NONE = -1
# As the rank of what somebody has: worse than every rank, and better than every rank.
NO_LIMIT = np.int32(2**31 - 1)
TAKES_NOTHING = np.int32(-1)
# log: a program and the entry that it was to offer to next; who took the offer, or was taken out, and the
# rank and program that they had; -1 = nobody.
PROGRAM, FOLLOWING, HOLDER, RANK, LEFT = range(5)
LOG_COLUMNS = 5


def _list_entries(
    applicant_offsets,
    applicant_programs,
    program_rank,
    program_offsets,
    program_applicants,
    applicant_rank,
    ends,
    entries,
    programs,
):
    """Gather the entries of the programs' lists by applicant; fills the last three.

    Those of applicant ``a`` end at ``ends[a]`` and begin where those of the one before end: first what
    they rank, as they rank it, then what ranks them alone, by program.
    """
    ends[:] = 0
    for f in range(len(program_applicants)):
        ends[program_applicants[f]] += 1
    start = 0
    for a in range(len(ends)):
        at, start = start, start + ends[a]
        for e in range(applicant_offsets[a], applicant_offsets[a + 1]):
            if program_rank[e] >= 0:
                p = applicant_programs[e]
                entries[at] = program_offsets[p] + program_rank[e]
                programs[at] = p
                at += 1
        ends[a] = at
    for p in range(len(program_offsets) - 1):
        for f in range(program_offsets[p], program_offsets[p + 1]):
            if applicant_rank[f] < 0:
                a = program_applicants[f]
                entries[ends[a]] = f
                programs[ends[a]] = p
                ends[a] += 1


def _go_on(program_offsets, holders, choice, p, following, rank_of, program_of, log, logged):
    """Program `p` offers a position that came free, and so on down the rejection chain.

    The chain ends with somebody who had nothing, or with a program at the end of its list. Each step is
    written down from row `logged` on; returns the row after the last.
    """
    while p >= 0:
        f = following[p]
        end = program_offsets[p + 1]
        log[logged, PROGRAM] = p
        log[logged, FOLLOWING] = f
        log[logged, HOLDER] = NONE
        proposer = p
        p = NONE
        while f < end:
            h = holders[f]
            rank = choice[f]
            f += 1
            if rank < rank_of[h]:
                log[logged, HOLDER] = h
                log[logged, RANK] = rank_of[h]
                log[logged, LEFT] = program_of[h]
                p = program_of[h]
                rank_of[h] = rank
                program_of[h] = proposer
                break
        following[proposer] = f
        logged += 1
    return logged


go_on = compiled(_go_on)


def _find_menus(
    program_offsets,
    holders,
    choice,
    quota,
    second,
    single,
    ends,
    entries,
    programs,
    following,
    rank_of,
    program_of,
    log,
    wins,
):
    """Set ``wins[i]`` where ``programs[i]`` would take its entry ``entries[i]``; fills the last five.

    ``holders[f]`` is who answers an offer to entry ``f`` of the programs' lists, and ``choice[f]`` how
    they rank it, NO_LIMIT = they do not want it. Applicants have their own numbers; ``second[a]`` is
    another holder who goes when applicant ``a`` goes, -1 = none. With everybody there the programs' proposals
    end with what stays in ``following`` (the entry to which each would offer next), ``rank_of`` and
    ``program_of`` (by holder).

    Without applicant ``a`` there are the proposals made with everybody, as if ``a`` had refused all of
    them, and those that follow from that; their order does not matter. A program would take whomever it
    has offered to: if it is full it has offered down to the worst whom it holds, else to its whole list.
    """
    rank_of[:] = NO_LIMIT
    program_of[:] = NONE
    following[:] = program_offsets[:-1]
    for p in range(len(quota)):
        for _ in range(min(np.int64(quota[p]), program_offsets[p + 1] - program_offsets[p])):
            go_on(program_offsets, holders, choice, p, following, rank_of, program_of, log, 0)
    start = np.int64(0)
    for a in range(len(ends)):
        if single[a]:
            gone = 0
            h = np.int64(a)
            while h >= 0:
                log[gone, PROGRAM] = NONE
                log[gone, HOLDER] = h
                log[gone, RANK] = rank_of[h]
                log[gone, LEFT] = program_of[h]
                rank_of[h] = TAKES_NOTHING
                gone += 1
                h = np.int64(second[a]) if gone == 1 else np.int64(NONE)
            logged = gone
            for at in range(gone):
                p = np.int64(log[at, LEFT])
                logged = go_on(
                    program_offsets, holders, choice, p, following, rank_of, program_of, log, logged
                )
            for i in range(start, ends[a]):
                wins[i] = entries[i] < following[programs[i]]
            for at in range(logged - 1, -1, -1):
                if log[at, PROGRAM] >= 0:
                    following[log[at, PROGRAM]] = log[at, FOLLOWING]
                h = np.int64(log[at, HOLDER])
                if h >= 0:
                    rank_of[h] = log[at, RANK]
                    program_of[h] = log[at, LEFT]
        start = ends[a]


list_entries = compiled(_list_entries)
find_menus = compiled(_find_menus)
