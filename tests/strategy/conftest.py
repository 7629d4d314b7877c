"""Seasons whose strategies are looked at."""

from __future__ import annotations

import pytest
from season.worlds import changed, town

from matchsim.season import Season, run_season

ALONE = {
    "couples": {"number": 0},
    "rank_lists": {"applicants": {"supplemental": 0.0}},
    "reversions": dict.fromkeys("MPAR", 0.0),
}


@pytest.fixture(scope="session")
def linked() -> Season:
    """A town with couples, supplemental lists and reversions."""
    return run_season(town(), seed=3)


@pytest.fixture(scope="session")
def alone() -> Season:
    """A town in which nothing is linked or moves."""
    return run_season(changed(town(), ALONE), seed=3)
