"""The Match of a season: the certified lists, Roth and Peranson's algorithm, and the checker's verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from matchsim.engine import (
    Market,
    Matching,
    deferred_acceptance,
    is_individually_rational,
    linked,
    roth_peranson,
)
from matchsim.errors import InputError, Problem, counted
from matchsim.season.early_results import with_early_results
from matchsim.season.scenario.model import Scenario
from matchsim.season.tables import Programs, RankLists, Reversions
from matchsim.streams import Streams
from matchsim.tables import Bool, Int32

__all__ = ["MatchResult", "market", "match", "solved", "verified"]


@dataclass(frozen=True)
class MatchResult:
    """What the algorithm did, and what the independent checker said of it.

    Attributes
    ----------
    program_of, rank_of : int32, shape (applicants,)
        Program from the primary list or the couple's, and its place there from 0; -1 = none.
    second_of : int32, shape (applicants,)
        Preliminary program from a supplemental list; -1 = none.
    final_quota : int32, shape (programs,)
        Positions of every program after reversions.
    proposals, restarts, cycles : int
        Proposals made; how often the algorithm started again in another order; cycles that it met.
    blocking : mapping
        By definition of stability (``responsive``, ``kpr``, ``mm``), how many options of people and
        couples block.
    feasible : bool
        Nobody over quota, everybody matched where both sides ranked.
    """

    program_of: Int32
    rank_of: Int32
    second_of: Int32
    final_quota: Int32
    proposals: int
    restarts: int
    cycles: int
    blocking: Mapping[str, int]
    feasible: bool

    @property
    def stable(self) -> bool:
        """Whether the match is feasible and nobody blocks it, by the definition ``responsive``."""
        return "responsive" in self.stable_under

    @property
    def stable_under(self) -> tuple[str, ...]:
        """The definitions of stability that the match meets."""
        return tuple(name for name, count in self.blocking.items() if self.feasible and not count)


def match(
    scenario: Scenario, streams: Streams, programs: Programs, lists: RankLists, reversions: Reversions
) -> MatchResult:
    """Match the certified lists by the algorithm of Roth and Peranson and check the result.

    Where couples or supplemental lists link positions, a stable matching need not exist, nor be found if it
    does. Then the result is the best matching found, and says so.

    Raises
    ------
    InputError
        When programs are to propose although positions are linked.
    """
    matching = solved(scenario, streams, programs, market(programs, lists, reversions))
    feasible, blocking = verified(matching)
    return MatchResult(
        program_of=matching.program_of,
        # Who has No Match in the pair that a couple obtained obtained no rank.
        rank_of=np.where(matching.program_of >= 0, matching.rank_of, -1).astype(np.int32),
        second_of=matching.second_of,
        final_quota=matching.final_quota,
        proposals=matching.proposals,
        restarts=matching.restarts,
        cycles=matching.cycles,
        blocking=blocking,
        feasible=feasible,
    )


def solved(scenario: Scenario, streams: Streams, programs: Programs, submitted: Market) -> Matching:
    """The matching of a market of a season.

    Raises
    ------
    InputError
        When programs are to propose although positions are linked.
    """
    given = scenario.match

    def solve(of: Market) -> Matching:
        if given.proposing == "applicants":
            return roth_peranson(of, seed=_seed(streams))
        _refuse_links(of)
        return deferred_acceptance(of, proposing="programs")

    early = given.early_results
    if not early.specialties:
        return solve(submitted)
    named = np.isin(np.array(programs.specialties, dtype=object)[programs.specialty], early.specialties)
    takes_part: Bool = named & programs.is_track("C")
    return with_early_results(submitted, takes_part, early.share, early.most, solve)


def verified(matching: Matching) -> tuple[bool, dict[str, int]]:
    """What the engine's checker, which shares no code with its solvers, says of a match.

    Returns
    -------
    feasible : bool
        Nobody over quota, everybody matched where both sides ranked.
    blocking : dict
        By definition of stability, how many options of people and couples block.
    """
    return is_individually_rational(matching.market, matching), matching.blocking


def market(programs: Programs, lists: RankLists, reversions: Reversions) -> Market:
    """The market that the certified lists make."""
    couples = linked.Couples(
        lists.couple_first,
        lists.couple_second,
        lists.couple_offsets,
        lists.first_programs,
        lists.second_programs,
    )
    supplementals = linked.Supplementals(
        lists.supplemental_applicants,
        lists.supplemental_advanced,
        lists.supplemental_offsets,
        lists.supplemental_programs,
    )
    moving = linked.Reversions(reversions.donor, reversions.receiver, reversions.positions)
    return Market.from_arrays(
        lists.applicant_offsets,
        lists.applicant_programs,
        lists.program_offsets,
        lists.program_applicants,
        programs.quota,
        couples=couples if len(couples) else None,
        supplementals=supplementals if len(supplementals) else None,
        reversions=moving if len(moving) else None,
        joint_with=programs.joint_with if (programs.joint_with >= 0).any() else None,
        parity=programs.parity if programs.parity.any() else None,
    )


def _seed(streams: Streams) -> int:
    """A seed for the orders that the algorithm tries after the first."""
    low, high = streams("match.order").words(np.zeros(1, dtype=np.int32), 0, 2)[0].tolist()
    return int(low) | int(high) << 32


def _refuse_links(submitted: Market) -> None:
    parts = {
        "couple": submitted.couples,
        "supplemental list": submitted.supplementals,
        "reversion": submitted.reversions,
    }
    found = [counted(len(part), name) for name, part in parts.items() if part is not None]
    if submitted.parity is not None:
        wanting = int(np.count_nonzero(submitted.parity))
        told = counted(wanting, "program that wants", "programs that want")
        found.append(f"{told} an odd or even number")
    if found:
        told = f"programs can propose only where nothing links positions, but there are {', '.join(found)}"
        raise InputError(Problem(told, path="match.proposing", remedy="let applicants propose"))
