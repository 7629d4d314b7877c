"""The people of a season: how many of each type, how strong, and what they want."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from matchsim.season.attributes import attributes, by_type, normal_scores
from matchsim.season.scenario.model import Counts, Scenario
from matchsim.season.tables import Applicants, Programs
from matchsim.season.words import APPLICANT_TYPES
from matchsim.streams import Stream, Streams
from matchsim.tables import Float64, Int8, Int16, Int32, Int64

__all__ = ["cohort"]


def cohort(scenario: Scenario, streams: Streams, programs: Programs) -> Applicants:
    """Draw the registered applicants of a resolved scenario.

    The numbers of registered people are exact by type; everything else is drawn person by person, each
    attribute from a stream of its own.
    """
    given = scenario.cohort
    assert isinstance(given.registered, Counts)
    counts = [getattr(given.registered, t) for t in APPLICANT_TYPES]
    kind = np.repeat(np.arange(len(APPLICANT_TYPES), dtype=np.int8), counts)
    people = np.arange(len(kind), dtype=np.int32)
    specialties = programs.specialties

    trained = streams("cohort.prior_training").uniform(people) < by_type(given.prior_training, kind)
    draws = streams("cohort.preferred")
    preferred = _drawn(draws, people, kind, given.preferences, specialties)
    in_training = _drawn(draws, people, kind, given.trained_preferences, specialties)
    preferred = np.where(trained & (in_training >= 0), in_training, preferred)
    backup = _drawn(streams("cohort.backup"), people, kind, given.backups, specialties)
    wants_backup = streams("cohort.backup_share").uniform(people) < _backup_chances(
        scenario, programs, kind, preferred
    )
    backup = np.where(wants_backup & (backup != preferred), backup, -1)

    return Applicants(
        specialties=specialties,
        names=(),
        applicant_type=kind,
        preferred=preferred,
        backup=backup,
        division=_home(scenario, streams, people, kind),
        prior_training=trained,
        **attributes(scenario, streams, kind, normal_scores(scenario, streams, people)),
    )


def _backup_chances(scenario: Scenario, programs: Programs, kind: Int8, preferred: Int16) -> Float64:
    """Everybody's chance of having a backup: the share of the type, tilted to competitive specialties."""
    known = np.zeros(len(programs.specialties) + 1)
    known[programs.specialty] = programs.competitiveness
    tilt = known[preferred] ** scenario.cohort.backup_tilt
    mean = np.bincount(kind, weights=tilt) / np.maximum(np.bincount(kind), 1)
    chance = by_type(scenario.cohort.backup_share, kind)
    return np.where(mean[kind] > 0, chance * tilt / np.where(mean > 0, mean, 1.0)[kind], chance)


def _drawn(stream: Stream, people: Int32, kind: Int8, weights: object, specialties: tuple[str, ...]) -> Int16:
    """A specialty for everybody, drawn by the weights of their type; -1 where a type has none."""
    assert isinstance(weights, Mapping)
    chosen = np.full(len(people), -1, dtype=np.int16)
    uniform = stream.uniform(people)
    for code, name in enumerate(APPLICANT_TYPES):
        row = np.array([weights.get(name, {}).get(s, 0.0) for s in specialties], dtype=np.float64)
        of_type = kind == code
        if row.sum() > 0:
            chosen[of_type] = draw_by_weight(uniform[of_type], row)
    return chosen


def draw_by_weight(uniform: Float64, weights: npt.ArrayLike) -> Int64:
    """Indices drawn in proportion to `weights`, one for every uniform number."""
    cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn = np.searchsorted(cumulative, uniform * cumulative[-1], side="right")
    chosen: Int64 = np.minimum(drawn, len(cumulative) - 1).astype(np.int64)
    return chosen


def _home(scenario: Scenario, streams: Streams, people: Int32, kind: Int8) -> Int8:
    weights = scenario.cohort.divisions.weights()
    tied = streams("cohort.home_ties").uniform(people) < by_type(scenario.cohort.home_ties, kind)
    if not sum(weights):
        return np.full(len(people), -1, dtype=np.int8)
    home = draw_by_weight(streams("cohort.division").uniform(people), weights)
    return np.where(tied, home, -1).astype(np.int8)
