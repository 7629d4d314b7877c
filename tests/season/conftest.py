"""Seasons that several tests look at."""

from __future__ import annotations

import pytest

from matchsim.season.scenario.model import Cohort, Scenario
from matchsim.season.scenario.resolving import resolved
from matchsim.season.season import Season, run_season

from .worlds import World, town, world_of


@pytest.fixture(scope="session")
def town_world() -> World:
    return world_of(town())


@pytest.fixture(scope="session")
def town_season() -> Season:
    return run_season(town())


@pytest.fixture(scope="session")
def nation_scenario() -> Scenario:
    """The whole nation of 2025, every number published or assumed by default."""
    return resolved(Scenario(name="us-2025", cohort=Cohort(registered="published"))).scenario


@pytest.fixture(scope="session")
def nation(nation_scenario: Scenario) -> Season:
    return run_season(nation_scenario, seed=1)
