"""``matchsim run``: a scenario simulated, with its tables and charts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from matchsim.cli.start import quick_imports

if TYPE_CHECKING:
    from matchsim.season.scenario import LoadedScenario
    from matchsim.study import Replicates

__all__ = ["run"]

# What seasons, tables and charts load when they first need it.
LOADED_LATER = (
    "numba.np.arraymath",
    "pandas",
    "pyarrow.parquet",
    "matplotlib.figure",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
)
# Unstable replicates that are named.
SHOWN = 5


@click.command(
    epilog=(
        "Examples:  matchsim run us-2025    matchsim run my.yaml --replicates 20 --jobs 2    "
        "matchsim run us-2025 --set interviews.per_position=10"
    )
)
@click.argument("scenario", metavar="SCENARIO")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write; default runs/<name>-<digest>.")
@click.option("--seed", type=int, help="Seed of all random streams, in place of the scenario's.")
@click.option("--replicates", type=int, help="Seasons to simulate, in place of the scenario's.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes to use.")
@click.option("--set", "assignments", multiple=True, metavar="PATH=VALUE", help="Set one value; repeatable.")
@click.option(
    "--keep",
    type=click.Choice(["first", "all"]),
    default="first",
    show_default=True,
    help="Replicates whose agent tables are kept.",
)
@click.option("--allow-outside", is_flag=True, help="Let the scenario name files outside its folder.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but what went wrong.")
@click.option("--json", "as_json", is_flag=True, help="Write the summary as JSON to stdout.")
def run(
    scenario: str,
    out: Path | None,
    seed: int | None,
    replicates: int | None,
    jobs: int,
    assignments: tuple[str, ...],
    allow_outside: bool,
    keep: str,
    quiet: bool,
    as_json: bool,
) -> None:
    """Simulate SCENARIO, a file or the name of a shipped one, and write tables and charts."""
    with quick_imports():
        from matchsim.cli.progress import announce
        from matchsim.season.scenario.outside import read_inside
        from matchsim.study.memory import refuse_what_cannot_fit
        from matchsim.study.run_folder import check_replaceable, default_folder

    given = {"seed": seed, "replicates": replicates}
    settings = [*assignments, *(f"{key}={value}" for key, value in given.items() if value is not None)]
    loaded = read_inside(scenario, settings, allow_outside=allow_outside)
    resolved = loaded.scenario
    # Asked again where seasons are simulated, but then a folder has been begun.
    at_once = min(jobs, resolved.replicates)
    refuse_what_cannot_fit(resolved, at_once)
    folder = out if out is not None else default_folder(resolved)
    replaced = check_replaceable(folder, resolved)
    announce(resolved, at_once, quiet=quiet)
    summary = _run(loaded, folder, jobs=jobs, keep_all=keep == "all", quiet=quiet)
    if as_json:
        click.echo(json.dumps(summary, indent=2, ensure_ascii=False))
    elif not quiet:
        click.echo(_screen(summary, folder, replaced=replaced))


def _run(loaded: LoadedScenario, out: Path, *, jobs: int, keep_all: bool, quiet: bool) -> dict[str, Any]:
    """Simulate and write everything into `out`, complete or not at all; returns the summary."""
    with quick_imports():
        from matchsim.charts import save_charts, source_line
        from matchsim.cli.progress import progress
        from matchsim.folders import new_folder
        from matchsim.report import write_report
        from matchsim.study import run_replicates
        from matchsim.study.run_folder import (
            check_replaceable,
            manifest,
            summary,
            write_manifest,
            write_origins,
            write_results,
        )

        for name in LOADED_LATER:
            import_module(name)

    scenario = loaded.scenario
    started = datetime.now(UTC).isoformat(timespec="seconds")
    clock = _Clock()
    with new_folder(out, lambda: check_replaceable(out, scenario)) as folder:
        with progress(scenario.replicates, quiet=quiet) as told:
            replicates: Replicates = run_replicates(
                scenario,
                jobs=jobs,
                agents=folder / "tables",
                agents_of=scenario.replicates if keep_all else 1,
                told=told,
            )
        clock.lap("simulate")
        write_results(replicates, folder)
        write_origins(loaded, folder)
        clock.lap("tables")
        save_charts(replicates.tables, folder / "charts", caption=source_line(scenario.name, replicates.seed))
        clock.lap("charts")
        write_report(folder)
        clock.lap("report")
        write_manifest(manifest(replicates, folder, jobs=jobs, timings=clock.laps, started=started), folder)
    return summary(replicates)


class _Clock:
    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = perf_counter()

    def lap(self, name: str) -> None:
        now = perf_counter()
        self.laps[name], self._last = now - self._last, now


def _screen(summary: dict[str, Any], folder: Path, *, replaced: bool) -> str:
    means = summary["means"]
    several = summary["replicates"] > 1
    lines = [
        f"{summary['scenario']}, seed {summary['seed']}"
        + (f", means of {summary['replicates']} seasons" if several else ""),
        "",
        f"  registered   {means['registered']:>9,.0f}    applications {means['applications']:>11,.0f}",
        f"  active       {means['active']:>9,.0f}    interviews   {means['interviews']:>11,.0f}",
        f"  positions    {means['positions']:>9,.0f}    filled       {means['filled']:>11,.0f}",
        f"  couples      {means['couples']:>9,.0f}    after SOAP   {means['filled_after_soap']:>11,.0f}",
        "",
        f"  {'':<14}{'active':>9}{'matched':>9}{'rate':>8}{'placed':>9}{'rate':>8}",
    ]
    for group, rate in summary["rates"].items():
        if rate["active"]:
            lines.append(
                f"  {group:<14}{rate['active']:>9,.0f}{rate['matched']:>9,.0f}{rate['match_rate']:>8.1%}"
                f"{rate['placed']:>9,.0f}{rate['placement_rate']:>8.1%}"
            )
    if means["couples"]:
        both, one, neither = (means[f"couples_{outcome}"] for outcome in ("both", "one", "neither"))
        lines += ["", f"  couples matched: both {both:,.0f}, one {one:,.0f}, neither {neither:,.0f}"]
    if means["partially_matched"]:
        lines.append(f"  partially matched, without a first year: {means['partially_matched']:,.0f}")
    lines += ["", _verdict(summary), f"  {'replaced' if replaced else 'written to'} {folder}"]
    return "\n".join(lines)


def _verdict(summary: dict[str, Any]) -> str:
    if summary["stable"]:
        return "  stable: the independent checker found nobody who blocks"
    found = summary["blocking"]["responsive"]
    told = "1 option blocks" if found == 1 else f"{found:,} options block"
    if not summary["feasible"]:
        told = "somebody was given what they may not have, and " + told
    if summary["replicates"] == 1:
        return f"  NOT STABLE: {told}; shown is the best matching found"
    unstable = summary["unstable"]
    named = ", ".join(map(str, unstable[:SHOWN])) + (", ..." if len(unstable) > SHOWN else "")
    return (
        f"  NOT STABLE in {len(unstable):,} of {summary['replicates']:,} seasons (replicates {named}):\n"
        f"  {told}; in their place the best matchings found are shown"
    )
