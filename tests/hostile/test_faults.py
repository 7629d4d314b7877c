# ruff: noqa: PT012 - what is written before the fault belongs to it
"""Disks that are full, processes that are killed, folders that two want: nothing lost, nothing half there."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hostile.readers import MARKET
from matchsim.cli.terminal import plain
from matchsim.errors import InputError, RunError
from matchsim.folders import check_unchanged, digest_of, manifest_in, new_folder, read_as_written

REPOSITORY = Path(__file__).parents[2]
ESCAPES = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202egnp"


def matchsim(*arguments: object, cwd: Path, python: tuple[str, ...] = (), **environment: str):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LC_")}
    return subprocess.run(
        [sys.executable, *python, "-m", "matchsim", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        env={**inherited, "PYTHONPATH": str(REPOSITORY), **environment},
        check=False,
    )


def invoked(*arguments: object):
    from click.testing import CliRunner

    from matchsim.cli import cli

    return CliRunner().invoke(cli, [*map(str, arguments)])


@pytest.fixture
def market(tmp_path):
    folder = tmp_path / "market"
    folder.mkdir()
    for name, text in MARKET.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def entries(folder):
    return sorted(path.name for path in folder.iterdir())


def full_disk(*_arguments, **_named):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_leaves_what_was_there(tmp_path):
    out = tmp_path / "out"
    with new_folder(out) as folder:
        (folder / "a").write_text("first")
    with pytest.raises(RunError, match="No space left"), new_folder(out) as folder:
        (folder / "a").write_text("second")
        full_disk()
    assert (out / "a").read_text() == "first"
    assert entries(tmp_path) == ["out"]


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit, ValueError])
def test_whatever_ends_the_writing_leaves_nothing(tmp_path, end):
    with pytest.raises(end), new_folder(tmp_path / "out") as folder:
        (folder / "a").write_text("half")
        raise end
    assert entries(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="locks are those of POSIX")
def test_two_runs_do_not_write_one_folder(tmp_path):
    with new_folder(tmp_path / "out") as folder:
        (folder / "a").write_text("first")
        with pytest.raises(InputError, match="written by another matchsim"), new_folder(tmp_path / "out"):
            pytest.fail("two at once")
    with new_folder(tmp_path / "out") as folder:
        (folder / "a").write_text("second")
    assert (tmp_path / "out" / "a").read_text() == "second"
    assert entries(tmp_path) == ["out"]


def test_what_somebody_puts_there_meanwhile_is_kept(tmp_path):
    with (
        pytest.raises(RunError, match="changed by somebody else"),
        new_folder(tmp_path / "out") as folder,
    ):
        (folder / "a").write_text("ours")
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "theirs").write_text("kept")
    assert entries(tmp_path / "out") == ["theirs"]


def test_what_a_killed_process_left_is_put_back_or_removed(tmp_path):
    (tmp_path / ".out.99999.old").mkdir()
    (tmp_path / ".out.99999.old" / "a").write_text("finished before")
    (tmp_path / ".out.99999.part").mkdir()
    (tmp_path / ".output.99999.part").mkdir()  # of another folder
    with pytest.raises(KeyError), new_folder(tmp_path / "out"):
        raise KeyError
    assert entries(tmp_path) == [".output.99999.part", "out"]
    assert (tmp_path / "out" / "a").read_text() == "finished before"


def test_an_interrupted_solve_leaves_no_folder(market, tmp_path, monkeypatch):
    from click.testing import CliRunner

    from matchsim.cli import cli
    from matchsim.engine import results

    monkeypatch.setattr(results, "_write_json", full_disk)
    ended = CliRunner().invoke(cli, ["solve", str(market), "--out", str(tmp_path / "out")])
    assert isinstance(ended.exception, RunError)
    assert entries(tmp_path) == ["market"]


def test_what_was_fitted_is_told_although_its_files_cannot_be_written(tmp_path, monkeypatch):
    from importlib import import_module

    from click.testing import CliRunner

    from matchsim.cli import cli

    # The package gives the command under the name of its module.
    command = import_module("matchsim.cli.calibrate")
    monkeypatch.setattr("matchsim.fidelity.calibration.calibrate", lambda *_, **__: "what was fitted")
    monkeypatch.setattr(command, "_screen", lambda found: found)
    monkeypatch.setattr(command, "_write", full_disk)
    ended = CliRunner().invoke(cli, ["calibrate", "small", "--out", str(tmp_path / "out")])
    assert isinstance(ended.exception, OSError)
    assert ended.output == "what was fitted\n"


def test_formats_of_other_versions_are_refused_with_a_remedy(tmp_path):
    (tmp_path / "manifest.json").write_text(json.dumps({"made_by": "x", "format": 1}), encoding="utf-8")
    assert manifest_in(tmp_path, {"x": 1}) == {"made_by": "x", "format": 1}
    assert manifest_in(tmp_path, {"y": 1}) is None
    with pytest.raises(InputError, match=r"format 1, but format 2 is read \(run x again"):
        manifest_in(tmp_path, {"x": 2})


def test_files_that_were_changed_are_named(tmp_path):
    (tmp_path / "a").write_text("1")
    (tmp_path / "b").write_text("2")
    files = {"a": digest_of(tmp_path / "a"), "b": digest_of(tmp_path / "b"), "c": "0"}
    manifest = {"made_by": "x", "files": files}
    check_unchanged(tmp_path, manifest, ["a", "b"])
    (tmp_path / "b").write_text("3")
    with pytest.raises(InputError) as caught:
        check_unchanged(tmp_path, manifest)
    told = [str(problem).removeprefix(str(tmp_path)) for problem in caught.value.problems]
    assert told == ["/b: was changed", "/c: is not there (run x again, or put back what was written)"]


@pytest.mark.parametrize("error", [KeyError("a"), ValueError("b"), TypeError(), ZeroDivisionError("c")])
def test_files_that_do_not_fit_are_refused(tmp_path, error):
    told = "holds something else than x writes"
    with pytest.raises(InputError, match=told), read_as_written(tmp_path, "x"):
        raise error


def test_devices_and_pipes_are_not_waited_for(market):
    (market / "programs.csv").unlink()
    (market / "programs.csv").symlink_to("/dev/zero")
    ended = matchsim("solve", market, "--out", market / "out", cwd=market)
    assert ended.returncode == 2
    assert b"is not a regular file" in ended.stderr


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_and_marks_of_other_systems_change_nothing(market, tmp_path, ends):
    from matchsim.engine.folder import read_market, write_market

    write_market(read_market(market), tmp_path / "before")
    for file in market.iterdir():
        file.write_bytes(b"\xef\xbb\xbf" + file.read_text(encoding="utf-8").replace("\n", ends).encode())
    write_market(read_market(market), tmp_path / "after")
    for file in (tmp_path / "before").iterdir():
        assert file.read_bytes() == (tmp_path / "after" / file.name).read_bytes()


def test_the_environment_changes_nothing(market, tmp_path):
    """Python -O, no home, no locale, a folder of kernels that cannot be written, and an odd clock."""
    found = {}
    for name, python, more in (
        ("plain", (), {}),
        ("optimised", ("-O",), {}),
        ("bare", (), {"LANG": "C", "LC_ALL": "C", "HOME": "/nowhere", "PYTHONUTF8": "0"}),
        ("zone", (), {"TZ": "Pacific/Kiritimati", "SOURCE_DATE_EPOCH": "1"}),
    ):
        out = tmp_path / name
        ended = matchsim("solve", market, "--out", out, "--quiet", cwd=tmp_path, python=python, **more)
        assert (ended.returncode, ended.stderr) == (0, b""), ended.stderr.decode()
        files = sorted(path for path in out.iterdir() if path.name != "manifest.json")
        found[name] = {path.name: path.read_bytes() for path in files}
    assert len(found["plain"]) == 3
    assert all(content == found["plain"] for content in found.values())


def test_nothing_in_a_name_commands_the_terminal(tmp_path):
    assert plain(ESCAPES) == r"\u001b[2J\u001b]0;owned\u0007\u009b31m\u202egnp"
    assert json.loads(f'"{plain(ESCAPES)}"') == ESCAPES
    assert plain("Zoë\tDr.\n漢字") == "Zoë\tDr.\n漢字"
    (tmp_path / f"{ESCAPES.replace('/', '')}.yaml").write_text("seed: x\n", encoding="utf-8")
    ended = matchsim("check", f"{ESCAPES}.yaml", cwd=tmp_path)
    assert ended.returncode == 2
    assert not set(ended.stderr.decode()) & set("\x1b\x07\x9b\u202e")


def test_reading_only_the_head_of_what_is_said_is_no_failure(tmp_path):
    command = f"{sys.executable} -m matchsim schema | head -1"
    ended = subprocess.run(
        command,
        shell=True,
        cwd=tmp_path,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    assert b"Traceback" not in ended.stderr


def test_no_pickle_is_read():
    words = (
        "import pickle",
        "allow_pickle=True",
        "read_pickle",
        "import marshal",
        "yaml.load(",
        "yaml.unsafe",
    )
    for path in (REPOSITORY / "matchsim").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not any(word in text for word in words), path


def test_a_folder_that_another_run_has_finished_meanwhile_is_kept(market, tmp_path, monkeypatch):
    """Another process writes between the question whether the folder is free and the lock."""
    from matchsim.cli import solve as command

    out, solved = tmp_path / "out", command._solved

    def meanwhile(*given):
        out.mkdir()
        (out / "theirs").write_text("kept")
        return solved(*given)

    monkeypatch.setattr(command, "_solved", meanwhile)
    refused = invoked("solve", market, "--out", out)
    assert "was not made by matchsim solve" in str(refused.exception)
    assert entries(out) == ["theirs"]
    assert not [name for name in entries(tmp_path) if name.startswith(".")]


@pytest.mark.parametrize("manifest", ["[" * 200_000, '["made_by"]', '{"made_by": ["matchsim run"]}', "\0"])
@pytest.mark.parametrize("command", ["solve", "run", "study run"])
def test_a_folder_with_an_odd_manifest_is_left_alone(market, tmp_path, command, manifest):
    out = tmp_path / "out"
    out.mkdir()
    (out / "manifest.json").write_text(manifest, encoding="utf-8")
    source = {"solve": market, "run": "small", "study run": "interview-cap"}[command]
    refused = invoked(*command.split(), source, "--out", out, *(["--replicates", "1"] * (command != "solve")))
    assert isinstance(refused.exception, InputError)
    assert f"exists and was not made by matchsim {command}" in str(refused.exception)
    assert (out / "manifest.json").read_text(encoding="utf-8") == manifest


@pytest.mark.parametrize(
    "command",
    [("solve", "--out", "out"), ("convert", "out"), ("convert", "out.txt")],
    ids=" ".join,
)
def test_a_folder_that_may_not_be_written_is_told(market, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    for name in ("supplemental_rankings.csv", "reversions.csv"):
        (market / name).unlink()
    (market / "programs.csv").write_text("program,quota\nCity,2\nMercy,1\nLake,1\nHill,1\n")
    before, opened = entries(tmp_path), Path.open

    def read_only(*given, **_named):
        raise OSError(errno.EROFS, "Read-only file system", str(given[0]))

    def reading(path, mode="r", *given, **named):
        return read_only(path) if "w" in mode else opened(path, mode, *given, **named)

    monkeypatch.setattr(Path, "mkdir", read_only)
    monkeypatch.setattr(Path, "open", reading)
    refused = invoked(command[0], market, *command[1:])
    assert isinstance(refused.exception, (InputError, RunError))
    assert "written: Read-only file system" in str(refused.exception)
    assert entries(tmp_path) == before


def test_a_library_that_is_not_there_is_told_with_its_extra(monkeypatch):
    import matchsim as ms
    from matchsim.engine.satisfiability import _imported
    from matchsim.fidelity.calibration import calibrate
    from matchsim.study.executors import workers

    for module in ("pysat.solvers", "distributed", "scipy"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ms.MatchsimError, match=r"python-sat.*pip install .matchsim\[exact\]"):
        _imported("pysat.solvers")
    with pytest.raises(InputError, match=r"Dask.*pip install .matchsim\[cluster\]"), workers(1, "local"):
        pytest.fail("there is no Dask")
    with pytest.raises(InputError, match=r"scipy.*pip install .matchsim\[calibrate\]"):
        calibrate("small")


# The file system lets only one folder be written, or none: what numba tries when it looks for a cache.
NO_CACHE = """
import sys, tempfile
allowed, real = sys.argv.pop(1), tempfile.TemporaryFile
def only_there(*given, dir=None, **named):
    if not allowed or not str(dir).startswith(allowed):
        raise OSError(30, "Read-only file system", str(dir))
    return real(*given, dir=dir, **named)
tempfile.TemporaryFile = only_there
from matchsim.cli import main
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="users have no numbers there")
@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="nothing is compiled")
@pytest.mark.parametrize("private", [True, False])
def test_without_a_folder_for_compiled_kernels_matches_are_made(market, tmp_path, private):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    kernels = temporary / f"matchsim-kernels-{os.getuid()}"
    if not private:
        kernels.write_text("in the way")
    command = [sys.executable, "-c", NO_CACHE, str(kernels) if private else "", "solve", str(market)]
    ended = subprocess.run(
        [*command, "--out", str(tmp_path / "out"), "--quiet"],
        capture_output=True,
        check=False,
        env={
            **os.environ,
            "PYTHONPATH": str(REPOSITORY),
            "TMPDIR": str(temporary),
            "NUMBA_CACHE_DIR": "/proc/none",
        },
    )
    assert (ended.returncode, ended.stderr) == (0, b""), ended.stderr.decode()
    assert any(kernels.rglob("*.nbi")) is private
    assert invoked("verify", market, tmp_path / "out" / "matches.csv").exit_code == 0


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="nothing is compiled")
@pytest.mark.parametrize("kept", [0, 40])
def test_compiled_kernels_that_the_power_cut_off_are_compiled_again(tmp_path, monkeypatch, kept):
    import runpy

    from numba import config

    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path / "cache"))
    text = "from matchsim._jit import compiled\ndef _one(a):\n    return a + 1\none = compiled(_one)\n"
    (tmp_path / "kernels.py").write_text(text, encoding="utf-8")

    def one() -> tuple[int, int]:
        kernel = runpy.run_path(str(tmp_path / "kernels.py"))["one"]
        return kernel(1), sum(kernel.stats.cache_hits.values())

    assert [one(), one()] == [(2, 0), (2, 1)]
    for file in (tmp_path / "cache").rglob("*.nb?"):
        file.write_bytes(file.read_bytes()[:kept])
    assert [one(), one()] == [(2, 0), (2, 1)]


def test_a_clock_that_is_put_back_makes_no_negative_times(market, tmp_path, monkeypatch):
    backwards = iter(range(10**9, 0, -3600))
    monkeypatch.setattr("time.time", lambda: next(backwards))
    assert invoked("solve", market, "--out", tmp_path / "out").exit_code == 0
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert next(backwards) < 10**9  # the clock was asked
    assert all(seconds >= 0 for seconds in manifest["seconds"].values())


def test_nothing_is_timed_with_the_clock_on_the_wall():
    for path in (REPOSITORY / "matchsim").rglob("*.py"):
        assert path.read_text(encoding="utf-8").count("time.time()") <= (path.name == "solve.py"), path
