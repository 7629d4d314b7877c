"""What a YAML file says, as a tree of values that know where they were written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from matchsim.errors import InputError, Place, Problem

__all__ = ["MAX_DEPTH", "Document", "Node", "Path", "Scalar", "dotted", "split_path"]

Path: TypeAlias = tuple[str | int, ...]
Scalar: TypeAlias = str | int | float | bool | None

# Deeper nesting than this is never meant, and unbounded nesting would exhaust the stack.
MAX_DEPTH = 64

_NOWHERE = Place()
_PLAIN_STEP = re.compile(r"[^\s.\"'=\[\]]+( [^\s.\"'=\[\]]+)*")
_STEP = re.compile(r'"((?:[^"\\]|\\.)*)"|([^."]+)')


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its places.

    Parameters
    ----------
    value
        A scalar, a mapping from text to nodes, or a list of nodes. None only where a problem was reported.
    place
        Where the value starts; an empty place means a default that nobody wrote.
    key
        Where its key stands; equal to `place` for items of lists.
    """

    value: Scalar | dict[str, Node] | list[Node]
    place: Place = _NOWHERE
    key: Place = _NOWHERE

    @classmethod
    def of(cls, data: Any, place: Place = _NOWHERE, *, depth: int = 0) -> Node:
        """Plain Python data as nodes that all stand at `place`.

        Raises
        ------
        InputError
            When the data are nested deeper than `MAX_DEPTH`.
        """
        if depth > MAX_DEPTH:
            raise InputError(Problem(f"is nested deeper than {MAX_DEPTH} levels", place))
        if isinstance(data, Mapping):
            entries = {str(key): cls.of(value, place, depth=depth + 1) for key, value in data.items()}
            return cls(entries, place, place)
        if isinstance(data, Sequence) and not isinstance(data, str):
            return cls([cls.of(item, place, depth=depth + 1) for item in data], place, place)
        return cls(data, place, place)

    def plain(self) -> Any:
        """The value without places, as dicts, lists and scalars."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value

    def child(self, step: str | int) -> Node | None:
        """The value under a key or at a position of a list, if there is one."""
        if isinstance(self.value, dict):
            return self.value.get(step) if isinstance(step, str) else None
        if isinstance(self.value, list) and isinstance(step, int) and 0 <= step < len(self.value):
            return self.value[step]
        return None


@dataclass(frozen=True)
class Document:
    """A YAML document, or several laid over one another.

    Parameters
    ----------
    root
        The mapping at the top.
    files
        The files (or ``--set`` texts) that it was made of, from the base to the top.
    problems
        What was found wrong so far without keeping the rest from being read.
    """

    root: Node
    files: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def file(self) -> str:
        """The file on top, as the user named it."""
        return self.files[-1] if self.files else ""

    @property
    def data(self) -> Any:
        """The values as plain dicts, lists and scalars."""
        return self.root.plain()

    def along(self, path: Path) -> Iterator[Node]:
        """The nodes from the top to the deepest one on `path` that exists."""
        node = self.root
        yield node
        for step in path:
            below = node.child(step)
            if below is None:
                return
            node = below
            yield node

    def node(self, path: Path) -> Node | None:
        """The node at `path`, if there is one."""
        nodes = list(self.along(path))
        return nodes[-1] if len(nodes) == len(path) + 1 else None

    def place_of(self, path: Path, *, key: bool = False) -> Place:
        """Where the value at `path` (or its key) was written; else its nearest parent that was written."""
        nodes = list(self.along(path))
        exists = len(nodes) == len(path) + 1
        for node in reversed(nodes):
            if node.place.file:
                return node.key if (key or not exists) and node.key.file else node.place
        return Place(self.file)

    def without(self, key: str) -> Document:
        """The document without one key of its top mapping."""
        assert isinstance(self.root.value, dict)
        rest = {k: child for k, child in self.root.value.items() if k != key}
        return replace(self, root=replace(self.root, value=rest))


def dotted(path: Path) -> str:
    """``soap.refusal[2]``: list entries counted from 1, keys with dots and the like in quotation marks."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step + 1}]"
        else:
            text += f".{_quoted(step)}" if text else _quoted(step)
    return text


def _quoted(step: str) -> str:
    if _PLAIN_STEP.fullmatch(step):
        return step
    return '"' + step.replace("\\", "\\\\").replace('"', '\\"') + '"'


def split_path(text: str) -> tuple[str, ...]:
    """The steps of a dotted path as :func:`dotted` writes it, lists apart.

    Raises
    ------
    ValueError
        When a step is empty or a quotation mark is not closed.
    """
    steps, at = [], 0
    while True:
        match = _STEP.match(text, at)
        if match is None:
            raise ValueError(text)
        quoted, bare = match.groups()
        steps.append(re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else bare.strip())
        at = match.end()
        if at == len(text):
            return tuple(steps)
        if text[at] != ".":
            raise ValueError(text)
        at += 1
