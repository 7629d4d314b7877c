"""The Match of a season: primary lists, then preliminary positions from supplemental lists."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchsim.engine import Market, blocking_pairs, deferred_acceptance, is_individually_rational
from matchsim.errors import InputError, Problem
from matchsim.season.ragged import offsets_of, owners_of
from matchsim.season.scenario.model import Scenario
from matchsim.season.tables import Programs, RankLists
from matchsim.streams import Streams
from matchsim.tables import Bool, Int32

__all__ = ["MatchResult", "match", "verified"]


@dataclass(frozen=True)
class MatchResult:
    """What the algorithm did.

    Attributes
    ----------
    program_of, rank_of : int32, shape (applicants,)
        Program from the primary list and its place there from 0; -1 = none.
    second_of : int32, shape (applicants,)
        Preliminary program from the supplemental list; -1 = none.
    proposals : int
        Proposals made.
    blocking_pairs : int
        Blocking pairs that the independent checker found; 0 in a stable match.
    feasible : bool
        Nobody over quota, everybody matched where both sides ranked, as the checker found.
    """

    program_of: Int32
    rank_of: Int32
    second_of: Int32
    proposals: int
    blocking_pairs: int
    feasible: bool

    @property
    def stable(self) -> bool:
        """Whether the checker found the match feasible and no blocking pair."""
        return self.feasible and self.blocking_pairs == 0


def match(scenario: Scenario, streams: Streams, programs: Programs, lists: RankLists) -> MatchResult:  # noqa: ARG001
    """Match the certified lists by deferred acceptance and check the result.

    A supplemental list is tried only by those who hold an advanced position. When preliminary programs
    stand only at the end of primary lists, nobody who loses a preliminary position to a supplemental
    list can claim anything but another preliminary one; so the match of the other tracks is final before
    preliminary positions are filled, and the two steps together are stable for the linked lists.

    Raises
    ------
    InputError
        When there are supplemental lists and a primary list ranks a preliminary program above one of
        another track: such lists need the full Roth-Peranson algorithm.
    """
    proposing = scenario.match.proposing
    preliminary = programs.is_track("P")
    if not len(lists.supplemental_programs):
        matching = deferred_acceptance(_market(lists, programs.quota), proposing=proposing)
        program_of, second_of = matching.program_of.copy(), np.full(len(lists), -1, dtype=np.int32)
        proposals = matching.proposals
    else:
        _refuse_preliminary_before_others(lists, preliminary)
        core = deferred_acceptance(_core_market(lists, programs.quota, preliminary), proposing=proposing)
        holds_advanced = _at(programs.is_track("A"), core.program_of)
        later = deferred_acceptance(
            _preliminary_market(lists, programs.quota, preliminary, core.program_of, holds_advanced),
            proposing=proposing,
        )
        program_of = np.where(core.program_of >= 0, core.program_of, later.program_of)
        second_of = np.where(holds_advanced, later.program_of, -1).astype(np.int32)
        proposals = core.proposals + later.proposals
    feasible, blocking = verified(programs, lists, program_of, second_of)
    return MatchResult(
        program_of=program_of,
        rank_of=_ranks(lists, program_of),
        second_of=second_of,
        proposals=proposals,
        blocking_pairs=blocking,
        feasible=feasible,
    )


def verified(programs: Programs, lists: RankLists, program_of: Int32, second_of: Int32) -> tuple[bool, int]:
    """Check a match of primary and supplemental lists with the engine's checker.

    Whoever holds an advanced position and has a supplemental list enters a second time, as the holder
    of that list; programs rank both at the person's place. What the checker says of that market is what
    the rules say of the linked lists.

    Returns
    -------
    feasible : bool
        Nobody over quota, everybody matched where both sides ranked.
    blocking : int
        Number of blocking pairs.
    """
    people = len(lists)
    linked = _at(programs.is_track("A"), program_of)
    supplemental_owner = owners_of(lists.supplemental_offsets)
    live = linked[supplemental_owner]
    offsets = np.concatenate(
        [
            lists.applicant_offsets,
            lists.applicant_offsets[-1] + offsets_of(supplemental_owner[live], people)[1:],
        ]
    )
    programs_listed = np.concatenate([lists.applicant_programs, lists.supplemental_programs[live]])
    # Every program ranks each person and, directly after, the person as holder of a linked list.
    twice = np.repeat(lists.program_applicants, 2)
    twice[1::2] += people
    market = Market.from_arrays(offsets, programs_listed, 2 * lists.program_offsets, twice, programs.quota)
    holding = np.concatenate([program_of, second_of]).astype(np.int32)
    return is_individually_rational(market, holding), len(blocking_pairs(market, holding))


def _market(lists: RankLists, quota: Int32) -> Market:
    return Market.from_arrays(
        lists.applicant_offsets,
        lists.applicant_programs,
        lists.program_offsets,
        lists.program_applicants,
        quota,
    )


def _core_market(lists: RankLists, quota: Int32, preliminary: Bool) -> Market:
    """Primary lists without preliminary programs."""
    keep = ~preliminary[lists.applicant_programs]
    ranked = ~np.repeat(preliminary, np.diff(lists.program_offsets))
    return _kept_market(lists, quota, keep, ranked)


def _preliminary_market(
    lists: RankLists, quota: Int32, preliminary: Bool, core_of: Int32, holds_advanced: Bool
) -> Market:
    """Preliminary programs: supplemental lists of those who hold an advanced position, and the ends of the
    primary lists of those who hold nothing.
    """
    owner = owners_of(lists.applicant_offsets)
    ends = preliminary[lists.applicant_programs] & (core_of[owner] < 0)
    linked_owner = owners_of(lists.supplemental_offsets)
    linked = holds_advanced[linked_owner]
    who = np.concatenate([owner[ends], linked_owner[linked]])
    what = np.concatenate([lists.applicant_programs[ends], lists.supplemental_programs[linked]])
    by_person = np.argsort(who, kind="stable")
    ranked = np.repeat(preliminary, np.diff(lists.program_offsets))
    program_owner = owners_of(lists.program_offsets)[ranked]
    return Market.from_arrays(
        offsets_of(who, len(lists)),
        what[by_person],
        offsets_of(program_owner, len(quota)),
        lists.program_applicants[ranked],
        quota,
    )


def _kept_market(lists: RankLists, quota: Int32, keep: Bool, ranked: Bool) -> Market:
    return Market.from_arrays(
        offsets_of(owners_of(lists.applicant_offsets)[keep], len(lists)),
        lists.applicant_programs[keep],
        offsets_of(owners_of(lists.program_offsets)[ranked], len(quota)),
        lists.program_applicants[ranked],
        quota,
    )


def _refuse_preliminary_before_others(lists: RankLists, preliminary: Bool) -> None:
    is_preliminary = preliminary[lists.applicant_programs]
    owner = owners_of(lists.applicant_offsets)
    wrong = is_preliminary[:-1] & ~is_preliminary[1:] & (owner[:-1] == owner[1:])
    if wrong.any():
        a = int(owner[:-1][wrong][0])
        raise InputError(
            Problem(
                f"applicant number {a + 1} ranks a preliminary program above one of another track, and "
                "there are supplemental lists",
                remedy="put preliminary programs at the end of primary lists or drop the supplemental ones",
            )
        )


def _ranks(lists: RankLists, program_of: Int32) -> Int32:
    """Place of the program held on the primary list, from 0; -1 = none."""
    owner = owners_of(lists.applicant_offsets)
    hit = np.flatnonzero(lists.applicant_programs == program_of[owner])
    ranks = np.full(len(lists), -1, dtype=np.int32)
    ranks[owner[hit]] = hit - lists.applicant_offsets[owner[hit]]
    return ranks


def _at(true: Bool, program: Int32) -> Bool:
    """``true[program]``, and False where there is no program."""
    return np.append(true, False)[program]
