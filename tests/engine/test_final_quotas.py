"""Final quotas against every way in which positions could have moved, and in which words a fault is told."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linked_markets import tiny
from strategies import markets

from matchsim.engine import Market, Matching, roth_peranson
from matchsim.engine.final_quotas import parity_faults, quota_faults
from matchsim.engine.linked import Reversions


@st.composite
def reverting(draw: st.DrawFn, *, parity: bool) -> Market:
    """Markets with a few reversions from lower to higher numbers, perhaps with wanted parities."""
    market = draw(st.one_of(markets(max_programs=5), st.integers(0, 10**6).map(tiny)))
    size = market.size("program")
    pairs = [(d, r) for d in range(size) for r in range(d + 1, size) if market.quota[d]]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=4)) if pairs else []
    if chosen:
        positions = [draw(st.integers(1, int(market.quota[d]))) for d, _ in chosen]
        moves = Reversions(*np.array(chosen, np.int32).T, np.array(positions, np.int32))
        market = market.replace(reversions=moves)
    if parity:
        market = market.replace(parity=draw(st.lists(st.integers(0, 2), min_size=size, max_size=size)))
    return market


def some_way(matching: Matching) -> bool:
    """Whether some numbers of moved and dropped positions give the final quotas; all are tried."""
    market, final, filled = matching.market, matching.final_quota.tolist(), matching.filled.tolist()
    rows = []
    if market.reversions is not None:
        columns = market.reversions.donor, market.reversions.receiver, market.reversions.positions
        rows = list(zip(*(column.tolist() for column in columns), strict=True))
    for moved in product(*(range(most + 1) for _, _, most in rows)):
        ends = market.quota.tolist()
        for (donor, receiver, _), count in zip(rows, moved, strict=True):
            ends[donor] -= count
            ends[receiver] += count
        dropped = [end - quota for end, quota in zip(ends, final, strict=True)]
        may_drop = [False] * len(final) if market.parity is None else (market.parity > 0).tolist()
        balanced = all(d == 0 or (d > 0 and may) for d, may in zip(dropped, may_drop, strict=True))
        if balanced and in_order(rows, moved) and used_up(rows, moved, final, filled):
            return True
    return False


def in_order(rows: list[tuple[int, int, int]], moved: tuple[int, ...]) -> bool:
    """Whether nobody was served before who comes earlier in the table had all of theirs."""
    return all(
        moved[j] == rows[j][2]
        for k, count in enumerate(moved)
        for j in range(k)
        if count and rows[j][0] == rows[k][0]
    )


def used_up(
    rows: list[tuple[int, int, int]], moved: tuple[int, ...], final: list[int], filled: list[int]
) -> bool:
    """Whether who still has unfilled positions had nothing left to give."""
    return all(
        count == most or filled[donor] >= final[donor]
        for (donor, _, most), count in zip(rows, moved, strict=True)
    )


@settings(deadline=None, max_examples=150)
@given(reverting(parity=True))
def test_what_the_solver_does_with_quotas_follows_the_rules(market):
    matching = roth_peranson(market)
    assert quota_faults(matching) == []
    assert parity_faults(matching) == []


@settings(deadline=None, max_examples=400)
@given(st.booleans().flatmap(lambda parity: reverting(parity=parity)), st.data())
def test_a_fault_is_told_exactly_when_no_way_leads_there(market, data):
    matching = roth_peranson(market)
    final = matching.final_quota.copy()
    for _ in range(data.draw(st.integers(0, 2))):
        if len(final) > 1:
            p, q = data.draw(st.permutations(range(len(final))))[:2]
            final[p], final[q] = max(final[p] - 1, 0), final[q] + 1
    if data.draw(st.booleans()) and len(final):
        p = data.draw(st.integers(0, len(final) - 1))
        final[p] = max(final[p] + data.draw(st.integers(-1, 1)), 0)
    tampered = Matching.from_programs(market, matching.program_of, matching.second_of, final)
    assert (quota_faults(tampered) == []) == some_way(tampered)


MOVING = Market.from_lists(
    {"Ana": ["C"], "Bo": ["B"]},
    {"A": [], "B": ["Bo"], "C": ["Ana"], "D": []},
    quotas={"A": 3, "B": 1, "C": 0, "D": 1},
    reversions=[("A", "B", 2), ("A", "C", 1), ("B", "C", 1)],
)


B_AND_C = "A keeps {} unfilled that should have reverted to B or C"


@pytest.mark.parametrize(
    ("final", "told"),
    [
        ([0, 2, 2, 1], []),
        ([0, 3, 1, 1], ["B keeps 1 unfilled that should have reverted to C"]),
        ([2, 1, 1, 1], [B_AND_C.format(2)]),
        ([4, 1, 0, 1], ["A has a final quota of 4, 1 more than its quota of 3", B_AND_C.format(3)]),
        (
            [0, 1, 3, 1],
            [
                (
                    "B has a final quota of 1, 2 less than its quota of 1 and the 2 that reverted to it,"
                    " but its reversions move 1 at most"
                ),
                "C has a final quota of 3, 1 more than its quota of 0 and the 2 that reverted to it",
            ],
        ),
        (
            [0, 2, 1, 1],
            [
                (
                    "C has a final quota of 1, 1 less than its quota of 0 and the 2 that reverted to it,"
                    " but nothing reverts from it"
                )
            ],
        ),
        (
            [0, 2, 2, 2],
            ["D has a final quota of 2 and a quota of 1, but no reversion moves positions to or from it"],
        ),
    ],
)
def test_faults_in_words(final, told):
    assert quota_faults(Matching.from_programs(MOVING, [2, 1], final_quota=final)) == told


def test_what_is_dropped_for_an_even_number_did_not_revert():
    """A holds two of three and wants an even number: its third position is dropped or moved, both may be."""
    market = Market.from_lists(
        {"Ana": ["A"], "Bo": ["A"], "Cy": ["B"]},
        {"A": ["Ana", "Bo"], "B": ["Cy"]},
        quotas={"A": 3, "B": 1},
        reversions=[("A", "B", 1)],
        parity={"A": "even"},
    )
    for final, fits in (([2, 1], True), ([2, 2], True), ([3, 1], False), ([2, 0], False), ([1, 2], True)):
        found = quota_faults(Matching.from_programs(market, [0, 0, 1], final_quota=final))
        assert (found == []) == fits, (final, found)


def test_odd_and_even_numbers_wanted_are_told():
    market = Market.from_lists(
        {"Ana": ["A"], "Bo": ["B"], "Cy": ["B"], "Di": []},
        {"A": ["Ana"], "B": ["Bo", "Cy"], "C": []},
        2,
        parity={"A": "even", "B": "odd", "C": "odd"},
    )
    assert parity_faults(Matching.from_programs(market, [0, 1, 1, -1])) == [
        "A holds 1, but wants an even number",
        "B holds 2, but wants an odd number",
    ]
    assert parity_faults(Matching.from_programs(market, [-1, 1, -1, -1])) == []
