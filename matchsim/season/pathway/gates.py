"""The gates of the road, in order: whom each concerns, and how it is judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from matchsim.season.days import in_words
from matchsim.season.pathway import application, certification, exams, match, oet
from matchsim.season.pathway.case import Case, Verdict
from matchsim.season.words import APPLICANT_TYPES, ApplicantType

__all__ = ["GATES", "Gate", "Kind", "judged"]

Kind = Literal["rule", "filter of programs", "voluntary"]

EVERYBODY = frozenset(APPLICANT_TYPES)
INTERNATIONAL: frozenset[ApplicantType] = frozenset(["us_img", "non_us_img", "other"])
OSTEOPATHIC: frozenset[ApplicantType] = frozenset(["us_do_senior", "us_do_grad"])


@dataclass(frozen=True)
class Gate:
    """One gate of the road.

    Parameters
    ----------
    name
        Its key among the ``requirements`` of a rule file, which tells what is asked, by whom, by when and
        on what authority.
    title
        How a letter calls it.
    judge
        The verdict on one case; None for the gate that follows from those before it (``verification``).
    types
        The applicant types whom it concerns.
    kind
        A rule, a filter that programs set for themselves, or voluntary.
    of_ecfmg
        Whether it concerns only people who need ECFMG, which for the type ``other`` depends on the year
        of graduation.
    verified
        Whether ECFMG's verification to NRMP rests on it.
    follows
        Whether it follows from other gates, so that there is nothing to do for it alone.
    """

    name: str
    title: str
    judge: Callable[[Case], Verdict] | None
    types: frozenset[ApplicantType] = EVERYBODY
    kind: Kind = "rule"
    of_ecfmg: bool = False
    verified: bool = False
    follows: bool = False


GATES: tuple[Gate, ...] = (
    Gate("school", "Medical school", certification.school, INTERNATIONAL, of_ecfmg=True, verified=True),
    Gate("accreditation", "School accreditation", certification.accreditation, INTERNATIONAL, of_ecfmg=True),
    Gate("graduation", "Graduation", application.graduation),
    Gate("ecfmg_application", "ECFMG application", certification.application, INTERNATIONAL, of_ecfmg=True),
    Gate("step_1", "USMLE Step 1", partial(exams.step, name="step_1"), verified=True),
    Gate("step_2_ck", "USMLE Step 2 CK", partial(exams.step, name="step_2_ck"), verified=True),
    Gate("comlex_level_1", "COMLEX-USA Level 1", partial(exams.exam, name="comlex_level_1"), OSTEOPATHIC),
    Gate(
        "comlex_level_2_ce",
        "COMLEX-USA Level 2-CE",
        partial(exams.exam, name="comlex_level_2_ce"),
        OSTEOPATHIC,
    ),
    Gate(
        "exam_window",
        "Exam time limit",
        exams.exam_window,
        INTERNATIONAL,
        of_ecfmg=True,
        verified=True,
        follows=True,
    ),
    Gate("oet", "OET Medicine", oet.oet, INTERNATIONAL, of_ecfmg=True, verified=True),
    Gate(
        "pathway",
        "Clinical-skills Pathway",
        certification.pathway,
        INTERNATIONAL,
        of_ecfmg=True,
        verified=True,
    ),
    Gate(
        "us_clinical_experience",
        "US clinical experience",
        application.us_clinical_experience,
        INTERNATIONAL,
        "filter of programs",
    ),
    Gate("letters", "Letters of recommendation", application.letters, kind="filter of programs"),
    Gate("documents", "Documents", application.documents),
    Gate("eras_token", "ERAS token", application.eras_token),
    Gate("applications", "Applications", application.applications),
    Gate("signals", "Program signals", application.signals, kind="voluntary"),
    Gate("registration", "NRMP registration", match.registration),
    Gate("verification", "Verification", None, follows=True),
    Gate("rank_list", "Rank order list", match.rank_list),
    Gate("certificate", "ECFMG certificate", certification.certificate, INTERNATIONAL, of_ecfmg=True),
    Gate("step_3", "USMLE Step 3", match.step_3),
    Gate("visa", "Visa", match.visa),
)


def judged(case: Case) -> dict[str, Verdict]:
    """The verdict on every gate that concerns the person, by name, in the order of the road."""
    verdicts: dict[str, Verdict] = {}
    parts: dict[str, Verdict] = {}
    for gate in GATES:
        if case.profile.applicant_type not in gate.types:
            continue
        verdict = _verification(case, parts) if gate.judge is None else _judged(gate, gate.judge, case)
        verdicts[gate.name] = verdict
        if gate.verified:
            parts[gate.title] = verdict
    return verdicts


def _judged(gate: Gate, judge: Callable[[Case], Verdict], case: Case) -> Verdict:
    needed = case.needs_ecfmg if gate.of_ecfmg else True
    turn = in_words(case.rules.pathways.canadian_img_since.value)
    if needed is None:
        told = f"Graduates of Canadian schools need ECFMG from {turn} on; see graduation_year."
        return Verdict("cannot be judged", told)
    if not needed:
        return Verdict("not needed", f"Graduates of Canadian schools before {turn} do not need ECFMG.")
    return judge(case)


def _verification(case: Case, parts: dict[str, Verdict]) -> Verdict:
    if case.needs_ecfmg is None:
        told = "Whether your school or ECFMG verifies you depends on your year of graduation."
        return Verdict("cannot be judged", told)
    return match.verification(case, parts if case.needs_ecfmg else {})
