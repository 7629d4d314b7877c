"""``matchsim study``: arms, sweeps and replicates, simulated so that nothing finished is lost."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from matchsim.study.loading import LoadedStudy
    from matchsim.study.running import Outcome, Shard

__all__ = ["study"]

# Where stderr is no terminal, a plain line this often says how far the study is.
SECONDS_BETWEEN_LINES = 30.0
# Metrics whose effects are shown on the screen, and rows of them.
METRICS_SHOWN, SHOWN = 4, 24


@click.group(
    epilog="Examples:  matchsim study check interview-cap    matchsim study run interview-cap    "
    "matchsim study run my.yaml --jobs 8"
)
def study() -> None:
    """Compare arms of a study over many simulated seasons; continue where an earlier run ended."""


@study.command(
    short_help="Simulate a study, or go on with it.",
    epilog=(
        "Examples:  matchsim study run interview-cap    matchsim study run my.yaml --jobs 8    "
        "matchsim study run my.yaml --shard 3/20 --out /shared/my"
    ),
)
@click.argument("source", metavar="STUDY")
@click.option("--out", type=click.Path(path_type=Path), help="Folder; default studies/<name>-<digest>.")
@click.option("--jobs", type=click.IntRange(min=1), help="Workers; default as many as there are cores.")
@click.option("--scheduler", metavar="ADDRESS", help="Address of a Dask scheduler, or the word local.")
@click.option("--shard", metavar="I/N", help="Do every Nth part only, from the Ith on.")
@click.option("--replicates", type=click.IntRange(min=1), help="In place of the study's own.")
@click.option("--allow-outside", is_flag=True, help="Let the study name files outside its folder.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but what went wrong.")
@click.option("--json", "as_json", is_flag=True, help="Write what was done as JSON to stdout.")
def run(
    source: str,
    out: Path | None,
    jobs: int | None,
    scheduler: str | None,
    shard: str | None,
    replicates: int | None,
    allow_outside: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Simulate STUDY, a file or the name of a shipped one; the same command again goes on with it."""
    from matchsim.study.loading import read_study
    from matchsim.study.running import simulate_study
    from matchsim.study.study_folder import default_folder

    loaded = read_study(source, replicates=replicates, allow_outside=allow_outside)
    folder = out if out is not None else default_folder(loaded)
    _announce(loaded, 1 if scheduler else jobs or os.cpu_count() or 1, quiet=quiet)
    try:
        with _progress(quiet=quiet) as progress:
            outcome = simulate_study(
                loaded,
                folder,
                jobs=jobs,
                scheduler=scheduler,
                shard=_shard(shard) if shard else None,
                progress=progress,
                told=lambda line: click.echo(line, err=True),
            )
    except KeyboardInterrupt:
        click.echo(f"what is finished stays in {folder}; the same command goes on from there", err=True)
        raise
    if outcome.summed_up:
        _show(folder)
    if as_json:
        told = {"study": loaded.study.name, "folder": str(folder), "complete": outcome.complete}
        told |= {"simulated": outcome.done, "there_already": outcome.skipped, "left": outcome.left}
        told["failed"] = [failure.told for failure in outcome.failures]
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    elif not quiet:
        click.echo(_screen(loaded, outcome))
    if outcome.failures:
        from matchsim.errors import counted

        failed = counted(len(outcome.failures), "part")
        click.echo(f"{failed} failed; see manifest.json in {folder}", err=True)
        sys.exit(1)


@study.command(
    short_help="Say what a study will do, and how long that takes.",
    epilog="Examples:  matchsim study check interview-cap    matchsim study check my.yaml --jobs 8",
)
@click.argument("source", metavar="STUDY")
@click.option("--jobs", type=click.IntRange(min=1), help="Workers to count with; default all cores.")
@click.option("--replicates", type=click.IntRange(min=1), help="In place of the study's own.")
@click.option("--allow-outside", is_flag=True, help="Let the study name files outside its folder.")
def check(source: str, jobs: int | None, replicates: int | None, *, allow_outside: bool) -> None:
    """Say whether STUDY is valid, what it will do, and how long that takes, from one season timed."""
    from matchsim.study.estimating import estimate
    from matchsim.study.loading import read_study

    loaded = read_study(source, replicates=replicates, allow_outside=allow_outside)
    click.echo(f"{source}: valid")
    click.echo(estimate(loaded, jobs))


def _announce(loaded: LoadedStudy, jobs: int, *, quiet: bool) -> None:
    """Say what the largest seasons will take, where that is much and fits."""
    from matchsim.cli.progress import announce
    from matchsim.study.chunks import chunks_of
    from matchsim.study.memory import refuse_what_cannot_fit, season_bytes

    largest = max((cell.scenario for cell in loaded.cells), key=season_bytes)
    jobs = min(jobs, len(chunks_of(loaded)))
    refuse_what_cannot_fit(largest, jobs)
    announce(largest, jobs, quiet=quiet)


def _shard(text: str) -> Shard:
    from matchsim.study.running import Shard

    first, _, second = text.partition("/")
    if not (first.isdigit() and second.isdigit() and 1 <= int(first) <= int(second)):
        told = f"write I/N with 1 <= I <= N, such as 3/20; got {text!r}"
        raise click.BadParameter(told, param_hint="--shard")
    return Shard(int(first), int(second))


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[int, int], object]]:
    """A bar on a terminal; elsewhere a plain line now and then with the rate and the time left."""
    if quiet:
        yield lambda _done, _all: None
        return
    if sys.stderr.isatty():
        from tqdm import tqdm

        with tqdm(desc="seasons", unit="season", file=sys.stderr) as bar:

            def draw(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            yield draw
        return
    start = last = perf_counter()

    def line(done: int, total: int) -> None:
        nonlocal last
        now = perf_counter()
        if done and now - last >= SECONDS_BETWEEN_LINES:
            last = now
            rate = done / (now - start)
            left = (total - done) / rate
            click.echo(f"{done} of {total} seasons, {rate:.1f} a second, {left:.0f} s left", err=True)

    yield line


def _show(folder: Path) -> None:
    """Draw the charts and write the report."""
    from matchsim.report import write_report
    from matchsim.study.result import open_study
    from matchsim.study.study_folder import record_drawn

    open_study(folder).save_charts()
    write_report(folder)
    record_drawn(folder)


def _screen(loaded: LoadedStudy, outcome: Outcome) -> str:
    from matchsim.errors import counted

    points, replicates = len(loaded.cells) // len(loaded.arms), loaded.study.replicates
    size = f"{counted(len(loaded.arms), 'arm')}, {counted(points, 'point')}"
    lines = [f"{loaded.study.name}: {size}, {counted(replicates, 'replicate')}, seed {loaded.seed}"]
    lines.append(f"  parts: {outcome.done} simulated, {outcome.skipped} there already, {outcome.left} left")
    if not outcome.complete:
        if not outcome.failures:
            lines.append("  run the other shards, or the command without --shard, to finish")
        return "\n".join([*lines, f"  written to {outcome.folder}"])
    lines += _effects(outcome.folder)
    return "\n".join([*lines, f"  written to {outcome.folder}"])


def _effects(folder: Path) -> list[str]:
    """The first effects, each with its interval."""
    from matchsim.study.result import open_study

    result = open_study(folder)
    if len(result.loaded.cells) == 1:
        return []
    effects = result.compare(metrics=result.loaded.metrics[:METRICS_SHOWN]).effects
    shown = effects[(effects["group"] == "all") & (effects["year"] == 1)].head(SHOWN)
    lines = ["", f"  against {result.baseline_told()}; interval of the mean difference, paired bootstrap:"]
    for row in shown.to_dict("records"):
        scale, unit = (100.0, " points") if row["unit"] == "share" else (1.0, "")
        numbers = f"{scale * row['difference']:+.3f}{unit}"
        interval = f"({scale * row['low']:+.3f} to {scale * row['high']:+.3f})"
        lines.append(f"  {result.told(row):<34} {row['metric']:<22} {numbers} {interval}")
    return [*lines, ""]
