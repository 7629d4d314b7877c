"""Markets from names: lists and data frames, every refusal with its place, and labels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from small_market import APPLICANTS, MARKET, PROGRAMS, QUOTAS, frames, refusal
from strategies import named_markets

from matchsim.engine import Labels, Market, deferred_acceptance


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
        (["Ana"], "applicant_labels: needs one label for each of 2 applicants, got 1"),
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
