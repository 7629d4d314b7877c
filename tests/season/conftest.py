"""Seasons that several tests look at."""

from __future__ import annotations

import pytest

from matchsim.season.scenario import load_scenario
from matchsim.season.scenario.model import Scenario
from matchsim.season.season import Season, run_season

from .worlds import INTERPRETED, World, town, world_of


@pytest.fixture(scope="session")
def town_world() -> World:
    return world_of(town())


@pytest.fixture(scope="session")
def town_season() -> Season:
    return run_season(town())


@pytest.fixture(scope="session")
def nation_scenario() -> Scenario:
    """The whole nation of 2025, as shipped."""
    return load_scenario("us-2025")


@pytest.fixture(scope="session")
def nation(nation_scenario: Scenario) -> Season:
    if INTERPRETED:
        pytest.skip("a national season takes many minutes with interpreted kernels")
    return run_season(nation_scenario)
