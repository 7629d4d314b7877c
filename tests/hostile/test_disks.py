"""Disks that are really full, really read-only, or really gone: a tmpfs of a few pages, mounted for one test.

Mounting is for root on Linux, as in a container of one's own; elsewhere these tests are skipped and say so.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import pytest
from study.small_study import written

from hostile.readers import MARKET
from matchsim.cli import _exit_code
from matchsim.errors import InputError, RunError

REPOSITORY = Path(__file__).parents[2]
FULL = "No space left on device (make room on its disk and try again)"
READ_ONLY = "Read-only file system (give a place that may be written)"
PAGE = 4096


def system(*command: object) -> None:
    subprocess.run([*map(str, command)], check=True, capture_output=True, text=True)


@lru_cache
def refused() -> str:
    """Why nothing can be mounted here; empty where it can."""
    with TemporaryDirectory() as folder:
        try:
            system("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder)
        except (OSError, subprocess.CalledProcessError) as error:
            return f"a file system cannot be mounted here: {getattr(error, 'stderr', None) or error}".strip()
        system("umount", folder)
    return ""


@dataclass
class Disk:
    """A file system of its own; `path` is a folder on it."""

    path: Path

    def mount(self, size: str) -> None:
        system("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", self.path)

    def unmount(self) -> None:
        """As when a stick is pulled out or a server is gone: also where files are open."""
        system("umount", "--lazy", self.path)

    def change(self, options: str) -> None:
        system("mount", "-o", f"remount,{options}", self.path)

    def fill(self, left: int = 0) -> None:
        """Leave no more than so many bytes."""
        self.empty()
        free = os.statvfs(self.path).f_bavail * PAGE
        (self.path / "ballast").write_bytes(bytes(max(free - left, 0)))

    def empty(self) -> None:
        (self.path / "ballast").unlink(missing_ok=True)

    def entries(self) -> list[str]:
        found = (path.relative_to(self.path).as_posix() for path in self.path.rglob("*"))
        return sorted(name for name in found if name != "ballast")


@pytest.fixture
def disk(tmp_path):
    if why := refused():
        pytest.skip(why)
    found = Disk(tmp_path / "disk")
    found.path.mkdir()
    found.mount("8m")
    yield found
    while os.path.ismount(found.path):
        found.unmount()


@pytest.fixture
def said(monkeypatch, capsys):
    """Run a command as the command line does; a traceback would be an exception here."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["matchsim", *map(str, arguments)])
        capsys.readouterr()
        code = _exit_code()
        out, err = capsys.readouterr()
        return SimpleNamespace(code=code, out=out, err=err)

    return run


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    folder = tmp_path_factory.mktemp("market")
    for name, text in MARKET.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """A market without couples and the like."""
    folder = tmp_path_factory.mktemp("plain")
    for name in ("applicants.csv", "applicant_rankings.csv", "program_rankings.csv"):
        (folder / name).write_text(MARKET[name], encoding="utf-8")
    (folder / "programs.csv").write_text("program,quota\nCity,2\nMercy,1\nLake,1\nHill,1\n")
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A run that nothing disturbed."""
    out = tmp_path_factory.mktemp("runs") / "small"
    ended = subprocess.run(
        [sys.executable, "-m", "matchsim", "run", "small", "--out", str(out), "--quiet"],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        check=False,
    )
    assert ended.returncode == 0
    return out


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The file of a study, and its folder when nothing disturbed it."""
    from matchsim.cli import cli

    folder = tmp_path_factory.mktemp("study")
    path, out = written(folder), folder / "out"
    cli(["study", "run", str(path), "--out", str(out), "--jobs", "1"], standalone_mode=False)
    return path, out


def contents(folder, *left_out):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in left_out
    }


def test_a_solve_on_a_full_disk_leaves_nothing_and_then_goes_well(disk, said, market, tmp_path):
    assert said("solve", market, "--out", tmp_path / "undisturbed").code == 0
    out = disk.path / "out"
    for pages in range(1, 4):
        disk.change(f"size={pages * PAGE}")
        ended = said("solve", market, "--out", out)
        assert (ended.code, ended.out) == (1, "")
        assert ended.err == f"matchsim: {out} could not be written: {FULL}\n"
        assert disk.entries() == []
    disk.change("size=2m")
    assert said("solve", market, "--out", out).code == 0
    assert contents(out, "manifest.json") == contents(tmp_path / "undisturbed", "manifest.json")
    before = contents(out)
    disk.fill()
    assert said("solve", market, "--out", out, "--order", "given").code == 1
    assert contents(out) == before


def test_a_run_on_a_full_disk_leaves_nothing_and_then_goes_well(disk, said, small):
    out = disk.path / "small"
    needed = sum(map(len, contents(small).values()))
    for share in (0.1, 0.6, 0.98):  # the tables do not fit, then the charts, then the report
        disk.change(f"size={int(share * needed)}")
        ended = said("run", "small", "--out", out)
        assert (ended.code, ended.out) == (1, "")
        assert ended.err.endswith(f"matchsim: {out} could not be written: {FULL}\n")
        assert disk.entries() == []
    disk.change("size=8m")
    assert said("run", "small", "--out", out, "--quiet").code == 0
    assert contents(out, "manifest.json") == contents(small, "manifest.json")


def test_a_study_goes_on_when_room_is_made_and_ends_with_the_same_bytes(disk, said, study):
    """The disk is full over and over, wherever the study happens to be."""
    path, undisturbed = study
    out, times, finished = disk.path / "out", 0, 0
    for grown in range(30):
        disk.change(f"size={int(4 * 1.3**grown) * PAGE}")
        ended = said("study", "run", path, "--out", out, "--jobs", "1", "--json")
        if ended.code == 0:
            break
        times += 1
        assert ended.code == 1
        assert FULL in ended.err
        assert not [name for name in disk.entries() if name.endswith(".part")]
        receipts = len(list(out.glob("receipts/*.json")))
        assert receipts >= finished
        finished = receipts
    told = json.loads(ended.out)
    assert 10 < times < 29
    assert told["there_already"] == finished == 12
    assert contents(out) == contents(undisturbed)


def test_workers_of_a_study_on_a_full_disk_lose_nothing(disk, said, study):
    path, undisturbed = study
    out = disk.path / "out"
    disk.change(f"size={40 * PAGE}")
    ended = said("study", "run", path, "--out", out, "--jobs", "2")
    assert ended.code == 1
    assert f"{FULL}; what is finished stays, and the same command goes on from there" in ended.err
    assert 0 < len(list(out.glob("receipts/*.json"))) < 12
    disk.change("size=8m")
    assert said("study", "run", path, "--out", out, "--jobs", "2").code == 0
    assert contents(out) == contents(undisturbed)


@pytest.mark.parametrize("which", ["run", "study"])
def test_a_report_made_again_on_a_full_disk_leaves_the_old_one(disk, said, small, study, which):
    out = disk.path / "out"
    shutil.copytree(small if which == "run" else study[1], out)
    before, entries = contents(out), disk.entries()
    disk.fill()
    ended = said("report", out)
    assert (ended.code, ended.out, ended.err) == (1, "", f"matchsim: {out / 'report.html'}: {FULL}\n")
    disk.empty()
    assert disk.entries() == entries
    assert contents(out) == before
    assert said("report", out).code == 0
    assert contents(out) == before


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_a_chart_on_a_full_disk_is_told_and_not_half_drawn(disk, said, small, suffix):
    out = disk.path / "charts"
    out.mkdir()
    disk.fill()
    ended = said("chart", small, "funnel", "--out", out, "--format", suffix)
    assert (ended.code, ended.out, ended.err) == (1, "", f"matchsim: {out / f'funnel.{suffix}'}: {FULL}\n")
    assert disk.entries() == ["charts"]
    disk.empty()
    assert said("chart", small, "funnel", "--out", out, "--format", suffix).code == 0
    if suffix != "pdf":
        assert (out / f"funnel.{suffix}").read_bytes() == (small / f"charts/funnel.{suffix}").read_bytes()


def test_a_full_disk_does_not_take_the_manifest_of_a_finished_run(disk, small):
    from matchsim.study.run_folder import read_manifest, record_again

    out = disk.path / "small"
    shutil.copytree(small, out)
    content = read_manifest(out) | {"note": ""}
    length = len(json.dumps(content, indent=2, ensure_ascii=False)) + 1
    content["note"] = "x" * (-length % PAGE)  # one file more and the manifest needs another page
    (out / "manifest.json").write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    assert (out / "manifest.json").stat().st_size % PAGE == 0
    (out / "charts" / "funnel.pdf").write_bytes(b"drawn")
    disk.fill()
    with pytest.raises(OSError, match=r"No space left on device: .*small/manifest\.json"):
        record_again(out, out / "charts" / "funnel.pdf")
    assert read_manifest(out) == content


def test_single_files_on_a_full_disk_are_whole_or_not_there(disk, said, market, plain, tmp_path):
    assert said("solve", market, "--out", tmp_path / "solved").code == 0
    applicant = (tmp_path / "solved" / "matches.csv").read_text().splitlines()[1].split(",")[0]
    commands = {
        "market.txt": ("convert", plain, disk.path / "market.txt"),
        "market": ("convert", plain, disk.path / "market"),
        "my.yaml": ("init", disk.path / "my.yaml"),
        "chain.svg": ("why", tmp_path / "solved", applicant, "--graph", disk.path / "chain.svg"),
        "chain.json": ("why", tmp_path / "solved", applicant, "--graph", disk.path / "chain.json"),
    }
    for name, command in commands.items():
        disk.fill()
        ended = said(*command)
        assert ended.code in (1, 2)
        assert str(disk.path / name) in ended.err
        assert FULL in ended.err
        assert (applicant in ended.out) is (command[0] == "why")
        assert disk.entries() == []
        disk.empty()
        assert said(*command).code == 0
        assert name in disk.entries()
        for path in disk.path.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()


@pytest.mark.parametrize("chart", ["levers.png", "levers.PDF"])
def test_advice_is_told_although_its_chart_does_not_fit(disk, said, tmp_path, chart):
    (tmp_path / "me.yaml").write_text("applicant_type: us_img\nspecialties: [Family Medicine]\n")
    command = ["advise", tmp_path / "me.yaml", "--scenario", "small", "--replicates", "1", "--jobs", "1"]
    command += ["--season", "2027", "--cache", tmp_path / "cache", "--quiet"]
    without = said(*command)
    disk.fill()
    ended = said(*command, "--chart", disk.path / chart)
    assert (ended.code, ended.err) == (1, f"matchsim: {disk.path / chart}: {FULL}\n")
    assert ended.out == without.out != ""
    assert disk.entries() == []
    disk.empty()
    assert said(*command, "--chart", disk.path / chart).code == 0
    assert disk.entries() == [chart]


def test_what_was_validated_is_told_although_its_files_do_not_fit(disk, said):
    command = ("validate", "small", "--replicates", "1", "--quiet", "--json", "--out", disk.path / "held")
    disk.fill()
    ended = said(*command)
    assert ended.code == 1
    assert FULL in ended.err
    assert json.loads(ended.out)["targets"]
    assert disk.entries() == []


def test_what_is_printed_into_a_full_disk_is_told(disk):
    disk.fill()
    with (disk.path / "schema.json").open("w") as file:
        ended = subprocess.run(
            [sys.executable, "-m", "matchsim", "schema"],
            stdout=file,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            check=False,
        )
    assert (ended.returncode, ended.stderr) == (1, f"matchsim: what is printed: {FULL}\n")


@pytest.mark.parametrize(
    "command",
    [
        ("solve", "MARKET", "--out", "DISK/solved"),
        ("solve", "MARKET", "--out", "DISK/new"),
        ("convert", "MARKET", "DISK/new"),
        ("init", "DISK/my.yaml"),
        ("run", "small", "--out", "DISK/small"),
        ("run", "small", "--out", "DISK/new"),
        ("report", "DISK/small"),
        ("chart", "DISK/small", "funnel"),
        ("chart", "DISK/small", "funnel", "--out", "DISK/new"),
        ("study", "run", "STUDY", "--out", "DISK/study"),
        ("study", "run", "STUDY", "--out", "DISK/new"),
        ("report", "DISK/study"),
        ("replay", "DISK/small", "--replicate", "0"),
    ],
    ids=" ".join,
)
def test_on_a_disk_that_may_only_be_read_nothing_is_lost_and_it_is_told(
    disk, said, market, small, study, command, tmp_path
):
    names = {"MARKET": market, "DISK": disk.path, "STUDY": study[0]}
    given = [str(names[word]) if word in names else word for word in command]
    given = [word.replace("DISK", str(disk.path)) for word in given]
    shutil.copytree(small, disk.path / "small")
    shutil.copytree(study[1], disk.path / "study")
    assert said("solve", market, "--out", disk.path / "solved", "--quiet").code == 0
    before = contents(disk.path)
    disk.change("ro")
    ended = said(*given)
    assert ended.code in (1, 2)
    assert "Read-only file system" in ended.err
    assert str(disk.path) in ended.err
    assert ended.out == ""
    assert contents(disk.path) == before


def test_kept_seasons_on_a_disk_that_is_full_or_only_read_cost_time_and_no_more(disk):
    from matchsim.season.scenario import load_scenario
    from matchsim.strategy.season_cache import cached_standards

    scenario = load_scenario("small")
    cached_standards(scenario, 1, folder=disk.path)
    entries = disk.entries()
    disk.change("ro")
    assert len(cached_standards(scenario, 2, folder=disk.path)) == 2
    disk.change("rw")
    disk.fill()
    assert len(cached_standards(scenario, 2, folder=disk.path)) == 2
    assert disk.entries() == entries
    disk.change("ro")
    with pytest.raises(InputError, match=r"cannot be written: Read-only.*MATCHSIM_CACHE"):
        cached_standards(scenario, 1, folder=disk.path / "new")


def test_a_user_without_a_home_is_told_where_seasons_can_be_kept(monkeypatch):
    from matchsim.strategy.season_cache import cache_folder

    if not hasattr(os, "getuid"):
        pytest.skip("users have no numbers there")
    for name in ("HOME", "XDG_CACHE_HOME", "MATCHSIM_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 2**31 - 7)  # nobody's number
    with pytest.raises(InputError, match=r"no home directory \(name a folder .* MATCHSIM_CACHE\)"):
        cache_folder()


@pytest.mark.parametrize("how", ["full", "read-only", "missing"])
def test_charts_are_drawn_whatever_the_home_is(disk, small, tmp_path, how):
    home = disk.path / "home"
    if how != "missing":
        home.mkdir()
        disk.fill()
    disk.change("ro" if how != "full" else "rw")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "MPL", "NUMBA_CACHE"))}
    ended = subprocess.run(
        [sys.executable, "-m", "matchsim", "chart", str(small), "funnel", "--out", str(tmp_path / "charts")],
        env={**environment, "PYTHONPATH": str(REPOSITORY), "HOME": str(home), "MPLBACKEND": "Agg"},
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert b"Traceback" not in ended.stderr
    drawn = (tmp_path / "charts" / "funnel.svg").read_bytes()
    assert drawn == (small / "charts" / "funnel.svg").read_bytes()


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="nothing is compiled")
@pytest.mark.parametrize("where", ["full", "temporary", "nowhere"])
def test_matches_are_made_where_compiled_kernels_cannot_be_kept(disk, plain, tmp_path, where):
    """The package, the home and the folder for kernels are read-only, in a container's name space of mounts.

    Then the kernels go among the temporary files, and nowhere when these cannot be written either. On a full
    disk the folder can be made, and the kernels do not fit.
    """
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not here")
    out, kernels = disk.path / "out", tmp_path / "kernels"
    disk.change("size=1m")
    kernels.mkdir()
    package = tmp_path / "package"
    package.mkdir()
    read_only = [f"mount --bind {REPOSITORY} {package}", f"mount -o remount,bind,ro {package}"]
    if where == "nowhere":
        for folder in ("/tmp", "/var/tmp", tmp_path):
            read_only += [f"mount --rbind {folder} {folder}", f"mount -o remount,bind,ro {folder}"]
    if where == "full":
        read_only += [f"mount -t tmpfs -o size=64k tmpfs {kernels}"]
    program = f"{sys.executable} -m matchsim solve {plain} --out {out} --quiet"
    ended = subprocess.run(
        ["unshare", "--mount", "sh", "-ec", "\n".join([*read_only, program])],
        cwd="/proc",
        capture_output=True,
        text=True,
        env={
            **{key: value for key, value in os.environ.items() if not key.startswith("XDG_")},
            "PYTHONPATH": str(package),
            "HOME": "/proc",
            "NUMBA_CACHE_DIR": str(kernels) if where == "full" else "/proc/none",
            "TMPDIR": str(tmp_path / "kernels"),
        },
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert any(kernels.rglob("*.nbi")) == (where == "temporary")
    assert (out / "matches.csv").is_file()


def test_a_study_whose_disk_is_gone_says_so_and_makes_nothing_in_its_place(disk, study):
    from matchsim.study.loading import read_study
    from matchsim.study.running import simulate_study

    loaded, out = read_study(str(study[0])), disk.path / "out"

    def gone(done, _all):
        if done == 4:
            disk.unmount()

    with pytest.raises(RunError, match=r"out was removed, or its disk is gone.*the same command simulates"):
        simulate_study(loaded, out, jobs=1, progress=gone)
    assert disk.entries() == []
    disk.mount("8m")
    assert simulate_study(loaded, out, jobs=1).complete
    assert contents(out / "parts") == contents(study[1] / "parts")


def test_parts_that_vanish_while_a_study_runs_are_missed_at_its_end(study, tmp_path):
    from matchsim.study.loading import read_study
    from matchsim.study.running import simulate_study

    loaded, out = read_study(str(study[0])), tmp_path / "out"

    def gone(done, _all):
        if done == 4:
            shutil.rmtree(out / "parts")

    with pytest.raises(
        RunError, match=r"2 finished parts of .*out vanished or changed meanwhile; the same command simulates"
    ):
        simulate_study(loaded, out, jobs=1, progress=gone)
    outcome = simulate_study(loaded, out, jobs=1)
    assert (outcome.done, outcome.skipped, outcome.complete) == (2, 10, True)
    assert contents(out / "parts") == contents(study[1] / "parts")


@pytest.mark.parametrize("before", ["write_results", "write_origins", "write_manifest"])
def test_a_run_whose_folder_vanishes_says_so_and_leaves_no_half(said, tmp_path, monkeypatch, before):
    from matchsim.study import run_folder

    home = tmp_path / "home"
    home.mkdir()
    write = getattr(run_folder, before)

    def gone(*given):
        shutil.rmtree(home)
        return write(*given)

    monkeypatch.setattr(run_folder, before, gone)
    ended = said("run", "small", "--out", home / "out", "--quiet")
    assert ended.code == 1
    assert f"{home / 'out'} could not be written: " in ended.err
    assert not home.exists()
