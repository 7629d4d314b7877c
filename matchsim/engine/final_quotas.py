"""Whether final quotas follow from the reversions of a market. Like all checkers, it knows no solver."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import TopologicalSorter

import numpy as np

from matchsim.engine.linked import PARITIES
from matchsim.engine.market import Market
from matchsim.engine.matching import Matching
from matchsim.tables import Int32

__all__ = ["parity_faults", "quota_faults"]

# Ways tried to tell what programs of wanted parity dropped from what they gave to others.
MOST_TRIED = 10_000


def quota_faults(matching: Matching) -> list[str]:
    """What is wrong with the final quotas of a matching, one sentence each; empty when nothing is.

    No positions appear or get lost. What a program gave up went to its receivers in the order of the
    table, to each no more than the table allows. No position stayed unfilled that could have moved on.
    Programs that want an odd or even number of matches may besides drop positions.

    Notes
    -----
    The rules are those of the NRMP and the NMS for reversions: unfilled positions move, receivers are served
    in the order entered, and positions stay where they came to. Whether a position that moved was unfilled at
    that time cannot be seen in a matching.
    """
    flow = _Flow(matching)
    waiting = [(0, matching.market.quota.copy(), flow.elsewhere())]
    first: list[str] | None = None
    for _ in range(MOST_TRIED):
        if not waiting:
            break
        at, has, told = waiting.pop()
        while at < len(flow.order):
            p = flow.order[at]
            at += 1
            given, *others = flow.may_have_given(p, int(has[p]))
            # The first guess goes through all programs, so that everything wrong with it can be told.
            waiting += [(at, *flow.after(p, other, has, told)) for other in others]
            has, told = flow.after(p, given, has, told)
            if told and first is not None:
                break
        if not told:
            return []
        first = first or told
    return first or []


def parity_faults(matching: Matching) -> list[str]:
    """The programs that hold an odd number where they want an even one, or the reverse; one sentence each."""
    market, filled = matching.market, matching.filled
    if market.parity is None:
        return []
    wants_odd = market.parity == PARITIES.index("odd")
    wrong = (market.parity > 0) & (filled > 0) & ((filled % 2 == 1) != wants_odd)
    return [
        f"{market.program_labels[p]} holds {filled[p]}, but wants an {PARITIES[market.parity[p]]} number"
        for p in np.flatnonzero(wrong).tolist()
    ]


class _Flow:
    """The positions on their way from donors to receivers."""

    def __init__(self, matching: Matching) -> None:
        market = matching.market
        self.names, self.quota, self.final = market.program_labels, market.quota, matching.final_quota
        self.unfilled = matching.final_quota - matching.filled
        self.drops = np.zeros(len(self.quota), np.bool_) if market.parity is None else market.parity > 0
        self.receivers: dict[int, list[tuple[int, int]]] = {}
        for donor, receiver, positions in _rows(market):
            self.receivers.setdefault(donor, []).append((receiver, positions))
        sorter: TopologicalSorter[int] = TopologicalSorter()
        for donor, served in self.receivers.items():
            for receiver, _ in served:
                sorter.add(receiver, donor)
        # Donors come before their receivers.
        self.order = list(sorter.static_order())

    def elsewhere(self) -> list[str]:
        """What is wrong with programs that neither give nor receive."""
        moved = self.final != self.quota
        moved[self.order] = False
        wrong = moved & ~(self.drops & (self.final < self.quota))
        return [
            f"{self.names[p]} has a final quota of {self.final[p]} and a quota of {self.quota[p]},"
            " but no reversion moves positions to or from it"
            for p in np.flatnonzero(wrong).tolist()
        ]

    def may_have_given(self, p: int, has: int) -> list[int]:
        """How many positions program `p`, which had this many, may have given to its receivers."""
        lacks = max(has - int(self.final[p]), 0)
        most = min(lacks, self._allowed(p))
        return list(range(most, -1, -1)) if self.drops[p] else [most]

    def after(self, p: int, given: int, has: Int32, told: list[str]) -> tuple[Int32, list[str]]:
        """What all programs have, and what is wrong, when `p` has given so many positions."""
        told = [*told, *self._faults(p, given, int(has[p]))]
        has = has.copy() if given else has
        for receiver, positions in self.receivers.get(p, ()):
            moved = min(given, positions)
            given -= moved
            has[receiver] += moved
        return has, told

    def _faults(self, p: int, given: int, has: int) -> Iterator[str]:
        name, final, received = self.names[p], int(self.final[p]), has - int(self.quota[p])
        lacks = has - given - final
        came = f" and the {received} that reverted to it" if received else ""
        if lacks < 0:
            yield (
                f"{name} has a final quota of {final}, {-lacks} more than its quota of {self.quota[p]}{came}"
            )
        elif lacks and not self.drops[p]:
            most = self._allowed(p)
            yield (
                f"{name} has a final quota of {final}, {has - final} less than its quota of {self.quota[p]}"
                f"{came}, but {f'its reversions move {most} at most' if most else 'nothing reverts from it'}"
            )
        stayed = min(int(self.unfilled[p]), self._allowed(p) - given)
        if stayed > 0:
            to = " or ".join(self.names[receiver] for receiver, _ in self.receivers[p])
            yield f"{name} keeps {stayed} unfilled that should have reverted to {to}"

    def _allowed(self, p: int) -> int:
        return sum(positions for _, positions in self.receivers.get(p, ()))


def _rows(market: Market) -> Iterator[tuple[int, int, int]]:
    moves = market.reversions
    if moves is not None:
        columns = moves.donor, moves.receiver, moves.positions
        yield from zip(*(column.tolist() for column in columns), strict=True)
