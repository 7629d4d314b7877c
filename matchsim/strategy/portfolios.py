"""Which programs to apply to: portfolios made by theory and by rules of thumb, tried in simulated seasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from matchsim.errors import InputError, Problem, counted, did_you_mean, shown
from matchsim.season.applications import signals
from matchsim.season.fees import fees
from matchsim.season.profile import Profile
from matchsim.season.ragged import offsets_of_counts, owners_of
from matchsim.season.requirements import asked, had
from matchsim.season.scenario.applications import SignalBudget
from matchsim.season.scenario.model import Scenario
from matchsim.season.tables import SIGNALS, Applications
from matchsim.strategy.match_probabilities import half_widths
from matchsim.strategy.newcomers import Newcomers, Person, newcomers, signalling
from matchsim.strategy.plans import PLANS, Planned, kinds, mixed, planned
from matchsim.strategy.probes import interviewed, ranked
from matchsim.strategy.standards import Standards
from matchsim.tables import Float64, Int8, Int32, Int64, Table, column

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Portfolios", "portfolios"]

NUMBERS = (5, 10, 20, 40, 80)
LAST = 0.5
# The chance is estimated for so many parts of the programs, by standing.
PARTS = 10
# More interviews than anybody is asked to.
NO_LIMIT = 100_000.0


@dataclass(frozen=True, eq=False, repr=False)
class Portfolios(Table):
    """What a person gets with each of several portfolios in one specialty; made by :func:`portfolios`.

    The intervals say how far the mean of so many seasons may lie from that of endlessly many. How well the
    parameters of the scenario are known is not in them.

    Parameters
    ----------
    specialty
        Where the applications go.
    seasons, copies
        In how many seasons portfolios were tried, and copies of the person in every one.
    """

    rows = "portfolio"

    specialty: str
    seasons: int
    copies: int
    plan: Int8 = column(np.int8, "portfolio", "how it was made", labels=tuple(PLANS))
    number: Int32 = column(np.int32, "portfolio", "applications allowed", unit="applications")
    reach: Int32 = column(
        np.int32,
        "portfolio",
        "of them to programs less than a third as likely as the likeliest, -1 = drawn anew for each copy",
        unit="applications",
    )
    match: Int32 = column(np.int32, "portfolio", "to likelier ones, up to two thirds", unit="applications")
    safe: Int32 = column(np.int32, "portfolio", "to the others", unit="applications")
    applications: Float64 = column(
        np.float64, "portfolio", "applications sent on average", unit="applications"
    )
    fees: Float64 = column(np.float64, "portfolio", "paid for them on average", unit="USD")
    interviews: Float64 = column(np.float64, "portfolio", "interviews held on average", unit="interviews")
    probability: Float64 = column(np.float64, "portfolio", "probability of a match, every interview ranked")
    half: Float64 = column(
        np.float64,
        "portfolio",
        "half its 95% Monte-Carlo interval (Student's t over seasons); NaN below 4 seasons",
    )
    worth: Float64 = column(
        np.float64, "portfolio", "mean value of the position won, 0 for none, 1 for the best program"
    )
    worth_half: Float64 = column(np.float64, "portfolio", "half its 95% interval")
    promised: Float64 = column(
        np.float64, "portfolio", "the mean value that the theory expects; NaN for plans without one"
    )
    unsignalled: Float64 = column(
        np.float64, "place", "the chance by which plans went: of a match from one application there"
    )
    silver: Float64 = column(np.float64, "place", "the same with a silver signal")
    gold: Float64 = column(np.float64, "place", "the same with a gold signal")
    value: Float64 = column(np.float64, "place", "what a position there is worth, 1 at the best program")

    def marginal(self) -> pd.DataFrame:
        """What the applications beyond those of the next smaller portfolio cost and do.

        Returns
        -------
        pandas.DataFrame
            Columns ``plan``, ``number`` (the smallest compared with none); ``applications``, ``fees`` (USD),
            ``probability`` and ``worth``, each what is added; ``usd_per_point``, the fees for a percentage
            point of probability, infinite where nothing is gained.
        """
        import pandas as pd

        frame = self.to_pandas().sort_values(["plan", "number"], kind="stable")
        added = ["applications", "fees", "probability", "worth"]
        steps = frame.groupby("plan", observed=True, sort=False)[added].diff().fillna(frame[added])
        table = pd.concat([frame[["plan", "number"]], steps], axis=1).reset_index(drop=True)
        gained = table["probability"].to_numpy()
        price = np.full(len(table), np.inf)
        np.divide(table["fees"], 100 * gained, out=price, where=gained > 0)
        return table.assign(usd_per_point=price)

    def __repr__(self) -> str:
        most = self.number == self.number.max(initial=0)
        words = list(PLANS)
        told = ", ".join(
            f"{words[p]} {chance:.0%}"
            for p, chance in zip(self.plan[most], self.probability[most], strict=True)
        )
        return (
            f"<Portfolios of {int(self.number.max(initial=0)):,} in {self.specialty}: {told}; "
            f"{counted(self.seasons, 'season')} of {counted(self.copies, 'probe')}>"
        )


def portfolios(
    profile: Profile,
    seasons: Sequence[Standards],
    *,
    specialty: str | None = None,
    numbers: Sequence[int] | None = None,
    last: float = LAST,
    copies: int = 100,
) -> Portfolios:
    """To which programs of a specialty to apply: plans by theory, and by rules of thumb, tried out.

    The programs whose requirements the person meets are taken in the order of their standing, in every
    season; where fewer consider a copy than usual, some places fall together. In the first half of the
    seasons it is estimated how likely a match follows from one application without a signal, with a silver
    and with a gold one, tenth by tenth of these programs, by probes that apply to all of them and can hold
    any number of interviews; less standing is never taken to be less likely. Of so many applications as many
    have signals as the person can send, and each is taken to have the mean chance. With these chances, and a
    value of each position that falls evenly from 1 at the first program to `last` at the last (a wish, not an
    estimate), the plans of :data:`PLANS` choose programs. Then each portfolio is tried in the other half of
    the seasons, in full: with screening, signals by the season's strategy, as many interviews as the copy can
    hold, and its own true list.

    Parameters
    ----------
    profile
        The person, who matches alone.
    seasons
        Standards of simulated seasons, two at least; see :func:`matchsim.strategy.standards`.
    specialty
        Where to apply; None for the first that the profile names.
    numbers
        How many applications; None for those of 5, 10, 20, 40 and 80 that there are programs for.
    last
        What a position at the last program is worth, from 0 to 1, where one at the first is worth 1 and
        none 0.
    copies
        Copies of the person in every season.

    Returns
    -------
    Portfolios
        Plan by plan, and by number.

    Raises
    ------
    InputError
        With every number that does not go, or when the specialty has no program that considers the
        person; and as :func:`matchsim.strategy.probes`.

    Notes
    -----
    Chade and Smith, "Simultaneous search", Econometrica 74 (2006), 1293-1307, for ``independent``; Ali and
    Shorrer, "Hedging when applying: simultaneous search with correlation" (2021), for ``common_score``, which
    sends fewer applications than allowed where more would add nothing. Neither is the model: programs see
    the same file and disagree about it, interviews are limited, and signals are few. What either promises
    stands beside what it gives.
    """
    _check(seasons, last)
    specialty = _specialty(profile, seasons[0], specialty)
    person = Person(
        profile.model_copy(
            update={"specialties": profile.specialties or [specialty], "applications": {specialty: 1}}
        )
    )
    everybody = [_candidates(person, season, specialty, copies) for season in seasons]
    size = int(np.median([len(some) for one in everybody for some in one.considering]))
    if not size:
        told = f"no program of {specialty} considers this person"
        raise InputError(Problem(told, path="specialty", remedy="ask about another specialty"))
    if numbers is None:
        numbers = [number for number in NUMBERS if number <= size] or [size]
    _check_numbers(numbers, size)
    planning, trying = everybody[: (len(seasons) + 1) // 2], everybody[(len(seasons) + 1) // 2 :]
    curves = [_chances(planning, size, signal) for signal in range(len(SIGNALS))]
    value = _value((np.arange(size) + 0.5) / size, last)
    budget = signalling(seasons[0].scenario, person).signals
    assert isinstance(budget, dict)
    sent_with = budget.get(specialty, SignalBudget())
    chances = {number: mixed(curves, sent_with, number) for number in numbers}
    rows = [
        _Row(number, chances[number], planned(plan, chances[number], value, number))
        for plan in PLANS
        for number in numbers
    ]
    found = np.array(
        [[_tried(one, row.number, row.planned.places, size, last) for one in trying] for row in rows]
    )
    of_kinds = np.array([kinds(row.chance, row.planned.places) for row in rows], np.int32)
    sent, paid, held, matched, worth = found.mean(axis=1).T
    return Portfolios(
        specialty=specialty,
        seasons=len(trying),
        copies=copies,
        plan=np.repeat(np.arange(len(PLANS), dtype=np.int8), len(numbers)),
        number=np.array([row.number for row in rows], np.int32),
        reach=of_kinds[:, 0],
        match=of_kinds[:, 1],
        safe=of_kinds[:, 2],
        applications=sent,
        fees=paid,
        interviews=held,
        probability=matched,
        half=half_widths(found[:, :, 3].T),
        worth=worth,
        worth_half=half_widths(found[:, :, 4].T),
        promised=np.array([row.planned.promised for row in rows]),
        unsignalled=curves[0],
        silver=curves[1],
        gold=curves[2],
        value=value,
    )


class _Row(NamedTuple):
    """The number of applications, the chance of each by which a plan goes, and what it makes of them."""

    number: int
    chance: Float64
    planned: Planned


def _value(place: Float64, last: float) -> Float64:
    """What a position is worth; `place` runs from 0, the first program, to 1, the last."""
    return 1 - (1 - last) * place


class _Candidates(NamedTuple):
    """Copies of the person in one season, and which programs consider each, the highest standing first."""

    season: Standards
    person: Person
    specialty: str
    people: Newcomers
    considering: list[Int64]


def _candidates(person: Person, season: Standards, specialty: str, copies: int) -> _Candidates:
    people, programs = newcomers([person], season, copies), season.programs
    pool = np.flatnonzero(programs.pool_of() == programs.specialties.index(specialty))
    pool = pool[np.argsort(-programs.prestige[pool], kind="stable")]
    has, asks = had(people.applicants, people.road), asked(programs)[pool]
    considering = [pool[(mine >= asks).all(axis=1)] for mine in has]
    return _Candidates(season, person, specialty, people, considering)


def _chances(planning: list[_Candidates], size: int, signal: int) -> Float64:
    """The chance of a match from one application with a signal at every place, falling nowhere."""
    wins, asked_of = np.zeros(PARTS), np.zeros(PARTS)
    for one in planning:
        sent = _to(one, one.considering)
        unlimited = replace(one.season, scenario=_unlimited(one.season.scenario))
        people = one.people._replace(applied=sent.replace(signal=np.full(len(sent), signal, np.int8)))
        listed, takes = ranked(unlimited, people, interviewed(unlimited, people))
        part = np.zeros((len(one.considering), len(one.season)), np.int64)
        for copy, some in enumerate(one.considering):
            part[copy, some] = PARTS * np.arange(len(some)) // max(len(some), 1)
        asked_of += np.bincount(part[sent.applicants(), sent.program], minlength=PARTS)
        wins += np.bincount(part[listed.person[takes], listed.program[takes]], minlength=PARTS)
    share = np.divide(wins, asked_of, out=np.zeros(PARTS), where=asked_of > 0)
    middle = (np.arange(PARTS) + 0.5) / PARTS
    return np.interp((np.arange(size) + 0.5) / size, middle, np.maximum.accumulate(share))


def _unlimited(scenario: Scenario) -> Scenario:
    """The scenario in which everybody can hold and rank all interviews."""
    capacity = scenario.interviews.capacity.model_copy(update={"mean": NO_LIMIT})
    met = scenario.interviews.model_copy(update={"capacity": capacity, "cap": None})
    lists = scenario.rank_lists.model_copy(update={"most": None})
    return scenario.model_copy(update={"interviews": met, "rank_lists": lists})


def _tried(
    one: _Candidates, number: int, choice: Int64 | None, size: int, last: float
) -> tuple[float, float, float, float, float]:
    """Applications, fees, interviews, matches and worth of a portfolio: means over the copies of a season."""
    copies = len(one.considering)
    if choice is None:
        profile = one.person.profile.model_copy(update={"applications": {one.specialty: number}})
        people = newcomers([Person(profile)], one.season, copies)
    else:
        at = (choice + 0.5) / size
        chosen = [some[np.unique((at * len(some)).astype(np.int64))] for some in one.considering]
        people = one.people._replace(applied=_to(one, chosen))
    held = interviewed(one.season, people)
    listed, takes = ranked(one.season, people, held)
    winner, first = np.unique(listed.person[takes], return_index=True)
    worth = 0.0
    for person, program in zip(winner, listed.program[takes][first], strict=True):
        some = one.considering[person]
        worth += float(_value((np.flatnonzero(some == program) + 0.5) / len(some), last)[0])
    sent = len(people.applied) / copies
    return sent, float(people.applied.fees.mean()), len(held) / copies, len(winner) / copies, worth / copies


def _to(one: _Candidates, chosen: list[Int64]) -> Applications:
    """The applications of copies that apply to these programs."""
    season, people = one.season, one.people
    offsets = offsets_of_counts(np.array([len(some) for some in chosen]))
    program = np.concatenate([np.sort(some) for some in chosen]).astype(np.int32)
    fit = people.streams("applications.fit").pair_normal(owners_of(offsets), program)
    given = season.scenario.model_copy(update={"applications": signalling(season.scenario, one.person)})
    return Applications(
        applicant_offsets=offsets,
        program=program,
        fit=fit,
        signal=signals(given, people.applicants, season.programs, offsets, program, fit),
        fees=fees(season.scenario, season.programs, offsets, program),
    )


def _specialty(profile: Profile, season: Standards, given: str | None) -> str:
    """The specialty asked about."""
    programs = season.programs
    pools = np.unique(programs.pool_of())
    known = [name for i, name in enumerate(programs.specialties) if i in pools]
    name = given if given is not None else next(iter(profile.specialties), None)
    if name is None:
        told = "no specialty is named, so that it is not known where to apply"
        raise InputError(Problem(told, path="specialty", remedy="name one"))
    if name not in known:
        told = f"no program of the season is of the specialty {shown(name)}"
        remedy = did_you_mean(name, known) or f"there are {', '.join(known)}"
        raise InputError(Problem(told, path="specialty", remedy=remedy))
    return name


def _check(seasons: Sequence[Standards], last: float) -> None:
    problems = []
    if len(seasons) < 2:
        told = f"there must be two at least, to plan by one and try in the other; got {len(seasons)}"
        problems.append(Problem(told, path="seasons"))
    if not 0 <= last <= 1:
        problems.append(Problem(f"must be from 0 to 1, got {shown(last)}", path="last"))
    if problems:
        raise InputError(problems)


def _check_numbers(numbers: Sequence[int], size: int) -> None:
    problems = [
        Problem(
            f"must be a whole number from 1 to {size}, the programs that consider the person;"
            f" got {shown(number)}",
            path="numbers",
        )
        for number in numbers
        if not isinstance(number, (int, np.integer)) or isinstance(number, bool) or not 1 <= number <= size
    ]
    if not len(numbers):
        problems.append(Problem("there must be one at least", path="numbers"))
    if problems:
        raise InputError(problems)
