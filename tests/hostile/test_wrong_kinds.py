"""What a notebook may give in place of what is asked for: a message, or the same result, and no other."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

import matchsim as ms
from matchsim import engine, strategy
from matchsim.errors import InputError
from matchsim.season.eligibility import eligibility
from matchsim.streams import Streams

APPLICANTS = {"Ana": ["City", "Mercy"], "Bo": ["City"]}
PROGRAMS = {"City": ["Bo", "Ana"], "Mercy": ["Ana"]}
MARKET = ms.Market.from_lists(APPLICANTS, PROGRAMS, 1)
ARRAYS = ([0, 2, 3], [0, 1, 0], [0, 2, 3], [1, 0, 0], [1, 1])
FRAMES = {
    "applicant_rankings": pd.DataFrame(
        {"applicant": ["Ana", "Ana", "Bo"], "rank": [1, 2, 1], "program": ["City", "Mercy", "City"]}
    ),
    "program_rankings": pd.DataFrame(
        {"program": ["City", "City", "Mercy"], "rank": [1, 2, 1], "applicant": ["Bo", "Ana", "Ana"]}
    ),
    "programs": pd.DataFrame({"program": ["City", "Mercy"], "quota": [1, 1]}),
}


def told(call, *given, **named) -> list[str]:
    with pytest.raises(InputError) as caught:
        call(*given, **named)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("kind", [np.int64, np.uint64, np.int32, np.uint8, np.array])
def test_numbers_of_numpy_are_the_same_numbers(kind):
    """They overflowed where streams are keyed, and gave other seasons than the same number of Python's."""
    plain, other = Streams(3, 200), Streams(kind(3), kind(200))
    assert (type(other.seed), type(other.replicate)) == (int, int)
    agents = np.arange(50, dtype=np.int32)
    assert (plain("cohort.ability").normal(agents) == other("cohort.ability").normal(agents)).all()
    season = ms.run_season("teaching-8x4", seed=kind(3), replicate=kind(200))
    assert (season.seed, season.replicate, type(season.seed)) == (3, 200, int)
    assert season.cohort.equals(ms.run_season("teaching-8x4", seed=3, replicate=200).cohort)


@pytest.mark.parametrize("wrong", ["3", 1.5, 3.0, float("nan"), True, [3], np.float64(3), np.bool_(True)])
def test_what_is_no_whole_number_is_refused(wrong):
    for call in (
        lambda: ms.run_season("teaching-8x4", seed=wrong),
        lambda: ms.run_season("teaching-8x4", replicate=wrong),
        lambda: ms.run_replicates("teaching-8x4", replicates=wrong),
        lambda: ms.run_replicates("teaching-8x4", seed=wrong),
        lambda: ms.run_replicates("teaching-8x4", jobs=wrong),
        lambda: ms.run_replicates("teaching-8x4", first=wrong),
        lambda: engine.roth_peranson(MARKET, seed=wrong),
    ):
        (message,) = told(call)
        assert "must be a whole number, got " in message


@pytest.mark.parametrize("wrong", [None, "market", APPLICANTS, ms.deferred_acceptance(MARKET)])
def test_what_is_no_market_is_refused(wrong):
    for call in (
        engine.deferred_acceptance,
        engine.roth_peranson,
        engine.exact,
        engine.near_feasible,
        engine.menus,
        engine.stable_matchings,
        lambda market: engine.blocking_pairs(market, [0, 1]),
        lambda market: engine.blocking_units(market, [0, 1]),
        lambda market: engine.is_stable(market, [0, 1]),
        lambda market: engine.irrationalities(market, [0, 1]),
        lambda market: ms.Matching.from_programs(market, [0, 1]),
    ):
        (message,) = told(call, wrong)
        assert message.startswith("market must be a Market, got ")
        assert "\n" not in message


@pytest.mark.parametrize("wrong", [None, "small", MARKET])
def test_what_is_no_season_is_refused(wrong):
    for call in (
        strategy.couple_lists,
        strategy.misreporting_costs,
        strategy.programs,
        strategy.rank_list,
        strategy.season_menus,
        strategy.standards,
        strategy.why_unmatched,
    ):
        (message,) = told(call, wrong)
        assert message.startswith("season must be a Season, got ")
    assert told(strategy.list_length, ["small"]) == ["seasons must be a Season, got 'small'"]
    assert told(strategy.list_length, "small") == ["seasons must be a Season, got 'small'"]


def test_lists_in_place_of_mappings_are_refused():
    quotas = "quotas: must map every program to its positions, or be one number for all, got "
    for wrong in ([1, 1], np.array([1, 1]), pd.Series({"City": 1, "Mercy": 1})):
        (message,) = told(ms.Market.from_lists, APPLICANTS, PROGRAMS, wrong)
        assert message.startswith(quotas)
        assert "\n" not in message
    for name, told_of in (
        ("tracks", "tracks: must map programs to words, got ['C']"),
        ("parity", "parity: must map programs to words, got ['C']"),
        ("joint", "joint: must map joint preliminary programs to advanced ones, got ['C']"),
    ):
        assert told(ms.Market.from_lists, APPLICANTS, PROGRAMS, 1, **{name: ["C"]}) == [told_of]
    for wrong in ("City", 5, {"City": "Mercy"}):
        (message,) = told(ms.Market.from_lists, APPLICANTS, PROGRAMS, 1, reversions=wrong)
        assert message.startswith("reversions: must be a list of (donor, receiver, positions), got ")
    (message,) = told(ms.Market.from_arrays, *ARRAYS, couples={("Ana", "Bo"): []})
    assert message.startswith("couples must be a Couples, got ")
    assert told(ms.Matching.from_dict, MARKET, ["City"]) == [
        "programs must map applicants to programs, got ['City']"
    ]


def test_frames_that_are_none_or_have_a_column_twice_are_refused():
    for wrong in (None, [{"applicant": "Ana"}], {"applicant": ["Ana"]}):
        (message,) = told(ms.Market.from_frames, **FRAMES | {"applicant_rankings": wrong})
        assert message.startswith("applicant_rankings: must be a data frame, got ")
    twice = pd.concat([FRAMES["programs"], FRAMES["programs"][["quota"]]], axis=1)
    assert told(ms.Market.from_frames, **FRAMES | {"programs": twice}) == [
        "programs: there are 2 columns 'quota'"
    ]
    tracks = FRAMES["programs"].assign(track="C", other="C").rename(columns={"other": "track"})
    assert told(ms.Market.from_frames, **FRAMES | {"programs": tracks}) == [
        "programs: there are 2 columns 'track'"
    ]
    assert "there is no column 'quota' (there are: none)" in "\n".join(
        told(ms.Market.from_frames, **FRAMES | {"programs": pd.DataFrame()})
    )


def test_frames_may_have_any_index_and_further_columns():
    odd = {name: frame.set_index(pd.Index([7] * len(frame))) for name, frame in FRAMES.items()}
    odd["programs"] = pd.concat([odd["programs"], odd["programs"].quota.rename("note")], axis=1)
    assert ms.Market.from_frames(**odd).equals(MARKET)


def test_lists_of_different_lengths_are_no_array():
    (message,) = told(ms.Market.from_arrays, [0, 2, 3], [[0], [1, 0]], *ARRAYS[2:])
    assert message == "applicant_programs: must be int32, got object"
    assert "must be 2 whole numbers" in told(ms.blocking_pairs, MARKET, [[0], [1, 0]])[0]
    assert (
        "must be 2 whole numbers" in told(ms.Matching.from_programs, MARKET, [0, 0], None, [[1], [1, 2]])[0]
    )


def test_names_in_an_array_of_numpy_are_names_and_text_is_no_list_of_them():
    labels = {"applicant_labels": np.array(["Ana", "Bo"]), "program_labels": np.array(["City", "Mercy"])}
    market = ms.Market.from_arrays(*ARRAYS, **labels)
    assert market.equals(MARKET)
    assert {*map(type, market.applicant_labels)} == {str}
    for wrong in ("AB", 5):
        (message,) = told(ms.Market.from_arrays, *ARRAYS, applicant_labels=wrong)
        assert message == f"applicant_labels: must be a list of names, got {wrong!r}"


def test_a_matching_comes_back_from_its_frame():
    matching = ms.Matching.from_dict(MARKET, {"Ana": "City"})
    programs = matching.to_pandas().set_index("applicant")["program"]
    assert programs.isna().tolist() == [False, True]
    assert ms.Matching.from_dict(MARKET, programs).equals(matching)
    assert ms.Matching.from_dict(MARKET, programs.astype("string")).equals(matching)
    assert told(ms.Matching.from_dict, MARKET, {"Ana": 1.5}) == ["there is no program called '1.5'"]


def test_a_day_may_have_a_time():
    days = [date(2026, 11, 1), datetime(2026, 11, 1, 13, 5), pd.Timestamp("2026-11-01 13:05")]
    first, *others = [eligibility("us-img", season=2027, today=day).counts() for day in days]
    assert all(other == first for other in others)
    assert told(eligibility, "us-img", season=2027, today="2026-11-01") == [
        "today must be a date, got '2026-11-01' (write datetime.date(2026, 11, 25), say)"
    ]
