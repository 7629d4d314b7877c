"""Seasons a second of a study with one process, several, and a local Dask cluster; run by hand.

    python benchmarks/studies.py [scenario] [replicates] [workers]

Efficiency is the time of one process over the time of N workers times N; starting them is part of it.
"""

import sys
import tempfile
from pathlib import Path
from time import perf_counter

from matchsim.study.loading import read_study
from matchsim.study.running import simulate_study


def seconds(loaded, **how) -> float:
    with tempfile.TemporaryDirectory() as folder:
        start = perf_counter()
        outcome = simulate_study(loaded, Path(folder) / "out", **how)
        assert outcome.complete
        return perf_counter() - start


def main(scenario: str = "single-specialty", replicates: str = "400", workers: str = "2") -> None:
    number = int(workers)
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder) / "study.yaml"
        study.write_text(f"name: speed\nbase: {scenario}\nreplicates: {replicates}\n", encoding="utf-8")
        loaded = read_study(study)
        seconds(read_study(study, replicates=1), jobs=1)  # compiles
        alone = seconds(loaded, jobs=1)
        print(f"one process           {alone:8.1f} s  {int(replicates) / alone:8.1f} seasons/s")
        for name, how in (("processes", {"jobs": number}), ("dask", {"jobs": number, "scheduler": "local"})):
            found = seconds(loaded, **how)
            rate, efficiency = int(replicates) / found, alone / found / number
            print(f"{number} {name:<20}{found:8.1f} s  {rate:8.1f} seasons/s  efficiency {efficiency:.0%}")


if __name__ == "__main__":
    main(*sys.argv[1:])
