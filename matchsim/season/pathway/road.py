"""The road of a whole cohort: who is stopped at which gate before the rank order list deadline.

A gate has a share of each type whom it stops. Everybody has luck at every gate, a standard normal score,
and is stopped where it lies below the score that the share marks. Exams have an exact rule besides: whoever
has failed every attempt allowed is stopped.

Where the number of people withdrawn is given, all marks of a type are moved by one distance, so that exactly
that many are stopped. So the number is exact, the gates keep their proportions as nearly as whole people
let them, and those stopped are those with the least luck.
"""

from __future__ import annotations

import numpy as np

from matchsim.season.attributes import attempts_allowed, by_type
from matchsim.season.normal import score_at
from matchsim.season.scenario.model import Counts, Scenario
from matchsim.season.tables import Applicants, Pathway
from matchsim.season.words import APPLICANT_TYPES, INTERNATIONAL, ROAD_GATES, ROAD_REASONS, RoadGate
from matchsim.streams import Streams
from matchsim.tables import Bool, Float64, Int8, Int32

__all__ = ["pathway"]

# Gates at which luck goes with the exam.
OF_KNOWLEDGE: tuple[RoadGate, ...] = ("step_1", "step_2_ck", "oet", "pathway")
# Gates without which no application can be sent; the others are decided by the list deadline.
BEFORE_APPLICATIONS: tuple[RoadGate, ...] = ("school", "documents", "eras_token")

REASONS: dict[RoadGate, str] = {
    "school": "no ECFMG note",
    "step_1": "not passed in time",
    "step_2_ck": "not passed in time",
    "exam_window": "first exam too old",
    "oet": "scores not reached",
    "pathway": "not accepted in time",
    "documents": "papers missing",
    "eras_token": "no token in time",
}
# Why people are not verified, with the parts of them (assumed): of students of US schools, of the others.
UNVERIFIED = (
    ("matched elsewhere", 0.6, 0.05),
    ("not confirmed by school", 0.25, 0.15),
    ("withdrew", 0.15, 0.8),
)

# Below any luck that chance can bring; no gate is so hard that fewer pass.
BY_RULE = -1000.0
# Where too few are stopped by all the gates, the rest withdraws: as if this share did.
FEWEST = 1e-9

_ABROAD = np.array([t in INTERNATIONAL for t in APPLICANT_TYPES])
_SENIOR = np.array([t.endswith("_senior") for t in APPLICANT_TYPES])


def pathway(scenario: Scenario, streams: Streams, applicants: Applicants) -> Pathway:
    """How far everybody comes on the road to the rank order list deadline.

    Parameters
    ----------
    scenario, streams
        The resolved scenario and the random streams of the replicate.
    applicants
        The registered people.
    """
    kind = applicants.applicant_type
    people = np.arange(len(kind), dtype=np.int32)
    margin = margins(scenario, streams, applicants)
    moved = margin + _shifts(scenario, kind, margin.min(axis=1, initial=np.inf))[kind][:, None]
    stopped = moved <= 0
    gate = np.where(stopped.any(axis=1), stopped.argmax(axis=1), -1).astype(np.int8)
    early = streams("pathway.certified_early").uniform(people) < by_type(
        scenario.pathway.certified_early, kind
    )
    graduated = applicants.years_since_graduation > 0
    return Pathway(
        gate=gate,
        reason=_reasons(streams, people, kind, gate, margin),
        applies=~np.isin(gate, [ROAD_GATES.index(name) for name in BEFORE_APPLICATIONS]),
        certificate=~_ABROAD[kind] | (early & graduated & (gate < 0)),
    )


def margins(scenario: Scenario, streams: Streams, applicants: Applicants) -> Float64:
    """By how much everybody passes every gate, in SD of luck; float64, shape (applicants, gates).

    Infinite where a gate stops nobody of the type.
    """
    kind = applicants.applicant_type
    people = np.arange(len(kind), dtype=np.int32)
    exam = _exam_scores(scenario, applicants)
    rho = scenario.pathway.strength
    margin = np.full((len(kind), len(ROAD_GATES)), np.inf)
    for number, name in enumerate(ROAD_GATES):
        shares = getattr(scenario.pathway.gates, name)
        mark = np.array([score_at(getattr(shares, t)) for t in APPLICANT_TYPES])[kind]
        if name == "verification" and isinstance(scenario.cohort.withdrawn, Counts):
            mark = np.maximum(mark, score_at(FEWEST))
        by_rule = _out_of_attempts(scenario, applicants, name)
        if not np.isfinite(mark).any() and not by_rule.any():
            continue
        luck = streams(f"pathway.{name}").normal(people).astype(np.float64)
        if name in OF_KNOWLEDGE:
            luck = rho * exam + np.sqrt(1 - rho**2) * luck
        margin[:, number] = np.where(by_rule, BY_RULE + luck, luck - mark)
    return margin


def _exam_scores(scenario: Scenario, applicants: Applicants) -> Float64:
    """Step 2 CK in standard deviations from the mean of the type."""
    exam, kind = scenario.cohort.step2_ck, applicants.applicant_type
    spread = [getattr(scenario.cohort.ability, t) for t in APPLICANT_TYPES]
    mean, sd = (np.array([getattr(s, part) for s in spread])[kind] for part in ("mean", "sd"))
    points = applicants.step2_ck - (exam.mean + exam.sd * mean)
    scale = exam.sd * sd
    return np.divide(points, scale, out=np.zeros(len(kind)), where=scale > 0)


def _out_of_attempts(scenario: Scenario, applicants: Applicants, gate: RoadGate) -> Bool:
    """Who has failed every attempt that the season allows at the exam of this gate."""
    at_step_1, at_step_2 = attempts_allowed(scenario)
    if gate == "step_1":
        used: Bool = applicants.step_1_failures >= at_step_1
    elif gate == "step_2_ck":
        used = applicants.step_2_ck_failures >= at_step_2
    else:
        used = np.zeros(len(applicants), dtype=np.bool_)
    return used


def _shifts(scenario: Scenario, kind: Int8, weakest: Float64) -> Float64:
    """How far the marks of every type are moved; float64, shape (types,)."""
    withdrawn, active = scenario.cohort.withdrawn, scenario.cohort.active
    shifts = np.zeros(len(APPLICANT_TYPES))
    for code, name in enumerate(APPLICANT_TYPES):
        ordered = np.sort(weakest[kind == code])
        if isinstance(withdrawn, Counts):
            stopped = getattr(withdrawn, name)
        else:
            # As many must pass as certify a list.
            wanted = getattr(active, name) if isinstance(active, Counts) else 0
            stopped = min(int((ordered <= 0).sum()), len(ordered) - wanted)
            if stopped == int((ordered <= 0).sum()):
                continue
        shifts[code] = _shift(ordered, stopped)
    return shifts


def _shift(ordered: Float64, stopped: int) -> float:
    """The distance at which exactly the first `stopped` of the ordered margins are not above 0."""
    if stopped <= 0:
        return float(-ordered[0]) + 1.0 if len(ordered) else 0.0
    return float(-ordered[min(stopped, len(ordered)) - 1])


def _reasons(streams: Streams, people: Int32, kind: Int8, gate: Int8, margin: Float64) -> Int8:
    code = np.array([ROAD_REASONS.index(REASONS.get(name, "withdrew")) for name in ROAD_GATES] + [-1])[gate]
    at_gate = np.take_along_axis(margin, np.maximum(gate, 0)[:, None].astype(np.int64), axis=1)[:, 0]
    code[(gate >= 0) & (at_gate < BY_RULE / 2)] = ROAD_REASONS.index("all attempts used")
    unverified = np.flatnonzero(gate == ROAD_GATES.index("verification"))
    part = np.array([[senior, other] for _, senior, other in UNVERIFIED])
    until = np.cumsum(part, axis=0)[:, np.where(_SENIOR[kind[unverified]], 0, 1)]
    draw = streams("pathway.reason").uniform(people[unverified])
    which = (draw[None, :] >= until[:-1]).sum(axis=0)
    code[unverified] = np.array([ROAD_REASONS.index(word) for word, *_ in UNVERIFIED])[which]
    return code.astype(np.int8)
