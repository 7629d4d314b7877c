"""Measures of a small season against its people, and the table of published against simulated."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from matchsim.fidelity import Target, shipped_targets, validate
from matchsim.fidelity.measures import MEASURES, NUMBERS, measured
from matchsim.fidelity.validation import fidelity_table
from matchsim.study import run_replicates

COLUMNS = "target,group,published,simulated,low,high,error,tolerance,ok,role"


@pytest.fixture(scope="module")
def small():
    return run_replicates("small", replicates=3)


def target(name: str, group: str, published: float, tolerance: float, **more) -> Target:
    given = {"stage": "match", "role": "calibrated", "basis": "published", "source": "A source"}
    return Target(name, group, published, tolerance, **{**given, **more})


def test_every_measure_is_used_and_has_a_row_a_replicate(small):
    assert {t.target for t in shipped_targets()} == set(MEASURES)
    assert set(MEASURES) >= NUMBERS
    for name, frame in measured(small.tables, set(MEASURES)).items():
        assert list(frame.index) == [0, 1, 2], name


def test_rates_are_counts_over_counts(small):
    rates = small.match_rates()
    mine = rates[(rates["group"] == "us_img") & (rates["group_by"] == "applicant_type")]
    found = measured(small.tables, {"match_rate", "placement_rate"})
    assert found["match_rate"]["us_img"].tolist() == (mine["matched"] / mine["active"]).tolist()
    assert found["placement_rate"]["us_img"].tolist() == (mine["placed"] / mine["active"]).tolist()


def test_applications_are_those_of_the_people():
    from matchsim.season import run_season

    season = run_season("small")
    people = season.applicants
    people = people[people["applicant_type"].isin(["us_img", "non_us_img"]) & (people["applications"] > 0)]
    tables = {"applications_sent": season.applications_sent()}
    assert MEASURES["applications"](tables)["img"].tolist() == [pytest.approx(people["applications"].mean())]


def test_shares_filled_add_to_one(small):
    shares = MEASURES["share_filled"](small.tables)
    name = shares.columns[0].partition(": ")[2]
    of = shares[[column for column in shares if column.endswith(f": {name}")]]
    assert of.sum(axis=1).tolist() == pytest.approx([1.0] * 3)


def test_people_who_rank_a_specialty_are_of_all_types_and_nobody_where_no_row_is():
    names = ["replicate", "specialty", "track", "applicant_type", "applicants"]
    rows = [
        (0, "A", "C", "us_img", 3),
        (0, "A", "C", "us_do_grad", 4),
        (0, "A", "P", "us_img", 9),
        (1, "B", "C", "us_img", 5),
    ]
    found = MEASURES["applicants_ranking"]({"applicants_ranking": pd.DataFrame(rows, columns=names)})
    assert found[["A C", "A P", "B C"]].to_numpy().tolist() == [[7, 9, 0], [0, 0, 5]]


def test_shares_of_couples_and_choices(small):
    couples = pd.DataFrame(
        {"replicate": [0, 0], "couples": [8, 2], "both": [7, 1], "one": [1, 0], "neither": [0, 1]}
    )
    found = MEASURES["couples"]({"couples": couples})
    assert found.loc[0, ["both", "one", "neither", "individuals"]].tolist() == pytest.approx(
        [0.8, 0.1, 0.1, 0.85]
    )
    ranks = pd.DataFrame(
        {"replicate": 0, "applicant_type": "us_md_senior", "rank": [0, 1, 3, 4], "applicants": [2, 5, 2, 1]}
    )
    found = MEASURES["choice_obtained"]({"rank_obtained": ranks})
    told = ["first", "first three", "first, of matched", "first three, of matched"]
    assert found.loc[0, told].tolist() == pytest.approx([0.5, 0.7, 5 / 8, 7 / 8])


def test_the_shape_of_contiguous_ranks_is_one_curve_over_its_own_height():
    rows = [(0, "us_md_senior", "A", k, 10, hits) for k, hits in ((1, 4), (3, 6), (5, 7), (10, 8))]
    rows += [(0, "us_md_senior", "Preliminary", 1, 100, 100), (0, "us_img", "A", 1, 10, 1)]
    names = ["replicate", "applicant_type", "specialty", "contiguous_ranks", "applicants", "matched"]
    found = MEASURES["contiguous_ranks"]({"contiguous_ranks": pd.DataFrame(rows, columns=names)})
    assert found.loc[0, ["us_senior 1", "us_senior 3", "us_senior 5"]].tolist() == pytest.approx(
        [0.5, 0.75, 0.875]
    )
    assert math.isnan(found.loc[0, "independent 1"])


def test_the_table_has_mean_interval_error_and_verdict(small):
    values = measured(small.tables, {"match_rate"})["match_rate"]["all"]
    mean = values.mean()
    table = fidelity_table(
        small.tables,
        [target("match_rate", "all", mean - 0.02, 0.021), target("match_rate", "us_img", 0.0, 0.01)],
    )
    assert ",".join(table.columns) == COLUMNS
    assert table.loc[0, "simulated"] == pytest.approx(mean)
    assert table.loc[0, "error"] == pytest.approx(0.02)
    assert (table.loc[0, "low"], table.loc[0, "high"]) == tuple(np.quantile(values, [0.025, 0.975]))
    assert table["ok"].tolist() == [True, False]


def test_what_is_not_simulated_does_not_hold(small):
    table = fidelity_table(small.tables, [target("fill_rate", "Thoracic Dentistry C", 0.9, 1.0)])
    assert math.isnan(table.loc[0, "simulated"])
    assert not table.loc[0, "ok"]


def test_a_mean_error_is_that_of_the_others_of_its_role(small):
    rates = measured(small.tables, {"share_filled"})["share_filled"].mean()
    img = [group for group in rates.index if group.startswith("us_img: ")][:2]
    chosen = [
        target("share_filled", img[0], rates[img[0]] + 0.02, 1.0),
        target("share_filled", img[1], rates[img[1]] - 0.06, 1.0),
        target("share_filled", f"non_{img[0]}", 5.0, 1.0),
        target("share_filled", "us_md_senior: x", 5.0, 1.0, role="validation"),
        target("share_filled", "mean error, us_img", 0.0, 0.03, mean_error=True),
    ]
    table = fidelity_table(small.tables, chosen)
    assert table.loc[4, "simulated"] == pytest.approx(0.04)
    assert not table.loc[4, "ok"]
    assert math.isnan(table.loc[4, "low"])


def test_validation_targets_never_decide():
    missed = target("match_rate", "all", 5.0, 0.01)
    held = target("match_rate", "us_img", 0.5, 0.6)
    validation = target("match_rate", "all", 5.0, 0.01, role="validation")
    assert validate("small", targets=[held, validation], replicates=1).ok
    assert not validate("small", targets=[held, missed], replicates=1).ok
