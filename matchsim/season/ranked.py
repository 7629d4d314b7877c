"""Programs that applicants may rank, person by person and best first, while lists are being made."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from matchsim.season import _kernels
from matchsim.season.ragged import offsets_of
from matchsim.tables import Bool, Float32, Int8, Int32, Int64

__all__ = ["Ranked", "best_first", "core_first", "sorted_segments"]

_NUMBER = np.uint64(0xFFFFFFFF)


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


def sorted_segments(offsets: Int64, key: Float32, tier: Int8 | None = None) -> Int64:
    """Entry numbers such that each segment stands by tier, then by falling key, equal ones as they were.

    Parameters
    ----------
    offsets
        Where each segment begins and ends, shape (segments + 1,).
    key
        What to sort by, one number an entry.
    tier
        0 to 7, what comes before the key; None = all are of one tier.
    """
    order = np.empty(len(key), dtype=np.int64)
    tier = np.zeros(len(key), dtype=np.int8) if tier is None else tier
    _kernels.sort_segments(offsets, tier, key.astype(np.float32, copy=False).view(np.uint32), order)
    return order


def core_first(offsets: Int64, key: Float32, preliminary: Bool) -> Int64:
    """Entry numbers such that each segment stands by falling key, preliminary programs after the others."""
    return sorted_segments(offsets, key, preliminary.astype(np.int8))


def best_first(program: Int32, score: Float32, programs: int) -> tuple[Int64, Int64]:
    """Entry numbers program by program, the highest score first, equal ones as they were.

    Parameters
    ----------
    program, score
        The program and the score of every entry, in SD.
    programs
        How many programs there are.

    Returns
    -------
    offsets : int64, shape (programs + 1,)
        Where the entries of each program begin and end.
    entries : int64, shape (entries,)
        Their numbers.
    """
    offsets = offsets_of(program, programs)
    keys = np.empty(len(program), dtype=np.uint64)
    bits = score.astype(np.float32, copy=False).view(np.uint32)
    _kernels.group_keys(program, bits, offsets[:-1].copy(), keys)
    for start, end in pairwise(offsets.tolist()):
        keys[start:end].sort()
    return offsets, (keys & _NUMBER).astype(np.int64)
