"""People who are not in a season: drawn from what a profile says, and from the season where it is silent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from matchsim.errors import InputError, Problem, did_you_mean, shown
from matchsim.season.applications import sent, signals, wanted
from matchsim.season.attributes import by_type
from matchsim.season.cohort import cohort
from matchsim.season.fees import Wanted
from matchsim.season.pathway.exams import outcome
from matchsim.season.plan import PLAN
from matchsim.season.profile import Profile
from matchsim.season.rules import load_rules
from matchsim.season.rules.loading import shipped_seasons
from matchsim.season.scenario.applications import Applications as ApplicationsPart
from matchsim.season.scenario.applications import SignalBudget, SignalStrategy
from matchsim.season.scenario.model import Counts, Scenario
from matchsim.season.tables import Applicants, Applications, Pathway, Programs
from matchsim.season.words import CITIZENSHIPS, DIVISIONS, INTERNATIONAL, VISAS
from matchsim.strategy.season_menus import without_menus
from matchsim.strategy.standards import Standards
from matchsim.streams import Renumbered, Stream, Streams
from matchsim.tables import Float64, Int8, Int32

__all__ = [
    "Newcomers",
    "Person",
    "ProbeStreams",
    "check_askable",
    "newcomers",
    "room",
    "signalling",
    "unaskable",
    "without_signals",
]


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
# Columns that cannot be raised without end.
MOST = {"step2_ck": HIGHEST_SCORE, "us_letters": MOST_LETTERS, "mock_interviews": FEW, "research": 10_000}


class ProbeStreams(Streams):
    """The streams of a season as newcomers meet them: their own luck, and the season's programs.

    The stream of a decision is that of the season called ``probes.`` and the decision; decisions of
    programs are the season's own. The copies of every person have the same luck: agent ``n`` draws what
    agent ``n % copies`` draws.
    """

    def __init__(self, seed: int, replicate: int, copies: int) -> None:
        super().__init__(seed, replicate)
        self.copies = copies

    def __call__(self, decision: str) -> Stream:
        """The stream of a decision."""
        if decision in OF_PROGRAMS:
            return super().__call__(decision)
        return Renumbered(super().__call__(f"probes.{decision}"), self._luck)

    def _luck(self, agents: Int32) -> Int32:
        return np.asarray(agents % self.copies, np.int32)


@dataclass(frozen=True)
class Person:
    """Whom to ask about: a profile, and what is to be otherwise than it says.

    Parameters
    ----------
    profile
        The person, who matches alone.
    more
        What is added to columns of ``Applicants``, said or drawn, by name: ``{"step2_ck": 10}``.
    signal_strategy
        Where signals go, as ``applications.signal_strategy`` of a scenario; None = as in the season.
    """

    profile: Profile
    more: Mapping[str, float] = field(default_factory=dict)
    signal_strategy: SignalStrategy | None = None


class Newcomers(NamedTuple):
    """Copies of people who are not in the season, person by person, and where they apply.

    Parameters
    ----------
    streams
        Their luck.
    applicants, road, applied
        The tables of the season, of these people.
    """

    streams: Streams
    applicants: Applicants
    road: Pathway
    applied: Applications


def newcomers(people: Sequence[Person], season: Standards, copies: int) -> Newcomers:
    """Draw copies of people who are alike in what the profile says and different in all else.

    What is left unsaid is drawn from the season's margins of the type, each attribute for itself: not
    conditional on what is said. All are verified at the deadline.

    Parameters
    ----------
    people
        Who match alone.
    season
        Whose rules and programs count.
    copies
        How many of each.

    Returns
    -------
    Newcomers
        Person by person.

    Raises
    ------
    InputError
        With every thing in the profiles, the season or `copies` that does not go.
    """
    _check(people, season, copies)
    scenario, tracks = season.scenario, season.programs
    streams = ProbeStreams(season.seed, season.replicate, copies)
    applicants = _applicants(people, season, streams, copies)
    road = _road(people, scenario, streams, applicants)
    number = _wanted(people, scenario, streams, applicants, road, tracks, copies)
    applied = sent(without_signals(scenario), streams, applicants, road, tracks, number)
    signal = _signals(people, scenario, applicants, tracks, applied, copies)
    return Newcomers(streams, applicants, road, applied.replace(signal=signal))


def _applicants(people: Sequence[Person], season: Standards, streams: Streams, copies: int) -> Applicants:
    """Copies of everybody: drawn once for every type, then overwritten by what profiles say."""
    scenario = season.scenario
    drawn: dict[str, Applicants] = {}
    for kind in {person.profile.applicant_type for person in people}:
        counts = Counts(**{kind: copies})
        given = scenario.cohort.model_copy(update={"registered": counts})
        drawn[kind] = cohort(scenario.model_copy(update={"cohort": given}), streams, season.programs)
    specs = Applicants.columns()
    columns: dict[str, list[Any]] = {spec.name: [] for spec in specs}
    for person in people:
        own, said = drawn[person.profile.applicant_type], _said(person.profile, season)
        for spec in specs:
            values = getattr(own, spec.name)
            if spec.name in said:
                values = np.full(copies, said[spec.name], spec.dtype)
            if spec.name in person.more:
                values = np.clip(values + person.more[spec.name], 0, MOST.get(spec.name, np.inf))
            columns[spec.name].append(values.astype(spec.dtype))
    one = next(iter(drawn.values()))
    return one.replace(**{name: np.concatenate(parts) for name, parts in columns.items()})


def _said(profile: Profile, season: Standards) -> dict[str, Any]:
    """The columns of ``Applicants`` on which the profile has a word, each with its value."""
    first, second, *_ = [*(season.programs.specialties.index(name) for name in profile.specialties), -1, -1]
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
        **_exams(profile),
    }
    return {name: value for name, value in stated.items() if value is not None}


def _exams(profile: Profile) -> dict[str, int | None]:
    """What attempts say; None where none says anything. Step 3 counts with the visa that may ask for it."""
    # Passing scores go by the day of the attempt, so the newest rules hold for all of them.
    exams = load_rules(int(max(shipped_seasons()))).exams
    one, two, three = (
        [outcome(attempt, rules) for attempt in attempts]
        for attempts, rules in (
            (profile.exams.step_1, exams.step_1),
            (profile.exams.step_2_ck, exams.step_2_ck),
            (profile.exams.step_3, exams.step_3),
        )
    )
    dated = sorted(profile.exams.step_2_ck, key=lambda attempt: attempt.date)
    scores = [attempt.score for attempt in dated if attempt.score is not None]
    # An attempt that is booked says nothing yet; a pass or a failure says that there were no others.
    known = {"passed", "failed"}
    return {
        "step2_ck": min(scores[-1], HIGHEST_SCORE) if scores else None,
        "step_1_failures": one.count("failed") if known & set(one) else None,
        "step_2_ck_failures": two.count("failed") if known & set(two) else None,
        "step_3": "passed" in three if "passed" in three or profile.visa is not None else None,
    }


def _code(words: Sequence[str], word: str | None) -> int | None:
    return None if word is None else words.index(word)


def _above(year: int | None, season: int) -> int | None:
    return None if year is None else max(season - year, 0)


def _at_most(number: int | None, most: int) -> int | None:
    return None if number is None else min(number, most)


def without_signals(scenario: Scenario) -> Scenario:
    """The scenario in which nobody signals."""
    silent = scenario.applications.model_copy(update={"signals": {}})
    return scenario.model_copy(update={"applications": silent})


def _signals(
    people: Sequence[Person],
    scenario: Scenario,
    applicants: Applicants,
    programs: Programs,
    applied: Applications,
    copies: int,
) -> Int8:
    """Everybody's signals: as many as the profile states, or the season gives, where they are to go."""
    signal, owner = np.zeros(len(applied), np.int8), applied.applicants() // copies
    stated = [signalling(scenario, person) for person in people]
    words = [one.model_dump_json() for one in stated]
    for one in dict.fromkeys(words):
        alike = [i for i, other in enumerate(words) if other == one]
        given = scenario.model_copy(update={"applications": stated[alike[0]]})
        placed = signals(given, applicants, programs, applied.applicant_offsets, applied.program, applied.fit)
        signal = np.where(np.isin(owner, alike), placed, signal)
    return signal


def signalling(scenario: Scenario, person: Person) -> ApplicationsPart:
    """The scenario's part about applications with the person's own signals."""
    changes: dict[str, Any] = {}
    if person.profile.signals:
        changes["signals"] = {
            name: SignalBudget(gold=min(some.gold, MOST_SIGNALS), silver=min(some.silver, MOST_SIGNALS))
            for name, some in person.profile.signals.items()
        }
    if person.signal_strategy is not None:
        changes["signal_strategy"] = person.signal_strategy
    return scenario.applications.model_copy(update=changes)


def _road(people: Sequence[Person], scenario: Scenario, streams: Streams, applicants: Applicants) -> Pathway:
    """The road of people who are verified; whether they have the certificate early, stated or by chance."""
    number, kind = np.arange(len(applicants), dtype=np.int32), applicants.applicant_type
    share = by_type(scenario.pathway.certified_early, kind)
    early = streams("pathway.certified_early").uniform(number) < share
    read = load_rules(scenario.season).calendar.programs_review.value
    copies = len(applicants) // len(people)
    for i, person in enumerate(people):
        own, issued = slice(i * copies, (i + 1) * copies), person.profile.done.ecfmg_certificate
        if person.profile.applicant_type not in INTERNATIONAL:
            early[own] = True
        elif issued is not None:
            early[own] = issued <= read
    nowhere = np.full(len(applicants), -1, np.int8)
    return Pathway(
        gate=nowhere, reason=nowhere, applies=np.ones(len(applicants), np.bool_), certificate=early
    )


def _wanted(
    people: Sequence[Person],
    scenario: Scenario,
    streams: Streams,
    applicants: Applicants,
    road: Pathway,
    programs: Programs,
    copies: int,
) -> Wanted:
    """Numbers of applications by pool: stated ones, and for the others drawn ones."""
    silent = np.repeat([not person.profile.applications for person in people], copies)
    parts: list[tuple[Int32, Float64]] = []
    if silent.any():
        drawn = wanted(scenario, streams, applicants, road, programs)
        parts += [(pool, np.where(silent, number, 0.0)) for pool, number in drawn]
    stated: dict[int, Float64] = {}
    for i, person in enumerate(people):
        for name, number in person.profile.applications.items():
            pool = _pool(programs, name)
            stated.setdefault(pool, np.zeros(len(applicants)))[i * copies : (i + 1) * copies] += number
    parts += [(np.full(len(applicants), pool, np.int32), number) for pool, number in stated.items()]
    return tuple(parts)


def room(programs: Programs, specialty: str) -> int:
    """How many programs applications in a specialty can go to."""
    return int(np.count_nonzero(programs.pool_of() == _pool(programs, specialty)))


def _pool(programs: Programs, specialty: str) -> int:
    """The pool that applications in a specialty go to: where it has nothing but P programs, all of these."""
    pool = programs.specialties.index(specialty)
    return pool if pool in programs.pool_of() else len(programs.specialties)


def check_askable(profile: Profile, scenario: Scenario) -> None:
    """Complain of what makes a person one whom seasons of a scenario cannot be asked about.

    Raises
    ------
    InputError
        With every problem; :func:`newcomers` finds the same ones when the season is there.
    """
    (stage,) = (stage for stage in PLAN if stage.name == "programs")
    programs: Programs = stage.function(scenario)(scenario, Streams(scenario.seed))
    problems = [*_problems(profile, programs.specialties), *unaskable(scenario)]
    if problems:
        raise InputError(problems)


def unaskable(scenario: Scenario) -> Iterator[Problem]:
    """The tables that would have to be simulated and are not, and what leaves a match without menus."""
    for stage in PLAN:
        source = stage.source(scenario)
        if stage.name in SIMULATED and source:
            told = f"newcomers go by the rules of a simulated season, and this table comes from {source}"
            yield Problem(told, path=stage.name)
    yield from without_menus(scenario)


def _check(people: Sequence[Person], season: Standards, copies: int) -> None:
    problems: list[Problem] = []
    for person in people:
        found = _problems(person.profile, season.programs.specialties)
        problems += [problem for problem in found if problem not in problems]
    problems += unaskable(season.scenario)
    if not isinstance(copies, (int, np.integer)) or copies < 1:
        problems.append(Problem(f"must be a whole number from 1, got {shown(copies)}", path="copies"))
    if not people:
        problems.append(Problem("there must be one person at least", path="people"))
    if problems:
        raise InputError(problems)


def _problems(profile: Profile, known: tuple[str, ...]) -> Iterator[Problem]:
    """What in a profile cannot be asked about."""
    for part in ("specialties", "applications", "signals"):
        for name in getattr(profile, part):
            if name not in known:
                near = did_you_mean(name, known) or f"there are {', '.join(known)}"
                told = f"no program of the season is of the specialty {shown(name)}"
                yield Problem(told, path=part, remedy=near)
    if profile.couple:
        told = "a probe matches alone, and this person is one of a couple"
        yield Problem(told, path="couple", remedy="ask about the person alone: couple: false")
