"""Why people did not match: every class by its own test, said once more and slowly."""

from __future__ import annotations

import numpy as np
import pytest
from season.worlds import scenario_of

from matchsim.errors import InputError
from matchsim.season import run_season
from matchsim.strategy import season_menus, standards, why_unmatched
from matchsim.strategy.retries import Change, chances_again
from matchsim.strategy.unmatched import REASONS


@pytest.fixture(scope="module", params=["alone", "linked"])
def season(request):
    return request.getfixturevalue(request.param)


def plain_reason(season, menu: set[int], a: int) -> str:
    """The class of a person by what the season's tables say; the last two are one here, ``put_in``."""
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
    return "put_in"


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
        assert word == expected or (expected == "put_in" and word in words[-2:])
    assert {"not_eligible", "within_reach", "out_of_reach"} <= seen


def test_the_last_classes_are_those_of_people_put_in_again(season):
    got = why_unmatched(season, copies=6, usually=0.4)
    asked = np.flatnonzero(~np.isnan(got.chance))
    people, others = got.applicant[asked], ("wish", "home", "chance")
    changes = [
        *(Change(1.0, name) for name in others),
        Change(2.0),
        *(Change(2.0, name) for name in others),
    ]
    chances = chances_again(season, standards(season), people, changes, 6)
    assert got.chance[asked].tolist() == chances.max(axis=0).tolist()
    words = {"signals": chances[:3], "applications": chances[3:4], "both": chances[4:]}
    for i, (reason, change) in enumerate(zip(got.reason[asked], got.change[asked], strict=True)):
        enough = [name for name, some in words.items() if some[:, i].max() > 0.4]
        assert list(REASONS)[reason] == ("within_reach" if enough else "out_of_reach")
        assert change == (list(words).index(enough[0]) if enough else -1)


def test_a_share_that_is_usual_is_passed_by_fewer_the_higher_it_is(season):
    low, high = (
        set(got.applicant[got.reason == list(REASONS).index("within_reach")].tolist())
        for got in (why_unmatched(season, usually=share) for share in (0.0, 0.9))
    )
    assert high < low


def test_what_does_not_go_is_told_at_once(season):
    with pytest.raises(InputError) as caught:
        why_unmatched(season, multiple=1, copies=0, usually=1.0)
    assert all(name in str(caught.value) for name in ("multiple", "copies", "usually"))


def test_nobody_is_put_into_seasons_whose_lists_were_given():
    """One position, two people: the second is outranked, and what they might have done is not known."""
    lists = {
        "applicant_lists": {"Ana": ["City"], "Bo": ["City"]},
        "program_lists": {"City": ["Ana", "Bo"]},
        "quotas": {"City": 1},
    }
    season = run_season(scenario_of({"rank_lists": lists}))
    got = why_unmatched(season).to_pandas()
    assert got["reason"].tolist() == ["outranked"]
    assert got["chance"].isna().all()


def test_where_lists_are_given_who_is_ranked_was_interviewed():
    season = run_season("teaching-8x4")
    got = why_unmatched(season)
    assert [season.cohort.name_of(a) for a in got.applicant] == ["Anderson", "Brown"]
    # Both are ranked by programs with free positions, which they did not rank.
    assert got.to_pandas()["reason"].tolist() == ["left_off", "left_off"]
