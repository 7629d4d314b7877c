"""``matchsim run`` from the outside: files, bytes, words, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest
from click.testing import CliRunner

from matchsim import charts
from matchsim.cli import _exit_code, cli
from matchsim.cli import progress as progress_module
from matchsim.cli import run as module
from matchsim.errors import InputError
from matchsim.season import summary
from matchsim.study import run_folder

CHARTS = sorted(f"{name}.{suffix}" for name in charts.CHARTS for suffix in ("png", "svg"))
AGENTS = ["applicants.parquet", "placements.parquet", "programs.parquet", "rank_lists.parquet"]
TABLES = sorted([*AGENTS, *(f"{name}.csv" for name in summary.TABLES)])


def invoked(*arguments: str | Path):
    return CliRunner().invoke(cli, ["run", *map(str, arguments)], catch_exceptions=False)


def contents(folder: Path) -> dict[str, bytes]:
    files = (p for p in folder.rglob("*") if p.is_file() and p.name != "manifest.json")
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    out = tmp_path_factory.mktemp("run") / "small"
    return out, invoked("small", "--out", out)


def test_the_folder_is_complete(small) -> None:
    out, result = small
    assert result.exit_code == 0
    assert sorted(p.name for p in out.iterdir()) == [
        "charts",
        "manifest.json",
        "origins.csv",
        "report.html",
        "resolved.yaml",
        "summary.json",
        "tables",
    ]
    assert sorted(p.name for p in (out / "charts").iterdir()) == CHARTS
    assert sorted(p.name for p in (out / "tables").iterdir()) == ["README.md", *TABLES]
    assert [p.name for p in out.parent.iterdir()] == ["small"]


def test_the_summary_fits_one_screen(small) -> None:
    out, result = small
    lines = result.stdout.splitlines()
    assert len(lines) <= 24
    assert all(len(line) <= 80 or str(out) in line for line in lines)
    assert lines[0] == "small, seed 7"
    assert "  stable: the independent checker found nobody who blocks" in lines
    assert any(line.startswith("  couples matched: both ") for line in lines)
    assert lines[-1] == f"  written to {out}"
    assert json.loads((out / "summary.json").read_text(encoding="utf-8"))["stable"] is True


def test_equal_runs_have_equal_bytes(small, tmp_path) -> None:
    out, _ = small
    assert invoked("small", "--out", tmp_path / "again", "--quiet").stdout == ""
    assert contents(tmp_path / "again") == contents(out)


def test_jobs_do_not_change_a_byte(tmp_path) -> None:
    for jobs in ("1", "2"):
        asked = ("--replicates", "3", "--jobs", jobs, "--keep", "all", "--quiet")
        assert invoked("small", *asked, "--out", tmp_path / jobs).exit_code == 0
    one, two = contents(tmp_path / "1"), contents(tmp_path / "2")
    assert one == two
    assert "tables/placements.parquet/replicate-000002.parquet" in one


def test_the_scenario_may_be_a_file_and_settings_may_be_given(tmp_path) -> None:
    (tmp_path / "mine.yaml").write_text("extends: small\nname: mine\n", encoding="utf-8")
    result = invoked(
        tmp_path / "mine.yaml", "--set", "soap.rounds=2", "--seed", "3", "--out", tmp_path / "out", "--json"
    )
    told = json.loads(result.stdout)
    assert (told["scenario"], told["seed"]) == ("mine", 3)
    rounds = (tmp_path / "out" / "tables" / "soap_rounds.csv").read_text(encoding="utf-8").splitlines()
    assert len(rounds) == 3


def test_the_default_place_is_under_runs(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert invoked("teaching-8x4").exit_code == 0
    (made,) = (tmp_path / "runs").iterdir()
    assert made.name.startswith("teaching-8x4-")
    again = invoked("teaching-8x4")
    assert again.stdout.splitlines()[-1].startswith("  replaced runs")
    assert invoked("teaching-8x4", "--seed", "9").exit_code == 0
    assert len(list((tmp_path / "runs").iterdir())) == 2


def test_another_scenario_is_not_overwritten(small, tmp_path) -> None:
    out, _ = small
    before = contents(out)
    with pytest.raises(InputError, match="holds the run of a different scenario"):
        invoked("small", "--seed", "1", "--out", out)
    assert contents(out) == before


def test_bad_input_leaves_nothing(tmp_path) -> None:
    with pytest.raises(InputError) as caught:
        invoked("small", "--set", "cohort.activ=1", "--set", "interviews.waves=0", "--out", tmp_path / "out")
    assert len(caught.value.problems) == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("broken", ["save_charts", "write_results", "write_manifest"])
def test_an_interrupted_run_leaves_nothing_and_keeps_what_was_there(small, monkeypatch, broken) -> None:
    out, _ = small
    before = contents(out)

    def interrupted(*_args, **_named):
        raise KeyboardInterrupt

    monkeypatch.setattr(charts if broken == "save_charts" else run_folder, broken, interrupted)
    monkeypatch.setattr(sys, "argv", ["matchsim", "run", "small", "--out", str(out)])
    assert _exit_code() == 130
    assert contents(out) == before
    assert [p.name for p in out.parent.iterdir()] == ["small"]


def verdict(unstable: list[int], replicates: int, blocking: int, *, feasible: bool = True) -> str:
    return module._verdict(
        {
            "stable": not unstable,
            "unstable": unstable,
            "replicates": replicates,
            "feasible": feasible,
            "blocking": {"responsive": blocking, "kpr": 0, "mm": 0},
        }
    )


def test_a_run_that_is_not_stable_says_so() -> None:
    assert verdict([0], 1, 1) == "  NOT STABLE: 1 option blocks; shown is the best matching found"
    assert verdict([1, 2], 3, 1234) == (
        "  NOT STABLE in 2 of 3 seasons (replicates 1, 2):\n"
        "  1,234 options block; in their place the best matchings found are shown"
    )
    assert "(replicates 0, 1, 2, 3, 4, ...):" in verdict(list(range(9)), 20, 9)
    assert "somebody was given what they may not have" in verdict([0], 1, 0, feasible=False)
    assert all(len(line) <= 80 for line in verdict(list(range(900, 999)), 1000, 9).splitlines())


def test_an_unstable_run_ends_well_and_is_told_everywhere(tmp_path) -> None:
    """A single and a couple for two positions, who have no stable matching."""
    tables = {
        "programs": ["program,quota", "City,1", "Mercy,1"],
        "applicant_rankings": ["applicant,rank,program", "Cy,1,City", "Cy,2,Mercy"],
        "program_rankings": [
            "program,rank,applicant",
            *("City,1,Ana", "City,2,Cy", "Mercy,1,Cy", "Mercy,2,Bo"),
        ],
        "couples": ["couple,rank,applicant_1,program_1,applicant_2,program_2", "1,1,Ana,City,Bo,Mercy"],
    }
    for name, lines in tables.items():
        (tmp_path / "m").mkdir(exist_ok=True)
        (tmp_path / "m" / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = "name: unstable\nrank_lists: {folder: m}\nreplicates: 2\n"
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    result = invoked(tmp_path / "own.yaml", "--out", tmp_path / "out")
    assert result.exit_code == 0
    assert "NOT STABLE in 2 of 2 seasons (replicates 0, 1):" in result.stdout
    told = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert (told["stable"], told["stable_replicates"], told["unstable"]) == (False, 0, [0, 1])
    assert (told["stable_under"], told["feasible"]) == ([], True)
    assert told["blocking"]["responsive"] >= 2
    rows = (tmp_path / "out" / "tables" / "stability.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[:4] for row in rows[1:]] == [
        ["0", "True", "False", ""],
        ["1", "True", "False", ""],
    ]


def test_a_log_shows_life(monkeypatch, capsys) -> None:
    monkeypatch.setattr(progress_module, "SECONDS_BETWEEN_LINES", 0.0)
    with progress_module.progress(5, quiet=False) as told:
        told(1)
        told(2)
    assert capsys.readouterr().err.splitlines() == ["1 of 5 seasons, 0 s", "3 of 5 seasons, 0 s"]


def test_a_long_first_season_is_explained_and_a_quick_one_is_not(monkeypatch, capsys) -> None:
    explained = Event()
    monkeypatch.setattr(progress_module, "_explain", explained.set)
    with progress_module.progress(2, quiet=False) as told:
        told(1)
    assert not explained.is_set()
    monkeypatch.setattr(progress_module, "SECONDS_BEFORE_EXPLAINING", 0.0)
    with progress_module.progress(2, quiet=False) as told:
        assert explained.wait(60)
        told(2)
    explained.clear()
    with progress_module.progress(2, quiet=True) as told:
        told(2)
    assert not explained.wait(0.1)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["run", "smal"], 2, "did you mean 'small'?"),
        (["rum", "small"], 2, "Did you mean 'run'?"),
        (["run", "small", "--jobs", "0"], 2, "--jobs"),
        (["run", "small", "--seed", "-1"], 2, "seed: must be >= 0, got -1"),
        (["run"], 2, "Missing argument 'SCENARIO'"),
    ],
)
def test_errors_are_messages_and_exit_codes(arguments, code, told, tmp_path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "matchsim", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
