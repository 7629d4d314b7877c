"""The menus of a finished season."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from matchsim.engine import Labels, Matching, Menus, menus
from matchsim.errors import InputError, Problem, check_kind
from matchsim.season import Scenario, Season
from matchsim.season.match import market
from matchsim.tables import Float64

__all__ = ["season_menus", "shares_reached", "unnamed_menus", "without_menus"]


def season_menus(season: Season) -> Menus:
    """What every single applicant of a season could have won with another rank order list.

    Couples, supplemental lists and reversions are held where the match of the season put them; see
    :func:`matchsim.menus` for what that means. Members of couples who certified together have no menu.

    Parameters
    ----------
    season
        A finished season.

    Returns
    -------
    Menus
        By the names and numbers of the season's applicants and programs.

    Raises
    ------
    InputError
        When programs propose in the season, or it has early results: what a list wins then depends on more
        than a menu.
    """
    found = unnamed_menus(season)
    named = replace(
        found.market,
        applicant_labels=Labels("applicant", season.cohort.all_names()),
        program_labels=Labels("program", season.tracks.all_names()),
    )
    return replace(found, market=named)


def unnamed_menus(season: Season) -> Menus:
    """As :func:`season_menus`, by numbers alone, which takes half the time.

    Raises
    ------
    InputError
        As there.
    """
    check_kind("season", season, Season)
    problems = [*without_menus(season.scenario)]
    if problems:
        raise InputError(problems)
    submitted = market(season.tracks, season.rank_lists, season.reversions)
    match = season.match
    matching = Matching.from_programs(submitted, match.program_of, match.second_of, match.final_quota)
    return menus(submitted, matching)


def without_menus(scenario: Scenario) -> Iterator[Problem]:
    """What in a scenario makes what a list wins depend on more than a menu."""
    if scenario.match.proposing != "applicants":
        told = "menus say what lists win where applicants propose; in this scenario programs do"
        yield Problem(told, path="match.proposing")
    early = scenario.match.early_results
    if early.specialties and early.share > 0:
        told = (
            "menus say what lists win in one match; in this scenario a part of the positions is filled before"
            " the Match, where the order of a list decides who is bound"
        )
        remedy = "ask of the scenario without early results"
        yield Problem(told, path="match.early_results", remedy=remedy)


def shares_reached(found: Menus) -> Float64:
    """How far down its list each program goes; float64, shape (programs,), from 0 to 1.

    1 where positions stay free, and 0 where nobody is ranked or nothing is offered.
    """
    ranked = np.diff(found.market.program_offsets)
    reached: Float64 = np.minimum(found.cutoff, ranked) / np.maximum(ranked, 1)
    return reached
