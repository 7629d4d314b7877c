"""Ragged data as offsets and values: from owners to offsets and back.

Offsets have one entry more than there are owners; the values of owner ``i`` are
``values[offsets[i]:offsets[i + 1]]``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from matchsim.tables import Int32, Int64

__all__ = ["entries_of", "offsets_of", "offsets_of_counts", "owners_of", "places_of"]


def offsets_of(owner: npt.NDArray[np.integer], owners: int) -> Int64:
    """Offsets of values that stand owner by owner; int64, shape (owners + 1,).

    Parameters
    ----------
    owner
        The owner of every value, in any order: only their numbers count.
    owners
        How many owners there are.
    """
    return offsets_of_counts(np.bincount(owner, minlength=owners))


def offsets_of_counts(counts: npt.NDArray[np.integer]) -> Int64:
    """Offsets of owners with these numbers of values; int64, shape (owners + 1,)."""
    offsets = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=offsets[1:])
    return offsets


def owners_of(offsets: Int64) -> Int32:
    """The owner of every value; int32, shape (values,)."""
    counts = np.diff(offsets)
    return np.repeat(np.arange(len(counts), dtype=np.int32), counts)


def places_of(counts: npt.NDArray[np.integer]) -> Int64:
    """0, 1, 2, ... within each of consecutive groups of these sizes; int64, shape (values,)."""
    ends = np.cumsum(counts)
    places: Int64 = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - counts, counts)
    return places


def entries_of(offsets: Int64, owners: npt.NDArray[np.integer]) -> Int64:
    """The numbers of the values of some owners, or of one several times, owner by owner; int64."""
    counts = np.diff(offsets)[owners]
    entries: Int64 = np.repeat(offsets[:-1][owners], counts) + places_of(counts)
    return entries
