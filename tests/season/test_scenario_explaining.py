"""What ``explain`` tells: origins, the plan, and that its text is itself a scenario."""

from __future__ import annotations

from pathlib import Path

import pytest

from matchsim.season.plan import PLAN
from matchsim.season.scenario import LoadedScenario, load_scenario, read_scenario
from matchsim.season.scenario.explaining import explanation, origin, plan

TOP = """\
extends: base.yaml
cohort:
  active: published
  needs_visa: {non_us_img: 0.9}
applications:
  signals:
    Neurology: {gold: 2}
"""


@pytest.fixture
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LoadedScenario:
    monkeypatch.chdir(tmp_path)
    Path("base.yaml").write_text("name: base\nprograms: {specialties: [Neurology]}\n")
    Path("top.yaml").write_text(TOP)
    return read_scenario("top.yaml", ["interviews.waves=3"])


def told(loaded: LoadedScenario, *path: str) -> str:
    value = loaded.scenario.model_dump()
    for step in path:
        value = value[step]
    return origin(path, value, loaded)


def test_every_kind_of_origin(loaded: LoadedScenario) -> None:
    assert told(loaded, "name") == "base.yaml:1"
    assert told(loaded, "cohort", "needs_visa", "non_us_img") == "top.yaml:4"
    assert told(loaded, "interviews", "waves") == "--set interviews.waves=3"
    assert told(loaded, "title") == "default"
    assert told(loaded, "soap", "rounds") == "default, published: NRMP: four rounds since 2021"
    assert told(loaded, "cohort", "active", "us_img").endswith("(asked for at top.yaml:3)")
    assert "specialties.csv" in told(loaded, "cohort", "preferences", "us_img", "Neurology")
    assert told(loaded, "applications", "signals", "Neurology", "gold") == "top.yaml:7"
    assert told(loaded, "applications", "signals", "Neurology", "silver").startswith("default")
    assert told(loaded, "cohort", "registered", "us_img") == "follows from other values"


def test_one_comment_stands_for_a_part_of_one_origin(loaded: LoadedScenario) -> None:
    lines = explanation(loaded).splitlines()
    bands = next(number for number, line in enumerate(lines) if line.startswith("  bands:"))
    assert "# default" in lines[bands]
    assert "#" not in lines[bands + 1]
    visa = next(number for number, line in enumerate(lines) if line.startswith("  needs_visa:"))
    assert "#" not in lines[visa]
    assert all("#" in line for line in lines[visa + 1 : visa + 8])


def test_comments_stand_in_one_column(loaded: LoadedScenario) -> None:
    body = explanation(loaded).split("\n\n")[0].splitlines()[1:]
    assert len({line.index("  # ") for line in body if "  # " in line}) == 1


def test_every_value_has_an_origin(loaded: LoadedScenario) -> None:
    def leaves(value: object, path: tuple[str, ...]) -> list[tuple[str, ...]]:
        if not isinstance(value, dict):
            return [path]
        return [leaf for key, child in value.items() for leaf in leaves(child, (*path, key))]

    every = leaves(loaded.scenario.model_dump(exclude_none=True), ())
    assert len(every) > 100
    assert all(told(loaded, *path) for path in every)


def test_the_explanation_is_itself_the_same_scenario(loaded: LoadedScenario) -> None:
    Path("explained.yaml").write_text(explanation(loaded), encoding="utf-8")
    assert load_scenario("explained.yaml") == loaded.scenario


def test_the_plan_follows_the_stages(loaded: LoadedScenario) -> None:
    steps = plan(loaded.scenario)
    assert [step.split()[0] for step in steps] == [stage.name for stage in PLAN]
    assert "3 waves" in next(step for step in steps if step.startswith("interviews"))


def test_the_plan_names_what_replaces_stages() -> None:
    Path("x.yaml").write_text(
        "rank_lists: {applicant_lists: {Ana: [City]}, program_lists: {City: [Ana]}, quotas: {City: 1}}\n"
    )
    steps = plan(load_scenario("x.yaml"))
    assert sum("given by the lists written in the scenario" in step for step in steps) >= 3


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
