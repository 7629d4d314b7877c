"""``matchsim validate``: a simulated season held against published figures."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import pandas as pd

    from matchsim.fidelity import Validation

__all__ = ["validate"]

FILES = ("fidelity.csv", "fidelity.png", "fidelity.svg")
# Single cells, of which only those that do not hold are shown.
CELLS = ("fill_rate", "share_filled")


@click.command(
    epilog="Examples:  matchsim validate    matchsim validate us-2025 --replicates 50 --jobs 2 --out fidelity"
)
@click.argument("scenario", metavar="[SCENARIO]", default="us-2025")
@click.option(
    "--replicates", type=click.IntRange(min=1), default=50, show_default=True, help="Seasons to simulate."
)
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes to use.")
@click.option("--seed", type=int, help="Seed of all random streams, in place of the scenario's.")
@click.option("--set", "assignments", multiple=True, metavar="PATH=VALUE", help="Set one value; repeatable.")
@click.option(
    "--targets",
    type=click.Path(path_type=Path),
    help="CSV file with published figures of your own, such as another year's; default: those of 2025.",
)
@click.option("--allow-outside", is_flag=True, help="Let the scenario name files outside its folder.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for fidelity.csv and the chart.")
@click.option("--all", "every", is_flag=True, help="Show single cells that hold too.")
@click.option(
    "--quiet", "-q", is_flag=True, help="Print nothing but errors (and --json); the exit code tells."
)
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
def validate(
    scenario: str,
    replicates: int,
    jobs: int,
    seed: int | None,
    assignments: tuple[str, ...],
    targets: Path | None,
    allow_outside: bool,
    out: Path | None,
    every: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Hold SCENARIO (default: us-2025) against published figures, target by target.

    Exit code 0: every calibrated target holds. 1: some do not. 2: the scenario or the targets cannot be
    used. Validation targets are reported and never decide.
    """
    from matchsim.cli.progress import announce, progress
    from matchsim.fidelity import load_targets, shipped_targets
    from matchsim.fidelity import validate as validated
    from matchsim.season.scenario.outside import read_inside
    from matchsim.study.memory import refuse_what_cannot_fit

    settings = [*assignments, *([] if seed is None else [f"seed={seed}"])]
    resolved = read_inside(scenario, settings, allow_outside=allow_outside).scenario
    known = shipped_targets() if targets is None else load_targets(targets)
    if out is not None:
        _check_replaceable(out)
    at_once = min(jobs, replicates)
    refuse_what_cannot_fit(resolved, at_once)
    announce(resolved, at_once, quiet=quiet or as_json)
    with progress(replicates, quiet=quiet or as_json) as told:
        found = validated(resolved, targets=known, replicates=replicates, jobs=jobs, told=told)
    # What is told comes before the files, which a full disk may refuse.
    if as_json:
        click.echo(json.dumps(_as_json(found), indent=2, ensure_ascii=False))
    elif not quiet:
        click.echo(_screen(found, every=every))
    if out is not None:
        _write(found, out)
        if not (as_json or quiet):
            click.echo(f"\nwritten to {out}")
    if not found.ok:
        raise SystemExit(1)


def _check_replaceable(out: Path) -> None:
    from matchsim.errors import InputError, Place, Problem
    from matchsim.folders import check_folder_name

    foreign = None
    if out.is_dir():
        foreign = next((entry.name for entry in sorted(out.iterdir()) if entry.name not in FILES), None)
    elif out.exists():
        foreign = "a file"
    else:
        check_folder_name(out)
    if foreign is not None:
        told = f"exists and holds what this command did not write ({foreign})"
        raise InputError(Problem(told, Place(str(out)), remedy="give another folder with --out"))


def _write(found: Validation, out: Path) -> None:
    from matchsim.charts import source_line
    from matchsim.charts.fidelity import fidelity
    from matchsim.charts.files import save_chart
    from matchsim.folders import new_folder

    caption = source_line(found.scenario.name, found.scenario.seed)
    with new_folder(out, lambda: _check_replaceable(out)) as folder:
        found.table.to_csv(folder / "fidelity.csv", index=False, lineterminator="\n")
        save_chart(fidelity(found.table, caption=caption), folder / "fidelity")


def _as_json(found: Validation) -> dict[str, Any]:
    rows = [
        {
            str(key): None if isinstance(value, float) and math.isnan(value) else value
            for key, value in row.items()
        }
        for row in found.table.to_dict("records")
    ]
    return {
        "scenario": found.scenario.name,
        "seed": found.scenario.seed,
        "replicates": found.replicates,
        "ok": found.ok,
        "targets": rows,
    }


def _screen(found: Validation, *, every: bool) -> str:
    """The table in at most 100 columns."""
    scenario = found.scenario
    several = f", means of {found.replicates} seasons" if found.replicates > 1 else ""
    lines = [f"{scenario.name}, seed {scenario.seed}{several}"]
    for role, told in (
        ("calibrated", "CALIBRATED TARGETS"),
        ("validation", "VALIDATION TARGETS, never fitted"),
    ):
        rows = found.table[found.table["role"] == role]
        if not len(rows):
            continue
        lines += ["", f"{told}: {int(rows['ok'].sum())} of {len(rows)} hold"]
        lines.append(_line(("", "published", "simulated", "95% of seasons", "error", "allowed", "")))
        cells = rows["target"].isin(CELLS) & ~rows["group"].str.startswith("mean error") & rows["ok"]
        shown = rows if every else rows[~cells]
        for target, of in shown.groupby("target", sort=False):
            lines += [f"  {target}", *(_row(row) for _, row in of.iterrows())]
        if len(shown) < len(rows):
            left = len(rows) - len(shown)
            lines.append(f"  and {left} single fill rates and shares that hold (--all shows them)")
    lines += ["", "every calibrated target holds" if found.ok else "NOT ALL calibrated targets hold"]
    return "\n".join(lines)


def _row(row: pd.Series) -> str:
    from matchsim.fidelity.measures import NUMBERS

    def number(value: float, sign: str = "") -> str:
        if math.isnan(value):
            return "-"
        if row["target"] in NUMBERS:
            return f"{value:{sign},.0f}" if row["published"] >= 200 else f"{value:{sign}.2f}"
        return f"{100 * value:{sign}.1f}%"

    interval = "" if math.isnan(row["low"]) else f"{number(row['low'])} to {number(row['high'])}"
    return _line(
        (
            f"  {row['group']}",
            number(row["published"]),
            number(row["simulated"]),
            interval,
            number(row["error"], "+"),
            number(row["tolerance"]),
            "" if row["ok"] else "MISSED",
        )
    )


def _line(cells: tuple[str, ...]) -> str:
    name, published, simulated, interval, error, tolerance, *verdict = cells
    text = f"  {name[:38]:<38}{published:>10}{simulated:>10}{interval:>17}{error:>8}{tolerance:>8}"
    return f"{text} {''.join(verdict)}".rstrip()
