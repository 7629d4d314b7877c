"""Kernels of the interviews stage: invitations in waves."""

from __future__ import annotations

import numpy as np

from matchsim._jit import compiled

__all__ = ["group_scores", "hold_interviews"]

_LOW = np.uint64(0xFFFFFFFF)
_SIGN = np.uint32(0x80000000)
_PLACE = np.uint64(0x7FFFFFFF)


def _group_scores(program, owner, score, bits, first, wish, offsets, heap, number, asked, wished):
    """Group applications by program, without those of score -inf.

    ``bits`` are the scores' bits, ``first`` says which applications are read before the others of their
    program. ``offsets`` (programs + 1) is filled. The other outputs are filled
    program by program, so that whoever walks down a program's list stays in a few pages of memory:
    ``number`` the application, ``asked`` its applicant, ``wished`` the applicant's wish, and ``heap`` a
    number whose upper 33 bits order as the program reads and whose lower 31 bits are the place in these
    arrays.
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
            heap[at] = (np.uint64(first[i]) << np.uint64(63)) | (turned << np.uint64(31)) | np.uint64(at)
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


def _answer(
    place, p, wave, number, asked, wished, capacity, late_returns, seat_offsets, taken, seats, seat_programs,
    seat_wishes, seat_waves, returned,
):  # fmt: skip
    """Answer the invitation of program `p`: keep it, in place of the least wished-for one if need be.

    What is given back in the wave of its own answer was never accepted. A slot accepted earlier and given
    back late is lost; all others come back to their program.
    """
    a, wish = asked[place], wished[place]
    seat = seat_offsets[a] + taken[a]
    if taken[a] < capacity[a]:
        taken[a] += 1
    else:
        seat = least_wished(seat_wishes, seat_offsets[a], seat, wish)
        if seat < 0:
            returned[p] += 1
        elif not late_returns[a] or seat_waves[seat] == wave:
            returned[seat_programs[seat]] += 1
    if seat >= 0:
        seats[seat] = number[place]
        seat_programs[seat] = p
        seat_wishes[seat] = wish
        if late_returns[a]:
            seat_waves[seat] = wave


def _hold_interviews(
    offsets, heap, number, asked, wished, slots, most, begins, capacity, late_answers, late_returns, waves,
    held, invitations,
):  # fmt: skip
    """Invite and answer in waves; marks the applications interviewed in `held`, counts `invitations`.

    From the wave ``begins`` on, every program invites in each wave the best applicants not yet invited,
    as many as it has free slots, and never more than ``most`` altogether. Everybody keeps the most
    wished-for invitations up to capacity and gives the others back, which frees slots for the next wave
    only. People of ``late_answers`` answer a wave later, and the slot is blocked until then; what people
    of ``late_returns`` accepted in an earlier wave and give back stays empty. The first five arguments are
    those of `group_scores`; each program's part of ``heap`` becomes a heap from which invitations are
    taken. Returns, program by program, the application invited last (-1 = none), how many were invited, and
    the slots that are free in the end.
    """
    programs = len(offsets) - 1
    people = len(capacity)
    left = np.empty(programs, np.int64)
    for p in range(programs):
        left[p] = offsets[p + 1] - offsets[p]
        for root in range(left[p] // 2 - 1, -1, -1):
            sift_down(heap, offsets[p], left[p], root)
    last = np.empty(programs, np.int64)
    invited_last = np.full(programs, -1, np.int32)
    invited = np.zeros(programs, np.int64)
    for p in range(programs):
        last[p] = max(0, left[p] - most[p])
    seat_offsets = np.zeros(people + 1, np.int64)
    for a in range(people):
        seat_offsets[a + 1] = seat_offsets[a] + capacity[a]
    seats = np.empty(seat_offsets[people], np.int32)
    seat_programs = np.empty(seat_offsets[people], np.int32)
    seat_wishes = np.empty(seat_offsets[people], np.float32)
    seat_waves = np.empty(seat_offsets[people], np.int32)
    taken = np.zeros(people, np.int64)
    free = slots.copy()
    returned = np.zeros(programs, np.int64)
    # Invitations that are still to be answered: never more than there are slots, nor applications.
    most_open = min(slots.sum(), len(heap))
    open_places = np.empty(most_open, np.int64)
    open_programs = np.empty(most_open, np.int32)
    unanswered = 0
    # One more wave than there are invitations in, for the last answers.
    for wave in range(waves + 1):
        for i in range(unanswered):
            answer(
                open_places[i], open_programs[i], wave, number, asked, wished, capacity, late_returns,
                seat_offsets, taken, seats, seat_programs, seat_wishes, seat_waves, returned,
            )  # fmt: skip
        unanswered = 0
        for p in range(programs):
            if begins[p] > wave or wave == waves:
                continue
            while free[p] > 0 and left[p] > last[p]:
                place = np.int64(take_largest(heap, offsets[p], left[p]) & _PLACE)
                left[p] -= 1
                free[p] -= 1
                invited[p] += 1
                invited_last[p] = number[place]
                a = asked[place]
                invitations[a] += 1
                if late_answers[a]:
                    open_places[unanswered] = place
                    open_programs[unanswered] = p
                    unanswered += 1
                else:
                    answer(
                        place, p, wave, number, asked, wished, capacity, late_returns, seat_offsets, taken,
                        seats, seat_programs, seat_wishes, seat_waves, returned,
                    )  # fmt: skip
        for p in range(programs):
            free[p] += returned[p]
            returned[p] = 0
    for a in range(people):
        for seat in range(seat_offsets[a], seat_offsets[a] + taken[a]):
            held[seats[seat]] = True
    return invited_last, invited, free


group_scores = compiled(_group_scores)
sift_down = compiled(_sift_down)
take_largest = compiled(_take_largest)
least_wished = compiled(_least_wished)
answer = compiled(_answer, inline=True)
hold_interviews = compiled(_hold_interviews)
