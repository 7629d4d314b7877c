"""Laws of random markets.

Wilson 1972, in Knuth, Mariages stables, 1976; Pittel, SIAM Journal on Discrete Mathematics 2 (1989), and
Mathematics of Operations Research 44 (2019), 122-146; Knuth, Motwani and Pittel, Random Structures and
Algorithms 1 (1990).
"""

from __future__ import annotations

from literature.comparison import assert_agreement
from literature.competition import sampled
from literature.laws import counts, dictatorship, partners, proposals, unbalanced_counts


def test_proposals_and_ranks():
    assert_agreement(proposals(effort=0.25))


def test_numbers_of_stable_matchings():
    assert_agreement(counts(effort=0.4))


def test_numbers_of_stable_matchings_with_one_more_on_one_side():
    assert_agreement(unbalanced_counts(effort=0.5, largest=100))


def test_stable_husbands():
    assert_agreement(partners(effort=0.2))


def test_who_has_one_husband_has_the_same_at_both_ends():
    """The two ways to count: one less the share of men whose partner differs between the ends."""
    (single,) = (one for one in partners(effort=1, largest=100)[4:] if one.quantity == "share with one")
    several = sampled(100, 0, 200)[0]
    tolerance = 5 * (single.ours.error**2 + (several.error / 100) ** 2) ** 0.5
    assert abs(1 - several.mean / 100 - single.ours.mean) < tolerance


def test_ranks_of_a_serial_dictatorship():
    assert_agreement(dictatorship(effort=0.25))
