"""``matchsim solve``: match the rank order lists of a folder or workbook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from matchsim.engine.market import Market
    from matchsim.engine.matching import Matching

__all__ = ["solve"]

SHOWN = 5


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
@click.option(
    "--seed",
    type=click.IntRange(0, 2**64 - 1),
    default=0,
    show_default=True,
    help="Decides the orders tried when the first leaves somebody who blocks (couples, supplemental lists).",
)
@click.option(
    "--order",
    type=click.Choice(["couples_last", "couples_first", "given"]),
    default="couples_last",
    show_default=True,
    help="When couples enter: after all single applicants, before them, or as the market lists them.",
)
@click.option("--strict", is_flag=True, help="Exit with 3 when no stable matching was found.")
@click.option("--json", "as_json", is_flag=True, help="Print summary.json instead of the summary.")
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors (and --json).")
def solve(
    market: Path, out: Path, proposing: str, seed: int, order: str, strict: bool, as_json: bool, quiet: bool
) -> None:
    """Match the rank order lists of a folder, workbook or instance in text.

    MARKET is a folder with programs, applicant_rankings and program_rankings as .csv or .xlsx, one .xlsx
    workbook with these sheets, or a text file with lines r, c and p. With couples, supplemental_rankings
    or reversions it is solved by the algorithm of Roth and Peranson, otherwise by deferred acceptance.
    OUT then holds matches.csv, programs.csv, summary.json and manifest.json; it is complete or not there
    at all.

    Exit code 0: done, even where no stable matching was found. 2: MARKET cannot be used. 3: none was
    found, with --strict.
    """
    import time

    from matchsim.engine.blocks import blocks_of
    from matchsim.engine.folder import read_folder
    from matchsim.engine.results import earlier_result, file_digests, summary_of, write_result
    from matchsim.errors import RunError

    started = time.time()
    clock = [time.perf_counter()]
    folder = read_folder(market)
    inputs = file_digests(folder.files)
    earlier = earlier_result(out, inputs)
    clock.append(time.perf_counter())
    matching = _solved(folder.market, proposing, seed, order)
    clock.append(time.perf_counter())
    summary = summary_of(matching, proposing)
    clock.append(time.perf_counter())
    options = {"proposing": proposing, "seed": seed, "order": order}
    write_result(out, matching, summary, _manifest(market, options, inputs, started, clock))

    if not quiet:
        for remark in folder.remarks:
            click.echo(f"note: {remark}", err=True)
        if earlier is not None:
            before = earlier.get("proposing", "unknown")
            click.echo(f"note: replaced the earlier result for the same files ({before} proposing)", err=True)
    if as_json:
        click.echo(json.dumps(summary, indent=2, ensure_ascii=False))
    elif not quiet:
        blocks = [] if summary["stable"] else blocks_of(matching).lines()
        click.echo(_screen(summary, blocks, out))
    # Only couples and supplemental lists can keep a matching from being stable.
    if not summary["stable"] and (folder.market.links is None or not summary["individually_rational"]):
        raise RunError(f"the matching in {out} did not pass the independent check; please report this")
    if strict and not summary["stable"]:
        click.echo(f"no stable matching was found; {out} holds the best one that was", err=True)
        raise SystemExit(3)


def _solved(market: Market, proposing: str, seed: int, order: str) -> Matching:
    from matchsim.engine.deferred_acceptance import deferred_acceptance
    from matchsim.engine.roth_peranson import roth_peranson
    from matchsim.errors import InputError, Problem

    if not market.is_linked:
        return deferred_acceptance(market, proposing)  # type: ignore[arg-type]
    if proposing == "programs":
        linked = "couples, supplemental lists, reversions and the like"
        told = f"programs can propose only in a market without {linked}"
        raise InputError(Problem(told, path="--proposing", remedy="leave the option out"))
    return roth_peranson(market, seed=seed, order=order)  # type: ignore[arg-type]


def _manifest(
    market: Path, options: dict[str, Any], inputs: list[dict[str, Any]], started: float, clock: list[float]
) -> dict[str, Any]:
    """Everything that may differ between two runs with the same result."""
    import platform
    from datetime import UTC, datetime
    from importlib.metadata import version

    from matchsim import __version__

    steps = zip(("read", "solve", "check"), clock, clock[1:], strict=False)
    return {
        "market": str(market),
        **options,
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


def _screen(summary: dict[str, Any], blocks: list[str], out: Path) -> str:
    rows = [("Applicants", summary["applicants"], ""), *_rows_of_applicants(summary)]
    rows += [("Programs", summary["programs"], ""), ("Positions", summary["positions"], "")]
    linked = summary["algorithm"] == "roth_peranson"
    if linked:
        rows.append(("  reverted", summary["reverted"], ""))
    rows.append(("  filled", summary["filled"], _percent(summary["filled"], summary["positions"])))
    rows.append(("Proposals", summary["proposals"], f"made by {summary['proposing']}"))
    if linked:
        rows += [("Restarts", summary["restarts"], ""), ("Cycles", summary["cycles"], "")]
    table = "\n".join(f"{name:<18}{value:>10,}  {note}".rstrip() for name, value, note in rows)
    written = f"Written to {out}: matches.csv, programs.csv, summary.json, manifest.json"
    return "\n".join([table, _stability(summary), *_shown(blocks), written])


def _shown(blocks: list[str]) -> list[str]:
    """The first of what blocks, and why that is no failure."""
    lines = [f"  {block}" for block in blocks[:SHOWN]]
    if len(blocks) > SHOWN:
        lines.append(f"  and {len(blocks) - SHOWN:,} more, all of them in summary.json")
    if blocks:
        lines.append(
            "With couples or supplemental lists a stable matching need not exist, or need not be found."
        )
    return lines


def _rows_of_applicants(summary: dict[str, Any]) -> list[tuple[str, int, str]]:
    applicants, couples = summary["applicants"], summary["couples"]
    matched, first = summary["matched"], summary["matched_to_first_choice"]
    rows = [
        ("  without ranks", summary["applicants_without_ranks"], ""),
        ("  matched", matched, _percent(matched, applicants)),
        ("  to first choice", first, _percent(first, applicants)),
    ]
    if summary["partially_matched"] or summary["algorithm"] == "roth_peranson":
        rows.append(("  partially", summary["partially_matched"], "advanced, without a preliminary year"))
    total = sum(couples.values())
    if total:
        rows.append(("Couples", total, ""))
        rows += [(f"  {which} matched", count, _percent(count, total)) for which, count in couples.items()]
    return rows


def _stability(summary: dict[str, Any]) -> str:
    """What the checkers found."""
    count = summary["blocking_pairs"]
    if summary["algorithm"] == "deferred_acceptance":
        stable = "yes, by the independent checker" if summary["stable"] else "NO"
        return f"Stable: {stable}; {count:,} blocking pairs"
    others = [name for name in summary["stable_under"] if name != "responsive"]
    under = f" under {' and '.join(others)}" if others else ""
    if summary["stable"]:
        return f"Stable: yes, by the independent checker{f'; also{under}' if under else ''}"
    blocking = "1 option blocks" if count == 1 else f"{count:,} options block"
    return f"Stable: NO{f' (but{under})' if under else ''}; {blocking}:"


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:6.1%}" if whole else ""
