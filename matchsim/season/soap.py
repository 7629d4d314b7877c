"""The Supplemental Offer and Acceptance Program: unfilled positions to those without one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchsim.season import _kernels
from matchsim.season.match import MatchResult
from matchsim.season.ragged import offsets_of_counts, places_of
from matchsim.season.ranked import best_first
from matchsim.season.scenario.model import Scenario
from matchsim.season.second_match import second_match
from matchsim.season.soap_applications import Opinions, apply_to_unfilled, opinions
from matchsim.season.tables import Applicants, Applications, Pathway, Programs, SoapRounds
from matchsim.season.words import TRACKS
from matchsim.streams import Streams
from matchsim.tables import Bool, Float32, Int8, Int32, Int64

__all__ = ["SoapResult", "kinds_of_position", "soap"]

# What an accepted position closes: the whole of a career's start, a first year, or the years after it.
WHOLE, FIRST_YEAR, LATER = 0, 1, 2
KIND_OF_TRACK = {"C": WHOLE, "M": WHOLE, "R": WHOLE, "P": FIRST_YEAR, "A": LATER}


@dataclass(frozen=True)
class SoapResult:
    """What SOAP did, and what people and programs arranged after it.

    Attributes
    ----------
    rounds : SoapRounds
        Positions, offers and acceptances by round.
    positions : int32, shape (programs,)
        Positions offered in SOAP: those unfilled of the programs that take part.
    eligible : bool, shape (applicants,)
        Who could take part.
    applications : Applications
        The applications sent.
    offered : bool, shape (applications,)
        Which of them led to an offer.
    accepted_applicant, accepted_program, accepted_round : int32
        Every acceptance, by applicant; rounds from 0.
    contact_applicant, contact_program : int32
        Every position filled by first contact after SOAP, by applicant.
    """

    rounds: SoapRounds
    positions: Int32
    eligible: Bool
    applications: Applications
    offered: Bool
    accepted_applicant: Int32
    accepted_program: Int32
    accepted_round: Int32
    contact_applicant: Int32
    contact_program: Int32


def soap(
    scenario: Scenario,
    streams: Streams,
    applicants: Applicants,
    road: Pathway,
    programs: Programs,
    matched: MatchResult,
) -> SoapResult:
    """Offer the unfilled positions in rounds, and leave the rest to whoever calls first.

    Eligible is who is registered, not withdrawn, and unmatched or matched to a preliminary or an advanced
    position only. Everybody applies, through each service up to the allowed number of times, for the
    kinds of position still missing: readier in their own specialties, and where they see a chance.
    Programs order those who applied, as far as their lists go. In each round a program offers as many
    positions as it has open, to the first on its list who are still free and good enough; there is no
    second offer inside a round and none to somebody who refused. An applicant takes one offer that is good
    enough, or one preliminary and one advanced, and is out. Both sides ask for less round by round.
    """
    kind = kinds_of_position(programs)
    unfilled = matched.final_quota - _filled(matched, len(programs))
    in_soap = np.where(_takes_part(scenario, streams, len(programs)), unfilled, 0)
    may_take = _may_take(road, programs, matched)
    eligible: Bool = np.any(may_take, axis=0)
    applied = apply_to_unfilled(
        scenario,
        streams,
        applicants,
        road,
        programs,
        in_soap > 0,
        kind,
        may_take,
        streams("soap.applications"),
        scenario.soap.applications,
    )
    thought = opinions(scenario, streams, applicants, road, programs, applied)
    owner, seats = applied.applicants(), in_soap.astype(np.int64)
    again = scenario.soap.by == "match" and scenario.soap.rounds > 0
    filled = _matched_again if again else _offered_in_rounds
    rounds, offered, accepted_round = filled(scenario, applied, thought, kind, in_soap, seats, may_take)
    taken = np.flatnonzero(accepted_round >= 0)
    called, called_program = _first_contacts(
        scenario, streams, applicants, road, programs, kind, seats + unfilled - in_soap, may_take
    )
    return SoapResult(
        rounds=rounds,
        positions=in_soap,
        eligible=eligible,
        applications=applied,
        offered=offered,
        accepted_applicant=owner[taken],
        accepted_program=applied.program[taken],
        accepted_round=accepted_round[taken],
        contact_applicant=called,
        contact_program=called_program,
    )


def _offered_in_rounds(
    scenario: Scenario,
    applied: Applications,
    thought: Opinions,
    kind: Int8,
    positions: Int32,
    seats: Int64,
    may_take: Bool,
) -> tuple[SoapRounds, Bool, Int32]:
    """The rounds, which applications led to an offer, and the round of acceptance of each, -1 = none."""
    rounds = scenario.soap.rounds
    offered = np.zeros(len(applied), dtype=np.bool_)
    accepted_round = np.full(len(applied), -1, dtype=np.int32)
    offers, accepted = np.zeros(rounds, dtype=np.int32), np.zeros(rounds, dtype=np.int32)
    _kernels.soap_rounds(
        *_preference_lists(applied, thought.score, positions, scenario.soap.list_per_position),
        applied.applicants(),
        applied.program,
        kind,
        thought.wish,
        thought.withheld,
        thought.refused,
        seats,
        may_take,
        offered,
        accepted_round,
        offers,
        accepted,
    )
    return _rounds(positions, offers, accepted), offered, accepted_round


def _matched_again(
    scenario: Scenario,
    applied: Applications,
    thought: Opinions,
    kind: Int8,
    positions: Int32,
    seats: Int64,
    may_take: Bool,
) -> tuple[SoapRounds, Bool, Int32]:
    """What `_offered_in_rounds` returns, of a second Match in which both rank what the last round takes."""
    last = scenario.soap.rounds - 1
    program_offsets, ranked = _preference_lists(
        applied, thought.score, positions, scenario.soap.list_per_position
    )
    good = thought.withheld[ranked] <= last
    runs = second_match(
        applied,
        kind,
        np.where(thought.refused <= last, thought.wish, np.float32(-np.inf)),
        (np.append(0, np.cumsum(good))[program_offsets], ranked[good]),
        seats,
        may_take,
    )
    accepted_round = np.full(len(applied), -1, dtype=np.int32)
    for number, taken in enumerate(runs):
        accepted_round[taken] = number
    accepted = np.array([len(taken) for taken in runs], dtype=np.int32)
    return _rounds(positions, accepted, accepted), accepted_round >= 0, accepted_round


def _rounds(positions: Int32, offers: Int32, accepted: Int32) -> SoapRounds:
    before = int(positions.sum()) - np.concatenate([[0], np.cumsum(accepted)])[: len(accepted)]
    return SoapRounds(positions_open=before.astype(np.int32), offers=offers, accepted=accepted)


def kinds_of_position(programs: Programs) -> Int8:
    """What an accepted position of every program closes; int8, shape (programs,)."""
    kinds: Int8 = np.array([KIND_OF_TRACK[t] for t in TRACKS], dtype=np.int8)[programs.track]
    return kinds


def _takes_part(scenario: Scenario, streams: Streams, programs: int) -> Bool:
    """Which programs offer their unfilled positions in SOAP; bool, shape (programs,)."""
    draw = streams("soap.opt_out").uniform(np.arange(programs, dtype=np.int32))
    takes: Bool = draw >= scenario.soap.opt_out
    return takes


def _filled(matched: MatchResult, programs: int) -> Int32:
    held = np.concatenate([matched.program_of, matched.second_of])
    return np.bincount(held[held >= 0], minlength=programs).astype(np.int32)


def _may_take(road: Pathway, programs: Programs, matched: MatchResult) -> Bool:
    """Which kinds of position everybody may still take; bool, shape (3 kinds, applicants)."""
    unmatched = matched.program_of < 0
    only_advanced = _of_track(programs, "A", matched.program_of) & (matched.second_of < 0)
    only_preliminary = _of_track(programs, "P", matched.program_of)
    free = ~road.withdrawn
    return np.stack(
        [free & unmatched, free & (unmatched | only_advanced), free & (unmatched | only_preliminary)]
    )


def _of_track(programs: Programs, tracks: str, program: Int32) -> Bool:
    return np.append(programs.is_track(tracks), False)[program]


def _preference_lists(
    applied: Applications, score: Float32, seats: Int32, per_position: float
) -> tuple[Int64, Int64]:
    """Application numbers, program by program, best first, at most so many for each position; 0 = all."""
    offsets, ranked = best_first(applied.program, score, len(seats))
    if not per_position:
        return offsets, ranked
    counts = np.diff(offsets)
    most = np.ceil(per_position * seats)
    listed = places_of(counts) < np.repeat(most, counts)
    return offsets_of_counts(np.minimum(counts, most.astype(np.int64))), ranked[listed]


def _first_contacts(
    scenario: Scenario,
    streams: Streams,
    applicants: Applicants,
    road: Pathway,
    programs: Programs,
    kind: Int8,
    seats: Int64,
    may_take: Bool,
) -> tuple[Int32, Int32]:
    """Applicants and programs that agree after SOAP, on the positions that are then left."""
    contacts = apply_to_unfilled(
        scenario,
        streams,
        applicants,
        road,
        programs,
        seats > 0,
        kind,
        may_take,
        streams("soap.contacts"),
        scenario.soap.contacts if scenario.soap.rounds else 0,
    )
    owner = contacts.applicants()
    thought = opinions(scenario, streams, applicants, road, programs, contacts)
    time, _ = streams("soap.first_contact").pair_words(owner, contacts.program)
    taken = np.zeros(len(contacts), dtype=np.bool_)
    _kernels.first_contacts(
        np.argsort(time, kind="stable"),
        owner,
        contacts.program,
        kind,
        np.maximum(thought.withheld, thought.refused) <= scenario.soap.rounds,
        seats,
        may_take,
        taken,
    )
    return owner[taken], contacts.program[taken]
