"""``matchsim schema``: the JSON Schema of the files that people write."""

from __future__ import annotations

from importlib import import_module

import click

from matchsim.cli.start import quick_imports

__all__ = ["schema"]


@click.command(
    epilog="Examples:  matchsim schema > scenario.schema.json    matchsim schema profile --markdown"
)
@click.argument("kind", type=click.Choice(["scenario", "profile", "study"]), default="scenario")
@click.option("--markdown", is_flag=True, help="Print the reference page of all keys instead.")
def schema(kind: str, markdown: bool) -> None:
    """Print the JSON Schema of scenarios, profiles or studies, by which editors complete and check them."""
    with quick_imports():
        place = "matchsim.study" if kind == "study" else f"matchsim.season.{kind}"
        module = import_module(f"{place}.schema")

    click.echo(module.reference() if markdown else module.schema_text(), nl=False)
