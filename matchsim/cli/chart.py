"""``matchsim chart``: charts of a run or a study, drawn again or in another form."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
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
        "rank_obtained --format pdf    matchsim chart studies/cap-1a2b3c4d effect --out figures    "
        "matchsim chart --list"
    )
)
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option(
    "--format",
    "formats",
    type=click.Choice(["png", "svg", "pdf"]),
    multiple=True,
    help="Kind of file; repeatable.  [default: png and svg]",
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder for the files.  [default: charts in FOLDER]"
)
@click.option("--force", is_flag=True, help="Replace files of the same name.")
@click.option("--list", "listed", is_flag=True, help="List the charts there are, and draw nothing.")
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
def chart(
    folder: Path | None,
    names: tuple[str, ...],
    formats: tuple[str, ...],
    out: Path | None,
    force: bool,
    listed: bool,
    quiet: bool,
) -> None:
    """Draw charts of a run or a study: those named, or all.

    FOLDER is one that matchsim run or matchsim study run wrote. Nothing is simulated again, but for
    why_unmatched: no table of a run says it, so it is drawn only where it is named, and its first season is
    simulated again and held to what FOLDER recorded. A chart of a study may be several pictures, such as one
    a metric. The files written are printed, one a line.

    Exit code 0: drawn. 1: the season simulated again differs from the recorded one. 2: FOLDER is no complete
    run or study, there is no such chart, or it cannot be drawn of this study.
    """
    if listed:
        from matchsim.cli.names import KINDS, as_lines

        of = {"of a run": KINDS["charts"](), "of a study": KINDS["study-charts"]()}
        click.echo("\n\n".join(f"{whose}\n{as_lines(found, indent=2)}" for whose, found in of.items()))
        return
    if folder is None:
        told = "Missing argument 'FOLDER', the folder of a run or a study; --list lists the charts."
        raise click.UsageError(told)
    from matchsim.folders import check_folder_name
    from matchsim.report import holds_a_study

    if out is not None:
        check_folder_name(out)
    drawn = _of_study if holds_a_study(folder) else _of_run
    for path in drawn(folder, names, formats or FORMATS, out, force=force):
        if not quiet:
            click.echo(path)


def _of_run(
    run: Path, names: tuple[str, ...], suffixes: Sequence[str], out: Path | None, *, force: bool
) -> list[Path]:
    from matchsim.charts import CHARTS, save_charts, source_line
    from matchsim.folders import check_unchanged
    from matchsim.report import read_tables
    from matchsim.study.run_folder import first_replicate, read_manifest, record_again

    manifest = read_manifest(run)
    check_unchanged(run, manifest, ["tables/"])
    of_tables = [name for name in names or CHARTS if name != OF_A_SEASON]
    wanted = {CHARTS[name].table for name in of_tables if name in CHARTS}
    folder = run / "charts" if out is None else out
    if not force:
        made = {} if out is not None else manifest["files"]
        _refuse_others([folder / f"{name}.{suffix}" for name in names or CHARTS for suffix in suffixes], made)
    caption = source_line(manifest["scenario"], manifest["seed"])
    # What may fail comes before anything is written.
    of_a_season = _why_unmatched(run, first_replicate(manifest), caption) if OF_A_SEASON in names else None
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


def _of_study(
    study: Path, names: tuple[str, ...], suffixes: Sequence[str], out: Path | None, *, force: bool
) -> list[Path]:
    from matchsim.charts import CHARTS
    from matchsim.folders import check_unchanged, manifest_in, read_as_written
    from matchsim.study.charts import check_charts, pictures
    from matchsim.study.result import open_study
    from matchsim.study.study_folder import FORMAT, MADE_BY, record_drawn

    manifest = manifest_in(study, {MADE_BY: FORMAT})
    assert manifest is not None
    result = open_study(study)
    check_unchanged(study, manifest, ["parts/"])
    with read_as_written(study, MADE_BY):
        check_charts(names, result, of_runs=[*CHARTS, OF_A_SEASON])
        folder = study / "charts" if out is None else out
        if not force:
            made = {} if out is not None else manifest.get("files", {})
            found = [picture.name for picture in pictures(result, names)]
            _refuse_others([folder / f"{name}.{suffix}" for name in found for suffix in suffixes], made)
        paths = result.save_charts(names, folder=folder, formats=suffixes)
    if out is None:
        record_drawn(study, paths)
    return paths


def _refuse_others(wanted: list[Path], made: Mapping[str, str]) -> None:
    """Refuse to replace files but those whose digests the run recorded."""
    from matchsim.errors import InputError, Place, Problem
    from matchsim.folders import digest_of

    remedy = "give another folder with --out, or replace it with --force"
    problems = [
        Problem("is there already, and not as it was left", Place(str(path)), remedy=remedy)
        for path in wanted
        if os.path.lexists(path) and made.get(f"charts/{path.name}") != digest_of(path)
    ]
    if problems:
        raise InputError(problems)


def _why_unmatched(run: Path, first: int, caption: str) -> Axes:
    from matchsim.charts.why_unmatched import why_unmatched as draw
    from matchsim.strategy import why_unmatched
    from matchsim.study.replaying import recorded_season, simulated_again

    season = simulated_again(recorded_season(run, first))
    return draw(why_unmatched(season).counts(), caption=f"{caption}, replicate {first}")


def _saved(ax: Axes, folder: Path, suffixes: Sequence[str]) -> list[Path]:
    from matchsim.charts.files import save_figure

    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{OF_A_SEASON}.{suffix}" for suffix in suffixes]
    for path in paths:
        save_figure(ax, path, description="Why people are without a position, by applicant type.")
    return paths
