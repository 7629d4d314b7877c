"""Roth-Peranson and the checker of couples and linked lists, against exhaustive search and examples."""

from __future__ import annotations

import numpy as np
import pytest

from matchsim.engine import Market, deferred_acceptance, linked_reference
from matchsim.engine.roth_peranson import roth_peranson
from matchsim.engine.stability_linked import DEFINITIONS, blocking_units
from matchsim.errors import InputError

SINGLES, COUPLES, PROGRAMS = 4, 2, 4
MARKETS = 600


def tiny(number: int) -> Market:
    """A market of four singles, two couples and four programs; every third has supplemental lists."""
    rng = np.random.default_rng(number)
    people = SINGLES + 2 * COUPLES
    lists: dict[int, list[int]] = {a: [] for a in range(people)}
    for a in range(SINGLES):
        lists[a] = rng.permutation(PROGRAMS)[: rng.integers(1, 4)].tolist()
    couples = {}
    for first in range(SINGLES, people, 2):
        drawn = [(int(p), int(q)) for p, q in rng.integers(-1, PROGRAMS, (7, 2)) if max(p, q) >= 0]
        pairs = list(dict.fromkeys(drawn))[: rng.integers(1, 6)]
        couples[first, first + 1] = [tuple(None if p < 0 else p for p in pair) for pair in pairs]
    supplemental = {
        (a, p): [int(q) for q in rng.permutation(PROGRAMS) if q != p][: rng.integers(1, 3)]
        for a in range(SINGLES)
        for p in lists[a]
        if number % 3 == 0 and rng.random() < 0.35
    }
    programs = {p: [int(a) for a in rng.permutation(people) if rng.random() < 0.92] for p in range(PROGRAMS)}
    quotas = {p: int(rng.integers(0 if rng.random() < 0.1 else 1, 3)) for p in range(PROGRAMS)}
    return Market.from_lists(lists, programs, quotas, couples=couples, supplemental=supplemental or None)


def test_tiny_markets_against_exhaustive_search() -> None:
    exist = found = 0
    for number in range(MARKETS):
        market = tiny(number)
        matching = roth_peranson(market)
        possible = next(linked_reference.stable_matchings(market), None) is not None
        truth = linked_reference.is_stable(
            market, matching.program_of.tolist(), matching.second_of.tolist(), matching.final_quota.tolist()
        )
        assert matching.stable == truth, number
        assert possible or not matching.stable, number
        exist += possible
        found += matching.stable
    assert exist > MARKETS // 2
    assert found >= 0.99 * exist


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_the_checker_against_the_plain_one(definition: str) -> None:
    """On matchings that nobody solved for, most of which are blocked."""
    blocked = 0
    for number in range(200):
        market = tiny(number)
        rng = np.random.default_rng(10_000 + number)
        program_of = _anything(market, rng)
        ours = blocking_units(market, np.array(program_of, dtype=np.int32), definition)
        theirs = linked_reference.blocking_units(market, program_of, definition=definition)
        assert bool(len(ours)) == bool(theirs), number
        blocked += bool(theirs)
    assert blocked > 50


def _anything(market: Market, rng: np.random.Generator) -> list[int]:
    """A feasible matching that comes from a random walk, for singles and couples."""
    program_of = [-1] * len(market)
    room = market.quota.tolist()
    for a in rng.permutation(SINGLES):
        start, end = market.applicant_offsets[a : a + 2]
        for e in rng.permutation(np.arange(start, end)):
            p = int(market.applicant_programs[e])
            if market.program_rank[e] >= 0 and room[p] and rng.random() < 0.7:
                program_of[a] = p
                room[p] -= 1
                break
    return program_of


def test_singles_alone_give_deferred_acceptance() -> None:
    for number in range(100):
        rng = np.random.default_rng(number)
        lists = {a: rng.permutation(5)[: rng.integers(0, 6)].tolist() for a in range(8)}
        programs = {p: rng.permutation(8)[: rng.integers(0, 9)].tolist() for p in range(5)}
        market = Market.from_lists(lists, programs, {p: int(rng.integers(0, 4)) for p in range(5)})
        ours, theirs = roth_peranson(market), deferred_acceptance(market)
        assert ours.program_of.tolist() == theirs.program_of.tolist()
        assert ours.rank_of.tolist() == theirs.rank_of.tolist()


def test_one_couple_and_one_single_without_a_stable_matching() -> None:
    """Whoever is matched, somebody blocks: the couple wants both programs or nothing."""
    market = Market.from_lists(
        {"Cy": ["City", "Mercy"]},
        {"City": ["Ana", "Cy"], "Mercy": ["Cy", "Bo"]},
        quotas=1,
        couples={("Ana", "Bo"): [("City", "Mercy")]},
    )
    assert next(linked_reference.stable_matchings(market), None) is None
    matching = roth_peranson(market)
    assert not matching.stable
    assert matching.blocking["responsive"] >= 1


def test_a_supplemental_list_is_tried_only_with_its_advanced_program() -> None:
    market = Market.from_lists(
        {"Ana": ["Radiology", "Medicine"], "Bo": ["Radiology", "Medicine"]},
        {"Radiology": ["Ana", "Bo"], "Medicine": ["Bo", "Ana"], "Preliminary": ["Bo", "Ana"]},
        quotas=1,
        supplemental={("Ana", "Radiology"): ["Preliminary"], ("Bo", "Radiology"): ["Preliminary"]},
    )
    matching = roth_peranson(market)
    assert matching.to_dict() == {"Ana": "Radiology", "Bo": "Medicine"}
    assert matching.second_of.tolist() == [2, -1]
    assert matching.stable


def test_failing_the_supplemental_list_leaves_a_partial_match() -> None:
    market = Market.from_lists(
        {"Ana": ["Radiology", "Medicine"]},
        {"Radiology": ["Ana"], "Medicine": ["Ana"], "Preliminary": []},
        quotas=1,
        supplemental={("Ana", "Radiology"): ["Preliminary"]},
    )
    matching = roth_peranson(market)
    assert matching.to_dict() == {"Ana": "Radiology"}
    assert matching.second_of.tolist() == [-1]
    assert matching.stable


def test_unfilled_positions_revert_along_a_chain() -> None:
    market = Market.from_lists(
        {"Ana": ["C"], "Bo": ["C"], "Cy": ["A"]},
        {"A": ["Cy"], "B": [], "C": ["Ana", "Bo"]},
        quotas={"A": 2, "B": 1, "C": 1},
        reversions=[("A", "B", 1), ("B", "C", 1)],
    )
    matching = roth_peranson(market)
    assert matching.to_dict() == {"Ana": "C", "Bo": "C", "Cy": "A"}
    assert matching.final_quota.tolist() == [1, 1, 2]
    assert matching.stable


def test_both_partners_at_one_program() -> None:
    market = Market.from_lists(
        {"Cy": ["City"]},
        {"City": ["Ana", "Cy", "Bo"]},
        quotas=2,
        couples={("Ana", "Bo"): [("City", "City"), ("City", None)]},
    )
    matching = roth_peranson(market)
    assert matching.to_dict() == {"Cy": "City", "Ana": "City", "Bo": None}
    assert matching.stable


def test_the_same_seed_gives_the_same_matching() -> None:
    market = tiny(5)
    assert roth_peranson(market, seed=3).program_of.tolist() == (
        roth_peranson(market, seed=3).program_of.tolist()
    )


def test_an_unknown_order() -> None:
    with pytest.raises(InputError, match="couples_last"):
        roth_peranson(tiny(1), order="last")  # type: ignore[arg-type]
