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
@click.option(
    "--definition",
    type=click.Choice(["responsive", "kpr", "mm"]),
    default="responsive",
    show_default=True,
    help="When a couple blocks; without couples all three say the same.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON, with all that blocks.")
@click.option(
    "--quiet", "-q", is_flag=True, help="Print nothing but errors (and --json); the exit code tells."
)
def verify(market: Path, matches: Path, definition: str, as_json: bool, quiet: bool) -> None:
    """Check a matching for stability, independently of any solver.

    MARKET is a market folder, a workbook or an instance in text. MATCHES is a table, by anybody, with the
    columns applicant and program, and list where a position comes from a supplemental list; final quotas
    are read from programs.csv beside it where that has them, and checked against the reversions.

    Exit code 0: stable. 1: not stable, or no matching of this market. 2: the files cannot be used.
    """
    from matchsim.engine.folder import read_folder
    from matchsim.engine.verdict import judge

    folder = read_folder(market)
    verdict = judge(folder.market, matches, definition)  # type: ignore[arg-type]
    if not quiet:
        for remark in (*folder.remarks, *verdict.remarks):
            click.echo(f"note: {remark}", err=True)
    if as_json:
        click.echo(_as_json(verdict))
    elif not quiet:
        click.echo(_screen(verdict, linked=folder.market.links is not None))
    if not verdict.stable:
        raise SystemExit(1)


def _as_json(verdict: Verdict) -> str:
    from matchsim.engine.results import FORMAT, blocks_as_json

    content = {
        "format": FORMAT,
        "applicants": verdict.applicants,
        "matched": verdict.matched,
        "feasible": not verdict.problems,
        "problems": list(verdict.problems),
        "definition": verdict.definition,
        "stable": verdict.stable,
        "stable_under": list(verdict.stable_under),
        # Without a matching there is nothing to count.
        "blocking_pairs": verdict.blocking.get(verdict.definition),
        "blocking": verdict.blocking,
        **blocks_as_json(verdict.blocks),
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def _screen(verdict: Verdict, *, linked: bool) -> str:
    from matchsim.errors import counted

    if verdict.problems:
        return _listing("This is no matching of this market:", list(verdict.problems))
    blocks = verdict.blocks.lines()
    who, plural = ("options", "option") if linked else ("pairs", "pair")
    count = f"{len(blocks):,} {who} block" if len(blocks) != 1 else f"1 {plural} blocks"
    if blocks:
        return _listing(f"Not stable{_under(verdict, linked)}: {count} the matching.", blocks)
    matched = f"{verdict.matched:,} of {counted(verdict.applicants, 'applicant')} matched"
    return f"Stable{_under(verdict, linked)}: {matched}, and {'nothing' if linked else 'no pair'} blocks."


def _under(verdict: Verdict, linked: bool) -> str:
    """The definition, and the others that hold, where there are couples or supplemental lists."""
    if not linked:
        return ""
    others = [name for name in verdict.stable_under if name != verdict.definition]
    more = f"; stable under {' and '.join(others)}" if others else ""
    return f" ({verdict.definition}{more})"


def _listing(title: str, entries: list[str]) -> str:
    lines = [title, *(f"  {entry}" for entry in entries[:SHOWN])]
    if len(entries) > SHOWN:
        lines.append(f"  and {len(entries) - SHOWN:,} more; --json lists all")
    return "\n".join(lines)
