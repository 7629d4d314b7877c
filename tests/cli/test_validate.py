"""``matchsim validate`` and ``matchsim calibrate`` from the outside: words, files, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

from matchsim.cli import _exit_code, cli
from matchsim.fidelity.targets import COLUMNS

HEAD = ",".join(COLUMNS)
EASY = "match_rate,{},0.5,0.5,own unit,match,{},published,A source"


@pytest.fixture
def targets(tmp_path) -> Path:
    path = tmp_path / "targets.csv"
    rows = [
        EASY.format("us_img", "calibrated"),
        EASY.format("all", "validation").replace("0.5,0.5", "0.1,0.01"),
    ]
    path.write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    return path


def invoked(*arguments: str | Path):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def test_validate_tells_and_writes(tmp_path, targets):
    out = tmp_path / "out"
    result = invoked("validate", "small", "--targets", targets, "--replicates", 2, "--out", out)
    assert result.exit_code == 0, result.output
    assert max(map(len, result.stdout.splitlines())) <= 100
    assert "CALIBRATED TARGETS: 1 of 1 hold" in result.stdout
    assert "VALIDATION TARGETS, never fitted: 0 of 1 hold" in result.stdout
    assert "MISSED" in result.stdout
    assert sorted(path.name for path in out.iterdir()) == ["fidelity.csv", "fidelity.png", "fidelity.svg"]
    table = pd.read_csv(out / "fidelity.csv")
    assert ",".join(table.columns) == "target,group,published,simulated,low,high,error,tolerance,ok,role"
    assert table["ok"].tolist() == [True, False]


def test_a_missed_gate_is_exit_code_1_and_json_says_so(tmp_path, targets):
    targets.write_text(targets.read_text().replace("validation", "calibrated"))
    result = invoked("validate", "small", "--targets", targets, "--replicates", 1, "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert (told["ok"], told["replicates"], told["scenario"]) == (False, 1, "small")
    assert [row["ok"] for row in told["targets"]] == [True, False]


def test_seed_and_settings_change_the_season(targets):
    def simulated(*more: str) -> float:
        result = invoked("validate", "small", "--targets", targets, "--replicates", 1, "--json", *more)
        return json.loads(result.stdout)["targets"][1]["simulated"]

    assert simulated() == simulated("--seed", "7")
    assert simulated() != simulated("--seed", "8")
    assert simulated() != simulated("--set", "interviews.per_position=3")


def test_validate_replaces_only_what_it_wrote(tmp_path, targets):
    out = tmp_path / "out"
    out.mkdir()
    (out / "letter.txt").write_text("dear")
    result = invoked("validate", "small", "--targets", targets, "--replicates", 1, "--out", out)
    assert "holds what this command did not write (letter.txt)" in str(result.exception)
    (out / "letter.txt").unlink()
    for _ in range(2):
        assert (
            invoked("validate", "small", "--targets", targets, "--replicates", 1, "--out", out).exit_code == 0
        )


def test_bad_targets_are_told_with_their_lines(tmp_path, targets, monkeypatch, capsys):
    targets.write_text(f"{HEAD}\n{EASY.format('us_img', 'calibratd')}\n")
    monkeypatch.setattr("sys.argv", ["matchsim", "validate", "small", "--targets", str(targets)])
    assert _exit_code() == 2
    assert "targets.csv:2:1: " in capsys.readouterr().err


def test_calibrate_tells_and_writes(tmp_path):
    pytest.importorskip("scipy")
    targets = tmp_path / "targets.csv"
    rows = [
        EASY.format(kind, "calibrated").replace("0.5,0.5", "0.8,0.1") for kind in ("us_img", "us_md_senior")
    ]
    targets.write_text("\n".join([HEAD, *rows]))
    parameters = tmp_path / "parameters.csv"
    parameters.write_text(
        "parameter,paths,start,lowest,highest,step,meaning\n"
        "slots,interviews.per_position,14,4,16,2,Interview slots\n"
    )
    out = tmp_path / "out"
    arguments = ["calibrate", "small", "--targets", targets, "--parameters", parameters, "--out", out]
    result = invoked(*arguments, "--replicates", 1, "--rounds", 1)
    assert result.exit_code == 0, result.output
    assert "To be laid into a scenario:" in result.stdout
    files = ["2025.yaml", "sensitivity.csv", "sensitivity.png", "sensitivity.svg"]
    assert sorted(path.name for path in out.iterdir()) == files
    told = yaml.safe_load((out / "2025.yaml").read_text())
    fitted = told["parameters"]["slots"]
    assert fitted["lowest"] <= fitted["value"] <= fitted["highest"]
    assert list(pd.read_csv(out / "sensitivity.csv")) == ["target", "group", "slots"]
    assert "exists" in str(invoked(*arguments).exception)
