"""Markets on disk at national size: 47,000 applicants, 6,600 programs, about 470,000 ranks a side.

python -m pytest benchmarks/test_folder.py --benchmark-only
"""

from __future__ import annotations

import subprocess
import sys

import pytest
from engine_markets import NATION, national_arrays

from matchsim.engine import Market
from matchsim.engine.folder import read_folder, write_market
from matchsim.sheets import read_sheet

ROUNDS = {"rounds": 5, "iterations": 1, "warmup_rounds": 1}


@pytest.fixture(scope="module")
def nation(tmp_path_factory):
    applicants = [f"Applicant {a:05d}" for a in range(NATION["applicants"])]
    programs = [f"1{p:06d}C0" for p in range(NATION["programs"])]
    arrays = national_arrays(**NATION)
    market = Market.from_arrays(*arrays, applicant_labels=applicants, program_labels=programs)
    folder = tmp_path_factory.mktemp("nation")
    write_market(market, folder)
    return market, folder


def test_read_one_table(benchmark, nation):
    sheet = benchmark.pedantic(read_sheet, (nation[1] / "applicant_rankings.csv",), **ROUNDS)
    benchmark.extra_info["rows"] = len(sheet)


def test_read_market(benchmark, nation):
    found = benchmark.pedantic(read_folder, (nation[1],), **ROUNDS)
    assert found.market.equals(nation[0])


def test_write_market(benchmark, nation, tmp_path):
    benchmark.pedantic(write_market, (nation[0], tmp_path), **ROUNDS)


@pytest.mark.parametrize("command", ["solve", "verify"])
def test_whole_command(benchmark, nation, tmp_path, command):
    """Starting Python, reading, solving, checking and writing; kernels compiled before."""
    program = [sys.executable, "-m", "matchsim"]
    solve = [*program, "solve", str(nation[1]), "--out", str(tmp_path / "out"), "--quiet"]
    verify = [*program, "verify", str(nation[1]), str(tmp_path / "out" / "matches.csv"), "--quiet"]
    subprocess.run(solve, check=True)
    benchmark.pedantic(
        subprocess.run, (solve if command == "solve" else verify,), {"check": True}, rounds=3, iterations=1
    )
