"""``matchsim check``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from matchsim import cli
from matchsim.errors import ScenarioError
from matchsim.season.scenario import digest, load_scenario

GOOD = "name: good\nprograms: {specialties: [Emergency Medicine]}\n"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("good.yaml").write_text(GOOD)
    Path("bad.yaml").write_text("seed: x\nnam: y\n")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.cli, ["check", *arguments])


def test_a_valid_scenario() -> None:
    result = run("good.yaml")
    assert (result.exit_code, result.stdout) == (0, "good.yaml: valid\n")


def test_remarks_follow() -> None:
    result = run("good.yaml", "--set", "replicates=50000")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1].startswith("remark: --set replicates=50000: replicates: 50,000")


def test_an_invalid_scenario_through_the_front_door(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["matchsim", "check", "bad.yaml", "--set", "soap.rounds=-1"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    lines = err.splitlines()
    assert lines[0] == "bad.yaml:1:7: seed: must be a whole number, got 'x'"
    assert lines[1].startswith("bad.yaml:2:1: nam: unknown key (did you mean 'name'?")
    assert lines[2] == "--set soap.rounds=-1: soap.rounds: must be >= 0, got -1"
    assert {file.name for file in Path().iterdir()} == {"good.yaml", "bad.yaml"}, "nothing is written"


def test_json_of_a_valid_scenario() -> None:
    result = run("good.yaml", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "scenario": "good.yaml",
        "valid": True,
        "digest": digest(load_scenario("good.yaml")),
        "remarks": [],
    }


def test_json_of_an_invalid_scenario() -> None:
    result = run("bad.yaml", "--json")
    assert result.exit_code == ScenarioError.exit_code == 2
    told = json.loads(result.stdout)
    assert told["valid"] is False
    assert told["problems"][0] == {
        "file": "bad.yaml",
        "line": 1,
        "column": 7,
        "path": "seed",
        "message": "must be a whole number, got 'x'",
        "remedy": "",
    }
