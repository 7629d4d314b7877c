"""From a YAML file to a document: PyYAML's events and an own loader without recursion.

PyYAML's composer is not used: its C version crashes on deep nesting. Anchors, aliases, tags and merge
keys are refused, so that what stands in a file is all there is to it, and it cannot grow when loaded.
Keys are always text: ``101: 3`` has the key ``"101"``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path as FilePath
from typing import Any

import yaml

from matchsim.documents.nodes import MAX_DEPTH, Document, Node, Path, Scalar, dotted
from matchsim.documents.scalars import ScalarError, plain_scalar
from matchsim.errors import InputError, Place, Problem, did_you_mean, shown

__all__ = ["MAX_BYTES", "decoded", "parsed_document", "parsed_node", "read_document", "read_text"]

# Ten times the largest scenario with every rank list written out that we could think of.
MAX_BYTES = 20_000_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NOWHERE = Place()
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What the parser says, and what that means to people; {line} is where the broken part began.
_SYNTAX = (
    # PyYAML since 6.0.4 has a limit of its own, beyond ours, which it meets while it reads ahead.
    ("exceeded maximum nesting depth", f"is nested deeper than {MAX_DEPTH} levels", "write it flatter"),
    (
        "mapping values are not allowed",
        "a ':' stands where no key can be",
        "put text that holds ': ' in quotation marks, or look for an uneven indentation",
    ),
    ("could not find expected ':'", "line {line} has no ':'", "write 'key: value'"),
    ("expected ',' or ']'", "the list that '[' opens in line {line} is not closed", "add ']'"),
    ("expected ',' or '}'", "the mapping that '{{' opens in line {line} is not closed", "add '}'"),
    (
        "did not find expected key",
        "does not fit what began in line {line}",
        "look for an uneven indentation or a missing quotation mark",
    ),
    (
        "cannot start any token",
        "text cannot begin with this mark",
        "put the text in quotation marks",
    ),
    (
        "found unexpected end of stream",
        "the quotation mark of line {line} is not closed",
        "close it, or write it twice where it belongs to the text",
    ),
)
_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


def read_document(file: str | os.PathLike[str]) -> Document:
    """Read a YAML file whose top is a mapping.

    Raises
    ------
    InputError
        When the file is missing, a directory, too large (more than `MAX_BYTES`), empty, not UTF-8 or not
        YAML. Lesser problems are kept in ``Document.problems``.
    """
    return parsed_document(read_text(file), str(file))


def read_text(file: str | os.PathLike[str]) -> str:
    """The text of a UTF-8 file, without a byte order mark; see :func:`read_document` for what is raised."""
    path, place = FilePath(file), Place(str(file))
    try:
        if path.is_dir():
            raise InputError(Problem("is a directory", place, remedy=_files_in(path)))
        if not path.exists():
            raise InputError(Problem("there is no such file", place, remedy=_file_beside(path)))
        if not path.is_file():
            raise InputError(Problem("is not a regular file", place))
        size = path.stat().st_size
        if size > MAX_BYTES:
            told = f"is too large: {size / 1e6:,.0f} MB, at most {MAX_BYTES / 1e6:,.0f} MB are read"
            raise InputError(Problem(told, place, remedy="put large tables into CSV or Parquet files"))
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(Problem(f"cannot be read: {reason}", place)) from error
    return decoded(content, str(file))


def decoded(content: bytes, file: str) -> str:
    """UTF-8 bytes as text; InputError with the place of the first byte that is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        read, bad = error.object[: error.start].decode(), error.object[error.start]
        place = _place_at(read, len(read), file)
        told = f"is not UTF-8: byte 0x{bad:02x}"
        raise InputError(Problem(told, place, remedy="save the file in the encoding UTF-8")) from None


def parsed_document(text: str, file: str) -> Document:
    """As :func:`read_document`, from text that came from `file`."""
    node, problems = parsed_node(text, file)
    if node is None:
        raise InputError(Problem("is empty", Place(file), remedy="write at least one 'key: value'"))
    if not isinstance(node.value, dict):
        kind = "a list" if isinstance(node.value, list) else shown(node.value)
        raise InputError(Problem(f"must be a mapping of keys to values, got {kind}", node.place))
    return Document(node, (file,), tuple(problems))


def parsed_node(text: str, file: str) -> tuple[Node | None, list[Problem]]:
    """Any YAML text as a node (None when it is empty), and the lesser problems found."""
    if bad := _FORBIDDEN.search(text):
        told = f"holds the control character U+{ord(bad[0]):04X}"
        raise InputError(Problem(told, _place_at(text, bad.start(), file), remedy="remove it"))
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise InputError([*builder.problems, _syntax_problem(error, text, file)]) from None
    except yaml.YAMLError as error:
        raise InputError([*builder.problems, Problem(f"is not YAML: {error}", Place(file))]) from None
    return builder.root, builder.problems


@dataclass
class _Open:
    """A mapping or list that is being filled; `key` is the key whose value comes next."""

    value: dict[str, Node] | list[Node]
    place: Place
    key_place: Place
    key: str | None = None
    next_place: Place = _NOWHERE
    firsts: dict[str, int] = field(default_factory=dict)


class _Builder:
    """Takes one event after the other and keeps the open collections on its own stack."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self.open: list[_Open] = []
        self.documents = 0

    def take(self, event: yaml.Event) -> None:
        """Add what the event says."""
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise self._refused(event, "a second document starts here", "keep one document a file")
        elif isinstance(event, yaml.AliasEvent):
            told = f"the alias *{event.anchor} cannot be used"
            raise self._refused(event, told, "write the value out, or share it through 'extends'")
        elif isinstance(event, yaml.ScalarEvent):
            self._refuse_decoration(event)
            self._scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._refuse_decoration(event)
            self._start(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            done = self.open.pop()
            self._add(Node(done.value, done.place, done.key_place))

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        parent = self.open[-1] if self.open else None
        if parent is not None and isinstance(parent.value, dict) and parent.key is None:
            self._key(parent, event)
            return
        place = self._place(event)
        value: Scalar = event.value
        if event.implicit[0]:
            try:
                value = plain_scalar(event.value)
            except ScalarError as error:
                value = None
                path = dotted(self._path())
                if parent is None and event.value == "":
                    return
                if event.value == "" and parent is not None and parent.next_place.file:
                    # The parser places a missing value at the next token, lines further down.
                    place = parent.next_place
                self.problems.append(Problem(error.message, place, path, error.remedy))
        self._add(Node(value, place, self._key_place(place)))

    def _key(self, parent: _Open, event: yaml.ScalarEvent) -> None:
        place = self._place(event)
        parent.key, parent.next_place = str(event.value), place
        path = dotted(self._path())
        if event.value == "<<" and event.implicit[0]:
            told = "merge keys are not supported"
            remedy = "take values over from another scenario with 'extends', or write them out"
            self.problems.append(Problem(told, place, path, remedy))
        elif parent.key in parent.firsts:
            told = f"the key stands twice, first in line {parent.firsts[parent.key]}"
            self.problems.append(Problem(told, place, path, "remove one of the two"))
        parent.firsts.setdefault(parent.key, place.line)

    def _start(self, event: yaml.CollectionStartEvent) -> None:
        parent = self.open[-1] if self.open else None
        if parent is not None and isinstance(parent.value, dict) and parent.key is None:
            raise self._refused(event, "a key must be a single word or a quoted text", "")
        if len(self.open) >= MAX_DEPTH:
            place, top = self._place(event), dotted(self._path()[:1])
            raise InputError(Problem(f"is nested deeper than {MAX_DEPTH} levels", place, top))
        value: dict[str, Node] | list[Node] = {} if isinstance(event, yaml.MappingStartEvent) else []
        place = self._place(event)
        self.open.append(_Open(value, place, self._key_place(place)))

    def _add(self, node: Node) -> None:
        if not self.open:
            self.root = node
            return
        parent = self.open[-1]
        if isinstance(parent.value, list):
            parent.value.append(node)
            return
        assert parent.key is not None
        parent.value.setdefault(parent.key, node)
        parent.key, parent.next_place = None, _NOWHERE

    def _refuse_decoration(self, event: yaml.NodeEvent) -> None:
        if event.anchor is not None:
            told = f"the anchor &{event.anchor} cannot be used"
            raise self._refused(event, told, "write the value out, or share it through 'extends'")
        tag = getattr(event, "tag", None)
        if tag is not None:
            shorter = tag.replace("tag:yaml.org,2002:", "!!")
            remedy = "put text in quotation marks; everything else needs no tag"
            raise self._refused(event, f"the tag {shorter} cannot be used", remedy)

    def _refused(self, event: yaml.Event, message: str, remedy: str) -> InputError:
        problem = Problem(message, self._place(event), dotted(self._path()), remedy)
        return InputError([*self.problems, problem])

    def _path(self) -> Path:
        steps: list[str | int] = []
        for one in self.open:
            if isinstance(one.value, list):
                steps.append(len(one.value))
            elif one.key is not None:
                steps.append(one.key)
        return tuple(steps)

    def _key_place(self, place: Place) -> Place:
        key_place = self.open[-1].next_place if self.open else _NOWHERE
        return key_place if key_place.file else place

    def _place(self, event: yaml.Event) -> Place:
        mark: Any = event.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1)


def _syntax_problem(error: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Problem(f"is not YAML: {error.problem}", Place(file))
    place = Place(file, mark.line + 1, mark.column + 1)
    line = next((part for n, part in enumerate(_lines(text)) if n == mark.line), "")
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return Problem("a tab stands in the indentation", place, remedy="indent with blanks")
    told = error.problem or "a mark is not understood"
    begun = error.context_mark.line + 1 if error.context_mark is not None else place.line
    for fragment, message, remedy in _SYNTAX:
        if fragment in told:
            return Problem(message.format(line=begun), place, remedy=remedy)
    remedy = "look for a missing ':', quotation mark or bracket, or an uneven indentation"
    return Problem(f"is not YAML: {told}", place, remedy=remedy)


def _lines(text: str) -> Iterator[str]:
    return iter(_LINE_BREAK.split(text))


def _place_at(text: str, index: int, file: str) -> Place:
    before = _LINE_BREAK.split(text[:index])
    return Place(file, len(before), len(before[-1]) + 1)


def _files_in(folder: FilePath) -> str:
    found = sorted(p.name for p in folder.iterdir() if p.suffix in (".yaml", ".yml"))
    return f"name one of its files: {', '.join(found[:10])}" if found else "name a YAML file"


def _file_beside(path: FilePath) -> str:
    try:
        beside = [p.name for p in path.parent.iterdir() if p.is_file()]
    except OSError:
        return f"there is no folder {str(path.parent)!r} either"
    near = get_close_matches(path.name, beside, n=1, cutoff=0.6)
    return did_you_mean(str(path), [str(path.parent / name) for name in near])
