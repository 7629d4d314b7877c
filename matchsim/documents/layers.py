"""Documents laid over one another, and single values set from outside.

The one rule of merging: where both layers have a mapping, its keys are merged one by one; anything else
(a scalar, a list, a mapping over a scalar) replaces what was below.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matchsim.documents.loader import parsed_node
from matchsim.documents.nodes import Document, Node, split_path
from matchsim.errors import InputError, Place, Problem

__all__ = ["assignment", "merged", "override"]


def merged(below: Document, above: Document) -> Document:
    """`above` laid over `below`; every value keeps the place of the layer that it came from."""
    files = tuple(dict.fromkeys([*below.files, *above.files]))
    return Document(_merged(below.root, above.root), files, below.problems + above.problems)


def assignment(text: str, option: str = "--set") -> Document:
    """``path.to.key=value`` as a document of this one value, written in YAML.

    Raises
    ------
    InputError
        When there is no ``=``, the path is empty or the value is not YAML; it points at the option.
    """
    label = f"{option} {text if len(text) <= 80 else text[:79] + '…'}"
    path, sign, value = _split_assignment(text)
    if not sign:
        raise InputError(Problem("has no '='", Place(label), remedy=f"write {option} path.to.key=value"))
    steps = _steps(path, label)
    try:
        node, problems = parsed_node(value, label)
    except InputError as error:
        raise InputError([_within(problem, label) for problem in error.problems]) from None
    if node is None:
        told = Problem("has no value", Place(label), path, f"write {option} {path}=value")
        return Document(_nested(steps, Node(None, Place(label), Place(label))), (label,), (told,))
    found = tuple(_within(problem, label, path) for problem in problems)
    return Document(_nested(steps, _at(node, Place(label))), (label,), found)


def override(path: str, value: Any) -> Document:
    """A value set from Python at a dotted path, as a document.

    Raises
    ------
    InputError
        When the path is empty or holds an empty step, or the value is nested too deeply.
    """
    label = f"override {path}"
    steps = _steps(path, label)
    return Document(_nested(steps, Node.of(value, Place(label))), (label,))


def _merged(below: Node, above: Node) -> Node:
    if not (isinstance(below.value, dict) and isinstance(above.value, dict)):
        return above
    entries = dict(below.value)
    for key, node in above.value.items():
        entries[key] = _merged(entries[key], node) if key in entries else node
    return Node(entries, above.place, above.key)


def _nested(steps: tuple[str, ...], node: Node) -> Node:
    for step in reversed(steps):
        node = Node({step: node}, node.place, node.key)
    return node


def _at(node: Node, place: Place) -> Node:
    """The node with every place, columns of a command line help nobody, set to `place`."""
    value = node.value
    if isinstance(value, Mapping):
        return Node({key: _at(child, place) for key, child in value.items()}, place, place)
    if isinstance(value, list):
        return Node([_at(child, place) for child in value], place, place)
    return Node(value, place, place)


def _within(problem: Problem, label: str, path: str = "") -> Problem:
    full = ".".join(part for part in (path, problem.path) if part)
    return Problem(problem.message, Place(label), full, problem.remedy)


def _steps(path: str, label: str) -> tuple[str, ...]:
    try:
        return split_path(path)
    except ValueError:
        told = Problem(f"{path!r} is not a path", Place(label), remedy="write keys with dots between")
        raise InputError(told) from None


def _split_assignment(text: str) -> tuple[str, str, str]:
    quoted = False
    for at, letter in enumerate(text):
        if letter == '"':
            quoted = not quoted
        elif letter == "=" and not quoted:
            return text[:at].strip(), "=", text[at + 1 :]
    return text, "", ""
