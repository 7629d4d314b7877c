"""Numbers at the ends of what a scenario allows make a season, and those beyond are refused."""

from __future__ import annotations

import pytest

from hostile.readers import TOWN
from matchsim.errors import ScenarioError
from matchsim.season import run_season
from matchsim.season.scenario import load_scenario, read_scenario

LARGEST = 1_000_000
WEIGHTS = (
    "cohort.attributes.years_since_graduation.us_img",
    "cohort.attributes.us_clinical_months.us_img",
    "cohort.attributes.research.us_img",
    "cohort.attributes.mock_interviews.us_img",
    "couples.members.us_img",
    "couples.noise",
    "interviews.screening.ability",
    "interviews.screening.step2_ck",
    "interviews.screening.signals_enough",
    "interviews.screening.noise",
    "rank_lists.applicants.prestige",
    "rank_lists.applicants.fit",
    "rank_lists.programs.interview",
    "rank_lists.programs.mock_interview",
    "rank_lists.second_looks.programs",
    "soap.noise",
    "soap.interest",
    "soap.list_per_position",
    "soap.threshold_fall",
    "soap.expectation_slope",
)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    path = tmp_path_factory.mktemp("extremes") / "town.yaml"
    path.write_text(TOWN, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "settings",
    [
        [f"{path}={LARGEST}" for path in WEIGHTS],
        [f"interviews.screening.{name}={LARGEST}" for name in ("ability", "step2_ck")],
        ["interviews.screening.research=1000", "soap.caution=20"],
        ["interviews.screening.attitude.us_img=-1000", "interviews.screening.us_letter=-1000"],
    ],
    ids=["all", "file", "steep", "repelled"],
)
def test_the_largest_numbers_make_a_season(town, settings):
    """A warning of a number that is infinite would be an error here."""
    season = run_season(read_scenario(town, settings).scenario)
    assert season.match.stable


def test_numbers_that_would_be_infinite_are_refused(town):
    with pytest.raises(ScenarioError) as caught:
        read_scenario(town, [f"{path}=1e300" for path in WEIGHTS])
    told = str(caught.value)
    assert told.count("must be <= 1000000.0, got 1e+300") == len(WEIGHTS)


def test_shipped_weights_are_far_from_the_end():
    weights = load_scenario("us-2025").couples.members
    assert max(weights.model_dump().values()) < LARGEST / 10
