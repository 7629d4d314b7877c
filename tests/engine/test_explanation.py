"""Explanations: what they say is what happened, in words, as data and as a graph."""

from __future__ import annotations

import json
import re
from textwrap import dedent

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from linked_markets import nonsense, tiny
from strategies import markets
from test_literature import EXAMPLES
from test_roth_peranson import ORDERS, crowded, swap_market

from matchsim.engine import Market, Matching, blocking_units, deferred_acceptance, roth_peranson
from matchsim.engine.explaining import _letters
from matchsim.engine.explanation import OUTCOMES, Entry, Explanation
from matchsim.errors import MarketError

NRMP = EXAMPLES["nrmp_eight_applicants"].market


def named(market: Market) -> Market:
    """The same market with names of people that no other word contains."""
    return market.replace(
        applicant_labels=tuple(f"Person{a:03d}z" for a in range(len(market))),
        program_labels=tuple(f"Prog{p}" for p in range(market.size("program"))),
    )


def everybody(matching: Matching, **options: bool) -> list[Explanation]:
    return [matching.explain(name, **options) for name in matching.market.applicant_labels]


def all_entries(explanation: Explanation) -> list[Entry]:
    return [e for own in explanation.entries for e in (own, *own.supplemental)]


# --- in words ---


def test_the_nrmps_own_example():
    """Golden; the outcome is the one printed there (see EXAMPLES)."""
    matching = deferred_acceptance(NRMP)
    assert str(matching.explain("Davis")) == dedent("""\
        Davis is matched to General (rank 3, 4 ranked).

          1  Mercy
             Mercy does not rank Davis.
             Mercy holds 1 of 2 positions, the last of them Chen at its rank 1.

          2  City
             Refused.
             City holds 2 of 2 positions, the last of them Eastman at its rank 3; Davis
             is at rank 7, 4 places behind.

          3  General
             Matched.

          4  State
             Not reached: something better was had.""")
    assert str(matching.explain("Brown")) == dedent("""\
        Brown is unmatched.

          1  City
             Held, then bumped by Eastman.
             City holds 2 of 2 positions, the last of them Eastman at its rank 3; Brown
             is at rank 5, 2 places behind.

          2  Mercy
             Mercy does not rank Brown.
             Mercy holds 1 of 2 positions, the last of them Chen at its rank 1.

        How City was lost, and what followed:
          1  Eastman enters and takes City.
          2  Brown is bumped from City and finds nothing else.""")


def couple_market() -> Market:
    """Cy displaces Bo; Ana, the partner, leaves City, which is offered to Di again."""
    return Market.from_lists(
        {"Di": ["City"], "Cy": ["Mercy"]},
        {"City": ["Ana", "Di"], "Mercy": ["Cy", "Bo"], "North": ["Ana"], "South": ["Bo"]},
        quotas=1,
        couples={("Ana", "Bo"): [("City", "Mercy"), ("North", None), (None, "South")]},
    )


def test_a_couple_whose_partner_was_bumped():
    matching = roth_peranson(couple_market(), order="couples_first")
    assert str(matching.explain("Ana")) == dedent("""\
        Ana is matched to North (rank 2, 3 pairs).
        The partner, Bo, is unmatched.

          1  City and Mercy
             Held, then lost because Bo was bumped from Mercy by Cy.
             City holds 1 of 1 position, the last of them Di at its rank 2; Ana is at
             rank 1, 1 place before.
             Mercy holds 1 of 1 position, the last of them Cy at its rank 1; Bo is at
             rank 2, 1 place behind.

          2  North and No Match
             Matched.

          3  No Match and South
             Not reached: something better was had.

        How Mercy was lost, and what followed:
          1  Cy enters and takes Mercy.
          2  Bo is bumped from Mercy, and Ana and Bo both go; they take North and No
             Match.
          3  Di is offered City again, which somebody left, and takes City.""")
    bo, di = matching.explain("Bo"), matching.explain("Di")
    assert [entry.programs for entry in bo.entries] == [("Mercy", "City"), (None, "North"), ("South", None)]
    assert [entry.outcome for entry in bo.entries] == ["bumped", "matched", "not reached"]
    assert str(bo).startswith("Bo is unmatched, by the pair that the couple obtained (rank 2, 3 pairs).\n")
    assert [step.what for step in di.entries[0].steps] == ["refused", "offered again", "held"]


def supplemental_market() -> Market:
    return Market.from_lists(
        {"Ana": ["Derm", "Rad", "Med"], "Bo": ["Year"], "Cy": ["Derm"]},
        {"Derm": ["Cy", "Ana"], "Rad": ["Ana"], "Med": ["Ana"], "Year": ["Bo", "Ana"], "Other": ["Ana"]},
        quotas=1,
        supplemental={("Ana", "Derm"): ["Other"], ("Ana", "Rad"): ["Year", "Other"]},
    )


def test_supplemental_lists_stand_under_their_advanced_programs():
    told = roth_peranson(supplemental_market()).explain("Ana")
    assert (told.program, told.rank, told.second_program) == ("Rad", 2, "Other")
    assert str(told) == dedent("""\
        Ana is matched to Rad (rank 2, 3 ranked) and, by a supplemental list, to Other.

          1  Derm
             Held, then bumped by Cy.
             Derm holds 1 of 1 position, the last of them Cy at its rank 1; Ana is at
             rank 2, 1 place behind.
             Supplemental list with Derm:
               1  Other
                  Not tried: what this list hangs on was not held when lists were tried.

          2  Rad
             Matched.
             Supplemental list with Rad:
               1  Year
                  Refused.
                  Year holds 1 of 1 position, the last of them Bo at its rank 1; Ana is
                  at rank 2, 1 place behind.
               2  Other
                  Matched.

          3  Med
             Not reached: something better was had.

        How Derm was lost, and what followed:
          1  Cy enters and takes Derm.
          2  Ana is bumped from Derm and takes Rad.
          3  Ana, whose supplemental list opens, takes Other on the supplemental list.""")


def test_what_a_list_found_is_lost_with_the_advanced_position():
    market = supplemental_market()
    told = roth_peranson(market, order="given").explain("Ana")
    assert told.program == "Rad"
    lost = roth_peranson(
        Market.from_lists(
            {"Ana": ["Derm", "Med"]},
            {"Derm": ["Bo", "Ana"], "Med": ["Ana"], "Other": ["Ana"]},
            quotas=1,
            supplemental={("Ana", "Derm"): ["Other"]},
            couples={("Bo", "Di"): [("Derm", None)]},
        )
    ).explain("Ana")
    assert [entry.outcome for entry in all_entries(lost)] == [
        "bumped",
        "advanced position lost",
        "matched",
    ]


def test_positions_after_reversions_are_told():
    market = Market.from_lists(
        {"Ana": ["C"], "Bo": ["C"], "Di": ["C"]},
        {"A": [], "C": ["Ana", "Bo", "Di"]},
        quotas={"A": 1, "C": 1},
        reversions=[("A", "C", 1)],
    )
    told = roth_peranson(market).explain("Di")
    assert (told.entries[0].rosters[0].quota, told.entries[0].rosters[0].submitted_quota) == (2, 1)
    assert "C holds 2 of 2 (1 before reversions) positions" in str(told)


def test_somebody_who_could_have_better_is_told_so():
    """The smallest market without a stable matching; see test_roth_peranson."""
    market = Market.from_lists(
        {"Cy": ["City", "Mercy"]},
        {"City": ["Ana", "Cy"], "Mercy": ["Cy", "Bo"]},
        quotas=1,
        couples={("Ana", "Bo"): [("City", "Mercy")]},
    )
    matching = roth_peranson(market)
    told = everybody(matching)
    assert not any(one.stable for one in told)
    (block,) = blocking_units(market, matching)
    for one in told:
        blocks = [entry for entry in one.entries if entry.blocks]
        assert len(blocks) == (one.applicant in block[0])
        assert ("this blocks the matching" in str(one)) == bool(blocks)


# --- against the matching, and a plain version ---


def some_matchings():
    for number in range(24):
        yield roth_peranson(tiny(number), order=ORDERS[number % 3])
    for number in (3, 5):
        yield roth_peranson(crowded(number))
    yield from (roth_peranson(swap_market(number)) for number in range(8))


def test_every_explanation_agrees_with_the_matching():
    seen = set()
    for matching in some_matchings():
        blocks = {name for people, _ in blocking_units(matching.market, matching) for name in people}
        for told in everybody(matching):
            check_agrees(told, matching)
            seen |= {entry.outcome for entry in all_entries(told)}
            assert any(entry.blocks for entry in all_entries(told)) == (told.applicant in blocks)
            assert max(map(len, str(told).splitlines())) <= 80
            assert json.loads(json.dumps(told.to_dict())) == told.to_dict()
    assert seen > {"matched", "not ranked", "refused", "bumped", "partner bumped", "not reached"}
    assert seen <= set(OUTCOMES)


def check_agrees(told: Explanation, matching: Matching) -> None:
    a = matching.market.applicant_labels.index_of(told.applicant)
    assert (told.program, told.second_program) == (
        matching.of(told.applicant),
        matching.second(told.applicant),
    )
    own = [entry for entry in told.entries if entry.outcome == "matched"]
    assert [entry.rank for entry in own] == [told.rank] * int(matching.rank_of[a] >= 0)
    if own:
        assert own[0].programs[0] == told.program
        assert [e.programs[0] for e in own[0].supplemental if e.outcome == "matched"] == (
            [told.second_program] if told.second_program else []
        )
    better = True
    for entry in told.entries:
        better &= entry.outcome != "matched"
        assert bool(entry.rosters) == better
        for step in entry.steps:
            assert bool(step.by) == (step.what in ("bumped", "partner bumped"))
            assert not step.by or step.program in entry.programs
        for roster in entry.rosters:
            check_roster(roster, matching)


def check_roster(roster, matching: Matching) -> None:
    names = matching.market.program_list(roster.program)
    held = [n for n in names if roster.program in (matching.of(n), matching.second(n))]
    p = matching.market.program_labels.index_of(roster.program)
    assert (roster.held, roster.quota) == (len(held), matching.final_quota[p])
    assert roster.last == (held[-1] if held else None)
    assert roster.last_rank == (names.index(held[-1]) + 1 if held else None)
    assert roster.own_rank == (names.index(roster.applicant) + 1 if roster.applicant in names else None)
    if roster.own_rank and roster.last_rank:
        assert roster.behind == roster.own_rank - roster.last_rank


@given(markets())
def test_singles_are_bumped_by_those_by_whom_a_plain_version_bumps_them(market):
    """McVitie and Wilson, one applicant after another; CACM 14 (1971), 486-490."""
    matching = deferred_acceptance(market)
    found = {
        (told.applicant, step.program): step.by
        for told in everybody(matching)
        for entry in told.entries
        for step in entry.steps
        if step.what == "bumped"
    }
    assert found == plain_bumps(market)


def plain_bumps(market: Market) -> dict[tuple[str, str], tuple[str]]:
    names = market.applicant_labels
    lists = {name: list(market.applicant_list(name)) for name in names}
    ranks = {p: market.program_list(p) for p in market.program_labels}
    quota = dict(zip(market.program_labels, market.quota.tolist(), strict=True))
    held = {p: [] for p in ranks}
    bumps = {}
    for name in names:
        looking = name
        while looking is not None and lists[looking]:
            p = lists[looking].pop(0)
            if looking not in ranks[p]:
                continue
            held[p] = sorted([*held[p], looking], key=ranks[p].index)
            if len(held[p]) <= quota[p]:
                break
            out = held[p].pop()
            if out != looking:
                bumps[out, p] = (looking,)
            looking = out
    return bumps


@given(markets())
def test_stability_can_be_read_from_the_rosters(market):
    """What a single ranks above the match is full of people whom it likes better, or does not rank them."""
    for told in everybody(deferred_acceptance(market)):
        for entry in told.entries:
            for roster in entry.rosters:
                if entry.outcome == "not ranked":
                    assert roster.own_rank is None
                else:
                    assert roster.held == roster.quota
                    assert roster.quota == 0 or roster.behind > 0


# --- without a history ---


def test_what_is_said_where_nothing_is_recorded():
    by_programs = deferred_acceptance(NRMP, "programs").explain("Davis")
    assert "not recorded: programs proposed" in " ".join(str(by_programs).split())
    given_one = Matching.from_dict(NRMP, {"Davis": "General"}).explain("Davis")
    assert "not recorded: the matching was given, not solved" in " ".join(str(given_one).split())
    for told in (by_programs, given_one):
        outcomes = [entry.outcome for entry in told.entries]
        assert outcomes == ["not ranked", "not had", "matched", "not reached"]
        assert (len(told.to_graph()), told.lost) == (0, None)
        assert not any(entry.steps for entry in told.entries)
    assert not given_one.stable
    assert given_one.entries[1].blocks


def test_any_matching_can_be_explained():
    rng = np.random.default_rng(4)
    for number in range(12):
        matching = nonsense(tiny(number), rng)
        for told in everybody(matching):
            assert told.program == matching.of(told.applicant)
            assert str(told)
            if told.program and told.rank is None:
                assert "not on the list" in str(told)


def test_who_ranked_nobody_and_who_is_not_there():
    market = Market.from_lists({"Ana": [], "Bo": ["City"]}, {"City": ["Bo"]}, 1)
    matching = deferred_acceptance(market)
    assert str(matching.explain("Ana")) == "Ana is unmatched.\n\nAna ranked no program."
    with pytest.raises(MarketError, match="did you mean 'Ana'"):
        matching.explain("Anna")


# --- the chain ---


def test_chains_are_forests_from_an_entry_to_the_ends():
    long = 0
    for matching in some_matchings():
        for told in everybody(matching)[::5]:
            graph = told.to_graph()
            if not len(graph):
                continue
            assert nx.is_forest(graph)
            assert all(a < b for a, b in graph.edges)
            roots = [node for node, degree in graph.in_degree() if not degree]
            assert roots == [1]
            assert graph.nodes[1]["why"] == "enters"
            assert set(nx.get_node_attributes(graph, "does").values()) <= {"takes", "finds nothing"}
            start = graph.graph["start"]
            if told.lost:
                (after,) = [b for _, b, edge in graph.out_edges(start, data=True) if edge["why"] == "bumped"
                            and edge["program"] == told.lost and graph.nodes[b]["asked"]]  # fmt: skip
                assert after > start
            for node, data in graph.nodes(data=True):
                assert data["does"] == "takes" or not graph.out_degree(node)
            long += len(graph) > 4
    assert long > 10


def test_a_change_of_the_graph_does_not_change_the_explanation():
    told = deferred_acceptance(NRMP).explain("Brown")
    told.to_graph().clear()
    assert len(told.to_graph()) == 2


# --- names ---


@pytest.mark.parametrize("number", [0, 5])
def test_no_other_name_stands_anywhere_in_an_anonymous_explanation(number):
    market = named(crowded(number))
    matching = roth_peranson(market)
    names = set(market.applicant_labels)
    chains = 0
    for told in everybody(matching, anonymous=True)[::4]:
        own = {told.applicant, told.partner} - {None}
        graph = told.to_graph()
        everything = [str(told), json.dumps(told.to_dict()), repr(told), told._repr_html_()]
        everything.append(json.dumps([list(graph.nodes(data=True)), list(graph.edges(data=True))]))
        found = set(re.findall(r"Person\d+z", " ".join(everything)))
        assert found & names <= own
        assert told.applicant in found
        chains += "applicant A" in everything[-1]
    assert chains > 5
    open_ones = " ".join(str(told) for told in everybody(matching)[::3])
    assert len(set(re.findall(r"Person\d+z", open_ones))) > 30


def test_partners_stay_named():
    matching = roth_peranson(couple_market(), order="couples_first")
    told = str(matching.explain("Ana", anonymous=True))
    assert "because Bo was bumped from Mercy by another applicant" in " ".join(told.split())
    assert "applicant A enters and takes Mercy" in told


def test_letters_go_on_after_z():
    assert [_letters(n) for n in (0, 25, 26, 27, 701, 702)] == ["A", "Z", "AA", "AB", "ZZ", "AAA"]


def test_a_notebook_shows_the_text_escaped():
    market = Market.from_lists({"<b>": ["City"]}, {"City": ["<b>"]}, 1)
    shown = deferred_acceptance(market).explain("<b>")._repr_html_()
    assert shown.startswith("<pre>&lt;b&gt; is matched to City")
