"""How far a long command is: a bar on a terminal, elsewhere a plain line now and then."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer
from time import perf_counter
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from matchsim.season.scenario import Scenario

__all__ = ["announce", "progress"]

# Where stderr is no terminal, a plain line this often says how far the run is.
SECONDS_BETWEEN_LINES = 30.0
# A first season that takes so long is explained: nothing else moves meanwhile.
SECONDS_BEFORE_EXPLAINING = 10.0


def announce(scenario: Scenario, jobs: int = 1, *, quiet: bool) -> None:
    """Say on stderr what seasons will take, where one of them takes more than about a minute."""
    from matchsim.study.forecast import forecast

    told = "" if quiet else forecast(scenario, jobs)
    if told:
        click.echo(f"note: {told}", err=True)


@contextmanager
def progress(seasons: int, *, quiet: bool) -> Iterator[Callable[[int], object]]:
    """What to call with a number of seasons whenever so many more are finished."""
    if quiet:
        yield lambda _: None
        return
    explanation = Timer(SECONDS_BEFORE_EXPLAINING, _explain)
    explanation.daemon = True
    explanation.start()
    try:
        with _bar(seasons) if sys.stderr.isatty() else _lines(seasons) as shown:

            def told(count: int) -> None:
                explanation.cancel()
                shown(count)

            yield told
    finally:
        explanation.cancel()


def _explain() -> None:
    told = "If matchsim is new on this machine, its inner loops are being compiled: most of a minute, once."
    if sys.stderr.isatty():
        from tqdm import tqdm

        # Above the bar, which stays the last line.
        tqdm.write(told, file=sys.stderr)
    else:
        click.echo(told, err=True)


@contextmanager
def _bar(seasons: int) -> Iterator[Callable[[int], object]]:
    from tqdm import tqdm

    with tqdm(total=seasons, desc="seasons", unit="season", file=sys.stderr) as bar:
        yield bar.update


@contextmanager
def _lines(seasons: int) -> Iterator[Callable[[int], object]]:
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
