"""The stark effect of competition, and that short lists have none.

Ashlagi, Kanoria and Leshno, Journal of Political Economy 125 (2017), 69-98. Kanoria, Min and Qian, SODA 2021.
"""

from __future__ import annotations

from literature.comparison import assert_agreement
from literature.competition import connected, large, sampled, tables


def test_ranks_and_choice_of_unbalanced_markets():
    assert_agreement(tables(effort=0.03))


def test_large_markets_are_near_the_estimate_of_the_theory():
    assert_agreement(large(effort=0.1))


def test_one_woman_more_turns_the_market_over():
    """Men rank as the short side whichever end is chosen, women likewise as the long one."""
    (balanced, *_), (one_more, best, worst, *_) = sampled(300, 0, 20), sampled(300, 1, 20)
    assert balanced.mean > 4 * one_more.mean
    assert worst.mean < 1.3 * best.mean


def test_with_short_lists_there_is_no_stark_effect():
    assert_agreement(connected(effort=0.1))
