"""Named streams of random numbers: every draw is reached directly, in any order, on any machine.

A draw is a function of five things and of nothing else::

    seed, replicate, name of the decision, (agent, other agent or 0), number of the draw

so two policies are compared on the same people and tastes, replicate *i* can be run alone, and serial,
parallel and distributed runs give the same bytes. The generator is Philox4x32-10 (Salmon, Moraes,
Dror and Shaw, SC'11, 2011).

Key layout. The decision's dotted name is hashed with blake2b to 8 bytes, read as two little-endian
32-bit words. With these as key, the block with the counter ``(seed low, seed high, replicate low,
replicate high)`` is computed; its first two words are the key of the stream. Draw *k* of a pair is word
``k % 4`` of the stream's block with the counter ``(agent, other, k // 4, 0)``.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import cast

import numpy as np
import numpy.typing as npt

from matchsim.errors import InputError, whole_number
from matchsim.tables import Float32, Float64, Int32

__all__ = ["Renumbered", "Stream", "Streams"]

UInt32 = npt.NDArray[np.uint32]
_NOBODY = np.empty(0, dtype=np.int32)


class Streams:
    """The streams of one replicate of one seed.

    Parameters
    ----------
    seed
        0 to 2**64 - 1.
    replicate
        0 to 2**64 - 1; replicates are independent.

    Raises
    ------
    InputError
        When either is no whole number or out of range.

    Examples
    --------
    >>> import numpy as np
    >>> streams = Streams(seed=7, replicate=0)
    >>> ability = streams("cohort.ability").normal(np.arange(3))
    >>> bool((Streams(7)("cohort.ability").normal(np.array([2])) == ability[2]).all())
    True
    """

    def __init__(self, seed: int, replicate: int = 0) -> None:
        self.seed = whole_number("seed", seed)
        self.replicate = whole_number("replicate", replicate)
        for name, value in (("seed", self.seed), ("replicate", self.replicate)):
            if not 0 <= value < 2**64:
                raise InputError(f"{name} must be 0 to 2**64 - 1, got {value}")

    def __call__(self, decision: str) -> Stream:
        """The stream of the decision with this dotted name, such as ``"interviews.screening"``."""
        return Stream(*_stream_key(self.seed, self.replicate, decision))

    def __repr__(self) -> str:
        return f"Streams(seed={self.seed}, replicate={self.replicate})"


class Stream:
    """The draws of one decision; made by :class:`Streams`.

    Agents are given as integer arrays of indices; pairs as two arrays of equal length.
    """

    def __init__(self, key0: int, key1: int) -> None:
        self._key0 = np.uint32(key0)
        self._key1 = np.uint32(key1)

    def words(self, agents: Int32, first: int, count: int) -> UInt32:
        """Draws `first` to ``first + count - 1`` of every agent, shape (agents, count), uint32."""
        from matchsim import _kernels

        block, skip = divmod(first, 4)
        blocks = (skip + count + 3) // 4
        out = np.empty((len(agents), blocks * 4), dtype=np.uint32)
        _kernels.philox_blocks(self._key0, self._key1, agents, _NOBODY, block, out)
        return out[:, skip : skip + count]

    def words_at(self, agents: Int32, draws: Int32) -> UInt32:
        """The draws with these numbers of every agent, shape (agents, draws), uint32."""
        from matchsim import _kernels

        out = np.empty((len(agents), len(draws)), dtype=np.uint32)
        _kernels.philox_at(self._key0, self._key1, agents, draws, out)
        return out

    def pair_words(self, agents: Int32, others: Int32) -> tuple[UInt32, UInt32]:
        """Draws 0 and 1 of every pair ``(agents[i], others[i])``, two uint32 arrays."""
        from matchsim import _kernels

        if len(agents) != len(others):
            raise ValueError(f"agents and others differ in length: {len(agents)} and {len(others)}")
        words = np.empty(len(agents), np.uint32), np.empty(len(agents), np.uint32)
        _kernels.philox_pairs(self._key0, self._key1, agents, others, *words)
        return words

    def uniform(self, agents: Int32, draw: int = 0) -> Float64:
        """One uniform number of (0, 1) for every agent, float64 with 32 random bits."""
        words = self.words(agents, draw, 1)[:, 0]
        return cast("Float64", (words + 0.5) * 2.0**-32)

    def normal(self, agents: Int32, draw: int = 0) -> Float32:
        """One standard normal number for every agent, float32."""
        return _normal(np.ascontiguousarray(self.words(agents, draw, 1)[:, 0]))

    def pair_normals(self, agents: Int32, others: Int32) -> tuple[Float32, Float32]:
        """Two independent standard normal numbers for every pair, float32."""
        word0, word1 = self.pair_words(agents, others)
        return _normal(word0), _normal(word1)

    def pair_normal(self, agents: Int32, others: Int32) -> Float32:
        """One standard normal number for every pair: the first of :meth:`pair_normals`."""
        return _normal(self.pair_words(agents, others)[0])


class Renumbered(Stream):
    """A stream in which agents draw what others draw.

    Parameters
    ----------
    stream
        Whose draws they are.
    number
        From an array of agents, int32, to the agents whose draws these have, int32 of the same shape.
    """

    def __init__(self, stream: Stream, number: Callable[[Int32], Int32]) -> None:
        self._stream = stream
        self._number = number

    def words(self, agents: Int32, first: int, count: int) -> UInt32:
        """As of the stream, for the agents that these stand for."""
        return self._stream.words(self._number(agents), first, count)

    def words_at(self, agents: Int32, draws: Int32) -> UInt32:
        """As of the stream, for the agents that these stand for."""
        return self._stream.words_at(self._number(agents), draws)

    def pair_words(self, agents: Int32, others: Int32) -> tuple[UInt32, UInt32]:
        """As of the stream, for the agents that these stand for; the others are themselves."""
        return self._stream.pair_words(self._number(agents), others)


def _stream_key(seed: int, replicate: int, decision: str) -> tuple[int, int]:
    name = np.frombuffer(blake2b(decision.encode(), digest_size=8).digest(), dtype="<u4")
    counter = (seed & 0xFFFFFFFF, seed >> 32, replicate & 0xFFFFFFFF, replicate >> 32)
    words = philox4x32((int(name[0]), int(name[1])), counter)
    return words[0], words[1]


def philox4x32(key: tuple[int, int], counter: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """One block of Philox4x32-10, in plain Python: the oracle of the kernels and the key mixer.

    Parameters
    ----------
    key, counter
        Two and four 32-bit words.

    Returns
    -------
    tuple of int
        Four 32-bit words.

    References
    ----------
    Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11 (2011),
    section 3.3; known answers in the file ``kat_vectors`` of their Random123 distribution.
    """
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        product0, product1 = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (
            (product1 >> 32) ^ c1 ^ k0,
            product1 & 0xFFFFFFFF,
            (product0 >> 32) ^ c3 ^ k1,
            product0 & 0xFFFFFFFF,
        )
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c0, c1, c2, c3


def _normal(words: UInt32) -> Float32:
    from matchsim import _kernels

    out = np.empty(len(words), dtype=np.float32)
    _kernels.normal_quantiles(words, out)
    return out
