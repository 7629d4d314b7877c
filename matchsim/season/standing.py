"""How the two sides value each other before they meet: files, attitudes and wishes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from matchsim.season import _kernels
from matchsim.season.requirements import asked, had
from matchsim.season.scenario.model import Scenario
from matchsim.season.tables import Applicants, Applications, Pathway, Programs
from matchsim.season.words import APPLICANT_TYPES, ApplicantType
from matchsim.tables import Float32, Float64, Int32, Int64

__all__ = ["attitudes", "files", "screening_scores", "standings", "wishes"]

# The softest attitude of any program, as a part of the scenario's (assumed).
SOFTEST = 0.1

_SENIORS: dict[ApplicantType, ApplicantType] = {"us_md_grad": "us_md_senior", "us_do_grad": "us_do_senior"}
# The type of the seniors of one's own kind of school.
AS_SENIORS = np.array([APPLICANT_TYPES.index(_SENIORS.get(t, t)) for t in APPLICANT_TYPES])

# Beyond these nobody looks (assumed). US MD seniors have all the months and letters.
MOST_YEARS = 10
MOST_MONTHS = 6.0
MOST_LETTERS = 4
# What an average US MD senior has: about the median of research, the middle of the quarters of schools.
USUAL_RESEARCH = 5.0
MIDDLE_TIER = 2.5


def files(scenario: Scenario, applicants: Applicants) -> Float64:
    """What every applicant's file is worth to an average reader, in SD; float64, shape (applicants,)."""
    weights = scenario.interviews.screening
    exam = scenario.cohort.step2_ck
    exam_z = (applicants.step2_ck - exam.mean) / exam.sd if exam.sd else np.zeros(len(applicants))
    worth: Float64 = weights.ability * applicants.ability.astype(np.float64) + weights.step2_ck * exam_z
    return worth + _record(scenario, applicants)


def _record(scenario: Scenario, applicants: Applicants) -> Float64:
    """What is on record beside ability and exam, in SD above an average US MD senior."""
    weights = scenario.interviews.screening
    worth: Float64 = (
        weights.failed_attempt * applicants.failed_attempts.astype(np.float64)
        + weights.year_since_graduation * np.minimum(applicants.years_since_graduation, MOST_YEARS)
        + weights.us_clinical_month * (np.minimum(applicants.us_clinical_months, MOST_MONTHS) - MOST_MONTHS)
        + weights.us_letter * (applicants.us_letters - float(MOST_LETTERS))
        + weights.research * np.log2((1.0 + applicants.research) / (1.0 + USUAL_RESEARCH))
        + weights.school * (MIDDLE_TIER - applicants.school_tier)
    )
    return worth


def attitudes(scenario: Scenario, programs: Programs) -> Float64:
    """What a type is worth to every program beside the file, in SD; float64, shape (types, programs).

    The scenario's attitudes are sharpened where the specialty and the program are sought after, and
    softened by the program's own openness, which bears on everybody but US MD seniors. Reserved positions
    ask for training, so they look at graduates of earlier years of US schools as others do at seniors.
    """
    weights = scenario.interviews.screening
    by_type = np.array([getattr(weights.attitude, t) for t in APPLICANT_TYPES])[:, None]
    regard = np.where(programs.is_track("R")[None, :], by_type[AS_SENIORS], by_type)
    sought = (programs.competitiveness - 0.5) * 2 + programs.prestige / 4
    sharpness = np.maximum(SOFTEST, 1 + weights.attitude_slope * sought.astype(np.float64))
    worth: Float64 = regard * sharpness[None, :]
    others = np.array([t != "us_md_senior" for t in APPLICANT_TYPES])
    worth[others] += programs.openness[None, :]
    return worth


def standings(scenario: Scenario, applicants: Applicants) -> Float64:
    """How an average program sees everybody, file and attitude to the type, in SD; shape (applicants,)."""
    of_type = np.array([getattr(scenario.interviews.screening.attitude, t) for t in APPLICANT_TYPES])
    seen: Float64 = files(scenario, applicants) + of_type[applicants.applicant_type]
    return seen


def screening_scores(
    scenario: Scenario,
    applicants: Applicants,
    road: Pathway,
    programs: Programs,
    applied: Applications,
    noise: Float32,
    *,
    unlimited: bool = False,
) -> Float32:
    """The program's score of every application, in SD; float32, -inf where it cannot invite.

    Parameters
    ----------
    noise
        What readers disagree about, in SD, one number an application.
    unlimited
        Whether requirements and the lowest score are left aside, so that every score is finite.
    """
    given = scenario.interviews.screening
    score = np.empty(len(applied), dtype=np.float32)
    asks = np.ascontiguousarray(asked(programs).T)
    lowest = -np.inf if unlimited else given.lowest
    _kernels.screening_scores(
        applied.applicant_offsets,
        applied.program,
        applied.signal,
        noise,
        files(scenario, applicants).astype(np.float32),
        applicants.applicant_type,
        attitudes(scenario, programs).astype(np.float32),
        applicants.division,
        programs.division,
        had(applicants, road),
        np.full_like(asks, -np.inf) if unlimited else asks,
        applicants.preferred,
        programs.specialty,
        ~programs.is_track("P"),
        (given.home, given.gold, given.silver, given.backup, lowest),
        score,
    )
    return score


def wishes(
    scenario: Scenario,
    applicants: Applicants,
    programs: Programs,
    offsets: Int64,
    program: Int32,
    fit: Float32,
    standing: Float64,
    *,
    above: float = 0.0,
) -> Float32:
    """How much applicants wish for programs before any interview, in SD; float32, as `program`.

    Parameters
    ----------
    offsets, program, fit
        Each applicant's programs and taste for them, as in ``Applications``.
    standing
        Each applicant's standing, shape (applicants,).
    above
        Added per SD that a program's prestige lies above the applicant's standing.
    """
    taste = scenario.rank_lists.applicants
    # A preliminary year is wished for more than the backup specialty, less than the preferred one.
    weights = (taste.prestige, taste.home, taste.fit, above, taste.preferred, taste.preferred / 2)
    wish: Float32 = _kernels.wishes(
        offsets,
        program,
        fit,
        applicants.division,
        programs.division,
        programs.prestige,
        standing.astype(np.float32),
        applicants.preferred,
        programs.pool_of(),
        len(programs.specialties),
        _of_first_years(taste.first_year, programs),
        weights,
    )
    return wish


def _of_first_years(taste: Mapping[str, float], programs: Programs) -> Float32:
    """What a preliminary program's specialty adds to the wish for it; 0 for all other programs."""
    by_specialty = np.array([taste.get(name, 0.0) for name in programs.specialties], dtype=np.float32)
    added: Float32 = np.where(programs.is_track("P"), by_specialty[programs.specialty], np.float32(0))
    return added
