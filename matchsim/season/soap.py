"""The Supplemental Offer and Acceptance Program: unfilled positions to those without one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchsim.season import _kernels
from matchsim.season.match import MatchResult
from matchsim.season.ragged import offsets_of, offsets_of_counts, owners_of
from matchsim.season.requirements import KNOWN_TO_ALL, asked, had
from matchsim.season.scenario.model import Scenario
from matchsim.season.standing import screening_scores, wishes
from matchsim.season.tables import Applicants, Applications, Pathway, Programs, SoapRounds
from matchsim.season.words import TRACKS
from matchsim.streams import Streams
from matchsim.tables import Bool, Float32, Int8, Int32, Int64

__all__ = ["SoapResult", "soap"]

# What an accepted position closes: the whole of a career's start, a first year, or the years after it.
WHOLE, FIRST_YEAR, LATER = 0, 1, 2
KIND_OF_TRACK = {"C": WHOLE, "M": WHOLE, "R": WHOLE, "P": FIRST_YEAR, "A": LATER}


@dataclass(frozen=True)
class SoapResult:
    """What SOAP did.

    Attributes
    ----------
    rounds : SoapRounds
        Positions, offers and acceptances by round.
    eligible : bool, shape (applicants,)
        Who could take part.
    applications : int
        Applications sent.
    accepted_applicant, accepted_program, accepted_round : int32
        Every acceptance, by applicant; rounds from 0.
    """

    rounds: SoapRounds
    eligible: Bool
    applications: int
    accepted_applicant: Int32
    accepted_program: Int32
    accepted_round: Int32


def soap(
    scenario: Scenario,
    streams: Streams,
    applicants: Applicants,
    road: Pathway,
    programs: Programs,
    matched: MatchResult,
) -> SoapResult:
    """Offer the unfilled positions in rounds.

    Eligible is who is registered, not withdrawn, and unmatched or matched to a preliminary or an advanced
    position only. Everybody sends up to the allowed number of applications for the kinds of position
    still missing, readier in their own specialties; programs order those who applied. In each round a
    program offers as many positions as it has open, to the first on its list who are still free; there is
    no second offer inside a round and none to somebody who refused; an applicant takes one offer, or one
    preliminary and one advanced, and is out.
    """
    open_seats = matched.final_quota - _filled(matched, len(programs))
    may_take = _may_take(road, programs, matched)
    eligible: Bool = np.any(may_take, axis=0)
    rounds = scenario.soap.rounds
    kind = np.array([KIND_OF_TRACK[t] for t in TRACKS], dtype=np.int8)[programs.track]
    has = had(applicants, road)
    applied = _applications(scenario, streams, applicants, programs, open_seats, kind, may_take, has)
    owner = applied.applicants()
    ranked_offsets, ranked = _preference_lists(scenario, streams, applicants, programs, applied, owner, road)
    wish = wishes(
        scenario,
        applicants,
        programs,
        applied.applicant_offsets,
        applied.program,
        applied.fit,
        np.zeros(len(applicants)),
    )
    accepted_round = np.full(len(applied), -1, dtype=np.int32)
    offers, accepted = np.zeros(rounds, dtype=np.int32), np.zeros(rounds, dtype=np.int32)
    _kernels.soap_rounds(
        ranked_offsets,
        ranked,
        owner,
        applied.program,
        kind,
        wish,
        _rounds_refused(scenario, streams, owner, applied.program),
        open_seats.astype(np.int64),
        may_take.copy(),
        accepted_round,
        offers,
        accepted,
    )
    before = int(open_seats.sum()) - np.concatenate([[0], np.cumsum(accepted)])[:rounds]
    taken = np.flatnonzero(accepted_round >= 0)
    return SoapResult(
        rounds=SoapRounds(positions_open=before.astype(np.int32), offers=offers, accepted=accepted),
        eligible=eligible,
        applications=len(applied),
        accepted_applicant=owner[taken],
        accepted_program=applied.program[taken],
        accepted_round=accepted_round[taken],
    )


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


def _applications(
    scenario: Scenario,
    streams: Streams,
    applicants: Applicants,
    programs: Programs,
    open_seats: Int32,
    kind: Int8,
    may_take: Bool,
    has: Float32,
) -> Applications:
    """Everybody's applications to programs with open positions, at most the allowed number."""
    unfilled = np.flatnonzero(open_seats > 0).astype(np.int32)
    people = np.flatnonzero(may_take.any(axis=0)).astype(np.int32)
    most = scenario.soap.applications
    counts = np.zeros(len(applicants), dtype=np.int64)
    chosen = np.empty((len(people), min(most, len(unfilled))), dtype=np.int32)
    sent = np.zeros(len(people), dtype=np.int64)
    if chosen.size:
        _kernels.choose_in_soap(
            streams("soap.applications").words_at(people, unfilled),
            unfilled,
            kind[unfilled],
            programs.specialty[unfilled],
            asked(programs)[unfilled, :KNOWN_TO_ALL],
            may_take[:, people],
            applicants.preferred[people],
            applicants.backup[people],
            has[people, :KNOWN_TO_ALL],
            scenario.soap.specialty_weight,
            chosen,
            sent,
        )
    counts[people] = sent
    offsets = offsets_of_counts(counts)
    program = chosen[np.arange(chosen.shape[1]) < sent[:, None]]
    owner = owners_of(offsets)
    return Applications(
        applicant_offsets=offsets,
        program=program,
        fit=streams("applications.fit").pair_normal(owner, program),
        signal=np.zeros(len(program), dtype=np.int8),
        fees=np.zeros(len(applicants), dtype=np.float32),
    )


def _preference_lists(
    scenario: Scenario,
    streams: Streams,
    applicants: Applicants,
    programs: Programs,
    applied: Applications,
    owner: Int32,
    road: Pathway,
) -> tuple[Int64, Int64]:
    """Application numbers, program by program, best first."""
    noise = streams("soap.screening").pair_normal(owner, applied.program)
    score = screening_scores(
        scenario, applicants, road, programs, applied, np.float32(scenario.soap.noise) * noise
    )
    offsets = offsets_of(applied.program, len(programs))
    by_program = np.empty(len(applied), dtype=np.int64)
    _kernels.group_by(applied.program, offsets[:-1].copy(), by_program)
    order = np.empty(len(applied), dtype=np.int64)
    _kernels.sort_segments(offsets, score[by_program].view(np.uint32), order)
    return offsets, by_program[order]


def _rounds_refused(scenario: Scenario, streams: Streams, owner: Int32, program: Int32) -> Int8:
    """In how many of the first rounds each offer would be refused in hope of a better one."""
    word, _ = streams("soap.refusal").pair_words(owner, program)
    uniform = (word + 0.5) * 2.0**-32
    refused = np.zeros(len(program), dtype=np.int8)
    waits = np.ones(len(program), dtype=np.bool_)
    for chance in scenario.soap.refusal[: scenario.soap.rounds]:
        waits &= uniform < chance
        refused += waits
    return refused
