"""Choices about applications: compared on the same luck."""

from __future__ import annotations

import numpy as np
import pytest
from season.worlds import changed, town

from matchsim.errors import InputError
from matchsim.season import run_season
from matchsim.season.profile import Profile
from matchsim.season.profile.model import Signals
from matchsim.strategy import applications, compare, dual_apply, probes, signals, standards
from strategy.conftest import ALONE

IMG = Profile(applicant_type="non_us_img", specialties=["Hearts"], applications={"Hearts": 4})


@pytest.fixture(scope="module")
def seasons():
    return [standards(run_season(changed(town(), ALONE), seed=seed)) for seed in range(4)]


def test_more_applications_cost_more_and_never_mean_fewer_interviews(seasons):
    unsignalled = IMG.model_copy(update={"signals": {"Hearts": Signals()}})
    found = applications(unsignalled, seasons, [{"Hearts": n} for n in (1, 3, 6, 500)], copies=150)
    assert (np.diff(found.applications) > 0).all()
    assert (np.diff(found.fees) >= 0).all()
    assert (np.diff(found.interviews) >= 0).all()
    assert found.interviews[-1] > found.interviews[0]
    assert "500 Hearts" in repr(found)


def test_choices_are_probes_averaged(seasons):
    other = IMG.model_copy(update={"research": 50})
    found = compare({"as now": IMG, "published": other}, seasons, copies=60)
    shares = [[probes(one, season, 60).matched.mean() for one in (IMG, other)] for season in seasons]
    assert found.probability == pytest.approx(np.mean(shares, axis=0))
    apart = np.diff(shares, axis=1)[:, 0]
    assert found.difference[1] == pytest.approx(apart.mean())
    assert found.difference_half[1] == pytest.approx(3.182 * apart.std(ddof=1) / 2, rel=0.01)
    assert found.difference[0] == 0
    assert (found.placed >= found.probability).all()


def test_signals_go_where_they_are_told(seasons):
    found = signals(Profile(applicant_type="us_md_senior", signals={"Hearts": {"gold": 2}}), seasons)
    assert found.names == ("none", "within_reach", "wish", "home", "chance")
    assert len(np.unique(found.probability)) > 1
    assert len(np.unique(found.applications)) == 1


def test_a_second_specialty_takes_a_part_of_as_many_applications(seasons):
    found = dual_apply(IMG, seasons, "Kin", shares=(0, 0.5))
    assert found.names == ("0 of 4 in Kin", "2 of 4 in Kin")
    assert found.applications[1] == pytest.approx(found.applications[0], abs=0.7)
    moved = IMG.model_copy(update={"specialties": ["Hearts", "Kin"], "applications": {"Hearts": 2, "Kin": 2}})
    every = [probes(moved, season, 100) for season in seasons]
    assert found.probability[1] == pytest.approx(np.mean([one.matched.mean() for one in every]))
    assert found.interviews[1] == pytest.approx(np.mean([one.interviews.mean() for one in every]))
    assert found.interviews[1] != found.interviews[0]


def test_what_does_not_go_is_told(seasons):
    for ask, words in (
        (lambda: compare({}, []), ("choices", "seasons")),
        (lambda: applications(IMG, seasons, [{"Hearts": -1}, {}]), ("portfolios.0.Hearts", "portfolios.1")),
        (lambda: applications(Profile(applicant_type="us_img"), seasons), ("specialties",)),
        (lambda: signals(IMG, seasons, ["best"]), ("'best'", "within_reach")),
        (lambda: dual_apply(IMG, seasons, "Hearts", shares=(1.5,)), ("other", "shares")),
        (lambda: dual_apply(Profile(applicant_type="us_img"), seasons, "Kin"), ("profile",)),
    ):
        with pytest.raises(InputError) as caught:
            ask()
        assert all(word in str(caught.value) for word in words)
