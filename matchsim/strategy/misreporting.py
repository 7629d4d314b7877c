"""What ranking otherwise than one wishes costs those who do it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matchsim.engine import Menus
from matchsim.errors import InputError, Problem, check_kind
from matchsim.season import Season
from matchsim.season.misreporting import KINDS, kinds
from matchsim.season.rank_lists import rank_lists
from matchsim.season.scenario.rank_lists import Misreporting
from matchsim.season.tables import RankLists
from matchsim.strategy.season_menus import season_menus
from matchsim.streams import Streams
from matchsim.tables import Bool, Int8, Int32, Table, column

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MisreportingCosts", "misreporting_costs"]


def misreporting_costs(season: Season, *, menus: Menus | None = None) -> MisreportingCosts:
    """What people who misreport in a season get, and what their true list would have got them.

    The scenario must let some people misreport (``rank_lists.applicants.misreporting.share``); people
    differ from what they wish as it says. Each of them is asked about alone: the lists of all others,
    who misreport or not, stay as they are. The true list is the one that the same person would have
    certified with the same wishes. What either list wins is read from the person's menu, so that a true
    list can never do worse; see :func:`season_menus` for what is held with couples.

    Parameters
    ----------
    season
        A finished season whose lists are simulated.
    menus
        The menus of the season, where they are at hand already.

    Returns
    -------
    MisreportingCosts
        One row for everybody whose certified list is not their true one. That somebody misreports whose
        list comes out the same costs nothing and makes no row.

    Raises
    ------
    InputError
        When nobody may misreport in the scenario, its lists are given, programs propose, or it has early
        results.
    """
    _check(season)
    found = season_menus(season) if menus is None else menus
    true, certified = _true_lists(season), season.rank_lists
    people = np.array(
        [
            a
            for a in np.flatnonzero(found.single).tolist()
            if not np.array_equal(_of(true, a), _of(certified, a))
        ],
        dtype=np.int32,
    )
    kind = kinds(season.scenario, Streams(season.seed, season.replicate), len(season.cohort))[people]
    by_truth, by_report = (_programs_won(found, lists, people) for lists in (true, certified))
    return MisreportingCosts(
        applicant=people,
        kind=kind.astype(np.int8),
        ranks=np.diff(true.applicant_offsets)[people].astype(np.int32),
        truthful_place=_places(true, people, by_truth),
        place=_places(true, people, by_report),
    )


@dataclass(frozen=True, eq=False, repr=False)
class MisreportingCosts(Table):
    """What people who misreport get, against their true lists; see :func:`misreporting_costs`."""

    rows = "applicant"

    applicant: Int32 = column(np.int32, "applicant", "number of the applicant")
    kind: Int8 = column(np.int8, "applicant", "how they misreport", labels=KINDS)
    ranks: Int32 = column(np.int32, "applicant", "programs on the true list", unit="ranks")
    truthful_place: Int32 = column(
        np.int32, "applicant", "place on the true list that it wins, from 0; -1 = none", unit="ranks"
    )
    place: Int32 = column(
        np.int32, "applicant", "place on the true list that the certified one wins; -1 = none", unit="ranks"
    )

    @property
    def worse(self) -> Bool:
        """Who gets something worse than by the true list; bool, shape (applicants,)."""
        return (self.truthful_place >= 0) & ((self.place < 0) | (self.place > self.truthful_place))

    @property
    def unmatched(self) -> Bool:
        """Who gets nothing, and would have matched by the true list; bool, shape (applicants,)."""
        return (self.truthful_place >= 0) & (self.place < 0)

    def summary(self) -> pd.DataFrame:
        """One row for every kind of misreporting, and one for all: what it costs.

        Returns
        -------
        pandas.DataFrame
            Columns: ``kind``; ``applicants``; ``worse`` (share who get something worse); ``unmatched`` (share
            who get nothing and would have matched); ``places_lost`` (mean places further down the true list,
            of those who match either way); ``first_choice`` and ``truthful_first_choice`` (shares who get the
            program they wish for most, as they reported and by the true list).
        """
        import pandas as pd

        both = (self.place >= 0) & (self.truthful_place >= 0)
        frame = pd.DataFrame(
            {
                "kind": self.to_pandas()["kind"].astype(str),
                "applicants": 1,
                "worse": self.worse,
                "unmatched": self.unmatched,
                "places_lost": np.where(both, self.place - self.truthful_place, np.nan),
                "first_choice": self.place == 0,
                "truthful_first_choice": self.truthful_place == 0,
            }
        )
        parts = [frame, frame.assign(kind="all")]
        grouped = pd.concat(parts).groupby("kind")
        means = grouped.mean()
        means["applicants"] = grouped["applicants"].sum()
        named = [name for name in (*KINDS, "all") if name in means.index]
        return means.loc[named].reset_index()


def _true_lists(season: Season) -> RankLists:
    """The lists of the season had nobody misreported, from the same wishes."""
    lists = season.scenario.rank_lists
    honest = lists.applicants.model_copy(update={"misreporting": Misreporting()})
    changed = {"rank_lists": lists.model_copy(update={"applicants": honest})}
    return rank_lists(
        season.scenario.model_copy(update=changed),
        Streams(season.seed, season.replicate),
        season.cohort,
        season.road,
        season.tracks,
        season.coupled,
        season.applications,
        season.interviews,
    )


def _of(lists: RankLists, a: int) -> Int32:
    start, end = lists.applicant_offsets[a : a + 2].tolist()
    return lists.applicant_programs[start:end]


def _programs_won(found: Menus, lists: RankLists, people: Int32) -> Int32:
    """The program that each list of some people wins, -1 = none."""
    parts = [_of(lists, a) for a in people.tolist()]
    cut = np.concatenate(([0], np.cumsum([len(part) for part in parts]))).astype(np.int64)
    if not len(people):
        return np.empty(0, np.int32)
    listed = np.concatenate(parts)
    won = found.outcomes(people, cut, listed)
    # One behind the last: what nobody won.
    at = np.where(won >= 0, cut[:-1] + won, len(listed))
    program: Int32 = np.append(listed, np.int32(-1))[at].astype(np.int32)
    return program


def _places(true: RankLists, people: Int32, program: Int32) -> Int32:
    """Where programs stand on the true lists of some people; -1 = none."""
    places = [
        int(np.flatnonzero(_of(true, a) == p)[0]) if p >= 0 else -1
        for a, p in zip(people.tolist(), program.tolist(), strict=True)
    ]
    return np.array(places, dtype=np.int32)


def _check(season: Season) -> None:
    check_kind("season", season, Season)
    given = season.scenario.rank_lists
    problems = []
    if given.folder is not None or given.applicant_lists is not None:
        told = "the lists of this season are given, and nobody knows what people wished"
        problems.append(Problem(told, path="rank_lists"))
    elif not given.applicants.misreporting.share:
        told = "nobody misreports in this season"
        remedy = 'load the scenario with {"rank_lists.applicants.misreporting.share": 0.23}'
        problems.append(Problem(told, path="rank_lists.applicants.misreporting.share", remedy=remedy))
    if problems:
        raise InputError(problems)
