"""Programs that cut their lists or hide positions: what they get, by the slow solver."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matchsim.engine import Market, linked, reference
from matchsim.errors import InputError
from matchsim.season import Season
from matchsim.season.scenario import load_scenario
from matchsim.season.season import run_season
from matchsim.strategy import programs
from matchsim.strategy.program_games import GAMES, OUTCOMES, _compared, _hidden


@pytest.fixture(scope="module")
def alone() -> Season:
    said = {
        "couples.number": 0,
        "rank_lists.applicants.supplemental": 0.0,
        "reversions": dict.fromkeys("MPAR", 0.0),
    }
    return run_season(load_scenario("small", said))


def lists_of(season: Season) -> tuple[list[list[int]], list[list[int]], list[int]]:
    of = season.rank_lists
    mine = [part.tolist() for part in np.split(of.applicant_programs, of.applicant_offsets[1:-1])]
    theirs = [part.tolist() for part in np.split(of.program_applicants, of.program_offsets[1:-1])]
    return mine, theirs, season.tracks.quota.tolist()


def market_of(mine: list[list[int]], theirs: list[list[int]], quota: list[int]) -> Market:
    return Market.from_lists(
        {f"a{a}": [f"p{p}" for p in ranked] for a, ranked in enumerate(mine)},
        {f"p{p}": [f"a{a}" for a in ranked] for p, ranked in enumerate(theirs)},
        {f"p{p}": seats for p, seats in enumerate(quota)},
    )


def test_every_outcome_is_that_of_the_slow_solver(alone: Season) -> None:
    mine, theirs, quota = lists_of(alone)
    held = {p: [a for a in ranked if alone.match.program_of[a] == p] for p, ranked in enumerate(theirs)}
    found = programs(alone, sample=12, steps=2)
    assert {GAMES[game] for game in found.game} == set(GAMES)
    for p, game, step, outcome in zip(found.program, found.game, found.step, found.outcome, strict=True):
        lists, seats = list(theirs), list(quota)
        if GAMES[game] == "truncation":
            lists[p] = lists[p][: lists[p].index(held[p][-step])]
        else:
            seats[p] -= step
        again, _ = reference.applicants_propose(market_of(mine, lists, seats))
        after = [theirs[p].index(a) for a in range(len(mine)) if again[a] == p]
        before = [theirs[p].index(a) for a in held[p]]
        assert outcome == _compared(sorted(before), sorted(after), quota[p])


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        ([0, 4], [0, 4], "same"),
        ([0, 4], [0, 2], "gains"),
        ([0, 4], [0], "loses"),
        ([3], [0, 9], "gains"),
        ([1, 4], [0, 5], "mixed"),
        ([1, 4], [0], "mixed"),
        ([], [7], "gains"),
    ],
)
def test_people_are_compared_position_by_position(before, after, outcome) -> None:
    assert OUTCOMES[_compared(before, after, 2)] == outcome


def test_few_gain_with_everything_linked_in() -> None:
    season = run_season(load_scenario("small"))
    summary = programs(season, sample=1000).summary().set_index("game")
    assert (summary["programs"] > 20).all()
    # Hiding positions loses or changes nothing for nearly all.
    assert summary.loc["quota", "gaining"] <= 2
    assert np.allclose(summary[list(OUTCOMES)].sum(axis=1), 1)


def test_a_program_that_reverts_positions_can_hide_some() -> None:
    donor, receiver, positions = (np.array([n], np.int32) for n in (0, 1, 2))
    market = Market.from_lists({"Ana": ["Mercy"]}, {"Mercy": ["Ana"], "City": []}, {"Mercy": 2, "City": 1})
    market = replace(market, reversions=linked.Reversions(donor, receiver, positions))
    hidden = _hidden(market, 0, 1)
    assert hidden.quota.tolist() == [1, 1]
    assert hidden.reversions.positions.tolist() == [1]


def test_what_is_out_of_range_is_told(alone: Season) -> None:
    with pytest.raises(InputError, match="sample must be at least 1, got 0"):
        programs(alone, sample=0)
