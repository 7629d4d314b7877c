"""Rank-list strategies: against solving the season's match again, and what their names promise."""

from __future__ import annotations

import numpy as np
import pytest
from season.worlds import changed

from matchsim.engine import deferred_acceptance, menus, with_list
from matchsim.errors import InputError
from matchsim.season import Season, run_season
from matchsim.season.match import market
from matchsim.strategy import (
    ORDERS,
    ListOutcomes,
    list_length,
    rank_list,
    season_menus,
    standards,
    why_unmatched,
)

from .conftest import ALONE

EVERY = (*ORDERS, "first_1", "first_2", "first_4")


def submitted(season: Season):
    return market(season.tracks, season.rank_lists, season.reversions)


def true_list(season: Season, a: int) -> list[int]:
    lists = season.rank_lists
    return lists.applicant_programs[slice(*lists.applicant_offsets[a : a + 2])].tolist()


def plain_order(order: str, ranked: list[int], chance: dict[int, float], reach: float) -> list[int]:
    """The list that an order makes, said once more and slowly."""
    unlikely = [p for p in ranked if chance[p] < reach]
    likely = [p for p in ranked if chance[p] >= reach]
    weight = {p: (len(ranked) - i) * chance[p] for i, p in enumerate(ranked)}
    if order.startswith("first_"):
        return ranked[: int(order[6:])]
    return {
        "true_order": ranked,
        "by_chance": sorted(ranked, key=lambda p: -chance[p]),
        "weighed_by_chance": sorted(ranked, key=lambda p: -weight[p]),
        "safe_first": sorted(ranked, key=lambda p: p != max(ranked, key=chance.get)),
        "without_reach": likely,
        "reach_last": likely + unlikely,
        "reach_first": unlikely + likely,
    }[order]


def chances(season: Season) -> dict[int, float]:
    """How far down its list each program goes, from who is matched: the place of the worst, or all."""
    found = season_menus(season)
    by_programs = deferred_acceptance(submitted(season), "programs")
    chance = {}
    for p in range(len(season.tracks)):
        listed = submitted(season).program_list(p + 1)
        held = [i for i, name in enumerate(listed) if by_programs.program_of[int(name) - 1] == p]
        full = len(held) == season.tracks.quota[p]
        if not listed or not season.tracks.quota[p]:
            chance[p] = 0.0
        else:
            chance[p] = (held[-1] + 1) / len(listed) if full else 1.0
    assert found.is_exact
    return chance


def rows(outcomes: ListOutcomes, order: str) -> dict[int, tuple[int, int]]:
    """By applicant, the ranks submitted and the program won."""
    of = outcomes.order == outcomes.orders.index(order)
    columns = outcomes.applicant[of], outcomes.ranks[of], outcomes.program[of]
    return {a: (r, p) for a, r, p in zip(*(c.tolist() for c in columns), strict=True)}


@pytest.mark.parametrize("order", EVERY)
def test_every_outcome_is_that_of_solving_again(alone, order):
    chance, season_market = chances(alone), submitted(alone)
    got = rows(rank_list(alone, [order], reach=0.8), order)
    matched = 0
    for a in list(got)[::4]:
        listed = plain_order(order, true_list(alone, a), chance, 0.8)
        solved = deferred_acceptance(with_list(season_market, a + 1, [p + 1 for p in listed]))
        assert got[a] == (len(listed), solved.program_of[a])
        matched += got[a][1] >= 0
    assert matched > 10


def test_true_order_gives_the_match_of_the_season(alone, linked):
    for season, missed in ((alone, 0), (linked, 0.02)):
        outcomes = rank_list(season, ["true_order"])
        people = outcomes.applicant
        assert np.array_equal(outcomes.ranks, np.diff(season.rank_lists.applicant_offsets)[people])
        assert np.mean(outcomes.program != season.match.program_of[people]) <= missed
        assert np.mean(outcomes.true_place != season.match.rank_of[people]) <= missed
        assert np.mean(outcomes.second != season.match.second_of[people]) <= missed
        assert np.mean(outcomes.matched != season.matched[people]) <= missed
        active_singles = season.rank_lists.certified & (season.rank_lists.partners() < 0)
        assert set(people.tolist()) == set(np.flatnonzero(active_singles).tolist())
    assert (rank_list(linked, ["true_order"]).second >= 0).sum() > 5


def test_no_order_beats_the_true_one(linked):
    outcomes = rank_list(linked, EVERY)
    assert not outcomes.better.any()
    assert outcomes.worse.any()
    truth = outcomes.order == 0
    assert not outcomes.worse[truth].any()


def test_the_summary_counts_what_the_outcomes_say(linked):
    outcomes = rank_list(linked, ("by_chance", "true_order", "first_1"))
    table = outcomes.summary().set_index("order")
    assert list(table.index) == ["by_chance", "true_order", "first_1"]
    first = outcomes.order == 2
    assert table.loc["first_1", "mean_ranks"] == 1
    assert table.loc["first_1", "applicants"] == first.sum()
    assert table.loc["first_1", "any_rate"] == table.loc["first_1", "first_choice"]
    assert table.loc["first_1", "match_rate"] == outcomes.matched[first].mean()
    assert table.loc["first_1", "mean_place"] == 1
    assert table.loc["true_order", "any_rate"] == table.loc["by_chance", "any_rate"]
    assert table.loc["true_order", "first_choice"] == table.loc["first_1", "first_choice"]
    assert table.loc["by_chance", "worse"] > 0.05
    safe, true = outcomes.order == 0, outcomes.order == 1
    worse = outcomes.true_place[safe] > outcomes.true_place[true]
    assert table.loc["by_chance", "worse"] == worse.mean()


def test_people_can_be_chosen_and_menus_handed_over(linked):
    found = season_menus(linked)
    everybody = rank_list(linked, ["safe_first"])
    chosen = everybody.applicant[[5, 2, 2]]
    some = rank_list(linked, ["safe_first"], applicants=chosen, menus=found)
    assert some.applicant.tolist() == chosen.tolist()
    assert some.program.tolist() == everybody.program[[5, 2, 2]].tolist()


def test_all_problems_are_told_at_once(linked):
    with pytest.raises(InputError) as caught:
        rank_list(linked, ["true order", "first_0"], reach=2)
    told = str(caught.value)
    assert "there is no order called 'true order'" in told
    assert "did you mean 'true_order'?" in told
    assert "'first_0'" in told
    assert "reach" in told
    for orders in ("true_order", []):
        with pytest.raises(InputError, match="a sequence of names of orders"):
            rank_list(linked, orders)
    member = linked.rank_lists.couple_first[:1]
    with pytest.raises(InputError, match="matches in a couple"):
        rank_list(linked, applicants=member)


def test_where_programs_propose_menus_say_nothing(alone):
    season = run_season(changed(alone.scenario, {**ALONE, "match": {"proposing": "programs"}}), seed=3)
    with pytest.raises(InputError, match="in this scenario programs do"):
        season_menus(season)


def test_menus_say_nothing_where_some_are_bound_before_the_match(alone):
    """A list is then asked about twice: what its beginning wins early, and what the whole wins later."""
    early = {"early_results": {"specialties": ["Hearts"], "share": 0.5}}
    season = run_season(changed(alone.scenario, {"match": early}), seed=3)
    for ask in (season_menus, standards, why_unmatched, rank_list, list_length):
        with pytest.raises(InputError, match=r"early_results: menus say what lists win in one match"):
            ask(season)
    nothing = {"early_results": {"specialties": ["Hearts"], "share": 0.0}}
    none = run_season(changed(alone.scenario, {"match": nothing}), seed=3)
    assert season_menus(none).equals(season_menus(alone))


def test_the_menus_of_a_season_are_those_of_its_market(alone):
    found = season_menus(alone)
    assert found.equals(menus(submitted(alone)))
    names, programs = alone.applicants["applicant"], set(alone.programs["program"])
    assert all(set(found.of(name)) <= programs for name in names)
    assert [bool(found.of(name)) for name in names] == (np.diff(found.offsets) > 0).tolist()
