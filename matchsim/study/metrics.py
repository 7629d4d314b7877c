"""What is recorded of every season of a study: one function a metric, from a season to numbers by group.

The group is ``all`` or an applicant type; types of which nobody is active are left out. A new metric is
one function here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from matchsim.season.words import APPLICANT_TYPES

if TYPE_CHECKING:
    from matchsim.season.season import Season
    from matchsim.tables import Bool

__all__ = ["METRICS", "Metric", "measured"]

Unit = Literal["share", "number"]


@dataclass(frozen=True)
class Metric:
    """One metric: its function, what it says in one line, and whether it is a share or a number."""

    function: Callable[[Season], Mapping[str, float]]
    told: str
    unit: Unit


_registered: dict[str, Metric] = {}


def metric(unit: Unit) -> Callable[[Callable[[Season], Mapping[str, float]]], Callable[[Season], Any]]:
    """Register a metric under the name of its function; its docstring tells what it is."""

    def register(function: Callable[[Season], Mapping[str, float]]) -> Callable[[Season], Any]:
        told = (function.__doc__ or "").strip().splitlines()[0].rstrip(".")
        _registered[function.__name__] = Metric(function, told, unit)
        return function

    return register


def measured(season: Season, names: list[str] | tuple[str, ...]) -> list[tuple[str, str, float]]:
    """Metric, group and value of every number that these metrics say of a season."""
    return [
        (name, group, float(value))
        for name in names
        for group, value in METRICS[name].function(season).items()
    ]


@metric("share")
def match_rate(season: Season) -> Mapping[str, float]:
    """Active applicants matched to a PGY-1 position by the algorithm."""
    return _mean(season, season.matched)


@metric("share")
def placement_rate(season: Season) -> Mapping[str, float]:
    """Active applicants in a PGY-1 position after SOAP."""
    return _mean(season, season.placed)


@metric("number")
def matched(season: Season) -> Mapping[str, float]:
    """People matched to a PGY-1 position by the algorithm."""
    return _total(season, season.matched)


@metric("number")
def applications(season: Season) -> Mapping[str, float]:
    """Applications sent per active applicant."""
    import numpy as np

    return _mean(season, np.diff(season.applications.applicant_offsets))


@metric("number")
def interviews(season: Season) -> Mapping[str, float]:
    """Interviews attended per active applicant."""
    import numpy as np

    return _mean(season, np.diff(season.interviews.applicant_offsets))


@metric("share")
def without_interview(season: Season) -> Mapping[str, float]:
    """People who applied and whom no program interviewed."""
    import numpy as np

    none = np.diff(season.interviews.applicant_offsets) == 0
    return _mean(season, none, among=np.diff(season.applications.applicant_offsets) > 0)


@metric("share")
def interviews_of_top_decile(season: Season) -> Mapping[str, float]:
    """Interviews held by the tenth of the active applicants who hold most."""
    import numpy as np

    held = np.diff(season.interviews.applicant_offsets)
    found = {}
    for group, of in _groups(season, season.rank_lists.certified):
        most = np.sort(held[of])[::-1]
        found[group] = most[: max(1, round(len(most) / 10))].sum() / most.sum() if most.sum() else np.nan
    return found


@metric("number")
def list_length(season: Season) -> Mapping[str, float]:
    """Ranks certified per active applicant; pairs for couples."""
    return _mean(season, season.rank_lists.lengths())


@metric("number")
def rank_obtained(season: Season) -> Mapping[str, float]:
    """Place on the list of the program matched to, among the matched who are in no couple."""
    among = (season.match.rank_of >= 0) & (season.rank_lists.partners() < 0)
    return _mean(season, season.match.rank_of + 1, among=among)


@metric("share")
def first_choice(season: Season) -> Mapping[str, float]:
    """Active applicants in no couple who matched to the program that they ranked first."""
    alone = season.rank_lists.certified & (season.rank_lists.partners() < 0)
    return _mean(season, season.match.rank_of == 0, among=alone)


@metric("share")
def fill_rate(season: Season) -> Mapping[str, float]:
    """Positions filled by the algorithm."""
    import numpy as np

    positions = int(season.match.final_quota.sum())
    held = np.concatenate([season.match.program_of, season.match.second_of])
    return {"all": (held >= 0).sum() / positions if positions else np.nan}


@metric("number")
def unfilled_after_soap(season: Season) -> Mapping[str, float]:
    """Positions that nobody holds after SOAP."""
    import numpy as np

    held = np.concatenate([season.match.program_of, season.match.second_of])
    filled = (held >= 0).sum() + len(season.soap.accepted_program)
    return {"all": season.match.final_quota.sum() - filled}


@metric("share")
def unfilled_programs(season: Season) -> Mapping[str, float]:
    """Programs with positions that the algorithm left unfilled."""
    import numpy as np

    held = np.concatenate([season.match.program_of, season.match.second_of])
    filled = np.bincount(held[held >= 0], minlength=len(season.tracks))
    offered = season.match.final_quota > 0
    return {"all": (filled < season.match.final_quota)[offered].mean() if offered.any() else np.nan}


@metric("share")
def couples_both(season: Season) -> Mapping[str, float]:
    """Couples of whom both matched."""
    import numpy as np

    first, second = season.rank_lists.couple_first, season.rank_lists.couple_second
    matched = season.matched_any
    return {"all": (matched[first] & matched[second]).mean() if len(first) else np.nan}


@metric("share")
def stable(season: Season) -> Mapping[str, float]:
    """Seasons whose match the independent checker found stable."""
    return {"all": float(season.match.stable)}


def _groups(season: Season, among: Bool) -> list[tuple[str, Bool]]:
    kind = season.cohort.applicant_type
    groups = [("all", among)]
    groups += [(name, among & (kind == code)) for code, name in enumerate(APPLICANT_TYPES)]
    return [(name, of) for name, of in groups if of.any()]


def _mean(season: Season, values: Any, *, among: Bool | None = None) -> dict[str, float]:
    of = season.rank_lists.certified if among is None else among
    return {group: values[chosen].mean() for group, chosen in _groups(season, of)}


def _total(season: Season, values: Any) -> dict[str, float]:
    return {group: values[of].sum() for group, of in _groups(season, season.rank_lists.certified)}


METRICS: Mapping[str, Metric] = MappingProxyType(_registered)
