"""Random markets of the literature: complete or short lists, independent, common or shared preferences."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

import matchsim as ms

__all__ = [
    "Preferences",
    "complete",
    "ends",
    "listed_at_random",
    "market_of_choices",
    "market_of_entries",
    "program_places",
    "short",
]

Preferences = Literal["independent", "common", "aligned"]
Ints = npt.NDArray[np.int32]


def complete(applicants: int, programs: int, rng: np.random.Generator) -> ms.Market:
    """Everybody ranks all of the other side in random order; one position each."""
    return ms.Market.from_arrays(
        np.arange(applicants + 1) * programs,
        _orders(applicants, programs, rng).ravel(),
        np.arange(programs + 1) * applicants,
        _orders(programs, applicants, rng).ravel(),
        np.ones(programs, np.int32),
    )


def _orders(people: int, others: int, rng: np.random.Generator) -> Ints:
    orders = np.tile(np.arange(others, dtype=np.int32), (people, 1))
    return rng.permuted(orders, axis=1, out=orders)


def listed_at_random(applicants: int, programs: int, listed: int, rng: np.random.Generator) -> Ints:
    """For every applicant so many different programs in random order, shape (applicants, listed)."""
    if listed**2 > programs:
        return _orders(applicants, programs, rng)[:, :listed].copy()
    chosen = rng.integers(0, programs, (applicants, listed), np.int32)
    while True:
        ordered = np.sort(chosen, axis=1)
        again = (ordered[:, 1:] == ordered[:, :-1]).any(axis=1)
        if not again.any():
            return chosen
        chosen[again] = rng.integers(0, programs, (np.count_nonzero(again), listed), np.int32)


def short(
    applicants: int,
    programs: int,
    listed: int,
    rng: np.random.Generator,
    *,
    quota: int = 1,
    preferences: Preferences = "independent",
) -> ms.Market:
    """Applicants list some programs at random; programs rank all who list them.

    Programs rank independently of one another, or all alike (common); or every pair has a value by which
    both sides rank (aligned).
    """
    chosen = listed_at_random(applicants, programs, listed, rng)
    if preferences == "common":
        merit = np.repeat(rng.random(applicants), listed)
    else:
        merit = rng.random(applicants * listed)
    if preferences == "aligned":
        merit = np.sort(merit.reshape(applicants, listed), axis=1).ravel()
    return market_of_choices(chosen, merit, programs, quota)


def market_of_choices(chosen: Ints, merit: npt.NDArray[np.float64], programs: int, quota: int) -> ms.Market:
    """The market in which programs rank who chose them by merit, the smallest number best."""
    applicants, listed = chosen.shape
    owner = np.repeat(np.arange(applicants, dtype=np.int32), listed)
    return market_of_entries(owner, chosen.ravel(), merit, applicants, programs, quota)


def market_of_entries(
    owner: Ints, entries: Ints, merit: npt.NDArray[np.float64], applicants: int, programs: int, quota: int = 1
) -> ms.Market:
    """The market of lists given entry by entry, each applicant's together and best first."""
    return ms.Market.from_arrays(
        np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=applicants)))),
        entries,
        np.concatenate(([0], np.cumsum(np.bincount(entries, minlength=programs)))),
        owner[np.lexsort((merit, entries))],
        np.full(programs, quota, np.int32),
    )


def ends(market: ms.Market) -> tuple[ms.Matching, ms.Matching]:
    """The applicant-optimal and the program-optimal stable matching."""
    return ms.deferred_acceptance(market), ms.deferred_acceptance(market, proposing="programs")


def program_places(matching: ms.Matching) -> Ints:
    """The place from 1 on their program's list of everybody who is matched."""
    market = matching.market
    matched = matching.program_of >= 0
    return market.program_rank[market.applicant_offsets[:-1][matched] + matching.rank_of[matched]] + 1
