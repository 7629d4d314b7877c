"""Whom programs invite, in waves, and which invitations people keep."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from matchsim.season import _kernels
from matchsim.season.ragged import offsets_of
from matchsim.season.scenario.model import Scenario
from matchsim.season.standing import screening_scores, wishes
from matchsim.season.tables import Applicants, Applications, Interviews, Pathway, Programs
from matchsim.streams import Streams
from matchsim.tables import Bool, Float32, Int32, Int64

__all__ = ["Invitations", "capacities", "held", "interviews", "invite"]


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
    top, some of them people who signalled before others, and never more than they have slots free.
    Everybody keeps the most wished-for invitations up to a personal capacity; what is given back is offered
    in the next wave to the next on the waiting list. Slots still free after the last wave stay empty, and so
    do accepted ones given back too late.
    """
    return held(applied, invite(scenario, streams, applicants, road, programs, applied))


def held(applied: Applications, sent: Invitations) -> Interviews:
    """The interviews that these invitations led to."""
    kept = np.flatnonzero(sent.held)
    return Interviews(
        applicant_offsets=offsets_of(applied.applicants()[kept], len(sent.received)),
        program=applied.program[kept],
        fit=applied.fit[kept],
        score=sent.score[kept],
        signal=applied.signal[kept],
        invitations=sent.received,
    )


class Invitations(NamedTuple):
    """Every application as its program saw it, and what became of the invitations.

    Parameters
    ----------
    score, first, held
        By application: its screening score in SD (-inf = cannot be invited), whether it was read before
        the others, and whether the interview was held.
    received
        Invitations by applicant.
    last, invited, most, free
        By program: the application invited last (-1 = nobody was), how many people were invited and how
        many could have been at the most, and the slots that stayed free.
    """

    score: Float32
    first: Bool
    held: Bool
    received: Int32
    last: Int32
    invited: Int64
    most: Int64
    free: Int64


def invite(
    scenario: Scenario,
    streams: Streams,
    applicants: Applicants,
    road: Pathway,
    programs: Programs,
    applied: Applications,
) -> Invitations:
    """The invitations of :func:`interviews`, with what each program went by."""
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
    slots = _slots(scenario, streams, programs)
    most = _most_invited(scenario, slots)
    first = _read_first(scenario, streams, programs, applied, slots)
    attended = np.zeros(len(applied), dtype=np.bool_)
    received = np.zeros(len(applicants), dtype=np.int32)
    last, invited, free = _kernels.hold_interviews(
        *_in_reading_order(applied.program, score, first, len(programs)),
        owner,
        applied.program,
        wish,
        slots,
        most,
        _first_waves(scenario, streams, len(programs)),
        capacities(scenario, streams, len(applicants)),
        *_late(scenario, streams, len(applicants)),
        scenario.interviews.waves,
        attended,
        received,
    )
    return Invitations(score, first, attended, received, last, invited, most, free)


def _in_reading_order(
    program: Int32, score: Float32, first: Bool, programs: int
) -> tuple[Int64, npt.NDArray[np.uint64]]:
    """The applications that may lead to an invitation, program by program, the best at the end.

    Where each program's begin and end, and the keys of the kernel that groups them.
    """
    offsets, keys = _kernels.group_scores(program, score, score.view(np.uint32), first, programs)
    for start, end in pairwise(offsets.tolist()):
        keys[start:end].sort()
    return offsets, keys


def _read_first(
    scenario: Scenario, streams: Streams, programs: Programs, applied: Applications, slots: Int64
) -> Bool:
    """Which applications are read before the others: signalled ones, where a program gets enough of them."""
    given = scenario.interviews.screening
    signalled = np.flatnonzero(applied.signal > 0)
    received = np.bincount(applied.program[signalled], minlength=len(programs))
    draw = streams("interviews.signalled_first").uniform(np.arange(len(programs), dtype=np.int32))
    selects = (draw < given.signalled_first) & (received >= given.signals_enough * slots)
    first = np.zeros(len(applied), dtype=np.bool_)
    first[signalled] = selects[applied.program[signalled]]
    return first


def _slots(scenario: Scenario, streams: Streams, programs: Programs) -> Int64:
    """Interview slots of every program; none where there is no position."""
    given = scenario.interviews
    z = streams("interviews.slots").normal(np.arange(len(programs), dtype=np.int32)).astype(np.float64)
    spread = given.per_position_spread
    per_position = given.per_position * np.exp(spread * z - spread**2 / 2)
    slots = np.maximum(np.rint(per_position * programs.quota), given.minimum).astype(np.int64)
    return np.where(programs.quota > 0, slots, 0)


def _most_invited(scenario: Scenario, slots: Int64) -> Int64:
    """How many people a program invites at the most: one for every slot, and its waiting list."""
    waiting: Int64 = np.rint(scenario.interviews.waiting_list * slots).astype(np.int64)
    return slots + waiting


def _first_waves(scenario: Scenario, streams: Streams, programs: int) -> Int64:
    """The wave of every program's first invitations, from 0."""
    given = scenario.interviews
    if given.common_release:
        return np.zeros(programs, dtype=np.int64)
    draw = streams("interviews.release").uniform(np.arange(programs, dtype=np.int32))
    wave: Int64 = (draw * given.release_waves).astype(np.int64)
    return wave


def capacities(scenario: Scenario, streams: Streams, people: int) -> Int64:
    """How many interviews everybody can and may hold, at least one."""
    given = scenario.interviews.capacity
    z = streams("interviews.capacity").normal(np.arange(people, dtype=np.int32))
    capacity = np.maximum(1, np.rint(given.mean + given.sd * z.astype(np.float64))).astype(np.int64)
    cap = scenario.interviews.cap
    return capacity if cap is None else np.minimum(capacity, cap)


def _late(scenario: Scenario, streams: Streams, people: int) -> tuple[Bool, Bool]:
    """Who answers invitations a wave later, and who gives accepted interviews back too late."""
    everyone = np.arange(people, dtype=np.int32)
    given = scenario.interviews
    return (
        streams("interviews.late_answers").uniform(everyone) < given.late_answers,
        streams("interviews.late_returns").uniform(everyone) < given.late_returns,
    )
