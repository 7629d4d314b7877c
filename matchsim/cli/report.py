"""``matchsim report``: the report of a run, made again from its folder."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["report"]


@click.command(epilog="Example:  matchsim report runs/us-2025-1a2b3c4d")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
def report(run: Path, quiet: bool) -> None:
    """Make report.html of a run again, from the tables and charts in its folder.

    RUN is a folder that matchsim run wrote; it writes the report too. The report is one file that needs no
    network: open it in a browser, send it, print it.

    Exit code 0: written. 2: RUN is no complete run.
    """
    from matchsim.folders import check_unchanged
    from matchsim.report import write_report
    from matchsim.study.run_folder import read_manifest, record_again

    # The title and the description in resolved.yaml may be put otherwise.
    parts = ("tables/", "charts/", "summary.json")
    check_unchanged(run, read_manifest(run), parts)
    path = write_report(run)
    record_again(run, path)
    if not quiet:
        click.echo(f"written to {path}")
