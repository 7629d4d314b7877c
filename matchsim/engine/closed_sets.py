"""Closed sets of a partial order, as bits of whole numbers.

The order is given by the immediate predecessors of each element, all of them smaller numbers. A set is
closed when it holds the predecessors of whatever it holds; bit ``i`` of a set stands for element ``i``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count as numbers

from matchsim.tables import Int64

__all__ = ["closed_sets", "closures", "count_closed_sets", "elements", "greatest_gain", "union"]


def elements(members: int) -> list[int]:
    """The elements of a set, ascending."""
    found = []
    while members:
        lowest = members & -members
        found.append(lowest.bit_length() - 1)
        members ^= lowest
    return found


def union(sets: Sequence[int], chosen: Sequence[int]) -> int:
    """The union of the sets of the elements chosen."""
    members = 0
    for element in chosen:
        members |= sets[element]
    return members


def closures(predecessors: Sequence[Sequence[int]]) -> list[int]:
    """For every element the smallest closed set that holds it."""
    found: list[int] = []
    for element, before in enumerate(predecessors):
        found.append(union(found, before) | 1 << element)
    return found


def closed_sets(closure: Sequence[int]) -> Iterator[int]:
    """All closed sets, from the empty set to the full one, each after all its subsets.

    Closed sets come in the order of the numbers that they are: the next one keeps the elements above the
    lowest that is missing, and has that one and otherwise only what these need.
    """
    full = (1 << len(closure)) - 1
    members = 0
    while True:
        yield members
        if members == full:
            return
        missing = next(i for i in numbers() if not members >> i & 1)
        kept = members >> missing << missing
        members = union(closure, elements(kept)) | closure[missing]


def count_closed_sets(predecessors: Sequence[Sequence[int]], most: int | None = None) -> int | None:
    """How many closed sets there are, without making them; None when it takes more than `most` states.

    Elements are decided in order, and only those that a later element depends on are remembered.
    Unconnected parts of the order are counted by themselves and multiplied. Counting is #P-complete
    (Irving and Leather, "The complexity of counting stable marriages", SIAM Journal on Computing 15
    (1986), 655-667), so that the number of states can grow exponentially.
    """
    total = 1
    for part in _parts(predecessors):
        number = _count_connected(predecessors, part, most)
        if number is None:
            return None
        total *= number
    return total


def _parts(predecessors: Sequence[Sequence[int]]) -> list[list[int]]:
    import networkx as nx

    graph = nx.Graph((before, i) for i, befores in enumerate(predecessors) for before in befores)
    graph.add_nodes_from(range(len(predecessors)))
    return [sorted(part) for part in nx.connected_components(graph)]


def _count_connected(
    predecessors: Sequence[Sequence[int]], part: Sequence[int], most: int | None
) -> int | None:
    last_use = {before: i for i in part for before in predecessors[i]}
    states, remembered = {0: 1}, 0
    for i in part:
        needed = sum(1 << before for before in predecessors[i])
        done = sum(1 << before for before in predecessors[i] if last_use[before] == i)
        remembered = (remembered | (1 << i if i in last_use else 0)) & ~done
        following: dict[int, int] = {}
        for members, ways in states.items():
            choices = (members, members | 1 << i) if members & needed == needed else (members,)
            for choice in choices:
                kept = choice & remembered
                following[kept] = following.get(kept, 0) + ways
        states = following
        if most is not None and len(states) > most:
            return None
    return sum(states.values())


def greatest_gain(predecessors: Sequence[Sequence[int]], gain: Int64) -> int:
    """The closed set with the greatest sum of gains; the smallest where there are several.

    Notes
    -----
    A minimum cut between what is gained and what is lost: Picard, "Maximal closure of a graph and
    applications to combinatorial problems", Management Science 22 (1976), 1268-1272.
    """
    import networkx as nx

    network = nx.DiGraph()
    network.add_nodes_from(("gained", "lost"))
    for i, befores in enumerate(predecessors):
        # Of sets with equal gains the one with fewest elements is wanted: whole gains weigh more than all.
        capacity = int(gain[i]) * (len(predecessors) + 1) - 1
        if capacity > 0:
            network.add_edge("gained", i, capacity=capacity)
        else:
            network.add_edge(i, "lost", capacity=-capacity)
        # Without a capacity an edge is never cut: who has i has what precedes it.
        network.add_edges_from((i, before) for before in befores)
    _, (kept, _) = nx.minimum_cut(network, "gained", "lost")
    return sum(1 << i for i in kept if i != "gained")
