"""The funnel: how many registered people come through every gate of the road, and why the others do not."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from matchsim.season.words import (
    APPLICANT_TYPES,
    INTERNATIONAL,
    ROAD_GATES,
    ROAD_REASONS,
    START_GATES,
    START_REASONS,
)
from matchsim.tables import Bool, Int64

if TYPE_CHECKING:
    from matchsim.season.season import Season

__all__ = ["FUNNEL_GATES", "funnel"]

# Everybody passes these: no rule asks for them, so they stop nobody by themselves.
ASKED_BY_NO_RULE = ("us_clinical_experience", "letters", "interview_preparation")

# Gates that only graduates of international schools come to.
OF_INTERNATIONAL = ("school", "exam_window", "oet", "pathway", "certificate")

# In the order in which they are passed; the token opens the applications, and the deadline closes the lists.
FUNNEL_GATES = (
    "registration",
    "school",
    "step_1",
    "step_2_ck",
    "exam_window",
    "oet",
    "pathway",
    *ASKED_BY_NO_RULE,
    "documents",
    "eras_token",
    "verification",
    "applications",
    "rank_list",
    "position",
    *START_GATES,
)


def funnel(season: Season) -> dict[str, Any]:
    """The columns of the table: one row for every type, gate and reason.

    Somebody is stopped by one gate at most, the first that does not let them pass. A position is one of any
    kind, by the algorithm or in SOAP, of somebody who certified a list; positions that begin a year later
    pass the last gates.
    """
    types = season.cohort.applicant_type.astype(np.int64)
    of_international = np.array([kind in INTERNATIONAL for kind in APPLICANT_TYPES])
    rows: list[list[tuple[Any, ...]]] = [[] for _ in APPLICANT_TYPES]
    left: Bool = np.ones(len(types), dtype=np.bool_)
    for gate in FUNNEL_GATES:
        passing = of_international | (gate not in OF_INTERNATIONAL)
        entered = _by_type(types[left])
        counts = {}
        for reason, stopped in _stopped(season, gate).items():
            who = left & stopped & passing[types]
            counts[reason] = _by_type(types[who])
            left &= ~who
        passed = _by_type(types[left])
        for code in np.flatnonzero(passing):
            told = {reason: count[code] for reason, count in counts.items() if count[code]}
            for reason, count in told.items() or {"": 0}.items():
                kind = APPLICANT_TYPES[code]
                rows[code].append((kind, gate, int(entered[code]), int(passed[code]), reason, int(count)))
    names = ("applicant_type", "gate", "entered", "passed", "reason", "count")
    return dict(zip(names, zip(*chain.from_iterable(rows), strict=True), strict=True))


def _by_type(types: Int64) -> Int64:
    return np.bincount(types, minlength=len(APPLICANT_TYPES))


def _stopped(season: Season, gate: str) -> dict[str, Bool]:
    """Who is stopped at a gate, by reason."""
    if gate in ROAD_GATES:
        at = season.road.gate == ROAD_GATES.index(gate)
        reason = season.road.reason
        return {ROAD_REASONS[number]: at & (reason == number) for number in np.unique(reason[at])}
    if gate in START_GATES:
        number = START_GATES.index(gate)
        return {START_REASONS[number]: season.training.gate == number}
    if gate == "applications":
        return {"sent none": np.diff(season.applications.applicant_offsets) == 0}
    if gate == "rank_list":
        interviewed = np.diff(season.interviews.applicant_offsets) > 0
        absent = ~season.rank_lists.certified
        return {"no interview": absent & ~interviewed, "certified none": absent & interviewed}
    if gate == "position":
        ended = season.ended
        without = (ended.program_of < 0) & (ended.soap_pgy1 < 0) & (ended.soap_later < 0)
        return {"no position": without}
    return {}
