"""Kernels of the interviews stage: invitations in waves."""

from __future__ import annotations

import numpy as np

from matchsim._jit import compiled

__all__ = ["group_scores", "hold_interviews"]

_LOW = np.uint64(0xFFFFFFFF)
_SIGN = np.uint32(0x80000000)
_NUMBER = np.uint64(0x7FFFFFFF)


def _group_scores(program, score, bits, first, programs):
    """Group applications by program, without those of score -inf.

    ``bits`` are the scores' bits, ``first`` says which applications are read before the others of their
    program. Returns where each program's applications begin and end, and for every application a number
    whose upper 33 bits order as the program reads and whose lower 31 bits are the application's own.
    """
    offsets = np.zeros(programs + 1, np.int64)
    for i in range(len(program)):
        offsets[program[i] + 1] += score[i] > -np.inf
    for p in range(programs):
        offsets[p + 1] += offsets[p]
    cursor = offsets[:-1].copy()
    keys = np.empty(offsets[-1], np.uint64)
    for i in range(len(program)):
        if score[i] > -np.inf:
            at = cursor[program[i]]
            cursor[program[i]] = at + 1
            # Floating-point bits order as integers once negative ones are turned over.
            turned = np.uint64(bits[i]) ^ (_LOW if bits[i] >= _SIGN else np.uint64(_SIGN))
            keys[at] = (np.uint64(first[i]) << np.uint64(63)) | (turned << np.uint64(31)) | np.uint64(i)
    return offsets, keys


def _least_wished(seat_wishes, first, last, wish):
    """The seat of ``first`` to ``last - 1`` with the least wish, if that is below `wish`; else -1."""
    least = -1
    for seat in range(first, last):
        if seat_wishes[seat] < wish:
            wish = seat_wishes[seat]
            least = seat
    return least


def _sort_by_person(sent, owner, ends, by_person):
    """Fill `by_person` with the applications `sent`, person by person, each person's as they stand.

    Those of person ``a`` become ``by_person[ends[a] : ends[a + 1]]``.
    """
    ends[:] = 0
    # Counts stand two further on than the ends, and the places to fill one: they move on while filled.
    for i in sent:
        ends[owner[i] + 2] += 1
    for a in range(len(ends) - 2):
        ends[a + 2] += ends[a + 1]
    for i in sent:
        at = owner[i] + 1
        by_person[ends[at]] = i
        ends[at] += 1


def _hold_interviews(
    offsets, keys, owner, program, wish, slots, most, begins, capacity, late_answers, late_returns, waves,
    held, invitations,
):  # fmt: skip
    """Invite and answer in waves; marks the applications interviewed in `held`, counts `invitations`.

    From the wave ``begins`` on, every program invites in each wave the best applicants not yet invited,
    as many as it has free slots, and never more than ``most`` altogether. Everybody keeps the most
    wished-for invitations up to capacity and gives the others back, which frees slots for the next wave
    only. What is given back in the wave of its own answer was never accepted. People of ``late_answers``
    answer a wave later, and the slot is blocked until then; what people of ``late_returns`` accepted in an
    earlier wave and give back stays empty. ``keys`` are those of `group_scores`, sorted within each
    program. Returns, program by program, the application invited last (-1 = none), how many were invited,
    and the slots that are free in the end.

    Whom a wave invites does not hang on its answers. So these are given person by person, where all that
    an answer looks at lies together in memory.
    """
    programs = len(offsets) - 1
    people = len(capacity)
    invited_last = np.full(programs, -1, np.int32)
    invited = np.zeros(programs, np.int64)
    free = slots.copy()
    seat_offsets = np.zeros(people + 1, np.int64)
    for a in range(people):
        seat_offsets[a + 1] = seat_offsets[a] + capacity[a]
    seats = np.empty(seat_offsets[people], np.int32)
    seat_wishes = np.empty(seat_offsets[people], np.float32)
    seat_waves = np.empty(seat_offsets[people], np.int32)
    taken = np.zeros(people, np.int64)
    # A wave's invitations as they are sent, and those of this wave and the one before by person.
    most_sent = min(slots.sum(), len(keys))
    sent = np.empty(most_sent, np.int32)
    by_person = np.empty((2, most_sent), np.int32)
    ends = np.zeros((2, people + 2), np.int64)
    # One more wave than there are invitations in, for the last answers.
    for wave in range(waves + 1):
        number = 0
        for p in range(programs if wave < waves else 0):
            if begins[p] > wave:
                continue
            left = min(most[p], offsets[p + 1] - offsets[p]) - invited[p]
            best = offsets[p + 1] - 1 - invited[p]
            now = min(free[p], left)
            for k in range(now):
                sent[number + k] = keys[best - k] & _NUMBER
            if now > 0:
                number += now
                invited[p] += now
                free[p] -= now
                invited_last[p] = sent[number - 1]
        sort_by_person(sent[:number], owner, ends[wave % 2], by_person[wave % 2])
        for a in range(people):
            invitations[a] += ends[wave % 2, a + 1] - ends[wave % 2, a]
            answered = (wave - late_answers[a]) % 2
            for k in range(ends[answered, a], ends[answered, a + 1]):
                i = by_person[answered, k]
                seat = seat_offsets[a] + taken[a]
                if taken[a] < capacity[a]:
                    taken[a] += 1
                else:
                    seat = least_wished(seat_wishes, seat_offsets[a], seat, wish[i])
                    if seat < 0:
                        free[program[i]] += 1
                        continue
                    # A slot accepted earlier and given back late is lost; all others are free again.
                    if not late_returns[a] or seat_waves[seat] == wave:
                        free[program[seats[seat]]] += 1
                seats[seat] = i
                seat_wishes[seat] = wish[i]
                seat_waves[seat] = wave
    for a in range(people):
        for seat in range(seat_offsets[a], seat_offsets[a] + taken[a]):
            held[seats[seat]] = True
    return invited_last, invited, free


group_scores = compiled(_group_scores)
least_wished = compiled(_least_wished)
sort_by_person = compiled(_sort_by_person)
hold_interviews = compiled(_hold_interviews)
