"""Studies lose nothing and do nothing twice, whoever is killed, and end with the same bytes."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

from matchsim.errors import InputError, RunError
from matchsim.study import parts as parts_module
from matchsim.study.chunks import Chunk, Failure, Finished, chunks_of, simulated
from matchsim.study.loading import LoadedStudy, read_study
from matchsim.study.loop import results
from matchsim.study.parts import Parts
from matchsim.study.result import open_study
from matchsim.study.running import Shard, simulate_study
from matchsim.study.study_folder import begin_study, record_drawn

from .small_study import STUDY, contents, written

ROOT = Path(__file__).parents[2]
needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by signals")


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    return written(tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="module")
def loaded(study) -> LoadedStudy:
    return read_study(study)


@pytest.fixture(scope="module")
def whole(loaded, tmp_path_factory) -> Path:
    """The study run in one go by one process: what all others must equal."""
    out = tmp_path_factory.mktemp("whole") / "out"
    outcome = simulate_study(loaded, out, jobs=1)
    assert (outcome.done, outcome.skipped, outcome.left, outcome.failures) == (12, 0, 0, ())
    return out


def test_the_folder_is_complete(whole) -> None:
    names = {path.name for path in whole.iterdir()}
    assert names == {
        "study.yaml", "cells.csv", "origins.csv", "scenarios", "parts", "receipts", "results.parquet",
        "README.md", "manifest.json",
    }  # fmt: skip
    manifest = json.loads((whole / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["complete"]
    assert set(manifest["files"]) == set(contents(whole))
    assert not list(whole.rglob(".*"))


def test_a_chunk_is_a_pure_function(loaded) -> None:
    chunk = chunks_of(loaded)[5]
    first, second = simulated(chunk), simulated(chunk)
    assert isinstance(first, Finished)
    assert first == second


def test_threads_and_any_order_give_the_same_bytes(loaded, whole, tmp_path) -> None:
    with ThreadPoolExecutor(3) as executor:
        simulate_study(loaded, tmp_path / "out", executor=executor)
        assert executor.submit(int, "3").result() == 3  # a lent executor is not shut down
    assert contents(tmp_path / "out") == contents(whole)


def test_shards_share_the_work(loaded, whole, tmp_path) -> None:
    out = tmp_path / "out"
    done = []
    for number in (2, 3, 1):
        outcome = simulate_study(loaded, out, jobs=1, shard=Shard(number, 3))
        done.append((outcome.done, outcome.left))
    assert done == [(4, 8), (4, 4), (4, 0)]
    assert contents(out) == contents(whole)


def test_the_same_call_again_simulates_nothing(loaded, whole) -> None:
    before = contents(whole)
    outcome = simulate_study(loaded, whole, jobs=1)
    assert (outcome.done, outcome.skipped) == (0, 12)
    assert contents(whole) == before


@pytest.mark.parametrize("damage", ["flip", "cut", "remove", "receipt", "odd receipt", "foreign receipt"])
def test_a_damaged_part_is_found_told_and_simulated_again(loaded, whole, tmp_path, damage) -> None:
    out = copied(whole, tmp_path)
    parts, chunk = Parts(out), chunks_of(loaded)[4]
    path = parts.path("people", chunk)
    content = path.read_bytes()
    if damage == "flip":
        path.write_bytes(content[:40] + bytes([content[40] ^ 1]) + content[41:])
    elif damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "remove":
        path.unlink()
    elif damage == "receipt":
        parts.receipt(chunk).write_text("{", encoding="utf-8")
    elif damage == "odd receipt":
        odd = {"chunk": chunk.name, "sha256": ["metrics", "people"]}
        parts.receipt(chunk).write_text(json.dumps(odd), encoding="utf-8")
    else:
        parts.receipt(chunk).write_bytes(parts.receipt(chunks_of(loaded)[5]).read_bytes())
    told: list[str] = []
    outcome = simulate_study(loaded, out, jobs=1, told=told.append)
    assert (outcome.done, outcome.skipped) == (1, 11)
    (line,) = told
    assert line.endswith("; it is simulated again")
    assert chunk.name in line
    assert contents(out) == contents(whole)


def test_a_study_that_was_only_begun_again_can_be_drawn(loaded, whole, tmp_path) -> None:
    out = copied(whole, tmp_path)
    begin_study(loaded, out)  # and killed here
    before = (out / "manifest.json").read_bytes()
    assert open_study(out).to_pandas(["match_rate"]).shape[0] > 0
    record_drawn(out)
    assert (out / "manifest.json").read_bytes() == before
    assert simulate_study(loaded, out, jobs=1).complete
    assert (out / "manifest.json").read_bytes() == (whole / "manifest.json").read_bytes()


def test_what_was_half_written_is_cleared(loaded, whole, tmp_path) -> None:
    out = copied(whole, tmp_path)
    parts, chunk = Parts(out), chunks_of(loaded)[0]
    parts.receipt(chunk).unlink()
    leftover = parts.path("people", chunk).with_name(f".{chunk.name}.parquet.12345.part")
    leftover.write_bytes(b"PAR1 and no more")
    assert simulate_study(loaded, out, jobs=1).done == 1
    assert not leftover.exists()
    assert contents(out) == contents(whole)


def test_a_full_disk_is_told_and_what_is_finished_stays(loaded, whole, tmp_path, monkeypatch) -> None:
    out = tmp_path / "out"
    real, left = os.fsync, [40]

    def full(handle: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    monkeypatch.setattr(parts_module.os, "fsync", full)
    with pytest.raises(RunError, match=r"No space left on device .*; what is finished stays, and the same"):
        simulate_study(loaded, out, jobs=1)
    assert not list(out.rglob(".*"))
    monkeypatch.undo()
    outcome = simulate_study(loaded, out, jobs=1)
    assert outcome.done > 0
    assert outcome.skipped > 0
    assert contents(out) == contents(whole)


def test_an_arm_that_raises_is_told_and_the_rest_finishes(whole, tmp_path) -> None:
    tables = {
        "programs": ["program,quota", "City,1", "Mercy,1"],
        "applicant_rankings": ["applicant,rank,program", "Cy,1,City"],
        "program_rankings": ["program,rank,applicant", "City,1,Ana", "City,2,Cy", "Mercy,1,Bo"],
        "couples": ["couple,rank,applicant_1,program_1,applicant_2,program_2", "1,1,Ana,City,Bo,Mercy"],
    }
    (tmp_path / "m").mkdir()
    for name, lines in tables.items():
        (tmp_path / "m" / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    arm = "  broken:\n    set: {rank_lists.folder: m, couples.number: 0, match.proposing: programs}\n"
    loaded = read_study(written(tmp_path, STUDY.replace("replicates: 8", arm + "replicates: 8")))
    told: list[str] = []
    outcome = simulate_study(loaded, tmp_path / "out", jobs=1, told=told.append)
    assert len(outcome.failures) == 4
    assert (outcome.done, outcome.left) == (12, 4)
    assert "arm broken failed: replicate 0: match.proposing: programs can propose only where" in told[0]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert not manifest["complete"]
    assert [one["arm"] for one in manifest["failed"]] == ["broken"] * 4
    assert (tmp_path / "out" / "results.parquet").read_bytes() == (whole / "results.parquet").read_bytes()


def test_another_folder_is_not_written_into(loaded, whole, study, tmp_path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="exists and was not made by matchsim study run"):
        simulate_study(loaded, tmp_path / "mine", jobs=1)
    with pytest.raises(InputError, match="is a file"):
        simulate_study(loaded, tmp_path / "mine" / "notes.txt", jobs=1)
    before = contents(whole)
    with pytest.raises(InputError, match="holds the results of another study: try"):
        simulate_study(read_study(study, replicates=9), whole, jobs=1)
    assert contents(whole) == before


@needs_signals
def test_workers_killed_twenty_times_lose_nothing(loaded, monkeypatch) -> None:
    """Every time a chunk has finished, one of the workers is killed, whatever it is at."""
    monkeypatch.setattr("matchsim.study.loop.simulated", _slow)
    chunks = chunks_of(read_study_of(loaded, replicates=60, size=3))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["matchsim.study.loop"])
    pools: list[ProcessPoolExecutor] = []

    def pool() -> ProcessPoolExecutor:
        pools.append(ProcessPoolExecutor(2, mp_context=context))
        return pools[-1]

    chance, kills, found, told = random.Random(5), 0, [], []
    for result in results(chunks, pool, 4, told.append):
        assert isinstance(result, Finished), result
        found.append(result.chunk)
        alive = [pid for pid, worker in pools[-1]._processes.items() if worker.is_alive()]
        if kills < 20 and alive:
            os.kill(chance.choice(alive), signal.SIGKILL)
            kills += 1
    assert kills == 20
    assert told[0].startswith("a worker died; ")
    assert sorted(found) == [chunk.number for chunk in chunks]


def _slow(chunk: Chunk) -> Finished:
    time.sleep(0.02)
    return Finished(chunk.number, {})


@needs_signals
def test_a_worker_killed_in_a_study_changes_no_byte(study, whole, tmp_path) -> None:
    out = tmp_path / "out"
    process = started(study, out, "--jobs", "2", "--quiet")
    until(lambda: receipts(out) or process.poll() is not None)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    # The first child of a driver is the tracker of shared memory, not a worker.
    for worker in children.read_text(encoding="utf-8").split()[1:2]:
        os.kill(int(worker), signal.SIGKILL)
    _, told = process.communicate()
    assert process.returncode == 0, told
    assert without_charts(out) == contents(whole)


@needs_signals
def test_what_kills_its_worker_is_given_up_and_the_rest_finishes(loaded, monkeypatch) -> None:
    chunks = chunks_of(loaded)[:5]
    monkeypatch.setattr("matchsim.study.loop.simulated", _deadly)
    context = multiprocessing.get_context("forkserver")
    found = {r.chunk: r for r in results(chunks, lambda: ProcessPoolExecutor(2, mp_context=context), 4)}
    assert sorted(found) == [0, 1, 2, 3, 4]
    assert isinstance(found[2], Failure)
    assert "perhaps it wants more memory" in found[2].told
    assert all(isinstance(found[number], Finished) for number in (0, 1, 3, 4))


def _deadly(chunk: Chunk) -> Finished:
    if chunk.number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return Finished(chunk.number, {})


@needs_signals
def test_drivers_killed_ten_times_end_with_the_same_bytes(study, whole, tmp_path) -> None:
    out = tmp_path / "out"
    for number in range(10):
        process = started(study, out, "--jobs", "1")
        # Killed at another moment each time, mostly while something is simulated or written.
        until_receipts(process, out, min(number, 9) + 1)
        process.kill()
        process.communicate()
    there = len(receipts(out))
    assert 0 < there < 12
    process = started(study, out, "--jobs", "1", "--json")
    told, _ = process.communicate()
    assert process.returncode == 0
    outcome = json.loads(told)
    assert outcome["complete"]
    assert outcome["there_already"] >= there - 1
    assert without_charts(out) == contents(whole)


@needs_signals
def test_an_interrupted_study_says_how_to_go_on_and_leaves_no_process(study, whole, tmp_path) -> None:
    out = tmp_path / "out"
    process = started(study, out, "--jobs", "2")
    until(lambda: receipts(out) or process.poll() is not None)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    if process.returncode != 0:  # else it was too quick for us
        assert process.returncode == 130
        assert "the same command goes on from there" in told
        assert "Traceback" not in told
    again = started(study, out, "--jobs", "2")
    again.communicate()
    assert again.returncode == 0
    assert without_charts(out) == contents(whole)


@needs_signals
def test_workers_end_when_their_driver_is_killed(study, tmp_path) -> None:
    out = tmp_path / "out"
    process = started(study, out, "--jobs", "2")
    until(lambda: receipts(out) or process.poll() is not None)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    workers = children.read_text(encoding="utf-8").split() if children.exists() else []
    process.kill()
    process.communicate()
    until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers), 20)


def test_a_dask_scheduler_with_two_workers_gives_the_same_bytes(loaded, whole, tmp_path) -> None:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
    ):
        outcome = simulate_study(loaded, tmp_path / "out", scheduler=cluster.scheduler_address)
    assert outcome.done == 12
    assert contents(tmp_path / "out") == contents(whole)


def test_a_scheduler_out_of_reach_is_an_error(loaded, tmp_path) -> None:
    pytest.importorskip("distributed")
    with pytest.raises((RunError, InputError), match="cannot be reached"):
        simulate_study(loaded, tmp_path / "out", scheduler="nonsense")


def read_study_of(loaded: LoadedStudy, *, replicates: int, size: int) -> LoadedStudy:
    changed = {"replicates": replicates, "replicates_per_part": size}
    return LoadedStudy(loaded.study.model_copy(update=changed), loaded.cells, loaded.seed)


def copied(folder: Path, target: Path) -> Path:
    import shutil

    return Path(shutil.copytree(folder, target / "out"))


def receipts(out: Path) -> list[Path]:
    return list((out / "receipts").glob("cell-*.json"))


def without_charts(out: Path) -> dict[str, bytes]:
    drawn = ("charts/", "report.html")
    return {name: content for name, content in contents(out).items() if not name.startswith(drawn)}


def started(study: Path, out: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "matchsim", "study", "run", str(study), "--out", str(out), *options]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def until_receipts(process: subprocess.Popen[str], out: Path, number: int) -> None:
    until(lambda: process.poll() is not None or len(receipts(out)) >= number)


def until(true, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.02)
