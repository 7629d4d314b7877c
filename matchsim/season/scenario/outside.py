"""Files that a scenario names outside its own folder: read only where the person who runs it says so."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from matchsim.documents import dotted, sorted_problems
from matchsim.errors import Place, Problem, ScenarioError
from matchsim.season.scenario.loading import (
    LoadedScenario,
    named_files,
    read_scenario,
    shipped_scenarios,
)

__all__ = ["read_inside", "refuse_outside"]

REMEDY = "move it beside the scenario, or allow it with --allow-outside"


def read_inside(source: str, assignments: Iterable[str] = (), *, allow_outside: bool) -> LoadedScenario:
    """As :func:`read_scenario`, for commands, whose scenarios a stranger may have sent.

    Parameters
    ----------
    allow_outside
        Whether the scenario may name files outside its folder.

    Raises
    ------
    ScenarioError
        With every problem found and its place; see :func:`refuse_outside`.
    """
    loaded = read_scenario(source, assignments)
    if not allow_outside:
        refuse_outside(loaded, source)
    return loaded


def refuse_outside(loaded: LoadedScenario, source: str) -> None:
    """Refuse files that lie outside the folder of the scenario, whether by their path or by a symbolic link.

    A scenario is sent from one person to another, and what it names would be read, and copied into the
    folder of the run. What was named on the command line is the person's own wish, and left alone.

    Parameters
    ----------
    loaded
        The scenario.
    source
        Its name or file, as it was asked for.

    Raises
    ------
    ScenarioError
        With every such file.
    """
    shipped = shipped_scenarios()
    if source in shipped:
        return
    root = Path(source).resolve().parent
    problems = []
    for file in loaded.document.files:
        if file not in shipped and Path(file).is_file() and not Path(file).resolve().is_relative_to(root):
            told = "lies outside the folder of the scenario that extends it"
            problems.append(Problem(told, Place(file), remedy=REMEDY))
    for path, named in named_files(loaded.scenario).items():
        place = loaded.document.place_of(path)
        if place.line and not _inside(named, root):
            problems.append(
                Problem(f"{str(named)!r} lies outside {str(root)!r}", place, dotted(path), REMEDY)
            )
    if problems:
        raise ScenarioError(sorted_problems(problems, loaded.document.files))


def _inside(named: Path, root: Path) -> bool:
    """Whether a file, or a folder with all that stands in it, lies below `root`."""
    entries = [named, *(named.iterdir() if named.is_dir() else ())]
    return all(entry.resolve().is_relative_to(root) for entry in entries)
