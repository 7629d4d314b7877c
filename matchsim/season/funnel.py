"""The funnel: how many registered people come through every gate of the road, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterator
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
from matchsim.tables import Bool

if TYPE_CHECKING:
    from matchsim.season.season import Season

__all__ = ["FUNNEL_GATES", "funnel"]

# Everybody passes these: no rule asks for them, so they stop nobody by themselves.
ASKED_BY_NO_RULE = ("us_clinical_experience", "letters", "interview_preparation")

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
    rows = [row for code, kind in enumerate(APPLICANT_TYPES) for row in _of_type(season, code, kind)]
    names = ("applicant_type", "gate", "entered", "passed", "reason", "count")
    return dict(zip(names, zip(*rows, strict=True), strict=True))


def _of_type(season: Season, code: int, kind: str) -> Iterator[tuple[Any, ...]]:
    left: Bool = season.cohort.applicant_type == code
    for gate in FUNNEL_GATES:
        if kind not in INTERNATIONAL and gate in ("school", "exam_window", "oet", "pathway", "certificate"):
            continue
        entered = int(left.sum())
        stopped = {reason: left & who for reason, who in _stopped(season, gate).items()}
        counts = {reason: int(who.sum()) for reason, who in stopped.items() if who.any()}
        for who in stopped.values():
            left = left & ~who
        passed = int(left.sum())
        for reason, count in counts.items() or {"": 0}.items():
            yield kind, gate, entered, passed, reason, count


def _stopped(season: Season, gate: str) -> dict[str, Bool]:
    """Who is stopped at a gate, by reason."""
    if gate in ROAD_GATES:
        at = season.road.gate == ROAD_GATES.index(gate)
        return {word: at & (season.road.reason == number) for number, word in enumerate(ROAD_REASONS)}
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
