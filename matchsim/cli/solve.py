"""``matchsim solve``: match the rank order lists of a folder or workbook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

__all__ = ["solve"]


@click.command(epilog="Example:  matchsim solve my-market --out my-result")
@click.argument("market", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the result.")
@click.option(
    "--proposing",
    type=click.Choice(["applicants", "programs"]),
    default="applicants",
    show_default=True,
    help="The side that proposes, and gets its best stable matching.",
)
@click.option("--json", "as_json", is_flag=True, help="Print summary.json instead of the summary.")
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors (and --json).")
def solve(market: Path, out: Path, proposing: str, as_json: bool, quiet: bool) -> None:
    """Match the rank order lists of a folder or workbook.

    MARKET is a folder with programs, applicant_rankings and program_rankings as .csv or .xlsx, or one
    .xlsx workbook with these sheets. OUT then holds matches.csv, programs.csv, summary.json and
    manifest.json; it is complete or not there at all.
    """
    import time

    from matchsim.engine.deferred_acceptance import deferred_acceptance
    from matchsim.engine.folder import read_folder
    from matchsim.engine.results import earlier_result, file_digests, summary_of, write_result
    from matchsim.errors import RunError

    started = time.time()
    clock = [time.perf_counter()]
    folder = read_folder(market)
    inputs = file_digests(folder.files)
    earlier = earlier_result(out, inputs)
    clock.append(time.perf_counter())
    matching = deferred_acceptance(folder.market, proposing)  # type: ignore[arg-type]
    clock.append(time.perf_counter())
    summary = summary_of(matching, proposing)
    clock.append(time.perf_counter())
    write_result(out, matching, summary, _manifest(market, proposing, inputs, started, clock))

    if not quiet:
        for remark in folder.remarks:
            click.echo(f"note: {remark}", err=True)
        if earlier is not None:
            before = earlier.get("proposing", "unknown")
            click.echo(f"note: replaced the earlier result for the same files ({before} proposing)", err=True)
    if as_json:
        click.echo(json.dumps(summary, indent=2, ensure_ascii=False))
    elif not quiet:
        click.echo(_screen(summary, out))
    if not summary["stable"]:
        raise RunError(f"the matching in {out} did not pass the independent check; please report this")


def _manifest(
    market: Path, proposing: str, inputs: list[dict[str, Any]], started: float, clock: list[float]
) -> dict[str, Any]:
    """Everything that may differ between two runs with the same result."""
    import platform
    from datetime import UTC, datetime
    from importlib.metadata import version

    from matchsim import __version__

    steps = zip(("read", "solve", "check"), clock, clock[1:], strict=False)
    return {
        "market": str(market),
        "proposing": proposing,
        "inputs": inputs,
        "versions": {
            "matchsim": __version__,
            "python": platform.python_version(),
            "numpy": version("numpy"),
            "numba": version("numba"),
        },
        "platform": f"{platform.system()} {platform.machine()}",
        "started": datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds"),
        "seconds": {name: round(after - before, 4) for name, before, after in steps},
    }


def _screen(summary: dict[str, Any], out: Path) -> str:
    applicants, positions = summary["applicants"], summary["positions"]
    matched, filled = summary["matched"], summary["filled"]
    first = summary["matched_to_first_choice"]
    rows = [
        ("Applicants", f"{applicants:,}", ""),
        ("  without ranks", f"{summary['applicants_without_ranks']:,}", ""),
        ("  matched", f"{matched:,}", _percent(matched, applicants)),
        ("  to first choice", f"{first:,}", _percent(first, applicants)),
        ("Programs", f"{summary['programs']:,}", ""),
        ("Positions", f"{positions:,}", ""),
        ("  filled", f"{filled:,}", _percent(filled, positions)),
        ("Proposals", f"{summary['proposals']:,}", f"made by {summary['proposing']}"),
    ]
    table = "\n".join(f"{name:<18}{value:>10}  {note}".rstrip() for name, value, note in rows)
    stable = "yes, by the independent checker" if summary["stable"] else "NO"
    written = f"Written to {out}: matches.csv, programs.csv, summary.json, manifest.json"
    return f"{table}\nStable: {stable}; {summary['blocking_pairs']:,} blocking pairs\n{written}"


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:6.1%}" if whole else ""
