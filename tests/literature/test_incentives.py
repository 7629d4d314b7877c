"""Incentives.

Dubins and Freedman 1981, Roth 1982 (truth); McVitie and Wilson 1970 (order); Roth 1986 (rural hospitals);
Gale and Sotomayor 1985, Crawford 1991 (entry); Roth and Rothblum 1999, Coles and Shorrer, Games and Economic
Behavior 87 (2014), 591-615 (cutting lists short).
"""

from __future__ import annotations

from literature.comparison import assert_agreement
from literature.incentives import coles_shorrer, reports, small_markets, truncations


def test_theorems_hold_on_small_markets():
    assert len(reports()) == 65
    found = small_markets(60)
    assert all(checks > 100 for _, checks in found.values()), found
    assert {name: faults for name, (faults, _) in found.items() if faults} == {}


def test_who_cuts_a_list_short_gets_the_worst_stable_partner_within_it():
    faults, checks = truncations(40)
    assert (faults, checks) == (0, 40 * 5 * 6)


def test_the_best_place_to_cut():
    assert_agreement(coles_shorrer(effort=0.4, largest=100))
