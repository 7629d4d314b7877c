"""How quick stable matchings are found, or proved not to exist; README.md has command and results."""

from __future__ import annotations

import numpy as np
import pytest
from couples_market import national_market
from random_couples import random_market

from matchsim.engine import Market, exact, near_feasible
from matchsim.engine.stability_linked import DEFINITIONS

# Residents, couples, hospitals; positions for everybody. From few couples to nobody single.
SIZES = [(300, 20, 30), (2_000, 100, 200), (10_000, 500, 1_000), (400, 100, 40), (200, 100, 20)]


@pytest.fixture(scope="module")
def nation() -> Market:
    return national_market()


@pytest.fixture
def alone(benchmark):
    def run(what, call, *, seconds=float("inf"), rounds=3):
        print(what, call())
        benchmark.pedantic(call, rounds=rounds)
        benchmark.extra_info.update(what=what, ours_ms=1000 * benchmark.stats["min"], seconds=seconds)
        assert benchmark.stats["min"] <= seconds

    return run


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_deciding_the_nation(alone, nation, definition):
    what = f"exact under {definition}, nation with 1,259 couples"
    alone(what, lambda: exact(nation, definition=definition), seconds=10)


def test_the_best_stable_matching_of_the_nation(alone, nation):
    def best():
        return exact(nation, definition="kpr", objective="lowest_rank_sum")

    alone("lowest rank sum under kpr, nation with 1,259 couples", best, seconds=10)


def test_the_fewest_that_block_the_nation(alone, nation):
    def least():
        return exact(nation, objective="fewest_blocking")

    alone("fewest blocking, nation with 1,259 couples", least, rounds=1)


@pytest.mark.parametrize(("residents", "couples", "hospitals"), SIZES)
@pytest.mark.parametrize("definition", ["responsive", "kpr"])
def test_random_markets(alone, residents, couples, hospitals, definition):
    rng = np.random.default_rng(1)
    market = random_market(
        rng, residents=residents, couples=couples, hospitals=hospitals, positions=residents
    )
    what = f"exact under {definition}, {residents:,} residents, {couples:,} couples, random"
    alone(what, lambda: exact(market, definition=definition))


def test_the_smallest_change_of_quotas(alone):
    rng = np.random.default_rng(1)
    markets = [random_market(rng, residents=100, couples=50, hospitals=10, positions=100) for _ in range(20)]
    unsolvable = [market for market in markets if exact(market, definition="kpr").proof]
    assert unsolvable
    what = f"near_feasible of {len(unsolvable)} unsolvable markets, 100 residents, 50 couples, random"
    alone(what, lambda: [near_feasible(market) for market in unsolvable])
