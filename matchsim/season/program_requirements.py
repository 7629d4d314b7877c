"""What each program of a season requires, drawn program by program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from matchsim.season.scenario.model import Scenario
from matchsim.streams import Streams
from matchsim.tables import Bool, Float32, Float64

__all__ = ["ASKED", "requirements"]

# Requirements that a share of the programs has.
ASKED = ("step2_ck", "graduation", "no_failed_attempts", "us_clinical", "certificate_first")

HIGHEST_SCORE = 300


def requirements(scenario: Scenario, streams: Streams, prestige: Float32, university: Bool) -> dict[str, Any]:
    """The columns of ``Programs`` that say what is required, each from a stream of its own."""
    given = scenario.programs.requirements
    every = np.arange(len(prestige), dtype=np.int32)

    asks = {name: streams(f"programs.{name}").uniform(every) < getattr(given, name) for name in ASKED}
    visas = streams("programs.sponsors_visa").uniform(every)
    chances = _j1_chances(given.sponsors_j1, given.community_odds, university)
    j1 = visas < chances
    score = given.step2_ck_score
    lowest = score.mean + score.sd * prestige.astype(np.float64)
    years = _one_of(given.graduation_years, streams("programs.graduation_years").uniform(every))
    months = _one_of(given.us_clinical_months, streams("programs.us_clinical_months").uniform(every))
    return {
        "sponsors_j1": j1,
        "sponsors_h1b": _sponsors_h1b(streams, given.sponsors_h1b, j1, chances),
        "minimum_step2_ck": np.where(asks["step2_ck"], np.clip(np.rint(lowest), 1, HIGHEST_SCORE), 0).astype(
            np.int16
        ),
        "maximum_years": np.where(asks["graduation"], years, -1).astype(np.int16),
        "no_failed_attempts": asks["no_failed_attempts"],
        "minimum_us_months": np.where(asks["us_clinical"], months, 0.0).astype(np.float32),
        "certificate_first": asks["certificate_first"],
    }


def _j1_chances(share: float, community_odds: float, university: Bool) -> Float64:
    """Each program's chance of taking J-1 visas: `share` on average, the odds of the settings apart."""
    part = float(university.mean()) if len(university) else 0.0
    low, high = share, share
    if 0.0 < share < 1.0:
        # The odds of university programs at which the average is right; it rises with them.
        least, most = 1e-9, 1e9
        for _ in range(200):
            odds = (least * most) ** 0.5
            high, low = odds / (1 + odds), odds * community_odds / (1 + odds * community_odds)
            if part * high + (1 - part) * low < share:
                least = odds
            else:
                most = odds
    return np.where(university, high, low)


def _sponsors_h1b(streams: Streams, share: float, j1: Bool, chances: Float64) -> Bool:
    """Who sponsors H-1B visas: a part of those that take J-1, and others only where these are too few."""
    mean = float(chances.mean()) if len(chances) else 0.0
    among = min(1.0, share / mean) if mean > 0 else 0.0
    beyond = (share - mean) / (1.0 - mean) if share > mean and mean < 1.0 else 0.0
    every = np.arange(len(j1), dtype=np.int32)
    sponsors: Bool = streams("programs.sponsors_h1b").uniform(every) < np.where(j1, among, max(beyond, 0.0))
    return sponsors


def _one_of(values: Sequence[float], uniform: Float64) -> Float64:
    chosen: Float64 = np.array(values, dtype=np.float64)[(uniform * len(values)).astype(np.int64)]
    return chosen
