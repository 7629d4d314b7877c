"""Kernels of SOAP: applications to unfilled programs, offers in rounds, and first contacts afterwards."""

from __future__ import annotations

import numpy as np

from matchsim._jit import compiled

__all__ = ["choose_in_soap", "first_contacts", "soap_rounds"]


def _choose_in_soap(
    words, unfilled, kind, ready, specialty, asks, outlook, may_take, preferred, backup, has, applicant_type,
    file, readier, chosen, sent
):  # fmt: skip
    """Fill ``chosen[i, : sent[i]]`` with the unfilled programs that each person applies to in SOAP.

    Sequential Poisson sampling (Ohlsson, Journal of Official Statistics 14(2) 1998, 149-162): the smallest
    ratios of a uniform draw to the weight, which is ``ready[program]``, times `readier` in the person's own
    specialties, times the chance that the person sees, ``min(1, outlook[type, program] * file[person])``.
    Only who has at least what a program asks, number by number (a row of `asks` each), applies there.
    """
    most = chosen.shape[1]
    ratio = np.empty(len(unfilled), np.float64)
    least = np.empty(most, np.float64)
    closed = np.empty(3, np.bool_)
    usual = np.inf
    for i in range(len(sent)):
        row, seen = words[i], outlook[applicant_type[i]]
        # All ratios first, by loops without branches, which the compiler vectorises.
        for k in range(len(unfilled)):
            weight = ready[k] * min(1.0, seen[k] * file[i])
            own = (specialty[k] == preferred[i]) | (specialty[k] == backup[i])
            weight = weight * readier if own else weight
            ratio[k] = np.float64(row[k]) / max(weight, 1e-9)
        closed[:] = ~may_take[:, i]
        for k in range(len(unfilled)):
            ratio[k] = np.inf if closed[kind[k]] else ratio[k]
        for q in range(len(asks)):
            for k in range(len(unfilled)):
                ratio[k] = np.inf if has[i, q] < asks[q, k] else ratio[k]
        # A ratio below which enough lie, guessed from the person before: what is above it need not be sorted.
        bar = np.inf
        for guess in (1.2 * usual, 5.0 * usual):
            below = 0
            for k in range(len(unfilled)):
                below += ratio[k] < guess
            if below >= most:
                bar = guess
                break
        n = 0
        for k in range(len(unfilled)):
            r = ratio[k]
            if r >= bar:
                continue
            if n < most:
                n += 1
            place = n - 1
            while place > 0 and least[place - 1] > r:
                least[place] = least[place - 1]
                chosen[i, place] = chosen[i, place - 1]
                place -= 1
            least[place] = r
            chosen[i, place] = unfilled[k]
            if n == most:
                bar = least[n - 1]
                usual = bar
        sent[i] = n


def _soap_rounds(
    program_offsets, ranked, applicant, program, kind, wish, withheld, refused, open_seats, may_take,
    offered, accepted_round, offers, accepted
):  # fmt: skip
    """Run the offer rounds of SOAP.

    ``ranked`` holds application numbers, program by program in order of preference. In a round every
    program sends as many offers as it has seats open at the round's start, to the first on its list who
    may still take such a position and have had no offer from it; nobody is offered a seat that another
    refuses inside the round. ``kind[program]`` is 0 for a position that is a whole (C, M, R), 1 for a
    preliminary one, 2 for an advanced one; ``may_take[kind, applicant]`` and ``open_seats`` are kept up to
    date: a whole position closes everything, a preliminary and an advanced one close their own kind and
    the whole. ``withheld[application]`` is the number of rounds in which the program would rather leave a
    seat empty, which does not fall along a list; ``refused[application]`` the number of rounds in which
    the applicant would wait for better. ``offered[application]`` must come as False, and
    ``accepted_round[application]``, which becomes the round of acceptance, as -1.
    """
    people = may_take.shape[1]
    best = np.empty((3, people), np.int64)
    for r in range(len(offers)):
        best[:] = -1
        for p in range(len(open_seats)):
            left = open_seats[p]
            k = program_offsets[p]
            while left > 0 and k < program_offsets[p + 1]:
                i = ranked[k]
                if withheld[i] > r:
                    break
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
            for i in (whole, preliminary, advanced):
                if i >= 0:
                    accepted_round[i] = r
                    accepted[r] += 1
                    fill_seat(program[i], a, kind, open_seats, may_take)


def _first_contacts(order, applicant, program, kind, agreed, open_seats, may_take, taken):
    """Fill what SOAP left open: whoever calls first and is agreed with has the position.

    ``order`` holds the numbers of the contacts as they come. ``taken[contact]`` must come as False;
    ``kind``, ``open_seats`` and ``may_take`` are those of the offer rounds, and are kept up to date.
    """
    for i in order:
        p, a = program[i], applicant[i]
        if agreed[i] and open_seats[p] > 0 and may_take[kind[p], a]:
            taken[i] = True
            fill_seat(p, a, kind, open_seats, may_take)


def _fill_seat(p, a, kind, open_seats, may_take):
    open_seats[p] -= 1
    may_take[0, a] = False
    if kind[p] == 0:
        may_take[1, a] = False
        may_take[2, a] = False
    may_take[kind[p], a] = False


fill_seat = compiled(_fill_seat)
choose_in_soap = compiled(_choose_in_soap)
soap_rounds = compiled(_soap_rounds)
first_contacts = compiled(_first_contacts)
