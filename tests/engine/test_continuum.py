"""The continuum: against closed forms, against large finite markets, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from small_market import refusal

from matchsim.engine import Market, continuum, deferred_acceptance
from matchsim.errors import InputError, RunError


def kinds_of_two(scores):
    """Two large programs and a kind of small ones, listed in three ways."""
    applicants = {("A", "small", "small"): 4.0, ("small", "B"): 3.0, ("B", "A", "small"): 3.0}
    positions = {"A": 2.0, "B": 2.5, "small": 3.0}
    return applicants, positions, continuum(applicants, positions, quota={"small": 3}, scores=scores)


@pytest.mark.parametrize("scores", ["independent", "common"])
def test_a_large_finite_market_gives_the_same(scores):
    """8,000 applicants to a unit; what is left is chance, about 1 in the root of as many people."""
    applicants, positions, found = kinds_of_two(scores)
    rng, unit = np.random.default_rng(11), 8_000
    small = round(positions["small"] * unit / 3)
    number = {"A": lambda size: np.zeros(size, int), "B": lambda size: np.ones(size, int)}
    lists, owners = [], []
    for ranked, mass in applicants.items():
        size = round(mass * unit)
        columns = [number[k](size) if k in number else rng.integers(2, 2 + small, size) for k in ranked]
        for row in np.stack(columns, axis=1).tolist():
            owners.append(ranked)
            lists.append(list(dict.fromkeys(row)))
    merit = rng.random(len(lists))
    ranking: list[list[tuple[float, int]]] = [[] for _ in range(2 + small)]
    for a, row in enumerate(lists):
        for p in row:
            ranking[p].append((merit[a] if scores == "common" else rng.random(), a))
    market = Market.from_lists(
        dict(enumerate(lists)),
        {p: [a for _, a in sorted(rows)] for p, rows in enumerate(ranking)},
        {p: round(positions["AB"[p]] * unit) if p < 2 else 3 for p in range(2 + small)},
    )
    matching = deferred_acceptance(market)
    assert matching.matched / unit == pytest.approx(found.matched, abs=0.02)
    for ranked, shares in found.placed.items():
        mine = np.array([one == ranked for one in owners])
        got = [np.mean(matching.rank_of[mine] == place) for place in range(len(ranked))]
        assert got == pytest.approx(shares, abs=0.015)
    vacant = np.mean(matching.filled[2:] < 3)
    assert vacant == pytest.approx(found.vacancy["small"], abs=0.03)
    held = np.array([matching.filled[0], matching.filled[1], matching.filled[2:].sum()]) / unit
    assert held == pytest.approx([found.filled[kind] for kind in ("A", "B", "small")], abs=0.02)


@pytest.mark.parametrize("scores", ["independent", "common"])
def test_positions_filled_are_applicants_matched(scores):
    applicants, positions, found = kinds_of_two(scores)
    assert sum(found.filled.values()) == pytest.approx(found.matched, rel=1e-6)
    assert all(found.filled[kind] <= positions[kind] * (1 + 1e-9) for kind in positions)
    assert all(sum(found.placed[ranked]) <= 1 + 1e-9 for ranked in applicants)


masses = st.floats(0, 10)
lists = st.lists(st.permutations("ABC").flatmap(lambda p: st.integers(0, 3).map(lambda k: tuple(p[:k]))))


@given(lists, st.lists(masses, min_size=8, max_size=8), st.lists(masses, min_size=3, max_size=3))
def test_cutoffs_clear_the_market(ranked, sizes, offered):
    """Demand at the cutoffs is at most supply, and all of it where a cutoff is above 0."""
    applicants = dict(zip(ranked, sizes, strict=False))
    positions = dict(zip("ABC", offered, strict=True))
    try:
        found = continuum(applicants, positions)
    except RunError:
        reject()
    for kind in "ABC":
        demand = 0.0
        for one, mass in applicants.items():
            for place, other in enumerate(one):
                if other == kind:
                    demand += (
                        mass * np.prod([found.cutoffs[k] for k in one[:place]]) * (1 - found.cutoffs[kind])
                    )
        assert demand <= positions[kind] + 1e-6
        if found.cutoffs[kind] > 1e-9:
            assert demand == pytest.approx(positions[kind], abs=1e-6)


def test_with_common_scores_it_is_a_serial_dictatorship():
    """A fills when a half has come that wants it; then all want B, of which three quarters are left."""
    found = continuum({("A", "B"): 1.0, ("B", "A"): 1.0}, {"A": 0.25, "B": 1.0}, scores="common")
    assert found.cutoffs == pytest.approx({"A": 0.75, "B": 0.375}, abs=1e-9)
    assert found.placed["A", "B"] == pytest.approx((0.25, 0.375), abs=1e-9)
    assert found.placed["B", "A"] == pytest.approx((0.625, 0.0), abs=1e-9)


def test_large_quotas_are_large_programs():
    """A program of 2,000 positions that is much sought has hardly any chance in it."""
    applicants, positions = {("A", "B"): 5_000, ("B", "A"): 4_000}, {"A": 2_000, "B": 3_000}
    one, other = continuum(applicants, positions), continuum(applicants, positions, quota=1_000)
    assert one.cutoffs == pytest.approx(other.cutoffs, abs=1e-6)


def test_nobody_and_nothing():
    assert continuum({}, {}).matched == 0
    empty = continuum({(): 3.0}, {"A": 2.0})
    assert (empty.matched, empty.filled, empty.placed) == (0, {"A": 0.0}, {(): ()})
    for scores in ("independent", "common"):
        for quota in (None, 2):
            closed = continuum({("A",): 3.0}, {"A": 0.0}, quota=quota, scores=scores)
            assert (closed.matched, closed.vacancy["A"]) == (0, 0)


def test_all_that_cannot_be_used_is_told_at_once():
    told = refusal(
        continuum,
        {("A", "Bee"): -1.0, "A": 1.0},
        {"A": float("nan"), "Be": 1.0},
        quota={"A": 0, "C": 1},
        error=InputError,
    )
    assert told == [
        "applicants[('A', 'Bee')]: must be 0 or more and finite, got -1.0",
        "positions['A']: must be 0 or more and finite, got nan",
        "applicants[('A', 'Bee')]: no positions are given for 'Bee' (did you mean 'Be'?)",
        "applicants: a list must be a tuple of kinds of programs, got 'A'",
        "quota['A']: must be 1 or more, got 0",
        "quota['C']: no positions are given for 'C'",
    ]
    told = refusal(continuum, {("A", "A"): 1.0}, {"A": 1.0}, error=InputError)
    assert told == ["applicants[('A', 'A')]: names 'A' more than once, which without a quota is one program"]
    told = refusal(continuum, {}, {"A": 1.0}, quota="three", error=InputError)
    assert told == ["quota['A']: must be a whole number from 1, got 'three'"]
    told = refusal(continuum, {}, {}, scores="commn", error=InputError)
    assert told == ["scores must be one of 'independent', 'common', got 'commn'; did you mean 'common'?"]
