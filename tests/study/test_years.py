"""Seasons in a row: the first is the season itself, and the next have those who were not placed."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from matchsim.errors import InputError
from matchsim.season.scenario import load_scenario
from matchsim.season.scenario.parts import SharesByType
from matchsim.season.season import run_season
from matchsim.study.loading import read_study
from matchsim.study.model import Years
from matchsim.study.result import open_study
from matchsim.study.running import simulate_study
from matchsim.study.years import seasons_in_a_row

from .small_study import TOWN, written

ALL_NEW = SharesByType(**dict.fromkeys(SharesByType.model_fields, 1.0))


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    path = tmp_path_factory.mktemp("town") / "town.yaml"
    path.write_text(TOWN, encoding="utf-8")
    return load_scenario(path)


def meant(season) -> list[int]:
    """People by type who are to be active, as the scenario of that year says."""
    return list(season.scenario.cohort.active.model_dump().values())


def by_type(season, who) -> list[int]:
    return np.bincount(season.cohort.applicant_type[who], minlength=7).tolist()


def test_the_first_year_is_the_season_itself(town) -> None:
    (year, first), *rest = seasons_in_a_row(town, Years(number=2), 7, 3)
    alone = run_season(town, seed=7, replicate=3)
    assert (year, len(rest)) == (1, 1)
    assert first.facts() == alone.facts()


def test_everybody_not_placed_comes_back_as_a_graduate(town) -> None:
    years = Years(number=3, reapply=1.0, newcomers=ALL_NEW)
    seasons = [season for _, season in seasons_in_a_row(town, years, 7, 0)]
    fresh = meant(seasons[0])
    for before, after in pairwise(seasons):
        left = by_type(before, before.rank_lists.certified & ~before.placed)
        again = [0, left[0] + left[1], 0, left[2] + left[3], *left[4:]]
        assert meant(after) == [a + b for a, b in zip(fresh, again, strict=True)]
        assert sum(left) > 0


def test_nobody_comes_back_where_nobody_tries(town) -> None:
    years = Years(number=2, reapply=0.0, newcomers=ALL_NEW)
    first, second = (season for _, season in seasons_in_a_row(town, years, 7, 0))
    assert meant(first) == meant(second)
    assert (first.cohort.ability != second.cohort.ability).any()


def test_positions_that_nobody_took_are_given_up(town) -> None:
    years = Years(number=2, unfilled=1.0)
    first, second = (season for _, season in seasons_in_a_row(town, years, 7, 0))
    empty = first.tracks.quota.sum() - first.facts()["filled_after_soap"]
    assert empty > 0
    lost = first.tracks.quota.sum() - second.tracks.quota.sum()
    assert 0 < lost <= empty


def test_people_from_a_file_have_no_next_year() -> None:
    with pytest.raises(InputError, match="several years need the numbers of active people"):
        list(seasons_in_a_row(load_scenario("teaching-8x4"), Years(number=2), 1, 0))


def test_a_study_of_several_years_has_rows_for_each(tmp_path) -> None:
    text = "name: years\nbase: town.yaml\nyears: 3\nreplicates: 2\nmetrics: [matched]\n"
    simulate_study(read_study(written(tmp_path, text)), tmp_path / "out", jobs=1)
    data = open_study(tmp_path / "out").to_pandas(groups=["all"])
    assert data["year"].tolist() == [1, 2, 3, 1, 2, 3]
    assert set(data["replicate"]) == {0, 1}
