"""Roth-Peranson: against exhaustive search, against deferred acceptance, and on examples."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from interpreted import fewer
from linked_markets import plainly_stable, tiny
from strategies import markets
from test_literature import EXAMPLES

from matchsim.engine import (
    Market,
    Matching,
    blocking_units,
    deferred_acceptance,
    linked_reference,
    roth_peranson,
)
from matchsim.engine._kernels import roth_peranson as kernel
from matchsim.engine.board import Board
from matchsim.engine.linked import Couples, Reversions
from matchsim.engine.roth_peranson import PATIENCE, _attempted
from matchsim.engine.stability_linked import DEFINITIONS
from matchsim.errors import InputError

ORDERS = ("couples_last", "couples_first", "given")


def with_an_idle_couple(market: Market) -> Market:
    """The same market with two more applicants, a couple that ranks nothing: solved as a linked one."""
    people = len(market)
    cut = market.applicant_offsets
    nobody = np.empty(0, np.int32)
    return Market.from_arrays(
        np.append(cut, [cut[-1], cut[-1]]),
        market.applicant_programs,
        market.program_offsets,
        market.program_applicants,
        market.quota,
        couples=Couples([people], [people + 1], [0, 0], nobody, nobody),
    )


# --- against exhaustive search ---


@pytest.mark.parametrize("part", range(5))
def test_tiny_markets_against_exhaustive_search(part):
    """2,500 markets of four singles, two couples and four programs, a third with supplemental lists.

    Never stable in word only; and where there is a stable matching, one is found in at least 99 of 100.
    """
    found, missed, markets_tried = 0, 0, fewer(500)
    for number in range(500 * part, 500 * part + markets_tried):
        market = tiny(number)
        matching = roth_peranson(market)
        assert matching.stable == plainly_stable(matching), number
        for definition in DEFINITIONS:
            assert (definition in matching.stable_under) == plainly_stable(matching, definition), number
        if matching.stable:
            found += 1
        elif next(linked_reference.stable_matchings(market), None) is not None:
            missed += 1
    assert 0.8 * markets_tried < found <= markets_tried
    assert missed <= found / 99


@pytest.mark.parametrize("order", ORDERS)
def test_what_is_found_is_one_of_the_stable_matchings_whatever_the_order(order):
    for number in range(60):
        market = tiny(number, most_pairs=4)
        matching = roth_peranson(market, order=order, seed=number)
        stable = list(linked_reference.stable_matchings(market))
        assert matching.stable == ((matching.program_of.tolist(), matching.second_of.tolist()) in stable)


def test_larger_markets_are_judged_as_the_plain_checker_judges():
    """Chains through several couples, which tiny markets do not have."""
    stable, large = 0, fewer(40, least=8)
    for number in range(large):
        matching = roth_peranson(crowded(number))
        assert matching.stable == plainly_stable(matching)
        stable += matching.stable
    assert large / 4 < stable < large


def crowded(number: int) -> Market:
    rng = np.random.default_rng(number)
    singles, couples, programs = 60, 6, 15
    lists = {a: rng.permutation(programs)[: rng.integers(2, 8)].tolist() for a in range(singles)}
    pairs = {
        (singles + 2 * c, singles + 2 * c + 1): list(
            dict.fromkeys((int(p), int(q)) for p, q in rng.integers(0, programs, (20, 2)))
        )
        for c in range(couples)
    }
    people = singles + 2 * couples
    return Market.from_lists(
        lists,
        {p: rng.permutation(people).tolist() for p in range(programs)},
        5,
        couples=pairs,
        supplemental={
            (a, lists[a][0]): [int((lists[a][0] + k) % programs) for k in (1, 2)] for a in range(20)
        },
    )


# --- against deferred acceptance ---


@given(markets())
def test_singles_alone_get_their_best_stable_matching(market):
    theirs, ours = deferred_acceptance(market), roth_peranson(market)
    assert ours.differences(theirs) == []
    assert (ours.proposals, ours.restarts, ours.cycles) == (theirs.proposals, 0, 0)
    for order in ORDERS:
        beside = roth_peranson(with_an_idle_couple(market), order=order)
        assert beside.program_of[:-2].tolist() == theirs.program_of.tolist()
        assert beside.rank_of[:-2].tolist() == theirs.rank_of.tolist()
        assert beside.program_of[-2:].tolist() == [-1, -1]


@pytest.mark.parametrize("name", EXAMPLES)
def test_published_examples_without_couples(name):
    """Among them the eight applicants of the NRMP's own illustration (golden test)."""
    example = EXAMPLES[name]
    matching = roth_peranson(with_an_idle_couple(example.market))
    best = Matching.from_dict(example.market, example.applicant_optimal)
    assert matching.program_of[:-2].tolist() == best.program_of.tolist()
    assert matching.stable


def test_linked_markets_are_refused_by_deferred_acceptance():
    with pytest.raises(InputError, match="roth_peranson"):
        deferred_acceptance(tiny(1))


# --- couples ---


def test_a_couple_and_a_single_without_a_stable_matching():
    """The smallest market without one; as in Klaus and Klijn, Journal of Economic Theory 121 (2005), from
    memory. Ana displaces Cy, who displaces Bo, who takes Ana along, who leaves City to Cy, and so on."""
    market = Market.from_lists(
        {"Cy": ["City", "Mercy"]},
        {"City": ["Ana", "Cy"], "Mercy": ["Cy", "Bo"]},
        quotas=1,
        couples={("Ana", "Bo"): [("City", "Mercy")]},
    )
    assert list(linked_reference.stable_matchings(market)) == []
    matching = roth_peranson(market)
    assert not matching.stable
    assert matching.stable_under == ()
    assert set(matching.blocking.values()) == {1}
    assert matching.cycles > 0
    assert linked_reference.is_individually_rational(market, matching.program_of.tolist())


def test_partners_who_swap_programs_open_both():
    """A program must be offered again whenever somebody left it, also when their partner took the position
    and it is as full as before: it may now hold somebody whom others can displace."""
    stable, swaps = 0, fewer(300, least=24)
    for number in range(swaps):
        found = roth_peranson(swap_market(number))
        assert found.stable == plainly_stable(found)
        assert found.stable or next(linked_reference.stable_matchings(found.market), None) is None
        stable += found.stable
    assert 3 * stable > 2 * swaps


def swap_market(number: int) -> Market:
    """Couples who rank every pair of two programs both ways round, and singles who want in."""
    rng = np.random.default_rng(number)
    both_ways = [(0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (2, 1)]
    couples = {
        (first, first + 1): [both_ways[k] for k in rng.permutation(6)[: rng.integers(2, 7)]]
        for first in (4, 6)
    }
    return Market.from_lists(
        {a: rng.permutation(3)[: rng.integers(1, 4)].tolist() for a in range(4)},
        {p: rng.permutation(8).tolist() for p in range(3)},
        {p: int(rng.integers(1, 3)) for p in range(3)},
        couples=couples,
    )


def test_both_partners_at_one_program_must_both_be_among_its_best():
    lists = {"Cy": ["City"]}, {"City": ["Ana", "Cy", "Bo"], "Mercy": ["Bo"]}
    couple = {("Ana", "Bo"): [("City", "City"), ("City", "Mercy"), ("City", None)]}
    matching = roth_peranson(Market.from_lists(*lists, quotas=2, couples=couple))
    assert matching.to_dict() == {"Cy": "City", "Ana": "City", "Bo": "Mercy"}
    assert matching.rank_of.tolist() == [0, 1, 1]
    assert matching.stable
    matching = roth_peranson(Market.from_lists(*lists, quotas=3, couples=couple))
    assert matching.to_dict() == {"Cy": "City", "Ana": "City", "Bo": "City"}


def test_two_partners_who_are_displaced_together_leave_a_position_free():
    """Cy displaces Bo, Ana goes too, and the second position goes to Di, whom they had kept out."""
    market = Market.from_lists(
        {"Di": ["City"], "Cy": ["City"]},
        {"City": ["Cy", "Ana", "Bo", "Di"]},
        quotas=2,
        couples={("Ana", "Bo"): [("City", "City")]},
    )
    for order in ORDERS:
        matching = roth_peranson(market, order=order)
        assert matching.to_dict() == {"Di": "City", "Cy": "City", "Ana": None, "Bo": None}
        assert matching.couples == {"both": 0, "one": 0, "neither": 1}


def test_no_match_pairs_and_a_couple_without_a_working_pair():
    market = Market.from_lists(
        {"Cy": ["Mercy"]},
        {"City": ["Ana"], "Mercy": ["Cy", "Bo"], "North": ["Di", "Ed"]},
        quotas=1,
        couples={
            ("Ana", "Bo"): [("City", "Mercy"), (None, "Mercy"), ("City", None)],
            ("Di", "Ed"): [("North", "North"), ("North", "City")],
        },
    )
    matching = roth_peranson(market)
    assert matching.to_dict() == {"Cy": "Mercy", "Ana": "City", "Bo": None, "Di": None, "Ed": None}
    # The member with No Match has the rank of the pair too.
    assert matching.rank_numbers.tolist() == [1, 3, 3, -1, -1]
    assert matching.couples == {"both": 0, "one": 1, "neither": 1}
    assert matching.stable


def test_ranks_are_told_as_couples_submitted_them():
    market = Market.from_arrays(
        [0, 0, 0], [], [0, 1, 2], [0, 1], [1, 1], couples=Couples([0], [1], [0, 2], [1, 0], [0, 1], [3, 8])
    )
    assert roth_peranson(market).rank_numbers.tolist() == [8, 8]


# --- supplemental lists ---


def test_a_supplemental_list_is_tried_only_with_its_advanced_program():
    market = Market.from_lists(
        {"Ana": ["Radiology", "Medicine"], "Bo": ["Radiology", "Medicine"]},
        {"Radiology": ["Ana", "Bo"], "Medicine": ["Bo", "Ana"], "Preliminary": ["Bo", "Ana"]},
        quotas=1,
        supplemental={("Ana", "Radiology"): ["Preliminary"], ("Bo", "Radiology"): ["Preliminary"]},
        tracks={"Radiology": "A", "Medicine": "C", "Preliminary": "P"},
    )
    matching = roth_peranson(market)
    assert matching.to_dict() == {"Ana": "Radiology", "Bo": "Medicine"}
    assert [matching.second(name) for name in ("Ana", "Bo")] == ["Preliminary", None]
    assert matching.second_rank_numbers.tolist() == [1, -1]
    assert matching.filled.tolist() == [1, 1, 1]
    assert matching.partial.tolist() == [False, False]
    assert matching.to_pandas()["second_program"].fillna("").tolist() == ["Preliminary", ""]
    assert matching.stable


def test_failing_the_supplemental_list_leaves_a_partial_match():
    """The advanced position is kept, and the primary list is not gone on with."""
    market = Market.from_lists(
        {"Ana": ["Radiology", "Medicine"], "Bo": ["Preliminary"]},
        {"Radiology": ["Ana"], "Medicine": ["Ana"], "Preliminary": ["Bo", "Ana"]},
        quotas=1,
        supplemental={("Ana", "Radiology"): ["Preliminary"]},
    )
    matching = roth_peranson(market)
    assert matching.to_dict() == {"Ana": "Radiology", "Bo": "Preliminary"}
    assert matching.second("Ana") is None
    assert matching.partial.tolist() == [True, False]
    assert repr(matching) == (
        "<Matching: 2 of 2 applicants matched (1 partially), 1 of 3 positions unfilled>"
    )
    assert matching.stable


def test_a_preliminary_year_is_given_up_with_the_advanced_position():
    """Bo comes last, displaces Ana from Radiology, and what Ana's list found goes to Cy."""
    market = Market.from_lists(
        {"Ana": ["Radiology", "Medicine"], "Cy": ["Preliminary"]},
        {"Radiology": ["Bo", "Ana"], "Medicine": ["Ana"], "Preliminary": ["Ana", "Cy"]},
        quotas=1,
        supplemental={("Ana", "Radiology"): ["Preliminary"]},
        couples={("Bo", "Di"): [("Radiology", None)]},
    )
    matching = roth_peranson(market)
    assert matching.to_dict() == {"Ana": "Medicine", "Cy": "Preliminary", "Bo": "Radiology", "Di": None}
    assert matching.second("Ana") is None
    assert matching.stable


def test_a_program_on_both_lists_is_taken_in_the_better_role():
    market = Market.from_lists(
        {"Ana": ["Year", "Radiology"], "Bo": ["Year"]},
        {"Radiology": ["Ana"], "Year": ["Bo", "Ana"], "Other": ["Ana"]},
        quotas={"Radiology": 1, "Year": 1, "Other": 1},
        supplemental={("Ana", "Radiology"): ["Year", "Other"]},
    )
    matching = roth_peranson(market)
    assert (matching.of("Ana"), matching.second("Ana")) == ("Radiology", "Other")
    assert matching.second_rank_numbers.tolist() == [2, -1]
    two = roth_peranson(market.replace(quota=[1, 2, 1]))
    assert (two.of("Ana"), two.second("Ana")) == ("Year", None)
    assert two.stable


# --- reversions and parity ---


def test_unfilled_positions_revert_along_a_chain():
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


def test_receivers_are_served_in_the_order_entered_and_keep_what_they_do_not_fill():
    market = Market.from_lists(
        {"Ana": ["C"]},
        {"A": [], "B": [], "C": ["Ana"]},
        quotas={"A": 3, "B": 0, "C": 0},
        reversions=[("A", "B", 2), ("A", "C", 2)],
    )
    assert roth_peranson(market).final_quota.tolist() == [0, 2, 1]
    other_way = market.replace(reversions=Reversions([0, 0], [2, 1], [2, 2]))
    assert roth_peranson(other_way).final_quota.tolist() == [0, 1, 2]


def test_a_position_that_was_received_is_offered_before_it_moves_on():
    market = Market.from_lists(
        {"Ana": ["B"], "Bo": ["C"]},
        {"A": [], "B": ["Ana"], "C": ["Bo"]},
        quotas={"A": 1, "B": 1, "C": 0},
        reversions=[("A", "B", 1), ("B", "C", 1)],
    )
    # B's own position is filled; the one from A finds nobody at B and goes on to C.
    assert roth_peranson(market).to_dict() == {"Ana": "B", "Bo": "C"}
    needed = Market.from_lists(
        {"Ana": ["B"], "Di": ["B"], "Bo": ["C"]},
        {"A": [], "B": ["Ana", "Di"], "C": ["Bo"]},
        quotas={"A": 1, "B": 1, "C": 0},
        reversions=[("A", "B", 1), ("B", "C", 1)],
    )
    assert roth_peranson(needed).to_dict() == {"Ana": "B", "Di": "B", "Bo": None}


@st.composite
def reverting(draw: st.DrawFn) -> Market:
    market = draw(st.one_of(markets(max_programs=5), st.integers(0, 10**6).map(tiny)))
    size = market.size("program")
    # From lower to higher numbers: no circles.
    pairs = [(d, r) for d in range(size) for r in range(d + 1, size) if market.quota[d]]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=5)) if pairs else []
    positions = [draw(st.integers(1, int(market.quota[d]))) for d, _ in chosen]
    rows = np.array(chosen, np.int32).reshape(-1, 2)
    return market.replace(reversions=Reversions(rows[:, 0], rows[:, 1], np.array(positions, np.int32)))


@settings(deadline=None)
@given(reverting())
def test_reversions_move_unfilled_positions_and_nothing_else(market):
    matching = roth_peranson(market)
    gained = matching.final_quota - market.quota
    assert gained.sum() == 0
    reversions = market.reversions
    given_away = np.bincount(reversions.donor, reversions.positions, minlength=len(gained))
    received = np.bincount(reversions.receiver, reversions.positions, minlength=len(gained))
    assert (-gained <= given_away).all()
    assert (gained <= received).all()
    assert (matching.filled <= matching.final_quota).all()
    # Whoever still has unfilled positions gave away all that it was to give.
    unfilled = matching.final_quota > matching.filled
    assert (-gained[unfilled] + received[unfilled] >= given_away[unfilled]).all()
    assert matching.stable == plainly_stable(matching)


@settings(deadline=None)
@given(reverting())
def test_the_outcome_is_that_of_the_market_with_the_final_quotas(market):
    matching = roth_peranson(market)
    again = roth_peranson(market.replace(quota=matching.final_quota, reversions=None))
    assert again.program_of.tolist() == matching.program_of.tolist()
    assert again.second_of.tolist() == matching.second_of.tolist()
    if market.links is None:
        assert deferred_acceptance(again.market).program_of.tolist() == matching.program_of.tolist()


@settings(deadline=None)
@given(reverting(), st.data())
def test_even_and_odd_numbers_are_given_to_those_who_want_them(market, data):
    size = market.size("program")
    parity = np.array(data.draw(st.lists(st.integers(0, 2), min_size=size, max_size=size)), np.int8)
    matching = roth_peranson(market.replace(parity=parity))
    held = matching.filled
    assert ((held == 0) | (parity == 0) | (held % 2 == parity % 2)).all()
    assert (held <= matching.final_quota).all()
    assert matching.stable == plainly_stable(matching)


def test_a_program_that_wants_an_even_number_lets_its_last_go():
    market = Market.from_lists(
        {"Ana": ["City"], "Bo": ["City"], "Cy": ["City", "Mercy"]},
        {"City": ["Ana", "Bo", "Cy"], "Mercy": ["Cy"]},
        quotas={"City": 3, "Mercy": 1},
        parity={"City": "even"},
    )
    matching = roth_peranson(market)
    assert matching.to_dict() == {"Ana": "City", "Bo": "City", "Cy": "Mercy"}
    assert matching.final_quota.tolist() == [2, 1]


# --- orders, seeds, results ---


def test_the_same_seed_gives_the_same_matching_and_seeds_count_only_for_restarts():
    restarted = [number for number in range(400) if roth_peranson(tiny(number)).restarts]
    for number in restarted:
        one, two = roth_peranson(tiny(number), seed=5), roth_peranson(tiny(number), seed=5)
        assert one.equals(two)
        assert one.restarts == two.restarts
    for number in range(50):
        if number not in restarted:
            assert roth_peranson(tiny(number), seed=1).equals(roth_peranson(tiny(number), seed=2))


@pytest.mark.parametrize("order", ["last", "couple_last"])
def test_an_unknown_order_is_refused_by_name(order):
    with pytest.raises(InputError) as caught:
        roth_peranson(tiny(1), order=order)
    message = f"order must be one of 'couples_last', 'couples_first', 'given', got {order!r}"
    assert str(caught.value).startswith(message)


def test_a_seed_out_of_range_is_refused():
    with pytest.raises(InputError, match="seed must be 0 to"):
        roth_peranson(tiny(1), seed=-1)


def test_a_matching_keeps_all_of_itself_when_pickled():
    matching = roth_peranson(tiny(3))
    again = pickle.loads(pickle.dumps(matching))
    assert again.equals(matching)
    assert (again.restarts, again.cycles, again.blocking) == (
        matching.restarts,
        matching.cycles,
        matching.blocking,
    )


def test_a_matching_made_from_its_programs_has_the_same_ranks():
    for number in range(50):
        matching = roth_peranson(tiny(number))
        again = Matching.from_programs(matching.market, matching.program_of, matching.second_of)
        assert again.equals(matching)


@pytest.mark.parametrize("order", ORDERS)
def test_a_play_that_comes_to_rest_by_itself_is_stable(order):
    """Nobody who could come is forgotten: without a cycle met, one play leaves nothing that blocks.

    Asked of single plays, since a restart would repair what one of them overlooks.
    """
    rested = 0
    for market in (*map(tiny, range(400)), *map(swap_market, range(300)), *map(crowded, range(40))):
        play = _attempted(Board(market), 1, order, market.quota, 0)
        if not play.work[kernel.CYCLES]:
            played = play.played()
            assert len(blocking_units(market, Matching.from_programs(market, *played[:3:2]))) == 0
            rested += 1
    assert rested > 400


@pytest.mark.parametrize("crowd", [1, 10, 100])
def test_a_program_that_opens_again_asks_no_more_than_it_must(crowd):
    """The work done, not only the outcome. Cy displaces Bo, Ana goes too, and City, which all of a crowd
    would rather have, asks the first of them and nobody else."""
    names = [f"single {k}" for k in range(crowd)]
    market = Market.from_lists(
        {**{name: ["City"] for name in names}, "Cy": ["Mercy"]},
        {"City": ["Ana", *names], "Mercy": ["Cy", "Bo"]},
        quotas=1,
        couples={("Ana", "Bo"): [("City", "Mercy")]},
    )
    couple_before_cy = np.array([*range(crowd), len(market), crowd], np.int32)
    play = Board(market).play(market.quota, couple_before_cy, None, PATIENCE, pytest.fail)
    assert play.played().program_of.tolist() == [0, *[-1] * (crowd - 1), 1, -1, -1]
    # City's first two entries: Ana, who waits no more, and the first of the crowd.
    assert play.work[kernel.SCANNED] == 2


def test_the_index_of_mentions_is_complete():
    for number in range(60):
        market = tiny(number)
        board = Board(market)
        people, first_linked = len(market), len(market.applicant_programs)
        found = set()
        for f in range(len(market.program_applicants)):
            p = int(np.searchsorted(market.program_offsets, f, side="right")) - 1
            for unit, option in board.mentions[board.offsets[f] : board.offsets[f + 1]].tolist():
                found.add((unit - people, option - first_linked, p, int(market.program_applicants[f])))
        assert found == mentioned(market)


def mentioned(market: Market) -> set[tuple[int, int, int, int]]:
    """Couple or list (numbered behind the couples), option, program and applicant, where both sides rank."""
    couples, extra = market.couples, market.supplementals
    expected = set()
    for c, (a, b) in enumerate(zip(couples.first.tolist(), couples.second.tolist(), strict=True)):
        for k in range(couples.offsets[c], couples.offsets[c + 1]):
            sides = [(a, int(couples.first_program[k])), (b, int(couples.second_program[k]))]
            if all(p < 0 or market.applicant_labels[i] in market.program_list(p) for i, p in sides):
                expected |= {(c, int(k), p, i) for i, p in sides if p >= 0}
    for s in range(0 if extra is None else len(extra)):
        a = int(extra.applicant[s])
        for e in range(extra.offsets[s], extra.offsets[s + 1]):
            p = int(extra.programs[e])
            if market.applicant_labels[a] in market.program_list(p):
                expected.add((len(couples) + s, len(couples.first_program) + int(e), p, a))
    return expected


def test_the_kernels_run_as_plain_python_too():
    """With numba switched off the same functions give the same matchings."""
    program = """
from interpreted import INTERPRETED
from linked_markets import tiny
from matchsim.engine import roth_peranson
for number in range(12):
    found = roth_peranson(tiny(number))
    print(found.program_of.tolist(), found.second_of.tolist(), found.proposals, found.cycles, found.blocking)
"""
    outputs = set()
    for disabled in ("0", "1"):
        environment = {**os.environ, "NUMBA_DISABLE_JIT": disabled, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        outputs.add(done.stdout)
    assert len(outputs) == 1
    assert "True" not in outputs.pop()
