"""Couples.

Kojima, Pathak and Roth, Quarterly Journal of Economics 128 (2013); Ashlagi, Braverman and Hassidim,
Operations Research 62 (2014); Manlove, McBride and Trimble, Constraints 22 (2017), 50-72; Nguyen and Vohra,
American Economic Review 108 (2018), 3154-3169; Bacchus, Drummond and Perrault, Stable Matching Suite.
"""

from __future__ import annotations

import pytest

from literature.comparison import assert_agreement
from literature.couples import definitions, existence, little_is_missing
from matchsim.engine import Market, roth_peranson


def test_how_often_a_stable_matching_exists():
    assert_agreement(definitions(effort=0.1, most_couples=10))


def test_growing_markets():
    assert_agreement(existence(effort=0.1, largest=100))


def test_little_is_missing_where_nothing_is_stable():
    assert_agreement(little_is_missing(effort=0.1))


@pytest.mark.parametrize(
    ("residents", "programs", "quota", "worst_first"),
    [(3, 5, 1, False), (8, 8, 1, False), (8, 8, 1, True), (8, 8, 2, False)],
)
def test_the_instances_of_the_suite_without_couples(residents, programs, quota, worst_first):
    """test0 to test3: all rank alike; outcomes as in its files match_test0, sattest1 and match_test2 (read).

    Programs like the last resident best in test2. The instance with couples is in the tests of the engine.
    """
    ranking = list(range(residents))[:: -1 if worst_first else 1]
    market = Market.from_lists(
        dict.fromkeys(range(residents), range(programs)), dict.fromkeys(range(programs), ranking), quota
    )
    expected = [place // quota for place in range(residents)]
    assert roth_peranson(market).program_of.tolist() == (expected[::-1] if worst_first else expected)
