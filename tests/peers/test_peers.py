"""Other people's solvers on the same markets: `matching` and `algmatch`, where they are installed.

    pip install matching && pip install --no-deps algmatch gurobipy

Both know singles and quotas. `matching` wants everybody to be ranked by exactly those whom they rank and
nobody without a list, so the markets here are of that kind. `algmatch` needs gurobipy only to be imported,
and some of its releases ask for a tqdm older than ours; neither matters here.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pytest

from matchsim.engine import Market
from matchsim.engine.deferred_acceptance import deferred_acceptance

Lists = dict[str, list[str]]
Assigned = dict[str, frozenset[str]]

MARKETS = 2_000


def peer(name: str):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip(name)


def drawn(rng: np.random.Generator) -> tuple[Lists, Lists, dict[str, int]]:
    """A market in which people rank exactly the programs that rank them, nobody without a list."""
    people, programs = (int(n) for n in rng.integers(1, (25, 9)))
    ranked = rng.random((people, programs)) < rng.uniform(0.1, 1.0)
    applicants: Lists = {}
    for a in np.flatnonzero(ranked.any(axis=1)):
        applicants[f"a{a}"] = [f"p{p}" for p in rng.permutation(np.flatnonzero(ranked[a]))]
    listed: Lists = {}
    for p in np.flatnonzero(ranked.any(axis=0)):
        listed[f"p{p}"] = [f"a{a}" for a in rng.permutation(np.flatnonzero(ranked[:, p]))]
    return applicants, listed, {p: int(rng.integers(1, 5)) for p in listed}


def by_us(applicants: Lists, programs: Lists, quotas: dict[str, int], side: str) -> Assigned:
    market = Market.from_lists(applicants, programs, quotas)
    matched = deferred_acceptance(market, proposing=side).to_pandas()
    held = matched.dropna(subset=["program"]).groupby("program")["applicant"]
    return {p: frozenset(mine) for p, mine in held}


def by_matching(applicants: Lists, programs: Lists, quotas: dict[str, int], side: str) -> Assigned:
    games = peer("matching.games")
    game = games.HospitalResident.create_from_dictionaries(applicants, programs, quotas)
    optimal = {"applicants": "resident", "programs": "hospital"}[side]
    solved = game.solve(optimal=optimal)
    return {p.name: frozenset(a.name for a in mine) for p, mine in solved.items() if mine}


def by_algmatch(applicants: Lists, programs: Lists, quotas: dict[str, int], side: str) -> Assigned:
    """Its people and places are numbers from 1."""
    algmatch = peer("algmatch")
    person = {a: i for i, a in enumerate(applicants, 1)}
    place = {p: i for i, p in enumerate(programs, 1)}
    preferences = {
        "residents": {person[a]: [place[p] for p in mine] for a, mine in applicants.items()},
        "hospitals": {
            place[p]: {"capacity": quotas[p], "preferences": [person[a] for a in mine]}
            for p, mine in programs.items()
        },
    }
    optimal = {"applicants": "residents", "programs": "hospitals"}[side]
    # The last argument changed its name between releases.
    problem = algmatch.HospitalResidentsProblem(None, preferences, optimal)
    found = problem.get_stable_matching()
    named = {f"r{i}": a for a, i in person.items()}
    held: dict[str, set[str]] = {}
    places = {f"h{i}": p for p, i in place.items()}
    for resident, hospital in found["resident_sided"].items():
        if hospital:
            held.setdefault(places[hospital], set()).add(named[resident])
    return {p: frozenset(mine) for p, mine in held.items()}


@pytest.mark.parametrize("side", ["applicants", "programs"])
@pytest.mark.parametrize("solver", [by_matching, by_algmatch])
def test_peers_find_the_same_matching(solver: Callable[..., Assigned], side: str) -> None:
    rng = np.random.default_rng(1962)
    for _ in range(MARKETS):
        market = drawn(rng)
        if market[0]:
            assert solver(*market, side) == by_us(*market, side), market
