"""Kernels of the interviews stage: invitations in waves."""

from __future__ import annotations

import numpy as np

from matchsim._jit import compiled

__all__ = ["group_scores", "hold_interviews"]

_LOW = np.uint64(0xFFFFFFFF)
_SIGN = np.uint32(0x80000000)


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


def _least_wished(seat_wishes, first, last, wish):
    """The seat of ``first`` to ``last - 1`` with the least wish, if that is below `wish`; else -1."""
    least = -1
    for seat in range(first, last):
        if seat_wishes[seat] < wish:
            wish = seat_wishes[seat]
            least = seat
    return least


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


group_scores = compiled(_group_scores)
sift_down = compiled(_sift_down)
take_largest = compiled(_take_largest)
least_wished = compiled(_least_wished)
hold_interviews = compiled(_hold_interviews)
