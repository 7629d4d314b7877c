"""``matchsim explain``: a scenario resolved, with the origin of every value."""

from __future__ import annotations

import click

from matchsim.cli.start import quick_imports

__all__ = ["explain"]


@click.command()
@click.argument("scenario", metavar="SCENARIO")
@click.option("--set", "assignments", multiple=True, metavar="PATH=VALUE", help="Set one value; repeatable.")
def explain(scenario: str, assignments: tuple[str, ...]) -> None:
    """Show SCENARIO resolved: every value, where it comes from, the plan, and what looks odd."""
    with quick_imports():
        from matchsim.season.scenario import read_scenario
        from matchsim.season.scenario.explaining import explanation

    click.echo(explanation(read_scenario(scenario, assignments)), nl=False)
