"""How much a longer list helps: the same person with more ranks, against people who have more ranks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matchsim.errors import InputError, check_choice, check_kind, shown
from matchsim.season import Season
from matchsim.season.words import APPLICANT_TYPES
from matchsim.strategy.season_menus import season_menus
from matchsim.tables import Bool, Int8, Int32, Int64, Table, column

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["ListLengths", "list_length"]


def list_length(seasons: Season | Iterable[Season]) -> ListLengths:
    """Of the people of a season, or of several: how many contiguous ranks they have, and which one won.

    Contiguous ranks are those of the first-ranked specialty before any other, as in the reports of the
    NRMP; preliminary programs count as a specialty of their own. Who matches in a couple is left out.
    What wins is read from the menus of the season: the first rank that would have taken the person.

    Parameters
    ----------
    seasons
        One finished season, or several, whose people are counted together.

    Returns
    -------
    ListLengths
        A row for every type, number of ranks and place that somebody has.

    Raises
    ------
    InputError
        When programs propose in a season, or it has early results.

    Notes
    -----
    Both curves are statements about the model. The causal one leaves alone whether a program can be added
    to a list: one that did not interview the person would hardly rank them.
    """
    given = [seasons] if isinstance(seasons, (Season, str)) else list(seasons)
    for season in given:
        check_kind("seasons", season, Season)
    keys = [_counted(season) for season in given]
    cells, counts = np.unique(np.concatenate(keys), axis=0, return_counts=True)
    return ListLengths(
        cells[:, 0].astype(np.int8), cells[:, 1].astype(np.int32), cells[:, 2].astype(np.int32), counts
    )


@dataclass(frozen=True, eq=False, repr=False)
class ListLengths(Table):
    """Applicants by type, number of contiguous ranks, and the one of these that won; see `list_length`."""

    rows = "group"

    applicant_type: Int8 = column(np.int8, "group", "applicant type", labels=APPLICANT_TYPES)
    ranks: Int32 = column(np.int32, "group", "contiguous ranks", unit="ranks")
    place: Int32 = column(
        np.int32, "group", "the first of them whose program would take the person, from 0; -1 = none"
    )
    applicants: Int64 = column(np.int64, "group", "applicants", unit="applicants")

    def curves(self, applicant_type: str | None = None) -> pd.DataFrame:
        """The raw curve of matching by number of contiguous ranks, and how much of it more ranks cause.

        ``raw`` is the share matched in the first-ranked specialty of people with so many contiguous ranks.
        Its rise from k - 1 to k ranks has two parts: what the k-th rank wins for the people who have k
        (they would have gone without it), and that these people are others than those who have k - 1.
        ``causal`` adds up the first part, ``selection`` the second; both together are ``raw``.

        Parameters
        ----------
        applicant_type
            People of one type only; None for all.

        Returns
        -------
        pandas.DataFrame
            Columns ``ranks, applicants, raw, causal, selection``, a row for every number of ranks from 1 up
            to the first that nobody has.

        Raises
        ------
        InputError
            When there is no such type.
        """
        import pandas as pd

        of = self._of(applicant_type)
        people = np.bincount(self.ranks[of], weights=self.applicants[of])[1:]
        most = int(np.argmin(np.append(people, 0) > 0))
        ranks, people = np.arange(1, most + 1), people[:most]
        matched = self._by_ranks(of & (self.place >= 0), most)
        by_last = self._by_ranks(of & (self.place == self.ranks - 1), most)
        raw, causal = matched / people, np.cumsum(by_last / people)
        columns = {"ranks": ranks, "applicants": people.astype(np.int64), "raw": raw, "causal": causal}
        return pd.DataFrame({**columns, "selection": raw - causal})

    def plot(self, applicant_type: str | None = None, ax: Axes | None = None, *, caption: str = "") -> Axes:
        """Draw the curves of an applicant type, or of all; see the chart ``raw_and_causal_curve``."""
        from matchsim.charts.raw_and_causal_curve import raw_and_causal_curve
        from matchsim.charts.style import label_of

        people = "applicants" if applicant_type is None else label_of(applicant_type)
        return raw_and_causal_curve(self.curves(applicant_type), ax, people=people, caption=caption)

    def same_people(self, least: int, applicant_type: str | None = None) -> pd.DataFrame:
        """The chance of the people with so many contiguous ranks or more, had they stopped after fewer.

        Parameters
        ----------
        least
            The fewest contiguous ranks of people who count, from 1.
        applicant_type
            People of one type only; None for all.

        Returns
        -------
        pandas.DataFrame
            Columns ``ranks`` (1 to `least`), ``applicants``, ``matched`` (share within so many ranks).

        Raises
        ------
        InputError
            When there is no such type, or `least` is not a whole number from 1.
        """
        import pandas as pd

        if not isinstance(least, (int, np.integer)) or least < 1:
            raise InputError(f"least must be a whole number from 1, got {shown(least)}")
        of = self._of(applicant_type) & (self.ranks >= least)
        people = int(self.applicants[of].sum())
        ranks = np.arange(1, least + 1)
        won = of & (self.place >= 0)
        within = [int(self.applicants[won & (self.place < k)].sum()) for k in ranks]
        share = np.array(within) / people if people else np.full(least, np.nan)
        return pd.DataFrame({"ranks": ranks, "applicants": people, "matched": share})

    def _of(self, applicant_type: str | None) -> Bool:
        if applicant_type is None:
            return np.ones(len(self), np.bool_)
        check_choice("applicant_type", applicant_type, APPLICANT_TYPES)
        chosen: Bool = self.applicant_type == APPLICANT_TYPES.index(applicant_type)
        return chosen

    def _by_ranks(self, groups: Bool, most: int) -> Int64:
        """Applicants of some groups with 1, 2, ... up to so many contiguous ranks."""
        counts = np.bincount(self.ranks[groups], weights=self.applicants[groups], minlength=most + 1)
        return counts[1 : most + 1].astype(np.int64)


def _counted(season: Season) -> Int64:
    """Type, contiguous ranks and the place that won, of everybody who matches alone and ranks somebody."""
    lists, pool = season.rank_lists, season.tracks.pool_of()
    found = season_menus(season)
    lengths = np.diff(lists.applicant_offsets)
    people = np.flatnonzero(found.single & (lengths > 0))
    # Who matches in a couple has no list of their own: what is left are the lists of these people.
    listed = lists.applicant_programs
    size = lengths[people]
    cut = np.concatenate(([0], np.cumsum(size)))
    owner = np.repeat(np.arange(len(people)), size)
    place = np.arange(len(listed)) - cut[owner]
    elsewhere = pool[listed] != pool[listed[cut[:-1]]][owner]
    run = size.copy()
    np.minimum.at(run, owner[elsewhere], place[elsewhere])
    won = found.outcomes(people, cut, listed)
    won = np.where(won < run, won, -1)
    return np.stack([season.cohort.applicant_type[people], run, won], axis=1).astype(np.int64)
