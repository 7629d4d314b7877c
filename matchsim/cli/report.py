"""``matchsim report``: the report of a run or study, made again from its folder."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["report"]


@click.command(
    epilog="Examples:  matchsim report runs/us-2025-1a2b3c4d    matchsim report studies/cap-1a2b3c4d"
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
def report(folder: Path, quiet: bool) -> None:
    """Make report.html of a run or study again, from the tables and charts in its folder.

    FOLDER is one that matchsim run or matchsim study run wrote; both write the report too. The report is one
    file that needs no network: open it in a browser, send it, print it.

    Exit code 0: written. 2: FOLDER is no complete run or study.
    """
    from matchsim.report import holds_a_study

    path = _of_study(folder) if holds_a_study(folder) else _of_run(folder)
    if not quiet:
        click.echo(f"written to {path}")


def _of_run(folder: Path) -> Path:
    from matchsim.folders import check_unchanged
    from matchsim.report import write_report
    from matchsim.study.run_folder import read_manifest, record_again

    parts = ("tables/", "charts/", "summary.json", "resolved.yaml", "origins.csv")
    check_unchanged(folder, read_manifest(folder), parts)
    path = write_report(folder)
    record_again(folder, path)
    return path


def _of_study(folder: Path) -> Path:
    from matchsim.folders import check_unchanged, manifest_in
    from matchsim.report import write_report
    from matchsim.study.study_folder import FORMAT, MADE_BY, record_drawn

    manifest = manifest_in(folder, {MADE_BY: FORMAT})
    assert manifest is not None
    # Charts that are not there are drawn.
    files = manifest.get("files", {})
    there = [name for name in files if name.startswith("charts/") and (folder / name).exists()]
    check_unchanged(folder, manifest, (*there, "parts/", "origins.csv"))
    path = write_report(folder)
    record_drawn(folder)
    return path
