"""The programs of a season: sizes, standing, place, and attitudes."""

from __future__ import annotations

import numpy as np

from matchsim.season.cohort import draw_by_weight
from matchsim.season.normal import score_at
from matchsim.season.program_requirements import requirements
from matchsim.season.ragged import offsets_of_counts, owners_of, places_of
from matchsim.season.scenario.model import Scenario
from matchsim.season.tables import Programs
from matchsim.season.words import DIVISIONS, TRACKS
from matchsim.streams import Streams
from matchsim.tables import Bool, Float32, Float64, Int8, Int16, Int32

__all__ = ["programs"]


def programs(scenario: Scenario, streams: Streams) -> Programs:
    """Draw the programs of a resolved scenario.

    Each track of a specialty has exactly the stated number of programs and positions, every program at
    least one position; sizes are spread as a lognormal. Core tracks come first, specialty by specialty;
    preliminary programs come last. Institutions lie in one division and hold tracks of several specialties.
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
    university = _universities(scenario, streams, every, prestige)
    division = _divisions(scenario, streams, every)
    competitiveness = np.array([given.specialties[name].competitiveness for name in names], dtype=np.float32)
    asked = requirements(scenario, streams, prestige, university)
    return Programs(
        specialties=names,
        names=(),
        specialty=specialty,
        track=track,
        quota=quota,
        prestige=prestige.astype(np.float32),
        openness=_openness(scenario, streams, every, university),
        division=division,
        setting=university.astype(np.int8),
        **asked,
        competitiveness=competitiveness[specialty] if names else np.empty(0, dtype=np.float32),
        institution=_institutions(scenario, streams, len(names), specialty, track, division, prestige),
        joint_with=np.full(len(every), -1, dtype=np.int32),
        parity=np.zeros(len(every), dtype=np.int8),
    )


def _universities(scenario: Scenario, streams: Streams, every: Int32, prestige: Float32) -> Bool:
    """Which are university programs, the more prestigious ones more often."""
    rho = scenario.programs.university_prestige
    score = rho * prestige + np.sqrt(1 - rho**2) * streams("programs.setting").normal(every)
    university: Bool = score > score_at(1.0 - scenario.programs.university)
    return university


def _openness(scenario: Scenario, streams: Streams, every: Int32, university: Bool) -> Float32:
    given = scenario.programs
    drawn = given.openness_sd * streams("programs.openness").normal(every)
    return (drawn + np.where(university, -given.community_openness, given.community_openness)).astype(
        np.float32
    )


def _divisions(scenario: Scenario, streams: Streams, every: Int32) -> Int8:
    weights = scenario.programs.divisions.weights()
    if not sum(weights):
        weights = [1.0] * len(DIVISIONS)
    return draw_by_weight(streams("programs.division").uniform(every), weights).astype(np.int8)


def _institutions(
    scenario: Scenario,
    streams: Streams,
    specialties: int,
    specialty: Int16,
    track: Int8,
    division: Int8,
    prestige: Float32,
) -> Int32:
    """The institution of every program.

    A division has as many institutions as its programs need. Each specialty lines them up, large ones
    more often first: by successive sampling in proportion to their sizes. The programs of each of its
    tracks, the most prestigious first, are at the first of them; so the tracks of a specialty share
    institutions as far as they can, and two programs of one track are at one institution only where the
    division has too few.
    """
    given = scenario.programs
    programs_in = np.bincount(division, minlength=len(DIVISIONS))
    number = np.where(programs_in > 0, np.maximum(1, np.rint(programs_in / given.per_institution)), 0)
    starts = offsets_of_counts(number.astype(np.int64))
    every = np.arange(starts[-1], dtype=np.int32)
    size = np.exp(given.institution_spread * streams("programs.institution_size").normal(every))
    words = streams("programs.institution").words(every, 0, specialties)
    # The first of exponential clocks that tick at these rates is drawn in proportion to the rates.
    clock = -np.log((words + 0.5) * 2.0**-32) / size[:, None].astype(np.float64)
    lined_up = np.lexsort((clock.T, np.broadcast_to(owners_of(starts), clock.T.shape)), axis=1)

    order = np.lexsort((-prestige, division, track, specialty))
    cell = (specialty[order].astype(np.int64) * len(TRACKS) + track[order]) * len(DIVISIONS) + division[order]
    place = places_of(np.bincount(cell)[np.unique(cell)])
    home = division[order]
    institution = np.empty(len(order), dtype=np.int32)
    institution[order] = lined_up[specialty[order], starts[home] + place % np.diff(starts)[home]]
    return _by_appearance(institution)


def _by_appearance(numbers: Int32) -> Int32:
    """The same numbers, renamed 0, 1, 2, ... in the order in which they first appear."""
    _, first, inverse = np.unique(numbers, return_index=True, return_inverse=True)
    renamed: Int32 = np.argsort(np.argsort(first)).astype(np.int32)[inverse]
    return renamed


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
