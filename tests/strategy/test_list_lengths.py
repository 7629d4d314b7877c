"""List length: the parts of the raw curve, against counting by hand."""

from __future__ import annotations

import numpy as np
import pytest

from matchsim.engine import deferred_acceptance, with_list
from matchsim.errors import InputError
from matchsim.season.match import market
from matchsim.season.words import APPLICANT_TYPES
from matchsim.strategy import list_length


def runs(season) -> dict[int, int]:
    """By applicant who matches alone, the number of contiguous ranks, counted one by one."""
    lists, pool = season.rank_lists, season.tracks.pool_of()
    lengths = {}
    for a in range(len(season.cohort)):
        ranked = lists.applicant_programs[slice(*lists.applicant_offsets[a : a + 2])].tolist()
        if ranked:
            first = pool[ranked[0]]
            same = [pool[p] == first for p in ranked]
            lengths[a] = same.index(False) if False in same else len(same)
    return lengths


def test_the_groups_are_those_of_the_season(alone):
    found = list_length(alone)
    lengths = runs(alone)
    held = deferred_acceptance(market(alone.tracks, alone.rank_lists, alone.reversions)).rank_of
    counted: dict[tuple[int, int, int], int] = {}
    for a, run in lengths.items():
        place = int(held[a]) if 0 <= held[a] < run else -1
        key = int(alone.cohort.applicant_type[a]), run, place
        counted[key] = counted.get(key, 0) + 1
    columns = found.applicant_type, found.ranks, found.place
    rows = zip(*(c.tolist() for c in columns), strict=True)
    assert dict(zip(rows, found.applicants.tolist(), strict=True)) == counted


def test_raw_is_the_published_kind_of_curve(alone):
    table = alone.contiguous_ranks().groupby("contiguous_ranks")[["applicants", "matched"]].sum()
    curve = list_length(alone).curves().set_index("ranks")
    for k in curve.index:
        assert curve.loc[k, "applicants"] == table.loc[k, "applicants"]
        # The table also counts who left the specialty on the list and came back to it.
        assert 0 <= table.loc[k, "matched"] - curve.loc[k, "raw"] * curve.loc[k, "applicants"] < 2


def test_the_causal_part_is_what_the_last_rank_wins(alone):
    """Everybody with k contiguous ranks is matched again without the k-th."""
    season_market, lengths = market(alone.tracks, alone.rank_lists, alone.reversions), runs(alone)
    held = deferred_acceptance(season_market).rank_of
    curve = list_length(alone).curves()
    causal = 0.0
    for k in curve["ranks"].tolist()[:4]:
        people = [a for a, run in lengths.items() if run == k]
        gained = 0
        for a in people:
            ranked = season_market.applicant_list(a + 1)[: k - 1]
            again = deferred_acceptance(with_list(season_market, a + 1, ranked))
            gained += int(0 <= held[a] < k) - int(again.program_of[a] >= 0)
        causal += gained / len(people)
        assert curve["causal"][k - 1] == pytest.approx(causal)
    assert np.allclose(curve["raw"], curve["causal"] + curve["selection"])
    assert curve["selection"][0] == 0


def test_the_same_people_do_not_lose_by_another_rank(linked):
    found = list_length(linked)
    group = found.same_people(4)
    assert group["ranks"].tolist() == [1, 2, 3, 4]
    assert (np.diff(group["matched"]) >= 0).all()
    assert group["applicants"].unique().tolist() == [sum(run >= 4 for run in runs(linked).values())]
    by_type = [found.same_people(4, t) for t in APPLICANT_TYPES]
    hits = sum((one["matched"] * one["applicants"]).fillna(0) for one in by_type)
    assert np.allclose(hits, group["matched"] * group["applicants"])


def test_seasons_add_up(alone, linked):
    both = list_length([alone, linked])
    parts = [list_length(alone), list_length(linked)]
    assert both.applicants.sum() == sum(part.applicants.sum() for part in parts)
    curve, first, second = (of.curves("us_md_senior") for of in (both, *parts))
    assert curve["applicants"][0] == first["applicants"][0] + second["applicants"][0]


def test_what_does_not_exist_is_refused(linked):
    found = list_length(linked)
    with pytest.raises(InputError, match="applicant_type"):
        found.curves("md_senior")
    for least in (0, 1.5):
        with pytest.raises(InputError, match="a whole number from 1"):
            found.same_people(least)
