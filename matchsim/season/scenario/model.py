"""The scenario: what may be said about a season, each value with its meaning, unit, source and basis.

A scenario as a person writes it may say ``published`` where the figures of the named season are meant;
a *resolved* scenario is the same model with every such word replaced by numbers and nothing implied.
Basis of a default: ``published`` (read in the named source), ``derived`` (arithmetic on published
figures), ``recalled`` (from memory, never a target) or ``assumed`` (chosen by us; not calibrated).

What is written merges, mapping by mapping, over the defaults of this model (``Scenario().model_dump()``):
``needs_visa: {non_us_img: 0.9}`` changes one type and leaves the others at their defaults.
:mod:`matchsim.season.scenario.resolving` then replaces every ``published``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from matchsim.season.scenario.applications import Applications, SignalBudget
from matchsim.season.scenario.cohort import Cohort
from matchsim.season.scenario.interviews import Interviews
from matchsim.season.scenario.linked import Couples, Reversions
from matchsim.season.scenario.match import EarlyResults, Match
from matchsim.season.scenario.parts import (
    ByType,
    Counts,
    Part,
    SharesByType,
    Spread,
    WeightsByType,
    parameter,
)
from matchsim.season.scenario.pathway import Pathway, Training
from matchsim.season.scenario.programs import Programs, TrackSize
from matchsim.season.scenario.rank_lists import RankLists
from matchsim.season.scenario.soap import Soap

__all__ = [
    "Applications",
    "ByType",
    "Cohort",
    "Counts",
    "Couples",
    "EarlyResults",
    "Interviews",
    "Match",
    "Pathway",
    "Programs",
    "RankLists",
    "Reversions",
    "Scenario",
    "SharesByType",
    "SignalBudget",
    "Soap",
    "Spread",
    "TrackSize",
    "WeightsByType",
]


class Scenario(Part):
    """A season to be simulated."""

    matchsim: Literal[1] = parameter(1, "version of the scenario format")
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,79}$")] = parameter(
        "scenario", "short name: small letters, digits, '-', '_' and '.'"
    )
    title: str = parameter("", "what the charts call it")
    description: str = parameter("", "what it is for")
    season: Literal[2025, 2026, 2027] = parameter(
        2025,
        "the season whose rules hold; 'published' means its figures, or those of the last season before it "
        "that are known (2025)",
    )
    seed: Annotated[int, Field(ge=0, lt=2**64)] = parameter(1, "seed of all random streams")
    replicates: Annotated[int, Field(ge=1, le=1_000_000)] = parameter(1, "seasons to simulate")
    cohort: Cohort = Cohort()
    pathway: Pathway = Pathway()
    couples: Couples = Couples()
    programs: Programs = Programs()
    applications: Applications = Applications()
    interviews: Interviews = Interviews()
    rank_lists: RankLists = RankLists()
    reversions: Reversions = Reversions()
    match: Match = Match()
    soap: Soap = Soap()
    training: Training = Training()
