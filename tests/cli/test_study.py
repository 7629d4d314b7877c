"""``matchsim study`` and ``matchsim replay`` from the outside: words, files, exit codes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
import pandas as pd
import pytest
from click.testing import CliRunner

from matchsim.cli import _exit_code, cli
from matchsim.errors import InputError, RunError
from matchsim.study.replaying import recorded_season

STUDY = """\
name: try
base: small
arms:
  as it is: {}
  fewer slots: {set: {interviews.per_position: 5.0}}
replicates: 3
metrics: [match_rate, interviews]
"""


def invoked(*arguments: str | Path):
    return CliRunner().invoke(cli, [str(one) for one in arguments], catch_exceptions=False)


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    return folder, invoked("study", "run", folder / "study.yaml", "--jobs", "1", "--out", folder / "out")


def test_a_study_says_what_came_of_it(ran) -> None:
    folder, result = ran
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "try: 2 arms, 1 point, 3 replicates, seed 7"
    assert lines[1] == "  parts: 2 simulated, 0 there already, 0 left"
    assert any(line.startswith("  fewer slots") and "interviews" in line for line in lines)
    assert lines[-1] == f"  written to {folder / 'out'}"
    charts = sorted(path.name for path in (folder / "out" / "charts").iterdir())
    assert charts == [
        f"{name}.{suffix}"
        for name in (
            "effect-interviews",
            "effect-match_rate",
            "helped_and_hurt_by_ability",
            "helped_and_hurt_by_type",
        )
        for suffix in ("png", "svg")
    ]


def test_the_same_command_again_finds_all_of_it(ran) -> None:
    folder, _ = ran
    result = invoked("study", "run", folder / "study.yaml", "--jobs", "1", "--out", folder / "out", "--json")
    told = json.loads(result.stdout)
    assert (told["complete"], told["simulated"], told["there_already"]) == (True, 0, 2)


def test_shards_say_what_is_left(ran, tmp_path) -> None:
    folder, _ = ran
    result = invoked(
        "study", "run", folder / "study.yaml", "--shard", "1/2", "--jobs", "1", "--out", tmp_path / "o"
    )
    assert "  parts: 1 simulated, 0 there already, 1 left" in result.stdout
    assert "run the other shards" in result.stdout
    with pytest.raises(click.BadParameter, match="write I/N"):
        cli.main(["study", "run", str(folder / "study.yaml"), "--shard", "3/2"], standalone_mode=False)


def test_check_tells_the_plan(ran) -> None:
    folder, _ = ran
    text = invoked("study", "check", folder / "study.yaml", "--jobs", "2").stdout
    assert text.splitlines()[0] == f"{folder / 'study.yaml'}: valid"
    for part in (
        "arms                2",
        "replicates          3",
        "seasons             6",
        "with 2 workers",
        "MiB",
    ):
        assert part in text


def test_a_failing_arm_ends_with_exit_code_1(ran, tmp_path, monkeypatch) -> None:
    def broken(chunk):
        from matchsim.study.chunks import Failure

        return Failure(chunk.number, "replicate 0: it is broken")

    monkeypatch.setattr("matchsim.study.running.simulated", broken)
    folder, _ = ran
    command = [
        "matchsim",
        "study",
        "run",
        str(folder / "study.yaml"),
        "--jobs",
        "1",
        "--out",
        str(tmp_path / "o"),
    ]
    monkeypatch.setattr(sys, "argv", command)
    with pytest.raises(SystemExit) as left:
        _exit_code()
    assert left.value.code == 1


def test_what_did_not_fail_is_reported(ran, tmp_path, monkeypatch) -> None:
    from matchsim.study.chunks import Failure, simulated

    def broken_slots(chunk):
        return Failure(chunk.number, "replicate 0: it is broken") if chunk.cell else simulated(chunk)

    monkeypatch.setattr("matchsim.study.running.simulated", broken_slots)
    folder, _ = ran
    result = CliRunner().invoke(
        cli, ["study", "run", str(folder / "study.yaml"), "--jobs", "1", "--out", str(tmp_path / "o")]
    )
    assert result.exit_code == 1
    page = (tmp_path / "o" / "report.html").read_text(encoding="utf-8")
    assert "<strong>Not complete.</strong> 1 part of the study failed" in page
    assert "fewer slots: replicate 0: it is broken." in page


def test_an_invalid_study_leaves_nothing(tmp_path) -> None:
    (tmp_path / "s.yaml").write_text("name: x\nbase: smal\n", encoding="utf-8")
    with pytest.raises(InputError, match="base: there is no file"):
        invoked("study", "run", tmp_path / "s.yaml", "--out", tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["s.yaml"]


def test_a_season_of_a_study_is_replayed_in_full(ran, tmp_path) -> None:
    folder, _ = ran
    result = invoked(
        "replay", folder / "out", "--replicate", "2", "--arm", "fewer slots", "--out", tmp_path / "again"
    )
    assert result.stdout.startswith("try, fewer slots, replicate 2: the same as recorded\n")
    inside = {path.name for path in (tmp_path / "again").iterdir()}
    assert inside == {"resolved.yaml", "summary.json", "manifest.json", "tables", "charts"}
    rates = (tmp_path / "again" / "tables" / "match_rates.csv").read_text(encoding="utf-8").splitlines()
    assert {line.partition(",")[0] for line in rates[1:]} == {"2"}
    assert (tmp_path / "again" / "tables" / "rank_lists.parquet").is_file()


def test_a_season_of_a_run_is_replayed_and_held_to_what_was_recorded(tmp_path) -> None:
    out = tmp_path / "run"
    invoked("run", "small", "--replicates", "3", "--out", out, "--quiet")
    assert "replicate 1: the same as recorded" in invoked("replay", out, "--replicate", "1").stdout
    again = tmp_path / "run-replicate-1" / "tables" / "match_rates.csv"
    whole = (out / "tables" / "match_rates.csv").read_text(encoding="utf-8").splitlines()
    assert again.read_text(encoding="utf-8").splitlines()[1:] == [w for w in whole if w.startswith("1,")]
    replay = tmp_path / "run-replicate-1"
    kept = {path.name: path.read_bytes() for path in (replay / "tables").iterdir()}
    # It is that season and no other.
    with pytest.raises(InputError, match="holds another season of it, replicate 1"):
        invoked("replay", out, "--replicate", "2", "--out", replay)
    for target in (out, tmp_path / "other" / ".." / "run"):
        with pytest.raises(InputError, match="is the run that is replayed"):
            invoked("replay", out, "--replicate", "2", "--out", target)
    with pytest.raises(InputError, match="has the replicates 1 to 1, not 0"):
        invoked("replay", replay, "--replicate", "0", "--out", tmp_path / "other")
    with pytest.raises(InputError, match="is a run, which has no points"):
        invoked("replay", out, "--replicate", "0", "--point", "4")
    assert {path.name: path.read_bytes() for path in (replay / "tables").iterdir()} == kept
    assert recorded_season(replay, 1).told == "small, replicate 1"
    assert invoked("chart", replay, "why_unmatched", "--out", tmp_path / "drawn").exit_code == 0
    applicant = pd.read_parquet(replay / "tables" / "placements.parquet")["applicant"][0]
    assert applicant in invoked("why", replay, applicant).stdout
    with pytest.raises(InputError, match="must be 1 to 1, the seasons of"):
        invoked("why", replay, applicant, "--replicate", "0")
    recorded = out / "tables" / "match_rates.csv"
    recorded.write_text(
        recorded.read_text(encoding="utf-8").replace("1,all,all,3", "1,all,all,4"), encoding="utf-8"
    )
    with pytest.raises(RunError, match="gives other numbers than were recorded"):
        invoked("replay", out, "--replicate", "1", "--out", tmp_path / "other")
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--replicate", "3"], "has the replicates 0 to 2, not 3"),
        (["--replicate", "0", "--arm", "nobody"], "arm must be one of"),
        (["--replicate", "0", "--point", "4"], "point must be 0 to 0, got 4"),
    ],
)
def test_there_is_no_such_season(ran, options, told) -> None:
    folder, _ = ran
    with pytest.raises(InputError, match=told):
        invoked("replay", folder / "out", *options)


def test_replay_wants_a_run_or_a_study(tmp_path) -> None:
    with pytest.raises(InputError, match="holds neither a run nor a study"):
        invoked("replay", tmp_path, "--replicate", "0")
