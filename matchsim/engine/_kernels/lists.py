"""Rank order lists: the ranks that each side has of the other, and entries given twice."""

from __future__ import annotations

import numpy as np

from matchsim._jit import compiled

__all__ = ["join_ranks", "mark_repeats", "places_on_lists"]


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


def _places_on_lists(program_offsets, program_applicants, people, asked, applicants, place):
    """Set ``place[i]`` to the place of ``people[i]`` on the list of program ``asked[i]``, -1 = not on it.

    Questions are gathered by program, so that each program's list is laid out by applicant once; a
    question about program -1 is answered with -1.
    """
    programs = len(program_offsets) - 1
    end = np.zeros(programs + 1, np.int64)
    for i in range(len(asked)):
        place[i] = -1
        if asked[i] >= 0:
            end[asked[i] + 1] += 1
    for p in range(programs):
        end[p + 1] += end[p]
    by_program = np.empty(end[programs], np.int32)
    for i in range(len(asked)):
        if asked[i] >= 0:
            by_program[end[asked[i]]] = i
            end[asked[i]] += 1

    # Entries of earlier programs need no clearing: they lie below the first entry of this one.
    entry_of = np.full(applicants, -1, np.int64)
    question = 0
    for p in range(programs):
        if question == end[p]:
            continue
        first = program_offsets[p]
        for f in range(first, program_offsets[p + 1]):
            entry_of[program_applicants[f]] = f
        while question < end[p]:
            i = by_program[question]
            if entry_of[people[i]] >= first:
                place[i] = entry_of[people[i]] - first
            question += 1


mark_repeats = compiled(_mark_repeats)
join_ranks = compiled(_join_ranks)
places_on_lists = compiled(_places_on_lists)
