"""The loop that brings chunks through an executor and loses none, whoever of the workers dies.

A pool of processes breaks as a whole when one of its workers is killed. The loop then makes a new pool and
gives it again whatever was under way. A chunk that was under way in several breaks may be what kills the
workers: it is run alone, and given up when it dies alone too.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from matchsim.errors import counted
from matchsim.study.chunks import Chunk, Failure, Finished, simulated

__all__ = ["results"]

# Breaks that a chunk may be under way in before it is run alone, and how often it may die alone.
SUSPECTED, ALONE = 3, 3


def results(
    chunks: Iterable[Chunk],
    new_executor: Callable[[], Executor],
    ahead: int,
    told: Callable[[str], object] = lambda _: None,
) -> Iterator[Finished | Failure]:
    """The results of all chunks, in the order in which they finish.

    Parameters
    ----------
    chunks
        What is to be simulated.
    new_executor
        Makes the executor, and another one when it breaks.
    ahead
        Chunks under way at a time.
    told
        Called with a sentence when workers died.
    """
    waiting, suspects = deque(chunks), deque[Chunk]()
    breaks: Counter[int] = Counter()
    running: dict[Future[Any], Chunk] = {}
    executor = new_executor()
    try:
        while waiting or suspects or running:
            alone = not waiting and not running and bool(suspects)
            while (waiting and len(running) < ahead) or (alone and not running):
                chunk = waiting.popleft() if waiting else suspects.popleft()
                if not _submitted(executor, chunk, running):
                    (suspects if alone else waiting).appendleft(chunk)
                    executor = _renewed(executor, new_executor)
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            died = []
            for future in done:
                chunk = running.pop(future)
                result = _result(future, chunk)
                if result is None:
                    died.append(chunk)
                else:
                    yield result
            if died:
                died += running.values()
                running.clear()
                executor = _renewed(executor, new_executor)
                parts = counted(len(died), "part that was under way is", "parts that were under way are")
                told(f"a worker died; {parts} simulated again")
                yield from _given_again(died, waiting, suspects, breaks)
    except BaseException:
        # Interrupted, or the disk is full: what has not begun need not.
        executor.shutdown(wait=False, cancel_futures=True)
        raise
    executor.shutdown(wait=True)


def _result(future: Future[Any], chunk: Chunk) -> Finished | Failure | None:
    """What came of a chunk; None where the pool broke under it."""
    try:
        result: Finished | Failure = future.result()
        return result
    except (BrokenProcessPool, CancelledError):
        return None
    except Exception as error:
        # A scheduler tells so of a chunk that it gave up.
        return Failure(chunk.number, f"the worker was lost: {type(error).__name__}: {error}")


def _given_again(
    died: list[Chunk], waiting: deque[Chunk], suspects: deque[Chunk], breaks: Counter[int]
) -> Iterator[Failure]:
    """Put chunks that were under way when a worker died back in the queue; given up are those told."""
    for chunk in sorted(died, key=lambda one: one.number, reverse=True):
        breaks[chunk.number] += 1
        if breaks[chunk.number] >= SUSPECTED + ALONE:
            told = "the worker died each time, the last times with this part alone"
            yield Failure(chunk.number, f"{told}; perhaps it wants more memory than there is")
        elif breaks[chunk.number] >= SUSPECTED:
            suspects.append(chunk)
        else:
            waiting.appendleft(chunk)


def _submitted(executor: Executor, chunk: Chunk, running: dict[Future[Any], Chunk]) -> bool:
    try:
        running[executor.submit(simulated, chunk)] = chunk
    except BrokenProcessPool:
        return False
    return True


def _renewed(executor: Executor, new_executor: Callable[[], Executor]) -> Executor:
    executor.shutdown(wait=False, cancel_futures=True)
    return new_executor()
