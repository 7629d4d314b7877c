"""Levers: single changes of a person that are in their hands, may happen, or are past."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Literal

from matchsim.errors import counted
from matchsim.season.pathway.exams import outcome
from matchsim.season.profile import Profile
from matchsim.season.profile.model import Signals
from matchsim.season.rules import Rules
from matchsim.season.rules.fees import specialty_fee
from matchsim.season.scenario.model import Scenario
from matchsim.season.tables import Programs
from matchsim.strategy.newcomers import Person, room

__all__ = ["Lever", "levers"]

Hands = Literal["yours", "may happen", "past"]

MORE_APPLICATIONS = 40
MOST_FROM_US = 4
# Specialties to which people turn, those with the most positions first.
OTHERS = ("Internal Medicine", "Family Medicine", "Pediatrics", "Psychiatry")
PLACES = {
    "within_reach": "signals to the programs wished for most within reach",
    "wish": "signals to the programs wished for most",
    "home": "signals to programs at home first",
    "chance": "signals to the least sought-after programs",
}


@dataclass(frozen=True)
class Lever:
    """One change of a person.

    Parameters
    ----------
    name, told
        A word for programs and a phrase for people.
    hands
        Whether it is theirs to do, may happen, or is past and shows what it costs them.
    person
        Whom to ask about then.
    cost
        US dollars in fees; None where the price is not known.
    note
        What limits it.
    rests_on
        The parameter of the scenario that carries most of the effect.
    """

    name: str
    told: str
    hands: Hands
    person: Person
    cost: float | None
    note: str
    rests_on: str


def levers(profile: Profile, scenario: Scenario, rules: Rules, programs: Programs) -> list[Lever]:
    """Every lever that this person has.

    Parameters
    ----------
    profile
        The person, who matches alone.
    scenario
        Whose signals and signal strategy count where the profile says nothing.
    rules
        Whose fees count.
    programs
        Those to which one can apply.

    Returns
    -------
    list of Lever
    """
    return [
        *_exams(profile, rules),
        *_experience(profile),
        *_applications(profile, rules, programs),
        *_signals(profile, scenario),
        *_visa(profile),
    ]


def _exams(profile: Profile, rules: Rules) -> Iterator[Lever]:
    passed = any(outcome(one, rules.exams.step_2_ck) == "passed" for one in profile.exams.step_2_ck)
    yield Lever(
        "step2_ck",
        "Step 2 CK 10 points higher",
        "past" if passed else "yours",
        Person(profile, more={"step2_ck": 10}),
        None,
        "it is passed, and cannot be taken again" if passed else "",
        "interviews.screening.step2_ck",
    )
    cleared, failures = {}, 0
    for name in ("step_1", "step_2_ck"):
        attempts, exam = getattr(profile.exams, name), getattr(rules.exams, name)
        cleared[name] = [one for one in attempts if outcome(one, exam) != "failed"]
        failures += len(attempts) - len(cleared[name])
    if failures:
        exams = profile.exams.model_copy(update=cleared)
        yield Lever(
            "no_failed_attempt",
            "no failed attempt at an exam",
            "past",
            Person(profile.model_copy(update={"exams": exams})),
            None,
            "what the failed attempt takes from you",
            "interviews.screening.failed_attempt",
        )


def _experience(profile: Profile) -> Iterator[Lever]:
    yield Lever(
        "us_months",
        "3 more months of US clinical experience",
        "yours",
        Person(profile, more={"us_clinical_months": 3}),
        None,
        "fees and living abroad are not known",
        "interviews.screening.us_clinical_month",
    )
    if profile.letters.from_us is None or profile.letters.from_us < MOST_FROM_US:
        yield Lever(
            "us_letter",
            "one more letter from the United States",
            "yours",
            Person(profile, more={"us_letters": 1}),
            0.0,
            "",
            "interviews.screening.us_letter",
        )


def _applications(profile: Profile, rules: Rules, programs: Programs) -> Iterator[Lever]:
    """More applications, as far as there are programs: where most are sent, and in one specialty besides."""
    sent = profile.applications
    if not sent:
        return
    left = {name: room(programs, name) - sent.get(name, 0) for name in programs.specialties}
    first = max((name for name in sent if left[name] > 0), key=lambda name: sent[name], default=None)
    other = next((name for name in OTHERS if left.get(name, 0) > 0 and not sent.get(name)), None)
    for name, specialty, told, besides in (
        ("applications", first, "more application", ""),
        ("specialty", other, "application", " besides"),
    ):
        if specialty is None:
            continue
        before = sent.get(specialty, 0)
        number = min(MORE_APPLICATIONS, left[specialty])
        more = {
            "applications": {**sent, specialty: before + number},
            "specialties": [*profile.specialties, *({specialty} - set(profile.specialties))],
        }
        cost = specialty_fee(rules, specialty, before + number) - specialty_fee(rules, specialty, before)
        budget = inf if profile.budget is None else profile.budget
        notes = {
            "to every program there is": number == left[specialty],
            "more than you can still spend": cost > budget,
        }
        yield Lever(
            name,
            f"{counted(number, told)} in {specialty}{besides}",
            "yours",
            Person(profile.model_copy(update=more)),
            cost,
            ", ".join(note for note, holds in notes.items() if holds),
            "applications.bands",
        )


def _signals(profile: Profile, scenario: Scenario) -> Iterator[Lever]:
    budgets = scenario.applications.signals
    assert isinstance(budgets, dict)
    mine = [name for name in (profile.applications or profile.specialties) if name in budgets]
    sent = {name: profile.signals.get(name, Signals()) for name in mine}
    if profile.signals and any(
        budgets[name].gold > sent[name].gold or budgets[name].silver > sent[name].silver for name in mine
    ):
        every = {
            name: Signals(
                gold=max(budgets[name].gold, sent[name].gold),
                silver=max(budgets[name].silver, sent[name].silver),
            )
            for name in mine
        }
        yield Lever(
            "all_signals",
            "every signal sent that there is",
            "yours",
            Person(profile.model_copy(update={"signals": {**profile.signals, **every}})),
            0.0,
            "",
            "interviews.screening.gold",
        )
    if mine:
        for strategy, told in PLACES.items():
            if strategy != scenario.applications.signal_strategy:
                person = Person(profile, signal_strategy=strategy)  # type: ignore[arg-type]
                name = f"signals_{strategy}"
                yield Lever(name, told, "yours", person, 0.0, "", "interviews.screening.gold")


def _visa(profile: Profile) -> Iterator[Lever]:
    if profile.visa in ("j1", "h1b"):
        resident = {"visa": "none", "citizenship": "permanent_resident"}
        yield Lever(
            "green_card",
            "a green card",
            "may happen",
            Person(profile.model_copy(update=resident)),
            None,
            "",
            "programs.requirements",
        )
