"""Seasons that cannot fit are refused before anything is simulated or written."""

from __future__ import annotations

from pathlib import Path

import pytest

from matchsim.cli import cli
from matchsim.errors import ScenarioError
from matchsim.season.scenario import load_scenario
from matchsim.study import memory


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
