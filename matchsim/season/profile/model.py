"""One person on the way to a residency: who they are, what is behind them, what they want.

Two kinds of things may be left out. A *fact* that is left out is unknown, and a gate that needs it cannot
be judged. A *step* that is left out (an exam attempt, a date under ``done``, a document) is taken as not
done yet.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from matchsim.season.days import Date
from matchsim.season.words import ApplicantType, Division

__all__ = [
    "Attempt",
    "ComlexAttempt",
    "Document",
    "Done",
    "Exams",
    "Letters",
    "OetSitting",
    "Pathway",
    "Profile",
    "RankList",
    "School",
    "Signals",
]

# Beyond these a day or year is a slip of the pen.
FIRST_YEAR, LAST_YEAR = 1950, 2100


def _of_our_time(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"must be a day from {FIRST_YEAR} to {LAST_YEAR}, got {day.isoformat()}")
    return day


Day = Annotated[Date, AfterValidator(_of_our_time)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Count = Annotated[int, Field(ge=0, le=10_000)]
OetScore = Annotated[int, Field(ge=0, le=500, multiple_of=10)]
Document = Literal["mspe", "transcript", "personal_statement", "photo"]


class Part(BaseModel):
    """Base of every part of a profile: frozen, nothing unknown, nothing converted."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class School(Part):
    """The medical school."""

    name: Name | None = Field(default=None, description="its name")
    country: Name | None = Field(default=None, description="where it lies")
    ecfmg_note: bool | None = Field(
        default=None,
        description="whether its entry in the World Directory has an ECFMG note for your graduation year",
    )
    accreditation: Literal["wfme", "ncfmea", "both", "neither"] | None = Field(
        default=None,
        description="accredited by an agency that WFME recognises, by one that NCFMEA found comparable",
    )
    clinical_skills_exam: bool | None = Field(
        default=None, description="whether you passed its standardised clinical skills exam (Pathway 2)"
    )
    joint_degree: bool | None = Field(
        default=None,
        description="whether the degree is joint with a US school accredited by LCME (Pathway 5)",
    )


class Attempt(Part):
    """One attempt at a Step, or one that is booked: a day still to come."""

    date: Day = Field(description="the day of the exam")
    result: Literal["passed", "failed", "incomplete"] | None = Field(
        default=None, description="left out where the score tells, or where it is not known yet"
    )
    score: Annotated[int, Field(ge=1, le=300)] | None = Field(
        default=None, description="the three-digit score, 1 to 300, where one is reported"
    )


class ComlexAttempt(Attempt):
    """One attempt at a level of COMLEX-USA, or one that is booked."""

    score: Annotated[int, Field(ge=1, le=999)] | None = Field(
        default=None, description="the three-digit score, where one is reported"
    )


class Exams(Part):
    """Every attempt at every exam, those not passed and not finished among them; all in the same form."""

    step_1: list[Attempt] = Field(default=[], description="USMLE Step 1")
    step_2_ck: list[Attempt] = Field(default=[], description="USMLE Step 2 CK")
    step_3: list[Attempt] = Field(default=[], description="USMLE Step 3")
    comlex_level_1: list[ComlexAttempt] = Field(default=[], description="COMLEX-USA Level 1, DO schools only")
    comlex_level_2_ce: list[ComlexAttempt] = Field(
        default=[], description="COMLEX-USA Level 2-CE, DO schools only"
    )


class OetSitting(Part):
    """One sitting of OET Medicine, or one that is booked."""

    date: Day = Field(description="the day of the test")
    listening: OetScore | None = Field(default=None, description="its score, 0 to 500 in tens")
    reading: OetScore | None = Field(default=None, description="its score, 0 to 500 in tens")
    speaking: OetScore | None = Field(default=None, description="its score, 0 to 500 in tens")
    writing: OetScore | None = Field(default=None, description="its score, 0 to 500 in tens")


class Pathway(Part):
    """The ECFMG Pathway by which clinical skills are shown."""

    number: Annotated[int, Field(ge=1, le=6)] | None = Field(default=None, description="1 to 6, as chosen")
    applied: Day | None = Field(default=None, description="the day of the application")
    accepted: Day | None = Field(default=None, description="the day on which ECFMG accepted it")
    expires: Day | None = Field(
        default=None, description="the day on which an acceptance of an earlier season expires"
    )
    licensed: bool | None = Field(
        default=None,
        description="whether you have held a licence to practise unsupervised lately (opens Pathway 1)",
    )
    step_2_cs: Literal["never", "failed", "passed"] | None = Field(
        default=None, description="Step 2 CS, which ended in 2021: never taken, failed at least once, passed"
    )


class Letters(Part):
    """Letters of recommendation."""

    ready: Count | None = Field(default=None, description="letters uploaded")
    from_us: Count | None = Field(default=None, description="of them by physicians in the United States")


class Signals(Part):
    """Signals that you mean to send in one specialty."""

    gold: Count = Field(default=0, description="gold signals, or all where there is one tier")
    silver: Count = Field(default=0, description="silver signals")


class RankList(Part):
    """The length of your rank order list, as it is or as you expect it."""

    primary: Count = Field(default=0, description="program codes on the primary list")
    supplemental: Count = Field(default=0, description="program codes on all supplemental lists together")


class Done(Part):
    """The day on which you did something once for all; a day still to come is a plan."""

    ecfmg_application: Day | None = Field(default=None, description="applied for ECFMG certification")
    eras_token: Day | None = Field(default=None, description="got the ERAS token")
    applications_sent: Day | None = Field(default=None, description="sent the applications")
    nrmp_registration: Day | None = Field(default=None, description="registered with NRMP for this match")
    school_verification: Day | None = Field(
        default=None, description="verified by your US school in NRMP's system"
    )
    rank_list_certified: Day | None = Field(default=None, description="certified the rank order list")
    ecfmg_certificate: Day | None = Field(default=None, description="ECFMG issued the certificate")
    visa_issued: Day | None = Field(default=None, description="the visa for training was issued")


class Profile(Part):
    """One person's profile."""

    matchsim: Literal[1] = Field(default=1, description="version of the format")
    name: Name | None = Field(default=None, description="how a letter addresses you")
    applicant_type: ApplicantType = Field(description="your type; it follows school and citizenship")
    citizenship: Literal["us", "permanent_resident", "other"] | None = Field(
        default=None, description="of the United States, its permanent resident, or neither"
    )
    visa: Literal["none", "j1", "h1b"] | None = Field(
        default=None, description="the visa that you need for training"
    )
    school: School = Field(default=School(), description="the medical school")
    graduation_year: Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)] | None = Field(
        default=None, description="the year of graduation, past or expected"
    )
    exams: Exams = Field(default=Exams(), description="every attempt at every exam")
    oet: list[OetSitting] = Field(default=[], description="every sitting of OET Medicine")
    pathway: Pathway = Field(default=Pathway(), description="the ECFMG Pathway")
    us_clinical_months: Annotated[float, Field(ge=0.0, le=600.0)] | None = Field(
        default=None, description="months of clinical experience in the United States"
    )
    letters: Letters = Field(default=Letters(), description="letters of recommendation")
    documents: list[Document] = Field(default=[], description="documents that are uploaded")
    research: Count | None = Field(default=None, description="publications, abstracts and presentations")
    prior_training: bool | None = Field(
        default=None, description="whether you have graduate training in the United States"
    )
    specialties: list[Name] = Field(default=[], description="the specialties you want, the first wish first")
    applications: dict[Name, Count] = Field(
        default={}, description="applications by specialty, sent or planned"
    )
    signals: dict[Name, Signals] = Field(default={}, description="signals by specialty, sent or planned")
    rank_list: RankList | None = Field(default=None, description="the length of your rank order list")
    region_ties: list[Division] = Field(default=[], description="census divisions to which you have ties")
    couple: bool = Field(default=False, description="whether you match as one of a couple")
    budget: Annotated[float, Field(ge=0.0, le=10_000_000.0)] | None = Field(
        default=None, description="US dollars that you can still spend"
    )
    interview_preparation: Count | None = Field(default=None, description="mock interviews held")
    done: Done = Field(default=Done(), description="what you have done, each with its day")
