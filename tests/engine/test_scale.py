"""Markets at the ends: nobody, no program, one program for all, a list of every program."""

from __future__ import annotations

import numpy as np
import pytest

from matchsim.engine import Market, blocking_pairs, menus, roth_peranson, stable_matchings
from matchsim.engine.deferred_acceptance import deferred_acceptance

SIDES = ("applicants", "programs")


def of_lengths(applicants: list[int], programs: list[int], quota: list[int]) -> Market:
    """A market in which everybody ranks the first of the other side, as many as said."""
    return Market.from_arrays(
        np.cumsum([0, *applicants]),
        np.concatenate([np.arange(n) for n in applicants] or [np.empty(0)]).astype(np.int32),
        np.cumsum([0, *programs]),
        np.concatenate([np.arange(n) for n in programs] or [np.empty(0)]).astype(np.int32),
        np.array(quota, dtype=np.int32),
    )


@pytest.mark.parametrize("side", SIDES)
def test_a_program_with_a_hundred_thousand_positions_that_ranks_everybody(side: str) -> None:
    market = of_lengths([1] * 120_000, [120_000], [100_000])
    matching = deferred_acceptance(market, proposing=side)
    assert matching.program_of.tolist() == [0] * 100_000 + [-1] * 20_000
    assert not len(blocking_pairs(market, matching))
    # The last admitted could be any of those above: nobody below can get in, everybody above can.
    offered = np.diff(menus(market).offsets)
    assert offered.tolist() == [1] * 100_000 + [0] * 20_000


@pytest.mark.parametrize("side", SIDES)
def test_an_applicant_with_three_hundred_ranks(side: str) -> None:
    """Of 300 programs with a position each, the first 299 are taken by whom they like better."""
    people = 300
    applicants = [[p] for p in range(people - 1)] + [list(range(people))]
    programs = [[p, people - 1] for p in range(people - 1)] + [[people - 1]]
    market = Market.from_lists(
        {f"a{a}": [f"p{p}" for p in mine] for a, mine in enumerate(applicants)},
        {f"p{p}": [f"a{a}" for a in mine] for p, mine in enumerate(programs)},
        1,
    )
    matching = deferred_acceptance(market, proposing=side)
    assert matching.to_dict() == {f"a{a}": f"p{a}" for a in range(people)}
    assert matching.rank_of[-1] == people - 1


@pytest.mark.parametrize(
    ("applicants", "programs", "quota"),
    [([], [], []), ([0, 0, 0], [], []), ([], [0, 0], [1, 0]), ([0, 0], [0], [0])],
    ids=["nothing", "no programs", "no applicants", "nobody ranks anybody"],
)
def test_markets_of_nobody_match_nobody(applicants: list[int], programs: list[int], quota: list[int]) -> None:
    market = of_lengths(applicants, programs, quota)
    for side in SIDES:
        matching = deferred_acceptance(market, proposing=side)
        assert matching.program_of.tolist() == [-1] * len(applicants)
        assert not len(blocking_pairs(market, matching))
    assert roth_peranson(market, seed=1).stable
    assert np.diff(menus(market).offsets).tolist() == [0] * len(applicants)
    assert len(list(stable_matchings(market))) == 1
