"""``matchsim schema``: the JSON Schema of the files that people write."""

from __future__ import annotations

import click

from matchsim.cli.start import quick_imports

__all__ = ["schema"]


@click.command()
@click.argument("kind", type=click.Choice(["scenario"]), default="scenario")
@click.option("--markdown", is_flag=True, help="Print the reference page of all keys instead.")
def schema(kind: str, markdown: bool) -> None:  # noqa: ARG001 - one kind so far
    """Print the JSON Schema of scenario files, by which editors complete and check them."""
    with quick_imports():
        from matchsim.season.scenario.schema import reference, schema_text

    click.echo(reference() if markdown else schema_text(), nl=False)
