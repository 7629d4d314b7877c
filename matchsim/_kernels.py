"""Kernels of the named random streams: Philox4x32-10 and the normal quantile.

The generator is that of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
SC'11 (2011), with ten rounds; constants from its section 4. The quantile is algorithm AS 241
(PPND7) of Wichura, Applied Statistics 37(3) 1988, 477-484, with a relative error of about 1e-7.

The ten rounds stand in each of three kernels on purpose: called as a function they are not vectorised,
and every draw takes four to five times as long (measured, numba 0.68).
"""

from __future__ import annotations

import math

import numpy as np

from matchsim._jit import compiled

__all__ = ["normal_quantiles", "philox_at", "philox_blocks", "philox_pairs"]

_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
# Numbers turned into quantiles together: a few pages of memory.
_BLOCK = 4096


def _philox_blocks(key0, key1, agents, others, first, out):
    """Fill ``out[i, 4 * b : 4 * b + 4]`` with block ``first + b`` of the pair ``(agents[i], others[i])``.

    The block with number k has the counter ``(agent, other, k, 0)``; `others` may be empty, which
    stands for 0 everywhere.
    """
    blocks = out.shape[1] // 4
    for i in range(len(agents)):
        agent = np.uint64(agents[i])
        other = np.uint64(others[i]) if len(others) else np.uint64(0)
        row = out[i]
        for b in range(blocks):
            c0, c1, c2, c3 = agent, other, np.uint64(first + b), np.uint64(0)
            k0, k1 = np.uint64(key0), np.uint64(key1)
            for _ in range(10):
                product0, product1 = _M0 * c0, _M1 * c2
                c0 = (product1 >> _HALF) ^ c1 ^ k0
                c1 = product1 & _LOW
                c2 = (product0 >> _HALF) ^ c3 ^ k1
                c3 = product0 & _LOW
                k0 = (k0 + _W0) & _LOW
                k1 = (k1 + _W1) & _LOW
            row[4 * b] = c0
            row[4 * b + 1] = c1
            row[4 * b + 2] = c2
            row[4 * b + 3] = c3


def _philox_at(key0, key1, agents, draws, out):
    """Fill ``out[i, j]`` with draw ``draws[j]`` of ``agents[i]``."""
    for i in range(len(agents)):
        agent = np.uint64(agents[i])
        row = out[i]
        for j in range(len(draws)):
            draw = np.uint64(draws[j])
            c0, c1, c2, c3 = agent, np.uint64(0), draw >> np.uint64(2), np.uint64(0)
            k0, k1 = np.uint64(key0), np.uint64(key1)
            for _ in range(10):
                product0, product1 = _M0 * c0, _M1 * c2
                c0 = (product1 >> _HALF) ^ c1 ^ k0
                c1 = product1 & _LOW
                c2 = (product0 >> _HALF) ^ c3 ^ k1
                c3 = product0 & _LOW
                k0 = (k0 + _W0) & _LOW
                k1 = (k1 + _W1) & _LOW
            low = c1 if draw & np.uint64(1) else c0
            high = c3 if draw & np.uint64(1) else c2
            row[j] = high if draw & np.uint64(2) else low


def _philox_pairs(key0, key1, agents, others, word0, word1):
    """Draws 0 and 1 of every pair; a loop without branches, which the compiler vectorises."""
    for i in range(len(agents)):
        c0, c1, c2, c3 = np.uint64(agents[i]), np.uint64(others[i]), np.uint64(0), np.uint64(0)
        k0, k1 = np.uint64(key0), np.uint64(key1)
        for _ in range(10):
            product0, product1 = _M0 * c0, _M1 * c2
            c0 = (product1 >> _HALF) ^ c1 ^ k0
            c1 = product1 & _LOW
            c2 = (product0 >> _HALF) ^ c3 ^ k1
            c3 = product0 & _LOW
            k0 = (k0 + _W0) & _LOW
            k1 = (k1 + _W1) & _LOW
        word0[i] = c0
        word1[i] = c1


def _normal_quantiles(words, out):
    """``out[i]`` = the standard normal quantile of ``(words[i] + 1/2) / 2**32``.

    Block by block: first all by the formula of the middle, a loop without branches, which the compiler
    vectorises; then those in the tails, found by another, once more.
    """
    far = np.empty(_BLOCK, np.int64)
    for start in range(0, len(words), _BLOCK):
        some, wanted = words[start : start + _BLOCK], out[start : start + _BLOCK]
        for i in range(len(some)):
            q = (np.float64(some[i]) + 0.5) * 2.0**-32 - 0.5
            r = 0.180625 - q * q
            top = ((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179
            bottom = ((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1.0
            wanted[i] = q * top / bottom
        tails = 0
        for i in range(len(some)):
            q = (np.float64(some[i]) + 0.5) * 2.0**-32 - 0.5
            far[tails] = i
            tails += abs(q) > 0.425
        for i in far[:tails]:
            q = (np.float64(some[i]) + 0.5) * 2.0**-32 - 0.5
            r = math.sqrt(-math.log(0.5 - abs(q)))
            if r <= 5.0:
                r -= 1.6
                top = ((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777
                bottom = (0.12021132975 * r + 0.73700164250) * r + 1.0
            else:
                r -= 5.0
                top = ((0.017337203997 * r + 0.42868294337) * r + 3.0812263860) * r + 6.6579051150
                bottom = (0.012258202635 * r + 0.24197894225) * r + 1.0
            wanted[i] = top / bottom if q > 0.0 else -top / bottom


philox_blocks = compiled(_philox_blocks)
philox_at = compiled(_philox_at)
philox_pairs = compiled(_philox_pairs)
normal_quantiles = compiled(_normal_quantiles)
