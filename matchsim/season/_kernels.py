"""Kernels of a season's stages: arrays in, arrays out; what is written in place says so.

A kernel calls only kernels of this file (see ``matchsim._jit``).
"""

from __future__ import annotations

import numpy as np

from matchsim._jit import compiled

__all__ = [
    "choose_in_soap",
    "choose_programs",
    "group_by",
    "group_scores",
    "hold_interviews",
    "scatter_segments",
    "screening_scores",
    "send_signals",
    "soap_rounds",
    "sort_segments",
    "wishes",
]

_CLASSES = 6
_LOW = np.uint64(0xFFFFFFFF)
_SIGN = np.uint32(0x80000000)
_WORD = 4294967296.0


def _choose_programs(
    words, wanted, standing, home, visa, prior, prestige, division, sponsors, reserved, members, bands, out
):
    """Choose programs for a block of applicants in one pool; returns how many were written.

    ``words[i, k]`` is the draw of applicant i about the pool's program k. Programs fall into six classes
    (target, safety, reach; at home or not), each with one weight; applicant i applies to a program of
    class c with probability ``min(1, scale * weight[c])``, the scale making the expected number
    ``wanted[i]``. Who would apply nowhere applies to the eligible program that a few more applications
    would bring first, the one with the lowest draw for its weight. ``out`` is (counts per applicant,
    programs one after the other).
    """
    counts, chosen = out
    width, reach, target, safety, home_weight = bands
    weight = np.array([target, safety, reach, target, safety, reach])
    weight[3:] *= home_weight
    pool = len(prestige)
    kind = np.empty(pool, np.int8)
    eligible = np.empty(pool, np.bool_)
    members_of = np.empty(_CLASSES, np.int64)
    # One more class, with threshold 0, for programs that are out of the question.
    threshold = np.zeros(_CLASSES + 1, np.uint64)
    at = 0
    for i in range(len(wanted)):
        low, high, at_home = standing[i] - width, standing[i] + width, home[i]
        may_any, may_reserved = not visa[i], prior[i]
        # These loops have no branches, so that the compiler vectorises them.
        for k in range(pool):
            eligible[k] = (may_any | sponsors[k]) & (may_reserved | (not reserved[k]))
        for k in range(pool):
            c = 1 * (prestige[k] < low) + 2 * (prestige[k] > high) + 3 * (division[k] == at_home)
            kind[k] = c if eligible[k] else _CLASSES
        for c in range(_CLASSES):
            found = 0
            for k in range(pool):
                found += kind[k] == c
            members_of[c] = found
        scale = common_scale(weight, members_of, wanted[i])
        for c in range(_CLASSES):
            threshold[c] = np.uint64(min(_WORD, scale * weight[c] * _WORD))
        first = at
        row = words[i]
        for k in range(pool):
            chosen[at] = members[k]
            at += np.uint64(row[k]) < threshold[kind[k]]
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


def _group_by(group, cursor, out):
    """Write the numbers of the entries of each group, in order, from its place in `cursor` on."""
    for i in range(len(group)):
        g = group[i]
        out[cursor[g]] = i
        cursor[g] += 1


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


def _wishes(offsets, program, fit, home, division, prestige, standing, preferred, pool_of, last, weights):
    """How much each applicant wishes for each program applied to, float32.

    ``weights`` is (per SD of prestige, at home, per SD of fit, per SD that the program stands above the
    applicant, in the preferred pool, in the preliminary pool); ``preferred`` and ``pool_of`` are pools,
    ``last`` being the preliminary one, which may be empty.
    """
    by_prestige, at_home, by_fit, above, first_choice, preliminary = weights
    wish = np.empty(len(program), np.float32)
    for a in range(len(offsets) - 1):
        for i in range(offsets[a], offsets[a + 1]):
            p = program[i]
            w = by_prestige * prestige[p] + by_fit * fit[i]
            if home[a] >= 0 and home[a] == division[p]:
                w += at_home
            if prestige[p] > standing[a]:
                w += above * (prestige[p] - standing[a])
            if pool_of[p] == preferred[a]:
                w += first_choice
            elif pool_of[p] == last:
                w += preliminary
            wish[i] = w
    return wish


def _screening_scores(
    offsets, program, signal, noise, base, kind, attitude, home, division, visa, sponsors, preferred,
    specialty, core, bonus, score
):  # fmt: skip
    """Fill `score` with what the program sees in every application; -inf where it cannot invite.

    ``bonus`` is (home, gold, silver, not the preferred specialty, lowest score).
    """
    at_home, gold, silver, elsewhere, lowest = bonus
    for a in range(len(offsets) - 1):
        t = kind[a]
        for i in range(offsets[a], offsets[a + 1]):
            p = program[i]
            if visa[a] and not sponsors[p]:
                score[i] = -np.inf
                continue
            s = base[a] + attitude[t, p] + noise[i]
            if home[a] >= 0 and home[a] == division[p]:
                s += at_home
            if signal[i] == 2:
                s += gold
            elif signal[i] == 1:
                s += silver
            if core[p] and preferred[a] >= 0 and specialty[p] != preferred[a]:
                s += elsewhere
            score[i] = s if s >= lowest else -np.inf


def _group_scores(program, owner, score, bits, wish, offsets, heap, number, asked, wished):
    """Group applications by program, without those of score -inf.

    ``bits`` are the scores' bits. ``offsets`` (programs + 1) is filled. The other outputs are filled
    program by program, so that whoever walks down a program's list stays in a few pages of memory:
    ``number`` the application, ``asked`` its applicant, ``wished`` the applicant's wish, and ``heap`` a
    number whose upper half orders as the scores do and whose lower half is the place in these arrays.
    """
    programs = len(offsets) - 1
    offsets[:] = 0
    for i in range(len(program)):
        offsets[program[i] + 1] += score[i] > -np.inf
    for p in range(programs):
        offsets[p + 1] += offsets[p]
    cursor = offsets[:-1].copy()
    for i in range(len(program)):
        if score[i] > -np.inf:
            at = cursor[program[i]]
            cursor[program[i]] = at + 1
            # Floating-point bits order as integers once negative ones are turned over.
            turned = np.uint64(bits[i]) ^ (_LOW if bits[i] >= _SIGN else np.uint64(_SIGN))
            heap[at] = (turned << np.uint64(32)) | np.uint64(at)
            number[at] = i
            asked[at] = owner[i]
            wished[at] = wish[i]


def _sift_down(heap, start, size, root):
    """Restore the max-heap ``heap[start : start + size]`` below `root`."""
    value = heap[start + root]
    while 2 * root + 1 < size:
        child = 2 * root + 1
        if child + 1 < size:
            child += heap[start + child + 1] > heap[start + child]
        if heap[start + child] <= value:
            break
        heap[start + root] = heap[start + child]
        root = child
    heap[start + root] = value


def _take_largest(heap, start, size):
    """Take the largest of ``heap[start : start + size]`` off; the heap is one shorter after it.

    The hole sinks to the bottom without comparing (Wegener, Theoretical Computer Science 118 1993,
    81-98), since what fills it came from the bottom and nearly always belongs there.
    """
    largest = heap[start]
    size -= 1
    value = heap[start + size]
    root = 0
    while 2 * root + 2 < size:
        child = 2 * root + 1
        child += heap[start + child + 1] > heap[start + child]
        heap[start + root] = heap[start + child]
        root = child
    if 2 * root + 1 < size:
        heap[start + root] = heap[start + 2 * root + 1]
        root = 2 * root + 1
    while root > 0 and heap[start + (root - 1) // 2] < value:
        heap[start + root] = heap[start + (root - 1) // 2]
        root = (root - 1) // 2
    heap[start + root] = value
    return largest


def _hold_interviews(
    offsets, heap, number, asked, wished, slots, capacity, waves, held, invitations
):  # fmt: skip
    """Invite and answer in waves; marks the applications interviewed in `held`, counts `invitations`.

    In a wave every program invites the best applicants not yet invited, as many as it has free slots;
    everybody keeps the most wished-for invitations up to capacity and gives the others back, which frees
    slots for the next wave only. The first five arguments are those of `group_scores`; each program's
    part of ``heap`` becomes a heap from which invitations are taken.
    """
    programs = len(offsets) - 1
    people = len(capacity)
    left = np.empty(programs, np.int64)
    for p in range(programs):
        left[p] = offsets[p + 1] - offsets[p]
        for root in range(left[p] // 2 - 1, -1, -1):
            sift_down(heap, offsets[p], left[p], root)
    seat_offsets = np.zeros(people + 1, np.int64)
    for a in range(people):
        seat_offsets[a + 1] = seat_offsets[a] + capacity[a]
    seats = np.empty(seat_offsets[people], np.int32)
    seat_programs = np.empty(seat_offsets[people], np.int32)
    seat_wishes = np.empty(seat_offsets[people], np.float32)
    taken = np.zeros(people, np.int64)
    free = slots.copy()
    returned = np.zeros(programs, np.int64)
    for _ in range(waves):
        invited = 0
        for p in range(programs):
            while free[p] > 0 and left[p] > 0:
                place = np.int64(take_largest(heap, offsets[p], left[p]) & _LOW)
                left[p] -= 1
                free[p] -= 1
                invited += 1
                a, wish = asked[place], wished[place]
                invitations[a] += 1
                seat = seat_offsets[a] + taken[a]
                if taken[a] < capacity[a]:
                    taken[a] += 1
                else:
                    seat = least_wished(seat_wishes, seat_offsets[a], seat, wish)
                    if seat < 0:
                        returned[p] += 1
                        continue
                    returned[seat_programs[seat]] += 1
                seats[seat] = number[place]
                seat_programs[seat] = p
                seat_wishes[seat] = wish
        for p in range(programs):
            free[p] += returned[p]
            returned[p] = 0
        if invited == 0:
            break
    for a in range(people):
        for seat in range(seat_offsets[a], seat_offsets[a] + taken[a]):
            held[seats[seat]] = True


def _least_wished(seat_wishes, first, last, wish):
    """The seat of ``first`` to ``last - 1`` with the least wish, if that is below `wish`; else -1."""
    least = -1
    for seat in range(first, last):
        if seat_wishes[seat] < wish:
            wish = seat_wishes[seat]
            least = seat
    return least


def _sort_segments(offsets, bits, order):
    """Fill `order` so that each segment's entries stand by falling key, equal ones as they were.

    ``bits`` are the bits of the float32 keys.
    """
    longest = 0
    for s in range(len(offsets) - 1):
        longest = max(longest, offsets[s + 1] - offsets[s])
    packed = np.empty(longest, np.uint64)
    for s in range(len(offsets) - 1):
        start = offsets[s]
        n = offsets[s + 1] - start
        for i in range(n):
            b = np.uint64(bits[start + i])
            # Turned so that rising numbers are falling keys; the place in the segment breaks ties.
            turned = b if bits[start + i] >= _SIGN else b ^ (_LOW ^ np.uint64(_SIGN))
            packed[i] = (turned << np.uint64(32)) | np.uint64(i)
        gap = 1
        while gap < n // 3:
            gap = 3 * gap + 1
        while gap > 0:
            for i in range(gap, n):
                moving = packed[i]
                k = i
                while k >= gap and packed[k - gap] > moving:
                    packed[k] = packed[k - gap]
                    k -= gap
                packed[k] = moving
            gap //= 3
        for i in range(n):
            order[start + i] = start + np.int64(packed[i] & _LOW)


def _choose_in_soap(
    words, unfilled, kind, specialty, sponsors, reserved, may_take, preferred, backup, visa, prior, readier,
    chosen, sent
):  # fmt: skip
    """Fill ``chosen[i, : sent[i]]`` with the unfilled programs that each person applies to in SOAP.

    Sequential Poisson sampling (Ohlsson, Journal of Official Statistics 14(2) 1998, 149-162): the smallest
    ratios of a uniform draw to the weight, which is `readier` in the person's own specialties and 1
    elsewhere.
    """
    most = chosen.shape[1]
    ratio = np.empty(most, np.float64)
    may = np.empty(3, np.bool_)
    for i in range(len(sent)):
        n = 0
        may[:] = may_take[:, i]
        for k in range(len(unfilled)):
            if not may[kind[k]] or (visa[i] and not sponsors[k]) or (reserved[k] and not prior[i]):
                continue
            r = np.float64(words[i, k])
            if specialty[k] == preferred[i] or specialty[k] == backup[i]:
                r /= max(readier, 1e-9)
            if n == most and r >= ratio[n - 1]:
                continue
            if n < most:
                n += 1
            place = n - 1
            while place > 0 and ratio[place - 1] > r:
                ratio[place] = ratio[place - 1]
                chosen[i, place] = chosen[i, place - 1]
                place -= 1
            ratio[place] = r
            chosen[i, place] = unfilled[k]
        sent[i] = n


def _soap_rounds(
    program_offsets, ranked, applicant, program, kind, wish, refused, open_seats, may_take,
    accepted_round, offers, accepted
):  # fmt: skip
    """Run the offer rounds of SOAP.

    ``ranked`` holds application numbers, program by program in order of preference. In a round every
    program sends as many offers as it has seats open at the round's start, to the first on its list who
    may still take such a position and have had no offer from it; nobody is offered a seat that another
    refuses inside the round. ``kind[program]`` is 0 for a position that is a whole (C, M, R), 1 for a
    preliminary one, 2 for an advanced one; ``may_take[kind, applicant]`` is kept up to date: a whole
    position closes everything, a preliminary and an advanced one close their own kind and the whole.
    ``refused[application]`` is the number of rounds in which the applicant would wait for better.
    ``accepted_round[application]`` becomes the round of acceptance; it must come as -1.
    """
    people = may_take.shape[1]
    best = np.empty((3, people), np.int64)
    offered = np.zeros(len(applicant), np.bool_)
    for r in range(len(offers)):
        best[:] = -1
        for p in range(len(open_seats)):
            left = open_seats[p]
            k = program_offsets[p]
            while left > 0 and k < program_offsets[p + 1]:
                i = ranked[k]
                a = applicant[i]
                k += 1
                if offered[i] or not may_take[kind[p], a]:
                    continue
                offered[i] = True
                left -= 1
                offers[r] += 1
                held = best[kind[p], a]
                if refused[i] <= r and (held < 0 or wish[i] > wish[held]):
                    best[kind[p], a] = i
        for a in range(people):
            whole, preliminary, advanced = best[0, a], best[1, a], best[2, a]
            if whole >= 0 and (
                (preliminary >= 0 and wish[preliminary] > wish[whole])
                or (advanced >= 0 and wish[advanced] > wish[whole])
            ):
                whole = -1
            if whole >= 0:
                preliminary = -1
                advanced = -1
                may_take[1, a] = False
                may_take[2, a] = False
            for i in (whole, preliminary, advanced):
                if i >= 0:
                    accepted_round[i] = r
                    open_seats[program[i]] -= 1
                    accepted[r] += 1
                    may_take[0, a] = False
                    may_take[kind[program[i]], a] = False


common_scale = compiled(_common_scale)
sift_down = compiled(_sift_down)
take_largest = compiled(_take_largest)
least_wished = compiled(_least_wished)
choose_in_soap = compiled(_choose_in_soap)
choose_programs = compiled(_choose_programs)
scatter_segments = compiled(_scatter_segments)
send_signals = compiled(_send_signals)
screening_scores = compiled(_screening_scores)
group_by = compiled(_group_by)
group_scores = compiled(_group_scores)
hold_interviews = compiled(_hold_interviews)
sort_segments = compiled(_sort_segments)
soap_rounds = compiled(_soap_rounds)
wishes = compiled(_wishes)
