"""``matchsim explain`` and ``matchsim schema``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from matchsim import cli
from matchsim.season.plan import PLAN
from matchsim.season.scenario import digest, load_scenario


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("good.yaml").write_text("name: good\nprograms: {specialties: [Emergency Medicine]}\n")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.cli, arguments)


def test_explain_prints_a_scenario_with_origins_plan_and_remarks() -> None:
    result = run("explain", "good.yaml", "--set", "replicates=50000")
    assert result.exit_code == 0
    assert "# --set replicates=50000\n" in result.stdout
    assert "# The plan:\n#   1. programs" in result.stdout
    assert "# Remarks:\n#   --set replicates=50000: replicates: 50,000 replicates" in result.stdout
    Path("again.yaml").write_text(result.stdout, encoding="utf-8")
    assert load_scenario("again.yaml") == load_scenario("good.yaml", {"replicates": 50000})


def test_explain_of_a_national_season_names_its_figures() -> None:
    text = run("explain", "us-2025").stdout
    assert "43,237 positions" in text
    assert "47,208 certify a list" in text
    assert "totals.csv" in text


def test_schema_prints_json_and_the_reference() -> None:
    assert json.loads(run("schema").stdout)["title"] == "Scenario"
    assert run("schema", "scenario").stdout == run("schema").stdout
    assert run("schema", "--markdown").stdout.startswith("# The keys of a scenario file")
    assert run("schema", "profil").exit_code == 2


def test_json_tells_values_origins_and_plan() -> None:
    result = run("explain", "us-2025", "--json")
    told = json.loads(result.stdout)
    assert told["scenario"] == load_scenario("us-2025").model_dump(exclude_none=True)
    assert told["origins"]["soap.rounds"] == {
        "kind": "default",
        "basis": "published",
        "source": "NRMP: four rounds since 2021",
    }
    assert [step.split()[0] for step in told["plan"]] == [stage.name for stage in PLAN]
    assert told["digest"] == digest(load_scenario("us-2025"))
