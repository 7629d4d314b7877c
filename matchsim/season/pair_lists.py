"""The lists of couples: pairs of programs made out of what each of the two would rank alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from matchsim.season.ragged import offsets_of, places_of
from matchsim.season.ranked import Ranked, sorted_segments
from matchsim.season.scenario.linked import Couples
from matchsim.season.scenario.model import Scenario
from matchsim.season.tables import Programs
from matchsim.streams import Stream, Streams
from matchsim.tables import Bool, Float32, Int32, Int64

__all__ = ["PairLists", "pair_lists"]

# Pairs looked at together: about 200 MB of columns at the most.
PAIRS_AT_ONCE = 2_000_000


class PairLists(NamedTuple):
    """The lists of couples.

    Parameters
    ----------
    offsets
        Where each couple's list begins and ends, shape (couples + 1,).
    first, second
        The programs of every pair, -1 = No Match.
    used
        Of all that people would rank alone, what stands in a pair, shape (entries,).
    """

    offsets: Int64
    first: Int32
    second: Int32
    used: Bool


class _Pairs(NamedTuple):
    """Pairs of entries, couple by couple; -1 = No Match."""

    couple: Int64
    first: Int64
    second: Int64


def pair_lists(
    scenario: Scenario,
    streams: Streams,
    programs: Programs,
    first: Int32,
    second: Int32,
    own: Ranked,
    people: int,
) -> PairLists:
    """Make the couples' lists.

    Every program that the one would rank is paired with every one that the other would. Pairs are ranked
    by the sum of both wishes, more where both are in one division or at one institution, and noise; those
    with preliminary programs come after those without. Then, where the couple wants that, come pairs in
    which one of the two has No Match. These have up to half of the longest list allowed, the others what
    is left of it.

    Parameters
    ----------
    first, second
        The members of every couple; each has at least one entry in `own`.
    own
        What everybody would rank alone.
    people
        How many applicants there are.
    """
    given = scenario.couples
    starts = offsets_of(own.person, people)
    ends_alone = streams("couples.no_match").uniform(first) < given.no_match
    noise = streams("couples.pair")
    parts = [_Pairs(*(np.empty(0, dtype=np.int64),) * 3)]
    for pairs in _possible(starts, first, second, ends_alone):
        wish = _wishes(given, noise, programs, own, first[pairs.couple], pairs)
        parts.append(_listed(given, own, len(first), pairs, wish))
    couple, one, other = (np.concatenate(column) for column in zip(*parts, strict=True))
    used = np.zeros(len(own.program), dtype=np.bool_)
    for entry in (one, other):
        used[entry[entry >= 0]] = True
    program = np.append(own.program, -1).astype(np.int32)
    return PairLists(offsets_of(couple, len(first)), program[one], program[other], used)


def _possible(starts: Int64, first: Int32, second: Int32, ends_alone: Bool) -> Iterator[_Pairs]:
    """All pairs of entries, some couples at a time; No Match for one only where they end with that."""
    lengths = np.diff(starts)
    ones, others = lengths[first] + 1, lengths[second] + 1
    # The last pair would be No Match for both.
    counts = ones * others - 1
    block = np.cumsum(counts) // PAIRS_AT_ONCE
    for number in np.unique(block):
        couples = np.flatnonzero(block == number)
        couple = np.repeat(couples, counts[couples])
        row, column = np.divmod(places_of(counts[couples]), others[couple])
        one = np.where(row < ones[couple] - 1, starts[first[couple]] + row, -1)
        other = np.where(column < others[couple] - 1, starts[second[couple]] + column, -1)
        wanted = ends_alone[couple] | ((one >= 0) & (other >= 0))
        yield _Pairs(couple[wanted], one[wanted], other[wanted])


def _wishes(
    given: Couples, noise: Stream, programs: Programs, own: Ranked, agent: Int32, pairs: _Pairs
) -> Float32:
    """How much the couples wish for pairs."""
    wish = np.append(own.wish, np.float32(0))
    program = np.append(own.program, -1)
    one, other = program[pairs.first], program[pairs.second]
    both = (one >= 0) & (other >= 0)
    total = wish[pairs.first] + wish[pairs.second]
    for bonus, place in (
        (given.same_division, programs.division),
        (given.same_institution, programs.institution),
    ):
        together = both & (place[one] == place[other]) & (place[one] >= 0)
        total += np.float32(bonus) * together
    # One number for each pair of programs, No Match included, so that a draw belongs to the pair.
    pair = (one.astype(np.int64) + 1) * (len(programs) + 1) + other + 1
    total += np.float32(given.noise) * noise.pair_normal(agent, pair.astype(np.int32))
    return total


def _listed(given: Couples, own: Ranked, couples: int, pairs: _Pairs, wish: Float32) -> _Pairs:
    """The pairs that the lists have room for, best first."""
    preliminary = np.append(own.preliminary, False)
    alone = (pairs.first < 0) | (pairs.second < 0)
    offsets = offsets_of(pairs.couple, couples)
    later = preliminary[pairs.first].astype(np.int8) + preliminary[pairs.second] + np.int8(3) * alone
    order = sorted_segments(offsets, wish, later)

    alone_of = np.bincount(pairs.couple[alone], minlength=couples)
    together_of = np.diff(offsets) - alone_of
    room_alone = np.minimum(alone_of, given.pairs // 2)
    room_together = np.minimum(together_of, given.pairs - room_alone)
    couple, place = pairs.couple, places_of(np.diff(offsets))
    fits = np.where(
        place < together_of[couple],
        place < room_together[couple],
        place - together_of[couple] < room_alone[couple],
    )
    return _Pairs(couple[fits], pairs.first[order[fits]], pairs.second[order[fits]])
