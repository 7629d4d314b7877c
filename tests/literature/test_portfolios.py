"""Where to apply.

Chade and Smith, "Simultaneous search", Econometrica 74 (2006), 1293-1307; the example with eight schools that
are called like planets is that of Kapur and Hong 2022 (quoted). Ali and Shorrer, "Hedging when applying:
simultaneous search with correlation", 2021 (recalled).
"""

from __future__ import annotations

import numpy as np
import pytest

from literature.comparison import assert_agreement
from literature.portfolios import (
    CHANCES,
    NAMES,
    ORDER,
    VALUES,
    common_score_worth,
    comparisons,
    greedy_with_common_score,
)
from matchsim.engine import common_score_portfolio, independent_portfolio


def test_the_example_to_the_digit():
    assert tuple(NAMES[i] for i in independent_portfolio(CHANCES, VALUES).options) == ORDER
    assert_agreement(comparisons(effort=0.05))


def test_greed_fails_with_a_common_score():
    """The single best is the middle one, the best two are the other two; in random markets it is not rare."""
    chances, values = np.array([0.3, 0.7, 1.0]), np.array([10.0, 5.0, 3.0])
    assert greedy_with_common_score(chances, values, 2) == pytest.approx(5.0)
    assert common_score_portfolio(chances, values, most=2).worth == pytest.approx(5.1)
    assert common_score_worth([0, 2], chances, values) == pytest.approx(5.1)
    assert comparisons(effort=0.05)[-1].ours.mean > 0.02
