"""Frozen column tables: every column declared once, checked, and shown from its declaration.

A table is a frozen dataclass whose fields are NumPy arrays. Each field is declared with :func:`column`
or :func:`offsets`, which state its dtype, the dimension it runs along, its unit and its meaning::

    @dataclass(frozen=True, eq=False, repr=False)
    class Programs(Table):
        rows = "program"
        quota: Int32 = column(np.int32, "program", "positions offered in the match", unit="positions")

Ragged data is an offsets column plus value columns along another dimension: the values of row ``i``
are ``values[offsets[i]:offsets[i + 1]]``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from html import escape
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from matchsim.errors import Problem, TableError, counted

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Bool",
    "ColumnSpec",
    "Float32",
    "Float64",
    "Int8",
    "Int16",
    "Int32",
    "Int64",
    "Table",
    "array_of",
    "column",
    "frozen",
    "html_table",
    "offsets",
]

# Of long tables in a notebook.
SHOWN_ROWS = 20

Bool = npt.NDArray[np.bool_]
Int8 = npt.NDArray[np.int8]
Int16 = npt.NDArray[np.int16]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ColumnSpec:
    """The declaration of one column.

    Parameters
    ----------
    name, meaning, unit
        What the column is called, what a value says, and in which unit ("" = a pure number).
    dtype
        The NumPy dtype that the finished column has.
    dim
        The dimension that the column runs along, such as ``"applicant"``.
    labels
        For coded columns: the words that the codes ``0, 1, ...`` stand for; -1 means "none".
    into
        For offsets columns: the dimension that the offsets cut up; "" for ordinary columns.
    """

    name: str
    dtype: np.dtype[Any]
    dim: str
    meaning: str
    unit: str = ""
    labels: tuple[str, ...] = ()
    into: str = ""


def column(
    dtype: npt.DTypeLike,
    dim: str,
    meaning: str,
    *,
    unit: str = "",
    labels: Sequence[str] = (),
) -> Any:
    """Declare a column; see :class:`ColumnSpec` for the parameters."""
    spec = ColumnSpec("", np.dtype(dtype), dim, meaning, unit, tuple(labels))
    return field(metadata={"column": spec})


def offsets(dim: str, into: str, meaning: str, *, dtype: npt.DTypeLike = np.int64) -> Any:
    """Declare an offsets column: one more entry than `dim`, cutting up the dimension `into`."""
    spec = ColumnSpec("", np.dtype(dtype), dim, meaning, into=into)
    return field(metadata={"column": spec})


def frozen(values: npt.ArrayLike, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """`values` as a contiguous array that can never be written to again.

    An array that owns its memory is taken over (the caller's name for it becomes read-only too); a view
    of memory that somebody else could write to is copied. The result is a view of a read-only array, so
    its ``writeable`` flag cannot be switched on again.
    """
    array = np.ascontiguousarray(values, dtype=dtype)
    if array.base is not None:
        owner_is_frozen = isinstance(array.base, np.ndarray) and not array.base.flags.writeable
        if owner_is_frozen and not array.flags.writeable:
            return array
        array = array.copy()
    array.flags.writeable = False
    return array.view()


def array_of(given: Any) -> npt.NDArray[Any]:
    """What was given as an array; lists of different lengths as one of objects, which nothing here takes."""
    try:
        return np.asarray(given)
    except ValueError:
        return np.asarray(given, dtype=object)


def html_table(told: str, head: Sequence[str], rows: Iterable[Sequence[object]], total: int = 0) -> str:
    """What notebooks show of a result: a line about it, and the first rows of a table, all of it escaped.

    It has no colours of its own, so that it takes those of the notebook, light or dark.

    Parameters
    ----------
    told
        The line about it.
    head, rows
        Of the table; no more rows are asked for than are shown.
    total
        How many rows there are.
    """
    heading = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>"
        for row in islice(rows, SHOWN_ROWS)
    )
    more = f"<p>and {total - SHOWN_ROWS:,} more</p>" if total > SHOWN_ROWS else ""
    return f"<p><b>{escape(told)}</b></p><table><tr>{heading}</tr>{body}</table>{more}"


# Gathered once a class: a small market is made in less time than its declarations take to gather.
_DECLARED: dict[type[Table], tuple[ColumnSpec, ...]] = {}


@dataclass(frozen=True, eq=False, repr=False)
class Table:
    """Base of the frozen tables; subclasses declare columns and the dimension of their rows."""

    rows: ClassVar[str] = ""

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        sizes: dict[str, tuple[int, str]] = {}
        for spec in self.columns():
            array = _coerced(spec, getattr(self, spec.name), problems)
            if array is None:
                continue
            object.__setattr__(self, spec.name, array)
            size = len(array) - 1 if spec.into else len(array)
            known, by = sizes.setdefault(spec.dim, (size, spec.name))
            if known != size:
                told = f"has {size} entries along {spec.dim!r}, but {by!r} has {known}"
                problems.append(Problem(told, path=self._path(spec.name)))
        if not problems:
            problems.extend(self._check_offsets(sizes))
        if problems:
            raise TableError(problems)

    @classmethod
    def columns(cls) -> tuple[ColumnSpec, ...]:
        """The declarations of this table's columns, in order."""
        if cls not in _DECLARED:
            _DECLARED[cls] = tuple(
                replace(f.metadata["column"], name=f.name) for f in fields(cls) if "column" in f.metadata
            )
        return _DECLARED[cls]

    def __len__(self) -> int:
        return self.size(self.rows)

    def size(self, dim: str) -> int:
        """Number of entries along the dimension `dim`."""
        for spec in self.columns():
            if spec.dim == dim:
                return len(getattr(self, spec.name)) - bool(spec.into)
            if spec.into == dim:
                return int(getattr(self, spec.name)[-1])
        raise KeyError(dim)

    def labels_of(self, spec: ColumnSpec) -> tuple[str, ...]:
        """The words behind a column's codes; a table whose words vary from one to the next overrides it."""
        return spec.labels

    def replace(self, **changes: npt.ArrayLike) -> Self:
        """A new table with some columns exchanged; the others are shared, not copied."""
        return replace(self, **changes)

    def differences(self, other: Table) -> list[str]:
        """What differs between two tables, one sentence a column; empty when they are equal."""
        if type(self) is not type(other):
            return [f"{type(self).__name__} against {type(other).__name__}"]
        told = []
        for spec in self.columns():
            mine, theirs = getattr(self, spec.name), getattr(other, spec.name)
            if mine.shape != theirs.shape:
                told.append(f"{spec.name}: {mine.shape} against {theirs.shape} entries")
                continue
            # Only an unknown number (NaN) differs from itself.
            differ = np.flatnonzero((mine != theirs) & ((mine == mine) | (theirs == theirs)))  # noqa: PLR0124
            if len(differ):
                at = int(differ[0])
                told.append(
                    f"{spec.name}: {len(differ)} differ, first at {at}: {mine[at]} against {theirs[at]}"
                )
        return told

    def equals(self, other: Table) -> bool:
        """Whether both are of one class and hold the same values."""
        return not self.differences(other)

    def to_pandas(self, *, labels: bool = True) -> pd.DataFrame:
        """The columns along the row dimension as a data frame; codes become their labels."""
        import pandas as pd

        data: dict[str, Any] = {}
        for spec in self.columns():
            if spec.dim != self.rows or spec.into:
                continue
            values = getattr(self, spec.name)
            words = self.labels_of(spec) if labels else ()
            if words:
                values = pd.Categorical.from_codes(values, categories=pd.Index(words))
            data[spec.name] = values
        return pd.DataFrame(data)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(getattr(self, f.name) for f in fields(self))

    def __repr__(self) -> str:
        sizes = {s.dim: self.size(s.dim) for s in self.columns()}
        told = ", ".join(counted(size, dim) for dim, size in sizes.items())
        return f"<{type(self).__name__}: {told}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td><code>{escape(s.name)}</code></td><td>{s.dtype}</td><td>{escape(s.dim)}</td>"
            f"<td>{escape(s.unit)}</td><td>{escape(s.meaning)}</td></tr>"
            for s in self.columns()
        )
        head = "<tr><th>column</th><th>dtype</th><th>along</th><th>unit</th><th>meaning</th></tr>"
        return f"<p><b>{escape(repr(self))}</b></p><table>{head}{rows}</table>"

    def _path(self, name: str) -> str:
        return f"{type(self).__name__}.{name}"

    def _check_offsets(self, sizes: dict[str, tuple[int, str]]) -> Iterator[Problem]:
        for spec in self.columns():
            if not spec.into:
                continue
            cut = getattr(self, spec.name)
            if cut[0] != 0 or np.any(cut[1:] < cut[:-1]):
                yield Problem("must start at 0 and never fall", path=self._path(spec.name))
            elif spec.into in sizes and cut[-1] != sizes[spec.into][0]:
                size, by = sizes[spec.into]
                told = f"ends at {cut[-1]}, but {by!r} has {size} entries along {spec.into!r}"
                yield Problem(told, path=self._path(spec.name))


def _coerced(spec: ColumnSpec, given: Any, problems: list[Problem]) -> npt.NDArray[Any] | None:
    path = spec.name
    if given is MISSING or isinstance(given, Field) or given is None:
        problems.append(Problem("is missing", path=path))
        return None
    values = array_of(given)
    if values.ndim != 1:
        problems.append(Problem(f"must have one dimension, got shape {values.shape}", path=path))
        return None
    if values.dtype != spec.dtype and not _fits(values, spec.dtype):
        problems.append(Problem(f"must be {spec.dtype}, got {values.dtype}", path=path))
        return None
    if spec.into and len(values) == 0:
        problems.append(Problem("offsets need at least one entry", path=path))
        return None
    if spec.labels and len(values) and not -1 <= values.min() <= values.max() < len(spec.labels):
        told = f"codes must be -1 to {len(spec.labels) - 1}, got {values.min()} to {values.max()}"
        problems.append(Problem(told, path=path))
        return None
    return frozen(values, spec.dtype)


def _fits(values: npt.NDArray[Any], dtype: np.dtype[Any]) -> bool:
    if values.size == 0:
        return True
    if dtype.kind in "iu" and values.dtype.kind in "iu":
        limits = np.iinfo(dtype)
        return bool(values.min() >= limits.min and values.max() <= limits.max)
    return np.can_cast(values.dtype, dtype, casting="same_kind")
