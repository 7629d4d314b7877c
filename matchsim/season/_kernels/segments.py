"""Kernels for entries that belong to groups: grouping and sorting within groups."""

from __future__ import annotations

import numpy as np

from matchsim._jit import compiled

__all__ = ["count_groups", "group_by", "sort_segments"]

_LOW = np.uint64(0xFFFFFFFF)
_SIGN = np.uint32(0x80000000)


def _group_by(group, cursor, out):
    """Write the numbers of the entries of each group, in order, from its place in `cursor` on."""
    for i in range(len(group)):
        g = group[i]
        out[cursor[g]] = i
        cursor[g] += 1


def _count_groups(offsets, entry, group_of, counts):
    """Count in ``counts[s, g]`` the entries of segment `s` whose group, ``group_of[entry]``, is `g`."""
    for s in range(len(offsets) - 1):
        for i in range(offsets[s], offsets[s + 1]):
            counts[s, group_of[entry[i]]] += 1


def _sort_segments(offsets, bits, order):
    """Fill `order` so that each segment's entries stand by falling key, equal ones as they were.

    ``bits`` are the bits of the float32 keys.
    """
    longest = 0
    for s in range(len(offsets) - 1):
        longest = max(longest, offsets[s + 1] - offsets[s])
    packed = np.empty(longest, np.uint64)
    for s in range(len(offsets) - 1):
        start = offsets[s]
        n = offsets[s + 1] - start
        for i in range(n):
            b = np.uint64(bits[start + i])
            # Turned so that rising numbers are falling keys; the place in the segment breaks ties.
            turned = b if bits[start + i] >= _SIGN else b ^ (_LOW ^ np.uint64(_SIGN))
            packed[i] = (turned << np.uint64(32)) | np.uint64(i)
        gap = 1
        while gap < n // 3:
            gap = 3 * gap + 1
        while gap > 0:
            for i in range(gap, n):
                moving = packed[i]
                k = i
                while k >= gap and packed[k - gap] > moving:
                    packed[k] = packed[k - gap]
                    k -= gap
                packed[k] = moving
            gap //= 3
        for i in range(n):
            order[start + i] = start + np.int64(packed[i] & _LOW)


count_groups = compiled(_count_groups)
group_by = compiled(_group_by)
sort_segments = compiled(_sort_segments)
