"""Seasons that cannot fit are refused before anything is simulated or written; long ones are announced."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from matchsim.cli import cli
from matchsim.errors import ScenarioError
from matchsim.season.scenario import load_scenario, shipped_scenarios
from matchsim.study import memory
from matchsim.study.forecast import forecast


def test_what_a_season_takes_grows_with_its_applications() -> None:
    small, nation = load_scenario("small"), load_scenario("us-2025")
    assert memory.expected_applications(nation) == pytest.approx(4.4e6, rel=0.05)
    assert 2e8 < memory.season_bytes(small) < 3e8
    assert 3.5e8 < memory.season_bytes(nation) < 7e8


def test_it_is_refused_only_where_it_cannot_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    nation = load_scenario("us-2025")
    needed = memory.season_bytes(nation)
    monkeypatch.setattr(memory, "_memory", lambda: 3 * needed)
    memory.refuse_what_cannot_fit(nation, jobs=3)
    with pytest.raises(ScenarioError, match=r"4 seasons at once take up to 1\.\d GB .*use --jobs 3"):
        memory.refuse_what_cannot_fit(nation, jobs=4)
    monkeypatch.setattr(memory, "_memory", lambda: None)
    memory.refuse_what_cannot_fit(nation, jobs=10_000)


def test_ten_million_applicants_are_refused_by_every_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(memory, "_memory", lambda: 16_000_000_000)
    crowd = "matchsim: 1\nextends: us-2025\ncohort: {active: {us_md_senior: 9000000}}\n"
    Path("crowd.yaml").write_text(crowd, encoding="utf-8")
    study = "matchsim: 1\nname: crowds\nbase: crowd.yaml\nreplicates: 2\n"
    Path("study.yaml").write_text(study, encoding="utf-8")
    for command in (["run", "crowd.yaml"], ["study", "run", "study.yaml"], ["validate", "crowd.yaml"]):
        with pytest.raises(ScenarioError) as refused:
            cli.main(command, standalone_mode=False)
        told = str(refused.value)
        assert "of memory with these people and" in told
        assert "this machine has 16.0 GB" in told
    assert sorted(p.name for p in Path().iterdir()) == ["crowd.yaml", "study.yaml"]


class Begun(Exception):
    """A season would be simulated now."""


@pytest.mark.parametrize(
    ("command", "at_once"),
    [
        (["run", "crowd.yaml"], "it"),
        (["run", "crowd.yaml", "--replicates", "3", "--jobs", "2"], "2 at once"),
        (["study", "run", "study.yaml", "--jobs", "2"], "2 at once"),
        (["validate", "crowd.yaml", "--replicates", "1"], "it"),
        (["calibrate", "crowd.yaml", "--out", "fitted"], "it"),
        (["advise", "me.yaml", "--scenario", "crowd.yaml", "--jobs", "3", "--season", "2027"], "3 at once"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else given,
)
def test_a_long_season_is_announced_and_an_ordinary_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], at_once: str
) -> None:
    def begun(*_: object, **__: object) -> None:
        raise Begun

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(memory, "_memory", lambda: 10**12)
    for name in (
        "matchsim.study.run_replicates",
        "matchsim.fidelity.validation.run_replicates",
        "matchsim.study.running.simulate_study",
        "matchsim.fidelity.calibration.calibrate",
        "matchsim.strategy.season_cache.cached_standards",
    ):
        monkeypatch.setattr(name, begun)
    Path("me.yaml").write_text("applicant_type: us_img\nspecialties: [Family Medicine]\n", encoding="utf-8")
    Path("study.yaml").write_text("name: crowds\nbase: crowd.yaml\nreplicates: 2\n", encoding="utf-8")
    for size, announced in (("{}", False), ("{active: {us_md_senior: 9000000}}", True)):
        Path("crowd.yaml").write_text(f"extends: us-2025\ncohort: {size}\n", encoding="utf-8")
        for quiet in ([], ["--quiet"]):
            ended = CliRunner().invoke(cli, [*command, *quiet])
            assert isinstance(ended.exception, Begun), ended.output
            told = f"530 million applications takes some 4 min to 10 min, and {at_once} up to "
            assert (told in ended.stderr) is (announced and not quiet)
            assert ("note: a season" in ended.stderr) is (announced and not quiet)
            assert "note" not in ended.stdout


def test_no_shipped_scenario_is_announced() -> None:
    assert all(forecast(load_scenario(name), jobs=8) == "" for name in shipped_scenarios())
