"""The summary in words: the numbers in it, and what is said where there are none."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from matchsim.report import read_run
from matchsim.report.findings import findings, key_figures, verdict


@pytest.fixture
def run(small):
    return read_run(small)


def told(run) -> dict[str, str]:
    return dict(findings(run))


def with_summary(run, **changes):
    return replace(run, summary=run.summary | changes)


def test_the_words_hold_the_numbers(run):
    rates, means = run.summary["rates"], run.summary["means"]
    words = told(run)
    assert f"{100 * rates['all']['match_rate']:.1f}% matched to a first-year position" in words["Everybody"]
    best = max(
        (kind for kind, rate in rates.items() if kind != "all" and rate["active"] >= 10),
        key=lambda kind: rates[kind]["match_rate"],
    )
    assert f"({100 * rates[best]['match_rate']:.1f}%)" in words["Applicant types"].partition(",")[0]
    assert f"{100 * means['filled'] / means['positions']:.1f}% of the positions" in words["Positions"]
    ranks = run.tables["rank_obtained"]
    first = ranks.loc[ranks["rank"] == 1, "applicants"].sum() / ranks["applicants"].sum()
    assert f"without a couple {100 * first:.1f}% obtained" in words["Choices"]
    assert f"Of {means['couples']} couples" in words["Couples"]


def test_small_groups_have_no_rate(run):
    rates = {
        kind: rate | {"active": 9 if kind == "us_do_senior" else rate["active"], "match_rate": 1.0}
        if kind == "us_do_senior"
        else rate
        for kind, rate in run.summary["rates"].items()
    }
    assert "US DO seniors matched most" not in told(with_summary(run, rates=rates))["Applicant types"]


def test_what_there_is_none_of_is_left_out(run):
    means = run.summary["means"] | {"couples": 0, "positions": 0}
    words = told(with_summary(run, means=means))
    assert not {"Couples", "Positions"} & set(words)
    empty = {name: table[:0] for name, table in run.tables.items()}
    assert "Choices" not in told(replace(run, tables=empty | {"match_rates": run.tables["match_rates"]}))


def test_positions_left_after_soap_are_counted(run):
    means = run.summary["means"] | {"positions": 240, "filled_after_soap": 240}
    assert "after SOAP none was left" in told(with_summary(run, means=means))["Positions"]
    means["filled_after_soap"] = 237
    assert "after SOAP 3 of 240 were left" in told(with_summary(run, means=means))["Positions"]


def test_key_figures_carry_intervals(run):
    figures = {figure.told: figure for figure in key_figures(run)}
    assert figures["active applicants"].number == f"{run.summary['means']['active']:,.0f}"
    matched = figures["matched in the Match"]
    assert matched.number.endswith("%")
    assert matched.interval.startswith("(")
    one = run.tables["match_rates"].query("replicate == 0")
    alone = replace(run, tables=run.tables | {"match_rates": one})
    assert key_figures(alone)[2].interval == ""


@pytest.mark.parametrize(
    ("changes", "subject", "words"),
    [
        ({"stable": True, "replicates": 1}, "Stable", "the match is stable"),
        ({"stable": True, "replicates": 3}, "Stable", "all 3 matches are stable"),
        ({"replicates": 1}, "Not stable", "found that 1 option blocks, by"),
        ({"replicates": 1, "stable_under": ["kpr"]}, "Not stable", "By the definition kpr it is stable."),
        ({"replicates": 1, "stable_under": ["kpr", "mm"]}, "Not stable", "the definitions kpr and mm it is"),
        ({"replicates": 3}, "Stable in 2 of 3 seasons", "In the others the independent checker found that 1"),
        ({"replicates": 1, "feasible": False}, "Not stable", "please report this"),
    ],
)
def test_the_verdict(run, changes, subject, words):
    base = {
        "stable": False,
        "stable_replicates": 2,
        "unstable": [0],
        "stable_under": [],
        "blocking": {"responsive": 1},
        "feasible": True,
    }
    found = verdict(with_summary(run, **base | changes))
    assert found.subject == subject
    assert words in found.told


def test_most_open_specialties_are_named_by_what_is_open(run):
    specialties = pd.DataFrame(
        {
            "specialty": ["A", "B", "C", "D"],
            "positions": [10, 100, 5, 7],
            "filled": [9, 50, 0, 7],
        }
    )
    summary = run.summary | {"replicates": 1}
    words = told(replace(run, summary=summary, tables=run.tables | {"specialties": specialties}))["Positions"]
    assert words.endswith("Most were left open by the Match in B (50 of 100), C (5 of 5) and A (1 of 10).")
