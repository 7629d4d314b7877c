"""``matchsim advise``: one person's chances, and what would change them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matchsim.errors import InputError, Problem

if TYPE_CHECKING:
    from matchsim.season.eligibility import Checklist
    from matchsim.season.profile import Profile
    from matchsim.season.scenario import Scenario
    from matchsim.strategy.advice import Advice
    from matchsim.strategy.standards import Standards

__all__ = ["advise"]

PICTURES = (".png", ".svg", ".pdf")


@click.command(
    epilog=(
        "Examples:  matchsim advise us-img    matchsim advise my-profile.yaml --replicates 200    "
        "matchsim advise my-profile.yaml --json"
    )
)
@click.argument("profile", metavar="PROFILE")
@click.option("--scenario", default="us-2025", show_default=True, help="Scenario to simulate.")
@click.option("--season", metavar="YEAR", help="Year of your match; default the next one to start training.")
@click.option(
    "--replicates", type=click.IntRange(min=1), default=100, show_default=True, help="Seasons to simulate."
)
@click.option("--jobs", type=click.IntRange(min=1), help="Processes that simulate; default all cores.")
@click.option("--cache", type=click.Path(path_type=Path), help="Folder for seasons kept; see MATCHSIM_CACHE.")
@click.option(
    "--chart",
    type=click.Path(path_type=Path),
    help="Draw the chance by number of ranks, and the levers, as .png, .svg or .pdf.",
)
@click.option("--force", is_flag=True, help="Let the file of --chart replace one of the same name.")
@click.option("--allow-outside", is_flag=True, help="Let the scenario name files outside its folder.")
@click.option("--quiet", "-q", is_flag=True, help="Show no progress.")
@click.option("--json", "as_json", is_flag=True, help="Write everything as JSON.")
def advise(
    profile: str,
    scenario: str,
    season: str | None,
    replicates: int,
    jobs: int | None,
    cache: Path | None,
    chart: Path | None,
    force: bool,
    allow_outside: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Tell the person in PROFILE, a file or the name of a shipped one, their chances and levers.

    The seasons of a scenario are simulated once, a national one in some seconds, and kept on disk; every
    further profile is quick.
    """
    from matchsim.cli.drawn_file import check_drawn_file
    from matchsim.cli.progress import announce, progress
    from matchsim.season.eligibility import as_data as checklist_data
    from matchsim.season.eligibility import eligibility
    from matchsim.season.scenario.outside import read_inside
    from matchsim.strategy.advice import advice, as_in
    from matchsim.strategy.advice_text import as_data, report
    from matchsim.strategy.season_cache import cached_standards
    from matchsim.study.memory import refuse_what_cannot_fit

    if chart is not None:
        check_drawn_file(chart, PICTURES, force=force)
    found = read_inside(scenario, allow_outside=allow_outside).scenario
    checklist = eligibility(profile, season=season, scenario=scenario)
    person, notes = _asked(checklist, found)
    person = as_in(person, checklist.case.rules.season, found.season)
    _check_person(person, found)
    jobs = jobs or os.cpu_count() or 1
    refuse_what_cannot_fit(found, min(jobs, replicates))
    announce(found, min(jobs, replicates), quiet=quiet)
    with progress(replicates, quiet=quiet) as told:
        kept = cached_standards(found, replicates, folder=cache, jobs=jobs, told=told)
    notes += _without_programs(person, kept[0], found)
    result = advice(person, kept, checklist.case.rules)
    # What is told comes before the picture, which a full disk may refuse.
    if as_json:
        data = {"scenario": found.name, "eligibility": checklist_data(checklist), **as_data(result, notes)}
        click.echo(json.dumps(data, indent=2, ensure_ascii=False))
    else:
        click.echo(_heading(checklist) + report(result, notes), nl=False)
    if chart is not None:
        _draw(result, found, chart)


def _draw(result: Advice, scenario: Scenario, path: Path) -> None:
    from matchsim.charts import source_line
    from matchsim.charts.files import save_figure
    from matchsim.charts.levers import advice as draw

    ax = draw(result, caption=source_line(scenario.name, scenario.seed))
    told = "The chance of matching by number of programs ranked, and what single changes do to it."
    save_figure(ax, path, description=told)


def _check_person(person: Profile, scenario: Scenario) -> None:
    """Refuse a person whom no season can be asked about before any is simulated."""
    from matchsim.strategy.newcomers import check_askable

    check_askable(person, scenario)


def _asked(checklist: Checklist, scenario: Scenario) -> tuple[Profile, list[str]]:
    """The person without what the scenario does not simulate, and what is to be said about it."""
    profile, rules = checklist.case.profile, checklist.case.rules
    notes = [
        (
            f"You are put into seasons of {scenario.name}, by the rules and numbers of {scenario.season}, "
            f"with as many years since graduation as in {rules.season}."
        )
    ]
    outside = [name for name in profile.specialties if name in rules.other_matches]
    if outside and len(outside) == len(profile.specialties):
        told = f"{', '.join(outside)}: filled by other matches, whose chances are not simulated"
        remedy = "name a specialty of the main match too, such as Internal Medicine"
        raise InputError(Problem(told, path="specialties", remedy=remedy))
    if outside:
        notes.append(f"Left out, because other matches fill them: {', '.join(outside)}.")
        profile = profile.model_copy(
            update={
                "specialties": [name for name in profile.specialties if name not in outside],
                "applications": {k: v for k, v in profile.applications.items() if k not in outside},
                "signals": {k: v for k, v in profile.signals.items() if k not in outside},
            }
        )
    if profile.couple:
        notes.append("You match as one of a couple. These are your chances if you matched alone.")
    if checklist.counts()["failed"]:
        notes.append("A gate has failed above. The chances are those of somebody who passes it in time.")
    elif checklist.counts()["missing"]:
        notes.append("The chances are those of somebody who passes the gates that are still missing in time.")
    return profile, notes


def _without_programs(person: Profile, season: Standards, scenario: Scenario) -> list[str]:
    """What is to be said of applications for which there are no programs."""
    from matchsim.errors import counted
    from matchsim.strategy.newcomers import room

    there = {name: room(season.programs, name) for name in person.applications}
    return [
        f"Your {sent} applications in {name} go to {counted(there[name], 'program')}, all of {scenario.name}."
        for name, sent in person.applications.items()
        if sent > there[name]
    ]


def _heading(checklist: Checklist) -> str:
    """Who is spoken to, and how they stand before the gates, in short."""
    from matchsim.season.eligibility.costs import total

    rules, counts = checklist.case.rules, checklist.counts()
    name = checklist.case.profile.name
    title = f"Advice for the {rules.season} Match" + (f", {name}" if name else "")
    stands = ", ".join(f"{counts[word]} {word}" for word in counts if counts[word])
    lines = [title, "=" * len(title), "", f"Gates: {stands}"]
    lines += [
        f"  {item.verdict.status:<18}{item.gate.title}"
        for item in checklist.items
        if item.verdict.status in ("failed", "cannot be judged")
    ]
    ahead = total(checklist.costs, ahead=True)
    behind = total(checklist.costs, ahead=False)
    lines += [
        f"Fees: ${ahead:,.0f} ahead of you, ${behind:,.0f} behind you",
        "All of it: matchsim eligibility",
        "",
        "",
    ]
    return "\n".join(lines)
