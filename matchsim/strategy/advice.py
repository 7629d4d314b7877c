"""Advice: one person's chances in simulated seasons, and what would change them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matchsim.errors import InputError, Problem
from matchsim.season.profile import Profile
from matchsim.season.rules import Rules
from matchsim.strategy.levers import Lever, levers
from matchsim.strategy.match_probabilities import half_widths
from matchsim.strategy.newcomers import Person
from matchsim.strategy.probes import probes
from matchsim.strategy.standards import Standards
from matchsim.tables import Float64

__all__ = ["Advice", "Estimate", "LeverEffect", "advice", "as_in"]

COPIES = 15
RANKS = 20
AT_LEAST = (1, 3, 5, 10)


@dataclass(frozen=True)
class Estimate:
    """A mean over seasons and half the width of its 95% Monte-Carlo interval (NaN below four seasons)."""

    mean: float
    half: float


@dataclass(frozen=True)
class LeverEffect:
    """A lever, and what it does on the same seasons.

    Parameters
    ----------
    lever
        The single change.
    probability
        Of a match after it.
    effect, placed_effect
        By how much it changes the probability of a match, and of a first year, SOAP included.
    """

    lever: Lever
    probability: Estimate
    effect: Estimate
    placed_effect: Estimate


@dataclass(frozen=True)
class Advice:
    """What :func:`advice` found.

    Parameters
    ----------
    profile
        The person as asked about: in the year of the simulated season, alone.
    seasons, copies
        How many seasons, and copies of the person in each.
    interviews
        The probability of so many interviews at least, by number.
    mean_interviews
        Interviews held on average.
    by_ranks
        The probability of a match by number of programs ranked, from 1.
    matched, soap, placed
        The probabilities of a match, of a first year in SOAP, and of either.
    effects
        The levers, the largest effect first.
    """

    profile: Profile
    seasons: int
    copies: int
    interviews: dict[int, Estimate]
    mean_interviews: Estimate
    by_ranks: tuple[Estimate, ...]
    matched: Estimate
    soap: Estimate
    placed: Estimate
    effects: tuple[LeverEffect, ...]


def as_in(profile: Profile, year: int, season: int) -> Profile:
    """The person of a profile moved from the match of one year into a season of another, and alone.

    Years since graduation, and whether the ECFMG certificate was there when programs read, do not change.
    """
    change: dict[str, object] = {"couple": False}
    if profile.graduation_year is not None:
        change["graduation_year"] = profile.graduation_year + season - year
    issued = profile.done.ecfmg_certificate
    if issued is not None:
        # The 28th stands for the end of February in years that have no 29th.
        day = issued.replace(year=issued.year + season - year, day=min(issued.day, 28))
        change["done"] = profile.done.model_copy(update={"ecfmg_certificate": day})
    return profile.model_copy(update=change)


def advice(profile: Profile, seasons: Sequence[Standards], rules: Rules, *, copies: int = COPIES) -> Advice:
    """One person's chances, and the effect of every single change, on the same seasons with the same luck.

    Parameters
    ----------
    profile
        The person, as in the year of the simulated season; see :func:`as_in`.
    seasons
        Standards of one scenario.
    rules
        Whose fees count.
    copies
        Of the person, and of the person after each change, in every season.

    Returns
    -------
    Advice

    Raises
    ------
    InputError
        When there is no season, or the person cannot be asked about; see :func:`matchsim.strategy.probes`.
    """
    if not seasons:
        raise InputError(Problem("there must be one season at least", path="seasons"))
    first = seasons[0]
    found = levers(profile, first.scenario, rules, first.programs)
    asked = [Person(profile), *(lever.person for lever in found)]
    shape = len(seasons), len(asked)
    matched, soap = np.empty(shape), np.empty(shape)
    interviews, curve = [], []
    for s, season in enumerate(seasons):
        every = probes(asked, season, copies)
        matched[s] = every.matched.reshape(len(asked), copies).mean(axis=1)
        soap[s] = every.soap.reshape(len(asked), copies).mean(axis=1)
        own = every.of(0)
        interviews.append([*((own.interviews >= n).mean() for n in AT_LEAST), own.interviews.mean()])
        curve.append(own.within(RANKS))
    placed = matched + soap
    held = _estimates(np.array(interviews))
    effects = [
        LeverEffect(
            lever,
            *_estimates(
                np.stack([matched[:, i], matched[:, i] - matched[:, 0], placed[:, i] - placed[:, 0]], axis=1)
            ),
        )
        for i, lever in enumerate(found, 1)
    ]
    own_chances = _estimates(np.stack([matched[:, 0], soap[:, 0], placed[:, 0]], axis=1))
    return Advice(
        profile=profile,
        seasons=len(seasons),
        copies=copies,
        interviews=dict(zip(AT_LEAST, held, strict=False)),
        mean_interviews=held[-1],
        by_ranks=tuple(_estimates(np.array(curve))),
        matched=own_chances[0],
        soap=own_chances[1],
        placed=own_chances[2],
        effects=tuple(sorted(effects, key=lambda one: -one.effect.mean)),
    )


def _estimates(values: Float64) -> list[Estimate]:
    """One estimate for each column; rows are seasons."""
    halves = half_widths(values)
    return [Estimate(float(m), float(h)) for m, h in zip(values.mean(axis=0), halves, strict=True)]
