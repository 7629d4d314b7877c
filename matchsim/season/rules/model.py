"""The rules of one season: dates, fees, limits and requirements, each value with its source and basis.

A rule file is read into these models, which are frozen and refuse unknown keys. Nothing has a default:
what a season does not say, nobody can be held to.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from matchsim.season.days import Date
from matchsim.season.rules.basis import Basis

__all__ = [
    "Bracket",
    "Calendar",
    "Dated",
    "Exam",
    "Exams",
    "Fees",
    "Limits",
    "Oet",
    "Pathways",
    "Requirement",
    "Requirements",
    "Rules",
    "Schedule",
    "SignalBudget",
    "Soap",
    "Sourced",
    "SourcedAmount",
    "SourcedDate",
    "SourcedNumber",
    "SourcedWord",
    "Visas",
]


Words = Annotated[str, Field(min_length=1, max_length=600)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Amount = Annotated[float, Field(ge=0.0, le=1_000_000.0)]
Whole = Annotated[int, Field(ge=0, le=100_000)]

_CLOCK = "hour and minute, Eastern Time, in quotation marks"


class Part(BaseModel):
    """Base of every part of the rules: frozen, nothing unknown, nothing converted."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Sourced(Part):
    """What every value carries: where it was read, and what that is worth."""

    basis: Basis = Field(description="published, third-party, recalled or inferred")
    source: Words = Field(description="where it was read, or what it follows from")
    note: Words | None = Field(default=None, description="what a reader must know besides")


class SourcedDate(Sourced):
    """A day of the season."""

    value: Date = Field(description="the day, YYYY-MM-DD")
    time: Clock | None = Field(default=None, description=_CLOCK)


class SourcedAmount(Sourced):
    """An amount of money."""

    value: Amount = Field(description="US dollars")


class SourcedNumber(Sourced):
    """A whole number."""

    value: Whole = Field(description="the number")


class SourcedWord(Sourced):
    """A word or a name."""

    value: Name = Field(description="the word")


class Dated(Sourced):
    """A whole number that holds from one day on, until the next entry of its list."""

    since: Date = Field(description="the first day on which it holds")
    value: Whole = Field(description="the number")


class Calendar(Part):
    """The days of the season, in Eastern Time."""

    program_registration_opens: SourcedDate = Field(
        description="programs and institutions may register with NRMP"
    )
    eras_opens: SourcedDate = Field(description="MyERAS opens for the season")
    eras_token_available: SourcedDate = Field(description="ECFMG gives out ERAS tokens")
    pathways_open: SourcedDate = Field(description="ECFMG takes applications for the Pathways of the season")
    eras_submission_opens: SourcedDate = Field(description="applications may be sent through MyERAS")
    registration_opens: SourcedDate = Field(description="applicants may register with NRMP")
    programs_review: SourcedDate = Field(description="programs begin to read ERAS applications and MSPEs")
    residencycas_review: SourcedDate = Field(description="programs begin to read ResidencyCAS applications")
    oet_advised_by: SourcedDate = Field(description="OET Medicine should be taken by then")
    standard_registration_ends: SourcedDate = Field(
        description="the last day of NRMP registration without late fee"
    )
    quota_change_ends: SourcedDate = Field(
        description="programs fix quotas, withdrawals and SOAP participation"
    )
    pathways_last_application: SourcedDate = Field(
        description="the last day to apply for a Pathway for this match"
    )
    ranking_opens: SourcedDate = Field(description="rank order lists may be entered")
    rank_list_deadline: SourcedDate = Field(
        description="lists certified, applicants verified, late registration ends"
    )
    match_week_begins: SourcedDate = Field(description="applicants hear whether they matched; SOAP begins")
    match_day: SourcedDate = Field(description="applicants hear where they matched")
    pathways_documents_due: SourcedDate = Field(description="the last documents for a Pathway of the season")
    eras_closes: SourcedDate = Field(description="MyERAS closes for the season")
    training_starts: SourcedDate = Field(description="the first day of training")


CalendarDay = Literal[
    "programs_review",
    "oet_advised_by",
    "standard_registration_ends",
    "pathways_last_application",
    "rank_list_deadline",
    "training_starts",
]


class Bracket(Part):
    """Programs up to a number: a flat amount for all of them, or an amount for each."""

    up_to: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="the last program of the bracket; left out in the last bracket"
    )
    flat: Amount | None = Field(default=None, description="US dollars for the whole bracket")
    each: Amount | None = Field(default=None, description="US dollars for each program in it")


class Schedule(Sourced):
    """What a number of applications to one specialty costs."""

    value: list[Bracket] = Field(min_length=1, description="brackets of rising numbers of programs")


class Fees(Part):
    """What things cost, in US dollars."""

    eras: Schedule = Field(description="applications through ERAS, by specialty")
    residencycas: Schedule = Field(description="applications through ResidencyCAS, by specialty")
    usmle_transcript: SourcedAmount = Field(description="USMLE transcript sent to programs, once a season")
    comlex_transcript: SourcedAmount = Field(
        description="COMLEX-USA transcript sent to programs, once a season"
    )
    nrmp_registration: SourcedAmount = Field(description="registration for the match")
    nrmp_late_registration: SourcedAmount = Field(description="added after the standard deadline")
    nrmp_extra_rank: SourcedAmount = Field(description="each program code beyond those included")
    nrmp_couple: SourcedAmount = Field(description="matching as a couple, each partner")
    ecfmg_application: SourcedAmount = Field(description="application for ECFMG certification")
    pathway: SourcedAmount = Field(description="application for a Pathway")
    oet: SourcedAmount = Field(description="one sitting of OET Medicine")
    eras_token: SourcedAmount = Field(description="ERAS token from ECFMG")
    step_1: SourcedAmount = Field(description="one attempt, students and graduates of US schools")
    step_1_international: SourcedAmount = Field(description="one attempt, international graduates")
    step_2_ck: SourcedAmount = Field(description="one attempt, students and graduates of US schools")
    step_2_ck_international: SourcedAmount = Field(description="one attempt, international graduates")
    step_3: SourcedAmount = Field(description="one attempt")
    test_delivery_abroad: SourcedAmount = Field(
        description="added to a Step taken outside the United States and Canada"
    )
    comlex_level_1: SourcedAmount = Field(description="one attempt")
    comlex_level_2_ce: SourcedAmount = Field(description="one attempt")
    j1_sponsorship: SourcedAmount = Field(description="J-1 sponsorship by ECFMG, each year")
    j1_sevis: SourcedAmount = Field(description="SEVIS fee of a J-1 visa")
    j1_visa: SourcedAmount = Field(description="application for a J-1 visa")
    h1b_petition: SourcedAmount = Field(
        description="a new H-1B petition besides filing fees; the hospital pays"
    )


class Limits(Part):
    """How much of something is allowed or included."""

    ranks: SourcedNumber = Field(description="ranks on any rank order list")
    ranks_included: SourcedNumber = Field(description="program codes on the primary list within the fee")
    supplemental_ranks_included: SourcedNumber = Field(
        description="program codes on all supplemental lists together within the fee"
    )
    letters_per_program: SourcedNumber = Field(
        description="letters of recommendation assigned to one program"
    )
    statement_characters: SourcedNumber = Field(description="length of a personal statement")
    experiences: SourcedNumber = Field(description="entries of experiences in MyERAS")
    exam_years: SourcedNumber = Field(description="years within which all exams for ECFMG must be passed")
    result_weeks: SourcedNumber = Field(description="weeks from an exam to its result")
    interview_reply_hours: SourcedNumber = Field(description="hours to answer an invitation")


class Exam(Part):
    """One exam: what passes, and how often it may be taken."""

    passing: list[Dated] = Field(min_length=1, description="lowest passing scores by the day of the exam")
    attempts: list[Dated] = Field(min_length=1, description="attempts allowed by the day of the exam")


class Exams(Part):
    """The exams by name."""

    step_1: Exam
    step_2_ck: Exam
    step_3: Exam
    comlex_level_1: Exam
    comlex_level_2_ce: Exam


class Oet(Part):
    """OET Medicine: the lowest scores that must be reached in one sitting."""

    listening: SourcedNumber
    reading: SourcedNumber
    speaking: SourcedNumber
    writing: SourcedNumber
    taken_since: SourcedDate = Field(description="the first test date that counts for this season")


class Pathways(Part):
    """The windows of the ECFMG Pathways."""

    graduated_since: SourcedDate = Field(description="the first graduation that opens Pathways 2 to 5")
    licensed_since: SourcedDate = Field(
        description="the day on or after which a licence must have been valid for Pathway 1"
    )
    canadian_img_since: SourcedDate = Field(
        description="graduates of Canadian schools from this day on are international graduates"
    )


class SignalBudget(Sourced):
    """Program signals that one applicant may send in one specialty."""

    gold: Whole = Field(description="gold signals, or all where there is one tier")
    silver: Whole = Field(description="silver signals, 0 where there is one tier")


class Soap(Part):
    """The Supplemental Offer and Acceptance Program."""

    rounds: SourcedNumber = Field(description="rounds of offers")
    hours_per_round: SourcedNumber = Field(description="length of a round, in hours")
    applications_per_service: SourcedNumber = Field(description="applications through each service")


class Visas(Part):
    """Visas for training."""

    j1_years: SourcedNumber = Field(description="longest stay on a J-1 visa, in years")
    home_years: SourcedNumber = Field(description="years at home after a J-1 visa, unless waived")
    h1b_years: SourcedNumber = Field(description="longest stay on an H-1B visa, in years")


class Requirement(Sourced):
    """What one gate asks, of whom, and by when."""

    asks: Words = Field(description="what is asked, in one sentence")
    asked_by: Name = Field(description="who asks it")
    by: CalendarDay = Field(description="the day of the calendar by which it should be done")
    until: CalendarDay | None = Field(
        default=None, description="the last day on which it can be done, where that is a later one"
    )

    @property
    def last(self) -> CalendarDay:
        """The day of the calendar after which it is too late."""
        return self.until or self.by


class Requirements(Part):
    """The gates on the way to a rank order list and to the first day of training, in their order."""

    school: Requirement
    accreditation: Requirement
    graduation: Requirement
    ecfmg_application: Requirement
    step_1: Requirement
    step_2_ck: Requirement
    comlex_level_1: Requirement
    comlex_level_2_ce: Requirement
    exam_window: Requirement
    oet: Requirement
    pathway: Requirement
    us_clinical_experience: Requirement
    letters: Requirement
    documents: Requirement
    eras_token: Requirement
    applications: Requirement
    signals: Requirement
    registration: Requirement
    verification: Requirement
    rank_list: Requirement
    certificate: Requirement
    step_3: Requirement
    visa: Requirement


class Rules(Part):
    """The rules of the season that ends with the match of one year."""

    matchsim: Literal[1] = Field(description="version of the format")
    season: Annotated[int, Field(ge=2012, le=2100)] = Field(description="year of the match")
    calendar: Calendar
    fees: Fees
    limits: Limits
    exams: Exams
    oet: Oet
    pathways: Pathways
    signals: dict[Name, SignalBudget] = Field(description="by specialty; others take no signals")
    services: dict[Name, SourcedWord] = Field(
        description="specialties whose applications go through another service than ERAS"
    )
    other_matches: dict[Name, SourcedWord] = Field(description="specialties matched outside the NRMP")
    soap: Soap
    visas: Visas
    requirements: Requirements
