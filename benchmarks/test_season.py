"""How long a season takes: in memory, as a whole command, from a cold start, and with two processes.

pytest benchmarks/test_season.py --benchmark-enable --benchmark-json RESULTS.json
python benchmarks/report.py RESULTS.json
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

import matchsim as ms

REPLICATES = 20


@pytest.fixture(autouse=True)
def _from_the_top(monkeypatch) -> None:
    monkeypatch.chdir(Path(__file__).parent.parent)


def matchsim(*arguments: str, **environment: str) -> float:
    """Run the command line; returns the seconds that it took."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "matchsim", *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )
    return time.perf_counter() - start


def test_season_in_memory(benchmark) -> None:
    scenario = ms.load_scenario("us-2025")
    ms.run_season(scenario)
    replicate = iter(range(1, 1000))
    benchmark.extra_info.update(what="`us-2025` in memory, one core, warm kernels", seconds=1.2)
    benchmark.pedantic(lambda: ms.run_season(scenario, replicate=next(replicate)), rounds=7)
    benchmark.extra_info["ours_ms"] = 1000 * benchmark.stats.stats.min
    benchmark.extra_info["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.mark.parametrize(
    ("what", "arguments", "seconds"),
    [
        ("`matchsim --help`", ["--help"], 0.2),
        ("`matchsim check us-2025`", ["check", "us-2025"], 0.2),
        ("`matchsim explain us-2025`", ["explain", "us-2025"], 0.2),
    ],
    ids=["help", "check", "explain"],
)
def test_start(benchmark, what: str, arguments: list[str], seconds: float) -> None:
    benchmark.extra_info.update(what=what, seconds=seconds)
    benchmark.pedantic(lambda: matchsim(*arguments), rounds=10, warmup_rounds=2)
    benchmark.extra_info["ours_ms"] = 1000 * benchmark.stats.stats.min


@pytest.mark.parametrize(("name", "seconds"), [("us-2025", 10.0), ("small", 5.0)])
def test_whole_command(benchmark, tmp_path, name: str, seconds: float) -> None:
    told = f"`matchsim run {name}`, tables and charts, warm kernels"
    benchmark.extra_info.update(what=told, seconds=seconds)
    benchmark.pedantic(
        lambda: matchsim("run", name, "--out", str(tmp_path / name), "--quiet"), rounds=4, warmup_rounds=1
    )
    benchmark.extra_info["ours_ms"] = 1000 * benchmark.stats.stats.min


def test_first_run(benchmark, tmp_path) -> None:
    """Kernels are compiled when first called; the cache is empty here."""
    benchmark.extra_info.update(what="`matchsim run small`, first run: kernels compiled", seconds=20.0)
    runs = iter(range(100))

    def first() -> None:
        run = next(runs)
        cache = str(tmp_path / f"cache-{run}")
        matchsim("run", "small", "--out", str(tmp_path / f"out-{run}"), "--quiet", NUMBA_CACHE_DIR=cache)

    benchmark.pedantic(first, rounds=2)
    benchmark.extra_info["ours_ms"] = 1000 * benchmark.stats.stats.min


def test_two_processes(benchmark, tmp_path) -> None:
    def run(jobs: int) -> float:
        out = str(tmp_path / f"jobs-{jobs}")
        arguments = ["us-2025", "--replicates", str(REPLICATES), "--jobs", str(jobs), "--out", out, "--quiet"]
        return matchsim("run", *arguments)

    benchmark.extra_info.update(
        what=f"`matchsim run us-2025 --replicates {REPLICATES}`, 2 jobs against 1", at_most=0.6
    )
    alone = run(1)
    benchmark.pedantic(lambda: run(2), rounds=1)
    benchmark.extra_info["ours_ms"] = 1000 * benchmark.stats.stats.min
    benchmark.extra_info["peer_ms"] = 1000 * alone
