"""All stable matchings: against exhaustive search, the theory of rotations, and printed examples."""

from __future__ import annotations

import pickle
from itertools import permutations, product
from random import Random

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import market_of, markets, named_markets

from matchsim.engine import (
    Market,
    Matching,
    deferred_acceptance,
    is_stable,
    reference,
    regret,
    stable_matchings,
    total_rank,
)
from matchsim.engine import closed_sets as bits
from matchsim.errors import InputError, MarketError

SMALL = settings(max_examples=100)

# ---------------------------------------------------------------------------------------------------------
# Markets with many stable matchings: what applicants like, programs do not


def opposed_lists(random: Random) -> tuple[list[list[int]], list[list[int]], list[int]]:
    """Lists in circles, programs in the opposite order, with a few entries exchanged or left out."""
    programs = random.randint(2, 4)
    quotas = [random.choice([0, 1, 1, 1, 2, 2]) for _ in range(programs)]
    applicants = min(5, max(2, sum(quotas) + random.choice([-1, 0, 0, 0, 1])))
    circle = [[(a + i) % programs for i in range(programs)] for a in range(applicants)]
    held = [
        sorted(range(applicants), key=lambda a, p=p: (-circle[a].index(p), random.random()))
        for p in range(programs)
    ]
    for ranked in random.choices([*circle, *held], k=random.randint(0, 4)):
        i, j = random.randrange(len(ranked)), random.randrange(len(ranked))
        ranked[i], ranked[j] = ranked[j], ranked[i]
    for ranked in random.choices([*circle, *held], k=random.choice([0, 0, 1, 3])):
        if ranked:
            ranked.pop(random.randrange(len(ranked)))
    return circle, held, quotas


opposed_markets = st.randoms(use_true_random=False).map(opposed_lists).map(market_of)
any_market = st.one_of(opposed_markets, markets(max_applicants=5, max_programs=4))


def placements(matchings) -> list[tuple[int, ...]]:
    return [tuple(matching.program_of.tolist()) for matching in matchings]


def exhaustive(market: Market) -> list[tuple[int, ...]]:
    return sorted(map(tuple, reference.stable_matchings(market)))


def random_marriage(size: int, seed: int, rivals: int = 0) -> Market:
    """Complete uniform lists of `size` applicants and `size + rivals` programs with one position each."""
    generator = np.random.default_rng(seed)
    applicants = [generator.permutation(size + rivals).tolist() for _ in range(size)]
    programs = [generator.permutation(size).tolist() for _ in range(size + rivals)]
    return market_of((applicants, programs, [1] * (size + rivals)))


# ---------------------------------------------------------------------------------------------------------
# Against exhaustive search


@pytest.mark.parametrize("seed", range(8))
def test_the_matchings_are_those_found_by_trying_all(seed):
    random = Random(seed)
    most = rotations = with_quota = 0
    for _ in range(250):
        market = market_of(opposed_lists(random))
        lattice = stable_matchings(market)
        found = placements(lattice)
        assert sorted(found) == exhaustive(market)
        assert lattice.count() == len(found) == len(set(found))
        most, rotations = max(most, len(found)), max(rotations, len(lattice.rotations))
        with_quota += len(found) > 1 and bool((market.quota[lattice.programs_with_several] > 1).any())
    # That the markets are hard enough is part of the test.
    assert most >= 4
    assert rotations >= 3
    assert with_quota >= 10


@SMALL
@given(market=markets(max_applicants=5, max_programs=4))
def test_the_matchings_of_any_market_are_those_found_by_trying_all(market):
    assert sorted(placements(stable_matchings(market))) == exhaustive(market)


@SMALL
@given(market=any_market)
def test_ranks_are_those_of_the_programs(market):
    for matching in stable_matchings(market):
        assert matching.equals(Matching.from_programs(market, matching.program_of))


@SMALL
@given(market=any_market)
def test_the_egalitarian_matching_has_the_smallest_total_rank(market):
    lattice = stable_matchings(market)
    best = min(lattice, key=lambda m: (total_rank(m), len(lattice.closed_set(m))))
    assert total_rank(best) == sum(slow_ranks(best))
    assert placements([lattice.egalitarian()]) == placements([best])


@SMALL
@given(market=any_market)
def test_the_matching_of_minimum_regret_has_the_smallest_regret(market):
    lattice = stable_matchings(market)
    best = min(lattice, key=lambda m: (regret(m), len(lattice.closed_set(m))))
    assert regret(best) == max(slow_ranks(best), default=0)
    assert placements([lattice.minimum_regret()]) == placements([best])


def slow_ranks(matching: Matching) -> list[int]:
    ranks = []
    for applicant, program in matching.to_dict().items():
        if program is not None:
            ranks.append(1 + matching.market.applicant_list(applicant).index(program))
            ranks.append(1 + matching.market.program_list(program).index(applicant))
    return ranks


@pytest.mark.parametrize(("size", "seed"), [*product((12, 20, 30), range(5))])
def test_the_best_matchings_of_larger_markets(size, seed):
    lattice = stable_matchings(random_marriage(size, seed))
    matchings = list(lattice)
    by_total = [(total_rank(m), len(lattice.closed_set(m))) for m in matchings]
    by_regret = [(regret(m), len(lattice.closed_set(m))) for m in matchings]
    assert placements([lattice.egalitarian()]) == placements([matchings[by_total.index(min(by_total))]])
    assert placements([lattice.minimum_regret()]) == placements([matchings[by_regret.index(min(by_regret))]])


@SMALL
@given(market=any_market)
def test_the_stable_pairs_are_those_of_all_stable_matchings(market):
    lattice = stable_matchings(market)
    together = {(a, p) for programs in exhaustive(market) for a, p in enumerate(programs) if p >= 0}
    pairs = lattice.stable_pairs
    found = list(zip(pairs.applicant.tolist(), pairs.program.tolist(), strict=True))
    assert len(found) == len(set(found))
    assert set(found) == together
    applicants, programs = reference.lists_of(market)
    for (a, p), rank, place in zip(found, pairs.applicant_rank, pairs.program_rank, strict=True):
        assert applicants[a][rank] == p
        assert programs[p][place] == a
    for a, name in enumerate(market.applicant_labels):
        stable = [market.program_labels[p] for p in applicants[a] if (a, p) in together]
        assert lattice.stable_programs(name) == tuple(stable)
    several = [a for a in range(len(market)) if len({p for b, p in together if a == b}) > 1]
    assert lattice.applicants_with_several.tolist() == several


@SMALL
@given(market=any_market)
def test_the_programs_with_several_hold_different_applicants(market):
    held = {}
    for programs in exhaustive(market):
        for p in range(market.size("program")):
            held.setdefault(p, set()).add(tuple(a for a, where in enumerate(programs) if where == p))
    several = [p for p, sets in held.items() if len(sets) > 1]
    assert stable_matchings(market).programs_with_several.tolist() == several


# ---------------------------------------------------------------------------------------------------------
# The theory


@SMALL
@given(market=any_market)
def test_the_ends_are_the_two_outcomes_of_deferred_acceptance(market):
    lattice = stable_matchings(market)
    first, *_, last = [*lattice, *lattice]
    assert placements([first]) == placements([deferred_acceptance(market)])
    assert placements([last]) == placements([deferred_acceptance(market, proposing="programs")])


@SMALL
@given(market=any_market)
def test_closed_sets_and_matchings_answer_to_each_other(market):
    lattice = stable_matchings(market)
    for closed, matching in zip(lattice.closed_sets(), lattice, strict=True):
        assert lattice.closed_set(matching) == closed
        assert placements([lattice.matching(closed)]) == placements([matching])
        assert lattice.closure(closed) == closed


@SMALL
@given(market=any_market)
def test_a_larger_closed_set_is_worse_for_every_applicant(market):
    lattice = stable_matchings(market)
    found = list(zip(lattice.closed_sets(), lattice, strict=True))
    for at, (closed, matching) in enumerate(found):
        for later, other in found[at:]:
            assert not later < closed
            assert (later >= closed) == bool((other.rank_of >= matching.rank_of).all())


@SMALL
@given(market=any_market)
def test_the_better_and_the_worse_of_two_matchings_are_stable_matchings(market):
    lattice = stable_matchings(market)
    found = list(zip(lattice.closed_sets(), lattice, strict=True))
    for (closed, matching), (other_closed, other) in product(found, found):
        better = lattice.matching(closed & other_closed)
        worse = lattice.matching(closed | other_closed)
        assert better.rank_of.tolist() == np.minimum(matching.rank_of, other.rank_of).tolist()
        assert worse.rank_of.tolist() == np.maximum(matching.rank_of, other.rank_of).tolist()
        assert is_stable(market, better)
        assert is_stable(market, worse)


@SMALL
@given(market=any_market)
def test_rotations_are_the_matchings_with_one_lower_neighbour(market):
    # Birkhoff: the order of the rotations is that of the join-irreducible elements of the lattice.
    lattice = stable_matchings(market)
    order = nx.DiGraph()
    found = list(lattice)
    order.add_nodes_from(range(len(found)))
    order.add_edges_from(
        (i, j) for i, j in permutations(range(len(found)), 2) if (found[i].rank_of <= found[j].rank_of).all()
    )
    irreducible = {j for j, count in nx.transitive_reduction(order).in_degree if count == 1}
    principal = [
        placements(found).index(*placements([lattice.matching(lattice.closure([i]))]))
        for i in range(len(lattice.rotations))
    ]
    assert len(set(principal)) == len(principal)
    assert set(principal) == irreducible
    reachable = nx.transitive_closure(lattice.poset)
    for i, j in permutations(range(len(principal)), 2):
        assert reachable.has_edge(i, j) == order.has_edge(principal[i], principal[j])


@SMALL
@given(market=any_market)
def test_the_poset_is_transitively_reduced(market):
    poset = stable_matchings(market).poset
    assert nx.is_directed_acyclic_graph(poset)
    assert set(nx.transitive_reduction(poset).edges) == set(poset.edges)


@pytest.mark.parametrize("seed", range(4))
def test_the_poset_of_a_larger_market_is_transitively_reduced(seed):
    lattice = stable_matchings(random_marriage(100, seed))
    assert len(lattice.rotations) > 10
    assert set(nx.transitive_reduction(lattice.poset).edges) == set(lattice.poset.edges)


@SMALL
@given(market=any_market)
def test_a_rotation_goes_in_a_circle_of_worst_applicants(market):
    lattice = stable_matchings(market)
    for i, moves in enumerate(lattice.rotations):
        before = lattice.matching(lattice.closure([i]) - {i})
        assert len(moves) >= 2
        movers = [market.applicant_labels.index_of(move.applicant) for move in moves]
        assert movers[0] == min(movers)
        assert [move.to_program for move in moves] == [move.from_program for move in (*moves[1:], moves[0])]
        assert len({move.from_program for move in moves}) == len(moves)
        for applicant, left, joined in moves:
            assert before.of(applicant) == left
            held = [a for a, p in before.to_dict().items() if p == left]
            assert max(held, key=market.program_list(left).index) == applicant
            ranked = market.applicant_list(applicant)
            assert ranked.index(left) < ranked.index(joined)


@SMALL
@given(market=named_markets())
def test_names_change_nothing(market):
    plain = Market.from_arrays(
        market.applicant_offsets,
        market.applicant_programs,
        market.program_offsets,
        market.program_applicants,
        market.quota,
    )
    assert placements(stable_matchings(market)) == placements(stable_matchings(plain))


@pytest.mark.parametrize("seed", range(3))
def test_larger_markets_with_quotas_are_stable_throughout(seed):
    generator = np.random.default_rng(seed)
    applicants = [generator.permutation(12).tolist() for _ in range(42)]
    programs = [generator.permutation(42).tolist() for _ in range(12)]
    # As many positions as applicants: with fewer or more there is hardly more than one stable matching.
    market = market_of((applicants, programs, [4, 2, 5, 3] * 3))
    found = list(stable_matchings(market))
    assert len(found) > 1
    assert all(is_stable(market, matching) for matching in found)
    assert len(set(placements(found))) == len(found)


# ---------------------------------------------------------------------------------------------------------
# Printed numbers


def knuth() -> Market:
    """Knuth, Mariages stables, Montréal 1976; lists recalled."""
    return Market.from_lists(
        {"m1": list("1234"), "m2": list("2143"), "m3": list("3412"), "m4": list("4321")},
        {
            "1": ["m4", "m3", "m2", "m1"],
            "2": ["m3", "m4", "m1", "m2"],
            "3": ["m2", "m1", "m4", "m3"],
            "4": ["m1", "m2", "m3", "m4"],
        },
        1,
    )


def test_knuths_market_has_ten_stable_matchings_and_six_rotations():
    market = knuth()
    lattice = stable_matchings(market)
    assert sorted(placements(lattice)) == exhaustive(market)
    assert lattice.count() == 10
    assert len(lattice.rotations) == 6
    assert len(lattice.stable_pairs) == 16
    assert {total_rank(matching) for matching in lattice} == {20}
    assert regret(lattice.minimum_regret()) == 3
    assert next(iter(lattice.rotations)) == (("m1", "1", "2"), ("m2", "2", "1"))


class TestIrvingLeatherGusfield:
    """The market of size 8 of Irving, Leather and Gusfield, Journal of the ACM 34 (1987), 532-543.

    Lists, rotations and order as transcribed in the tests of github.com/natsuozawa/socialchoicekit, where
    woman 5 has an entry twice (her last, 2 here; that man cannot get her either way). Their remark that
    the weight of rotation 7 is -3 and not -1, as printed, is borne out.
    """

    MEN = "31574286 61348752 74365128 53826147 41287365 62578431 78162345 26718345"
    WOMEN = "43812576 37586412 75836214 64273158 87156432 54762831 14562837 25437816"
    # Each man with the woman whom he leaves.
    ROTATIONS = (
        "13 21",
        "37 54 82",
        "45 78 66",
        "11 65 87",
        "23 34",
        "48 76 52",
        "33 81",
        "24 58 67",
        "15 57 83",
        "31 72 53 46",
    )
    FOLLOWERS = ((4, 5), (4, 5, 6), (4, 6), (7, 8), (7, 8), (8,), (9,), (9,), (10,), ())
    WEIGHTS = (0, -1, -2, 2, 2, -1, -3, 0, 1, 0)

    @pytest.fixture
    def lattice(self):
        men, women = (dict(enumerate(map(list, lists.split()), 1)) for lists in (self.MEN, self.WOMEN))
        return stable_matchings(Market.from_lists(men, women, 1))

    @pytest.fixture
    def number_of(self, lattice):
        """Which of our rotations each printed one is, counted from 1."""
        ours = {frozenset(a + p for a, p, _ in moves): i for i, moves in enumerate(lattice.rotations)}
        return {n: ours[frozenset(pairs.split())] for n, pairs in enumerate(self.ROTATIONS, 1)}

    def test_has_the_rotations_printed(self, lattice, number_of):
        assert sorted(number_of.values()) == list(range(len(lattice.rotations)))

    def test_has_the_order_printed(self, lattice, number_of):
        printed = {
            (number_of[before], number_of[after])
            for before, followers in enumerate(self.FOLLOWERS, 1)
            for after in followers
        }
        assert set(lattice.poset.edges) == printed

    def test_has_the_weights_printed(self, lattice, number_of):
        for n, weight in enumerate(self.WEIGHTS, 1):
            after = lattice.closure([number_of[n]])
            before = lattice.matching(after - {number_of[n]})
            assert total_rank(before) - total_rank(lattice.matching(after)) == weight

    def test_has_23_stable_matchings(self, lattice):
        found = placements(lattice)
        assert lattice.count() == len(set(found)) == 23
        together = {perm for perm in permutations(range(8)) if is_stable(lattice.market, perm)}
        assert set(found) == together

    def test_has_an_egalitarian_matching_between_the_ends(self, lattice, number_of):
        assert total_rank(lattice.egalitarian()) == min(map(total_rank, lattice)) == 54
        assert lattice.closed_set(lattice.egalitarian()) == {number_of[n] for n in (1, 2, 5)}
        assert total_rank(lattice.applicant_optimal) == 55


# ---------------------------------------------------------------------------------------------------------
# Closed sets of any order


@st.composite
def orders(draw) -> list[list[int]]:
    """Immediate predecessors of up to 9 elements."""
    graph = nx.DiGraph()
    for i in range(draw(st.integers(0, 9))):
        graph.add_node(i)
        befores = draw(st.sets(st.integers(0, i - 1), max_size=3)) if i else set()
        graph.add_edges_from((before, i) for before in befores)
    graph = nx.transitive_reduction(graph)
    return [sorted(graph.predecessors(i)) for i in range(len(graph))]


def all_closed_sets(predecessors: list[list[int]]) -> list[frozenset[int]]:
    sets = (frozenset(bits.elements(members)) for members in range(1 << len(predecessors)))
    return [chosen for chosen in sets if all(chosen.issuperset(predecessors[i]) for i in chosen)]


@given(predecessors=orders())
def test_closed_sets_are_all_made_smaller_ones_first(predecessors):
    found = [frozenset(bits.elements(m)) for m in bits.closed_sets(bits.closures(predecessors))]
    assert found == all_closed_sets(predecessors)
    assert all(not later < earlier for at, earlier in enumerate(found) for later in found[at:])


@given(predecessors=orders())
def test_closed_sets_are_counted(predecessors):
    expected = len(all_closed_sets(predecessors))
    assert bits.count_closed_sets(predecessors) == expected
    assert bits.count_closed_sets(predecessors, most=3) in (None, expected)


@given(predecessors=orders(), data=st.data())
def test_the_greatest_gain_is_found(predecessors, data):
    size = len(predecessors)
    gain = np.array(data.draw(st.lists(st.integers(-4, 4), min_size=size, max_size=size)), np.int64)
    best = max(all_closed_sets(predecessors), key=lambda chosen: (sum(gain[[*chosen]]), -len(chosen)))
    assert frozenset(bits.elements(bits.greatest_gain(predecessors, gain))) == best


def test_counting_needs_no_enumeration():
    alone = [[] for _ in range(500)]
    chain = [[i - 1] if i else [] for i in range(3_000)]
    assert bits.count_closed_sets(alone) == 2**500
    assert bits.count_closed_sets(chain, most=2) == 3_001
    star = [[0] if i else [] for i in range(500)]
    assert bits.count_closed_sets(star, most=2) == 2**499 + 1


def test_counting_stops_where_it_is_told_to():
    # 40 elements below 40 others, each below its own: the first 40 are all remembered.
    pairs = [[] for _ in range(40)] + [[i] + ([i - 1] if i else []) for i in range(40)]
    assert bits.count_closed_sets(pairs, most=1_000) is None


# ---------------------------------------------------------------------------------------------------------
# Use and misuse


def many_pairs(pairs: int) -> Market:
    """Pairs of applicants who like what the programs do not: 2 to the power of `pairs` stable matchings."""
    applicants = [[2 * i + j, 2 * i + 1 - j] for i in range(pairs) for j in range(2)]
    programs = [[2 * i + 1 - j, 2 * i + j] for i in range(pairs) for j in range(2)]
    return market_of((applicants, programs, [1] * (2 * pairs)))


def test_a_market_with_more_matchings_than_could_be_made():
    lattice = stable_matchings(many_pairs(300))
    assert lattice.count() == 2**300
    assert repr(lattice).startswith("<StableMatchings: about 10^90 stable matchings, 300 rotations; ")
    assert len(set(placements(lattice.matchings(limit=50)))) == 50
    assert len(list(lattice.closed_sets(limit=7))) == 7
    assert list(lattice.matchings(limit=0)) == []
    assert len(lattice.applicants_with_several) == len(lattice.programs_with_several) == 600
    assert regret(lattice.minimum_regret()) == 2


def test_empty_markets():
    for market in (market_of(([], [], [])), market_of(([[], []], [[]], [2])), market_of(([[0]], [[0]], [0]))):
        lattice = stable_matchings(market)
        assert lattice.count() == len(list(lattice)) == 1
        assert lattice.egalitarian().matched == lattice.minimum_regret().matched == 0
        assert regret(lattice.applicant_optimal) == total_rank(lattice.applicant_optimal) == 0
        assert not len(lattice.stable_pairs)
        assert lattice.closed_set(lattice.program_optimal) == frozenset()
        assert len(lattice.stable_pairs.to_pandas()) == 0


def test_closed_sets_are_checked():
    lattice = stable_matchings(random_marriage(30, 1))
    last = len(lattice.rotations) - 1
    needed = sorted(lattice.closure([last]) - {last})
    assert needed
    with pytest.raises(InputError) as caught:
        lattice.matching([last])
    assert str(caught.value) == (
        f"closed_set: a closed set has all rotations that must come before its own; {needed} missing "
        "(closure() completes a set)"
    )
    for given_set, told in (([last + 1], str(last + 1)), ([-1], "-1"), (["0"], "'0'"), ([0.5], "0.5")):
        with pytest.raises(InputError, match=f"numbered 0 to {last}, got {told}$"):
            lattice.matching(given_set)
    with pytest.raises(InputError, match="there is one stable matching only, got 0"):
        stable_matchings(market_of(([[0]], [[0]], [1]))).closure([0])


def test_markets_with_linked_positions_are_refused():
    market = many_pairs(1)
    object.__setattr__(market, "couples", ())
    object.__setattr__(market, "reversions", ())
    with pytest.raises(MarketError, match="fixed quotas are needed; this market has couples and reversions"):
        stable_matchings(market)


@pytest.mark.parametrize("limit", [-1, 2.5, "3"])
def test_limits_are_checked(limit):
    with pytest.raises(InputError, match="limit: must be a whole number from 0 or None, got"):
        stable_matchings(many_pairs(1)).matchings(limit)


def test_matchings_are_checked():
    market = many_pairs(1)
    lattice = stable_matchings(market)
    with pytest.raises(MarketError, match="the matching is not stable: 1 and 1 block it"):
        lattice.closed_set(Matching.from_programs(market, [-1, 1]))
    with pytest.raises(MarketError, match="not stable: 1 holds 2, more than its quota of 1"):
        lattice.closed_set(Matching.from_programs(market, [0, 0]))
    with pytest.raises(MarketError, match="of another market"):
        lattice.closed_set(deferred_acceptance(many_pairs(2)))
    with pytest.raises(MarketError, match="there is no applicant called 'Ana'"):
        lattice.stable_programs("Ana")
    with pytest.raises(MarketError, match="not on their list"):
        regret(Matching.from_programs(market_of(([[]], [[0]], [1])), [0]))
    with pytest.raises(MarketError, match="does not rank them"):
        total_rank(Matching.from_programs(market_of(([[0]], [[]], [1])), [0]))


def test_an_equal_market_is_not_another_market():
    lattice = stable_matchings(many_pairs(2))
    assert lattice.closed_set(deferred_acceptance(many_pairs(2), proposing="programs")) == {0, 1}


def test_shows_itself():
    lattice = stable_matchings(Market.from_lists({"<b>": ["X", "Y"], "Bo": ["Y", "X"]},
                                                 {"X": ["Bo", "<b>"], "Y": ["<b>", "Bo"]}, 1))  # fmt: skip
    assert repr(lattice) == (
        "<StableMatchings: 2 stable matchings, 1 rotation; 2 of 2 applicants have several stable programs>"
    )
    html = lattice._repr_html_()
    assert "<td>&lt;b&gt;: X → Y, Bo: Y → X</td>" in html
    assert "http" not in html
    assert (
        "<tr><td>2</td><td>0, 1</td><td>m2: 1 → 4, m3: 4 → 1</td>" in stable_matchings(knuth())._repr_html_()
    )
    assert "and 10 more" in stable_matchings(many_pairs(30))._repr_html_()


def test_showing_does_not_count_for_long(monkeypatch):
    found = stable_matchings(random_marriage(30, 1))
    assert repr(found).startswith(f"<StableMatchings: {found.count()} stable matchings, ")
    monkeypatch.setattr("matchsim.engine.lattice.QUICK_STATES", 1)
    assert repr(found).startswith("<StableMatchings: very many stable matchings, ")


def test_pairs_show_names():
    lattice = stable_matchings(Market.from_lists({"Ana": ["X"]}, {"X": ["Ana"]}, 1))
    assert list(lattice.stable_pairs) == [("Ana", "X")]
    frame = lattice.stable_pairs.to_pandas()
    assert frame.to_dict("records") == [
        {"applicant": "Ana", "program": "X", "applicant_rank": 0, "program_rank": 0}
    ]
    assert lattice.stable_pairs.to_pandas(labels=False)["program"].tolist() == [0]


def test_can_be_pickled_and_not_be_changed():
    lattice = stable_matchings(random_marriage(20, 2))
    again = pickle.loads(pickle.dumps(lattice))
    assert placements(again) == placements(lattice)
    assert again.rotations.equals(lattice.rotations)
    with pytest.raises(nx.NetworkXError, match="Frozen"):
        lattice.poset.add_edge(0, 1)
    assert (
        lattice.poset.nodes[0]["moves"] == lattice.rotations[0] == lattice.rotations[-len(lattice.rotations)]
    )
    with pytest.raises(IndexError):
        lattice.rotations[len(lattice.rotations)]
