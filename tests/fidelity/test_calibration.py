"""The fit: reproducible, within bounds, blind to validation, and finding again what made the figures."""

from __future__ import annotations

import numpy as np
import pytest
import yaml

from matchsim.documents import written
from matchsim.errors import InputError
from matchsim.fidelity import Target, shipped_targets
from matchsim.fidelity.calibration import ROBUST, Calibration, _loss, _weights, calibrate
from matchsim.fidelity.measures import measured
from matchsim.fidelity.parameters import (
    Parameter,
    load_parameters,
    overrides,
    shipped_parameters,
    value_at,
)
from matchsim.season.scenario import load_scenario
from matchsim.study import run_replicates

pytest.importorskip("scipy")

SLOTS = Parameter("slots", ("interviews.per_position",), 14.0, 4.0, 16.0, 1.5, "interview slots")
IMG = Parameter(
    "attitude to IMG",
    ("interviews.screening.attitude.us_img", "interviews.screening.attitude.non_us_img"),
    -1.55,
    -4.0,
    0.0,
    0.4,
    "attitude to international graduates",
)


def made_by(laid: dict[str, float], replicates: int = 4) -> list[Target]:
    """The figures of a season with these values as targets."""
    tables = run_replicates(load_scenario("small", laid), replicates=replicates).tables
    known = measured(tables, {"match_rate", "list_length"})
    wanted = [("match_rate", t, 0.01) for t in ("us_md_senior", "us_img", "non_us_img")]
    wanted += [("list_length", f"{t} matched", 0.3) for t in ("us_md_senior", "non_us_img")]
    wanted += [("list_length", f"program {status}", 2.0) for status in ("filled", "unfilled")]
    return [
        Target(
            name, group, float(known[name][group].mean()), tolerance, "match", "calibrated", "derived", "ours"
        )
        for name, group, tolerance in wanted
    ]


@pytest.fixture(scope="module")
def truth() -> dict[str, float]:
    start = load_scenario("small")
    img = {path: value_at(start, path) - 0.6 for path in IMG.paths}
    return {"interviews.per_position": 8.0, **img}


@pytest.fixture(scope="module")
def found(truth) -> Calibration:
    return calibrate("small", parameters=[SLOTS, IMG], targets=made_by(truth), replicates=4, rounds=4)


def test_finds_again_what_made_the_figures(found, truth):
    assert _loss(found.misses_after) < 0.3 * _loss(found.misses_before)
    assert 8.0 <= found.after[0] < found.before[0] - 2
    assert found.after[1] == pytest.approx(truth[IMG.paths[0]], abs=0.4)


def test_moves_all_paths_of_a_parameter_alike(found):
    start = load_scenario("small")
    moved = [found.laid[path] - value_at(start, path) for path in IMG.paths]
    assert moved[0] == pytest.approx(moved[1])


def test_is_the_same_again_and_by_two_processes(found, truth):
    again = calibrate(
        "small", parameters=[SLOTS, IMG], targets=made_by(truth), replicates=4, rounds=4, jobs=2
    )
    assert written(again.document()) == written(found.document())


def test_more_slots_make_longer_lists(found):
    groups = [t.group for t in found.targets]
    assert found.sensitivity[groups.index("program filled"), 0] > 0.3


def test_the_document_can_be_read_and_says_all(found):
    told = yaml.safe_load(written(found.document()))
    assert list(told["parameters"]) == ["slots", "attitude to IMG"]
    assert told["parameters"]["slots"]["identified"] is True
    assert told["seasons_simulated"] == found.seasons
    assert told["loss_after"] < told["loss_before"]
    assert len(told["targets"]) == 7


def test_validation_targets_and_mean_errors_are_not_looked_at(truth):
    targets = made_by(truth, replicates=1)
    seen = calibrate("small", parameters=[SLOTS], targets=targets, replicates=1, rounds=1)
    others = [
        Target("match_rate", "us_do_senior", 9.0, 0.001, "match", "validation", "derived", "ours"),
        Target(
            "fill_rate", "mean error", 0.0, 0.001, "match", "calibrated", "derived", "ours", mean_error=True
        ),
    ]
    blind = calibrate("small", parameters=[SLOTS], targets=[*targets, *others], replicates=1, rounds=1)
    assert written(blind.document()) == written(seen.document())


def test_stays_within_the_bounds(truth):
    near = Parameter("slots", SLOTS.paths, 14.0, 13.0, 15.0, 0.5, "interview slots")
    fit = calibrate("small", parameters=[near], targets=made_by(truth, 1), replicates=1, rounds=2)
    assert 13.0 <= fit.after[0] <= 15.0


def test_what_moves_nothing_is_not_identified(truth):
    # Nobody tells a program anything while the share of programs that listen is 0.
    idle = Parameter("told", ("rank_lists.programs.rank_to_match.told",), 0.5, 0.0, 1.0, 0.3, "who tells")
    fit = calibrate("small", parameters=[SLOTS, idle], targets=made_by(truth, 1), replicates=1, rounds=1)
    assert fit.identified().tolist() == [True, False]
    assert any("told" in direction for direction in fit.loose_directions())
    assert fit.uncertainty()[1][1] == float("inf")


def test_far_misses_count_linearly():
    near, far = np.array([2.0]), np.array([10.0])
    assert _loss(near) == 4.0
    assert _loss(far) == ROBUST * (20 - ROBUST)
    assert _weights(far)[0] * 100 < 10 * ROBUST + 1e-9


def test_refuses_what_cannot_be_fitted(truth):
    targets = made_by(truth, 1)
    with pytest.raises(InputError, match="2 parameters need more targets than 2 calibrated ones"):
        calibrate("small", parameters=[SLOTS, IMG], targets=targets[:2])
    wrong = Parameter("x", ("interviews.per_positon",), 0.5, 0.0, 1.0, 0.1, "")
    with pytest.raises(InputError, match="did you mean 'per_position'"):
        calibrate("small", parameters=[wrong], targets=targets)
    word = Parameter("x", ("name",), 0.5, 0.0, 1.0, 0.1, "")
    with pytest.raises(InputError, match="is no number that could be fitted"):
        calibrate("small", parameters=[word], targets=targets)
    with pytest.raises(InputError, match="rounds must be at least 1, got 0"):
        calibrate("small", parameters=[SLOTS], targets=targets, rounds=0)
    missing = Target("fill_rate", "Dentistry C", 0.5, 0.1, "match", "calibrated", "derived", "ours")
    with pytest.raises(InputError, match="does not simulate what is to be fitted: fill_rate Dentistry C"):
        calibrate("small", parameters=[SLOTS], targets=[*targets, missing], replicates=1, rounds=1)


def test_shipped_parameters_are_few_and_fit_the_model():
    scenario = load_scenario("us-2025")
    chosen = shipped_parameters()
    fitted = [target for target in shipped_targets() if target.role == "calibrated"]
    assert 6 * len(chosen) <= len(fitted)
    for parameter in chosen:
        assert parameter.meaning
        for path in parameter.paths:
            assert parameter.lowest <= value_at(scenario, path) <= parameter.highest, path


def test_parameters_of_a_person_s_own(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(
        "parameter,paths,start,lowest,highest,step,meaning\n"
        "slots,interviews.per_position,5,4,x,1,\nb,,0,0,1,0.1,\nc,a,0,0,1,2,\nd,a,3,0,1,0.1,\n"
    )
    with pytest.raises(InputError) as caught:
        load_parameters(path)
    told = [str(problem).partition("mine.csv:")[2] for problem in caught.value.problems]
    assert [line[0] for line in told] == ["2", "3", "4", "5"]
    assert "highest must be a number, got 'x'" in told[0]
    assert "paths is missing" in told[1]
    assert "step must be above 0 and fit between" in told[2]
    assert "start must lie between lowest and highest" in told[3]
    path.write_text(
        "parameter,paths,start,lowest,highest,step,meaning\nslots,interviews.per_position,5,4,9,1,Slots\n"
    )
    assert load_parameters(path) == (Parameter("slots", ("interviews.per_position",), 5, 4, 9, 1, "Slots"),)


def test_overrides_begin_at_the_scenario_s_values():
    start = {IMG.paths[0]: -1.0, IMG.paths[1]: -2.0}
    assert overrides([IMG], [-1.5], start) == {IMG.paths[0]: -1.5, IMG.paths[1]: -2.5}
