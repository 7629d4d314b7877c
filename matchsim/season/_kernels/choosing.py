"""Kernels of the applications stage: which programs, and which signals."""

from __future__ import annotations

import numpy as np

from matchsim._jit import compiled

__all__ = ["choose_programs", "scatter_segments", "send_signals"]

_CLASSES = 6
_WORD = 4294967296.0


def _common_scale(weight, members_of, wanted):
    """The scale at which ``sum(members * min(1, scale * weight))`` is `wanted`, by water filling."""
    full = np.zeros(_CLASSES, np.bool_)
    scale = 0.0
    for _ in range(_CLASSES):
        left = wanted
        mass = 0.0
        for c in range(_CLASSES):
            if full[c]:
                left -= members_of[c]
            else:
                mass += members_of[c] * weight[c]
        if mass <= 0.0 or left <= 0.0:
            return scale
        scale = left / mass
        changed = False
        for c in range(_CLASSES):
            if not full[c] and scale * weight[c] >= 1.0 and weight[c] > 0.0:
                full[c] = True
                changed = True
        if not changed:
            return scale
    return scale


def _choose_programs(
    words, wanted, standing, home, has, known, certain, prestige, division, asks, members, bands, out
):  # fmt: skip
    """Choose programs for a block of applicants in one pool; returns how many were written.

    ``words[i, k]`` is the draw of applicant i about the pool's program k. Programs fall into six classes
    (target, safety, reach; at home or not), each with one weight; applicant i applies to a program of
    class c with probability ``min(1, scale * weight[c])``, the scale making the expected number
    ``wanted[i]``. A program is out of the question where one of the first ``known[i]`` numbers of
    ``has[i]`` lies below what it asks in that row of ``asks``; where that leaves none, of the first
    ``certain``. Who would apply nowhere applies to the eligible program that a few more applications would
    bring first, the one with the lowest draw for its weight. ``out`` is (counts per applicant,
    programs one after the other).
    """
    counts, chosen = out
    width, reach, target, safety, home_weight = bands
    weight = np.array([target, safety, reach, target, safety, reach])
    weight[3:] *= home_weight
    pool = len(prestige)
    kind = np.empty(pool, np.uint8)
    eligible = np.empty(pool, np.bool_)
    members_of = np.empty(_CLASSES, np.int64)
    # One more class, with threshold 0, for programs that are out of the question.
    threshold = np.zeros(_CLASSES + 1, np.uint64)
    bar = np.empty(pool, np.uint64)
    hit = np.empty(pool, np.bool_)
    most_asked = np.empty(len(asks), asks.dtype)
    for r in range(len(asks)):
        most_asked[r] = asks[r].max()
    at = 0
    for i in range(len(wanted)):
        low, high = standing[i] - width, standing[i] + width
        # Who has no home (-1) is not at home with programs that have no division (-1 too).
        at_home = home[i] if home[i] >= 0 else -2
        # The loops over the pool have no branches, so that the compiler vectorises them.
        for looked_at in (known[i], certain):
            for k in range(pool):
                eligible[k] = True
            for r in range(looked_at):
                mine = has[i, r]
                if mine < most_asked[r]:
                    row_asked = asks[r]
                    for k in range(pool):
                        eligible[k] &= row_asked[k] <= mine
            if looked_at == certain or eligible.any():
                break
        for k in range(pool):
            c = 1 * (prestige[k] < low) + 2 * (prestige[k] > high) + 3 * (division[k] == at_home)
            kind[k] = c if eligible[k] else _CLASSES
        for c in range(_CLASSES):
            found, sought = np.int32(0), np.uint8(c)
            for k in range(pool):
                found = np.int32(found + np.int32(kind[k] == sought))
            members_of[c] = found
        scale = common_scale(weight, members_of, wanted[i])
        for c in range(_CLASSES):
            threshold[c] = np.uint64(min(_WORD, scale * weight[c] * _WORD))
        first = at
        row = words[i]
        for k in range(pool):
            bar[k] = threshold[kind[k]]
        for k in range(pool):
            hit[k] = np.uint64(row[k]) < bar[k]
        for k in range(pool):
            chosen[np.uint64(at)] = members[k]
            at += hit[k]
        if at == first and wanted[i] > 0.0:
            nearest = -1
            least = np.inf
            for k in range(pool):
                if eligible[k] and weight[kind[k]] > 0.0 and row[k] / weight[kind[k]] < least:
                    nearest = k
                    least = row[k] / weight[kind[k]]
            if nearest >= 0:
                chosen[at] = members[nearest]
                at += 1
        counts[i] = at - first
    return at


def _scatter_segments(agents, counts, values, cursor, out):
    """Append each agent's next ``counts[i]`` values to its place in `out`; moves `cursor`."""
    at = 0
    for i in range(len(agents)):
        agent = agents[i]
        to = cursor[agent]
        for _ in range(counts[i]):
            out[to] = values[at]
            to += 1
            at += 1
        cursor[agent] = to


def _send_signals(offsets, pool_of, program, wish, gold, silver, signal):
    """Mark in `signal` each applicant's most wished-for applications of every pool, gold (2) first.

    Applications of an applicant stand pool by pool; `gold` and `silver` are budgets by pool.
    """
    best = np.empty(256, np.int64)
    for a in range(len(offsets) - 1):
        start = offsets[a]
        while start < offsets[a + 1]:
            pool = pool_of[program[start]]
            end = start
            while end < offsets[a + 1] and pool_of[program[end]] == pool:
                end += 1
            budget = min(gold[pool] + silver[pool], 256)
            held = 0
            for i in range(start, end if budget > 0 else start):
                if held == budget and wish[i] <= wish[best[held - 1]]:
                    continue
                if held < budget:
                    held += 1
                place = held - 1
                while place > 0 and wish[best[place - 1]] < wish[i]:
                    best[place] = best[place - 1]
                    place -= 1
                best[place] = i
            for k in range(held):
                signal[best[k]] = 2 if k < gold[pool] else 1
            start = end


common_scale = compiled(_common_scale)
choose_programs = compiled(_choose_programs)
scatter_segments = compiled(_scatter_segments)
send_signals = compiled(_send_signals)
