"""Whom programs invite, in waves, and which invitations people keep."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from matchsim.season import _kernels
from matchsim.season.ragged import offsets_of
from matchsim.season.scenario.model import Scenario
from matchsim.season.standing import screening_scores, wishes
from matchsim.season.tables import Applicants, Applications, Interviews, Pathway, Programs
from matchsim.streams import Streams
from matchsim.tables import Float32, Int32, Int64

__all__ = ["interviews"]


def interviews(
    scenario: Scenario,
    streams: Streams,
    applicants: Applicants,
    road: Pathway,
    programs: Programs,
    applied: Applications,
) -> Interviews:
    """Screen, invite in waves, and let everybody keep what they can attend.

    Programs leave out whoever does not meet what they require, score what they can see of the others (file,
    exam, type, ties, signals, whether their specialty is the preferred one) with noise, and invite from the
    top, never more than they have slots free. Everybody keeps the most wished-for invitations up to a
    personal capacity; what is given back is offered in the next wave. Slots still free after the last wave
    stay empty.
    """
    owner = applied.applicants()
    noise = streams("interviews.screening").pair_normal(owner, applied.program)
    score = screening_scores(
        scenario,
        applicants,
        road,
        programs,
        applied,
        np.float32(scenario.interviews.screening.noise) * noise,
    )
    standing = np.zeros(len(applicants))
    wish = wishes(
        scenario, applicants, programs, applied.applicant_offsets, applied.program, applied.fit, standing
    )
    grouped = _grouped(applied.program, owner, score, wish, len(programs))
    held = np.zeros(len(applied), dtype=np.bool_)
    invitations = np.zeros(len(applicants), dtype=np.int32)
    _kernels.hold_interviews(
        *grouped,
        _slots(scenario, programs),
        _capacities(scenario, streams, len(applicants)),
        scenario.interviews.waves,
        held,
        invitations,
    )
    kept = np.flatnonzero(held)
    return Interviews(
        applicant_offsets=offsets_of(owner[kept], len(applicants)),
        program=applied.program[kept],
        fit=applied.fit[kept],
        score=score[kept],
        signal=applied.signal[kept],
        invitations=invitations,
    )


def _grouped(
    program: Int32, owner: Int32, score: Float32, wish: Float32, programs: int
) -> tuple[npt.NDArray[Any], ...]:
    """The applications that may lead to an invitation, program by program; see the kernel."""
    size = len(program)
    offsets = np.empty(programs + 1, dtype=np.int64)
    heap = np.empty(size, dtype=np.uint64)
    number, asked = np.empty(size, dtype=np.int32), np.empty(size, dtype=np.int32)
    wished = np.empty(size, dtype=np.float32)
    grouped = offsets, heap, number, asked, wished
    _kernels.group_scores(program, owner, score, score.view(np.uint32), wish, *grouped)
    return grouped


def _slots(scenario: Scenario, programs: Programs) -> Int64:
    """Interview slots of every program; none where there is no position."""
    given = scenario.interviews
    slots = np.maximum(np.rint(given.per_position * programs.quota), given.minimum).astype(np.int64)
    return np.where(programs.quota > 0, slots, 0)


def _capacities(scenario: Scenario, streams: Streams, people: int) -> Int64:
    given = scenario.interviews.capacity
    z = streams("interviews.capacity").normal(np.arange(people, dtype=np.int32))
    return np.maximum(1, np.rint(given.mean + given.sd * z.astype(np.float64))).astype(np.int64)
