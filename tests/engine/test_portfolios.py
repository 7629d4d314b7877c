"""Portfolios: against every portfolio, and what is refused."""

from __future__ import annotations

from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_market import refusal

from matchsim.engine.portfolios import common_score_portfolio, independent_portfolio
from matchsim.errors import InputError

SOLVERS = (independent_portfolio, common_score_portfolio)


def worth(options, chances, values, cost, *, common: bool) -> float:
    """The definition: the best option that admits counts, by chance or by one score."""
    total, reached, admitted = -cost * len(options), 1.0, 0.0
    for i in sorted(options, key=lambda i: -values[i]):
        grown = max(chances[i] - admitted, 0.0)
        total += values[i] * (grown if common else reached * chances[i])
        reached *= 1 - chances[i]
        admitted = max(admitted, chances[i])
    return total


def best(chances, values, cost, most, *, common: bool) -> float:
    every = chain.from_iterable(combinations(range(len(values)), size) for size in range(most + 1))
    return max(worth(options, chances, values, cost, common=common) for options in every)


options = st.lists(st.tuples(st.floats(0, 1), st.floats(-1, 10)), max_size=7)


@given(options, st.sampled_from([0.0, 0.1, 1.0]), st.integers(0, 8), st.booleans())
def test_no_portfolio_is_better(drawn, cost, most, common):
    chances, values = [chance for chance, _ in drawn], [value for _, value in drawn]
    found = SOLVERS[common](chances, values, cost=cost, most=most)
    assert len(found.options) == len(set(found.options)) <= most
    assert found.worth == pytest.approx(worth(found.options, chances, values, cost, common=common), abs=1e-9)
    # Values below 0 are no part of the definition: nobody takes what is worse than nothing.
    assert found.worth == pytest.approx(best(chances, values, cost, min(most, 7), common=common), abs=1e-9)


@given(options)
def test_the_first_so_many_are_the_best_of_that_size(drawn):
    chances, values = [chance for chance, _ in drawn], [value for _, value in drawn]
    every = independent_portfolio(chances, values).options
    for size in range(len(every)):
        assert independent_portfolio(chances, values, most=size).options == every[:size]


@pytest.mark.parametrize("solver", SOLVERS)
def test_what_cannot_be_used_is_told_at_once(solver):
    told = refusal(solver, [0.5, 1.5], [1.0, float("inf")], cost=-1, most=-2, error=InputError)
    assert told == [
        "chances: must be 0 to 1, got 1.5 at index 1",
        "values: must be finite, got inf at index 1",
        "cost: must be 0 or more and finite, got -1",
        "most: must be a whole number from 0 or None, got -2",
    ]
    told = refusal(solver, [0.5], [1.0, 2.0], error=InputError)
    assert told == ["chances: must be as many as there are values, got shapes (1,) and (2,)"]
    assert solver([], []).options == ()
