"""Seasons a minute of a study: one process, several, a local Dask cluster; and what the chunk loop costs.

    python benchmarks/studies.py [scenario] [replicates] [workers]

Each is told by the clock and, because machines are shared, by processor time of all processes together.
Everything is compiled before. Starting workers, some seconds of each, is part of their time: it weighs less
the longer the study is. The efficiency is the time of one process over the time of N workers times N; by
processor time it says what the workers do besides, and not how long they wait for one another. The overhead
is the part of one process's time that is not the seasons' own: writing parts, checking them, the tables.
"""

import os
import resource
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from matchsim.study.chunks import Finished, chunks_of, simulated
from matchsim.study.loading import read_study
from matchsim.study.running import simulate_study


class Took(NamedTuple):
    """Seconds by the clock, and of processors."""

    clock: float
    processor: float


def took(work: Callable[[], object]) -> Took:
    clock, processor = perf_counter(), processor_time()
    work()
    return Took(perf_counter() - clock, processor_time() - processor)


def processor_time() -> float:
    """Of this process and of those that it started and that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def run(loaded, **how) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert simulate_study(loaded, Path(folder) / "out", **how).complete


def seasons_alone(loaded) -> None:
    assert all(isinstance(simulated(chunk), Finished) for chunk in chunks_of(loaded))


def main(scenario: str = "single-specialty", replicates: str = "400", workers: str = "2") -> None:
    number, seasons = int(workers), int(replicates)
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder) / "study.yaml"
        study.write_text(f"name: speed\nbase: {scenario}\nreplicates: {seasons}\n", encoding="utf-8")
        run(read_study(study, replicates=1), jobs=1)
        loaded = read_study(study)
        bare, alone = took(lambda: seasons_alone(loaded)), took(lambda: run(loaded, jobs=1))
        print(f"{scenario}, {seasons} seasons, {len(chunks_of(loaded))} parts, load {os.getloadavg()[0]:.1f}")
        print(f"{'':<18}{'clock, s':>10}{'seasons/min':>13}{'processor, s':>14}{'efficiency of both':>20}")
        for name, how in (
            ("one process", None),
            (f"{number} processes", {"jobs": number}),
            (f"{number} Dask workers", {"jobs": number, "scheduler": "local"}),
        ):
            found = alone if how is None else took(lambda how=how: run(loaded, **how))
            by_clock = alone.clock / found.clock / (1 if how is None else number)
            told = f"{by_clock:.0%}, {alone.processor / found.processor:.0%}"
            per_minute = 60 * seasons / found.clock
            print(f"{name:<18}{found.clock:>10.1f}{per_minute:>13.1f}{found.processor:>14.1f}{told:>20}")
        print(f"overhead of the chunk loop, by processor time: {1 - bare.processor / alone.processor:.1%}")


if __name__ == "__main__":
    main(*sys.argv[1:])
