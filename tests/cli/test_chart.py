"""``matchsim chart``: charts of a run again, the same bytes."""

from __future__ import annotations

import hashlib
import json
from shutil import copytree

import pytest
from click.testing import CliRunner

from matchsim.charts import CHARTS
from matchsim.charts.why_unmatched import why_unmatched as drawn
from matchsim.cli import cli
from matchsim.cli.chart import OF_A_SEASON
from matchsim.errors import InputError, RunError
from matchsim.season import run_season
from matchsim.strategy import why_unmatched
from matchsim.study.charts import STUDY_CHARTS
from matchsim.study.run_folder import record_again


def chart(*arguments):
    return CliRunner().invoke(cli, ["chart", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("chart") / "run"
    CliRunner().invoke(cli, ["run", "teaching-8x4", "--out", str(folder), "-q"], catch_exceptions=False)
    return folder


def test_charts_drawn_again_have_the_same_bytes(run, tmp_path):
    told = chart(run, "soap_by_round", "rank_obtained", "--out", tmp_path / "out").stdout.splitlines()
    names = [f"{name}.{suffix}" for name in ("rank_obtained", "soap_by_round") for suffix in ("png", "svg")]
    assert told == [str(tmp_path / "out" / name) for name in names]
    for name in names:
        assert (tmp_path / "out" / name).read_bytes() == (run / "charts" / name).read_bytes()


def test_all_are_drawn_into_the_run_and_recorded(run):
    before = json.loads((run / "manifest.json").read_text())["files"]
    assert chart(run, "--format", "pdf", "--quiet").stdout == ""
    after = json.loads((run / "manifest.json").read_text())["files"]
    drawn = {
        name for name in CHARTS if CHARTS[name].table in {path.stem for path in (run / "tables").iterdir()}
    }
    assert set(after) - set(before) == {f"charts/{name}.pdf" for name in drawn}
    digest = hashlib.sha256((run / "charts" / "rank_obtained.pdf").read_bytes()).hexdigest()
    assert after["charts/rank_obtained.pdf"] == digest
    assert {name: after[name] for name in before} == before


def test_why_people_are_unmatched_is_asked_of_the_season_simulated_again(run, tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(
        "matchsim.charts.why_unmatched.why_unmatched",
        lambda counts, **told: seen.append(counts) or drawn(counts),
    )
    told = chart(run, "why_unmatched", "--format", "svg", "--out", tmp_path / "out").stdout.splitlines()
    assert told == [str(tmp_path / "out" / "why_unmatched.svg")]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["why_unmatched.svg"]
    assert seen[0].equals(why_unmatched(run_season("teaching-8x4")).counts())


def test_a_season_that_is_another_one_is_not_drawn(run, tmp_path):
    other = tmp_path / "run"
    copytree(run, other)
    scenario = (other / "resolved.yaml").read_text()
    assert "quotas" in scenario
    changed = scenario.replace("City: 2", "City: 1")
    assert changed != scenario
    (other / "resolved.yaml").write_text(changed)
    with pytest.raises(InputError, match=r"resolved\.yaml: was changed"):
        chart(other, "why_unmatched", "--out", tmp_path / "out")
    record_again(other, other / "resolved.yaml")
    with pytest.raises(RunError, match="other numbers than were recorded"):
        chart(other, "why_unmatched", "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_files_that_the_run_did_not_make_are_replaced_only_with_force(run, tmp_path):
    (tmp_path / "rank_obtained.svg").write_text("mine")
    with pytest.raises(InputError, match=r"rank_obtained\.svg: is there already.*--force"):
        chart(run, "rank_obtained", "soap_by_round", "--out", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["rank_obtained.svg"]
    chart(run, "rank_obtained", "--out", tmp_path, "--force")
    assert (tmp_path / "rank_obtained.svg").read_bytes() == (run / "charts/rank_obtained.svg").read_bytes()
    own = tmp_path / "own"
    copytree(run, own)
    (own / "charts" / "rank_obtained.svg").write_text("edited")
    with pytest.raises(InputError, match="not as it was left"):
        chart(own, "rank_obtained")
    assert (own / "charts" / "rank_obtained.svg").read_text() == "edited"


def test_charts_are_listed():
    of_run, of_study = (part.splitlines() for part in chart("--list").stdout.split("\n\n"))
    assert (of_run[0], of_study[0]) == ("of a run", "of a study")
    assert [line.split()[0] for line in of_run[1:]] == [*CHARTS, OF_A_SEASON]
    assert [line.split()[0] for line in of_study[1:]] == [*STUDY_CHARTS]


def test_what_cannot_be_drawn_is_told(run, tmp_path):
    assert chart().exit_code == 2
    with pytest.raises(InputError, match="did you mean 'rank_obtained'"):
        chart(run, "rank_obtain", "--out", tmp_path / "out")
    with pytest.raises(InputError, match="was not made by matchsim run"):
        chart(tmp_path)
    assert list(tmp_path.iterdir()) == []
