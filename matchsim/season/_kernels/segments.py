"""Kernels for entries that belong to groups: grouping and sorting within groups."""

from __future__ import annotations

import numpy as np

from matchsim._jit import compiled

__all__ = ["count_groups", "group_keys", "sort_segments"]

_LOW = np.uint64(0xFFFFFFFF)
_SIGN = np.uint32(0x80000000)
# Bits for an entry's place in its segment, below 32 of its key and 3 of its tier.
_PLACES = np.uint64(29)


def _falling(bits):
    """A number that rises as the float32 with these bits falls."""
    b = np.uint64(bits)
    return b if bits >= _SIGN else b ^ (_LOW ^ np.uint64(_SIGN))


def _group_keys(group, bits, cursor, keys):
    """Write a key of every entry, group by group, each group's from its place in `cursor` on.

    ``bits`` are the bits of the entries' float32 scores. Keys rise as scores fall, equal scores in the order
    of the entries; their lower 32 bits are the entries' numbers.
    """
    for i in range(len(group)):
        g = group[i]
        keys[cursor[g]] = (falling(bits[i]) << np.uint64(32)) | np.uint64(i)
        cursor[g] += 1


def _count_groups(offsets, entry, group_of, counts):
    """Count in ``counts[s, g]`` the entries of segment `s` whose group, ``group_of[entry]``, is `g`."""
    for s in range(len(offsets) - 1):
        for i in range(offsets[s], offsets[s + 1]):
            counts[s, group_of[entry[i]]] += 1


def _sort_segments(offsets, tier, bits, order):
    """Fill `order` so that each segment stands by tier, then by falling key, equal entries as they were.

    Tiers are 0 to 7; ``bits`` are the bits of the float32 keys.
    """
    longest = 0
    for s in range(len(offsets) - 1):
        longest = max(longest, offsets[s + 1] - offsets[s])
    packed = np.empty(longest, np.uint64)
    for s in range(len(offsets) - 1):
        start = offsets[s]
        n = offsets[s + 1] - start
        for i in range(n):
            # The place in the segment breaks ties.
            key = (falling(bits[start + i]) << _PLACES) | np.uint64(i)
            packed[i] = (np.uint64(tier[start + i]) << (np.uint64(32) + _PLACES)) | key
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
            order[start + i] = start + np.int64(packed[i] & ((np.uint64(1) << _PLACES) - np.uint64(1)))


falling = compiled(_falling)
count_groups = compiled(_count_groups)
group_keys = compiled(_group_keys)
sort_segments = compiled(_sort_segments)
