"""``matchsim explain``: a scenario resolved, with the origin of every value."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from matchsim.cli.start import quick_imports

if TYPE_CHECKING:
    from matchsim.season.scenario import LoadedScenario

__all__ = ["explain"]


@click.command(epilog="Examples:  matchsim explain us-2025    matchsim explain my.yaml --json")
@click.argument("scenario", metavar="SCENARIO")
@click.option("--set", "assignments", multiple=True, metavar="PATH=VALUE", help="Set one value; repeatable.")
@click.option("--allow-outside", is_flag=True, help="Let the scenario name files outside its folder.")
@click.option("--json", "as_json", is_flag=True, help="Write values, origins, plan and remarks as JSON.")
def explain(scenario: str, assignments: tuple[str, ...], allow_outside: bool, as_json: bool) -> None:
    """Show SCENARIO resolved: every value, where it comes from, the plan, and what looks odd.

    What is printed is itself a scenario, which can be saved and run.

    Exit code 0: shown. 2: SCENARIO is not valid.
    """
    with quick_imports():
        from matchsim.season.scenario.explaining import explanation
        from matchsim.season.scenario.outside import read_inside

    loaded = read_inside(scenario, assignments, allow_outside=allow_outside)
    click.echo(_as_json(loaded) if as_json else explanation(loaded), nl=as_json)


def _as_json(loaded: LoadedScenario) -> str:
    from matchsim.cli.check import problem_data
    from matchsim.documents import dotted
    from matchsim.season.scenario import digest
    from matchsim.season.scenario.explaining import plan
    from matchsim.season.scenario.origins import origins
    from matchsim.season.scenario.sanity import remarks

    told = {
        "digest": digest(loaded.scenario),
        "scenario": loaded.scenario.model_dump(exclude_none=True),
        "origins": {
            dotted(path): {"kind": origin.kind, "basis": origin.basis, "source": origin.source}
            for path, origin in origins(loaded).items()
        },
        "plan": plan(loaded.scenario),
        "remarks": [problem_data(remark) for remark in remarks(loaded)],
    }
    return json.dumps(told, indent=2, ensure_ascii=False)
