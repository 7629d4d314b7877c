"""What the two sides require of each other and think of each other before they meet."""

from __future__ import annotations

from math import log2

from matchsim.season.scenario.model import Scenario
from matchsim.season.tables import Applicants, Pathway, Programs
from matchsim.season.words import APPLICANT_TYPES, INTERNATIONAL, TRACKS, VISAS

__all__ = ["considered", "eligible", "file_worth", "perceived_chance", "screening_score", "visa_fits", "wish"]


def eligible(applicants: Applicants, programs: Programs, a: int, p: int) -> bool:
    """Whether applicant `a` may apply to program `p`: visa sponsored, reserved positions for physicians."""
    reserved = TRACKS[programs.track[p]] == "R"
    return visa_fits(applicants, programs, a, p) and (bool(applicants.prior_training[a]) or not reserved)


def visa_fits(applicants: Applicants, programs: Programs, a: int, p: int) -> bool:
    """Whether program `p` can take applicant `a` on the visa needed; an H-1B asks for Step 3 besides."""
    needed = VISAS[applicants.visa[a]]
    if needed == "j1":
        return bool(programs.sponsors_j1[p])
    return needed == "none" or bool(programs.sponsors_h1b[p] and applicants.step_3[a])


def considered(applicants: Applicants, road: Pathway, programs: Programs, a: int, p: int) -> bool:
    """Whether applicant `a` meets everything that program `p` requires."""
    most = int(programs.maximum_years[p])
    abroad = APPLICANT_TYPES[applicants.applicant_type[a]] in INTERNATIONAL
    return (
        eligible(applicants, programs, a, p)
        and int(applicants.step2_ck[a]) >= int(programs.minimum_step2_ck[p])
        and (most < 0 or int(applicants.years_since_graduation[a]) <= most)
        and not (programs.no_failed_attempts[p] and applicants.failed_attempts[a])
        and not (abroad and applicants.us_clinical_months[a] < programs.minimum_us_months[p])
        and not (programs.certificate_first[p] and not road.certificate[a])
    )


def wish(
    scenario: Scenario,
    applicants: Applicants,
    programs: Programs,
    a: int,
    p: int,
    fit: float,
    standing: float = 0.0,
    above: float = 0.0,
) -> float:
    """How much applicant `a` wishes for program `p` before any interview, in SD.

    `above` is added for every SD that the program stands above the applicant's `standing`.
    """
    taste = scenario.rank_lists.applicants
    prestige = float(programs.prestige[p])
    worth = taste.prestige * prestige + taste.fit * fit + above * max(0.0, prestige - standing)
    if _at_home(applicants, programs, a, p):
        worth += taste.home
    if TRACKS[programs.track[p]] == "P":
        worth += taste.preferred / 2 + taste.first_year.get(programs.specialties[programs.specialty[p]], 0.0)
    elif programs.specialty[p] == applicants.preferred[a]:
        worth += taste.preferred
    return worth


def file_worth(scenario: Scenario, applicants: Applicants, a: int) -> float:
    """What the file of `a` is worth to an average reader, in SD."""
    given = scenario.interviews.screening
    exam = scenario.cohort.step2_ck
    exam_z = (float(applicants.step2_ck[a]) - exam.mean) / exam.sd if exam.sd else 0.0
    worth = given.ability * float(applicants.ability[a]) + given.step2_ck * exam_z
    worth += given.failed_attempt * int(applicants.failed_attempts[a])
    worth += given.year_since_graduation * min(int(applicants.years_since_graduation[a]), 10)
    worth += given.us_clinical_month * (min(float(applicants.us_clinical_months[a]), 6.0) - 6.0)
    worth += given.us_letter * (int(applicants.us_letters[a]) - 4)
    worth += given.research * log2((1 + int(applicants.research[a])) / 6)
    worth += given.school * (2.5 - int(applicants.school_tier[a]))
    return worth


def screening_score(
    scenario: Scenario,
    applicants: Applicants,
    road: Pathway,
    programs: Programs,
    a: int,
    p: int,
    signal: int,
    noise: float,
) -> float:
    """What program `p` sees in the application of `a`, in SD; minus infinity where it cannot invite.

    `noise` is what readers disagree about, in SD.
    """
    given = scenario.interviews.screening
    kind = APPLICANT_TYPES[applicants.applicant_type[a]]
    if not considered(applicants, road, programs, a, p):
        return float("-inf")
    score = file_worth(scenario, applicants, a) + noise
    sought = (float(programs.competitiveness[p]) - 0.5) * 2 + float(programs.prestige[p]) / 4
    regarded = kind.replace("grad", "senior") if TRACKS[programs.track[p]] == "R" else kind
    score += getattr(given.attitude, regarded) * max(0.1, 1 + given.attitude_slope * sought)
    if kind != "us_md_senior":
        score += float(programs.openness[p])
    if _at_home(applicants, programs, a, p):
        score += given.home
    score += (0.0, given.silver, given.gold)[signal]
    core = TRACKS[programs.track[p]] != "P"
    if core and applicants.preferred[a] >= 0 and programs.specialty[p] != applicants.preferred[a]:
        score += given.backup
    return score if score >= given.lowest else float("-inf")


def _at_home(applicants: Applicants, programs: Programs, a: int, p: int) -> bool:
    return bool(applicants.division[a] >= 0 and applicants.division[a] == programs.division[p])


def perceived_chance(scenario: Scenario, applicants: Applicants, programs: Programs, a: int, p: int) -> float:
    """How good `a` believes the chances at `p` to be, in SD; only differences within a person count."""
    chance = -float(programs.prestige[p]) - 2 * float(programs.competitiveness[p])
    return chance + scenario.interviews.screening.home * _at_home(applicants, programs, a, p)
