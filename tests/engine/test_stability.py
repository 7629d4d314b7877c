"""The checkers, above all on matchings that are wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import assignments, markets

from matchsim.engine import (
    Market,
    Matching,
    blocking_pairs,
    blocking_units,
    deferred_acceptance,
    irrationalities,
    is_individually_rational,
    is_stable,
    reference,
)
from matchsim.errors import MarketError

MARKET = Market.from_lists(
    applicants={"Ana": ["City", "Mercy"], "Bo": ["City"], "Cy": ["Mercy", "City"], "Di": []},
    programs={"City": ["Bo", "Cy", "Ana"], "Mercy": ["Ana"], "Closed": ["Di"]},
    quotas={"City": 1, "Mercy": 1, "Closed": 0},
)


@given(st.data())
def test_checkers_agree_with_the_double_loop_on_any_matching(data):
    market = data.draw(markets())
    program_of = data.draw(assignments(market))
    found = blocking_pairs(market, program_of)
    pairs = list(zip(found.applicant.tolist(), found.program.tolist(), strict=True))
    assert pairs == reference.blocking_pairs(market, program_of)
    rational = reference.is_individually_rational(market, program_of)
    assert is_individually_rational(market, program_of) == rational
    assert is_stable(market, program_of) == reference.is_stable(market, program_of)
    assert (irrationalities(market, program_of) == []) == rational


@given(st.data())
def test_places_of_blocking_pairs_are_places_on_the_lists(data):
    market = data.draw(markets())
    found = blocking_pairs(market, data.draw(assignments(market)))
    applicants, programs = reference.lists_of(market)
    for a, p, on_applicants, on_programs in zip(
        found.applicant, found.program, found.applicant_rank, found.program_rank, strict=True
    ):
        assert applicants[a][on_applicants] == p
        assert programs[p][on_programs] == a


@given(st.data())
def test_moving_one_applicant_of_a_stable_matching_down_is_noticed(data):
    """Emptying an occupied position always leaves a pair that blocks: the solver's work is not trusted."""
    market = data.draw(markets())
    program_of = deferred_acceptance(market).program_of.copy()
    matched = np.flatnonzero(program_of >= 0)
    if len(matched):
        moved = data.draw(st.sampled_from(matched.tolist()))
        left, program_of[moved] = program_of[moved], -1
        pairs = blocking_pairs(market, program_of)
        assert (moved, left) in set(zip(pairs.applicant.tolist(), pairs.program.tolist(), strict=True))


def test_blocking_pairs_speak_by_name():
    nobody = blocking_pairs(MARKET, Matching.from_dict(MARKET, {}))
    assert list(nobody) == [("Ana", "City"), ("Ana", "Mercy"), ("Bo", "City"), ("Cy", "City")]
    assert repr(nobody) == "<BlockingPairs: 4: Ana and City, Ana and Mercy, Bo and City, ...>"
    assert (
        nobody._repr_html_()
        == "<p>&lt;BlockingPairs: 4: Ana and City, Ana and Mercy, Bo and City, ...&gt;</p>"
    )
    cy_at_city = blocking_pairs(MARKET, Matching.from_dict(MARKET, {"Cy": "City"}))
    assert repr(cy_at_city) == "<BlockingPairs: 2: Ana and Mercy, Bo and City>"
    three = blocking_pairs(MARKET, Matching.from_dict(MARKET, {"Ana": "Mercy"}))
    assert repr(three) == "<BlockingPairs: 3: Ana and City, Bo and City, Cy and City>"
    frame = nobody.to_pandas()
    assert frame.columns.tolist() == ["applicant", "program", "applicant_rank", "program_rank"]
    assert frame.iloc[3].tolist() == ["Cy", "City", 1, 1]
    assert nobody.to_pandas(labels=False)["applicant"].tolist() == [0, 0, 1, 2]


def test_a_stable_matching_has_no_blocking_pairs_to_show():
    found = blocking_pairs(MARKET, deferred_acceptance(MARKET))
    assert len(found) == 0
    assert repr(found) == "<BlockingPairs: none>"
    assert found.to_pandas().columns.tolist() == ["applicant", "program", "applicant_rank", "program_rank"]


def test_every_irrationality_is_told():
    wrong = Matching.from_dict(MARKET, {"Ana": "Closed", "Bo": "City", "Cy": "City", "Di": "Mercy"})
    assert irrationalities(MARKET, wrong) == [
        "Ana is matched to Closed, which is not on their list",
        "Ana is matched to Closed, which does not rank them",
        "Di is matched to Mercy, which is not on their list",
        "Di is matched to Mercy, which does not rank them",
        "City holds 2, more than its quota of 1",
        "Closed holds 1, more than its quota of 0",
    ]
    one_sided = Matching.from_dict(MARKET, {"Cy": "Mercy", "Di": "Closed"})
    assert irrationalities(MARKET, one_sided) == [
        "Cy is matched to Mercy, which does not rank them",
        "Di is matched to Closed, which is not on their list",
        "Closed holds 1, more than its quota of 0",
    ]


def test_being_held_without_having_been_ranked_is_worse_than_anything_ranked():
    # Mercy holds Di, whom it did not rank, and would rather have Ana; Ana is at City, which she prefers.
    held = {"Ana": "City", "Di": "Mercy"}
    assert ("Ana", "Mercy") not in list(blocking_pairs(MARKET, Matching.from_dict(MARKET, held)))
    unmatched = {"Di": "Mercy"}
    assert ("Ana", "Mercy") in list(blocking_pairs(MARKET, Matching.from_dict(MARKET, unmatched)))


def test_where_a_program_ranks_somebody_who_does_not_rank_it_counts_its_own_list_alone():
    """Mercy holds Ana against her will: it would rather have Bo, and would not rather have Cy."""
    market = Market.from_lists(
        applicants={"Ana": ["City"], "Bo": ["Mercy"], "Cy": ["Mercy"]},
        programs={"City": ["Ana", "Bo"], "Mercy": ["Bo", "Ana", "Cy"]},
        quotas={"City": 0, "Mercy": 1},
    )
    assert list(blocking_pairs(market, Matching.from_dict(market, {"Ana": "Mercy"}))) == [("Bo", "Mercy")]


@pytest.mark.parametrize(
    ("given_matching", "told"),
    [
        (
            [0, 1],
            "a matching of this market must be 4 whole numbers, one an applicant, got shape (2,) of int64",
        ),
        (
            [0.0, 1.0, -1.0, -1.0],
            "a matching of this market must be 4 whole numbers, one an applicant, got shape (4,) of float64",
        ),
        ([0, 3, -1, -1], "program_of must be -1 (unmatched) or 0 to 2, got 3 at index 1"),
        ([0, 0, -2, -1], "program_of must be -1 (unmatched) or 0 to 2, got -2 at index 2"),
    ],
)
@pytest.mark.parametrize("check", [blocking_pairs, irrationalities, is_stable, Matching.from_programs])
def test_a_matching_that_does_not_fit_is_refused(check, given_matching, told):
    with pytest.raises(MarketError) as caught:
        check(MARKET, np.array(given_matching))
    assert str(caught.value) == told


def test_checking_leaves_the_matching_alone():
    program_of = np.array([0, -1, -1, -1], np.int32)
    is_stable(MARKET, program_of)
    program_of[0] = 1
    assert program_of.tolist() == [1, -1, -1, -1]


@pytest.mark.parametrize(
    "check", [blocking_pairs, blocking_units, irrationalities, is_individually_rational, is_stable]
)
def test_a_matching_of_another_market_is_refused_however_alike(check):
    lists = {"Ana": ["City", "Mercy"], "Bo": ["City", "Mercy"]}
    market = Market.from_lists(lists, {"City": ["Ana", "Bo"], "Mercy": ["Ana", "Bo"]}, 1)
    turned = Market.from_lists(lists, {"City": ["Bo", "Ana"], "Mercy": ["Ana", "Bo"]}, 1)
    renamed = Market.from_lists(
        {"Cy": lists["Ana"], "Bo": lists["Bo"]}, {"City": ["Cy", "Bo"], "Mercy": ["Cy", "Bo"]}, 1
    )
    matching = deferred_acceptance(market)
    for other in (turned, renamed):
        with pytest.raises(MarketError, match=r"is of another market \(give its program_of"):
            check(other, matching)
        # The same programs are judged by the lists of the other market where that is meant.
        check(other, matching.program_of)
    assert not is_stable(turned, matching.program_of)
    equal = market.replace(quota=market.quota.copy())
    assert equal is not market
    assert is_stable(equal, matching)
