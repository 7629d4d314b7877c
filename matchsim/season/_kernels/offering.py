"""Kernels of SOAP: applications to unfilled programs, and offers in rounds."""

from __future__ import annotations

import numpy as np

from matchsim._jit import compiled

__all__ = ["choose_in_soap", "soap_rounds"]


def _choose_in_soap(
    words, unfilled, kind, specialty, asks, may_take, preferred, backup, has, readier, chosen, sent
):  # fmt: skip
    """Fill ``chosen[i, : sent[i]]`` with the unfilled programs that each person applies to in SOAP.

    Sequential Poisson sampling (Ohlsson, Journal of Official Statistics 14(2) 1998, 149-162): the smallest
    ratios of a uniform draw to the weight, which is `readier` in the person's own specialties and 1
    elsewhere.
    """
    most = chosen.shape[1]
    ratio = np.empty(most, np.float64)
    may = np.empty(3, np.bool_)
    requirements = has.shape[1]
    for i in range(len(sent)):
        n = 0
        may[:] = may_take[:, i]
        for k in range(len(unfilled)):
            closed = not may[kind[k]]
            for r in range(requirements):
                closed |= has[i, r] < asks[k, r]
            if closed:
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


choose_in_soap = compiled(_choose_in_soap)
soap_rounds = compiled(_soap_rounds)
