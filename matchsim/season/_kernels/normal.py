"""Kernel of the standard normal distribution."""

from __future__ import annotations

import math

from matchsim._jit import compiled

__all__ = ["normal_shares"]


def _normal_shares(scores, out):
    """``out[i]`` = the share of a standard normal distribution below ``scores[i]``."""
    for i in range(len(scores)):
        out[i] = 0.5 * math.erfc(-scores[i] * 0.7071067811865476)


normal_shares = compiled(_normal_shares)
