"""The markets that the other files draw reach what they should: a property of nothing always holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import Phase, find, settings
from interpreted import INTERPRETED
from linked_markets import nonsense, plainly_stable, rational, tight, tiny
from strategies import assignments, markets, names

from matchsim.engine import deferred_acceptance, is_individually_rational, linked_reference, reference

SEARCH = settings(max_examples=3000, phases=[Phase.generate], derandomize=True, database=None)

WANTED = {
    "nobody": lambda market: len(market) == 0,
    "no programs": lambda market: market.size("program") == 0,
    "as many people as may be": lambda market: len(market) == 8,
    "as many programs as may be": lambda market: market.size("program") == 5,
    "an empty list": lambda market: (np.diff(market.applicant_offsets) == 0).any(),
    "a program that ranks nobody": lambda market: (np.diff(market.program_offsets) == 0).any(),
    "a closed program": lambda market: (market.quota == 0).any(),
    "several positions": lambda market: (market.quota == 3).any(),
    "an entry of the applicant alone": lambda market: (market.program_rank < 0).any(),
    "an entry of the program alone": lambda market: (market.applicant_rank < 0).any(),
    "somebody displaced": lambda market: deferred_acceptance(market).proposals > len(market),
    "sides that do not agree": lambda market: (
        deferred_acceptance(market).program_of.tolist()
        != deferred_acceptance(market, "programs").program_of.tolist()
    ),
}


@pytest.mark.parametrize("wanted", WANTED)
def test_markets_drawn_have_everything_in_them(wanted):
    find(markets(), WANTED[wanted], settings=SEARCH)


@pytest.mark.parametrize("name", ["007", "x,y", "=1+1", "<b>", 'say "x"'])
def test_names_drawn_are_awkward(name):
    find(names(6), lambda drawn: name in drawn, settings=SEARCH)


def judged(market, program_of):
    return reference.is_individually_rational(market, program_of), bool(
        reference.blocking_pairs(market, program_of)
    )


@pytest.mark.parametrize("verdict", [(True, False), (True, True), (False, True), (False, False)])
def test_matchings_drawn_are_wrong_in_every_way_and_right_too(verdict):
    drawn = (
        markets(max_applicants=4, max_programs=3)
        .filter(len)
        .flatmap(lambda market: assignments(market).map(lambda program_of: (market, program_of)))
    )
    find(drawn, lambda both: max(both[1]) >= 0 and judged(*both) == verdict, settings=SEARCH)


def test_linked_markets_have_everything_in_them():
    made = [tiny(number) for number in range(30)]
    lists = [market for market in made if market.supplementals is not None]
    assert 5 <= len(lists) < 30
    assert any(len(market.supplementals.programs) for market in lists)
    couples = [market.couples for market in made]
    assert any((pairs.first_program == pairs.second_program).any() for pairs in couples)
    assert any((pairs.first_program < 0).any() and (pairs.second_program < 0).any() for pairs in couples)
    assert any((market.quota == 0).any() for market in made)
    assert any((market.program_rank < 0).any() for market in made)


@pytest.mark.skipif(INTERPRETED, reason="every matching of many markets, without a kernel")
def test_tight_markets_are_often_without_a_stable_matching():
    stable = [next(linked_reference.stable_matchings(tight(number)), None) for number in range(15)]
    assert 1 <= stable.count(None) <= 14


def test_matchings_of_linked_markets_are_good_and_bad():
    good, seconds, stable = 0, 0, 0
    for number in range(120):
        rng = np.random.default_rng(number)
        market = tiny(number)
        matching = rational(market, rng)
        assert is_individually_rational(market, matching)
        good += int((matching.program_of >= 0).sum())
        seconds += int((matching.second_of >= 0).sum())
        stable += plainly_stable(matching)
        assert not is_individually_rational(market, nonsense(market, rng))
    assert good > 200
    assert seconds > 3
    assert 0 < stable < 60
