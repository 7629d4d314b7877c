"""Programs that applicants may rank, person by person and best first, while lists are being made."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from matchsim.season import _kernels
from matchsim.tables import Bool, Float32, Int32, Int64

__all__ = ["Ranked", "core_first", "sorted_segments"]


class Ranked(NamedTuple):
    """Entries of lists in the making; all arrays have one element an entry.

    Parameters
    ----------
    person, program
        Who would rank what; entries stand person by person, each person's in order of preference.
    wish
        How much, in SD.
    preliminary
        Whether it is a preliminary program.
    """

    person: Int32
    program: Int32
    wish: Float32
    preliminary: Bool

    def at(self, entries: npt.NDArray[np.bool_] | Int64) -> Ranked:
        """Some of the entries, in their order."""
        return Ranked(
            self.person[entries], self.program[entries], self.wish[entries], self.preliminary[entries]
        )


def sorted_segments(offsets: Int64, key: Float32) -> Int64:
    """Entry numbers such that each segment stands by falling key, equal ones as they were.

    Parameters
    ----------
    offsets
        Where each segment begins and ends, shape (segments + 1,).
    key
        What to sort by, one number an entry.
    """
    order = np.empty(len(key), dtype=np.int64)
    _kernels.sort_segments(offsets, key.astype(np.float32, copy=False).view(np.uint32), order)
    return order


def core_first(offsets: Int64, key: Float32, preliminary: Bool) -> Int64:
    """Entry numbers such that each segment stands by falling key, preliminary programs after the others."""
    order = sorted_segments(offsets, key)
    return order[sorted_segments(offsets, (~preliminary[order]).astype(np.float32))]
