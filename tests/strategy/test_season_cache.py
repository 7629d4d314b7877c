"""Seasons kept on disk: the same as simulated ones, and never half or strange ones."""

from __future__ import annotations

import pytest
from season.worlds import changed, town

from matchsim.errors import InputError
from matchsim.season import run_season
from matchsim.season.profile import Profile
from matchsim.season.rules import load_rules
from matchsim.strategy import season_cache, standards
from matchsim.strategy.advice import advice, as_in
from matchsim.strategy.season_cache import cache_folder, cached_standards
from matchsim.strategy.standards import simulated_standards
from strategy.conftest import ALONE


@pytest.fixture
def simulated(monkeypatch):
    """Which replicates were simulated."""
    numbers = []

    def counted(scenario, replicate):
        numbers.append(replicate)
        return simulated_standards(scenario, replicate)

    monkeypatch.setattr(season_cache, "simulated_standards", counted)
    return numbers


def test_seasons_are_simulated_once(tmp_path, simulated):
    scenario = town()
    first = cached_standards(scenario, 2, folder=tmp_path)
    counted = []
    again = cached_standards(scenario, 3, folder=tmp_path, told=counted.append)
    assert simulated == [0, 1, 2]
    assert sum(counted) == 3
    for number, kept in enumerate(again):
        assert kept.equals(standards(run_season(scenario, replicate=number)))
    assert first[1].equals(again[1])


@pytest.mark.parametrize(
    "harm", [lambda b: b"", lambda b: b[: len(b) // 2], lambda b: b[:400] + b"x" + b[401:]]
)
def test_a_file_that_is_not_whole_is_made_again(tmp_path, simulated, harm):
    scenario = town()
    (good,) = cached_standards(scenario, 1, folder=tmp_path)
    (path,) = tmp_path.rglob("*.npz")
    path.write_bytes(harm(path.read_bytes()))
    (again,) = cached_standards(scenario, 1, folder=tmp_path)
    assert simulated == [0, 0]
    assert again.equals(good)
    cached_standards(scenario, 1, folder=tmp_path)
    assert simulated == [0, 0]
    assert len(list(tmp_path.rglob("*.*"))) == len(list(tmp_path.rglob("*.npz"))) == 1


def test_another_scenario_or_other_code_has_its_own_seasons(tmp_path, simulated, monkeypatch):
    cached_standards(town(), 1, folder=tmp_path)
    cached_standards(changed(town(), ALONE), 1, folder=tmp_path)
    monkeypatch.setattr(season_cache, "_code", lambda: "other")
    cached_standards(town(), 1, folder=tmp_path)
    assert simulated == [0, 0, 0]


def test_the_folder_can_be_named(tmp_path, monkeypatch):
    monkeypatch.setenv("MATCHSIM_CACHE", str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine"
    monkeypatch.delenv("MATCHSIM_CACHE")
    assert cache_folder().name == "matchsim"
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="MATCHSIM_CACHE"):
        cached_standards(town(), 1, folder=tmp_path / "file")


def test_a_person_moves_with_their_years():
    there = Profile.model_validate(
        {
            "applicant_type": "us_img",
            "couple": True,
            "graduation_year": 2020,
            "done": {"ecfmg_certificate": "2024-02-29"},
        },
        strict=False,
    )
    here = as_in(there, 2027, 2025)
    assert here.graduation_year == 2018
    assert here.done.ecfmg_certificate.isoformat() == "2022-02-28"
    assert not here.couple


def test_advice_needs_a_season():
    with pytest.raises(InputError, match="one season"):
        advice(Profile(applicant_type="us_img"), [], load_rules(2027))


def test_a_green_card_helps_who_needs_a_visa(tmp_path):
    """And a change of nothing changes nothing: the luck is the same."""
    seasons = cached_standards(changed(town(), ALONE), 4, folder=tmp_path)
    person = Profile(applicant_type="non_us_img", visa="h1b", specialties=["Hearts"])
    found = advice(person, seasons, load_rules(2027), copies=100)
    effects = {one.lever.name: one for one in found.effects}
    assert effects["green_card"].effect.mean > 0
    for one in found.effects:
        assert one.probability.mean - found.matched.mean == pytest.approx(one.effect.mean)
    assert found.placed.mean == pytest.approx(found.matched.mean + found.soap.mean)
