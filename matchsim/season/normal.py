"""The standard normal distribution: the share below a score, and the score below which a share lies."""

from __future__ import annotations

from math import inf
from statistics import NormalDist

import numpy as np

from matchsim.season import _kernels
from matchsim.tables import Float64

__all__ = ["below", "score_at"]


def below(scores: Float64) -> Float64:
    """The share of the distribution below each score; float64, 0 to 1."""
    shares = np.empty(len(scores), dtype=np.float64)
    _kernels.normal_shares(scores, shares)
    return shares


def score_at(share: float) -> float:
    """The score below which this share lies; minus infinity at 0, infinity at 1."""
    if 0.0 < share < 1.0:
        return NormalDist().inv_cdf(share)
    return -inf if share <= 0.0 else inf
