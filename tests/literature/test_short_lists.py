"""Short lists and cutoffs.

Arnosti, "Short lists in centralized clearinghouses", EC 2015 (recalled; formulas derived from the model).
Azevedo and Leshno, Journal of Political Economy 124 (2016), 1235-1268 (recalled).
"""

from __future__ import annotations

from math import exp, tanh

import pytest

from literature.comparison import assert_agreement
from literature.short_lists import (
    FRACTIONS,
    aligned,
    cutoffs,
    fractions,
    independent,
    matched_share,
    quotas,
    ranks,
)


def test_shares_matched():
    assert_agreement(fractions(effort=0.1))


def test_shares_matched_with_quotas():
    assert_agreement(quotas(effort=0.1))


def test_mean_ranks():
    assert_agreement(ranks(effort=0.1))


def test_cutoffs_of_two_colleges():
    assert_agreement(cutoffs(effort=0.1))


@pytest.mark.parametrize(("ratio", "listed"), FRACTIONS)
def test_the_continuum_is_the_closed_form(ratio, listed):
    assert matched_share(ratio, listed, 1, "independent") == pytest.approx(
        independent(ratio, listed), abs=1e-9
    )


def test_three_that_can_be_written_down():
    assert matched_share(1, 1, 1, "common") == pytest.approx(1 - exp(-1), abs=1e-9)
    assert matched_share(1, 2, 1, "common") == pytest.approx(tanh(1), abs=1e-9)
    assert aligned(1, 2) == pytest.approx(0.75, abs=1e-9)
