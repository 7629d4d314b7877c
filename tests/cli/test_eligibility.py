"""``matchsim eligibility``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from test_startup import folder, loaded  # noqa: F401 - a fixture

from matchsim import cli

ON = ("--season", "2027", "--date", "2026-11-25")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.cli, ["eligibility", *arguments])


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("me.yaml").write_text("applicant_type: non_us_img\nvisa: j1\nschool: {ecfmg_note: false}\n")
    Path("bad.yaml").write_text("applicant_type: us_mg\nvisa: j2\n")


def test_a_letter_of_which_no_gate_has_failed() -> None:
    result = run("us-img", *ON)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "Eligibility for the 2027 Match"
    assert "Dear Daniel," in result.stdout


def test_a_failed_gate_is_told_by_the_exit_code() -> None:
    result = run("me.yaml", *ON)
    assert result.exit_code == 1
    assert "FAILED     Medical school" in result.stdout


def test_json() -> None:
    result = run("me.yaml", *ON, "--json")
    assert result.exit_code == 1
    data = json.loads(result.stdout)
    assert data["counts"]["failed"] == 2
    assert [gate["gate"] for gate in data["gates"] if gate["status"] == "failed"] == [
        "school",
        "verification",
    ]


def test_a_profile_that_cannot_be_used(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["matchsim", "eligibility", "bad.yaml", *ON])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.partition(": ")[0] for line in err.splitlines()] == ["bad.yaml:1:17", "bad.yaml:2:7"]


@pytest.mark.parametrize(("option", "value"), [("--season", "1999"), ("--date", "yesterday")])
def test_options_that_cannot_be_used(
    option: str, value: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["matchsim", "eligibility", "us-img", option, value])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 2
    assert value in capsys.readouterr().err


def test_the_season_may_be_left_out() -> None:
    assert run("us-img", "--date", "2026-11-25").stdout == run("us-img", *ON).stdout


def test_schema_of_profiles() -> None:
    result = CliRunner().invoke(cli.cli, ["schema", "profile"])
    assert json.loads(result.stdout)["title"] == "Profile"
    page = CliRunner().invoke(cli.cli, ["schema", "profile", "--markdown"])
    assert page.stdout.startswith("# The keys of a profile")


@pytest.mark.parametrize(
    ("arguments", "code", "light"),
    [
        (["schema", "profile"], 0, {"numpy"}),
        (["eligibility", "--help"], 0, {"numpy", "pydantic", "yaml"}),
    ],
)
def test_nothing_heavy_is_loaded_before_it_is_needed(
    arguments: list[str],
    code: int,
    light: set[str],
    folder: Path,  # noqa: F811
) -> None:
    left, modules = loaded(folder, arguments)
    assert left == code
    assert modules & ({"numba", "pandas", "matplotlib", "pyarrow", "networkx"} | light) == set()
