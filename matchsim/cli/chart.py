"""``matchsim chart``: charts of a run, drawn again or in another form."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["OF_A_SEASON", "chart"]

FORMATS = ("png", "svg")
# The chart that needs a whole season, simulated again.
OF_A_SEASON = "why_unmatched"


@click.command(
    epilog=(
        "Examples:  matchsim chart runs/us-2025-1a2b3c4d    matchsim chart runs/us-2025-1a2b3c4d "
        "rank_obtained --format pdf    matchsim chart --list"
    )
)
@click.argument("run", type=click.Path(path_type=Path), required=False)
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option(
    "--format",
    "formats",
    type=click.Choice(["png", "svg", "pdf"]),
    multiple=True,
    help="Kind of file; repeatable.  [default: png and svg]",
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder for the files.  [default: the run's charts]"
)
@click.option("--force", is_flag=True, help="Replace files of the same name.")
@click.option("--list", "listed", is_flag=True, help="List the charts there are, and draw nothing.")
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
def chart(
    run: Path | None,
    names: tuple[str, ...],
    formats: tuple[str, ...],
    out: Path | None,
    force: bool,
    listed: bool,
    quiet: bool,
) -> None:
    """Draw charts of a run: those named, or all.

    RUN is a folder that matchsim run wrote. Nothing is simulated again, but for why_unmatched: no table of a
    run says it, so it is drawn only where it is named, and its first season is simulated again and held to
    what RUN recorded. The files written are printed, one a line.

    Exit code 0: drawn. 1: the season simulated again differs from the recorded one. 2: RUN is no complete
    run, or there is no such chart.
    """
    if listed:
        from matchsim.cli.names import KINDS, as_lines

        click.echo(as_lines(KINDS["charts"]()))
        return
    if run is None:
        raise click.UsageError("Missing argument 'RUN', the folder of a run; --list lists the charts.")
    for path in _drawn(run, names, formats, out, force=force):
        if not quiet:
            click.echo(path)


def _drawn(
    run: Path, names: tuple[str, ...], formats: tuple[str, ...], out: Path | None, *, force: bool
) -> list[Path]:
    from matchsim.charts import CHARTS, save_charts, source_line
    from matchsim.folders import check_unchanged
    from matchsim.report import read_tables
    from matchsim.study.run_folder import read_manifest, record_again

    manifest = read_manifest(run)
    check_unchanged(run, manifest, ["tables/"])
    of_tables = [name for name in names or CHARTS if name != OF_A_SEASON]
    wanted = {CHARTS[name].table for name in of_tables if name in CHARTS}
    folder, suffixes = run / "charts" if out is None else out, formats or FORMATS
    if not force:
        made = {} if out is not None else manifest["files"]
        _refuse_others([folder / f"{name}.{suffix}" for name in names or CHARTS for suffix in suffixes], made)
    caption = source_line(manifest["scenario"], manifest["seed"])
    # What may fail comes before anything is written.
    of_a_season = _why_unmatched(run, caption) if OF_A_SEASON in names else None
    paths = []
    if of_tables:
        tables = read_tables(run, sorted(wanted))
        paths += save_charts(tables, folder, caption=caption, formats=suffixes, names=of_tables)
    if of_a_season is not None:
        paths += _saved(of_a_season, folder, suffixes)
    if out is None:
        for path in paths:
            record_again(run, path)
    return paths


def _refuse_others(wanted: list[Path], made: Mapping[str, str]) -> None:
    """Refuse to replace files but those whose digests the run recorded."""
    from matchsim.errors import InputError, Place, Problem
    from matchsim.folders import digest_of

    remedy = "give another folder with --out, or replace it with --force"
    problems = [
        Problem("is there already, and not as the run left it", Place(str(path)), remedy=remedy)
        for path in wanted
        if os.path.lexists(path) and made.get(f"charts/{path.name}") != digest_of(path)
    ]
    if problems:
        raise InputError(problems)


def _why_unmatched(run: Path, caption: str) -> Axes:
    from matchsim.charts.why_unmatched import why_unmatched as draw
    from matchsim.strategy import why_unmatched
    from matchsim.study.replaying import recorded_season, simulated_again

    season = simulated_again(recorded_season(run, 0))
    return draw(why_unmatched(season).counts(), caption=f"{caption}, replicate 0")


def _saved(ax: Axes, folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    from matchsim.charts.files import save_figure

    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{OF_A_SEASON}.{suffix}" for suffix in suffixes]
    for path in paths:
        save_figure(ax, path, description="Why people are without a position, by applicant type.")
    return paths
