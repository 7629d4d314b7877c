"""The match of a season as a matching of the engine, with the names of its people and programs."""

from __future__ import annotations

from matchsim.engine import Matching
from matchsim.season.match import market, solved
from matchsim.season.season import Season
from matchsim.streams import Streams

__all__ = ["matching_of"]


def matching_of(season: Season) -> Matching:
    """The match of a season made again, from which it can be explained what happened to whom."""
    named = market(season.tracks, season.rank_lists, season.reversions).replace(
        applicant_labels=season.cohort.all_names(), program_labels=season.tracks.all_names()
    )
    return solved(season.scenario, Streams(season.seed, season.replicate), season.tracks, named)
