"""What a study will do, and how long that takes, judged from one season."""

from __future__ import annotations

import os
from dataclasses import replace
from time import perf_counter

from matchsim.errors import RunError, counted
from matchsim.study.chunks import Chunk, Failure, chunks_of, simulated
from matchsim.study.forecast import in_words
from matchsim.study.loading import LoadedStudy

__all__ = ["estimate"]


def estimate(loaded: LoadedStudy, jobs: int | None = None) -> str:
    """The plan of a study in a few lines, with time and disk from one season of its first arm.

    Raises
    ------
    RunError
        When that season fails.
    """
    chunks = chunks_of(loaded)
    first = replace(chunks[0], count=1)
    # The first season also compiles, or loads what was compiled.
    _timed(first)
    seconds, size = _timed(first)
    jobs = jobs or os.cpu_count() or 1
    seasons = sum(chunk.seasons for chunk in chunks)
    total = seconds * sum(chunk.count for chunk in chunks)
    lines = [f"  arms        {len(loaded.arms):>9,}    {', '.join(loaded.arms)}"]
    if loaded.axes:
        points = len(loaded.cells) // len(loaded.arms)
        lines.append(f"  points      {points:>9,}    {loaded.study.sweep.design} of {', '.join(loaded.axes)}")
    lines += [
        f"  replicates  {loaded.study.replicates:>9,}    seed {loaded.seed}; baseline {loaded.baseline}",
        f"  seasons     {seasons:>9,}    in {counted(len(chunks), 'part')}",
        f"  metrics     {len(loaded.metrics):>9,}    {', '.join(loaded.metrics[:6])}"
        + (", ..." if len(loaded.metrics) > 6 else ""),
        f"  one season  {seconds / first.seasons:>9.2f} s",
        f"  all         {in_words(total / jobs):>11}    with {counted(jobs, 'worker')}",
        f"  disk        {size * len(chunks) * chunks[0].count / 2**20:>9,.1f} MiB at most",
    ]
    return "\n".join(lines)


def _timed(chunk: Chunk) -> tuple[float, int]:
    """Seconds and bytes that simulating a chunk takes."""
    start = perf_counter()
    result = simulated(chunk)
    if isinstance(result, Failure):
        raise RunError(f"a season of the first arm failed: {result.told}")
    return perf_counter() - start, sum(map(len, result.tables.values()))
