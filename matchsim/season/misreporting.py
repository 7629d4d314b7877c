"""Applicants who rank otherwise than they wish: behaviours that the literature documents."""

from __future__ import annotations

import numpy as np

from matchsim.season.ragged import offsets_of, places_of
from matchsim.season.ranked import Ranked, core_first
from matchsim.season.scenario.model import Scenario
from matchsim.season.tables import Applicants, Programs
from matchsim.streams import Streams
from matchsim.tables import Bool, Float32, Int8

__all__ = ["KINDS", "kinds", "perceived_chances", "reported"]

KINDS = ("by_chance", "safe_first", "truncation")


def reported(
    scenario: Scenario,
    streams: Streams,
    applicants: Applicants,
    programs: Programs,
    own: Ranked,
    alone: Bool,
) -> Ranked:
    """What people put on their lists, given what they would rank by taste.

    Parameters
    ----------
    own
        What everybody would rank, best first, preliminary programs after the others.
    alone
        Who matches alone, shape (applicants,): couples do not misreport.
    """
    kind = np.where(alone, kinds(scenario, streams, len(applicants)), -1)[own.person]
    if not (kind >= 0).any():
        return own
    people = len(applicants)
    counts = np.bincount(own.person, minlength=people)
    offsets = offsets_of(own.person, people)
    place = places_of(counts)
    chance = perceived_chances(scenario, applicants, programs, own)
    safest = np.zeros(len(place), dtype=np.bool_)
    safest[core_first(offsets, chance, own.preliminary)[place == 0]] = True

    key = (-place).astype(np.float32)
    key = np.where(kind == KINDS.index("by_chance"), chance, key)
    key = np.where((kind == KINDS.index("safe_first")) & safest, np.float32(np.inf), key)
    order = core_first(offsets, key, own.preliminary)
    half = (counts + 1) // 2
    kept = (kind != KINDS.index("truncation")) | (place < half[own.person])
    return own.at(order[kept])


def perceived_chances(scenario: Scenario, applicants: Applicants, programs: Programs, own: Ranked) -> Float32:
    """How good people believe their chances at programs to be, in SD; only differences within a person count.

    Better where program and specialty are less sought after, and in the division with ties (assumed).
    """
    home = applicants.division[own.person]
    at_home = (home >= 0) & (home == programs.division[own.program])
    sought = programs.prestige + 2 * programs.competitiveness
    chance: Float32 = (scenario.interviews.screening.home * at_home - sought[own.program]).astype(np.float32)
    return chance


def kinds(scenario: Scenario, streams: Streams, people: int) -> Int8:
    """How everybody misreports, as the place in KINDS; -1 = not at all."""
    given = scenario.rank_lists.applicants.misreporting
    everyone = np.arange(people, dtype=np.int32)
    stream = streams("rank_lists.misreporting")
    weights = np.cumsum([getattr(given.kinds, kind) for kind in KINDS])
    misreports = (stream.uniform(everyone) < given.share) & (weights[-1] > 0)
    kind = np.searchsorted(weights, stream.uniform(everyone, 1) * weights[-1], side="right")
    return np.where(misreports, np.minimum(kind, len(KINDS) - 1), -1).astype(np.int8)
