"""All stable matchings of a market: their lattice, and those among them that are fair to both sides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import islice
from math import log10
from typing import TYPE_CHECKING, Any

import numpy as np

from matchsim.engine import closed_sets as bits
from matchsim.engine.deferred_acceptance import deferred_acceptance
from matchsim.engine.fairness import regret, regrets
from matchsim.engine.market import Market
from matchsim.engine.matching import Matching, check_market
from matchsim.engine.rotations import Rotations, find_rotations
from matchsim.engine.stability import blocking_pairs, irrationalities
from matchsim.errors import InputError, MarketError, Problem, check_kind, counted, shown
from matchsim.tables import Int32, Table, column

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["StableMatchings", "StablePairs", "stable_matchings"]

# What takes a market out of the theory: with couples there is no lattice, and quotas must not move.
LINKED = {
    "couples": "couples",
    "supplementals": "supplemental lists",
    "reversions": "reversions",
    "joint_with": "joint programs",
    "parity": "odd or even quotas",
}

# States that may be gone through to say how many matchings there are when merely showing an object.
QUICK_STATES = 1_000


def stable_matchings(market: Market) -> StableMatchings:
    """All stable matchings of a market, found as rotations, made one by one when asked for.

    Parameters
    ----------
    market
        The market; entries that only one side gave are passed over.

    Returns
    -------
    StableMatchings

    Raises
    ------
    MarketError
        When the market has couples, supplemental lists or anything else that links positions.

    Examples
    --------
    >>> market = Market.from_lists(
    ...     applicants={"Ana": ["City", "Mercy"], "Bo": ["Mercy", "City"]},
    ...     programs={"City": ["Bo", "Ana"], "Mercy": ["Ana", "Bo"]},
    ...     quotas=1,
    ... )
    >>> lattice = stable_matchings(market)
    >>> lattice
    <StableMatchings: 2 stable matchings, 1 rotation; 2 of 2 applicants have several stable programs>
    >>> [matching.to_dict() for matching in lattice]
    [{'Ana': 'City', 'Bo': 'Mercy'}, {'Ana': 'Mercy', 'Bo': 'City'}]
    """
    check_kind("market", market, Market)
    linked = [words for name, words in LINKED.items() if getattr(market, name, None) is not None]
    if linked:
        told = f"single applicants and fixed quotas are needed; this market has {' and '.join(linked)}"
        raise MarketError(Problem(told, remedy="leave them out to look at the lists of the others"))
    first = deferred_acceptance(market)
    last = deferred_acceptance(market, proposing="programs")
    return StableMatchings(first, last, find_rotations(first, last))


@dataclass(frozen=True, eq=False, repr=False)
class StableMatchings:
    """The lattice of stable matchings of a market.

    Every stable matching follows from the applicant-optimal one by a *closed set* of rotations: one that
    has, with each rotation, all those that must come before it. Different closed sets give different
    matchings, and a larger one gives a matching that is worse for applicants and better for programs.
    Looping makes the matchings one by one, from the applicant-optimal to the program-optimal.

    Parameters
    ----------
    applicant_optimal, program_optimal
        The two ends.
    rotations
        The rotations that lead from one to the other.

    Notes
    -----
    Irving and Leather, "The complexity of counting stable marriages", SIAM Journal on Computing 15 (1986),
    655-667; Gusfield and Irving, "The Stable Marriage Problem", MIT Press 1989, chapters 2 and 3; with
    quotas Cheng, McDermid and Suzuki, Theoretical Computer Science 400 (2008), 84-99.
    """

    applicant_optimal: Matching
    program_optimal: Matching
    rotations: Rotations

    @property
    def market(self) -> Market:
        """The market that these are the stable matchings of."""
        return self.applicant_optimal.market

    def __iter__(self) -> Iterator[Matching]:
        return self.matchings()

    def matchings(self, limit: int | None = None) -> Iterator[Matching]:
        """The stable matchings, one at a time, each after all that every applicant finds at least as good.

        Parameters
        ----------
        limit
            Stop after so many; None for all. There can be exponentially many.

        Raises
        ------
        InputError
            When the limit is not a whole number from 0.
        """
        return map(self._matching, self._limited(limit))

    def closed_sets(self, limit: int | None = None) -> Iterator[frozenset[int]]:
        """The closed sets of rotations behind :meth:`matchings`, in the same order, with the same limit."""
        return (frozenset(bits.elements(members)) for members in self._limited(limit))

    def count(self) -> int:
        """How many stable matchings there are, without making them.

        Exact. Quick where rotations are few or fall into independent groups, as in national markets, but
        the problem is #P-complete (Irving and Leather 1986): it can take exponential time and memory.
        """
        number = bits.count_closed_sets(self._predecessors)
        assert number is not None
        return number

    def closure(self, rotations: Iterable[int]) -> frozenset[int]:
        """The smallest closed set with these rotations: them and all that must come before them.

        Raises
        ------
        InputError
            When there is no rotation of such a number.
        """
        return frozenset(bits.elements(bits.union(self._closures, self._known(rotations))))

    def matching(self, closed_set: Iterable[int]) -> Matching:
        """The stable matching that follows from the applicant-optimal one by these rotations.

        Raises
        ------
        InputError
            When there is no rotation of such a number, or the set is not closed.
        """
        given = self._known(closed_set)
        missing = self.closure(given) - set(given)
        if missing:
            told = f"a closed set has all rotations that must come before its own; {sorted(missing)} missing"
            remedy = "closure() completes a set"
            raise InputError(Problem(told, path="closed_set", remedy=remedy))
        return self._matching(sum(1 << i for i in given))

    def closed_set(self, matching: Matching) -> frozenset[int]:
        """The rotations that lead from the applicant-optimal matching to this one.

        The matching of the intersection of two such sets gives every applicant the better of the two
        programs (the join of the lattice), that of the union the worse one (the meet).

        Raises
        ------
        MarketError
            When the matching is not a stable matching of this market.
        """
        self._check_stable(matching)
        leader = self.rotations.move_offsets[:-1]
        moved = self.rotations.to_applicant_rank[leader]
        reached = np.asarray(matching.rank_of)[self.rotations.applicant[leader]]
        return frozenset(np.flatnonzero(reached >= moved).tolist())

    @cached_property
    def poset(self) -> nx.DiGraph:
        """The rotations as a graph: an edge leads to what can only come afterwards, with none in between.

        A frozen ``networkx.DiGraph`` on the numbers of the rotations, transitively reduced; the node
        attribute ``moves`` has the moves by name.
        """
        import networkx as nx

        graph = nx.DiGraph()
        graph.add_nodes_from((i, {"moves": moves}) for i, moves in enumerate(self.rotations))
        graph.add_edges_from(
            (before, i) for i, befores in enumerate(self._predecessors) for before in befores
        )
        return nx.freeze(graph)

    @cached_property
    def stable_pairs(self) -> StablePairs:
        """The pairs of an applicant and a program that are together in some stable matching."""
        market, first, rotations = self.market, self.applicant_optimal, self.rotations
        matched = np.flatnonzero(first.program_of >= 0).astype(np.int32)
        places = market.program_rank[market.applicant_offsets[matched] + first.rank_of[matched]]
        applicant = np.concatenate((matched, rotations.applicant))
        program = np.concatenate((first.program_of[matched], rotations.to_program))
        rank = np.concatenate((first.rank_of[matched], rotations.to_applicant_rank))
        place = np.concatenate((places, rotations.to_program_rank))
        order = np.lexsort((rank, applicant))
        return StablePairs(market, applicant[order], program[order], rank[order], place[order])

    def stable_programs(self, applicant: str | int) -> tuple[str, ...]:
        """The programs that an applicant has in some stable matching, best first.

        Raises
        ------
        MarketError
            When no applicant is called so.
        """
        a = self.market.applicant_labels.index_of(applicant)
        pairs = self.stable_pairs
        programs = pairs.program[slice(*np.searchsorted(pairs.applicant, (a, a + 1)))]
        return tuple(self.market.program_labels[p] for p in programs.tolist())

    @property
    def applicants_with_several(self) -> Int32:
        """Indices of the applicants who have more than one stable program, ascending."""
        return np.unique(self.rotations.applicant)

    @property
    def programs_with_several(self) -> Int32:
        """Indices of the programs that do not hold the same applicants in all stable matchings, ascending."""
        return np.unique(self.rotations.from_program)

    def egalitarian(self) -> Matching:
        """The stable matching with the smallest ``total_rank``; of several the best for applicants.

        Notes
        -----
        Irving, Leather and Gusfield, "An efficient algorithm for the 'optimal' stable marriage", Journal
        of the ACM 34 (1987), 532-543: a minimum cut in the poset of rotations.
        """
        moves = self.rotations
        better = moves.from_program_rank.astype(np.int64) - moves.to_program_rank
        worse = moves.to_applicant_rank.astype(np.int64) - moves.from_applicant_rank
        running = np.concatenate(([0], np.cumsum(better - worse)))
        gain = np.diff(running[moves.move_offsets])
        return self._matching(bits.greatest_gain(self._predecessors, gain))

    def minimum_regret(self) -> Matching:
        """The stable matching with the smallest ``regret``; of several the best for applicants.

        Notes
        -----
        As in Gusfield, "Three fast algorithms for four problems in stable marriage", SIAM Journal on
        Computing 16 (1987), 111-128: programs are freed of the worst applicants that they hold, step by
        step and at the least cost to applicants, and the best of these steps is taken.
        """
        best = matching = self.applicant_optimal
        while True:
            _, worst = regrets(matching)
            freeing = np.flatnonzero(self.rotations.from_program_rank + 1 >= worst)
            rotations = np.searchsorted(self.rotations.move_offsets, freeing, side="right") - 1
            matching = self._matching(bits.union(self._closures, rotations.tolist()))
            if regrets(matching)[1] == worst:
                return best
            best = min(best, matching, key=regret)

    @cached_property
    def _predecessors(self) -> list[list[int]]:
        return [self.rotations.predecessors(i) for i in range(len(self.rotations))]

    @cached_property
    def _closures(self) -> list[int]:
        return bits.closures(self._predecessors)

    def _limited(self, limit: int | None) -> Iterator[int]:
        if limit is not None and (not isinstance(limit, (int, np.integer)) or limit < 0):
            raise InputError(
                Problem(f"must be a whole number from 0 or None, got {shown(limit)}", path="limit")
            )
        return islice(bits.closed_sets(self._closures), limit)

    def _matching(self, members: int) -> Matching:
        first, rotations = self.applicant_optimal, self.rotations
        chosen = np.zeros(len(rotations), np.bool_)
        chosen[bits.elements(members)] = True
        moves = np.repeat(chosen, np.diff(rotations.move_offsets))
        program_of, rank_of = first.program_of.copy(), first.rank_of.copy()
        # Who moves several times ends where the last of these rotations, which stand in order, puts them.
        program_of[rotations.applicant[moves]] = rotations.to_program[moves]
        rank_of[rotations.applicant[moves]] = rotations.to_applicant_rank[moves]
        return Matching(self.market, program_of, rank_of)

    def _known(self, rotations: Iterable[Any]) -> list[int]:
        given, known = set(rotations), range(len(self.rotations))
        strange = [i for i in given if i not in known]
        if strange:
            allowed = f"0 to {len(known) - 1}" if known else "none: there is one stable matching only"
            told = ", ".join(sorted(map(shown, strange)))
            raise InputError(Problem(f"rotations are numbered {allowed}, got {told}", path="rotations"))
        return [known.index(i) for i in given]

    def _check_stable(self, matching: Matching) -> None:
        check_market(self.market, matching)
        faults = irrationalities(self.market, matching)
        blocking = (f"{a} and {p} block it" for a, p in blocking_pairs(self.market, matching))
        reason = next(iter(faults), None) or next(blocking, None)
        if reason:
            raise MarketError(f"the matching is not stable: {reason}")

    def __repr__(self) -> str:
        number = bits.count_closed_sets(self._predecessors, QUICK_STATES)
        several = len(self.applicants_with_several)
        return (
            f"<StableMatchings: {_in_words(number)} "
            f"stable matching{'' if number == 1 else 's'}, "
            f"{counted(len(self.rotations), 'rotation')}; {several:,} of "
            f"{counted(len(self.market), 'applicant')} {'has' if several == 1 else 'have'} several stable "
            "programs>"
        )

    def to_pandas(self) -> pd.DataFrame:
        """One row a pair that is together in some stable matching; see :attr:`stable_pairs`."""
        return self.stable_pairs.to_pandas()

    def plot(self, ax: Axes | None = None, *, caption: str = "") -> Axes:
        """Draw the lattice; see :func:`matchsim.charts.lattice.lattice_of_stable_matchings`."""
        from matchsim.charts.lattice import lattice_of_stable_matchings

        return lattice_of_stable_matchings(self, ax, caption=caption)

    def _repr_html_(self) -> str:
        return f"<p><b>{escape(repr(self))}</b></p>{self.rotations._repr_html_()}"


def _in_words(number: int | None) -> str:
    """A number of matchings, None for one that would take too long to find."""
    if number is None:
        return "very many"
    return f"{number:,}" if number < 10**9 else f"about 10^{round(log10(number))}"


@dataclass(frozen=True, eq=False, repr=False)
class StablePairs(Table):
    """The pairs that are together in some stable matching, by applicant, then as each ranks the programs.

    ``len()`` counts the pairs; looping gives ``(applicant, program)`` by name.
    """

    rows = "pair"

    market: Market
    applicant: Int32 = column(np.int32, "pair", "index of the applicant")
    program: Int32 = column(np.int32, "pair", "index of the program")
    applicant_rank: Int32 = column(np.int32, "pair", "place of the program on the applicant's list, from 0")
    program_rank: Int32 = column(np.int32, "pair", "place of the applicant on the program's list, from 0")

    def __iter__(self) -> Iterator[tuple[str, str]]:
        applicants, programs = self.market.applicant_labels, self.market.program_labels
        for a, p in zip(self.applicant.tolist(), self.program.tolist(), strict=True):
            yield applicants[a], programs[p]

    def to_pandas(self, *, labels: bool = True) -> pd.DataFrame:
        """One row a pair, with names (or indices, with ``labels=False``) and places from 0."""
        frame = super().to_pandas()
        if labels:
            frame["applicant"], frame["program"] = zip(*self, strict=True) if len(self) else ((), ())
        return frame
