"""SOAP: applications, offers in rounds, and contacts after them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp

from matchsim.season.scenario.model import Scenario
from matchsim.season.tables import Applicants, Programs
from matchsim.season.words import TRACKS

__all__ = ["Acceptance", "SoapOffers", "first_contacts", "soap_choice", "soap_rounds", "soap_weight"]


def soap_weight(
    scenario: Scenario,
    applicants: Applicants,
    programs: Programs,
    a: int,
    p: int,
    file: float,
    attitude: float,
) -> float:
    """How readily `a` applies to the unfilled program `p` in SOAP: taste, times the chance that is seen.

    The chance falls with every SD that the program stands above what the applicant is worth there: the
    `file`, and the program's `attitude` to the applicant's type.
    """
    given = scenario.soap
    gap = float(programs.prestige[p]) - (file + attitude)
    weight = exp(-given.caution * gap) if gap > 0 else 1.0
    if TRACKS[programs.track[p]] == "P":
        weight *= given.preliminary_weight
    if programs.specialty[p] in (applicants.preferred[a], applicants.backup[a]):
        weight *= given.specialty_weight
    return weight


def soap_choice(words: Sequence[int], weights: Sequence[float | None], most: int) -> list[int]:
    """Places of the unfilled programs that somebody applies to in SOAP, at most `most`.

    Weights are None where the person may not apply. The programs with the smallest ratios of draw to
    weight are taken: sequential Poisson sampling (Ohlsson, Journal of Official Statistics 14(2) 1998,
    149-162).
    """
    possible = [k for k, weight in enumerate(weights) if weight is not None]
    return sorted(possible, key=lambda k: words[k] / max(weights[k] or 0.0, 1e-9))[:most]


@dataclass(frozen=True)
class Acceptance:
    """One position accepted: by whom, where, in which round from 0."""

    applicant: int
    program: int
    round: int


@dataclass(frozen=True)
class SoapOffers:
    """What SOAP did: the acceptances, and the offers of every round as (applicant, program)."""

    accepted: list[Acceptance]
    offers: list[list[tuple[int, int]]]


def soap_rounds(
    preferences: Sequence[Sequence[int]],
    open_seats: Sequence[int],
    kind: Sequence[str],
    missing: Sequence[frozenset[str]],
    wishes: Mapping[tuple[int, int], float],
    withholds: Callable[[int, int, int], bool],
    waits: Callable[[int, int, int], bool],
    rounds: int,
) -> SoapOffers:
    """The offer rounds of SOAP, by the rules.

    Parameters
    ----------
    preferences
        By program: applicants, best first.
    open_seats
        By program.
    kind
        By program: ``whole`` (C, M, R), ``first_year`` (P) or ``later`` (A).
    missing
        By applicant: the kinds of position that they may take.
    wishes
        How much a person wishes for a program, by (applicant, program).
    withholds
        Whether a program would rather leave a position empty in a round (from 0) than offer it to a
        person, by (applicant, program, round).
    waits
        Whether a person refuses a program's offer in a round in hope of a better one, likewise.
    rounds
        Number of offer rounds.
    """
    seats = list(open_seats)
    free = [set(kinds) for kinds in missing]
    asked: set[tuple[int, int]] = set()
    accepted: list[Acceptance] = []
    told: list[list[tuple[int, int]]] = []
    for r in range(rounds):
        offers = [
            (a, p)
            for p, listed in enumerate(preferences)
            for a in [
                a for a in listed if (a, p) not in asked and kind[p] in free[a] and not withholds(a, p, r)
            ][: seats[p]]
        ]
        asked |= set(offers)
        told.append(offers)
        for a in sorted({a for a, _ in offers}):
            mine = [p for b, p in offers if b == a and not waits(a, p, r)]
            for p in _taken(a, mine, kind, wishes):
                accepted.append(Acceptance(a, p, r))
                seats[p] -= 1
                free[a] -= _closed(kind[p])
    return SoapOffers(accepted, told)


def first_contacts(
    contacts: Sequence[tuple[int, int]],
    agreed: Callable[[int, int], bool],
    open_seats: Sequence[int],
    kind: Sequence[str],
    missing: Sequence[frozenset[str]],
) -> list[tuple[int, int]]:
    """Who has which position by contact after SOAP: `contacts` are (applicant, program) as they come."""
    seats, free = list(open_seats), [set(kinds) for kinds in missing]
    made: list[tuple[int, int]] = []
    for a, p in contacts:
        if seats[p] > 0 and kind[p] in free[a] and agreed(a, p):
            made.append((a, p))
            seats[p] -= 1
            free[a] -= _closed(kind[p])
    return made


def _closed(kind: str) -> set[str]:
    """The kinds of position that nobody may take beside one of this kind."""
    return {"whole", kind} if kind != "whole" else {"whole", "first_year", "later"}


def _taken(
    a: int, offered: Sequence[int], kind: Sequence[str], wishes: Mapping[tuple[int, int], float]
) -> list[int]:
    """The one offer most wished for; beside a preliminary or an advanced one, the best of the other kind."""
    if not offered:
        return []
    best = max(offered, key=lambda p: wishes[a, p])
    if kind[best] == "whole":
        return [best]
    other = {"first_year": "later", "later": "first_year"}[kind[best]]
    rest = [p for p in offered if kind[p] == other]
    return [best, *([max(rest, key=lambda p: wishes[a, p])] if rest else [])]
