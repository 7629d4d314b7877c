"""How quick couples and supplemental lists are solved and checked; README.md has command and results."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from couples_market import national_market

from matchsim.engine import Market, blocking_units, roth_peranson
from matchsim.engine.stability_linked import DEFINITIONS


# Seed 3 has a stable matching, found in the first order. Seed 1 has none, as exact() proves.
@pytest.fixture(scope="module")
def market() -> Market:
    return national_market(seed=3)


@pytest.fixture
def alone(benchmark):
    def run(what, call, *, seconds, rounds=20):
        benchmark.pedantic(call, rounds=rounds, warmup_rounds=1)
        benchmark.extra_info.update(what=what, ours_ms=1000 * benchmark.stats["min"], seconds=seconds)
        assert benchmark.stats["min"] <= seconds

    return run


def test_roth_peranson_of_the_nation(alone, market):
    found = roth_peranson(market)
    print(found, found.couples, found.blocking, found.restarts, found.cycles, int(found.partial.sum()))
    assert np.count_nonzero(found.second_of >= 0) > 2_000
    alone("roth_peranson, nation with 1,259 couples", lambda: roth_peranson(market), seconds=0.1)


def test_all_tries_where_nothing_is_stable(alone):
    market = national_market(seed=1)
    assert not roth_peranson(market).stable
    what = "roth_peranson, nation without a stable matching: four tries"
    alone(what, lambda: roth_peranson(market), seconds=float("inf"), rounds=5)


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_checking_the_nation(alone, market, definition):
    found = roth_peranson(market)
    what = f"blocking_units under {definition}, nation with 1,259 couples"
    alone(what, lambda: blocking_units(market, found, definition), seconds=0.05)


def test_making_the_national_market(alone, market):
    arrays = [getattr(market, spec.name) for spec in Market.columns()][:5]
    parts = {"couples": market.couples, "supplementals": market.supplementals}
    alone(
        "Market.from_arrays, nation with 1,259 couples",
        lambda: Market.from_arrays(*arrays, **parts),
        seconds=0.5,
        rounds=10,
    )


def test_explaining_one_of_the_nation(alone, market):
    """The recipe played again with everything written down, and one of those who were bumped told why."""
    found = roth_peranson(market)
    name = next(market.applicant_labels[a] for a in found.events.person.tolist() if a >= 0)

    def explain() -> str:
        # Another matching each time: the events of one are kept.
        return str(dataclasses.replace(found).explain(name))

    alone("explain, nation with 1,259 couples", explain, seconds=10, rounds=3)
