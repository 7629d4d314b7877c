"""What programs look at in people: correlated normal scores, each turned into an attribute.

The scores of a person are a Gaussian copula: independent normal draws, one stream for each attribute, times
the Cholesky factor of the correlations. So a changed margin moves one attribute, and a changed correlation
those that stand after it in :data:`~matchsim.season.scenario.attributes.ATTRIBUTES`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from matchsim.season.normal import below
from matchsim.season.pathway.case import in_force
from matchsim.season.rules import load_rules
from matchsim.season.scenario.attributes import ATTRIBUTES, Attribute, lower_triangle
from matchsim.season.scenario.model import Scenario
from matchsim.season.words import APPLICANT_TYPES, CITIZENSHIPS, VISAS
from matchsim.streams import Streams
from matchsim.tables import Bool, Float32, Float64, Int8, Int16, Int32, Int64

__all__ = ["attempts_allowed", "attributes", "by_type", "normal_scores", "us_letters"]

# Who has their clinical years in the United States (or much of them) has about as many months as others.
FROM_ABROAD = np.array([t in ("non_us_img", "other") for t in APPLICANT_TYPES])
GRADUATED = np.array([t in ("us_md_grad", "us_do_grad") for t in APPLICANT_TYPES])
SENIOR = np.array([t.endswith("_senior") for t in APPLICANT_TYPES])
AMERICAN = np.array([t.startswith("us_") for t in APPLICANT_TYPES])

MOST_LETTERS = 4
HIGHEST_SCORE = 300
SMALLEST_CHANCE = 1e-7


def by_type(values: object, kind: Int8) -> Float64:
    """A scenario's number for the type of everybody; float64, shape (applicants,)."""
    table: Float64 = np.array([getattr(values, t) for t in APPLICANT_TYPES], dtype=np.float64)[kind]
    return table


def normal_scores(scenario: Scenario, streams: Streams, people: Int32) -> dict[Attribute, Float64]:
    """The correlated standard normal scores of everybody, by attribute; float64, shape (applicants,)."""
    given = scenario.cohort
    factor = lower_triangle(given.step2_ck.ability_correlation, given.attributes.correlations)
    independent = [streams(f"cohort.{name}").normal(people).astype(np.float64) for name in ATTRIBUTES]
    return {
        name: np.asarray(sum(weight * independent[j] for j, weight in enumerate(row) if weight))
        for name, row in zip(ATTRIBUTES, factor, strict=True)
    }


def attributes(
    scenario: Scenario, streams: Streams, kind: Int8, scores: dict[Attribute, Float64]
) -> dict[str, npt.NDArray[Any]]:
    """The columns of ``Applicants`` beside specialties and ties, for people of these types."""
    given = scenario.cohort.attributes
    people = np.arange(len(kind), dtype=np.int32)
    citizenship, visa, step_3 = _citizens(scenario, streams, kind, people)
    months = _months(scenario, kind, scores["us_clinical_months"])
    return {
        **_exams(scenario, streams, kind, scores),
        "step_3": step_3,
        "citizenship": citizenship,
        "visa": visa,
        "years_since_graduation": _years(scenario, kind, scores["years_since_graduation"]),
        "us_clinical_months": months,
        "us_letters": us_letters(scenario, streams, months, people),
        "research": _geometric(by_type(given.research, kind), scores["research"]).astype(np.int16),
        "school_tier": (4 - np.floor(4 * below(scores["school"]))).clip(1, 4).astype(np.int8),
        "mock_interviews": (
            _geometric(by_type(given.mock_interviews, kind), scores["mock_interviews"]).astype(np.int8)
        ),
        "budget": (by_type(given.budget, kind) * np.exp(given.budget_spread * scores["budget"])).astype(
            np.float32
        ),
    }


def attempts_allowed(scenario: Scenario) -> tuple[int, int]:
    """Attempts that the season allows at Step 1 and at Step 2 CK."""
    rules = load_rules(scenario.season)
    deadline = rules.calendar.rank_list_deadline.value
    one, two = (in_force(getattr(rules.exams, e).attempts, deadline) for e in ("step_1", "step_2_ck"))
    assert one is not None
    assert two is not None
    return one.value, two.value


def _exams(
    scenario: Scenario, streams: Streams, kind: Int8, scores: dict[Attribute, Float64]
) -> dict[str, npt.NDArray[Any]]:
    """Ability, attempts without a pass, and the last score of Step 2 CK."""
    given = scenario.cohort
    spread = [getattr(given.ability, t) for t in APPLICANT_TYPES]
    mean, sd = np.array([s.mean for s in spread])[kind], np.array([s.sd for s in spread])[kind]
    people = np.arange(len(kind), dtype=np.int32)
    at_step_1, at_step_2 = attempts_allowed(scenario)

    again = streams("cohort.step_1_again").words(people, 0, at_step_1).astype(np.float64) * 2.0**-32
    failed = np.empty((len(kind), at_step_1), dtype=np.bool_)
    failed[:, 0] = below(scores["step_1"]) >= by_type(given.attributes.step_1_first_pass, kind)
    failed[:, 1:] = again[:, 1:] >= given.attributes.step_1_later_pass
    step_1_failures = np.cumprod(failed, axis=1).sum(axis=1)

    exam = given.step2_ck
    assert isinstance(exam.passing, int)
    points = exam.mean + exam.sd * (mean + sd * scores["step2_ck"])
    step_2_failures = np.zeros(len(kind), dtype=np.int64)
    retake = given.attributes.retake
    for attempt in range(1, at_step_2 + 1):
        lacking = np.flatnonzero(np.rint(points) < exam.passing).astype(np.int32)
        step_2_failures[lacking] += 1
        if not len(lacking) or attempt == at_step_2:
            break
        gained = streams(f"cohort.step2_ck_attempt_{attempt + 1}").normal(lacking).astype(np.float64)
        points[lacking] += retake.mean + retake.sd * gained
    return {
        "ability": (mean + sd * scores["ability"]).astype(np.float32),
        "step2_ck": np.clip(np.rint(points), 1, HIGHEST_SCORE).astype(np.int16),
        "step_1_failures": step_1_failures.astype(np.int8),
        "step_2_ck_failures": step_2_failures.astype(np.int8),
    }


def _citizens(scenario: Scenario, streams: Streams, kind: Int8, people: Int32) -> tuple[Int8, Int8, Bool]:
    """Citizenship, the visa needed, and who has passed Step 3.

    The type follows citizenship, and the need of a visa follows both. Who wants an H-1B and has not passed
    Step 3 makes do with a J-1.
    """
    needs = streams("cohort.needs_visa").uniform(people) < by_type(scenario.cohort.needs_visa, kind)
    given = scenario.cohort.attributes
    wants_h1b = needs & (streams("cohort.h1b").uniform(people) < given.h1b)
    chance = np.where(wants_h1b, given.h1b_step_3, by_type(given.step_3, kind))
    step_3 = streams("cohort.step_3").uniform(people) < chance
    visa = np.where(
        needs, np.where(wants_h1b & step_3, VISAS.index("h1b"), VISAS.index("j1")), VISAS.index("none")
    )
    resident = np.where(AMERICAN[kind], CITIZENSHIPS.index("us"), CITIZENSHIPS.index("permanent_resident"))
    citizenship = np.where(needs, CITIZENSHIPS.index("other"), resident)
    return citizenship.astype(np.int8), visa.astype(np.int8), step_3


def _years(scenario: Scenario, kind: Int8, score: Float64) -> Int16:
    mean = by_type(scenario.cohort.attributes.years_since_graduation, kind)
    least = GRADUATED[kind].astype(np.int64)
    years = least + _geometric(np.maximum(mean - least, 0.0), score)
    return np.where(SENIOR[kind], 0, years).astype(np.int16)


def _months(scenario: Scenario, kind: Int8, score: Float64) -> Float32:
    mean = by_type(scenario.cohort.attributes.us_clinical_months, kind)
    spread = -np.log(np.maximum(1.0 - below(score), SMALLEST_CHANCE))
    months: Float32 = np.where(FROM_ABROAD[kind], np.round(mean * spread, 1), mean).astype(np.float32)
    return months


def us_letters(scenario: Scenario, streams: Streams, months: Float32, people: Int32) -> Int8:
    """Letters earned by clinical months, the part of one left over by chance."""
    earned = scenario.cohort.attributes.letters_per_month * months.astype(np.float64)
    whole = np.floor(earned + streams("cohort.us_letters").uniform(people))
    return np.minimum(whole, MOST_LETTERS).astype(np.int8)


def _geometric(mean: Float64, score: Float64) -> Int64:
    """Whole numbers from 0 with these means, geometric, in the order of the scores."""
    chance = np.maximum(1.0 - below(score), SMALLEST_CHANCE)
    rate = np.log1p(1.0 / np.maximum(mean, SMALLEST_CHANCE))
    drawn: Int64 = np.where(mean > 0, np.floor(-np.log(chance) / rate), 0).astype(np.int64)
    return np.minimum(drawn, 120)
