"""``matchsim check``: whether a scenario is valid."""

from __future__ import annotations

import json
import sys

import click

from matchsim.cli.start import quick_imports
from matchsim.errors import Problem, ScenarioError

__all__ = ["check", "problem_data"]


@click.command(epilog="Examples:  matchsim check my.yaml    matchsim check us-2025 --set soap.rounds=5")
@click.argument("scenario", metavar="SCENARIO")
@click.option("--set", "assignments", multiple=True, metavar="PATH=VALUE", help="Set one value; repeatable.")
@click.option("--allow-outside", is_flag=True, help="Let the scenario name files outside its folder.")
@click.option("--json", "as_json", is_flag=True, help="Write the result as JSON.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but what is wrong; the exit code tells.")
def check(
    scenario: str, assignments: tuple[str, ...], allow_outside: bool, as_json: bool, quiet: bool
) -> None:
    """Say whether SCENARIO, a file or the name of a shipped one, is valid; nothing is run.

    Exit code 0: valid. 2: not valid; every problem is told with its place.
    """
    with quick_imports():
        from matchsim.season.scenario import digest
        from matchsim.season.scenario.outside import read_inside
        from matchsim.season.scenario.sanity import remarks

    try:
        loaded = read_inside(scenario, assignments, allow_outside=allow_outside)
        found, fingerprint = remarks(loaded), digest(loaded.scenario)
    except ScenarioError as error:
        if not as_json:
            raise
        told = {"scenario": scenario, "valid": False, "problems": [problem_data(p) for p in error.problems]}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        sys.exit(error.exit_code)
    if as_json:
        told = {
            "scenario": scenario,
            "valid": True,
            "digest": fingerprint,
            "remarks": [problem_data(p) for p in found],
        }
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    if quiet:
        return
    click.echo(f"{scenario}: valid")
    for remark in found:
        click.echo(f"remark: {remark}")


def problem_data(problem: Problem) -> dict[str, object]:
    """A problem as JSON has it; line and column 0 mean unknown."""
    return {
        "file": problem.place.file,
        "line": problem.place.line,
        "column": problem.place.column,
        "path": problem.path,
        "message": problem.message,
        "remedy": problem.remedy,
    }
