"""Kernels of what the two sides think of each other before they meet."""

from __future__ import annotations

import numpy as np

from matchsim._jit import compiled

__all__ = ["screening_scores", "wishes"]


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
    offsets, program, signal, noise, base, kind, attitude, home, division, has, asks, preferred,
    specialty, core, bonus, score
):  # fmt: skip
    """Fill `score` with what the program sees in every application; -inf where it cannot invite.

    An applicant meets a program's requirements where no number of ``has[applicant]`` lies below that of
    ``asks[program]``. ``bonus`` is (home, gold, silver, not the preferred specialty, lowest score).
    """
    at_home, gold, silver, elsewhere, lowest = bonus
    requirements = has.shape[1]
    for a in range(len(offsets) - 1):
        t = kind[a]
        for i in range(offsets[a], offsets[a + 1]):
            p = program[i]
            closed = False
            for r in range(requirements):
                closed |= has[a, r] < asks[p, r]
            if closed:
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


wishes = compiled(_wishes)
screening_scores = compiled(_screening_scores)
