"""Applications to unfilled programs, and what both sides think of them: SOAP, and first contacts after it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchsim.season import _kernels
from matchsim.season.ragged import offsets_of_counts
from matchsim.season.requirements import KNOWN_TO_ALL, asked, had
from matchsim.season.scenario.model import Scenario
from matchsim.season.standing import attitudes, files, screening_scores, standings, wishes
from matchsim.season.tables import Applicants, Applications, Pathway, Programs
from matchsim.season.words import APPLICANT_TYPES
from matchsim.streams import Stream, Streams
from matchsim.tables import Bool, Float32, Float64, Int8, Int32

__all__ = ["Opinions", "apply_to_unfilled", "opinions"]

# Draws held at once while choosing programs; a chunk of about 1 MB stays in a processor's cache.
DRAWS_AT_ONCE = 250_000
# Bounds of both exponents of a chance: one of them would be infinite at 710, and their sum is looked at.
STEEPEST = 350.0


@dataclass(frozen=True)
class Opinions:
    """What both sides think of applications, one entry an application.

    Attributes
    ----------
    score
        What the program sees in the applicant, in SD; minus infinity where it cannot take them.
    wish
        How much the applicant wishes for the program, in SD.
    withheld
        In how many of the first rounds the program would rather leave a position empty.
    refused
        In how many of the first rounds the applicant would wait for something better.
    """

    score: Float32
    wish: Float32
    withheld: Int8
    refused: Int8


def apply_to_unfilled(
    scenario: Scenario,
    streams: Streams,
    applicants: Applicants,
    road: Pathway,
    programs: Programs,
    open_to_all: Bool,
    kind: Int8,
    may_take: Bool,
    draws: Stream,
    most: int,
) -> Applications:
    """Everybody's applications to programs with open positions, at most so many through each service.

    Parameters
    ----------
    open_to_all
        Which programs have positions open; shape (programs,).
    kind, may_take
        Kind of position of each program; which kinds everybody may take, shape (3 kinds, applicants).
    draws
        A draw for every pair.
    most
        The most applications of a person through one service.
    """
    people = np.flatnonzero(may_take.any(axis=0)).astype(np.int32)
    service = _services(scenario, programs)
    owners, chosen = [np.empty(0, dtype=np.int32)], [np.empty(0, dtype=np.int32)]
    for one in np.unique(service[open_to_all]):
        unfilled = np.flatnonzero(open_to_all & (service == one)).astype(np.int32)
        picked, sent = _chosen(
            scenario, applicants, road, programs, people, unfilled, kind, may_take, draws, most
        )
        owners.append(np.repeat(people, sent))
        chosen.append(picked[np.arange(picked.shape[1]) < sent[:, None]])
    owner, program = np.concatenate(owners), np.concatenate(chosen)
    if len(owners) > 2:
        order = np.argsort(owner, kind="stable")
        owner, program = owner[order], program[order]
    return Applications(
        applicant_offsets=offsets_of_counts(np.bincount(owner, minlength=len(applicants))),
        program=program,
        fit=streams("applications.fit").pair_normal(owner, program),
        signal=np.zeros(len(program), dtype=np.int8),
        fees=np.zeros(len(applicants), dtype=np.float32),
    )


def _services(scenario: Scenario, programs: Programs) -> Int32:
    """The number of every program's application service; int32, shape (programs,)."""
    named = scenario.soap.services
    assert isinstance(named, dict)
    services = ["", *sorted(set(named.values()))]
    by_specialty = [services.index(named.get(name, "")) for name in programs.specialties]
    return np.array(by_specialty, dtype=np.int32)[programs.specialty]


def _chosen(
    scenario: Scenario,
    applicants: Applicants,
    road: Pathway,
    programs: Programs,
    people: Int32,
    unfilled: Int32,
    kind: Int8,
    may_take: Bool,
    draws: Stream,
    most: int,
) -> tuple[Int32, Int32]:
    """The programs that each of the people applies to, and how many of each row count."""
    given = scenario.soap
    chosen = np.empty((len(people), min(most, len(unfilled))), dtype=np.int32)
    sent = np.zeros(len(people), dtype=np.int32)
    if not chosen.size:
        return chosen, sent
    outlook, file = _chances_seen(scenario, applicants, programs)
    # Nobody overlooks the first requirements; the others show in the score.
    has, asks = had(applicants, road)[:, :KNOWN_TO_ALL], asked(programs)[:, :KNOWN_TO_ALL]
    weight = np.where(programs.is_track("P"), given.preliminary_weight, 1.0)
    about_programs = (
        unfilled,
        kind[unfilled],
        weight[unfilled],
        programs.specialty[unfilled],
        np.ascontiguousarray(asks[unfilled].T),
        outlook[:, unfilled],
    )
    step = max(1, DRAWS_AT_ONCE // len(unfilled))
    for start in range(0, len(people), step):
        block = slice(start, start + step)
        some = people[block]
        _kernels.choose_in_soap(
            draws.words_at(some, unfilled),
            *about_programs,
            may_take[:, some],
            applicants.preferred[some],
            applicants.backup[some],
            has[some],
            applicants.applicant_type[some],
            file[some],
            given.specialty_weight,
            chosen[block],
            sent[block],
        )
    return chosen, sent


def _chances_seen(scenario: Scenario, applicants: Applicants, programs: Programs) -> tuple[Float64, Float64]:
    """Two factors of the chance that people see in a program, beyond which it is certain.

    The chance is ``exp(-caution * gap)``, where the program's prestige lies ``gap`` SD above the person's
    standing there: the file and the program's attitude to the type. It comes in a factor by type and
    program, and one by person, so that no exponential has to be computed for a pair.
    """
    caution = scenario.soap.caution
    outlook = caution * (attitudes(scenario, programs) - programs.prestige)
    file = caution * files(scenario, applicants)
    return np.exp(outlook.clip(-STEEPEST, STEEPEST)), np.exp(file.clip(-STEEPEST, STEEPEST))


def opinions(
    scenario: Scenario,
    streams: Streams,
    applicants: Applicants,
    road: Pathway,
    programs: Programs,
    applied: Applications,
) -> Opinions:
    """What both sides think of these applications."""
    given, owner = scenario.soap, applied.applicants()
    wish = wishes(
        scenario,
        applicants,
        programs,
        applied.applicant_offsets,
        applied.program,
        applied.fit,
        np.zeros(len(applicants)),
    )
    noise = np.float32(given.noise) * streams("soap.screening").pair_normal(owner, applied.program)
    senior = np.array([t.endswith("senior") for t in APPLICANT_TYPES])[applicants.applicant_type[owner]]
    besides: Float32 = noise + np.float32(given.interest) * wish + np.float32(given.senior) * senior
    score = screening_scores(_reading_everybody(scenario), applicants, road, programs, applied, besides)
    return Opinions(
        score=score,
        wish=wish,
        withheld=_rounds_below(score, given.threshold, given.threshold_fall, given.rounds),
        refused=_rounds_refused(scenario, streams, applicants, applied, wish),
    )


def _reading_everybody(scenario: Scenario) -> Scenario:
    """The scenario with the score below which nobody is interviewed out of the way: SOAP has its own."""
    screening = scenario.interviews.screening.model_copy(update={"lowest": -np.inf})
    interviews = scenario.interviews.model_copy(update={"screening": screening})
    return scenario.model_copy(update={"interviews": interviews})


def _rounds_below(value: Float32, least: float | Float64, fall: float, rounds: int) -> Int8:
    """In how many of the first rounds, the time after SOAP being one more, a value lies below a bar.

    The bar is `least` in the first round and falls by `fall` with each.
    """
    below = np.zeros(len(value), dtype=np.int8)
    for r in range(rounds + 1):
        below += value < least - fall * r
    return below


def _rounds_refused(
    scenario: Scenario, streams: Streams, applicants: Applicants, applied: Applications, wish: Float32
) -> Int8:
    """In how many of the first rounds each offer would be refused: not good enough, or for a gamble."""
    given, owner = scenario.soap, applied.applicants()
    expected = given.expectation + given.expectation_slope * standings(scenario, applicants)
    too_little = _rounds_below(wish, expected[owner], given.expectation_fall, given.rounds)
    word, _ = streams("soap.refusal").pair_words(owner, applied.program)
    uniform = (word + 0.5) * 2.0**-32
    gambled = np.zeros(len(applied), dtype=np.int8)
    waits = np.ones(len(applied), dtype=np.bool_)
    for chance in given.refusal[: given.rounds]:
        waits &= uniform < chance
        gambled += waits
    return np.maximum(too_little, gambled)
