"""``matchsim solve`` from the outside: files in, files out, words and exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchsim.cli import cli
from matchsim.engine import results
from matchsim.engine.deferred_acceptance import deferred_acceptance
from matchsim.engine.folder import write_market
from matchsim.engine.market import Market
from matchsim.engine.matching import Matching
from matchsim.errors import InputError, MarketError, RunError
from matchsim.sheets import read_sheet

MARKETS = Path(__file__).parents[1] / "data" / "markets"
LONG = MARKETS / "long"
FILES = ["manifest.json", "matches.csv", "programs.csv", "summary.json"]

AWKWARD = ['=HYPERLINK("http://x")', "<script>", "a,b", 'say "hi"', "007", "7", "two\nlines", "Zoë"]


@st.composite
def markets(draw) -> Market:
    """Small markets with awkward names, one-sided entries, empty lists, quota 0, or nobody at all."""
    applicants = draw(st.lists(st.sampled_from(AWKWARD), unique=True, max_size=6))
    programs = draw(st.lists(st.sampled_from(AWKWARD), unique=True, max_size=4))

    def lists(owners, others):
        ranked = st.lists(st.sampled_from(others), unique=True) if others else st.just([])
        return {owner: draw(ranked) for owner in owners}

    quotas = {program: draw(st.integers(0, 2)) for program in programs}
    return Market.from_lists(lists(applicants, programs), lists(programs, applicants), quotas)


def solve(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["solve", *map(str, arguments)])


def files(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_the_result_folder_to_the_letter(tmp_path):
    done = solve(LONG, "--out", tmp_path / "deep" / "out")
    assert done.exit_code == 0
    assert files(tmp_path / "deep") == ["out"]
    out = tmp_path / "deep" / "out"
    assert files(out) == FILES
    assert (out / "matches.csv").read_bytes() == (
        b"applicant,program,rank,list\nAna,City,1,primary\nBo,City,1,primary\nCy,Mercy,1,primary\n"
    )
    assert (out / "programs.csv").read_bytes() == (
        b"program,quota,final_quota,filled\nCity,2,2,2\nMercy,1,1,1\n"
    )
    assert json.loads((out / "summary.json").read_text()) == {
        "format": 1,
        "algorithm": "deferred_acceptance",
        "proposing": "applicants",
        "applicants": 3,
        "applicants_without_ranks": 0,
        "programs": 2,
        "positions": 3,
        "matched": 3,
        "matched_to_first_choice": 3,
        "partially_matched": 0,
        "couples": {"both": 0, "one": 0, "neither": 0},
        "filled": 3,
        "reverted": 0,
        "individually_rational": True,
        "stable": True,
        "stable_under": ["responsive", "kpr", "mm"],
        "blocking_pairs": 0,
        "blocking": {"responsive": 0, "kpr": 0, "mm": 0},
        "blocks": {"pairs": [], "couples": [], "supplemental_lists": []},
        "proposals": 3,
        "restarts": 0,
        "cycles": 0,
        "one_sided_ranks": {"applicants": 0, "programs": 0},
    }
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["made_by"] == "matchsim solve"
    assert [entry["file"] for entry in manifest["inputs"]] == files(LONG)
    assert set(manifest["seconds"]) == {"read", "solve", "check"}


def test_the_screen_says_what_happened(tmp_path):
    done = solve(LONG, "--out", tmp_path / "out")
    assert done.stdout.splitlines() == [
        "Applicants                 3",
        "  without ranks            0",
        "  matched                  3  100.0%",
        "  to first choice          3  100.0%",
        "Programs                   2",
        "Positions                  3",
        "  filled                   3  100.0%",
        "Proposals                  3  made by applicants",
        "Stable: yes, by the independent checker; 0 blocking pairs",
        f"Written to {tmp_path / 'out'}: matches.csv, programs.csv, summary.json, manifest.json",
    ]
    assert done.stderr == ""


def test_unmatched_and_unranked_people_have_a_row_and_ranks_are_as_submitted(tmp_path):
    (tmp_path / "programs.csv").write_text("program,quota\nCity,1\nMercy,0\n")
    (tmp_path / "applicants.csv").write_text("applicant\nDee\n")
    (tmp_path / "applicant_rankings.csv").write_text(
        "applicant,rank,program\nBo,5,Mercy\nBo,9,City\nAna,1,City\n"
    )
    (tmp_path / "program_rankings.csv").write_text(
        "program,rank,applicant\nCity,3,Bo\nCity,1,Dee\nMercy,1,Ana\n"
    )
    done = solve(tmp_path, "--out", tmp_path / "out")
    assert done.exit_code == 0
    assert (tmp_path / "out" / "matches.csv").read_text().splitlines() == [
        "applicant,program,rank,list",
        "Dee,,,",
        "Bo,City,9,primary",
        "Ana,,,",
    ]
    assert done.stderr.splitlines() == [
        (
            "note: 2 ranks are one-sided: given by applicants, but the program does not rank them;"
            " they stay in the tables and cannot match"
        ),
        (
            "note: 2 ranks are one-sided: given by programs, but the applicant does not rank them;"
            " they stay in the tables and cannot match"
        ),
    ]


@pytest.mark.parametrize("form", files(MARKETS))
def test_every_form_of_a_market_gives_the_same_bytes(tmp_path, form):
    solve(LONG, "--out", tmp_path / "one")
    assert solve(MARKETS / form, "--out", tmp_path / "two").exit_code == 0
    for name in ("matches.csv", "programs.csv", "summary.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@given(market=markets(), proposing=st.sampled_from(["applicants", "programs"]))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_files_say_what_the_engine_says_and_verify_agrees(tmp_path_factory, market, proposing):
    tmp_path = tmp_path_factory.mktemp("solve")
    write_market(market, tmp_path / "market")
    done = solve(tmp_path / "market", "--out", tmp_path / "out", "--proposing", proposing, "--json")
    assert done.exit_code == 0, done.output
    matching = deferred_acceptance(market, proposing)
    sheet = read_sheet(tmp_path / "out" / "matches.csv")
    assert list(zip(sheet.column("applicant"), sheet.column("program"), strict=True)) == [
        (applicant, program or "") for applicant, program in matching.to_dict().items()
    ]
    summary = json.loads(done.stdout)
    assert summary == json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["matched"] == summary["filled"] == matching.matched
    assert summary["stable"]
    verdict = CliRunner().invoke(
        cli, ["verify", str(tmp_path / "market"), str(tmp_path / "out" / "matches.csv")]
    )
    assert verdict.exit_code == 0, verdict.output


def test_the_proposing_side_gets_its_best(tmp_path):
    market = Market.from_lists(
        {"Ana": ["City", "Mercy"], "Bo": ["Mercy", "City"]},
        {"City": ["Bo", "Ana"], "Mercy": ["Ana", "Bo"]},
        1,
    )
    write_market(market, tmp_path / "market")
    found = {}
    for side in ("applicants", "programs"):
        solve(tmp_path / "market", "--out", tmp_path / side, "--proposing", side)
        found[side] = (tmp_path / side / "matches.csv").read_text().splitlines()[1:]
    first = {side: json.loads((tmp_path / side / "summary.json").read_text()) for side in found}
    assert {side: summary["matched_to_first_choice"] for side, summary in first.items()} == {
        "applicants": 2,
        "programs": 0,
    }
    assert found == {
        "applicants": ["Ana,City,1,primary", "Bo,Mercy,1,primary"],
        "programs": ["Ana,Mercy,2,primary", "Bo,City,2,primary"],
    }


def test_quiet_prints_nothing_and_json_prints_only_json(tmp_path):
    assert solve(MARKETS / "wide", "--out", tmp_path / "a", "--quiet").output == ""
    done = solve(MARKETS / "wide", "--out", tmp_path / "b", "--json")
    assert json.loads(done.stdout)["matched"] == 3
    assert "note: " in done.stderr


# What is already there


def test_a_result_for_the_same_files_is_replaced_and_that_is_said(tmp_path):
    solve(LONG, "--out", tmp_path / "out", "--proposing", "programs")
    (tmp_path / "out" / "matches.csv").write_text("damaged")
    done = solve(LONG, "--out", tmp_path / "out")
    assert done.exit_code == 0
    assert done.stderr == "note: replaced the earlier result for the same files (programs proposing)\n"
    assert (tmp_path / "out" / "matches.csv").read_text().startswith("applicant,program,rank,list\nAna,City")
    assert files(tmp_path) == ["out"]


def refusal(*arguments: object) -> str:
    done = solve(*arguments)
    assert isinstance(done.exception, InputError), done.output
    assert done.stdout == ""
    return str(done.exception)


def test_nothing_else_is_ever_replaced(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    remedy = "(give another folder with --out, or remove this one)"
    assert solve(LONG, "--out", out).exit_code == 0
    (out / "notes.txt").write_text("mine")
    assert refusal(LONG, "--out", out) == (
        f"{out}: holds a result and other files too, such as notes.txt {remedy}"
    )
    (out / "notes.txt").unlink()
    assert refusal(MARKETS / "wide", "--out", out) == (
        f"{out}: holds the result for another market, {LONG} {remedy}"
    )
    (out / "manifest.json").write_text("{")
    assert refusal(LONG, "--out", out) == f"{out}: exists and was not made by matchsim solve {remedy}"
    (out / "manifest.json").write_text('{"made_by": "somebody else"}')
    assert refusal(LONG, "--out", out) == f"{out}: exists and was not made by matchsim solve {remedy}"
    assert refusal(LONG, "--out", LONG) == f"{LONG}: exists and was not made by matchsim solve {remedy}"
    (tmp_path / "file").write_text("mine")
    assert refusal(LONG, "--out", tmp_path / "file") == (
        f"{tmp_path / 'file'}: is a file (give another name with --out)"
    )
    assert refusal(LONG, "--out", tmp_path / "file" / "out").startswith(
        f"{tmp_path / 'file' / 'out'}: cannot be written: "
    )
    assert (tmp_path / "file").read_text() == "mine"
    assert files(tmp_path) == ["file", "out"]


def test_bad_input_leaves_nothing_behind(tmp_path):
    (tmp_path / "market").mkdir()
    done = solve(tmp_path / "market", "--out", tmp_path / "out")
    assert isinstance(done.exception, MarketError)
    assert files(tmp_path) == ["market"]


def test_a_write_that_fails_leaves_the_old_result(tmp_path, monkeypatch):
    out = tmp_path / "out"
    solve(LONG, "--out", out)
    before = {name: (out / name).read_bytes() for name in FILES}

    def disk_full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(results, "_write_json", disk_full)
    done = solve(LONG, "--out", out)
    assert isinstance(done.exception, RunError)
    told = "No space left on device (make room on its disk and try again)"
    assert str(done.exception) == f"{out} could not be written: {told}"
    assert {name: (out / name).read_bytes() for name in FILES} == before
    assert files(tmp_path) == ["out"]


def test_a_folder_that_cannot_be_moved_into_place_leaves_the_old_result(tmp_path, monkeypatch):
    out = tmp_path / "out"
    solve(LONG, "--out", out, "--proposing", "programs")
    rename = Path.rename

    def busy(path, target):
        if path.name.endswith(".part"):
            raise OSError(16, "Device or resource busy")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", busy)
    done = solve(LONG, "--out", out)
    assert str(done.exception) == f"{out} could not be written: Device or resource busy"
    assert json.loads((out / "summary.json").read_text())["proposing"] == "programs"
    assert files(tmp_path) == ["out"]


def test_a_matching_that_fails_the_check_is_an_error(tmp_path, monkeypatch):
    # In the package, the function hides the module of the same name.
    solver = sys.modules["matchsim.engine.deferred_acceptance"]

    def lazy(market, proposing):
        return Matching.from_programs(market, np.full(len(market), -1))

    monkeypatch.setattr(solver, "deferred_acceptance", lazy)
    done = solve(LONG, "--out", tmp_path / "out")
    assert isinstance(done.exception, RunError)
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["stable"] is False
    assert "Stable: NO; 4 blocking pairs" in done.stdout


# As a program


def run(*arguments: object, code: int) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "matchsim", *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_as_a_program(tmp_path):
    assert "Stable: yes" in run("solve", LONG, "--out", tmp_path / "out", code=0).stdout
    broken = run("solve", tmp_path / "nowhere", "--out", tmp_path / "two", code=2)
    assert broken.stderr == f"{tmp_path / 'nowhere'}: there is no such folder or workbook\n"
    assert "Missing option '--out'" in run("solve", LONG, code=2).stderr
    assert "is not one of 'applicants', 'programs'" in (
        run("solve", LONG, "--out", tmp_path / "two", "--proposing", "both", code=2).stderr
    )
    assert files(tmp_path) == ["out"]


def test_help_loads_nothing_heavy():
    code = (
        "import sys, click.testing; from matchsim.cli import cli;"
        "out = [click.testing.CliRunner().invoke(cli, [c, '--help']).output for c in ('solve', 'verify')];"
        "print(sorted({'numpy', 'numba', 'pandas', 'matplotlib', 'pyarrow'} & set(sys.modules)), *out)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("[] Usage: ")
    assert done.stdout.count("Example:\n    matchsim") == 2
