"""The couples of a season: how many, who, and who with whom."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from matchsim.season.cohort import cohort
from matchsim.season.couples import couples
from matchsim.season.pathway import pathway
from matchsim.season.programs import programs
from matchsim.season.scenario.model import Scenario
from matchsim.season.season import Season
from matchsim.season.standing import files
from matchsim.season.tables import Applicants, Couples
from matchsim.season.words import APPLICANT_TYPES
from matchsim.streams import Streams

from .worlds import World, changed, examples, town, worlds


def made(scenario: Scenario, seed: int = 1) -> tuple[Applicants, Couples]:
    streams = Streams(seed)
    people = cohort(scenario, streams, programs(scenario, streams))
    return people, couples(scenario, streams, people, pathway(scenario, streams, people))


def town_of_couples(**given: float) -> Scenario:
    members = {"us_md_senior": 60.0, "us_do_senior": 30.0, "non_us_img": 30.0}
    return changed(town(), {"couples": {"number": 60, "members": members, **given}})


def types(people: Applicants, pairs: Couples) -> list[set[str]]:
    kinds = people.applicant_type
    return [
        {APPLICANT_TYPES[kinds[a]], APPLICANT_TYPES[kinds[b]]}
        for a, b in zip(pairs.first, pairs.second, strict=True)
    ]


@examples(60)
@given(worlds())
def test_everybody_is_in_one_couple_at_most_and_numbers_are_exact_by_type(world: World) -> None:
    pairs, people, given = world.couples, world.applicants, world.scenario.couples
    members = np.concatenate([pairs.first, pairs.second])
    cohort_ = world.scenario.cohort
    exact = cohort_.withdrawn is not None or any(cohort_.active.model_dump().values())
    assert len(pairs) <= given.number
    assert not exact or len(pairs) == given.number
    assert len(np.unique(members)) == 2 * len(pairs)
    assert not world.road.withdrawn[members].any()
    assert (pairs.first < pairs.second).all()
    assert (np.diff(pairs.first) > 0).all()
    counts = np.bincount(people.applicant_type[members], minlength=len(APPLICANT_TYPES))
    assert not exact or dict(zip(APPLICANT_TYPES, counts.tolist(), strict=True)) == given.counts()
    for t, count in given.counts().items():
        assert abs(count - getattr(given.members, t)) < 1  # the weights that are drawn here are numbers


def test_the_nation_has_its_published_couples(nation: Season) -> None:
    members = np.concatenate([nation.coupled.first, nation.coupled.second])
    counts = np.bincount(nation.cohort.applicant_type[members], minlength=len(APPLICANT_TYPES))
    assert len(nation.coupled) == len(nation.rank_lists.couple_first) == 1259
    assert counts.tolist() == [1532, 18, 538, 7, 125, 298, 0]


def test_fewer_couples_are_made_of_some_of_the_same_people() -> None:
    weights = {"us_md_senior": 1.0}
    many, few = (
        made(changed(town(), {"couples": {"number": number, "members": weights}}))[1] for number in (40, 15)
    )
    everybody = {*many.first.tolist(), *many.second.tolist()}
    assert {*few.first.tolist(), *few.second.tolist()} < everybody


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 0.0, 0.3), (1.0, 0.8, 1.0)])
def test_partners_have_ties_to_one_division_as_often_as_the_scenario_says(share, least, most) -> None:
    people, pairs = made(town_of_couples(same_home=share, same_type=0.0))
    home = people.division
    both = (home[pairs.first] >= 0) & (home[pairs.second] >= 0)
    assert both.sum() > 30
    assert least <= (home[pairs.first] == home[pairs.second])[both].mean() <= most


def test_partners_are_of_one_type_as_often_as_the_scenario_says() -> None:
    alone = {"same_home": 0.0, "likeness": 0.0}
    mixed, alike = (types(*made(town_of_couples(same_type=share, **alone))) for share in (0.0, 1.0))
    assert sum(len(pair) == 1 for pair in alike) >= 58  # types with an odd number lend one to the next
    assert sum(len(pair) == 1 for pair in mixed) < 40


def test_partners_are_alike_in_standing_as_far_as_the_scenario_says() -> None:
    def correlation(likeness: float) -> float:
        scenario = changed(
            town(),
            {
                "cohort": {"active": {"us_md_senior": 4000}, "registered": None},
                "couples": {
                    "number": 1500,
                    "members": {"us_md_senior": 1.0},
                    "likeness": likeness,
                    "same_home": 0.0,
                    "same_type": 0.0,
                },
            },
        )
        people, pairs = made(scenario)
        worth = files(scenario, people)
        return float(np.corrcoef(worth[pairs.first], worth[pairs.second])[0, 1])

    assert abs(correlation(0.0)) < 0.1
    assert abs(correlation(0.7) - 0.49) < 0.1  # the square: both are as near to the order as that
    assert correlation(1.0) > 0.97


def test_members_are_stronger_by_as_much_as_the_scenario_says() -> None:
    for strength in (-1.0, 0.0, 0.5):
        many = {"cohort": {"active": {"us_md_senior": 20_000}, "registered": None}}
        given = {"number": 400, "members": {"us_md_senior": 1.0}, "strength": strength}
        scenario = changed(town(), {**many, "couples": given})
        people, pairs = made(scenario)
        worth = files(scenario, people)
        z = (worth - worth.mean()) / worth.std()
        members = np.concatenate([pairs.first, pairs.second])
        assert abs(z[members].mean() - strength) < 0.15


def test_other_couples_change_nobody_s_applications_or_interviews() -> None:
    from matchsim.season.season import run_season

    some, none = (run_season(changed(town(), {"couples": {"number": n}})) for n in (30, 0))
    for stage in ("cohort", "tracks", "applications", "interviews", "reversions"):
        assert getattr(some, stage).equals(getattr(none, stage))
    assert len(none.coupled) == 0
    # Who is in no couple ranks what they would rank without couples.
    alone = (some.rank_lists.partners() < 0) & some.rank_lists.certified & none.rank_lists.certified
    for a in np.flatnonzero(alone).tolist():
        mine, theirs = (
            season.rank_lists.applicant_programs[
                season.rank_lists.applicant_offsets[a] : season.rank_lists.applicant_offsets[a + 1]
            ].tolist()
            for season in (some, none)
        )
        assert mine == theirs
