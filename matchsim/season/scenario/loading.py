"""From a name or file to a scenario: shipped ones, ``extends``, overrides, and where values come from."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import partial, reduce
from hashlib import blake2b, file_digest
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic.fields import FieldInfo

from matchsim import documents
from matchsim.documents import Document, Node, assignment, merged, override, sorted_problems, validated
from matchsim.documents.annotations import alternatives
from matchsim.documents.validation import said
from matchsim.errors import InputError, Place, Problem, ScenarioError, did_you_mean, shown
from matchsim.season.scenario.model import Scenario
from matchsim.season.scenario.parts import Part
from matchsim.season.scenario.resolving import resolved

if TYPE_CHECKING:
    from matchsim.season.policies import Policy

__all__ = [
    "LoadedScenario",
    "digest",
    "dump",
    "layered",
    "load_scenario",
    "named_files",
    "placed",
    "read_scenario",
    "shipped_scenarios",
]

_NOWHERE = Place()
_digest = partial(blake2b, digest_size=16)

# Longer chains are never meant.
MAX_EXTENDS = 8


@dataclass(frozen=True)
class LoadedScenario:
    """A scenario with everything that is known about where its values come from.

    Parameters
    ----------
    written
        The valid scenario before its published values were filled in and its policies applied.
    scenario
        The resolved scenario, in which nothing is implied.
    document
        What was written in all layers, over the defaults; every value knows its place.
    sources
        By dotted path: basis and source of the values that stand for ``published``, and the policies that
        changed values.
    """

    written: Scenario
    scenario: Scenario
    document: Document
    sources: Mapping[str, str]


def load_scenario(source: str | os.PathLike[str], overrides: Mapping[str, Any] | None = None) -> Scenario:
    """A resolved scenario.

    Parameters
    ----------
    source
        The name of a shipped scenario (``"us-2025"``) or the path of a YAML file.
    overrides
        Values by dotted path, laid over the file: ``{"interviews.per_position": 10}``. Mappings merge
        with what is there, everything else replaces it.

    Returns
    -------
    Scenario
        Without the word ``published``; paths of files in it are absolute.

    Raises
    ------
    ScenarioError
        With every problem found and its place.

    Notes
    -----
    A file may name others anywhere, for the caller is a program that knows whose scenario it loads; the
    command line reads those outside the scenario's folder only with ``--allow-outside``.
    """
    laid = [override(path, value) for path, value in (overrides or {}).items()]
    return layered(source, laid).scenario


def read_scenario(source: str | os.PathLike[str], assignments: Iterable[str] = ()) -> LoadedScenario:
    """As :func:`load_scenario`, with the places of all values; `assignments` are ``path.to.key=value``.

    Raises
    ------
    ScenarioError
        With every problem found and its place.
    """
    problems: list[Problem] = []
    laid: list[Document] = []
    for text in assignments:
        try:
            laid.append(assignment(text))
        except InputError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return layered(source, laid)


def shipped_scenarios() -> dict[str, Traversable]:
    """The scenarios that come with matchsim, by name."""
    folder: Traversable = files("matchsim.data") / "scenarios"
    if not folder.is_dir():
        # In a checkout they stand at the top; building the wheel puts them into the package.
        folder = Path(str(files("matchsim"))).parent / "scenarios"
    if not folder.is_dir():
        return {}
    found = (entry for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return {entry.name.removesuffix(".yaml"): entry for entry in sorted(found, key=lambda e: e.name)}


def dump(scenario: Scenario) -> str:
    """The canonical YAML of a scenario: every value, in the order of the model.

    What the scenario does not use (a file, lists written out) is left out. Loading the text again gives
    an equal scenario.
    """
    return documents.written(scenario.model_dump(exclude_none=True))


def digest(scenario: Scenario) -> str:
    """What tells one scenario from another: 32 hexadecimal digits.

    BLAKE2b (16 bytes) of the canonical YAML, names and titles included, for they appear on charts. The
    path of a file or folder is replaced by the digest of its content, so that moving it changes nothing
    and editing it does.

    Raises
    ------
    ScenarioError
        When a file that the scenario names cannot be read.
    """
    data = scenario.model_dump(exclude_none=True)
    for path, file in named_files(scenario).items():
        part = data
        for step in path[:-1]:
            part = part[step]
        try:
            part[path[-1]] = _content_digest(file)
        except OSError as error:
            told = f"{str(file)!r} cannot be read: {error.strerror}"
            raise ScenarioError(Problem(told, path=documents.dotted(path))) from error
    return _digest(documents.written(data).encode()).hexdigest()


def named_files(scenario: Scenario) -> dict[tuple[str, ...], Path]:
    """The files and folders that a scenario names, by the path of the value that names them."""
    return {path: Path(name) for path, name in _names(scenario, ())}


def layered(
    source: str | os.PathLike[str],
    laid: Iterable[Document] = (),
    asked: Place = _NOWHERE,
    further: Sequence[Node] = (),
) -> LoadedScenario:
    """The scenario `source` with further documents laid over it, the last on top, and its policies applied.

    Parameters
    ----------
    source
        The name of a shipped scenario or the path of a YAML file.
    laid
        Documents of parts of a scenario.
    asked
        Where `source` was named, for messages.
    further
        Policies as written, applied after those of the scenario itself.

    Raises
    ------
    ScenarioError
        With every problem found and its place.
    """
    from matchsim.season.policies import applied, parsed_policies

    policies: list[Policy] = []
    try:
        layers = _layers(str(source), (), asked)
        document = reduce(merged, [*layers, *laid], _defaults())
        document, missing = _with_files_found(document)
        document = replace(document, problems=document.problems + missing)
        named = document.node(("policies",))
        if further and (named is None or isinstance(named.value, list)):
            own = named.value if named is not None and isinstance(named.value, list) else []
            named = Node([*own, *further], further[0].place)
        try:
            policies = parsed_policies(named, document.files)
        except InputError as error:
            document = replace(document, problems=document.problems + error.problems)
        document = document.without("policies")
        written = validated(document, Scenario)
    except ScenarioError:
        raise
    except InputError as error:
        raise ScenarioError(error.problems) from None
    try:
        resolution = resolved(written)
    except ScenarioError as error:
        found = [placed(problem, document) for problem in error.problems]
        raise ScenarioError(sorted_problems(found, document.files)) from None
    nodes = named.value if named is not None else []
    assert isinstance(nodes, list)
    scenario, changed = applied(policies, resolution.scenario, nodes)
    return LoadedScenario(written, scenario, document, {**resolution.sources, **changed})


def _defaults() -> Document:
    return Document(Node.of(Scenario().model_dump(exclude_none=True)))


def _layers(source: str, below: tuple[str, ...], asked: Place = _NOWHERE) -> list[Document]:
    """The documents of `source` and of what it extends, the base first.

    `below` are the identities of the scenarios that extend this one, and `asked` the place where the last
    of them says so.
    """
    document, identity = _read(source, asked)
    if identity in below:
        chain = " extends ".join(
            [*(Path(b).name for b in below[below.index(identity) :]), Path(identity).name]
        )
        raise ScenarioError(Problem("goes round in a circle", asked, "extends", chain))
    if len(below) >= MAX_EXTENDS:
        raise ScenarioError(
            Problem(f"more than {MAX_EXTENDS} scenarios on top of one another", asked, "extends")
        )
    extends = document.node(("extends",))
    if extends is None:
        return [document]
    document = document.without("extends")
    if not isinstance(extends.value, str):
        told = f"must be the name of a shipped scenario or the path of a file, got {said(extends.value)}"
        found = [] if extends.value is None else [Problem(told, extends.place, "extends")]
        raise ScenarioError([*document.problems, *found])
    base = extends.value
    if base and base not in shipped_scenarios():
        base = str(Path(source).parent / base)
    return [*_layers(base, (*below, identity), extends.place), document]


def _read(source: str, asked: Place) -> tuple[Document, str]:
    """The document called `source`, and a name for it that is the same however it was reached."""
    shipped = shipped_scenarios()
    if source in shipped:
        text = documents.decoded(shipped[source].read_bytes(), source)
        return documents.parsed_document(text, source), f"shipped:{source}"
    path = Path(source)
    if not (source and _exists(path)):
        raise ScenarioError(_not_found(source, shipped, asked))
    return documents.read_document(source), str(path.resolve())


def _not_found(source: str, shipped: Iterable[str], asked: Place) -> Problem:
    names = list(shipped)
    looks_like_path = source.endswith((".yaml", ".yml")) or "/" in source or os.sep in source
    told = "there is no file" if looks_like_path else "no scenario is called"
    beside = _beside(Path(source))
    near = did_you_mean(source, [*names, *beside]) or did_you_mean(Path(source).stem, names)
    listed = f"shipped scenarios: {', '.join(names)}" if names else "there are no shipped scenarios"
    path = "extends" if asked.file else ""
    return Problem(f"{told} {shown(source)}", asked, path, f"{near} {listed}".strip())


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # too long a name, a NUL character
        return False


def _beside(path: Path) -> list[str]:
    try:
        return [str(path.parent / entry.name) for entry in path.parent.iterdir()]
    except (OSError, ValueError):
        return []


def _with_files_found(document: Document) -> tuple[Document, tuple[Problem, ...]]:
    """The document with absolute paths of files, which are relative to the file that names them."""
    missing: list[Problem] = []
    root = _files_found(document.root, Scenario, (), missing)
    return replace(document, root=root), tuple(missing)


def _files_found(node: Node, part: type[Part], path: tuple[str, ...], missing: list[Problem]) -> Node:
    if not isinstance(node.value, dict):
        return node
    entries = dict(node.value)
    for key, child in node.value.items():
        field = part.model_fields.get(key)
        if field is None:
            continue
        if _names_a_file(key, field) and isinstance(child.value, str):
            entries[key] = _found(child, (*path, key), missing)
        elif isinstance(field.annotation, type) and issubclass(field.annotation, Part):
            entries[key] = _files_found(child, field.annotation, (*path, key), missing)
    return replace(node, value=entries)


def _names_a_file(key: str, field: FieldInfo) -> bool:
    return key in ("file", "folder") and alternatives(field.annotation) == [str]


def _found(node: Node, path: tuple[str, ...], missing: list[Problem]) -> Node:
    assert isinstance(node.value, str)
    folder = Path(node.place.file).parent if node.place.line else Path()
    file = (folder / node.value).absolute()
    if not (node.value and _exists(file)):
        kind = "folder" if path[-1] == "folder" else "file"
        beside = [Path(entry).name for entry in _beside(file)]
        near = get_close_matches(file.name, beside, n=1)
        where = "" if Path(node.value).is_absolute() else f"paths are relative to {str(folder)!r}"
        remedy = f"did you mean {near[0]!r}?" if near else where
        told = f"there is no {kind} {shown(node.value)}"
        missing.append(Problem(told, node.place, documents.dotted(path), remedy))
    elif not (file.is_file() or (path[-1] == "folder" and file.is_dir())):
        told = f"must be a file, got {shown(node.value)}"
        missing.append(Problem(told, node.place, documents.dotted(path)))
    elif not os.access(file, os.R_OK):
        told = f"{shown(node.value)} may not be read by you"
        missing.append(Problem(told, node.place, documents.dotted(path)))
    return replace(node, value=os.path.normpath(file))


def placed(problem: Problem, document: Document) -> Problem:
    """The problem with the place of the value, or of the nearest part written, at its dotted path."""
    path = _steps(problem.path, document)
    return replace(problem, place=document.place_of(path), path=documents.dotted(path))


def _steps(text: str, document: Document) -> tuple[str | int, ...]:
    """The path that `text` names: keys may themselves hold dots, and positions of lists are numbers."""
    node: Node | None = document.root
    steps: list[str | int] = []
    while text and node is not None:
        step: str | int
        if isinstance(node.value, dict):
            fitting = [key for key in node.value if text == key or text.startswith(f"{key}.")]
            step = max(fitting, key=len, default="")
        else:
            step = int(text.partition(".")[0]) if text.partition(".")[0].isdigit() else ""
        if step == "":
            break
        steps.append(step)
        text = text[len(str(step)) + 1 :]
        node = node.child(step)
    return (*steps, *text.split(".")) if text else tuple(steps)


def _names(part: Part, path: tuple[str, ...]) -> Iterable[tuple[tuple[str, ...], str]]:
    for key, field in type(part).model_fields.items():
        value = getattr(part, key)
        if _names_a_file(key, field) and isinstance(value, str):
            yield (*path, key), value
        elif isinstance(value, Part):
            yield from _names(value, (*path, key))


def _content_digest(file: Path) -> str:
    """Digest of a file, or of the names and contents of the files that stand directly in a folder."""
    if not file.is_dir():
        with file.open("rb") as handle:
            return file_digest(handle, _digest).hexdigest()
    inside = sorted(entry for entry in file.iterdir() if entry.is_file())
    listed = "".join(f"{entry.name}\0{_content_digest(entry)}\0" for entry in inside)
    return _digest(listed.encode()).hexdigest()
