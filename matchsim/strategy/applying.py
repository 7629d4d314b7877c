"""Applying: what numbers of applications, places of signals and second specialties do for one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from matchsim.errors import InputError, Problem, counted, shown
from matchsim.season.profile import Profile
from matchsim.season.profile.model import Signals
from matchsim.season.scenario.applications import SignalStrategy
from matchsim.strategy.match_probabilities import half_widths
from matchsim.strategy.newcomers import Person
from matchsim.strategy.probes import probes
from matchsim.strategy.standards import Standards
from matchsim.tables import Float64, Int32, Table, column

__all__ = ["Choices", "applications", "compare", "dual_apply", "signals"]

STRATEGIES: tuple[SignalStrategy, ...] = get_args(SignalStrategy)


@dataclass(frozen=True, eq=False, repr=False)
class Choices(Table):
    """What a person gets with each of several choices, on the same seasons with the same luck.

    The differences are from the first choice. Intervals say how far the mean of so many seasons may lie from
    that of endlessly many; how well the parameters of the scenario are known is not in them.

    Parameters
    ----------
    names
        Of the choices, in order.
    seasons, copies
        How many seasons, and copies of each choice in every one.
    """

    rows = "choice"

    names: tuple[str, ...]
    seasons: int
    copies: int
    choice: Int32 = column(np.int32, "choice", "the choice, as numbered in `names`")
    applications: Float64 = column(np.float64, "choice", "applications sent on average", unit="applications")
    fees: Float64 = column(np.float64, "choice", "paid for them on average", unit="USD")
    interviews: Float64 = column(np.float64, "choice", "interviews held on average", unit="interviews")
    probability: Float64 = column(np.float64, "choice", "probability of a match, every interview ranked")
    half: Float64 = column(
        np.float64,
        "choice",
        "half its 95% Monte-Carlo interval (Student's t over seasons); NaN below 4 seasons",
    )
    difference: Float64 = column(np.float64, "choice", "probability less that of the first choice")
    difference_half: Float64 = column(np.float64, "choice", "half the 95% interval of the difference")
    placed: Float64 = column(np.float64, "choice", "probability of a first year, SOAP included")

    def __repr__(self) -> str:
        told = ", ".join(f"{name} {p:.0%}" for name, p in zip(self.names, self.probability, strict=True))
        return f"<Choices: {told}; {counted(self.seasons, 'season')} of {counted(self.copies, 'probe')}>"


def compare(
    choices: Mapping[str, Profile | Person], seasons: Sequence[Standards], *, copies: int = 100
) -> Choices:
    """What each of several people, or one person with each of several choices, would get.

    Parameters
    ----------
    choices
        Whom to ask about, by the name of the choice; the first is what the others are compared with.
    seasons
        Standards of simulated seasons; see :func:`matchsim.strategy.standards`.
    copies
        Copies of each in every season.

    Returns
    -------
    Choices
        In the order of `choices`.

    Raises
    ------
    InputError
        When there is no choice or no season, or somebody cannot be asked about; see
        :func:`matchsim.strategy.probes`.
    """
    given = (("choices", choices), ("seasons", seasons))
    problems = [Problem("there must be one at least", path=name) for name, some in given if not len(some)]
    if problems:
        raise InputError(problems)
    shape = len(seasons), len(choices)
    matched, placed, sent, fees, held = np.empty((5, *shape))
    for s, season in enumerate(seasons):
        found = probes(list(choices.values()), season, copies)
        of = (len(choices), copies)
        matched[s] = found.matched.reshape(of).mean(axis=1)
        placed[s] = (found.matched | found.soap).reshape(of).mean(axis=1)
        sent[s] = found.applications.reshape(of).mean(axis=1)
        fees[s] = found.fees.reshape(of).mean(axis=1)
        held[s] = found.interviews.reshape(of).mean(axis=1)
    apart = matched - matched[:, :1]
    return Choices(
        names=tuple(choices),
        seasons=len(seasons),
        copies=copies,
        choice=np.arange(len(choices), dtype=np.int32),
        applications=sent.mean(axis=0),
        fees=fees.mean(axis=0),
        interviews=held.mean(axis=0),
        probability=matched.mean(axis=0),
        half=half_widths(matched),
        difference=apart.mean(axis=0),
        difference_half=half_widths(apart),
        placed=placed.mean(axis=0),
    )


def applications(
    profile: Profile,
    seasons: Sequence[Standards],
    portfolios: Sequence[Mapping[str, int]] | None = None,
    *,
    copies: int = 100,
) -> Choices:
    """Money against probability: what each of several portfolios of applications does.

    More applications in a specialty are the same ones and some more, so the marginal application is read off
    the differences between neighbours. Programs are drawn as the season's people draw them;
    :func:`matchsim.strategy.portfolios` compares choices of programs, by theory and by rules of thumb.

    Parameters
    ----------
    profile
        The person, who matches alone.
    seasons
        Standards of simulated seasons; see :func:`matchsim.strategy.standards`.
    portfolios
        Numbers of applications by specialty; None for 10, 20, 40, 80, 120 and 160 in the first specialty.
    copies
        Copies of the person, with each choice, in every season.

    Returns
    -------
    Choices
        In the order of `portfolios`, the first of which the others are compared with.

    Raises
    ------
    InputError
        When a number is not a whole one from 0, or the profile names no specialty and no portfolio is given;
        and as :func:`compare`.
    """
    if portfolios is None:
        if not profile.specialties:
            told = "no specialty is named, so that it is not known where to apply"
            raise InputError(Problem(told, path="specialties", remedy="name one, or give portfolios"))
        portfolios = [{profile.specialties[0]: number} for number in (10, 20, 40, 80, 120, 160)]
    wrong = [
        Problem(f"must be a whole number from 0, got {shown(n)}", path=f"portfolios.{i}.{name}")
        for i, one in enumerate(portfolios)
        for name, n in one.items()
        if not isinstance(n, (int, np.integer)) or isinstance(n, bool) or n < 0
    ]
    wrong += [
        Problem("there must be one application at least", path=f"portfolios.{i}")
        for i, one in enumerate(portfolios)
        if not any(one.values())
    ]
    if wrong:
        raise InputError(wrong)
    choices = {
        " + ".join(f"{n} {name}" for name, n in one.items()): profile.model_copy(
            update={"applications": dict(one)}
        )
        for one in portfolios
    }
    return compare(choices, seasons, copies=copies)


def signals(
    profile: Profile,
    seasons: Sequence[Standards],
    strategies: Sequence[str] = STRATEGIES,
    *,
    copies: int = 100,
) -> Choices:
    """Where signals go: none at all, then by each of several strategies.

    Parameters
    ----------
    profile
        The person, who matches alone.
    seasons
        Standards of simulated seasons; see :func:`matchsim.strategy.standards`.
    strategies
        As ``applications.signal_strategy`` of a scenario: ``"within_reach"``, ``"wish"``, ``"home"``,
        ``"chance"``.
    copies
        Copies of the person, with each choice, in every season.

    Returns
    -------
    Choices
        ``none`` first, then in the order of `strategies`.

    Raises
    ------
    InputError
        When a strategy is not known; and as :func:`compare`.
    """
    unknown = [name for name in strategies if name not in STRATEGIES]
    if unknown:
        allowed = f"allowed are {', '.join(STRATEGIES)}"
        told = f"there is no strategy called {shown(unknown[0])}; {allowed}"
        raise InputError(Problem(told, path="strategies"))
    wanted = [*profile.specialties, *profile.applications] or (
        [*seasons[0].programs.specialties] if seasons else []
    )
    nothing = dict.fromkeys(wanted, Signals())
    choices: dict[str, Profile | Person] = {"none": profile.model_copy(update={"signals": nothing})}
    choices |= {name: Person(profile, signal_strategy=name) for name in strategies}  # type: ignore[arg-type]
    return compare(choices, seasons, copies=copies)


def dual_apply(
    profile: Profile,
    seasons: Sequence[Standards],
    other: str,
    *,
    shares: Sequence[float] = (0.0, 0.25, 0.5, 0.75),
    copies: int = 100,
) -> Choices:
    """Apply in a second specialty with a part of as many applications.

    Parameters
    ----------
    profile
        The person, who matches alone.
    seasons
        Standards of simulated seasons; see :func:`matchsim.strategy.standards`.
    other
        The second specialty; the applications of the profile are all moved or kept in its first.
    shares
        The parts of all applications that go to it, each from 0 to below 1.
    copies
        Copies of the person, with each choice, in every season.

    Returns
    -------
    Choices
        In the order of `shares`.

    Raises
    ------
    InputError
        When the profile states no applications or no specialty, `other` is the first one, or a share is not
        from 0 to below 1; and as :func:`compare`.
    """
    problems = []
    total = sum(profile.applications.values())
    if not profile.specialties or not total:
        problems.append(Problem("a specialty and a number of applications must be stated", path="profile"))
    elif other == profile.specialties[0]:
        problems.append(Problem(f"{other!r} is the first specialty already", path="other"))
    problems += [
        Problem(f"must be from 0 to below 1, got {shown(share)}", path="shares")
        for share in shares
        if not 0 <= share < 1
    ]
    if problems:
        raise InputError(problems)
    first = profile.specialties[0]
    choices = {}
    for share in shares:
        there = round(share * total)
        sent = {first: total - there, **({other: there} if there else {})}
        update = {"applications": sent, "specialties": [first, *([other] if there else [])]}
        choices[f"{there} of {total} in {other}"] = profile.model_copy(update=update)
    return compare(choices, seasons, copies=copies)
