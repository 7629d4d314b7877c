"""The programs of a season: sizes, standing, place, and attitudes."""

from __future__ import annotations

import numpy as np

from matchsim.season.cohort import draw_by_weight
from matchsim.season.scenario.model import Scenario
from matchsim.season.tables import Programs
from matchsim.season.words import DIVISIONS, TRACKS
from matchsim.streams import Streams
from matchsim.tables import Float32, Float64, Int8, Int32

__all__ = ["programs"]


def programs(scenario: Scenario, streams: Streams) -> Programs:
    """Draw the programs of a resolved scenario.

    Each track of a specialty has exactly the stated number of programs and positions, every program at
    least one position; sizes are spread as a lognormal. Core tracks come first, specialty by specialty;
    preliminary programs come last.
    """
    given = scenario.programs
    assert isinstance(given.specialties, dict)
    names = tuple(given.specialties)
    cells = [
        (names.index(name), TRACKS.index(track), size.programs, size.positions)
        for preliminary in (False, True)
        for name, specialty in given.specialties.items()
        for track, size in specialty.tracks().items()
        if (track == "P") == preliminary and size.programs
    ]
    count = np.array([cell[2] for cell in cells], dtype=np.int64)
    specialty = np.repeat(np.array([cell[0] for cell in cells], dtype=np.int16), count)
    track = np.repeat(np.array([cell[1] for cell in cells], dtype=np.int8), count)
    every = np.arange(int(count.sum()), dtype=np.int32)

    size_z = streams("programs.quota").normal(every)
    quota = np.empty(len(every), dtype=np.int32)
    start = 0
    for _, _, programs_in_cell, positions in cells:
        cell = slice(start, start + programs_in_cell)
        quota[cell] = _quotas(np.exp(given.quota_spread * size_z[cell].astype(np.float64)), positions)
        start += programs_in_cell
    rho = given.prestige_quota_correlation
    prestige = rho * size_z + np.sqrt(1 - rho**2) * streams("programs.prestige").normal(every)
    competitiveness = np.array([given.specialties[name].competitiveness for name in names], dtype=np.float32)
    return Programs(
        specialties=names,
        names=(),
        specialty=specialty,
        track=track,
        quota=quota,
        prestige=prestige.astype(np.float32),
        openness=_openness(scenario, streams, every),
        division=_divisions(scenario, streams, every),
        sponsors_visa=streams("programs.sponsors_visa").uniform(every) < given.sponsors_visa,
        competitiveness=competitiveness[specialty] if names else np.empty(0, dtype=np.float32),
    )


def _openness(scenario: Scenario, streams: Streams, every: Int32) -> Float32:
    drawn = streams("programs.openness").normal(every)
    return (scenario.programs.openness_sd * drawn).astype(np.float32)


def _divisions(scenario: Scenario, streams: Streams, every: Int32) -> Int8:
    weights = scenario.programs.divisions.weights()
    if not sum(weights):
        weights = [1.0] * len(DIVISIONS)
    return draw_by_weight(streams("programs.division").uniform(every), weights).astype(np.int8)


def _quotas(weights: Float64, positions: int) -> Int32:
    """Whole quotas of at least one that add to `positions`, the rest in proportion to `weights`."""
    spare = positions - len(weights)
    exact = weights / weights.sum() * spare
    quotas = np.floor(exact)
    left = spare - int(quotas.sum())
    largest = np.argsort(quotas - exact, kind="stable")[:left]
    quotas[largest] += 1
    whole: Int32 = (quotas + 1).astype(np.int32)
    return whole
