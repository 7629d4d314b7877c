"""Study files: what they mean, and what is said of them when they mean nothing."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchsim import documents
from matchsim.errors import InputError
from matchsim.study.chunks import chunks_of
from matchsim.study.loading import read_study, shipped_studies
from matchsim.study.model import Range, Sweep
from matchsim.study.schema import reference, study_schema
from matchsim.study.sweep import points

from .small_study import STUDY, written

HEAD = "name: try\nbase: town.yaml\n"


def refused(folder: Path, text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_study(written(folder, text))
    return str(caught.value).replace(f"{folder}/", "").splitlines()


def test_arms_are_resolved_scenarios(tmp_path) -> None:
    loaded = read_study(written(tmp_path))
    assert loaded.arms == ["as it is", "no signals", "fewer slots"]
    assert (loaded.baseline, loaded.seed, loaded.axes) == ("as it is", 7, [])
    first, second, third = (cell.scenario for cell in loaded.cells)
    assert all(budget.gold == budget.silver == 0 for budget in second.applications.signals.values())
    assert third.interviews.per_position == 5.0
    assert first.cohort == second.cohort == third.cohort


def test_nested_and_dotted_settings_are_the_same(tmp_path) -> None:
    arms = (
        "arms:\n  a: {set: {interviews: {per_position: 4.0}}}\n  b: {set: {interviews.per_position: 4.0}}\n"
    )
    a, b = read_study(written(tmp_path, HEAD + arms)).cells
    assert a.scenario == b.scenario


def test_policies_of_scenario_study_and_arm_are_applied_in_that_order(tmp_path) -> None:
    arms = "arms:\n  a: {}\n  b: {policies: [{signals: {gold: 4}}]}\n"
    text = f"{HEAD}policies: [{{more_positions: {{factor: 3.0}}}}]\n{arms}"
    path = written(tmp_path, text)
    with (tmp_path / "town.yaml").open("a", encoding="utf-8") as town:
        town.write("policies: [{more_positions: {factor: 2.0}}]\n")
    a, b = (cell.scenario for cell in read_study(path).cells)
    assert a.programs.specialties["Family Medicine"].C.positions == 6 * 16
    assert b.programs == a.programs
    assert b.applications.signals["Family Medicine"].gold == 4


def test_every_problem_is_told_at_its_place(tmp_path) -> None:
    text = (
        HEAD + "baseline: c\narms:\n  a: {set: {seed: 3}}\n  b: {}\nsweep: {values: {x: {low: 1, high: 2}}}\n"
        "metrics: [match_rat]\n"
    )
    told = refused(tmp_path, text)
    assert told[:3] == [
        "study.yaml:3:11: baseline: must be one of the arms a, b; got 'c'",
        (
            "study.yaml:5:19: arms.a.set.seed: seed cannot be changed here (write it at the top of the study"
            ": every arm meets the same people)"
        ),
        "study.yaml:7:21: sweep.values.x: needs steps in a grid, or write the values as a list",
    ]
    assert "metrics[1]: no metric is called 'match_rat' (did you mean 'match_rate'?" in told[3]


def test_what_is_wrong_in_the_scenarios_is_told_once_and_where_it_was_written(tmp_path) -> None:
    text = (
        HEAD + "arms:\n  a: {set: {interviews: {per_positon: 5.0}}}\n  b: {policies: [{no_signal: {}}]}\n"
        "sweep:\n  values:\n    interviews.waves: [2, x, 3]\n"
    )
    told = refused(tmp_path, text)
    assert [line.partition(" ")[0] for line in told] == [
        "study.yaml:4:26:",
        "study.yaml:5:19:",
        "study.yaml:8:27:",
    ]
    assert "did you mean 'per_position'?" in told[0]
    assert "did you mean 'no_signals'?" in told[1]
    assert "interviews.waves: must be a whole number, got 'x'" in told[2]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name: try\n", "base: is missing"),
        ("base: town.yml\n", "base: there is no file"),
        (HEAD + "replicates: 0\n", "replicates: must be >= 1, got 0"),
        (HEAD + "arms: {}\n", "arms: must not be empty"),
        (HEAD + "arms: {a: {sets: {}}}\n", "unknown key (did you mean 'set'?"),
        (HEAD + "sweep: {design: latin_hypercube, values: {interviews.waves: [1, 2]}}\n", "how many points"),
        (HEAD + "sweep: {points: 3, values: {interviews.waves: [1, 2]}}\n", "a grid has every combination"),
        (HEAD + "sweep: {values: {x: {low: 3, high: 2, steps: 2}}}\n", "low must be below high"),
        (HEAD + "sweep: {values: {interviews.per_position: [6.0, 9, 6]}}\n", "6 stands twice"),
        (HEAD + "sweep: {values: {couples.number: [published, 3, published]}}\n", "'published' stands twice"),
        (
            HEAD + "sweep: {values: {interviews.waves: {low: 1.5, high: 3, steps: 2, whole: true}}}\n",
            "low and high must be whole numbers too",
        ),
        (HEAD + "sweep: {values: {policies.signals: [1]}}\n", "swept as policies.<name>.<parameter>"),
        (HEAD + "set: {policies: []}\n", "write policies beside set, not in it"),
        (
            HEAD + "arms: {b: {set: {interviews.waves: 2}}}\nsweep: {values: {interviews.waves: [1, 3]}}\n",
            'study.yaml:3:36: arms.b.set."interviews.waves": is swept too, so that no season would have it',
        ),
        (
            HEAD + "set: {interviews: {minimum: 1, waves: 2}}\nsweep: {values: {interviews.waves: [1, 3]}}\n",
            "study.yaml:3:39: set.interviews.waves: is swept too",
        ),
        (HEAD + "metrics: [stable, stable]\n", "'stable' stands twice"),
    ],
)  # fmt: skip
def test_refusals(tmp_path, text: str, told: str) -> None:
    assert any(told in line for line in refused(tmp_path, text))


def test_a_name_that_is_no_study() -> None:
    with pytest.raises(InputError, match="no study is called 'interview-kap'"):
        read_study("interview-kap")


def test_a_grid_has_every_combination(tmp_path) -> None:
    values = "{interviews.waves: [2, 4], interviews.per_position: {low: 3, high: 9, steps: 3}}"
    text = f"{HEAD}sweep: {{values: {values}}}\n"
    loaded = read_study(written(tmp_path, text))
    found = [(c.scenario.interviews.waves, c.scenario.interviews.per_position) for c in loaded.cells]
    assert found == [(waves, slots) for waves in (2, 4) for slots in (3.0, 6.0, 9.0)]


def test_parameters_of_policies_are_swept_where_the_policy_is(tmp_path) -> None:
    sweep = "sweep: {values: {policies.signals.gold: [1, 6]}}\n"
    arms = "arms:\n  a: {}\n  b: {policies: [{signals: {silver: 2}}]}\n"
    found = read_study(written(tmp_path, HEAD + arms + sweep)).cells
    budgets = [cell.scenario.applications.signals["Internal Medicine"] for cell in found]
    assert [(budget.gold, budget.silver) for budget in budgets] == [(2, 0), (2, 0), (1, 2), (6, 2)]
    everywhere = read_study(written(tmp_path, HEAD + sweep)).cells
    assert [cell.scenario.applications.signals["Internal Medicine"].gold for cell in everywhere] == [1, 6]


@given(number=st.integers(1, 40), seed=st.integers(0, 2**64 - 1))
def test_a_latin_hypercube_meets_every_part_of_every_range_once(number: int, seed: int) -> None:
    ranges = {"a": Range(low=0.0, high=1.0), "b": Range(low=-5.0, high=7.0)}
    drawn = points(Sweep(design="latin_hypercube", points=number, values=ranges), seed)
    for name, given_range in ranges.items():
        width = (given_range.high - given_range.low) / number
        parts = sorted(int((point[name] - given_range.low) / width - 1e-9) for point in drawn)
        assert parts == list(range(number))


def test_whole_numbers_and_lists_in_a_latin_hypercube() -> None:
    values = {"a": Range(low=1, high=4, whole=True), "b": ["x", "y"]}
    drawn = points(Sweep(design="latin_hypercube", points=4, values=values), 3)
    assert sorted(point["a"] for point in drawn) == [1, 2, 3, 4]
    assert sorted(point["b"] for point in drawn) == ["x", "x", "y", "y"]


def test_chunks_hold_every_replicate_of_every_cell_once(tmp_path) -> None:
    loaded = read_study(written(tmp_path, STUDY.replace("replicates: 8", "replicates: 7")))
    chunks = chunks_of(loaded)
    assert [chunk.number for chunk in chunks] == list(range(12))
    held = [(c.cell, c.first + at) for c in chunks for at in range(c.count)]
    assert held == [(cell, replicate) for cell in range(3) for replicate in range(7)]


def test_the_digest_tells_studies_apart(tmp_path) -> None:
    first = read_study(written(tmp_path))
    assert first.digest == read_study(written(tmp_path / "moved")).digest
    other = STUDY.replace("5.0", "6.0")
    assert first.digest != read_study(written(tmp_path, other)).digest
    assert first.digest != read_study(written(tmp_path), replicates=9).digest


def test_the_digest_does_not_hang_on_what_is_drawn(tmp_path) -> None:
    first = read_study(written(tmp_path))
    drawn = read_study(written(tmp_path, f"{STUDY}charts: [effect]\n"))
    assert drawn.digest == first.digest
    assert drawn.study.charts == ["effect"]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            "charts: [efect]",
            "charts[1]: no chart of a study is called 'efect' (did you mean 'effect'? there are",
        ),
        ("charts: [effect, effect]", "charts[2]: 'effect' stands twice"),
        ("charts: [sweep]", "charts[1]: 'sweep' cannot be drawn: nothing is swept"),
        (
            "charts: [helped_and_hurt_by_type]\npeople: false",
            "charts[1]: 'helped_and_hurt_by_type' cannot be drawn: people is false",
        ),
        (
            "charts: [effect]\nsweep: {values: {interviews.waves: [4]}}",
            "charts[1]: 'effect' cannot be drawn: something is swept",
        ),
    ],
)
def test_charts_that_cannot_be_drawn_are_refused(tmp_path, lines, told) -> None:
    path = written(tmp_path, f"{STUDY}{lines}\n")
    with pytest.raises(InputError) as caught:
        read_study(path)
    (problem,) = caught.value.problems
    assert told in str(problem)
    assert str(problem).startswith(f"{path}:{len(STUDY.splitlines()) + 1}:")


@pytest.mark.parametrize("name", shipped_studies())
def test_shipped_studies_are_valid(name: str) -> None:
    loaded = read_study(name)
    assert loaded.study.name == name
    assert loaded.study.title
    assert loaded.study.description
    assert len(loaded.cells) > 1


def test_the_schema_accepts_what_is_accepted_and_sees_what_is_not() -> None:
    validator = jsonschema.Draft202012Validator(study_schema())
    validator.check_schema(study_schema())
    for name, entry in shipped_studies().items():
        validator.validate(documents.parsed_document(entry.read_text(encoding="utf-8"), name).data)
    bad = {"arms": {"a": {"sets": {}}}, "replicates": 0, "policies": [{"interview_cap": {"most": "x"}}]}
    assert len(list(validator.iter_errors(bad))) == 4  # base is missing too
    assert "| `base` |" in reference()
