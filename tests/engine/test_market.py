"""Markets and matchings as data: every door, every refusal, and that nothing can be changed afterwards."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import assignments, market_lists, market_of, markets, named_markets

from matchsim.engine import Labels, Market, Matching, deferred_acceptance, reference
from matchsim.errors import InputError, MarketError, TableError

APPLICANTS = {"Ana": ["City", "Mercy"], "Bo": ["City"], "Cy": []}
PROGRAMS = {"City": ["Bo", "Ana"], "Mercy": ["Cy"]}
QUOTAS = {"City": 1, "Mercy": 0}
MARKET = Market.from_lists(APPLICANTS, PROGRAMS, QUOTAS)


def refusal(call, *arguments, error=MarketError, **named):
    with pytest.raises(error) as caught:
        call(*arguments, **named)
    return str(caught.value).splitlines()


# Data model


@given(market_lists())
def test_each_side_knows_its_place_on_the_other_sides_lists(lists):
    applicants, programs, _ = lists
    market = market_of(lists)
    places = [
        programs[p].index(a) if a in programs[p] else -1
        for a, ranked in enumerate(applicants)
        for p in ranked
    ]
    assert market.program_rank.tolist() == places
    places = [
        applicants[a].index(p) if p in applicants[a] else -1
        for p, ranked in enumerate(programs)
        for a in ranked
    ]
    assert market.applicant_rank.tolist() == places
    assert reference.lists_of(market) == (applicants, programs)
    assert market.quota.tolist() == lists[2]


@given(named_markets())
def test_a_market_survives_pickling(market):
    again = pickle.loads(pickle.dumps(market))
    assert again.differences(market) == []


@given(st.data())
def test_a_matching_survives_pickling(data):
    market = data.draw(markets())
    matching = Matching.from_programs(market, data.draw(assignments(market)))
    assert pickle.loads(pickle.dumps(matching)).differences(matching) == []


@pytest.mark.parametrize("column", [spec.name for spec in Market.columns()])
def test_no_column_of_a_market_can_be_written_to(column):
    array = getattr(MARKET, column)
    with pytest.raises(ValueError, match="read-only"):
        array[:] = 0
    with pytest.raises(ValueError, match="WRITEABLE"):
        array.flags.writeable = True
    with pytest.raises(AttributeError):
        setattr(MARKET, column, array)


def test_no_column_of_a_matching_can_be_written_to():
    matching = deferred_acceptance(MARKET)
    for array in (matching.program_of, matching.rank_of):
        with pytest.raises(ValueError, match="read-only"):
            array[:] = 0


def test_arrays_of_the_final_dtype_are_taken_over_and_others_copied():
    programs = np.array([0, 1, 0], np.int32)
    market = Market.from_arrays([0, 2, 3], programs, [0, 0, 0], [], [1, 1])
    assert np.shares_memory(market.applicant_programs, programs)
    assert not programs.flags.writeable
    wide = np.array([0, 1, 0], np.int64)
    market = Market.from_arrays([0, 2, 3], wide, [0, 0, 0], [], [1, 1])
    assert market.applicant_programs.dtype == np.int32
    assert wide.flags.writeable


def test_differences_name_what_differs():
    assert MARKET.differences(MARKET.replace(quota=np.array([2, 0]))) == [
        "quota: 1 differ, first at 0: 1 against 2"
    ]
    renamed = Market.from_lists({"Ann": [], "Bo": [], "Cy": []}, {}, {})
    assert "applicant_labels differ" in MARKET.differences(renamed)
    gaps = MARKET.replace(applicant_rank_numbers=[1, 5, 1])
    assert MARKET.differences(gaps) == ["applicant_rank_numbers differ"]
    assert gaps.differences(gaps.replace(quota=gaps.quota)) == []


def test_how_a_market_and_a_matching_show_themselves():
    assert repr(MARKET) == "<Market: 3 applicants, 2 programs, 1 positions; 3 + 3 ranks, 2 of them mutual>"
    matching = deferred_acceptance(MARKET)
    assert repr(matching) == "<Matching: 1 of 3 applicants matched, 0 of 1 positions unfilled>"
    assert "<td>Bo</td><td>City</td><td>1</td>" in matching._repr_html_()
    assert "applicant_programs" in MARKET._repr_html_()


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


# Names


def test_numbered_labels_are_made_when_asked_for():
    labels = Labels("applicant", size=3)
    assert (len(labels), labels[0], labels[-1], labels[1:], list(labels)) == (
        3,
        "1",
        "3",
        ("2", "3"),
        ["1", "2", "3"],
    )
    assert labels == ("1", "2", "3")
    assert labels != ("1", "2", "4")
    assert hash(labels) == hash(Labels("applicant", ["1", "2", "3"]))
    assert labels.index_of(2) == labels.index_of("2") == 1
    assert repr(labels) == "<Labels: 3 applicants>"
    for wrong in ("0", "4", "02", "²", "-1", "x"):
        assert refusal(labels.index_of, wrong) == [
            f"there is no applicant called {wrong!r} (the applicants are numbered 1 to 3)"
        ]


def test_given_labels_are_looked_up_with_a_suggestion():
    labels = Labels("program", ["City", "Mercy"])
    assert labels.index_of("Mercy") == 1
    assert refusal(labels.index_of, "Mercey") == [
        "there is no program called 'Mercey' (did you mean 'Mercy'?)"
    ]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["Ana", "Ana"], "applicant_labels: must differ, got 'Ana' twice"),
        (["Ana", ""], "applicant_labels: must be text that is not empty, got ''"),
        (["Ana", 3], "applicant_labels: must be text that is not empty, got 3"),
        (["Ana"], "applicant_labels: there are 1 labels for 2 applicants"),
    ],
)
def test_labels_that_cannot_be_names_are_refused(names, told):
    assert refusal(Market.from_arrays, [0, 0, 0], [], [0], [], [], applicant_labels=names) == [told]


def test_names_that_are_numbers_are_text():
    market = Market.from_lists({1: [7], np.int64(2): ["7"]}, {7: [1, "2"]}, {7: 1})
    assert market.applicant_labels == ("1", "2")
    assert deferred_acceptance(market).to_dict() == {"1": "7", "2": None}


@given(named_markets())
def test_awkward_names_stay_as_they_are(market):
    again = Market.from_lists(
        {name: market.applicant_list(name) for name in market.applicant_labels},
        {name: market.program_list(name) for name in market.program_labels},
        dict(zip(market.program_labels, market.quota.tolist(), strict=True)),
    )
    assert again.differences(market) == []


# From lists


def test_one_quota_stands_for_all():
    assert Market.from_lists(APPLICANTS, PROGRAMS, 3).quota.tolist() == [3, 3]


def test_lists_may_be_any_sequence_of_names():
    given_lists = {"Ana": ("City", "Mercy"), "Bo": np.array(["City"]), "Cy": iter([])}
    assert Market.from_lists(given_lists, PROGRAMS, QUOTAS).equals(MARKET)


def test_all_problems_of_lists_are_told_at_once():
    told = refusal(
        Market.from_lists,
        {"Ana": ["City", "Citty", "City"], "Bo": ["City", 7, None, "", 1.5, True], "": []},
        {"City": ["Boo", "Ana"], "Mercy": ["Zed", "Zed"]},
        {"City": -1, "Mercy": 1.5},
    )
    assert told == [
        "quotas['City']: quota must be a whole number from 0 to 2147483647, got -1",
        "quotas['Mercy']: quota must be a whole number from 0 to 2147483647, got 1.5",
        "applicants['']: the name of the applicant is empty",
        "applicants['Bo'], rank 3: the name of a program must be text, got None",
        "applicants['Bo'], rank 4: the name of the program is empty",
        "applicants['Bo'], rank 5: the name of a program must be text, got 1.5",
        "applicants['Bo'], rank 6: the name of a program must be text, got True",
        "applicants['Ana'], rank 2: unknown program 'Citty' (did you mean 'City'?)",
        "applicants['Bo'], rank 2: unknown program '7' (every program must be listed, with its quota)",
        "applicants['Ana'], rank 3: 'Ana' ranks 'City' twice (first: applicants['Ana'], rank 1)",
        "programs['City'], rank 1: unknown applicant 'Boo' (did you mean 'Bo'?)",
        (
            "programs['Mercy'], rank 1: unknown applicant 'Zed' in 2 places"
            " (applicants who rank nobody must be listed too)"
        ),
    ]


def test_what_is_not_a_list_is_refused_before_anything_else():
    told = refusal(Market.from_lists, {"Ana": "City", "Bo": 5, "Cy": None}, [["Ana"]], {"City": 1})
    assert told == [
        "applicants['Ana']: a rank order list must be a list of names, got 'City'",
        "applicants['Bo']: a rank order list must be a list of names, got 5",
        "applicants['Cy']: a rank order list must be a list of names, got None",
        "programs: must map every name to a rank order list, got [['Ana']]",
        (
            "quotas: unknown program 'City'"
            " (a program that ranks nobody is listed in programs with an empty list)"
        ),
    ]


def test_quotas_must_fit_the_programs():
    told = refusal(Market.from_lists, APPLICANTS, PROGRAMS, {"Citty": 1, "Mercy": 1})
    assert told == [
        "quotas: unknown program 'Citty' (did you mean 'City'?)",
        "quotas: no quota for 'City' (every program needs its number of positions, which may be 0)",
    ]
    many = {f"P{i}": [] for i in range(8)}
    assert refusal(Market.from_lists, {}, many, {}) == [
        (
            "quotas: no quota for 'P0', 'P1', 'P2', 'P3', 'P4' and 3 more"
            " (every program needs its number of positions, which may be 0)"
        )
    ]


@pytest.mark.parametrize("quota", [-1, 2**31, 10**30, 1.5, "2", None, True, float("nan")])
def test_a_quota_is_a_whole_number_from_0(quota):
    told = f"quotas['City']: quota must be a whole number from 0 to 2147483647, got {quota!r}"
    assert refusal(Market.from_lists, {}, {"City": []}, {"City": quota}) == [told]


def test_names_that_become_the_same_text_are_refused():
    assert refusal(Market.from_lists, {1: [], "1": []}, {}, {}) == [
        "applicants['1']: applicant '1' is listed twice (first: applicants[1])"
    ]


def test_thousands_of_problems_are_not_all_listed():
    lines = refusal(Market.from_lists, {"Ana": [f"Nowhere {i}" for i in range(5000)]}, {}, {})
    assert len(lines) == 101
    assert lines[-1] == "applicants['Ana'], rank 101: 4,900 more problems of this kind follow"


# From frames


def frames():
    return {
        "applicant_rankings": pd.DataFrame(
            {"applicant": ["Ana", "Bo", "Ana"], "rank": [4, 1, 2], "program": ["Mercy", "City", "City"]}
        ),
        "program_rankings": pd.DataFrame(
            {"program": ["City", "City", "Mercy"], "rank": [2, 1, 9], "applicant": ["Ana", "Bo", "Cy"]}
        ),
        "programs": pd.DataFrame({"program": ["City", "Mercy"], "quota": [1, 0], "track": ["C", "A"]}),
        "applicants": pd.DataFrame({"applicant": ["Ana", "Bo", "Cy"]}),
    }


def test_frames_may_be_in_any_order_and_ranks_may_have_gaps():
    market = Market.from_frames(**frames())
    assert market.applicant_list("Ana") == ("City", "Mercy")
    assert market.applicant_rank_numbers.tolist() == [2, 4, 1]
    assert market.program_rank_numbers.tolist() == [1, 2, 9]
    plain = market.replace(applicant_rank_numbers=None, program_rank_numbers=None)
    assert plain.equals(MARKET)


def test_ranks_come_back_as_submitted():
    market = Market.from_frames(**frames()).replace(quota=[2, 0])
    frame = deferred_acceptance(market).to_pandas()
    assert frame.columns.tolist() == ["applicant", "program", "rank"]
    assert frame["applicant"].tolist() == ["Ana", "Bo", "Cy"]
    assert frame["program"].tolist()[:2] == ["City", "City"]
    assert frame["rank"].tolist() == [2, 1, pd.NA]
    assert pd.isna(frame["program"][2])


def test_applicants_are_known_by_their_lists_when_there_is_no_table_of_them():
    given_frames = frames() | {"applicants": None}
    assert refusal(Market.from_frames, **given_frames) == [
        (
            "program_rankings, row 3, applicant: unknown applicant 'Cy'"
            " (applicants who rank nobody must be listed too)"
        )
    ]
    given_frames["program_rankings"] = given_frames["program_rankings"].iloc[:2]
    assert Market.from_frames(**given_frames).applicant_labels == ("Ana", "Bo")


def test_all_problems_of_frames_are_told_at_once():
    broken = frames()
    broken["applicant_rankings"] = pd.DataFrame(
        {
            "applicant": ["Ana", "Ana", "Ana", "Ana", "Bo", None],
            "rank": [1, 1, 2, 3, 0, 1],
            "program": ["City", "Mercy", "City", "Mercy", "City", "City"],
        }
    )
    broken["programs"] = pd.DataFrame({"program": ["City", "City", "Mercy"], "quota": [1, -2, float("nan")]})
    told = refusal(Market.from_frames, **broken)
    assert told == [
        "programs, row 2, program: program 'City' is listed twice (first: programs, row 1, program)",
        "programs, row 2, quota: quota must be a whole number from 0 to 2147483647, got -2.0",
        "programs, row 3, quota: quota must be a whole number from 0 to 2147483647, got nan",
        "applicant_rankings, row 6, applicant: the name of an applicant must be text, got "
        + repr(broken["applicant_rankings"]["applicant"].tolist()[5]),
        "applicant_rankings, row 5, rank: rank must be a whole number from 1 to 2147483647, got 0",
        "applicant_rankings, row 2, rank: 'Ana' gives rank 1 to both 'City' and 'Mercy' (ranks must differ)",
        (
            "applicant_rankings, row 3, program: 'Ana' ranks 'City' twice"
            " (first: applicant_rankings, row 1, program)"
        ),
        (
            "applicant_rankings, row 4, program: 'Ana' ranks 'Mercy' twice"
            " (first: applicant_rankings, row 2, program)"
        ),
    ]


def test_a_row_given_twice_is_told_once():
    broken = frames()
    broken["applicant_rankings"] = broken["applicant_rankings"].iloc[[0, 1, 2, 1]]
    assert refusal(Market.from_frames, **broken) == [
        (
            "applicant_rankings, row 4, program: 'Bo' ranks 'City' twice"
            " (first: applicant_rankings, row 2, program)"
        )
    ]


@pytest.mark.parametrize("table", [None, pd.DataFrame({"applicant": ["Ana", "Bo", "Cy"]})])
def test_an_empty_name_of_an_owner_is_told_with_its_place(table):
    broken = frames() | {"applicants": table}
    broken["applicant_rankings"].loc[3] = ["", 1, "City"]
    broken["program_rankings"] = broken["program_rankings"].iloc[:2]
    assert refusal(Market.from_frames, **broken) == [
        "applicant_rankings, row 4, applicant: the name of the applicant is empty"
    ]


def test_things_that_cannot_be_names_at_all_are_refused():
    assert refusal(Market.from_lists, {"Ana": [["City"]]}, {"City": []}, 1) == [
        "applicants['Ana'], rank 1: the name of a program must be text, got ['City']"
    ]


def test_missing_columns_are_told_for_all_tables_at_once():
    broken = frames()
    broken["programs"] = broken["programs"].rename(columns={"quota": "qouta"})
    broken["applicant_rankings"] = broken["applicant_rankings"].drop(columns="rank")
    assert refusal(Market.from_frames, **broken) == [
        "applicant_rankings: there is no column 'rank' (there are: applicant, program)",
        "programs: there is no column 'quota' (did you mean 'qouta'?)",
    ]


# From arrays


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        (([0, 1], [2], [0, 0, 0], [], [1, 1]), "applicant_programs: must be 0 to 1, got 2 at index 0"),
        (([0, 1], [-1], [0, 0, 0], [], [1, 1]), "applicant_programs: must be 0 to 1, got -1 at index 0"),
        (
            ([0], [], [0, 1], [0], [1]),
            "program_applicants: must be absent, as there are none to rank, got 0 at index 0",
        ),
        (([0], [], [0, 0], [], [-1]), "quota: must be 0 or more, got -1 for program '1'"),
        (([0, 2], [0, 0], [0, 0], [], [1]), "applicant_programs: applicant '1' ranks program '1' twice"),
        (
            ([0, 0], [], [0, 3], [0, 0, 0], [1]),
            "program_applicants: program '1' ranks applicant '1' twice (1 more such entries follow)",
        ),
    ],
)
def test_arrays_out_of_range_are_refused(arrays, told):
    assert refusal(Market.from_arrays, *arrays) == [told]


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        (([0, 2], [0], [0, 0], [], [1]), "ends at 2, but 'applicant_programs' has 1 entries"),
        (([0, 1], [0.5], [0, 0], [], [1]), "must be int32, got float64"),
        (([0, 1], [0], [0, 0], [], [1, 1]), "has 2 entries along 'program'"),
        (([1, 1], [0], [0, 0], [], [1]), "must start at 0 and never fall"),
        (([[0, 1]], [0], [0, 0], [], [1]), "must have one dimension"),
    ],
)
def test_arrays_that_do_not_fit_their_declaration_are_refused(arrays, told):
    assert told in "\n".join(refusal(Market.from_arrays, *arrays, error=TableError))


@given(market_lists(), st.data())
def test_a_repeated_entry_is_found_wherever_it_is(lists, data):
    applicants, programs, _ = lists
    owners = [(side, i) for side in (applicants, programs) for i, ranked in enumerate(side) if ranked]
    if not owners:
        return
    side, owner = owners[data.draw(st.integers(0, len(owners) - 1))]
    ranked = side[owner]
    ranked.insert(data.draw(st.integers(0, len(ranked))), data.draw(st.sampled_from(ranked)))
    kind = "applicant" if side is applicants else "program"
    assert f": {kind} '{owner + 1}' ranks " in refusal(market_of, lists)[0]


@pytest.mark.parametrize("numbers", [[1, 1, 1], [0, 1, 1], [2, 1, 1]])
def test_rank_numbers_must_rise_along_each_list(numbers):
    told = "applicant_rank_numbers: must be positive and rise along each list"
    assert refusal(MARKET.replace, applicant_rank_numbers=numbers) == [told]


def test_rank_numbers_must_be_as_many_as_entries():
    told = "program_rank_numbers: must be 3 whole numbers, got shape (2,) of int64"
    assert refusal(MARKET.replace, program_rank_numbers=[1, 2]) == [told]
    told = "program_rank_numbers: must be 3 whole numbers, got shape (3,) of float64"
    assert refusal(MARKET.replace, program_rank_numbers=[1.0, 2.5, 1.0]) == [told]


def test_rank_numbers_start_again_with_every_list():
    assert MARKET.replace(applicant_rank_numbers=[3, 7, 1]).applicant_rank_numbers.tolist() == [3, 7, 1]


# Matchings


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
    assert frame.columns.tolist() == ["program_of", "rank_of"]
    assert frame["program_of"].tolist() == [-1, 0, -1]


def test_refusals_of_markets_are_refusals_of_input():
    assert issubclass(MarketError, InputError)
