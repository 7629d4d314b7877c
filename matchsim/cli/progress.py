"""How far a long command is: a bar on a terminal, elsewhere a plain line now and then."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

import click

__all__ = ["progress"]

# Where stderr is no terminal, a plain line this often says how far the run is.
SECONDS_BETWEEN_LINES = 30.0


@contextmanager
def progress(seasons: int, *, quiet: bool) -> Iterator[Callable[[int], object]]:
    """What to call with a number of seasons whenever so many more are finished."""
    if quiet:
        yield lambda _: None
        return
    if sys.stderr.isatty():
        from tqdm import tqdm

        with tqdm(total=seasons, desc="seasons", unit="season", file=sys.stderr) as bar:
            yield bar.update
        return
    start = last = perf_counter()
    done = 0

    def line(count: int) -> None:
        nonlocal done, last
        done += count
        now = perf_counter()
        if now - last >= SECONDS_BETWEEN_LINES:
            last = now
            click.echo(f"{done} of {seasons} seasons, {now - start:.0f} s", err=True)

    yield line
