"""``matchsim advise``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from matchsim import cli

MINE = "--scenario=region.yaml", "--season=2027", "--replicates=4", "--jobs=1"
# The shipped profiles want specialties that the smallest scenarios do not have.
REGION = """\
extends: small
name: region
programs:
  specialties:
    Psychiatry: {C: {programs: 6, positions: 30}}
    Pediatrics: {C: {programs: 6, positions: 30}}
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def run(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("region.yaml").write_text(REGION)

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(cli.cli, ["advise", *MINE, f"--cache={cache}", *arguments])

    return call


@pytest.mark.parametrize("profile", ["non-us-img-j1", "reapplicant-with-gap", "us-img"])
def test_shipped_profiles_get_a_report_that_fits(run, profile: str) -> None:
    result = run(profile)
    assert result.exit_code == 0, result.output
    for part in ("Your chances, in 4 simulated seasons", "Levers: one change each", "not advice on a life"):
        assert part in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert ("matched alone" in result.stdout) == (profile == "us-img")


def test_json_says_the_same_as_the_report(run) -> None:
    data = json.loads(run("non-us-img-j1", "--json").stdout)
    assert data["seasons"] == 4
    assert data["placed"]["mean"] == pytest.approx(data["match"]["mean"] + data["soap"]["mean"], abs=0.0011)
    assert data["match_by_ranks"][-1]["mean"] <= data["match"]["mean"] + 0.0011
    for lever in data["levers"]:
        difference = lever["match"]["mean"] - data["match"]["mean"]
        assert lever["effect"]["mean"] == pytest.approx(difference, abs=0.0011)
        assert lever["effect"]["low"] <= lever["effect"]["mean"] <= lever["effect"]["high"]
    named = {lever["name"]: lever for lever in data["levers"]}
    assert {"step2_ck", "us_months", "specialty", "green_card"} <= set(named)
    assert named["specialty"]["cost"] > 0
    assert named["step2_ck"]["hands"] == "past"
    assert data["eligibility"]["season"] == 2027


def test_a_chart(run, tmp_path: Path) -> None:
    assert run("us-img", "--chart", "mine.png").exit_code == 0
    assert (tmp_path / "mine.png").read_bytes().startswith(b"\x89PNG")


def told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    monkeypatch.setattr("sys.argv", ["matchsim", "advise", *arguments])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    return err


def test_what_cannot_be_used_is_told_with_its_place(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.yaml").write_text("applicant_type: us_mg\nvisa: j2\n")
    Path("wish.yaml").write_text("applicant_type: us_img\nspecialties: [Family Medicin]\n")
    Path("file").write_text("")
    Path("region.yaml").write_text(REGION)
    Path("early.yaml").write_text(
        f"{REGION}match: {{early_results: {{specialties: [Family Medicine], share: 0.5}}}}\n"
    )
    Path("proposing.yaml").write_text(f"{REGION}match: {{proposing: programs}}\n")
    err = told(capsys, monkeypatch, "bad.yaml")
    assert "bad.yaml:1:17" in err
    assert "bad.yaml:2:7" in err
    err = told(capsys, monkeypatch, "wish.yaml", "--season=2027")
    assert "wish.yaml:2:15" in err
    assert "Family Medicine" in err
    Path("eye.yaml").write_text("applicant_type: us_md_senior\nspecialties: [Ophthalmology]\n")
    err = told(capsys, monkeypatch, "eye.yaml", *MINE)
    assert err.startswith("specialties: Ophthalmology: filled by other matches")
    assert "no profile is called" in told(capsys, monkeypatch, "us-imgg")
    err = told(capsys, monkeypatch, "us-img", "--chart", "nowhere/mine.gif")
    assert "must end in .png" in err
    assert "folder is not there" in err
    Path("mine.svg").write_text("my own")
    assert "is there already" in told(capsys, monkeypatch, "us-img", "--chart", "mine.svg")
    assert Path("mine.svg").read_text() == "my own"
    Path("own").mkdir()
    Path("own/outside.yaml").write_text(f"{REGION}match: {{}}\nrank_lists: {{folder: ../lists}}\n")
    assert "outside" in told(capsys, monkeypatch, "us-img", "--scenario=own/outside.yaml")
    err = told(capsys, monkeypatch, "us-img", *MINE, "--cache", "file/in")
    assert "MATCHSIM_CACHE" in err
    err = told(capsys, monkeypatch, "us-img", "--scenario=proposing.yaml", "--season=2027", "--jobs=1")
    assert "match.proposing" in err
    err = told(capsys, monkeypatch, "us-img", "--scenario=early.yaml", "--season=2027", "--jobs=1")
    assert "match.early_results" in err


def test_no_more_applications_are_advised_than_there_are_programs(run, tmp_path: Path) -> None:
    """The region has 12 programs of internal medicine, 10 of family medicine and 6 of psychiatry."""
    me = "applicant_type: us_img\nspecialties: [Family Medicine, Psychiatry]\n"
    (tmp_path / "me.yaml").write_text(me + "applications: {Family Medicine: 60, Psychiatry: 1}\nbudget: 60\n")
    data = json.loads(run("me.yaml", "--json").stdout)
    named = {lever["name"]: lever for lever in data["levers"]}
    assert named["applications"]["told"] == "5 more applications in Psychiatry"
    assert named["specialty"]["told"] == "12 applications in Internal Medicine besides"
    beyond = "to every program there is, more than you can still spend"
    assert [named[name]["note"] for name in ("applications", "specialty")] == [
        "to every program there is",
        beyond,
    ]
    assert 0 < named["applications"]["cost"] <= 60 < named["specialty"]["cost"]
    assert "Your 60 applications in Family Medicine go to 10 programs, all of region." in data["notes"]
    everywhere = "applications: {Family Medicine: 10, Psychiatry: 6, Internal Medicine: 12, Pediatrics: 6}\n"
    (tmp_path / "me.yaml").write_text(
        me.replace("Psychiatry", "Psychiatry, Internal Medicine, Pediatrics") + everywhere
    )
    data = json.loads(run("me.yaml", "--json").stdout)
    assert not {"applications", "specialty"} & {lever["name"] for lever in data["levers"]}
    assert not any("go to" in note for note in data["notes"])
