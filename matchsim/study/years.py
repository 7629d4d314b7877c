"""Several seasons in a row: who was not placed tries again, and positions that stay empty are given up.

People are carried over as numbers by type, not as persons: each year draws its people anew, and somebody
carried over is as strong as the graduates of the scenario are. Seniors come back as graduates of earlier
years, international graduates as what they were. Of the scenario's people of a type the share ``newcomers``
is there for the first time each year; the others stand, in the first year, for those of earlier ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from matchsim.errors import InputError, Problem
from matchsim.season.scenario import Scenario
from matchsim.season.scenario.parts import Counts
from matchsim.season.scenario.programs import Specialty, TrackSize
from matchsim.season.words import APPLICANT_TYPES, TRACKS, ApplicantType, Track
from matchsim.streams import Streams
from matchsim.study.model import Years

if TYPE_CHECKING:
    from matchsim.season.season import Season

__all__ = ["seasons_in_a_row"]

# As what people come back.
NEXT_YEAR: dict[ApplicantType, ApplicantType] = {
    "us_md_senior": "us_md_grad",
    "us_md_grad": "us_md_grad",
    "us_do_senior": "us_do_grad",
    "us_do_grad": "us_do_grad",
    "us_img": "us_img",
    "non_us_img": "non_us_img",
    "other": "other",
}
# Replicates of later years are numbered from here, so that no year meets the people of another.
REPLICATES_OF_A_YEAR = 2**32


def seasons_in_a_row(
    scenario: Scenario, years: Years, seed: int, replicate: int
) -> Iterator[tuple[int, Season]]:
    """The seasons of a replicate with their years, from 1.

    The first is the season of `scenario` with this replicate number, whatever follows it.

    Raises
    ------
    InputError
        When people or programs come from files, which say nothing about another year.
    """
    from matchsim.season.season import run_season

    base = scenario
    for year in range(1, years.number + 1):
        season = run_season(scenario, seed=seed, replicate=replicate + (year - 1) * REPLICATES_OF_A_YEAR)
        yield year, season
        if year < years.number:
            scenario = _next_year(base, season, years, Streams(seed, season.replicate))


def _next_year(base: Scenario, season: Season, years: Years, streams: Streams) -> Scenario:
    active = base.cohort.active
    if not isinstance(active, Counts) or not any(getattr(active, t) for t in APPLICANT_TYPES):
        told = "several years need the numbers of active people by type, not people from a file"
        raise InputError(Problem(told, path="cohort.active"))
    again = _reapplying(season, years, streams)
    wanted = {t: round(getattr(active, t) * getattr(years.newcomers, t)) + again[t] for t in APPLICANT_TYPES}
    least = base.couples.counts()
    counts = {t: max(wanted[t], least[t]) for t in APPLICANT_TYPES}
    registered = {
        t: counts[t] + getattr(base.cohort.registered, t) - getattr(active, t) for t in APPLICANT_TYPES
    }
    people = {"active": Counts(**counts), "registered": Counts(**registered)}
    update: dict[str, object] = {"cohort": base.cohort.model_copy(update=people)}
    if years.unfilled:
        sizes = _sizes(season, years.unfilled)
        update["programs"] = base.programs.model_copy(update={"specialties": sizes})
    return base.model_copy(update=update)


def _reapplying(season: Season, years: Years, streams: Streams) -> dict[ApplicantType, int]:
    """How many of those not placed are active again, by the type as which they come back."""
    everybody = np.arange(len(season.cohort), dtype=np.int32)
    left = season.rank_lists.certified & ~season.placed
    left &= streams("years.reapply").uniform(everybody) < years.reapply
    number = np.bincount(season.cohort.applicant_type[left], minlength=len(APPLICANT_TYPES)).tolist()
    again: dict[ApplicantType, int] = dict.fromkeys(APPLICANT_TYPES, 0)
    for name, count in zip(APPLICANT_TYPES, number, strict=True):
        again[NEXT_YEAR[name]] += count
    return again


def _sizes(season: Season, given_up: float) -> dict[str, Specialty]:
    """Positions of every track of every specialty, less a share of those that nobody took."""
    tracks = season.tracks
    held = np.concatenate([season.match.program_of, season.match.second_of, season.soap.accepted_program])
    filled = np.bincount(held[held >= 0], minlength=len(tracks))
    empty = np.maximum(tracks.quota - filled, 0)
    specialties = season.scenario.programs.specialties
    assert isinstance(specialties, dict)
    sizes: dict[str, Specialty] = {}
    for code, (name, specialty) in enumerate(specialties.items()):
        update: dict[Track, TrackSize] = {}
        for track, size in specialty.tracks().items():
            of = (tracks.specialty == code) & (tracks.track == TRACKS.index(track))
            less = round(given_up * int(empty[of].sum()))
            # A program has one position at least, or it is no program.
            positions = max(size.programs, size.positions - less)
            update[track] = size.model_copy(update={"positions": positions})
        sizes[name] = specialty.model_copy(update=dict(update.items()))
    return sizes
