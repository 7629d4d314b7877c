"""Where every value of a resolved scenario comes from: how well it is founded, and on what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from matchsim.documents import Path
from matchsim.documents.annotations import at_path
from matchsim.season.scenario.loading import LoadedScenario
from matchsim.season.scenario.model import Scenario

__all__ = ["Origin", "leaves", "origin_of", "origins", "shared_origins"]


class Origin(NamedTuple):
    """What one value rests on.

    Attributes
    ----------
    kind
        ``written`` in a file or on the command line, ``published`` (filled in from the season's figures),
        ``default`` of the model, or ``follows`` from other values.
    basis
        How well founded, such as ``published``, ``derived``, ``recalled``, ``assumed``; empty where that
        is for the writer to say, or where the value rests on nothing, as a name.
    source
        The publication or table, where there is one.
    place
        Where it is written or asked for, as ``file:line``; empty where nobody wrote it.
    """

    kind: str
    basis: str = ""
    source: str = ""
    place: str = ""

    def __str__(self) -> str:
        if self.kind == "written":
            return self.place
        if self.kind == "follows":
            return "follows from other values"
        if self.kind == "default":
            told = f"default, {self.basis}" if self.basis else "default"
            return f"{told}: {self.source}" if self.source else told
        asked = f" (asked for at {self.place})" if self.place else ""
        return f"{self.basis}; {self.source}{asked}"


def origin_of(path: Path, value: Any, loaded: LoadedScenario) -> Origin:
    """Where the resolved value at `path` comes from."""
    for length in range(len(path), 0, -1):
        told = loaded.sources.get(".".join(map(str, path[:length])))
        if told:
            basis, _, source = told.partition("; ")
            return Origin("published", basis, source, _written_at(path[:length], loaded))
    if loaded.document.node(path) is not None:
        place = _written_at(path, loaded)
        return Origin("written", place=place) if place else _default(path)
    return _default(path) if value == _field_default(path) else Origin("follows")


def origins(loaded: LoadedScenario) -> dict[Path, Origin]:
    """The origins of all values, each part standing for the values in it where they share one.

    Places are left out, so that the same scenario has the same origins wherever its file lies.
    """
    data = loaded.scenario.model_dump(exclude_none=True)
    found = {path: origin_of(path, value, loaded)._replace(place="") for path, value in leaves(data)}
    shared = shared_origins(found)
    return {path: told for path, told in shared.items() if path[:-1] not in shared}


def shared_origins(found: dict[Path, Origin]) -> dict[Path, Origin]:
    """The origin of every value and of every part whose values all have the same."""
    parts: dict[Path, set[Origin]] = {}
    for path, told in found.items():
        for length in range(1, len(path) + 1):
            parts.setdefault(path[:length], set()).add(told)
    return {path: told.pop() for path, told in parts.items() if len(told) == 1}


def leaves(data: dict[str, Any], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value that is no part with values of its own, with its path."""
    for key, value in data.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


def _written_at(path: Path, loaded: LoadedScenario) -> str:
    node = loaded.document.node(path)
    if node is None or not node.place.file:
        return ""
    return f"{node.place.file}:{node.place.line}" if node.place.line else node.place.file


def _default(path: Path) -> Origin:
    if len(path) == 1:  # names and the like, which rest on nothing
        return Origin("default")
    for length in range(len(path), 0, -1):
        field = _field(path[:length])
        extra = field.json_schema_extra if field is not None else None
        if isinstance(extra, dict) and extra.get("basis"):
            return Origin("default", str(extra["basis"]), str(extra.get("source") or ""))
    return Origin("default")


def _field_default(path: Path) -> Any:
    field = _field(path)
    return field.default if field is not None else None


def _field(path: Path) -> Any:
    """The declaration of the field at `path`, if a part of the model has one there."""
    for branch in at_path(Scenario, path[:-1]):
        field = getattr(branch, "model_fields", {}).get(path[-1])
        if field is not None:
            return field
    return None
