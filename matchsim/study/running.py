"""Running a study: what is done already, what is left, and simulating that."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matchsim.errors import RunError, counted
from matchsim.study.chunks import Chunk, Failure, Finished, chunks_of, simulated
from matchsim.study.executors import workers
from matchsim.study.loading import LoadedStudy
from matchsim.study.loop import results
from matchsim.study.memory import refuse_what_cannot_fit, season_bytes
from matchsim.study.parts import Parts
from matchsim.study.study_folder import begin_study, finish_study

__all__ = ["Outcome", "Shard", "simulate_study"]


@dataclass(frozen=True)
class Shard:
    """One of several runs that share the chunks of a study; `number` counts from 1."""

    number: int = 1
    of: int = 1

    def holds(self, chunk: Chunk) -> bool:
        """Whether the chunk is one of this shard's."""
        return chunk.number % self.of == self.number - 1


@dataclass(frozen=True)
class Outcome:
    """What a run of a study did.

    Attributes
    ----------
    folder : Path
        Of the study.
    done, left : int
        Chunks simulated now, and those that other shards or another try must still simulate.
    skipped : int
        Chunks of this shard that were there already.
    failures : tuple of Failure
        What could not be simulated now, in the order of the chunks.
    alone : bool
        Whether no other shard takes part.
    """

    folder: Path
    done: int
    skipped: int
    left: int
    failures: tuple[Failure, ...]
    alone: bool = True

    @property
    def summed_up(self) -> bool:
        """Whether the tables of the study were written, of all chunks or of those that did not fail."""
        if self.complete:
            return True
        return self.alone and bool(self.failures) and (self.folder / "results.parquet").exists()

    @property
    def complete(self) -> bool:
        """Whether every chunk of the study is there."""
        return not self.left


def simulate_study(
    loaded: LoadedStudy,
    out: Path,
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
    executor: Executor | None = None,
    shard: Shard | None = None,
    progress: Callable[[int, int], object] = lambda _done, _all: None,
    told: Callable[[str], object] = lambda _: None,
) -> Outcome:
    """Simulate what is missing of a study in its folder, then write the tables of all of it.

    Every chunk is on disk before it counts, so that whatever ends the run, the same call goes on where it
    ended, and ends with the same bytes.

    Parameters
    ----------
    loaded
        From :func:`~matchsim.study.loading.read_study`.
    out
        Folder of the study.
    jobs, scheduler, executor
        See :func:`~matchsim.study.executors.workers`. With ``jobs=1`` this process does it all.
    shard
        The part of the study that this call does; left out = all of it.
    progress
        Called with seasons done now and seasons to do.
    told
        Called with a sentence when something is worth knowing.

    Raises
    ------
    InputError
        When `out` holds anything but this study.
    ScenarioError
        When the seasons simulated at once would take more memory than the machine has.
    RunError
        When the disk is full or cannot be written.
    """
    shard = shard or Shard()
    chunks = chunks_of(loaded)
    if scheduler is None and executor is None:
        largest = max((cell.scenario for cell in loaded.cells), key=season_bytes)
        refuse_what_cannot_fit(largest, min(jobs or os.cpu_count() or 1, len(chunks)))
    begin_study(loaded, out)
    parts = Parts(out)
    own = [chunk for chunk in chunks if shard.holds(chunk)]
    parts.clear_leftovers(own)
    missing = _missing(parts, own, told)
    failures: list[Failure] = []
    seasons = sum(chunk.seasons for chunk in missing)
    done = 0
    progress(0, seasons)
    for result in _results(missing, told, jobs, scheduler, executor):
        chunk = chunks[result.chunk]
        done += chunk.seasons
        if isinstance(result, Failure):
            failures.append(result)
            cell = loaded.cells[chunk.cell]
            told(f"arm {cell.arm}{_point(cell.point)} failed: {result.told}")
        else:
            parts.write(chunk, result.tables)
        progress(done, seasons)
    failures.sort(key=lambda failure: failure.chunk)
    there = [chunk for chunk in chunks if parts.fault(chunk) is None]
    left = len(chunks) - len(there)
    _check_kept(out, own, there, failures)
    if not left or (failures and shard.of == 1):
        finish_study(loaded, out, there, failures)
    return Outcome(
        folder=out,
        done=len(missing) - len(failures),
        skipped=len(own) - len(missing),
        left=left,
        failures=tuple(failures),
        alone=shard.of == 1,
    )


def _check_kept(out: Path, own: list[Chunk], there: list[Chunk], failures: list[Failure]) -> None:
    """See that what was finished is still there: folders may vanish while they are written."""
    told = {chunk.number for chunk in there} | {failure.chunk for failure in failures}
    lost = sum(chunk.number not in told for chunk in own)
    if lost:
        raise RunError(
            f"{counted(lost, 'finished part')} of {out} vanished or changed meanwhile; "
            "the same command simulates what is missing"
        )


def _missing(parts: Parts, chunks: list[Chunk], told: Callable[[str], object]) -> list[Chunk]:
    missing = []
    for chunk in chunks:
        fault = parts.fault(chunk)
        if fault:
            told(f"{fault}; it is simulated again")
        if fault is not None:
            missing.append(chunk)
    return missing


def _results(
    chunks: list[Chunk],
    told: Callable[[str], object],
    jobs: int | None,
    scheduler: str | None,
    executor: Executor | None,
) -> Iterator[Finished | Failure]:
    if not chunks:
        return
    if jobs == 1 and scheduler is None and executor is None:
        yield from map(simulated, chunks)
        return
    with workers(jobs, scheduler, executor) as found:
        yield from results(chunks, found.new_executor, 2 * found.number, told)


def _point(point: Mapping[str, Any]) -> str:
    return "".join(f", {key} = {value}" for key, value in point.items())
