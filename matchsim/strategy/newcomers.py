"""People who are not in a season: drawn from what a profile says, and from the season where it is silent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from matchsim.errors import InputError, Problem, did_you_mean, shown
from matchsim.season import Season
from matchsim.season.applications import applications, sent
from matchsim.season.attributes import by_type
from matchsim.season.cohort import cohort
from matchsim.season.fees import Wanted
from matchsim.season.plan import PLAN
from matchsim.season.profile import Profile
from matchsim.season.profile.model import Attempt
from matchsim.season.rules import load_rules
from matchsim.season.scenario.applications import SignalBudget
from matchsim.season.scenario.model import Counts, Scenario
from matchsim.season.tables import Applicants, Applications, Pathway, Programs
from matchsim.season.words import CITIZENSHIPS, DIVISIONS, INTERNATIONAL, VISAS
from matchsim.streams import Stream, Streams

__all__ = ["Newcomers", "ProbeStreams", "newcomers"]

# What programs draw for themselves is as it was in the season.
OF_PROGRAMS = (
    "interviews.slots",
    "interviews.release",
    "interviews.signalled_first",
    "rank_lists.early_lock",
    "rank_lists.rank_to_match",
)
# These tables must be simulated: newcomers go by the rules that made them.
SIMULATED = ("cohort", "applications", "interviews", "rank_lists")
HIGHEST_SCORE = 300
MOST_LETTERS = 4
MOST_SIGNALS = 100
FEW = 127


class ProbeStreams(Streams):
    """The streams of a season as newcomers meet them: their own luck, and the season's programs.

    The stream of a decision is that of the season called ``probes.`` and the decision; decisions of
    programs are the season's own. Newcomers are numbered from 0, so that the same number has the same luck
    whatever the profile says.
    """

    def __call__(self, decision: str) -> Stream:
        """The stream of a decision."""
        return super().__call__(decision if decision in OF_PROGRAMS else f"probes.{decision}")


class Newcomers(NamedTuple):
    """Copies of one person who are not in the season, numbered from 0, and where they apply.

    Parameters
    ----------
    scenario
        That of the season, with the signals that the profile states.
    streams
        Their luck.
    applicants, road, applied
        The tables of the season, of these people.
    """

    scenario: Scenario
    streams: ProbeStreams
    applicants: Applicants
    road: Pathway
    applied: Applications


def newcomers(profile: Profile, season: Season, copies: int) -> Newcomers:
    """Draw copies of a person who are alike in what the profile says and different in all else.

    What is left unsaid is drawn from the season's margins of the type, each attribute for itself: not
    conditional on what is said. All are verified at the deadline.

    Raises
    ------
    InputError
        With every thing in the profile, the season or `copies` that does not go.
    """
    _check(profile, season, copies)
    streams = ProbeStreams(season.seed, season.replicate)
    scenario = _with_signals(season.scenario, profile)
    counts = Counts(**{profile.applicant_type: copies})
    only = scenario.model_copy(update={"cohort": scenario.cohort.model_copy(update={"registered": counts})})
    people = cohort(only, streams, season.tracks)
    people = people.replace(
        **{
            name: np.full(copies, value, getattr(people, name).dtype)
            for name, value in _said(profile, season).items()
        }
    )
    road = _road(profile, scenario, streams, people)
    if profile.applications:
        wanted = _wanted(profile, season.tracks, copies)
        applied = sent(scenario, streams, people, road, season.tracks, wanted)
    else:
        applied = applications(scenario, streams, people, road, season.tracks)
    return Newcomers(scenario, streams, people, road, applied)


def _said(profile: Profile, season: Season) -> dict[str, Any]:
    """The columns of ``Applicants`` on which the profile has a word, each with its value."""
    passing = season.scenario.cohort.step2_ck.passing
    assert isinstance(passing, int)
    first, second, *_ = [*(season.tracks.specialties.index(name) for name in profile.specialties), -1, -1]
    stated = {
        "preferred": first if profile.specialties else None,
        "backup": second if profile.specialties else None,
        "citizenship": _code(CITIZENSHIPS, profile.citizenship),
        "visa": _code(VISAS, profile.visa),
        "division": _code(tuple(DIVISIONS), next(iter(profile.region_ties), None)),
        "years_since_graduation": _above(profile.graduation_year, season.scenario.season),
        "us_letters": _at_most(profile.letters.from_us, MOST_LETTERS),
        "mock_interviews": _at_most(profile.interview_preparation, FEW),
        "us_clinical_months": profile.us_clinical_months,
        "research": profile.research,
        "prior_training": profile.prior_training,
        "budget": profile.budget,
        **_exams(profile, passing),
    }
    return {name: value for name, value in stated.items() if value is not None}


def _exams(profile: Profile, passing: int) -> dict[str, int | None]:
    """What attempts say; None where none says anything. Step 3 counts with the visa that may ask for it."""
    one, two = profile.exams.step_1, profile.exams.step_2_ck
    scores = [attempt.score for attempt in two if attempt.score is not None]
    passed = any(attempt.result == "passed" for attempt in profile.exams.step_3)
    taken_one = any(attempt.result for attempt in one)
    taken_two = any(attempt.result or attempt.score for attempt in two)
    return {
        "step2_ck": min(scores[-1], HIGHEST_SCORE) if scores else None,
        "step_1_failures": sum(attempt.result == "failed" for attempt in one) if taken_one else None,
        "step_2_ck_failures": sum(_failed(attempt, passing) for attempt in two) if taken_two else None,
        "step_3": passed if passed or profile.visa is not None else None,
    }


def _code(words: Sequence[str], word: str | None) -> int | None:
    return None if word is None else words.index(word)


def _above(year: int | None, season: int) -> int | None:
    return None if year is None else max(season - year, 0)


def _at_most(number: int | None, most: int) -> int | None:
    return None if number is None else min(number, most)


def _failed(attempt: Attempt, passing: int) -> bool:
    if attempt.result is None:
        return attempt.score is not None and attempt.score < passing
    return attempt.result == "failed"


def _with_signals(scenario: Scenario, profile: Profile) -> Scenario:
    """The scenario with the signals that the profile states instead of its own."""
    if not profile.signals:
        return scenario
    budgets = {
        name: SignalBudget(gold=min(sent.gold, MOST_SIGNALS), silver=min(sent.silver, MOST_SIGNALS))
        for name, sent in profile.signals.items()
    }
    stated = scenario.applications.model_copy(update={"signals": budgets})
    return scenario.model_copy(update={"applications": stated})


def _road(profile: Profile, scenario: Scenario, streams: Streams, people: Applicants) -> Pathway:
    """The road of people who are verified; whether they have the certificate early, stated or by chance."""
    number, kind = np.arange(len(people), dtype=np.int32), people.applicant_type
    issued = profile.done.ecfmg_certificate
    if profile.applicant_type not in INTERNATIONAL:
        early = np.ones(len(people), np.bool_)
    elif issued is not None:
        read = load_rules(scenario.season).calendar.programs_review.value
        early = np.full(len(people), issued <= read)
    else:
        share = by_type(scenario.pathway.certified_early, kind)
        early = streams("pathway.certified_early").uniform(number) < share
    nowhere = np.full(len(people), -1, np.int8)
    return Pathway(gate=nowhere, reason=nowhere, applies=np.ones(len(people), np.bool_), certificate=early)


def _wanted(profile: Profile, programs: Programs, copies: int) -> Wanted:
    """The stated numbers of applications by pool; specialties with nothing but P programs are preliminary."""
    pools = np.unique(programs.pool_of())
    wanted = []
    for name, number in profile.applications.items():
        pool = programs.specialties.index(name)
        pool = pool if pool in pools else len(programs.specialties)
        wanted.append((np.full(copies, pool, np.int32), np.full(copies, float(number))))
    return tuple(wanted)


def _check(profile: Profile, season: Season, copies: int) -> None:
    problems = []
    known = season.tracks.specialties
    for part in ("specialties", "applications", "signals"):
        for name in getattr(profile, part):
            if name not in known:
                near = did_you_mean(name, known) or f"there are {', '.join(known)}"
                told = f"no program of the season is of the specialty {shown(name)}"
                problems.append(Problem(told, path=part, remedy=near))
    if profile.couple:
        told = "a probe matches alone, and this person is one of a couple"
        problems.append(Problem(told, path="couple", remedy="ask about the person alone: couple: false"))
    for stage in PLAN:
        source = stage.source(season.scenario)
        if stage.name in SIMULATED and source:
            told = f"newcomers go by the rules of a simulated season, and this table comes from {source}"
            problems.append(Problem(told, path=stage.name))
    if not isinstance(copies, (int, np.integer)) or copies < 1:
        problems.append(Problem(f"must be a whole number from 1, got {shown(copies)}", path="copies"))
    if problems:
        raise InputError(problems)
