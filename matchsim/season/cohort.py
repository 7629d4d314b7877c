"""The people of a season: how many of each type, how strong, and what they want."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from matchsim.season.scenario.model import Counts, Scenario
from matchsim.season.tables import Applicants, Programs
from matchsim.season.words import APPLICANT_TYPES
from matchsim.streams import Stream, Streams
from matchsim.tables import Bool, Float64, Int8, Int16, Int32, Int64

__all__ = ["cohort"]


def cohort(scenario: Scenario, streams: Streams, programs: Programs) -> Applicants:
    """Draw the registered applicants of a resolved scenario.

    The numbers of registered and withdrawn people are exact by type; everything else is drawn person by
    person, each attribute from a stream of its own.
    """
    given = scenario.cohort
    assert isinstance(given.registered, Counts)
    assert isinstance(given.withdrawn, Counts)
    counts = [getattr(given.registered, t) for t in APPLICANT_TYPES]
    kind = np.repeat(np.arange(len(APPLICANT_TYPES), dtype=np.int8), counts)
    people = np.arange(len(kind), dtype=np.int32)
    specialties = programs.specialties

    latent = streams("cohort.ability").normal(people)
    spread = [getattr(given.ability, t) for t in APPLICANT_TYPES]
    mean = np.array([s.mean for s in spread])[kind]
    sd = np.array([s.sd for s in spread])[kind]
    exam = given.step2_ck
    rho = exam.ability_correlation
    noise = streams("cohort.step2_ck").normal(people)
    exam_z = mean + sd * (rho * latent + np.sqrt(1 - rho**2) * noise)
    step2 = np.clip(np.rint(exam.mean + exam.sd * exam_z), exam.passing, 300)

    preferred = _drawn(streams("cohort.preferred"), people, kind, given.preferences, specialties)
    backup = _drawn(streams("cohort.backup"), people, kind, given.backups, specialties)
    wants_backup = streams("cohort.backup_share").uniform(people) < _backup_chances(
        scenario, programs, kind, preferred
    )
    backup = np.where(wants_backup & (backup != preferred), backup, -1)

    return Applicants(
        specialties=specialties,
        names=(),
        applicant_type=kind,
        ability=(mean + sd * latent).astype(np.float32),
        step2_ck=step2.astype(np.int16),
        preferred=preferred,
        backup=backup,
        division=_home(scenario, streams, people, kind),
        needs_visa=streams("cohort.needs_visa").uniform(people) < _by_type(given.needs_visa, kind),
        prior_training=(
            streams("cohort.prior_training").uniform(people) < _by_type(given.prior_training, kind)
        ),
        withdrawn=_withdrawn(streams("cohort.withdrawn"), people, kind, given.withdrawn),
    )


def _backup_chances(scenario: Scenario, programs: Programs, kind: Int8, preferred: Int16) -> Float64:
    """Everybody's chance of having a backup: the share of the type, tilted to competitive specialties."""
    known = np.zeros(len(programs.specialties) + 1)
    known[programs.specialty] = programs.competitiveness
    tilt = known[preferred] ** scenario.cohort.backup_tilt
    mean = np.bincount(kind, weights=tilt) / np.maximum(np.bincount(kind), 1)
    chance = _by_type(scenario.cohort.backup_share, kind)
    return np.where(mean[kind] > 0, chance * tilt / np.where(mean > 0, mean, 1.0)[kind], chance)


def _by_type(values: object, kind: Int8) -> Float64:
    table: Float64 = np.array([getattr(values, t) for t in APPLICANT_TYPES], dtype=np.float64)[kind]
    return table


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
    tied = streams("cohort.home_ties").uniform(people) < _by_type(scenario.cohort.home_ties, kind)
    if not sum(weights):
        return np.full(len(people), -1, dtype=np.int8)
    home = draw_by_weight(streams("cohort.division").uniform(people), weights)
    return np.where(tied, home, -1).astype(np.int8)


def _withdrawn(stream: Stream, people: Int32, kind: Int8, counts: Counts) -> Bool:
    """Exactly the given number of each type, those with the lowest draws."""
    draw = stream.uniform(people)
    withdrawn = np.zeros(len(people), dtype=np.bool_)
    for code, name in enumerate(APPLICANT_TYPES):
        of_type = np.flatnonzero(kind == code)
        lowest = np.argsort(draw[of_type], kind="stable")[: getattr(counts, name)]
        withdrawn[of_type[lowest]] = True
    return withdrawn
