"""``matchsim chart``: charts of a run, drawn again or in another form."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["chart"]


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
@click.option("--list", "listed", is_flag=True, help="List the charts there are, and draw nothing.")
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
def chart(
    run: Path | None,
    names: tuple[str, ...],
    formats: tuple[str, ...],
    out: Path | None,
    listed: bool,
    quiet: bool,
) -> None:
    """Draw charts of a run: those named, or all.

    RUN is a folder that matchsim run wrote; nothing is simulated again. The files written are printed, one a
    line.

    Exit code 0: drawn. 2: RUN is no complete run, or there is no such chart.
    """
    if listed:
        from matchsim.cli.names import KINDS, as_lines

        click.echo(as_lines(KINDS["charts"]()))
        return
    if run is None:
        raise click.UsageError("Missing argument 'RUN', the folder of a run; --list lists the charts.")
    for path in _drawn(run, names, formats, out):
        if not quiet:
            click.echo(path)


def _drawn(run: Path, names: tuple[str, ...], formats: tuple[str, ...], out: Path | None) -> list[Path]:
    from matchsim.charts import CHARTS, save_charts, source_line
    from matchsim.folders import check_unchanged
    from matchsim.report import read_tables
    from matchsim.study.run_folder import read_manifest, record_again

    manifest = read_manifest(run)
    check_unchanged(run, manifest, ["tables/"])
    wanted = {CHARTS[name].table for name in names or CHARTS if name in CHARTS}
    paths = save_charts(
        read_tables(run, sorted(wanted)),
        run / "charts" if out is None else out,
        caption=source_line(manifest["scenario"], manifest["seed"]),
        formats=formats or ("png", "svg"),
        names=names or None,
    )
    if out is None:
        for path in paths:
            record_again(run, path)
    return paths
