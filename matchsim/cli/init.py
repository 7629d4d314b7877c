"""``matchsim init``: a scenario to start from."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import click

__all__ = ["init"]


@click.command(epilog="Examples:  matchsim init    matchsim init no-signals.yaml --extends small")
@click.argument("path", type=click.Path(path_type=Path), default="my-scenario.yaml")
@click.option("--extends", default="us-2025", show_default=True, help="Scenario that it starts from.")
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
def init(path: Path, extends: str, quiet: bool) -> None:
    """Write a commented scenario to start from: PATH, my-scenario.yaml where none is given.

    It is valid as it is, and runs as the scenario that it extends. A file that is there is never replaced.

    Exit code 0: written. 2: PATH is there already, or there is no scenario to extend.
    """
    from importlib.resources import files

    from matchsim.documents import written
    from matchsim.errors import InputError, Place, Problem, system_told
    from matchsim.season.scenario import read_scenario

    place = Place(str(path))
    if path.suffix.lower() not in (".yaml", ".yml"):
        raise InputError(Problem("the name of a scenario must end in .yaml", place))
    if path.exists():
        raise InputError(Problem("is there already", place, remedy="give another name"))
    read_scenario(extends)
    name = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "my-scenario"
    template = (files("matchsim.data") / "starter.yaml").read_text(encoding="utf-8")
    head = written(
        {"extends": _from(path, extends), "name": name, "title": name.replace("-", " ").capitalize()}
    )
    text = template.format(path=path, head=head.strip())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            try:
                file.write(text)
                file.flush()
            except OSError:
                path.unlink()
                raise
    except OSError as error:
        raise InputError(Problem(f"cannot be written: {system_told(error)}", place)) from None
    if not quiet:
        click.echo(f"written to {path}; next:  matchsim check {shlex.quote(str(path))}")


def _from(path: Path, extends: str) -> str:
    """`extends` as the file at `path` has to say it: a file is named from the folder it stands in."""
    if not Path(extends).is_file():
        return extends
    return Path(os.path.relpath(extends, path.parent)).as_posix()
