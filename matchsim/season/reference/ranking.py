"""Rank order lists of people, couples and programs, and reversions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

import numpy as np
import numpy.typing as npt

from matchsim.season.scenario.model import Scenario
from matchsim.season.tables import Programs
from matchsim.season.words import TRACKS

__all__ = [
    "AfterInterviews",
    "after_interviews",
    "pair_list",
    "pair_wish",
    "reported_list",
    "reverting",
    "sorted_segments",
    "supplemental_list",
]


def sorted_segments(offsets: Sequence[int], key: Sequence[float]) -> list[int]:
    """Entry numbers such that each segment stands by falling key, equal ones as they were."""
    order: list[int] = []
    for start, end in pairwise(offsets):
        order += sorted(range(start, end), key=lambda i: -key[i])
    return order


@dataclass(frozen=True)
class AfterInterviews:
    """What both sides of the interviews held think: by (applicant, program), in SD."""

    wish: dict[tuple[int, int], float]
    score: dict[tuple[int, int], float]


def after_interviews(
    scenario: Scenario,
    wishes: Mapping[tuple[int, int], float],
    scores: Mapping[tuple[int, int], float],
    interview: Callable[[int, int], tuple[float, float]],
    mock_interviews: Sequence[int],
    second_look: Callable[[int, int], tuple[float, float]],
    locks: Callable[[int], bool],
    moved_up: Callable[[int, int], bool],
) -> AfterInterviews:
    """Wishes and scores after interviews, second looks and what people tell programs.

    Parameters
    ----------
    wishes, scores
        By (applicant, program): what both thought before the interview.
    interview, second_look
        Standard normal draws: what the applicant and the program learn.
    mock_interviews
        By applicant.
    locks
        Whether a program locks its list before second looks.
    moved_up
        Whether somebody, wishing for a program most, tells it, and it moves such people up.
    """
    given = scenario.rank_lists
    wish, score = dict(wishes), dict(scores)
    for pair in wish:
        mine, theirs = interview(*pair)
        wish[pair] += given.applicants.interview * mine
        score[pair] = given.programs.file * score[pair] + given.programs.interview * theirs
        score[pair] += given.programs.mock_interview * mock_interviews[pair[0]]
    met = {a: [pair for pair in wish if pair[0] == a] for a, _ in wish}
    for pairs in met.values():
        for pair in sorted(pairs, key=lambda pair: -wish[pair])[: given.second_looks.visits]:
            mine, theirs = second_look(*pair)
            wish[pair] += given.second_looks.applicants * mine
            score[pair] += 0.0 if locks(pair[1]) else given.second_looks.programs * theirs
    for pairs in met.values():
        first = max(pairs, key=lambda pair: wish[pair])
        score[first] += given.programs.rank_to_match.bonus * moved_up(*first)
    return AfterInterviews(wish, score)


def reported_list(
    kind: str, ranked: Sequence[int], chance: Mapping[int, float], preliminary: Callable[[int], bool]
) -> list[int]:
    """What somebody ranks who would rank `ranked` by taste.

    `kind` is ``by_chance``, ``safe_first``, ``truncation`` or empty; `chance` says how good the person
    believes the chances at a program to be. Preliminary programs stay at the end.
    """
    if kind == "truncation":
        return list(ranked[: ceil(len(ranked) / 2)])
    if kind == "by_chance":
        return sorted(ranked, key=lambda p: (preliminary(p), -chance[p]))
    if kind == "safe_first":
        safest = min(ranked, key=lambda p: (preliminary(p), -chance[p]))
        return [safest, *(p for p in ranked if p != safest)]
    return list(ranked)


def pair_wish(
    scenario: Scenario,
    programs: Programs,
    p: int | None,
    q: int | None,
    wishes: tuple[float, float],
    noise: float,
) -> float:
    """How much a couple wishes for the pair `p` and `q`, in SD; None = No Match.

    Parameters
    ----------
    wishes
        How much the one wishes for `p`, and the other for `q`.
    noise
        A standard normal draw for the pair.
    """
    given = scenario.couples
    worth = given.noise * noise
    worth += wishes[0] if p is not None else 0.0
    worth += wishes[1] if q is not None else 0.0
    if p is not None and q is not None:
        worth += given.same_division * _together(programs.division, p, q)
        worth += given.same_institution * _together(programs.institution, p, q)
    return worth


def pair_list(
    ones: Sequence[int],
    others: Sequence[int],
    wish_of: Callable[[int | None, int | None], float],
    preliminary: Callable[[int | None], bool],
    most: int,
    *,
    ends_alone: bool,
) -> list[tuple[int | None, int | None]]:
    """A couple's list of pairs, best first; None = No Match.

    Parameters
    ----------
    ones, others
        What each of the two would rank alone.
    wish_of
        How much the couple wishes for a pair.
    preliminary
        Whether a program is a preliminary one.
    most
        The most pairs on a list.
    ends_alone
        Whether the list ends with pairs in which one of the two has No Match.
    """

    def in_order(pairs: list[tuple[int | None, int | None]]) -> list[tuple[int | None, int | None]]:
        by_wish = sorted(pairs, key=lambda pair: -wish_of(*pair))
        return sorted(by_wish, key=lambda pair: preliminary(pair[0]) + preliminary(pair[1]))

    together = in_order([(p, q) for p in ones for q in others])
    alone = in_order([*((p, None) for p in ones), *((None, q) for q in others)]) if ends_alone else []
    alone = alone[: most // 2]
    return together[: most - len(alone)] + alone


def supplemental_list(
    scenario: Scenario, programs: Programs, advanced: int, first_years: Mapping[int, float]
) -> list[int]:
    """The preliminary programs to try while `advanced` is held, best first.

    `first_years` says how much each preliminary program that may be ranked is wished for.
    """
    taste = scenario.rank_lists.applicants

    def worth(p: int) -> float:
        near = taste.first_year_division * _together(programs.division, p, advanced)
        here = taste.first_year_institution * _together(programs.institution, p, advanced)
        return float(first_years[p] + near + here)

    return sorted(
        (p for p in first_years if programs.joint_with[p] in (-1, advanced)), key=lambda p: -worth(p)
    )


def _together(place_of: npt.NDArray[np.integer], p: int, q: int) -> bool:
    return bool(place_of[p] == place_of[q] >= 0)


def reverting(scenario: Scenario, programs: Programs, draws: Sequence[float]) -> list[tuple[int, int, int]]:
    """Donor, receiver and positions of every reversion; `draws` are uniform numbers, one a program."""
    shares = scenario.reversions.model_dump()
    found = []
    for donor, draw in enumerate(draws):
        site = programs.institution[donor], programs.specialty[donor]
        receivers = [
            p
            for p in range(len(programs))
            if TRACKS[programs.track[p]] == "C" and (programs.institution[p], programs.specialty[p]) == site
        ]
        agrees = draw < shares.get(TRACKS[programs.track[donor]], 0.0)
        if agrees and receivers and site[0] >= 0 and programs.quota[donor] > 0:
            found.append((donor, receivers[0], int(programs.quota[donor])))
    return found
