"""``matchsim eligibility``: one person's way to the match, gate by gate."""

from __future__ import annotations

import json
from datetime import datetime

import click

from matchsim.cli.start import quick_imports

__all__ = ["eligibility"]


@click.command(
    epilog=(
        "Examples:  matchsim eligibility us-img --season 2027 --date 2026-11-25    "
        "matchsim eligibility my-profile.yaml --json"
    )
)
@click.argument("profile", metavar="PROFILE")
@click.option(
    "--season",
    metavar="YEAR|FILE",
    help="Year of the match, or a rule file of your own; default the next one to start training.",
)
@click.option(
    "--date",
    "today",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="The day on which to judge; default today.",
)
@click.option("--scenario", default="us-2025", show_default=True, help="Scenario whose programs are counted.")
@click.option("--allow-outside", is_flag=True, help="Let the scenario name files outside its folder.")
@click.option("--json", "as_json", is_flag=True, help="Write the checklist as JSON.")
def eligibility(
    profile: str,
    season: str | None,
    today: datetime | None,
    scenario: str,
    allow_outside: bool,
    as_json: bool,
) -> None:
    """Say how the person in PROFILE, a file or the name of a shipped one, stands before every gate.

    Exit code 0: no gate has failed. 1: at least one has. 2: the profile cannot be used.
    """
    with quick_imports():
        from matchsim.season.eligibility import as_data, letter
        from matchsim.season.eligibility import eligibility as checklist_of
        from matchsim.season.scenario.outside import read_inside

    read_inside(scenario, allow_outside=allow_outside)
    found = checklist_of(
        profile, season=season, today=None if today is None else today.date(), scenario=scenario
    )
    if as_json:
        click.echo(json.dumps(as_data(found), indent=2, ensure_ascii=False))
    else:
        click.echo(letter(found), nl=False)
    if found.counts()["failed"]:
        raise SystemExit(1)
