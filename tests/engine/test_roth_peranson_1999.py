"""What Roth and Peranson found in 1999 about the real market, in simulated ones.

American Economic Review 89 (1999), 748-780; figures recalled. Larger runs: ``benchmarks/sequencing.py``.
"""

from __future__ import annotations

import os

import numpy as np
import pytest

from matchsim.engine import Market, deferred_acceptance, roth_peranson
from matchsim.season.season import run_season

pytestmark = pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"), reason="thousands of markets: compiled only"
)
ORDERS = ("couples_last", "couples_first", "given")


def matched_differently(market: Market) -> int:
    """How many applicants the two directions of deferred acceptance give different programs."""
    ends = (deferred_acceptance(market, side).program_of for side in ("applicants", "programs"))
    return int(np.count_nonzero(np.not_equal(*ends)))


def test_who_proposes_matters_to_about_one_applicant_in_a_thousand():
    """In the real lists of five years: 14 to 21 of 20,071 to 24,749. Here: the primary lists of a season."""
    season = run_season("us-2025")
    lists = season.rank_lists
    applicants = lists.applicant_offsets, lists.applicant_programs
    programs = lists.program_offsets, lists.program_applicants
    market = Market.from_arrays(*applicants, *programs, season.tracks.quota)
    active = np.count_nonzero(np.diff(lists.applicant_offsets))
    assert 0 < matched_differently(market) < 5 * active / 1000


def random_lists(n: int, listed: int, rng: np.random.Generator) -> np.ndarray:
    if listed == n:
        return rng.permuted(np.tile(np.arange(n), (n, 1)), axis=1)
    chosen = rng.integers(0, n, (n, listed))
    while True:
        ordered = np.sort(chosen, axis=1)
        again = (ordered[:, 1:] == ordered[:, :-1]).any(axis=1)
        if not again.any():
            return chosen
        chosen[again] = rng.integers(0, n, (np.count_nonzero(again), listed))


def simple(n: int, listed: int, rng: np.random.Generator) -> Market:
    """As many programs as applicants, one position each; applicants list some at random."""
    chosen = random_lists(n, listed, rng).ravel()
    owner = np.repeat(np.arange(n, dtype=np.int32), listed)
    by_program = np.lexsort((rng.random(n * listed), chosen))
    program_offsets = np.concatenate(([0], np.cumsum(np.bincount(chosen, minlength=n))))
    applicant_offsets = np.arange(0, n * listed + 1, listed)
    return Market.from_arrays(
        applicant_offsets, chosen.astype(np.int32), program_offsets, owner[by_program], np.ones(n, np.int32)
    )


@pytest.mark.parametrize(("n", "draws"), [(250, 1500), (1000, 600)])
def test_with_short_lists_choice_does_not_grow_with_the_market(n, draws):
    """Who lists 10 programs at random: 2.35 applicants a market matched differently, however large it is.

    That it does not grow is the paper's; 2.35 was computed independently of this engine (20,000 draws).
    """
    rng = np.random.default_rng((10, n))
    differing = np.array([matched_differently(simple(n, 10, rng)) for _ in range(draws)])
    assert abs(differing.mean() - 2.35) < 0.15 * 2.35


def test_with_complete_lists_most_are_matched_differently():
    """75.3% with 100 on either side: Ashlagi, Kanoria and Leshno, Journal of Political Economy 125 (2017)."""
    rng = np.random.default_rng(100)
    share = np.mean([matched_differently(simple(100, 100, rng)) for _ in range(200)]) / 100
    assert abs(share - 0.753) < 0.03


def town(number: int, singles: int = 1200, couples: int = 20, programs: int = 130) -> Market:
    """One in thirty in couples; better programs are sought, better applicants liked; seats for everybody."""
    rng = np.random.default_rng(number)
    people = singles + 2 * couples
    quality, ability = rng.random(programs), rng.random(people)

    def liked(listed: int) -> list[int]:
        chosen = rng.permutation(programs)[:listed]
        return [int(p) for p in chosen[np.argsort(-quality[chosen] - 0.5 * rng.random(listed))]]

    lists = {a: liked(rng.integers(3, 13)) for a in range(singles)}
    pairs = {(a, a + 1): joint(liked(8), liked(8), rng) for a in range(singles, people, 2)}
    sought: dict[int, set[int]] = {p: set() for p in range(programs)}
    for a, ranked in lists.items():
        for p in ranked:
            sought[p].add(a)
    for members, listed in pairs.items():
        for pair in listed:
            for a, p in zip(members, pair, strict=True):
                sought[p].add(a)
    by_program = {}
    for p, named in sought.items():
        applicants = np.array(sorted(named), np.int64)
        score = ability[applicants] + 0.3 * rng.random(len(applicants))
        by_program[p] = applicants[np.argsort(-score)].tolist()
    seats = rng.multinomial(int(1.15 * people), np.full(programs, 1 / programs))
    return Market.from_lists(lists, by_program, dict(enumerate(seats.tolist())), couples=pairs)


def joint(one: list[int], other: list[int], rng: np.random.Generator) -> list[tuple[int, int]]:
    """The 30 best pairs of two lists by the sum of both places, with some noise."""
    pairs = [(p, q) for p in one for q in other]
    cost = [one.index(p) + other.index(q) + rng.normal() for p, q in pairs]
    return [pairs[k] for k in np.argsort(cost)[:30]]


def test_the_order_in_which_couples_enter_changes_next_to_nothing():
    """Compared where all orders ended stable; the paper found a handful of applicants a year at most."""
    compared = differing = people = 0
    for number in range(15):
        market = town(number)
        ends = [roth_peranson(market, order=order) for order in ORDERS]
        if all(end.stable for end in ends):
            compared += 1
            people += len(market)
            differing += sum(np.count_nonzero(ends[0].program_of != end.program_of) for end in ends[1:])
    assert compared >= 5
    assert differing < people / 1000
