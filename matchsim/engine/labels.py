"""The names of the applicants or of the programs of a market."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

from matchsim.errors import MarketError, Problem, counted, did_you_mean, shown

__all__ = ["Labels"]


class Labels(Sequence[str]):
    """The names of one side of a market, in order; read-only, compared like a tuple.

    Labels that nobody gave are the numbers from 1, made when asked for, so that a market of a million
    applicants carries no million strings.

    Parameters
    ----------
    kind
        What is named, for messages: ``"applicant"`` or ``"program"``.
    names
        The names, all different; None for numbered ones.
    size
        How many there are when `names` is None.

    Raises
    ------
    MarketError
        When a name is not text, is empty, or is given twice.
    """

    __slots__ = ("_index", "_names", "_size", "kind")

    def __init__(self, kind: str, names: Sequence[str] | None = None, size: int = 0) -> None:
        self.kind = kind
        self._names = None if names is None else _plain(kind, names)
        self._size = size if self._names is None else len(self._names)
        self._index: dict[str, int] | None = None
        problems = _faults(kind, self._names or ())
        if problems:
            raise MarketError(problems)

    @classmethod
    def of_index(cls, kind: str, index: dict[str, int]) -> Labels:
        """The labels of a finished mapping of names to the numbers from 0, which is taken over unchecked."""
        labels = cls(kind)
        labels._names, labels._size, labels._index = tuple(index), len(index), index
        return labels

    @property
    def numbered(self) -> bool:
        """Whether the labels are just the numbers from 1."""
        return self._names is None

    def index_of(self, name: str | int) -> int:
        """The index of the one called `name`.

        Raises
        ------
        MarketError
            When nobody is called so.
        """
        wanted = str(name)
        if self._names is None:
            at = int(wanted) - 1 if wanted.isascii() and wanted.isdigit() else -1
            if 0 <= at < self._size and wanted == str(at + 1):
                return at
            told = f"the {self.kind}s are numbered 1 to {self._size}" if self._size else ""
        else:
            if self._index is None:
                self._index = {label: i for i, label in enumerate(self._names)}
            if wanted in self._index:
                return self._index[wanted]
            told = did_you_mean(wanted, self._names)
        raise MarketError(Problem(f"there is no {self.kind} called {shown(wanted)}", remedy=told))

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[str, ...]: ...
    def __getitem__(self, at: int | slice) -> str | tuple[str, ...]:
        if self._names is not None:
            return self._names[at]
        if isinstance(at, slice):
            return tuple(str(i + 1) for i in range(self._size)[at])
        return str(range(self._size)[at] + 1)

    def __iter__(self) -> Iterator[str]:
        if self._names is not None:
            return iter(self._names)
        return map(str, range(1, self._size + 1))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (Labels, tuple, list)):
            return NotImplemented
        return len(self) == len(other) and all(map(str.__eq__, self, map(str, other)))

    def __hash__(self) -> int:
        return hash((self.kind, self._size))

    def __reduce__(self) -> tuple[Any, ...]:
        return Labels, (self.kind, self._names, self._size)

    def __repr__(self) -> str:
        return f"<Labels: {counted(self._size, self.kind)}>"


def _plain(kind: str, names: Any) -> tuple[Any, ...]:
    """The names as they are; the text of NumPy's arrays becomes Python's."""
    if isinstance(names, (str, bytes)) or not isinstance(names, Iterable):
        raise MarketError(Problem(f"must be a list of names, got {shown(names)}", path=f"{kind}_labels"))
    return tuple(str(name) if isinstance(name, str) else name for name in names)


def _faults(kind: str, names: tuple[str, ...]) -> list[Problem]:
    path = f"{kind}_labels"
    if not set(map(type, names)) <= {str} or "" in names:
        wrong = next(name for name in names if type(name) is not str or not name)
        return [Problem(f"must be text that is not empty, got {shown(wrong)}", path=path)]
    if len(set(names)) < len(names):
        twice = next(name for name, count in Counter(names).items() if count > 1)
        return [Problem(f"must differ, got {shown(twice)} twice", path=path)]
    return []
