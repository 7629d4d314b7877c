"""Kernels of what the two sides think of each other before they meet."""

from __future__ import annotations

import numpy as np

from matchsim._jit import compiled

__all__ = ["screening_scores", "wishes"]


def _home_or_none(home):
    """The home, or what no program's division is: who has none (-1) is not at home where there is none."""
    return home if home >= 0 else -2


def _wishes(
    offsets, program, fit, home, division, prestige, standing, preferred, pool_of, last, besides, weights
):  # fmt: skip
    """How much each applicant wishes for each program applied to, float32.

    ``weights`` is (per SD of prestige, at home, per SD of fit, per SD that the program stands above the
    applicant, in the preferred pool, in the preliminary pool); ``preferred`` and ``pool_of`` are pools,
    ``last`` being the preliminary one, which may be empty. ``besides[program]`` is added, float32.
    """
    by_prestige, at_home, by_fit, above, first_choice, preliminary = weights
    wish = np.empty(len(program), np.float32)
    level = np.float32(0)
    for a in range(len(offsets) - 1):
        mine = slice(offsets[a], offsets[a + 1])
        programs, tastes, wished = program[mine], fit[mine], wish[mine]
        at = home_or_none(home[a])
        # Sums without branches, which a processor could not foresee.
        for i in range(len(programs)):
            p = np.uint32(programs[i])
            w = by_prestige * prestige[p] + by_fit * tastes[i]
            w += at_home * (division[p] == at)
            w += above * max(prestige[p] - standing[a], level)
            is_first = pool_of[p] == preferred[a]
            w += first_choice * is_first + preliminary * (pool_of[p] == last and not is_first)
            wished[i] = np.float32(w) + besides[p]
    return wish


def _screening_scores(
    offsets, program, signal, noise, base, kind, attitude, home, division, has, asks, preferred,
    specialty, core, bonus, score
):  # fmt: skip
    """Fill `score` with what the program sees in every application; -inf where it cannot invite.

    An applicant meets a program's requirements where no number of ``has[applicant]`` lies below that of
    the program in the same row of `asks`. ``bonus`` is (home, gold, silver, not the preferred specialty,
    lowest score).
    """
    at_home, gold, silver, elsewhere, lowest = bonus
    # The last is for -1, which stands for none as 0 does.
    by_signal = np.array([0.0, silver, gold, 0.0])
    most_asked = np.full(len(asks), -np.inf, asks.dtype)
    for r in range(len(asks)):
        for asked in asks[r]:
            most_asked[r] = max(most_asked[r], asked)
    for a in range(len(offsets) - 1):
        mine = slice(offsets[a], offsets[a + 1])
        programs, signals, heard, scores = program[mine], signal[mine], noise[mine], score[mine]
        at, attitudes = home_or_none(home[a]), attitude[kind[a]]
        other = elsewhere if preferred[a] >= 0 else 0.0
        for i in range(len(programs)):
            p = np.uint32(programs[i])
            s = base[a] + attitudes[p] + heard[i]
            s += at_home * (division[p] == at)
            s += by_signal[signals[i]]
            s += other * (core[p] and specialty[p] != preferred[a])
            scores[i] = s if s >= lowest else -np.inf
        for r in range(len(asks)):
            if has[a, r] < most_asked[r]:
                row = asks[r]
                for i in range(len(programs)):
                    if has[a, r] < row[np.uint32(programs[i])]:
                        scores[i] = -np.inf


home_or_none = compiled(_home_or_none)
wishes = compiled(_wishes)
screening_scores = compiled(_screening_scores)
