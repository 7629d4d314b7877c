"""What Roth and Peranson found in 1999 about the real market, in simulated ones.

American Economic Review 89 (1999), 748-780; figures recalled. Larger runs: ``benchmarks/sequencing.py``.
"""

from __future__ import annotations

import numpy as np

from literature.comparison import assert_agreement
from literature.core import comparisons, matched_differently
from matchsim.engine import Market, roth_peranson
from matchsim.season.season import run_season

ORDERS = ("couples_last", "couples_first", "given")


def test_who_proposes_matters_to_about_one_applicant_in_a_thousand():
    """In the real lists of five years: 14 to 21 of 20,071 to 24,749. Here: the primary lists of a season."""
    season = run_season("us-2025")
    lists = season.rank_lists
    applicants = lists.applicant_offsets, lists.applicant_programs
    programs = lists.program_offsets, lists.program_applicants
    market = Market.from_arrays(*applicants, *programs, season.tracks.quota)
    active = np.count_nonzero(np.diff(lists.applicant_offsets))
    assert 0 < matched_differently(market) < 5 * active / 1000


def test_with_short_lists_choice_does_not_grow_with_the_market():
    """That it does not grow is the paper's; the numbers were computed independently of this engine."""
    assert_agreement(comparisons(effort=0.1, largest=1_000))


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
