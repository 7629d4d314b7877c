"""Exact search: against exhaustive search, OR-tools, deferred acceptance, and published figures."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from linked_markets import crowded_draw, plainly, plainly_stable, tight, tiny
from strategies import markets
from test_literature_linked import EXAMPLES

from matchsim.engine import Market, Matching, deferred_acceptance, exact, linked_reference, near_feasible
from matchsim.engine.bounds import bounds, no_bounds
from matchsim.engine.exact import check_found
from matchsim.engine.formula import FALSE, TRUE, Counter, Formula
from matchsim.engine.linked import NO_SUPPLEMENTALS, Couples, Supplementals
from matchsim.engine.options import options_of
from matchsim.engine.reference import lists_of
from matchsim.engine.stability_formula import StabilityFormula
from matchsim.engine.stability_linked import DEFINITIONS
from matchsim.errors import InputError, MarketError, RunError

STABLE = ("any", "most_matched", "lowest_rank_sum")
Seats = tuple[tuple[int, ...], tuple[int, ...]]

every_definition = pytest.mark.parametrize("definition", DEFINITIONS)

# One couple and one single: whoever has City and Mercy, somebody would rather.
NONE_STABLE = Market.from_lists(
    {"Cy": ["City", "Mercy"]},
    {"City": ["Ana", "Cy"], "Mercy": ["Cy", "Bo"]},
    quotas=1,
    couples={("Ana", "Bo"): [("City", "Mercy")]},
)


def seats(matching: Matching) -> Seats:
    return tuple(matching.program_of.tolist()), tuple(matching.second_of.tolist())


def stable_ones(market: Market, definition: str, quota: list[int] | None = None) -> set[Seats]:
    found = linked_reference.stable_matchings(market, quota, definition)
    return {(tuple(program_of), tuple(second_of)) for program_of, second_of in found}


def solutions(formula: StabilityFormula) -> set[Seats]:
    """The matchings of all solutions of a formula."""
    from pysat.solvers import Solver

    found = set()
    with Solver(name="cadical195", bootstrap_with=formula.clauses) as solver:
        while solver.solve():
            true = set(solver.get_model())
            found.add(seats(formula.matching(true)))
            solver.add_clause([-x if x in true else x for x in formula.holds.values()])
    return found


def rank_sum(market: Market, program_of: tuple[int, ...]) -> int:
    """The sum of ranks from the lists alone."""
    lists, couples, total = lists_of(market)[0], market.couples, 0
    pairs = list(zip(couples.first_program.tolist(), couples.second_program.tolist(), strict=True))
    for a, b, *cut in zip(couples.first, couples.second, couples.offsets, couples.offsets[1:], strict=False):
        own, have = pairs[slice(*cut)], (program_of[a], program_of[b])
        total += 2 * (own.index(have) if have in own else len(own))
    for a, own in enumerate(lists):
        if a not in {*couples.first.tolist(), *couples.second.tolist()}:
            total += own.index(program_of[a]) if program_of[a] in own else len(own)
    return total + len(market)


def beside(one: Market, other: Market) -> Market:
    """Two markets as one."""
    people, programs = len(one), one.size("program")

    def cut(a, b):
        return np.concatenate((a, a[-1] + b[1:]))

    def after(a, b, size):
        return np.concatenate((a, np.where(b < 0, b, b + size)))

    c, d = one.couples, other.couples
    s, t = one.supplementals or NO_SUPPLEMENTALS, other.supplementals or NO_SUPPLEMENTALS
    return Market.from_arrays(
        cut(one.applicant_offsets, other.applicant_offsets),
        after(one.applicant_programs, other.applicant_programs, programs),
        cut(one.program_offsets, other.program_offsets),
        after(one.program_applicants, other.program_applicants, people),
        np.concatenate((one.quota, other.quota)),
        couples=Couples(
            after(c.first, d.first, people),
            after(c.second, d.second, people),
            cut(c.offsets, d.offsets),
            after(c.first_program, d.first_program, programs),
            after(c.second_program, d.second_program, programs),
        ),
        supplementals=Supplementals(
            after(s.applicant, t.applicant, people),
            after(s.advanced, t.advanced, programs),
            cut(s.offsets, t.offsets),
            after(s.programs, t.programs, programs),
        ),
    )


# --- against exhaustive search ---


@every_definition
@pytest.mark.parametrize(("maker", "markets_tried"), [(tiny, 10), (tight, 150)])
def test_tiny_markets_against_exhaustive_search(maker, markets_tried, definition):
    """Every stable matching is a solution and every solution stable, with bounds and without.

    So there is an answer exactly where one exists, and it is the best one where several differ.
    """
    unsolvable = several = 0
    for number in range(DEFINITIONS.index(definition), 3 * markets_tried, 3):
        market = maker(number)
        stable = stable_ones(market, definition)
        options, quota = options_of(market), market.quota.astype(np.int64)
        known = bounds(options, quota, quota)
        for facts in (known, no_bounds(options)):
            formula = StabilityFormula(options, facts, quota, quota, definition)
            assert solutions(formula) == stable, number

        results = [exact(market, definition=definition, objective=objective) for objective in STABLE]
        assert {result.proof for result in results} == {not stable}
        assert results[0].settled == np.count_nonzero(known.certain)
        if stable:
            assert {seats(result.matching) for result in results} <= stable
            matched = [sum(p >= 0 for p in program_of) for program_of, _ in stable]
            sums = [rank_sum(market, program_of) for program_of, _ in stable]
            assert [result.value for result in results] == [None, max(matched), min(sums)], number
            assert results[1].matching.matched == max(matched)
            assert rank_sum(market, seats(results[2].matching)[0]) == min(sums)
            several += len(set(matched)) > 1 or len(set(sums)) > 1
        else:
            assert [(result.matching, result.value) for result in results] == [(None, None)] * 3
            unsolvable += 1
    if maker is tight:
        assert unsolvable > 5
        assert several > 2


@every_definition
def test_the_fewest_that_block_against_exhaustive_search(definition):
    unstable = 0
    for number in range(100):
        market = tight(number)
        proof = exact(market, definition=definition).proof
        unstable += proof
        if not proof and number % 9:
            continue
        blocks = [
            linked_reference.blocking_units(market, *found, definition=definition)
            for found in linked_reference.rational_matchings(market)
        ]
        by_units = exact(market, definition=definition, objective="fewest_blocking")
        by_options = exact(market, definition=definition, objective="fewest_blocking_options")
        assert by_units.value == min(len({block[:2] for block in found}) for found in blocks), number
        assert by_options.value == min(map(len, blocks)), number
        for result in (by_units, by_options):
            assert result.proof == proof
            assert linked_reference.is_individually_rational(market, *plainly(result.matching))
    assert unstable > 2


@pytest.mark.parametrize("seed", [6, 203, 325, 365])
def test_one_unit_that_blocks_with_two_options_or_two_units(seed):
    rng = np.random.default_rng(seed)
    market = crowded_draw(rng, residents=24, couples=8, hospitals=5, positions=24)
    by_units = exact(market, objective="fewest_blocking")
    by_options = exact(market, objective="fewest_blocking_options")
    assert (by_units.value, by_options.value) == (1, 2)
    assert by_units.matching.blocking["responsive"] >= by_options.matching.blocking["responsive"] == 2


@every_definition
def test_what_blocks_adds_up_over_markets_side_by_side(definition):
    unstable = [number for number in range(150) if exact(tight(number), definition=definition).proof]
    for one, other in pairwise(map(tight, unstable[:3])):
        for objective in ("fewest_blocking", "fewest_blocking_options"):
            markets_asked = one, other, beside(one, other)
            first, second, both = (
                exact(market, definition=definition, objective=objective).value for market in markets_asked
            )
            assert both == first + second >= 2
        changes = [near_feasible(market, definition=definition).total for market in markets_asked]
        assert changes[2] == changes[0] + changes[1]


def costs(market: Market, definition: str, start: list[int]) -> dict[int, int]:
    """For every sum of changes of at most 2 that is enough, the least sum of absolute changes."""
    found: dict[int, int] = {}
    changes = product(*(range(-2, 3) if size else [0] for size in start))
    for change in sorted(changes, key=lambda c: sum(map(abs, c))):
        quota = [size + c for size, c in zip(start, change, strict=True)]
        if sum(change) not in found and min(quota) >= 0 and stable_ones(market, definition, quota):
            found[sum(change)] = sum(map(abs, change))
    return found


@every_definition
def test_the_smallest_change_of_quotas_against_exhaustive_search(definition):
    """In every second market one program is closed, and stays so."""
    changed = 0
    for number in range(DEFINITIONS.index(definition), 1000):
        market = tight(number)
        start = market.quota.tolist()
        start[-1] *= number % 2
        if not exact(market, definition=definition, quota=start).proof:
            continue
        least = min((cost for total, cost in costs(market, definition, start).items() if 0 <= total <= 4))
        found = near_feasible(market, definition=definition, quota=start)
        assert found.total == least, number
        quota = found.matching.final_quota.tolist()
        assert seats(found.matching) in stable_ones(market, definition, quota)
        assert found.change.tolist() == [size - old for size, old in zip(quota, start, strict=True)]
        assert 0 <= found.change.sum() <= 4
        assert np.abs(found.change).max() <= 2
        assert not found.change[np.equal(start, 0)].any()
        changed += 1
        if changed == 6:
            break
    assert changed == 6


@pytest.mark.parametrize(
    ("number", "closed", "smallest", "total"),
    # A position moves from one program to another; a closed program would have done with less.
    [(98, False, 2, 0), (114, False, 2, 0), (279, True, 2, 2)],
)
def test_positions_may_move_but_programs_stay_closed(number, closed, smallest, total):
    market = tight(number)
    start = market.quota.tolist()
    start[-1] *= not closed
    enough = costs(market, "responsive", start)
    assert min(cost for change, cost in enough.items() if 0 <= change <= 4) == enough[total] == smallest
    found = near_feasible(market, definition="responsive", quota=start)
    assert (found.total, found.change.sum()) == (smallest, total)
    opened = near_feasible(market, definition="responsive", quota=[*start[:-1], 1])
    assert opened.total < smallest or not closed


@pytest.mark.parametrize("number", [1628, 2116])
def test_the_sum_of_quotas_grows_by_four_at_most(number):
    """A position more is enough for one such market, one fewer is not: five together must do otherwise."""
    one = tight(number)
    alone = costs(one, "responsive", one.quota.tolist())
    assert (alone[1], alone.get(-1, 2) > 1) == (1, True)
    together, market = dict(alone), one
    for _ in range(4):
        market = beside(market, one)
        joined: dict[int, int] = {}
        for (s, cost), (t, more) in product(together.items(), alone.items()):
            joined[s + t] = min(cost + more, joined.get(s + t, 999))
        together = joined
    least = min(cost for total, cost in together.items() if 0 <= total <= 4)
    assert least > together[5] == 5
    found = near_feasible(market, definition="responsive")
    assert found.total == least
    assert 0 <= found.change.sum() <= 4


# --- against another solver ---


@every_definition
def test_larger_markets_against_ortools(definition):
    """An integer program written down from the definitions, for markets beyond exhaustive search."""
    pytest.importorskip("ortools")
    from ortools_market import best_stable

    proofs = 0
    for number in range(6):
        market = crowded_draw(
            np.random.default_rng(number), residents=24, couples=5, hospitals=6, positions=24
        )
        most = exact(market, definition=definition, objective="most_matched")
        lowest = exact(market, definition=definition, objective="lowest_rank_sum")
        assert most.value == best_stable(market, definition, "most_matched"), number
        assert lowest.value == best_stable(market, definition, "lowest_rank_sum"), number
        proofs += most.proof
    assert 0 < proofs < 6


# --- against deferred acceptance ---


@given(markets())
@settings(max_examples=30)
def test_singles_alone(market):
    """Stable matchings exist, all with the same applicants matched, and one of them is best for each."""
    best = deferred_acceptance(market)
    result = exact(market, objective="lowest_rank_sum")
    assert seats(result.matching) == seats(best)
    assert exact(market, objective="most_matched").value == best.matched
    assert exact(market, objective="fewest_blocking").value == 0
    assert near_feasible(market).total == 0


# --- bounds ---


def test_bounds_settle_what_deferred_acceptance_would():
    """Ana does not get Radiology, so her supplemental list keeps nobody from Year; nothing is left open."""
    market = Market.from_lists(
        {"Ana": ["Radiology", "Medicine"], "Bo": ["Year"], "Cy": ["Radiology"]},
        {"Radiology": ["Cy", "Ana"], "Medicine": ["Ana"], "Year": ["Ana", "Bo"]},
        quotas=1,
        supplemental={("Ana", "Radiology"): ["Year"]},
    )
    result = exact(market)
    assert result.matching.to_dict() == {"Ana": "Medicine", "Bo": "Year", "Cy": "Radiology"}
    assert (result.settled, result.open, result.effort.decisions) == (3, 0, 0)


def test_a_couple_settles_what_is_open_to_the_worse_of_the_two():
    market = Market.from_lists(
        {"Cy": ["City"], "Di": ["City"]},
        {"City": ["Ana", "Cy", "Bo", "Di"]},
        quotas=3,
        couples={("Ana", "Bo"): [("City", "City"), ("City", None)]},
    )
    result = exact(market)
    assert result.matching.to_dict() == {"Cy": "City", "Di": None, "Ana": "City", "Bo": "City"}
    assert (result.settled, result.open) == (2, 0)


# --- examples ---


@every_definition
@pytest.mark.parametrize("name", EXAMPLES)
def test_printed_markets(name, definition):
    example = EXAMPLES[name]
    result = exact(example.market, definition=definition)
    assert result.proof == (not example.stable[definition])
    if not result.proof:
        found = {a: p for a, p in result.matching.to_dict().items() if p is not None}
        assert found in example.stable[definition]


@every_definition
def test_one_couple_and_one_single_may_be_enough(definition):
    """Roth, Journal of Political Economy 92 (1984), 991-1016, showed that couples can make it impossible."""
    result = exact(NONE_STABLE, definition=definition)
    assert (result.matching, result.proof, result.value) == (None, True, None)
    assert repr(result).startswith(f"<ExactResult: no stable matching exists under {definition}; ")
    least = exact(NONE_STABLE, definition=definition, objective="fewest_blocking")
    assert least.value == least.matching.blocking[definition] == 1
    assert "no stable matching exists" in repr(least)
    assert "fewest_blocking 1" in repr(least)


def test_a_position_more_is_enough_for_them():
    result = near_feasible(NONE_STABLE)
    assert (result.total, result.change.sum()) == (1, 1)
    assert result.matching.stable_under == DEFINITIONS
    assert repr(result) in {f"<NearFeasible: stable with {p} +1 under kpr>" for p in ("City", "Mercy")}
    assert repr(near_feasible(Market.from_lists({1: [1]}, {1: [1]}, 1))) == (
        "<NearFeasible: stable without a change under kpr>"
    )


def test_no_change_within_the_bounds(monkeypatch):
    """Under ``responsive`` two positions more or fewer need not be enough, of which the theorem is not."""
    market = crowded_draw(np.random.default_rng(56), residents=24, couples=6, hospitals=5, positions=24)
    result = near_feasible(market, definition="responsive")
    assert (result.matching, result.total, result.change.tolist()) == (None, 0, [0] * 5)
    assert repr(result) == (
        "<NearFeasible: no change within the bounds makes a stable matching under responsive>"
    )
    monkeypatch.setattr(import_module("matchsim.engine.near_feasible"), "EACH", 3)
    assert near_feasible(market, definition="responsive").change.max() == 3


def test_the_quotas_may_be_others_than_those_of_the_market():
    assert exact(NONE_STABLE, quota=[2, 1]).matching.to_dict() == {"Cy": "City", "Ana": "City", "Bo": "Mercy"}
    assert exact(NONE_STABLE, quota=[1, 2]).matching.final_quota.tolist() == [1, 2]
    assert exact(NONE_STABLE, quota=[0, 2]).matching.to_dict() == {"Cy": "Mercy", "Ana": None, "Bo": None}
    assert near_feasible(NONE_STABLE, quota=[2, 1]).total == 0


# --- published figures ---


def test_how_often_a_stable_matching_exists_depends_on_the_definition():
    """100 residents, 10 couples, 10 hospitals: 0.845 of 200 draws against 0.59, computed elsewhere.

    Here with other draws; the tolerance is three standard errors of the difference.
    """
    for definition, share, tolerance in (("kpr", 0.845, 0.18), ("responsive", 0.59, 0.24)):
        rng = np.random.default_rng(1)
        draws = [crowded_draw(rng, residents=100, couples=10, hospitals=10, positions=100) for _ in range(40)]
        found = [not exact(market, definition=definition).proof for market in draws]
        assert abs(np.mean(found) - share) < tolerance


@pytest.mark.parametrize("definition", ["kpr", "mm"])
def test_one_position_more_and_one_that_blocks(definition):
    """Nguyen and Vohra 2018: a change of each quota by at most 2 and of the sum by 0 to 4 is enough.

    Manlove, McBride and Trimble 2017: at most 2 blocking pairs, mostly 1, in 28,000 random instances.
    """
    rng = np.random.default_rng(3)
    unsolvable = 0
    for _ in range(40):
        market = crowded_draw(rng, residents=40, couples=10, hospitals=8, positions=40)
        if exact(market, definition=definition).proof:
            unsolvable += 1
            change = near_feasible(market, definition=definition).change
            assert np.abs(change).max() <= 2
            assert 0 <= change.sum() <= 4
            least = exact(market, definition=definition, objective="fewest_blocking_options")
            assert 1 <= least.value <= 2
            assert plainly_stable(least.matching, definition) is False
    assert unsolvable > 3


# --- what is told ---


@pytest.mark.parametrize("ask", [exact, near_feasible])
def test_words_and_quotas_that_cannot_be_used_are_refused(ask):
    with pytest.raises(InputError, match=r"'mm', got 'krp'; did you mean 'kpr'\?"):
        ask(NONE_STABLE, definition="krp")
    with pytest.raises(MarketError, match=r"^quota must be 2 whole numbers, one a program, got shape"):
        ask(NONE_STABLE, quota=[1])
    with pytest.raises(MarketError, match=r"^quota must be from 0 to 2147483647, got -1 at index 1"):
        ask(NONE_STABLE, quota=[1, -1])


def test_an_unknown_objective_is_refused():
    with pytest.raises(InputError, match=r"objective must be one of 'any', 'most_matched', .* got 'best'"):
        exact(NONE_STABLE, objective="best")


@pytest.mark.parametrize("ask", [exact, near_feasible])
def test_without_python_sat_the_extra_is_named(ask, monkeypatch):
    monkeypatch.setitem(sys.modules, "pysat.solvers", None)
    with pytest.raises(RunError, match=r'not installed: pip install "matchsim\[exact\]"'):
        ask(NONE_STABLE)


def test_the_engine_loads_python_sat_only_when_asked():
    script = "import sys, matchsim.engine; sys.exit(any(name.startswith('pysat') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_what_the_checker_does_not_confirm_is_not_returned():
    nobody = Matching.from_dict(NONE_STABLE, {})
    with pytest.raises(RunError, match=r"blocked 0 times under 'kpr'; the checker counts 3 .* please report"):
        check_found(nobody, "kpr")
    check_found(nobody, "kpr", 3, "options")
    check_found(nobody, "kpr", 2, "units")
    with pytest.raises(RunError, match="mistake in matchsim"):
        check_found(Matching.from_dict(NONE_STABLE, {"Ana": "City"}), "kpr", 1, "units")


# --- counting ---


@pytest.mark.parametrize("most", range(5))
def test_counters_count(most):
    """All assignments of five literals, of which one is negative and one is known."""
    from pysat.solvers import Solver

    formula = Formula()
    literals = [formula.variable(), -formula.variable(), TRUE, formula.variable(), FALSE]
    counter = Counter(formula, literals, most)
    with Solver(name="cadical195", bootstrap_with=formula.clauses) as solver:
        for signs in product((1, -1), repeat=3):
            chosen = [sign * abs(literals[k]) for sign, k in zip(signs, (0, 1, 3), strict=True)]
            assert solver.solve(assumptions=chosen)
            true = {TRUE, *solver.get_model()}
            for among in range(6):
                count = sum(x in true for x in literals[:among])
                for number in range(-1, most + 1):
                    assert (counter.at_least(number, among) in true) == (count >= number)
