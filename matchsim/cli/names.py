"""``matchsim list``: what there is, by name."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib.resources.abc import Traversable

import click

__all__ = ["KINDS", "as_lines", "names"]


def _scenarios() -> dict[str, str]:
    from matchsim.season.scenario import shipped_scenarios

    return {name: _written(entry, "title") for name, entry in shipped_scenarios().items()}


def _studies() -> dict[str, str]:
    from matchsim.study.loading import shipped_studies

    return {name: _written(entry, "title") for name, entry in shipped_studies().items()}


def _policies() -> dict[str, str]:
    from matchsim.season.policies import POLICIES

    return {name: _first_line(policy) for name, policy in POLICIES.items()}


def _metrics() -> dict[str, str]:
    from matchsim.study.metrics import METRICS

    return {name: one.told for name, one in METRICS.items()}


def _profiles() -> dict[str, str]:
    from matchsim.season.profile.loading import shipped_profiles

    return {name: _comment(entry) for name, entry in shipped_profiles().items()}


def _seasons() -> dict[str, str]:
    from matchsim.season.rules import shipped_seasons

    return {str(year): "dates, fees, limits and signals, each with its source" for year in shipped_seasons()}


def _charts() -> dict[str, str]:
    from matchsim.charts import CHARTS
    from matchsim.cli.chart import OF_A_SEASON

    told = {name: f"{chart.description} (from {chart.table})" for name, chart in CHARTS.items()}
    of_a_season = "Why people are without a position, by type (from a season simulated again; name it)."
    return told | {OF_A_SEASON: of_a_season}


def _study_charts() -> dict[str, str]:
    from matchsim.study.charts import STUDY_CHARTS

    return {name: chart.told for name, chart in STUDY_CHARTS.items()}


def _tables() -> dict[str, str]:
    from matchsim.season.summary import TABLES

    return {name: table.told for name, table in TABLES.items()}


# What can be listed, and what lists it: names with a sentence.
KINDS: Mapping[str, Callable[[], dict[str, str]]] = {
    "scenarios": _scenarios,
    "studies": _studies,
    "policies": _policies,
    "metrics": _metrics,
    "profiles": _profiles,
    "seasons": _seasons,
    "charts": _charts,
    "study-charts": _study_charts,
    "tables": _tables,
}


@click.command("list", epilog="Examples:  matchsim list scenarios    matchsim list charts --json")
@click.argument("kind", type=click.Choice(list(KINDS)), required=False)
@click.option("--json", "as_json", is_flag=True, help="Print names and sentences as JSON.")
def names(kind: str | None, as_json: bool) -> None:
    """List what ships with matchsim, by name, each with a sentence; without KIND all of it.

    scenarios are for run, check and explain; studies for study run; policies change a scenario, and metrics
    are what a study records; profiles are for eligibility; seasons are the rules of a match year; charts and
    tables are what a run leaves, and study-charts what a study draws.
    """
    found = {one: list_them() for one, list_them in KINDS.items() if kind in (None, one)}
    if as_json:
        click.echo(json.dumps(found if kind is None else found[kind], indent=2, ensure_ascii=False))
    elif kind is not None:
        click.echo(as_lines(found[kind]))
    else:
        click.echo("\n\n".join(f"{one}\n{as_lines(entries, indent=2)}" for one, entries in found.items()))


def as_lines(entries: Mapping[str, str], indent: int = 0) -> str:
    """One line a name, the sentences in one column."""
    width = max(map(len, entries), default=0) + 2
    return "\n".join(f"{'':{indent}}{name:<{width}}{told}".rstrip() for name, told in entries.items())


def _written(entry: Traversable, key: str) -> str:
    """The text at the top of a shipped file under `key`."""
    from matchsim.documents import parsed_document

    node = parsed_document(entry.read_text(encoding="utf-8"), entry.name).node((key,))
    return "" if node is None else str(node.value)


def _first_line(thing: type) -> str:
    return (thing.__doc__ or "").strip().splitlines()[0].rstrip(".")


def _comment(entry: Traversable) -> str:
    """The first sentence of the comment that a shipped file begins with."""
    lines = entry.read_text(encoding="utf-8").splitlines()
    words = [line[2:] for line in lines if line.startswith("# ") and "yaml-language-server" not in line]
    return " ".join(words).partition(". ")[0]
