"""Whom programs invite, in waves, and which invitations people keep."""

from __future__ import annotations

import numpy as np

from matchsim.season import _kernels
from matchsim.season.scenario.model import Scenario
from matchsim.season.standing import screening_scores, wishes
from matchsim.season.tables import Applicants, Applications, Interviews, Programs
from matchsim.streams import Streams
from matchsim.tables import Int32, Int64

__all__ = ["interviews"]


def interviews(
    scenario: Scenario,
    streams: Streams,
    applicants: Applicants,
    programs: Programs,
    applied: Applications,
) -> Interviews:
    """Screen, invite in waves, and let everybody keep what they can attend.

    Programs score what they can see (file, exam, type, ties, signals, whether their specialty is the
    preferred one) with noise and invite from the top, never more than they have slots free. Everybody
    keeps the most wished-for invitations up to a personal capacity; what is given back is offered in the
    next wave. Slots still free after the last wave stay empty.
    """
    owner = applied.applicants()
    noise = streams("interviews.screening").pair_normal(owner, applied.program)
    score = screening_scores(
        scenario, applicants, programs, applied, np.float32(scenario.interviews.screening.noise) * noise
    )
    standing = np.zeros(len(applicants))
    wish = wishes(
        scenario, applicants, programs, applied.applicant_offsets, applied.program, applied.fit, standing
    )
    program_offsets, by_program = _by_program(applied.program, len(programs))
    held = np.zeros(len(applied), dtype=np.bool_)
    invitations = np.zeros(len(applicants), dtype=np.int32)
    _kernels.hold_interviews(
        program_offsets,
        by_program,
        owner,
        applied.program,
        score,
        wish,
        _slots(scenario, programs),
        _capacities(scenario, streams, len(applicants)),
        scenario.interviews.waves,
        held,
        invitations,
    )
    kept = np.flatnonzero(held)
    return Interviews(
        applicant_offsets=_offsets(owner[kept], len(applicants)),
        program=applied.program[kept],
        fit=applied.fit[kept],
        score=score[kept],
        signal=applied.signal[kept],
        invitations=invitations,
    )


def _slots(scenario: Scenario, programs: Programs) -> Int64:
    """Interview slots of every program; none where there is no position."""
    given = scenario.interviews
    slots = np.maximum(np.rint(given.per_position * programs.quota), given.minimum).astype(np.int64)
    return np.where(programs.quota > 0, slots, 0)


def _capacities(scenario: Scenario, streams: Streams, people: int) -> Int64:
    given = scenario.interviews.capacity
    z = streams("interviews.capacity").normal(np.arange(people, dtype=np.int32))
    return np.maximum(1, np.rint(given.mean + given.sd * z.astype(np.float64))).astype(np.int64)


def _by_program(program: Int32, programs: int) -> tuple[Int64, Int64]:
    """Application numbers, program by program."""
    counts = np.bincount(program, minlength=programs)
    offsets = np.zeros(programs + 1, dtype=np.int64)
    np.cumsum(counts, out=offsets[1:])
    by_program = np.empty(len(program), dtype=np.int64)
    _kernels.group_by(program, offsets[:-1].copy(), by_program)
    return offsets, by_program


def _offsets(owner: Int32, people: int) -> Int64:
    offsets = np.zeros(people + 1, dtype=np.int64)
    np.cumsum(np.bincount(owner, minlength=people), out=offsets[1:])
    return offsets
