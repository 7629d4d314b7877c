"""Why people did not match: every class by its own test, said once more and slowly."""

from __future__ import annotations

import numpy as np
import pytest

from matchsim.season import run_season
from matchsim.strategy import season_menus, why_unmatched
from matchsim.strategy.unmatched import REASONS


@pytest.fixture(scope="module", params=["alone", "linked"])
def season(request):
    return request.getfixturevalue(request.param)


def plain_reason(season, menu: set[int], a: int) -> str:
    """The class of a person by what the season's tables say; the last two are one here."""
    met = season.interviews.program[slice(*season.interviews.applicant_offsets[a : a + 2])].tolist()
    lists = season.rank_lists
    ranked = lists.applicant_programs[slice(*lists.applicant_offsets[a : a + 2])].tolist()
    if season.road.gate[a] >= 0:
        return "not_eligible"
    if not met:
        return "no_interview"
    if not lists.certified[a]:
        return "no_list"
    if lists.partners()[a] >= 0:
        return "in_couple"
    if any(p in menu and p not in ranked for p in met):
        return "left_off"
    if any(p in menu for p in met):
        return "held_in_place"
    return "outranked"


def test_everybody_without_a_position_is_in_one_class(season):
    got = why_unmatched(season)
    assert got.applicant.tolist() == np.flatnonzero(season.match.program_of < 0).tolist()
    assert got.counts().loc["all"].sum() == len(got)
    assert list(got.counts().columns) == list(REASONS)


def test_the_classes_are_those_of_the_stated_tests(season):
    found = season_menus(season)
    got = why_unmatched(season)
    words, seen = list(REASONS), set()
    for a, reason in zip(got.applicant.tolist(), got.reason.tolist(), strict=True):
        menu = set(found.program[slice(*found.offsets[a : a + 2])].tolist())
        word = words[reason]
        seen.add(word)
        expected = plain_reason(season, menu, a)
        assert word == expected or (expected == "outranked" and word in words[-2:])
    assert {"not_eligible", "few_interviews"} <= seen


def test_the_chance_of_further_interviews_is_that_of_the_probe(season):
    found, got = season_menus(season), why_unmatched(season, further_interviews=4)
    lists, pool = season.rank_lists, season.tracks.pool_of()
    asked = np.flatnonzero(~np.isnan(got.chance))
    assert len(asked)
    for i in asked.tolist():
        a = int(got.applicant[i])
        shares = []
        for p in range(len(season.tracks)):
            listed = lists.program_applicants[slice(*lists.program_offsets[p : p + 2])].tolist()
            if a in listed:
                shares.append(listed.index(a) / len(listed))
        standing = np.median(shares) if shares else 1.0
        met = season.interviews.program[slice(*season.interviews.applicant_offsets[a : a + 2])]
        takes = []
        for p in range(len(season.tracks)):
            if pool[p] == season.cohort.preferred[a] and season.match.final_quota[p] and p not in met:
                length = int(np.diff(lists.program_offsets)[p])
                takes.append(bool(found.would_take(p, int(np.floor(standing * length)))))
        expected = 1 - (1 - np.mean(takes)) ** 4 if takes else 0.0
        assert got.chance[i] == pytest.approx(expected)
        assert (got.reason[i] == list(REASONS).index("few_interviews")) == (expected > 0.5)


def test_where_lists_are_given_who_is_ranked_was_interviewed():
    season = run_season("teaching-8x4")
    got = why_unmatched(season)
    assert [season.cohort.name_of(a) for a in got.applicant] == ["Anderson", "Brown"]
    # Both are ranked by programs with free positions, which they did not rank.
    assert got.to_pandas()["reason"].tolist() == ["left_off", "left_off"]
