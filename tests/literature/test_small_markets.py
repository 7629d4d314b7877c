"""Small markets, exactly. Knuth, Mariages stables, Montréal 1976; Wilson 1972; Eilers (enumeration)."""

from __future__ import annotations

from literature.comparison import assert_agreement
from literature.small_markets import (
    EXPECTED,
    EXPECTED_PLACE,
    EXPECTED_PROPOSALS,
    NUMBERS,
    PROPOSALS,
    comparisons,
    expected_stable_matchings,
    mean,
    survey,
)


def test_the_numbers_of_all_markets_of_three_pairs():
    assert survey(3)["matchings"] == NUMBERS
    assert survey(3)["proposals"] == PROPOSALS


def test_expectations_are_these_fractions():
    for size in (2, 3):
        counted = survey(size)
        assert mean(counted["matchings"]) == expected_stable_matchings(size) == EXPECTED[size]
        assert mean(counted["proposals"]) == EXPECTED_PROPOSALS[size]
        assert mean(counted["places"]) / size == EXPECTED_PLACE[size]
    assert expected_stable_matchings(4) == EXPECTED[4]


def test_nobody_needs_more_proposals_than_wilson_says():
    for size in (2, 3):
        assert max(survey(size)["proposals"]) == size**2 - size + 1


def test_random_markets_have_these_means():
    assert_agreement(comparisons(effort=0.1))
