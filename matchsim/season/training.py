"""The first day of training: who of those with a position starts in it."""

from __future__ import annotations

import numpy as np

from matchsim.season.attributes import by_type
from matchsim.season.match import MatchResult
from matchsim.season.scenario.model import Scenario
from matchsim.season.soap import SoapResult
from matchsim.season.tables import Applicants, Programs, Training
from matchsim.season.words import APPLICANT_TYPES, INTERNATIONAL, START_GATES
from matchsim.streams import Streams
from matchsim.tables import Bool

__all__ = ["training"]

_ABROAD = np.array([t in INTERNATIONAL for t in APPLICANT_TYPES])
_SENIOR = np.array([t.endswith("_senior") for t in APPLICANT_TYPES])


def training(
    scenario: Scenario,
    streams: Streams,
    applicants: Applicants,
    programs: Programs,
    matched: MatchResult,
    offered: SoapResult,
) -> Training:
    """Who starts training in the summer of the match.

    Those with a position that begins then (of tracks C, M, P and R, by the algorithm or in SOAP) start, but
    for seniors who do not graduate, international graduates whom ECFMG does not certify, and people whose
    visa is not issued in time. Each gate stops a share of those whom it concerns; the first that stops
    somebody is recorded.
    """
    kind = applicants.applicant_type
    people = np.arange(len(kind), dtype=np.int32)
    concerned = {
        "graduation": _SENIOR[kind],
        "certificate": _ABROAD[kind],
        "visa": applicants.needs_visa,
    }
    placed = _has_position(programs, matched, offered, len(kind))
    gate = np.full(len(kind), -1, dtype=np.int8)
    for number, name in reversed(list(enumerate(START_GATES))):
        share = by_type(getattr(scenario.training, name), kind)
        gate[concerned[name] & (streams(f"training.{name}").uniform(people) < share)] = number
    gate[~placed] = -1
    # A gate has one reason, of the same number.
    return Training(gate=gate, reason=gate, starts=placed & (gate < 0))


def _has_position(programs: Programs, matched: MatchResult, offered: SoapResult, people: int) -> Bool:
    begins = np.append(~programs.is_track("A"), False)
    placed: Bool = begins[matched.program_of] | (matched.second_of >= 0)
    in_soap = offered.accepted_applicant[begins[offered.accepted_program]]
    placed[in_soap] = True
    assert len(placed) == people
    return placed
