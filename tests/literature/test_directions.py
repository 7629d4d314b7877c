"""The direction of what papers found of single specialties, in the calibrated model."""

from __future__ import annotations

import os

import pytest

from literature import directions


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT", "0") == "1", reason="whole seasons, interpreted")
def test_every_direction_but_the_missed_is_the_papers():
    found = directions.all_directions(2)
    assert len(found) == 13
    assert {one.finding for one in found if not one.holds} <= directions.MISSED
