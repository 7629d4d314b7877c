"""The units of a market with couples and supplemental lists that block a matching.

Options are the entries of the lists: of single applicants, of couples (pairs), of supplemental lists.
``definition`` is 0 for "responsive", 1 for "kpr", 2 for "mm"; see ``engine.stability_linked``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matchsim._jit import compiled

__all__ = ["Roster", "blocking_couples", "blocking_singles", "blocking_supplementals", "call_roll"]

# Worse than every rank.
NO_LIMIT = np.int32(2**31 - 1)
RESPONSIVE, KPR, MM = 0, 1, 2


class Roster(NamedTuple):
    """Who holds a position where.

    The ranks of those held by program ``p``, best first, NO_LIMIT for those whom it does not rank, are
    ``ranks[offsets[p]:offsets[p + 1]]``. ``worst[p]`` is what a newcomer's rank must be below: NO_LIMIT
    while there is a free position, -1 where nobody at all can come. ``own_rank[a]`` and
    ``second_rank[a]`` are the ranks that applicant ``a`` has at the programs of their two positions.
    """

    offsets: np.ndarray
    ranks: np.ndarray
    quota: np.ndarray
    worst: np.ndarray
    own_rank: np.ndarray
    second_rank: np.ndarray


def _call_roll(program_offsets, program_applicants, program_of, second_of, roster):
    """Fill in the roster, its quota apart. One who holds a program twice is there once."""
    offsets, ranks, quota, worst, own_rank, second_rank = roster
    programs = len(quota)
    offsets[:] = 0
    own_rank[:] = NO_LIMIT
    second_rank[:] = NO_LIMIT
    for a in range(len(program_of)):
        if program_of[a] >= 0:
            offsets[program_of[a] + 1] += 1
        if second_of[a] >= 0 and second_of[a] != program_of[a]:
            offsets[second_of[a] + 1] += 1
    for p in range(programs):
        offsets[p + 1] += offsets[p]
    for p in range(programs):
        at, end = offsets[p], offsets[p + 1]
        held = end - at
        first = program_offsets[p]
        if held > 0:
            for f in range(first, program_offsets[p + 1]):
                a = program_applicants[f]
                if program_of[a] == p or second_of[a] == p:
                    ranks[at] = f - first
                    if program_of[a] == p:
                        own_rank[a] = ranks[at]
                    else:
                        second_rank[a] = ranks[at]
                    at += 1
                    if at == end:
                        break
            ranks[at:end] = NO_LIMIT
        if held < quota[p]:
            worst[p] = NO_LIMIT
        else:
            worst[p] = ranks[end - 1] if held > 0 else -1


def _takes(roster, p, rank, gone, left_1, left_2):
    """Whether program `p` takes a newcomer of this rank while `gone` of those it holds are gone.

    The newcomer is not compared with those whose ranks are `left_1` and `left_2` (-1 = nobody).
    """
    start, end = roster.offsets[p], roster.offsets[p + 1]
    if end - start - gone < roster.quota[p]:
        return True
    for at in range(end - 1, start - 1, -1):
        if roster.ranks[at] == left_1:
            left_1 = -1
        elif roster.ranks[at] == left_2:
            left_2 = -1
        else:
            return rank < roster.ranks[at]
    return False


takes = compiled(_takes)


def _takes_both(roster, p, rank_1, rank_2, gone, left_1, left_2):
    """Whether two newcomers are both among the best of program `p`; otherwise as `takes`."""
    start, end = roster.offsets[p], roster.offsets[p + 1]
    lower = max(rank_1, rank_2)
    better = 0
    for at in range(start, end):
        rank = roster.ranks[at]
        if rank >= lower:
            break
        if rank != left_1 and rank != left_2:
            better += 1
    return better + 2 <= max(np.int64(roster.quota[p]), end - start - gone)


takes_both = compiled(_takes_both)


def _each_displaces_one(roster, p, rank_1, rank_2):
    """Whether program `p` has for each of two newcomers a free position or somebody else to displace."""
    start, end = roster.offsets[p], roster.offsets[p + 1]
    free = roster.quota[p] - (end - start)
    upper, lower = min(rank_1, rank_2), max(rank_1, rank_2)
    if free >= 2:
        return True
    if free == 1:
        return end > start and upper < roster.ranks[end - 1]
    return end - start >= 2 and lower < roster.ranks[end - 1] and upper < roster.ranks[end - 2]


each_displaces_one = compiled(_each_displaces_one)


def _blocking_singles(
    applicant_offsets,
    applicant_programs,
    program_rank,
    program_of,
    second_of,
    roster,
    definition,
    numbers,
    entries,
):
    """Fill `numbers` and `entries` with the singles that block and how; return how many there are.

    The last two may be too short, even empty: what does not fit is only counted.
    """
    found = 0
    for a in range(len(program_of)):
        for e in range(applicant_offsets[a], applicant_offsets[a + 1]):
            p = applicant_programs[e]
            if p == program_of[a]:
                break
            rank = program_rank[e]
            if rank < 0:
                continue
            blocks = rank < roster.worst[p]
            if second_of[a] == p and not blocks:
                # There already, by a supplemental list that the move would end.
                blocks = definition != RESPONSIVE or takes(roster, p, rank, 1, roster.second_rank[a], -1)
            if blocks:
                if found < len(entries):
                    numbers[found] = a
                    entries[found] = e
                found += 1
    return found


def _seat_at(p, a, program_of, second_of, roster):
    """The rank that applicant `a` has at program `p` if they hold a position there, else -1."""
    if program_of[a] == p:
        return roster.own_rank[a]
    if second_of[a] == p:
        return roster.second_rank[a]
    return np.int32(-1)


seat_at = compiled(_seat_at)


def _taken_one_by_one(roster, p, rank, mine, moves, partners, partner_moves, definition):
    """Whether program `p` takes one member of a couple whose partner goes elsewhere.

    `mine` and `partners` are the ranks of the two seats held at `p`, -1 = none; the flags say whether
    their owners give them up.
    """
    if mine >= 0 and (not moves or definition != RESPONSIVE):
        return True
    if definition != RESPONSIVE:
        return rank < roster.worst[p]
    gone = 0
    if mine >= 0:
        gone += 1
    if partners >= 0 and partner_moves:
        gone += 1
    else:
        partners = np.int32(-1)
    if gone == 0:
        return rank < roster.worst[p]
    return takes(roster, p, rank, gone, mine, partners)


taken_one_by_one = compiled(_taken_one_by_one)


def _taken_together(roster, p, rank_1, rank_2, seat_1, seat_2, moves_1, moves_2, definition):
    """Whether program `p` takes both members; arguments as for one."""
    if definition == MM:
        if seat_1 < 0 and seat_2 < 0:
            return each_displaces_one(roster, p, rank_1, rank_2)
        if seat_1 < 0:
            return takes(roster, p, rank_1, 0, seat_2, -1)
        if seat_2 < 0:
            return takes(roster, p, rank_2, 0, seat_1, -1)
        return True
    gone = 0
    if definition == RESPONSIVE:
        if seat_1 >= 0 and moves_1:
            gone += 1
        if seat_2 >= 0 and moves_2:
            gone += 1
    return takes_both(roster, p, rank_1, rank_2, gone, seat_1, seat_2)


taken_together = compiled(_taken_together)


def _blocking_couples(
    first,
    second,
    offsets,
    first_program,
    second_program,
    first_rank,
    second_rank,
    program_of,
    second_of,
    roster,
    definition,
    numbers,
    entries,
):
    """As for singles, for couples and their pairs."""
    found = 0
    for c in range(len(first)):
        a, b = first[c], second[c]
        for k in range(offsets[c], offsets[c + 1]):
            p, q = first_program[k], second_program[k]
            if p == program_of[a] and q == program_of[b]:
                break
            if (p >= 0 and first_rank[k] < 0) or (q >= 0 and second_rank[k] < 0):
                continue
            moves_1, moves_2 = p != program_of[a], q != program_of[b]
            blocks = True
            if p == q:
                seat_1 = seat_at(p, a, program_of, second_of, roster)
                seat_2 = seat_at(p, b, program_of, second_of, roster)
                blocks = taken_together(
                    roster, p, first_rank[k], second_rank[k], seat_1, seat_2, moves_1, moves_2, definition
                )
            else:
                if p >= 0:
                    seat_1 = seat_at(p, a, program_of, second_of, roster)
                    seat_2 = seat_at(p, b, program_of, second_of, roster)
                    blocks = taken_one_by_one(
                        roster, p, first_rank[k], seat_1, moves_1, seat_2, moves_2, definition
                    )
                if blocks and q >= 0:
                    seat_1 = seat_at(q, a, program_of, second_of, roster)
                    seat_2 = seat_at(q, b, program_of, second_of, roster)
                    blocks = taken_one_by_one(
                        roster, q, second_rank[k], seat_2, moves_2, seat_1, moves_1, definition
                    )
            if blocks:
                if found < len(entries):
                    numbers[found] = c
                    entries[found] = k
                found += 1
    return found


def _blocking_supplementals(
    applicant, advanced, offsets, programs, rank, program_of, second_of, roster, numbers, entries
):
    """As for singles, for supplemental lists whose advanced program is held."""
    found = 0
    for s in range(len(applicant)):
        a = applicant[s]
        if program_of[a] != advanced[s]:
            continue
        for e in range(offsets[s], offsets[s + 1]):
            if programs[e] == second_of[a]:
                break
            if 0 <= rank[e] < roster.worst[programs[e]]:
                if found < len(entries):
                    numbers[found] = s
                    entries[found] = e
                found += 1
    return found


call_roll = compiled(_call_roll)
blocking_singles = compiled(_blocking_singles)
blocking_couples = compiled(_blocking_couples)
blocking_supplementals = compiled(_blocking_supplementals)
