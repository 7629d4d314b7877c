"""Paired comparison: held to plain arithmetic, and person by person to a slow oracle."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchsim.errors import InputError
from matchsim.season.season import run_season
from matchsim.study.comparing import bootstrap_weights, changes, effects, shares_changed
from matchsim.study.loading import read_study
from matchsim.study.metrics import METRICS
from matchsim.study.result import StudyResult, open_study
from matchsim.study.running import simulate_study

from .small_study import STUDY, written


@pytest.fixture(scope="module")
def result(tmp_path_factory) -> StudyResult:
    folder = tmp_path_factory.mktemp("comparing")
    simulate_study(read_study(written(folder)), folder / "out", jobs=1)
    return open_study(folder / "out")


def results_of(values: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {"replicate": range(len(values)), "metric": "match_rate", "group": "all", "year": 1, "value": values}
    )


numbers = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=12)


@given(numbers)
def test_differences_and_gain_are_plain_arithmetic(pairs: list[tuple[float, float]]) -> None:
    arm, base = (np.array(column) for column in zip(*pairs, strict=True))
    (found,) = effects(results_of(list(arm)), results_of(list(base)), 1).to_dict("records")
    assert found["difference"] == pytest.approx(np.mean(arm - base))
    assert found["sd"] == pytest.approx(np.std(arm - base, ddof=1))
    assert found["replicates"] == len(pairs)
    assert found["low"] <= found["high"]
    assert min(arm - base) - 1e-12 <= found["low"]
    assert found["high"] <= max(arm - base) + 1e-12
    if np.var(arm - base) > 1e-12:
        assert found["gain"] == pytest.approx((arm.var() + base.var()) / (arm - base).var())


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    chance = np.random.default_rng(4)
    hits = 0
    for trial in range(200):
        base = chance.normal(0, 5, 40)
        arm = base + chance.normal(1.0, 1.0, 40)
        (found,) = effects(results_of(list(arm)), results_of(list(base)), trial).to_dict("records")
        hits += found["low"] <= 1.0 <= found["high"]
    assert 178 <= hits <= 199  # 95% of 200 are 190; the bootstrap of 40 is a little short


def test_pairing_that_does_harm_is_told() -> None:
    base = [0.1, 0.5, 0.9, 0.3]
    (found,) = effects(results_of([1 - b for b in base]), results_of(base), 1).to_dict("records")
    assert found["gain"] == pytest.approx(0.5)


def test_differences_that_are_one_number_have_no_gain_from_noise() -> None:
    base = [0.1, 0.5, 0.9, 0.3]
    (found,) = effects(results_of([b + 0.1 for b in base]), results_of(base), 1).to_dict("records")
    assert np.isnan(found["gain"])
    assert found["difference"] == pytest.approx(0.1)


def test_undefined_values_are_left_out_and_one_replicate_has_no_interval() -> None:
    (found,) = effects(results_of([0.5, np.nan]), results_of([0.25, 0.5]), 1).to_dict("records")
    assert (found["replicates"], found["difference"]) == (1, 0.25)
    assert np.isnan(found["low"])
    assert np.isnan(found["gain"])


def test_resamples_are_the_same_in_any_slices() -> None:
    whole = bootstrap_weights(7, 0, 10, 3)
    assert np.allclose(whole.sum(axis=1), 1)
    assert (np.vstack([bootstrap_weights(7, 0, 4, 3), bootstrap_weights(7, 4, 6, 3)]) == whole).all()
    assert len({tuple(row) for row in whole}) > 5


def test_results_are_those_of_the_seasons(result) -> None:
    data = result.to_pandas(["match_rate", "interviews"], ["all", "us_img"])
    assert set(data["metric"]) == {"match_rate", "interviews"}
    cell = result.loaded.cells[1]
    season = run_season(cell.scenario, replicate=5)
    found = data[(data["arm"] == cell.arm) & (data["replicate"] == 5)]
    for row in found.to_dict("records"):
        assert row["value"] == METRICS[row["metric"]].function(season)[row["group"]]
    assert len(found) == 4


def test_effects_of_a_study(result) -> None:
    found = result.compare(metrics=["interviews"]).effects
    assert set(found["arm"]) == {"no signals", "fewer slots"}
    row = found[(found["arm"] == "fewer slots") & (found["group"] == "all")].iloc[0]
    wide = result.to_pandas(["interviews"], ["all"]).pivot_table(
        index="replicate", columns="arm", values="value"
    )
    assert row["difference"] == pytest.approx((wide["fewer slots"] - wide["as it is"]).mean())
    assert row["high"] < 0
    other = result.compare("fewer slots", ["interviews"]).effects
    back = other[(other["arm"] == "as it is") & (other["group"] == "all")].iloc[0]
    assert back["difference"] == pytest.approx(-row["difference"])


def test_changes_agree_with_following_everybody_by_hand(result) -> None:
    found = result.compare().changes()
    arm = found[found["arm"] == "fewer slots"]
    assert set(arm["replicate"]) == set(range(8))
    scenarios = {cell.arm: cell.scenario for cell in result.loaded.cells}
    before, after = (run_season(scenarios[name], replicate=3) for name in ("as it is", "fewer slots"))
    helped = hurt = people = 0
    for person in range(len(before.cohort)):
        level = []
        for season in (before, after):
            active = season.rank_lists.certified[person]
            level.append(
                0 if not active else 2 if season.matched[person] else 1 if season.placed[person] else 0
            )
        if before.rank_lists.certified[person] or after.rank_lists.certified[person]:
            people += 1
            helped += level[1] > level[0]
            hurt += level[1] < level[0]
    one = arm[arm["replicate"] == 3]
    assert (one["people"].sum(), one["helped"].sum(), one["hurt"].sum()) == (people, helped, hurt)
    assert arm[["helped", "hurt"]].to_numpy().sum() > 0
    assert set(one["ability_decile"]) == set(range(1, 11))


def test_shares_helped_and_hurt_are_those_of_the_people_followed(result) -> None:
    comparison = result.compare()
    changed = comparison.changes()
    of_arm = changed[changed["arm"] == "fewer slots"]
    for by in ("applicant_type", "ability_decile"):
        found = comparison.helped_and_hurt(by)
        assert found["arm"].unique().tolist() == ["no signals", "fewer slots"]
        found = found[found["arm"] == "fewer slots"].set_index("group")
        assert found.index[0] == "all"
        for group, row in found.iterrows():
            of = of_arm if group == "all" else of_arm[of_arm[by] == group]
            each = of.groupby("replicate")[["people", "helped", "hurt"]].sum()
            assert row["people"] == pytest.approx(each["people"].mean())
            assert row["replicates"] == len(each)
            for name in ("helped", "hurt"):
                assert row[name] == pytest.approx((each[name] / each["people"]).mean())
                assert row[f"{name}_low"] <= row[name] <= row[f"{name}_high"] or len(each) < 2
        assert len(found) == 1 + of_arm[by].nunique()
    assert found.loc["all", "helped_low"] < found.loc["all", "helped_high"]
    with pytest.raises(InputError, match="by must be one of 'applicant_type', 'ability_decile'"):
        comparison.helped_and_hurt("ability")


def test_one_replicate_has_no_interval_of_shares() -> None:
    found = pd.DataFrame(
        {"replicate": 0, "applicant_type": ["us_img", "us_img"], "ability_decile": [1, 2]}
        | {
            "people": [3, 1],
            "helped": [1, 0],
            "hurt": [0, 1],
            "higher_choice": [1, 0],
            "lower_choice": [0, 0],
        }
    )
    everybody, only = shares_changed(found, "applicant_type", 1).to_dict("records")
    assert (everybody["group"], only["group"]) == ("all", "us_img")
    assert (everybody["helped"], everybody["hurt"], everybody["higher_choice"]) == (0.25, 0.25, 0.25)
    assert np.isnan(everybody["helped_low"])


def test_an_arm_against_itself_changes_nobody(result) -> None:
    people = pd.DataFrame(
        {"replicate": 0, "year": 1, "applicant": [0, 1, 2], "applicant_type": 0}
        | {"ability_decile": [1, 5, 10], "outcome": [0, 1, 3], "rank": [0, 0, 2]}
    )
    same = changes(people, people)
    assert same["people"].tolist() == [1, 1]
    assert not same[["helped", "hurt", "higher_choice", "lower_choice"]].to_numpy().any()
    with pytest.raises(InputError, match="do not hold the same people"):
        changes(people, people.iloc[:2])


def test_it_shows_itself_and_refuses_what_is_not_there(result, tmp_path) -> None:
    assert repr(result) == "<StudyResult try: 3 arms, 1 point, 8 replicates, seed 7>"
    assert "fewer slots" in result._repr_html_()
    assert "<table" in result.compare(metrics=["stable"])._repr_html_()
    with pytest.raises(InputError, match="metric must be one of"):
        result.to_pandas(["matchrate"])
    with pytest.raises(InputError, match="baseline must be one of"):
        result.compare("nobody")
    with pytest.raises(InputError, match="sweeps over nothing"):
        result.plot.sweep("interviews.waves")
    with pytest.raises(InputError, match="holds nothing that matchsim study run made"):
        open_study(tmp_path)


def test_every_metric_is_told_and_gives_numbers(result) -> None:
    season = run_season(result.loaded.cells[0].scenario)
    for name, metric in METRICS.items():
        found = metric.function(season)
        assert "all" in found, name
        assert metric.told
        assert all(np.isfinite(value) for value in found.values()), name
        if metric.unit == "share":
            assert all(0 <= value <= 1 for value in found.values()), name
    rates = season.match_rates().set_index("group")
    assert METRICS["match_rate"].function(season)["us_img"] == rates.loc["us_img", "match_rate"]
    assert METRICS["placement_rate"].function(season)["all"] == rates.loc["all", "placement_rate"]


def test_a_sweep_is_compared_point_by_point_or_with_its_first(tmp_path) -> None:
    text = STUDY.replace("replicates: 8", "replicates: 3") + "sweep: {values: {interviews.waves: [1, 3]}}\n"
    simulate_study(read_study(written(tmp_path, text)), tmp_path / "out", jobs=1)
    found = open_study(tmp_path / "out").compare(metrics=["interviews"]).effects
    assert len(found[found["group"] == "all"]) == 4
    assert set(found["interviews.waves"]) == {1.0, 3.0}
    sweep = "sweep: {values: {interviews.per_position: [4.0, 8.0]}}\n"
    alone = f"name: alone\nbase: town.yaml\nreplicates: 3\n{sweep}"
    simulate_study(read_study(written(tmp_path, alone)), tmp_path / "alone", jobs=1)
    one = open_study(tmp_path / "alone")
    found = one.compare(metrics=["interviews"]).effects
    assert set(found["interviews.per_position"]) == {8.0}
    assert found[found["group"] == "all"]["difference"].item() > 0
    assert one.plot.sweep("interviews.per_position", "interviews").get_xlabel() == "interviews.per_position"


def test_words_swept_are_compared_also_where_they_are_numbers_or_stand_beside_some(tmp_path) -> None:
    """Each arm is found again in the results, whose columns hold either numbers or words."""
    head = "base: town.yaml\nreplicates: 2\nmetrics: [couples_both]\npeople: false\n"
    for name, values in (
        ("mixed", "{couples.number: [published, 3, 12]}"),
        ("digits", "{title: ['1', '02', '3.0']}"),
    ):
        text = f"name: {name}\n{head}sweep: {{values: {values}}}\n"
        simulate_study(read_study(written(tmp_path, text)), tmp_path / name, jobs=1)
        result = open_study(tmp_path / name)
        effects = result.compare().effects
        (axis,) = result.loaded.axes
        held = list(dict.fromkeys(result.to_pandas()[axis]))
        assert held == [cell.point[axis] for cell in result.loaded.cells]
        assert list(effects[axis]) == held[1:]
        assert list(effects["replicates"]) == [2, 2]


def test_points_that_come_twice_are_simulated_once(tmp_path) -> None:
    text = (
        "name: twice\nbase: town.yaml\nreplicates: 2\nmetrics: [match_rate]\npeople: false\n"
        "sweep:\n  design: latin_hypercube\n  points: 9\n"
        "  values: {interviews.waves: {low: 1, high: 3, whole: true}}\n"
    )
    simulate_study(read_study(written(tmp_path, text)), tmp_path / "out", jobs=1)
    result = open_study(tmp_path / "out")
    assert sorted(cell.point["interviews.waves"] for cell in result.loaded.cells) == [1, 2, 3]
    effects = result.compare().effects
    assert set(effects["replicates"]) == {2}


def test_values_swept_are_told_apart_by_their_names(tmp_path) -> None:
    values = "{policies.interview_cap.most: [2], policies.application_cap.most: [9], interviews.waves: [2]}"
    text = f"name: names\nbase: town.yaml\nreplicates: 1\nmetrics: [match_rate]\nsweep: {{values: {values}}}"
    simulate_study(read_study(written(tmp_path, text)), tmp_path / "out", jobs=1)
    told = open_study(tmp_path / "out").baseline_told()
    assert told == "the first point, interview_cap.most 2, application_cap.most 9, waves 2"


def test_whole_numbers_that_were_swept_are_told_as_such(tmp_path) -> None:
    values = "{policies.interview_cap.most: [2, 4], interviews.per_position: [4.0, 4.5]}"
    text = f"name: whole\nbase: town.yaml\nreplicates: 1\nmetrics: [match_rate]\nsweep: {{values: {values}}}"
    simulate_study(read_study(written(tmp_path, text)), tmp_path / "out", jobs=1)
    result = open_study(tmp_path / "out")
    assert result.loaded.cells[1].point == {
        "policies.interview_cap.most": 2,
        "interviews.per_position": 4.5,
    }
    assert result.baseline_told() == "the first point, most 2, per_position 4"
    rows = result.to_pandas().drop_duplicates(result.loaded.axes).to_dict("records")
    assert [result.told(row) for row in rows] == [
        f"most {most}, per_position {held}" for most in (2, 4) for held in ("4", "4.5")
    ]
