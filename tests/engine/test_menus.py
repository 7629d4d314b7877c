"""Menus: against solving again for every list of one program, and what follows from them."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from interpreted import INTERPRETED
from linked_markets import tiny
from strategies import market_lists, market_of, markets, named_markets

from matchsim.engine import (
    Market,
    Matching,
    _kernels,
    deferred_acceptance,
    irrationalities,
    menus,
    reference,
    roth_peranson,
    with_list,
)
from matchsim.errors import InputError, MarketError
from matchsim.tables import SHOWN_ROWS


def found(market: Market, matching: Matching | None = None) -> list[set[int]]:
    got = menus(market, matching)
    cut = got.offsets.tolist()
    return [set(got.program[cut[a] : cut[a + 1]].tolist()) for a in range(len(market))]


def random_market(number: int) -> Market:
    """Lists cut off here and there; one in two has as many positions as applicants, and long chains."""
    rng = np.random.default_rng(number)
    applicants, programs = int(rng.integers(3, 8)), int(rng.integers(2, 6))
    sizes = rng.integers(0, 3, programs)
    if number % 2:
        sizes = rng.multinomial(applicants, np.full(programs, 1 / programs))
    cuts = rng.integers(0, programs if number % 2 == 0 else 2, applicants)
    return market_of(
        (
            [rng.permutation(programs)[: programs - cut].tolist() for cut in cuts],
            [
                rng.permutation(applicants)[: applicants - rng.integers(0, 2)].tolist()
                for _ in range(programs)
            ],
            sizes.tolist(),
        )
    )


# ---------------------------------------------------------------------------------------------------------
# The definition


@given(markets(max_applicants=6, max_programs=4))
def test_a_menu_is_what_lists_of_one_program_win(market):
    assert found(market) == [reference.menu(market, a) for a in range(len(market))]


@pytest.mark.parametrize("block", range(8))
def test_menus_of_thousands_of_random_markets(block):
    only_by_chain = 0
    for number in range(250 * block, 250 * (block + 1)):
        market = random_market(number)
        mine = found(market)
        assert mine == [reference.menu(market, a) for a in range(len(market))]
        got = menus(market)
        for a, programs in enumerate(mine):
            for p in programs:
                listed = market.program_applicants[slice(*market.program_offsets[p : p + 2])].tolist()
                only_by_chain += listed.index(a) >= got.cutoff[p]
    # That rejection chains matter is part of the test.
    assert only_by_chain > 20


@given(markets(max_applicants=6, max_programs=4), st.data())
def test_every_list_wins_its_best_program_in_the_menu(market, data):
    assume(len(market))
    a = data.draw(st.integers(0, len(market) - 1))
    order = data.draw(st.permutations(range(market.size("program"))))
    listed = order[: data.draw(st.integers(0, len(order)))]
    again = deferred_acceptance(with_list(market, a + 1, [p + 1 for p in listed]))
    mine = found(market)[a]
    expected = next((p for p in listed if p in mine), -1)
    assert again.program_of[a] == expected
    got = menus(market).outcomes([a], [0, len(listed)], np.array(listed, dtype=int))
    assert got.tolist() == [listed.index(expected) if expected >= 0 else -1]
    by_name = menus(market).outcome(a + 1, [p + 1 for p in listed])
    assert by_name == (None if expected < 0 else str(expected + 1))


@given(markets())
def test_own_lists_win_what_deferred_acceptance_gives(market):
    got = menus(market)
    matching = deferred_acceptance(market)
    own = np.arange(len(market)), market.applicant_offsets, market.applicant_programs
    assert got.outcomes(*own).tolist() == matching.rank_of.tolist()
    matched = np.flatnonzero(matching.program_of >= 0)
    assert got.contain(matched, matching.program_of[matched]).all()


@given(markets())
def test_a_menu_does_not_depend_on_the_own_list(market):
    assume(len(market))
    mine = found(market)
    for a in range(len(market)):
        assert found(with_list(market, a + 1, []))[a] == mine[a]


@given(named_markets())
def test_menus_stand_in_the_order_of_the_applicant(market):
    got = menus(market)
    for name in market.applicant_labels:
        ranked = market.applicant_list(name)
        mine = got.of(name)
        first = [p for p in mine if p in ranked]
        others = [p for p in mine if p not in ranked]
        assert list(mine) == first + others
        assert first == sorted(first, key=ranked.index)
        labels = list(market.program_labels)
        assert others == sorted(others, key=labels.index)
        assert all(name in market.program_list(p) for p in mine)
    frame = got.to_pandas()
    cut = got.offsets.tolist()
    for a, name in enumerate(market.applicant_labels):
        rows = frame.iloc[cut[a] : cut[a + 1]]
        assert list(rows["applicant"]) == [name] * len(rows)
        assert tuple(rows["program"]) == got.of(name)
        ranked = market.applicant_list(name)
        assert list(rows["rank"]) == [ranked.index(p) if p in ranked else -1 for p in rows["program"]]


def test_how_menus_show_themselves():
    got = menus(Market.from_lists({"Ana": ["City"], "Bo": []}, {"Mercy": ["Bo"], "City": ["Bo", "Ana"]}, 1))
    assert repr(got) == "<Menus: 2 single applicants, 1.5 programs each on average>"
    frame = got.to_pandas(labels=False)
    assert frame.to_dict("list") == {"applicant": [0, 1, 1], "program": [1, 0, 1], "rank": [0, -1, -1]}
    assert set(frame.dtypes) == {np.dtype(np.int32)}


def test_notebooks_show_the_menu_of_every_single():
    market = Market.from_lists(
        {"<Ana>": ["City", "Mercy"], "Cy": []},
        {"City": ["<Ana>", "Bo"], "Mercy": ["<Ana>", "Di"]},
        1,
        couples={("Bo", "Di"): [("City", "Mercy")]},
    )
    shown = menus(market)._repr_html_()
    assert shown.startswith("<p><b>&lt;Menus: 2 single applicants, 1.0 programs each on average; what is ")
    assert shown.endswith(
        "<tr><th>applicant</th><th>menu</th></tr>"
        "<tr><td>&lt;Ana&gt;</td><td>City, Mercy</td></tr><tr><td>Cy</td><td></td></tr></table>"
    )
    crowd = Market.from_lists({a: [] for a in range(1, 1001)}, {}, {})
    assert menus(crowd)._repr_html_().endswith(f"</table><p>and {1000 - SHOWN_ROWS} more</p>")


def test_indices_of_any_size_may_be_asked_about():
    """Neither pairs nor places are counted in the small integers in which somebody may keep indices."""
    people, programs = range(1, 101), (1, 2, 3)
    market = Market.from_lists({a: [3] for a in people}, dict.fromkeys(programs, people), 100)
    got = menus(market)
    every = np.arange(100, dtype=np.int8)
    assert got.contain(every, np.full(100, 2, np.int8)).all()
    won = got.outcomes(every, np.arange(101, dtype=np.int16), np.full(100, 2, np.uint8))
    assert won.tolist() == [0] * 100
    assert won.dtype == np.int32


# ---------------------------------------------------------------------------------------------------------
# Probes: somebody who is not there


@given(market_lists(max_applicants=6, max_programs=4), st.data())
def test_a_probe_is_taken_where_somebody_put_in_would_be(lists, data):
    applicants, programs, quotas = lists
    got = menus(market_of(lists))
    places = [data.draw(st.integers(0, len(listed))) for listed in programs]
    taken = got.would_take(np.arange(len(programs)), np.array(places, dtype=int))
    newcomer = len(applicants)
    put_in = [[*listed[:k], newcomer, *listed[k:]] for listed, k in zip(programs, places, strict=True)]
    larger = market_of(([*applicants, []], put_in, quotas))
    assert set(np.flatnonzero(taken).tolist()) == reference.menu(larger, newcomer)


def test_a_free_position_is_open_even_to_who_stands_last():
    lists = {"Ana": ["City"], "Bo": ["City"]}, {"City": ["Ana", "Bo"]}
    assert menus(Market.from_lists(*lists, 1)).cutoff.tolist() == [1]
    assert menus(Market.from_lists(*lists, 2)).cutoff.tolist() == [2]
    assert menus(Market.from_lists(*lists, 3)).cutoff.tolist() == [3]


@given(markets(max_programs=3), st.data())
def test_probes_are_asked_about_at_once(market, data):
    assume(market.size("program"))
    got = menus(market)
    most = int(np.diff(market.program_offsets).min())
    above = np.arange(most + 1)[:, None]
    table = got.would_take(np.arange(market.size("program")), above)
    assert table.shape == (most + 1, market.size("program"))
    # Whoever stands higher is taken where one who stands lower is.
    assert (table[:-1] >= table[1:]).all()


@pytest.mark.parametrize(
    ("programs", "better", "told"),
    [
        ([1], [0], "programs: must be whole numbers from 0 to 0"),
        ([0], [-1], "better: must be whole numbers from 0"),
        ([0], [0.5], "better: must be whole numbers from 0"),
        ([0], [2], "better: must not be more than there are on the program's list"),
    ],
)
def test_probes_out_of_place_are_refused(programs, better, told):
    got = menus(Market.from_lists({"Ana": ["City"]}, {"City": ["Ana"]}, 1))
    with pytest.raises(InputError) as caught:
        got.would_take(programs, better)
    assert str(caught.value) == told


# ---------------------------------------------------------------------------------------------------------
# Couples, supplemental lists, reversions: held where a matching put them


def held_in_place(market: Market, matching: Matching, without: int) -> tuple[Market, int]:
    """The market of singles that the docstring of ``menus`` describes, made plainly; one seat given up.

    Behind the applicants stand the owners of seats from supplemental lists; that of `without` is left out.
    """
    applicants, programs = reference.lists_of(market)
    couples = market.couples
    members = set() if couples is None else {*couples.first.tolist(), *couples.second.tolist()}
    for a in members:
        held = int(matching.program_of[a])
        applicants[a] = [held] if held >= 0 else []
    for a, p in enumerate(matching.second_of.tolist()):
        if p >= 0:
            programs[p][programs[p].index(a)] = len(applicants)
            applicants.append([] if a == without else [p])
    return market_of((applicants, programs, matching.final_quota.tolist())), len(members)


def plain_menu(market: Market, matching: Matching, a: int) -> set[int]:
    remaining, _ = held_in_place(market, matching, a)
    menu = reference.menu(remaining, a)
    # The seat that `a` has by a supplemental list stands for `a` there.
    p = int(matching.second_of[a])
    if p >= 0:
        applicants, programs = reference.lists_of(remaining)
        owner = next(h for h in programs[p] if h >= len(market) and not applicants[h])
        menu |= {p} & reference.menu(remaining, owner)
    return menu


@pytest.mark.parametrize("number", range(150))
def test_menus_beside_what_is_linked(number):
    market = tiny(number)
    matching = roth_peranson(market)
    mine = found(market, matching)
    assert found(market) == mine
    for a in range(len(market)):
        if market.links.couple_of[a] < 0:
            assert mine[a] == plain_menu(market, matching, a)
        else:
            assert mine[a] == set()


def test_the_linked_markets_have_seats_of_every_kind():
    matchings = [roth_peranson(tiny(number)) for number in range(150)]
    seconds = sum((m.second_of[m.market.links.couple_of < 0] >= 0).sum() for m in matchings)
    couples = sum((m.program_of[m.market.links.couple_of >= 0] >= 0).sum() for m in matchings)
    assert seconds > 10
    assert couples > 100


def test_whose_menu_is_sought_gives_up_the_seat_from_a_supplemental_list():
    market = Market.from_lists(
        {"Ana": ["City A"], "Bo": ["First Year", "Mercy"]},
        {"City A": ["Ana"], "First Year": ["Ana", "Bo"], "Mercy": ["Bo", "Ana"]},
        1,
        supplemental={("Ana", "City A"): ["First Year"]},
    )
    assert roth_peranson(market).to_dict() == {"Ana": "City A", "Bo": "Mercy"}
    # Without Ana, Bo has the first year and leaves Mercy.
    assert menus(market).of("Ana") == ("City A", "First Year", "Mercy")
    assert roth_peranson(with_list(market, "Ana", ["Mercy"])).to_dict() == {
        "Ana": "Mercy",
        "Bo": "First Year",
    }
    assert menus(market).of("Bo") == ("Mercy",)


def test_quotas_are_the_final_ones():
    lists = {"Ana": ["City"], "Bo": ["City"]}, {"City": ["Ana", "Bo"], "Mercy": ["Bo"]}
    market = Market.from_lists(*lists, {"City": 1, "Mercy": 1}, reversions=[("Mercy", "City", 1)])
    got = menus(market)
    assert got.of("Bo") == ("City",)
    assert not got.is_exact
    before = menus(market, deferred_acceptance(market))
    assert before.of("Bo") == ("Mercy",)
    assert before.outcome("Bo", ["City"]) is None


def test_members_of_couples_have_no_menu():
    market = Market.from_lists(
        {"Ana": ["City"]},
        {"City": ["Bo", "Ana", "Cy"]},
        2,
        couples={("Bo", "Cy"): [("City", "City"), ("City", None)]},
    )
    got = menus(market)
    assert got.of("Ana") == ("City",)
    assert repr(got) == (
        "<Menus: 1 single applicant, 1.0 programs each on average; what is linked or moves is held in place>"
    )
    for call in (lambda: got.of("Bo"), lambda: got.outcome("Bo", ["City"])):
        with pytest.raises(MarketError) as caught:
            call()
        assert "'Bo' matches in a couple; only single applicants have a menu" in str(caught.value)
    with pytest.raises(InputError) as caught:
        got.outcomes([0, 1], [0, 1, 1], [0])
    assert str(caught.value) == (
        "applicants: applicant 1 at index 1 matches in a couple; only singles have a menu"
    )
    with pytest.raises(MarketError) as caught:
        with_list(market, "Bo", ["City"])
    assert "'Bo' matches in a couple" in str(caught.value)


def test_where_nothing_is_linked_only_the_final_quotas_of_a_matching_count():
    market = Market.from_lists({"Ana": ["City"], "Bo": ["City"]}, {"City": ["Ana", "Bo"]}, 1)
    assert menus(market).of("Bo") == ()
    nobody = Matching.from_programs(market, [-1, -1], final_quota=[2])
    assert menus(market, nobody).of("Bo") == ("City",)


def test_a_matching_of_an_equal_market_may_be_held():
    market, again = tiny(0), tiny(0)
    assert menus(market, roth_peranson(again)).differences(menus(market)) == []


def test_a_matching_that_cannot_be_held_is_refused():
    market = tiny(0)
    other = tiny(1)
    with pytest.raises(MarketError) as caught:
        menus(market, roth_peranson(other))
    assert str(caught.value) == "the matching is of another market"
    strange = next(
        m
        for p in range(market.size("program"))
        if irrationalities(market, m := Matching.from_programs(market, np.full(len(market), p)))
    )
    with pytest.raises(MarketError, match="nobody can be held where they were not ranked"):
        menus(market, strange)


@pytest.mark.parametrize(
    ("lists", "told"),
    [
        (([2], [0, 1], [0]), "applicants: must be whole numbers from 0 to 1"),
        (([0], [0, 1], [5]), "programs: must be whole numbers from 0 to 0"),
        (([0], [0, 2], [0]), "list_offsets: must be 2 whole numbers that rise from 0 to 1"),
        (([0], [0], [0]), "list_offsets: must be 2 whole numbers that rise from 0 to 1"),
        (([0], [1, 1], [0]), "list_offsets: must be 2 whole numbers that rise from 0 to 1"),
        (([0], [0.0, 1.0], [0]), "list_offsets: must be 2 whole numbers that rise from 0 to 1"),
        (([0, 1], [0, 2, 1], [0]), "list_offsets: must be 3 whole numbers that rise from 0 to 1"),
    ],
)
def test_lists_that_do_not_fit_are_refused(lists, told):
    got = menus(Market.from_lists({"Ana": ["City"], "Bo": []}, {"City": ["Ana"]}, 1))
    with pytest.raises(InputError) as caught:
        got.outcomes(*lists)
    assert str(caught.value) == told


def test_where_there_are_no_programs_none_can_be_asked_about():
    got = menus(Market.from_lists({"Ana": []}, {}, {}))
    assert got.of("Ana") == ()
    assert got.outcomes([0], [0, 0], []).tolist() == [-1]
    with pytest.raises(InputError) as caught:
        got.outcomes([0], [0, 1], [0])
    assert str(caught.value) == "programs: must be whole numbers of something that exists"


# ---------------------------------------------------------------------------------------------------------
# Another list of one applicant


@given(market_lists(max_applicants=5, max_programs=4), st.data())
def test_another_list_is_as_if_submitted(lists, data):
    applicants, programs, quotas = lists
    assume(applicants)
    a = data.draw(st.integers(0, len(applicants) - 1))
    order = data.draw(st.permutations(range(len(programs))))
    listed = order[: data.draw(st.integers(0, len(order)))]
    changed = with_list(market_of(lists), a + 1, [p + 1 for p in listed])
    plain = market_of(
        ([listed if b == a else ranked for b, ranked in enumerate(applicants)], programs, quotas)
    )
    assert changed.differences(plain) == []


def test_supplemental_lists_go_with_the_program_that_they_hang_on():
    market = Market.from_lists(
        {"Ana": ["City A", "State A"], "Bo": ["City A"]},
        {"City A": ["Ana", "Bo"], "State A": ["Ana"], "City P": ["Bo", "Ana"]},
        1,
        supplemental={
            ("Ana", "City A"): ["City P"],
            ("Ana", "State A"): ["City P"],
            ("Bo", "City A"): ["City P"],
        },
    )

    def hanging(changed: Market) -> list[tuple[str, str]]:
        extra = changed.supplementals
        names = changed.applicant_labels, changed.program_labels
        rows = zip(extra.applicant.tolist(), extra.advanced.tolist(), strict=True)
        return [(names[0][a], names[1][p]) for a, p in rows]

    assert hanging(with_list(market, "Ana", ["State A"])) == [("Ana", "State A"), ("Bo", "City A")]
    assert with_list(market, "Ana", ["State A"]).supplementals.programs.tolist() == [2, 2]
    assert hanging(with_list(market, "Ana", [])) == [("Bo", "City A")]
    assert with_list(with_list(market, "Ana", []), "Bo", ["State A"]).supplementals is None
    assert dataclasses.replace(market).differences(with_list(market, "Ana", ["City A", "State A"])) == []


# ---------------------------------------------------------------------------------------------------------
# A whole nation, and without the compiler


@pytest.mark.skipif(INTERPRETED, reason="thousands of national matches take hours uncompiled")
def test_menus_of_a_nation_are_what_solving_again_gives():
    market = nation(applicants=20_000, programs=2_800, positions=18_000)
    got = menus(market)
    rng = np.random.default_rng(5)
    rank_of, program_of = np.empty(len(market), np.int32), np.empty(len(market), np.int32)
    program_rank = market.program_rank.copy()
    inside = outside = 0
    for a in rng.choice(len(market), 1_000, replace=False).tolist():
        entries = np.arange(*market.applicant_offsets[a : a + 2])
        ranked = market.applicant_programs[entries]
        wins = got.contain(np.full(len(ranked), a), ranked)
        for group in (entries[wins], entries[~wins]):
            if len(group):
                e = rng.choice(group)
                # All else on this list is as if not ranked by the programs.
                program_rank[entries[entries != e]] = -1
                lists = market.applicant_offsets, market.applicant_programs, program_rank
                sides = market.program_offsets, market.program_applicants, market.quota
                _kernels.applicants_propose(*lists, *sides, rank_of, program_of)
                program_rank[entries] = market.program_rank[entries]
                assert (program_of[a] >= 0) == (e in entries[wins])
                inside += e in entries[wins]
                outside += e in entries[~wins]
    assert inside > 300
    assert outside > 300


def nation(applicants: int, programs: int, positions: int) -> Market:
    """Applicants seek good programs, with own tastes; programs rank all who rank them, likewise."""
    rng = np.random.default_rng(11)
    owner = np.repeat(np.arange(applicants), rng.integers(1, 20, applicants))
    chosen = (programs * rng.random(len(owner)) ** 1.3).astype(np.int64)
    owner, chosen = np.divmod(np.unique(owner * programs + chosen), programs)
    by_applicant = np.lexsort((chosen / programs + 0.5 * rng.random(len(owner)), owner))
    liking = rng.random(applicants)[owner] + 0.5 * rng.random(len(owner))
    by_program = np.lexsort((liking, chosen))
    return Market.from_arrays(
        np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=applicants)))),
        chosen[by_applicant],
        np.concatenate(([0], np.cumsum(np.bincount(chosen, minlength=programs)))),
        owner[by_program],
        rng.multinomial(positions, np.full(programs, 1 / programs)),
    )


def test_kernels_run_as_plain_python_too():
    program = """
import numpy as np
from matchsim.engine import Market, menus
rng = np.random.default_rng(3)
lists = [rng.permutation(9)[:6] for _ in range(40)], [rng.permutation(40)[:30] for _ in range(9)]
market = Market.from_lists(dict(enumerate(lists[0])), dict(enumerate(lists[1])), 3)
found = menus(market)
print(found.offsets.tolist(), found.program.tolist(), found.rank.tolist(), found.cutoff.tolist())
"""
    outputs = set()
    for disabled in ("0", "1"):
        environment = {**os.environ, "NUMBA_DISABLE_JIT": disabled, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        outputs.add(done.stdout)
    assert len(outputs) == 1
    assert len(outputs.pop()) > 100
