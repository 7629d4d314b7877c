"""Levers: single changes of a person that are in their hands, may happen, or are past."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from matchsim.season.pathway.exams import outcome
from matchsim.season.profile import Profile
from matchsim.season.profile.model import Signals
from matchsim.season.rules import Rules
from matchsim.season.rules.fees import specialty_fee
from matchsim.season.scenario.model import Scenario
from matchsim.strategy.newcomers import Person

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


def levers(profile: Profile, scenario: Scenario, rules: Rules, specialties: tuple[str, ...]) -> list[Lever]:
    """Every lever that this person has.

    Parameters
    ----------
    profile
        The person, who matches alone.
    scenario
        Whose signals and signal strategy count where the profile says nothing.
    rules
        Whose fees count.
    specialties
        Those that programs of the scenario have.

    Returns
    -------
    list of Lever
    """
    return [
        *_exams(profile, rules),
        *_experience(profile),
        *_applications(profile, rules, specialties),
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


def _applications(profile: Profile, rules: Rules, specialties: tuple[str, ...]) -> Iterator[Lever]:
    if not profile.applications:
        return
    first = max(profile.applications, key=lambda name: profile.applications[name])
    other = next((n for n in OTHERS if n in specialties and not profile.applications.get(n)), None)
    asked = [("applications", first, f"{MORE_APPLICATIONS} more applications in {first}")]
    if other is not None:
        told = f"{MORE_APPLICATIONS} applications in {other} besides"
        asked.append(("specialty", other, told))
    for name, specialty, told in asked:
        before = profile.applications.get(specialty, 0)
        sent = {**profile.applications, specialty: before + MORE_APPLICATIONS}
        wanted = [*profile.specialties, *({specialty} - set(profile.specialties))]
        price = specialty_fee(rules, specialty, before + MORE_APPLICATIONS)
        yield Lever(
            name,
            told,
            "yours",
            Person(profile.model_copy(update={"applications": sent, "specialties": wanted})),
            price - specialty_fee(rules, specialty, before),
            "",
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
