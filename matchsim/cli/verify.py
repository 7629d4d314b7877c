"""``matchsim verify``: check a matching for stability, independently of any solver."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from matchsim.engine.verdict import Verdict

__all__ = ["verify"]

SHOWN = 20


@click.command(epilog="Example:  matchsim verify my-market my-result/matches.csv")
@click.argument("market", type=click.Path(path_type=Path))
@click.argument("matches", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON, with every blocking pair.")
@click.option(
    "--quiet", "-q", is_flag=True, help="Print nothing but errors (and --json); the exit code tells."
)
def verify(market: Path, matches: Path, as_json: bool, quiet: bool) -> None:
    """Check a matching for stability, independently of any solver.

    MARKET is a market folder or workbook. MATCHES is a table, by anybody, with the columns applicant
    and program; final quotas are read from programs.csv beside it where that has them.

    Exit code 0: stable. 1: not stable, or no matching of this market. 2: the files cannot be used.
    """
    from matchsim.engine.folder import read_folder
    from matchsim.engine.verdict import judge

    folder = read_folder(market)
    verdict = judge(folder.market, matches)
    if not quiet:
        for remark in (*folder.remarks, *verdict.remarks):
            click.echo(f"note: {remark}", err=True)
    if as_json:
        click.echo(_as_json(verdict))
    elif not quiet:
        click.echo(_screen(verdict))
    if not verdict.stable:
        raise SystemExit(1)


def _as_json(verdict: Verdict) -> str:
    from dataclasses import asdict

    from matchsim.engine.results import DEFINITIONS, FORMAT

    content = {
        "format": FORMAT,
        "applicants": verdict.applicants,
        "matched": verdict.matched,
        "feasible": not verdict.problems,
        "problems": list(verdict.problems),
        "stable": verdict.stable,
        "stable_under": list(DEFINITIONS) if verdict.stable else [],
        # Without a matching there is nothing to count.
        "blocking_pairs": None if verdict.problems else len(verdict.pairs),
        "pairs": [asdict(pair) for pair in verdict.pairs],
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def _screen(verdict: Verdict) -> str:
    if verdict.problems:
        return _listing("This is no matching of this market:", verdict.problems)
    if verdict.pairs:
        count = (
            f"{len(verdict.pairs):,} pair blocks"
            if len(verdict.pairs) == 1
            else f"{len(verdict.pairs):,} pairs block"
        )
        return _listing(f"Not stable: {count} the matching.", verdict.pairs)
    return f"Stable: {verdict.matched:,} of {verdict.applicants:,} applicants matched, and no pair blocks."


def _listing(title: str, entries: tuple[object, ...]) -> str:
    lines = [title, *(f"  {entry}" for entry in entries[:SHOWN])]
    if len(entries) > SHOWN:
        lines.append(f"  and {len(entries) - SHOWN:,} more; --json lists all")
    return "\n".join(lines)
