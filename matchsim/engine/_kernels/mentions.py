"""The index of who, of couples and supplemental lists, names which program for whom."""

from __future__ import annotations

from matchsim._jit import compiled

__all__ = ["count_mentions", "fill_mentions"]


def _count_mentions(options, refused, program_start, first_linked, ends):
    """Set ``ends`` to the offsets of the index; it starts as zeros.

    ``options`` are as in ``roth_peranson``: program, rank there, partner's program, rank there.
    """
    for o in range(first_linked, len(options)):
        if refused[o]:
            continue
        for side in range(2):
            if options[o, 2 * side] >= 0:
                ends[program_start[options[o, 2 * side]] + options[o, 2 * side + 1] + 1] += 1
    for f in range(len(ends) - 1):
        ends[f + 1] += ends[f]


def _fill_mentions(starts, stops, options, refused, program_start, first_linked, ends, mentions):
    """Fill the index; moves each of the offsets on to where the next one was.

    ``mentions[offsets[f]:offsets[f + 1]]`` are the (unit, option) that name the program and applicant of
    entry ``f`` of the programs' lists. Singles need no such index.
    """
    for u in range(len(starts)):
        for o in range(max(starts[u], first_linked), stops[u]):
            if refused[o]:
                continue
            for side in range(2):
                p, rank = options[o, 2 * side], options[o, 2 * side + 1]
                if p >= 0:
                    at = ends[program_start[p] + rank]
                    mentions[at, 0] = u
                    mentions[at, 1] = o
                    ends[program_start[p] + rank] += 1


count_mentions = compiled(_count_mentions)
fill_mentions = compiled(_fill_mentions)
