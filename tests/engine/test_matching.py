"""Matchings as data: asked by name, shown, kept and frozen."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_market import MARKET, refusal
from strategies import assignments, markets, named_markets

from matchsim.engine import Market, Matching, deferred_acceptance, reference
from matchsim.errors import InputError, MarketError


@given(st.data())
def test_a_matching_survives_pickling(data):
    market = data.draw(markets())
    matching = Matching.from_programs(market, data.draw(assignments(market)))
    assert pickle.loads(pickle.dumps(matching)).differences(matching) == []


def test_a_matching_answers_by_name():
    matching = deferred_acceptance(MARKET)
    assert matching.of("Bo") == "City"
    assert matching.of("Ana") is None
    assert matching.to_dict() == {"Ana": None, "Bo": "City", "Cy": None}
    assert matching.filled.tolist() == [1, 0]
    assert matching.matched == 1
    assert refusal(matching.of, "Anna") == ["there is no applicant called 'Anna' (did you mean 'Ana'?)"]


@given(st.data())
def test_ranks_of_a_matching_are_places_on_the_lists(data):
    market = data.draw(markets())
    matching = Matching.from_programs(market, data.draw(assignments(market)))
    applicants, _ = reference.lists_of(market)
    for a, p in enumerate(matching.program_of.tolist()):
        assert matching.rank_of[a] == (applicants[a].index(p) if p in applicants[a] else -1)
    filled = [matching.program_of.tolist().count(p) for p in range(market.size("program"))]
    assert matching.filled.tolist() == filled


@given(markets())
def test_the_solver_and_the_lists_agree_on_ranks(market):
    for proposing in ("applicants", "programs"):
        matching = deferred_acceptance(market, proposing)
        assert (
            Matching.from_programs(market, matching.program_of).rank_of.tolist() == matching.rank_of.tolist()
        )


@given(named_markets())
def test_a_matching_comes_back_from_its_names(market):
    matching = deferred_acceptance(market)
    again = Matching.from_dict(market, matching.to_dict())
    assert again.differences(matching) == []


def test_a_matching_of_unknown_names_is_refused():
    assert refusal(Matching.from_dict, MARKET, {"Ana": "Citty"}) == [
        "there is no program called 'Citty' (did you mean 'City'?)"
    ]


def test_matching_columns_as_indices():
    frame = deferred_acceptance(MARKET).to_pandas(labels=False)
    assert frame.columns.tolist() == ["program_of", "rank_of", "second_of"]
    assert frame["program_of"].tolist() == [-1, 0, -1]


def test_refusals_of_markets_are_refusals_of_input():
    assert issubclass(MarketError, InputError)


def test_no_column_of_a_matching_can_be_written_to():
    matching = deferred_acceptance(MARKET)
    for array in (matching.program_of, matching.rank_of):
        with pytest.raises(ValueError, match="read-only"):
            array[:] = 0


def test_positions_held_beyond_the_quota_do_not_count_as_filled_ones_elsewhere():
    crowded = Matching.from_programs(MARKET.replace(quota=[1, 2]), [0, 0, -1])
    assert repr(crowded) == "<Matching: 2 of 3 applicants matched, 2 of 3 positions unfilled>"


def test_a_notebook_shows_the_first_applicants_with_names_escaped():
    people = {f"<b>{i}": [] for i in range(25)}
    page = deferred_acceptance(Market.from_lists(people, {}, {}))._repr_html_()
    assert "&lt;b&gt;19" in page
    assert "<b>19" not in page
    assert "&lt;b&gt;20" not in page
    assert "and 5 more" in page
