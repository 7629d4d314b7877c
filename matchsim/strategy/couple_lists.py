"""Ways in which couples make one list of pairs out of two people's wishes, each solved again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from matchsim.errors import InputError, Problem, check_kind, did_you_mean, shown
from matchsim.season import Season
from matchsim.season.impressions import impressions
from matchsim.season.match import market, solved
from matchsim.season.tables import RankLists
from matchsim.streams import Streams
from matchsim.tables import Bool, ColumnSpec, Float64, Int8, Int16, Int32, Int64, Table, column

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PAIR_ORDERS", "CoupleOutcomes", "couple_lists"]

PAIR_ORDERS = ("sum", "first_member_first", "second_member_first", "geography_first")
"""The ways of ordering pairs by name; see :func:`couple_lists`."""


def couple_lists(
    season: Season,
    strategies: Sequence[str] = PAIR_ORDERS,
    *,
    no_match: Sequence[bool] = (True, False),
    couples: npt.ArrayLike | None = None,
    together: bool = False,
) -> CoupleOutcomes:
    """What couples of a season get with other lists of pairs made of the same programs.

    Each list is submitted in place of the one certified, everything else in the season as it was, and the
    whole match is solved again by Roth-Peranson: with couples no menu can be read. A list pairs every
    program on the certified list of the one with every one of the other.

    - ``sum``: by the sum of both wishes.
    - ``first_member_first``, ``second_member_first``: as the one wishes; among pairs equal in that, as the
      other does.
    - ``geography_first``: pairs within one census division before others, each part by the sum.

    With No Match, pairs in which one of the two has none stand behind all others, and have up to half of
    the room that the scenario gives a list (300 pairs). As in the season, pairs with preliminary programs
    stand behind those without. Members wish for programs as they did after their interviews; programs that
    did not interview them come last, as they stood on the certified list.

    Parameters
    ----------
    season
        A finished season.
    strategies
        Names of ways to order pairs.
    no_match
        Whether lists end with No Match pairs: True, False, or both in turn.
    couples
        Numbers of couples, places in ``season.rank_lists.couple_first``; by default all.
    together
        Whether all these couples change their lists at once. By default each does so alone, which takes
        one solution of the match for every couple and list: in a nation ask about a few dozen.

    Returns
    -------
    CoupleOutcomes
        One row for every list and couple, list by list.

    Raises
    ------
    InputError
        When a way is not known, a couple does not exist, or programs propose in the season.
    """
    chosen = _checked(season, strategies, no_match, couples)
    wished = _wishes(season)
    made = [_Couple.of(season, wished, c) for c in chosen.tolist()]
    rows: list[tuple[int, ...]] = []
    for code, strategy in enumerate(strategies):
        for tail in no_match:
            lists = [couple.pairs(strategy, tail=tail) for couple in made]
            groups = [range(len(made))] if together else [[i] for i in range(len(made))]
            for group in groups:
                if len(group):
                    changed = {int(chosen[i]): lists[i] for i in group}
                    won = _won(season, changed)
                    rows += [
                        (code, int(tail), int(chosen[i]), len(lists[i]), *made[i].placed(won[int(chosen[i])]))
                        for i in group
                    ]
    columns = np.array(rows, np.int64).reshape(len(rows), 8).T
    division = np.append(season.tracks.division, -1)
    one, other = columns[4], columns[5]
    return CoupleOutcomes(
        strategies=tuple(strategies),
        strategy=columns[0].astype(np.int8),
        no_match=columns[1].astype(np.bool_),
        couple=columns[2].astype(np.int32),
        pairs=columns[3].astype(np.int16),
        first_program=one.astype(np.int32),
        second_program=other.astype(np.int32),
        first_place=columns[6].astype(np.int32),
        second_place=columns[7].astype(np.int32),
        same_division=(one >= 0) & (other >= 0) & (division[one] == division[other]),
    )


@dataclass(frozen=True, eq=False, repr=False)
class CoupleOutcomes(Table):
    """What couples get with each of several lists of pairs; see :func:`couple_lists`.

    Parameters
    ----------
    strategies
        Names of the ways to order pairs.
    """

    rows = "outcome"

    strategies: tuple[str, ...]
    strategy: Int8 = column(np.int8, "outcome", "how pairs were ordered, as numbered in `strategies`")
    no_match: Bool = column(np.bool_, "outcome", "the list ended with No Match pairs")
    couple: Int32 = column(np.int32, "outcome", "number of the couple")
    pairs: Int16 = column(np.int16, "outcome", "pairs on the list submitted", unit="pairs")
    first_program: Int32 = column(np.int32, "outcome", "program won by the first member, -1 = none")
    second_program: Int32 = column(np.int32, "outcome", "program won by the second member, -1 = none")
    first_place: Int32 = column(
        np.int32, "outcome", "its place among the first member's own wishes from 0, -1 = none", unit="ranks"
    )
    second_place: Int32 = column(
        np.int32, "outcome", "its place among the second member's own wishes from 0, -1 = none", unit="ranks"
    )
    same_division: Bool = column(np.bool_, "outcome", "both won, in one census division")

    def labels_of(self, spec: ColumnSpec) -> tuple[str, ...]:
        """The names of the ways for their column."""
        return self.strategies if spec.name == "strategy" else spec.labels

    def summary(self) -> pd.DataFrame:
        """One row for every way to order pairs, with and without No Match: where couples ended.

        Returns
        -------
        pandas.DataFrame
            Columns: ``strategy``; ``no_match``; ``couples``; ``pairs`` (mean); ``both``, ``one``, ``neither``
            (shares of couples with so many programs); ``same_division`` (share of couples); ``first_place``
            and ``second_place`` (mean places in own wishes from 1, of members with a program).
        """
        import pandas as pd

        won = (self.first_program >= 0).astype(int) + (self.second_program >= 0)
        frame = pd.DataFrame(
            {
                "strategy": self.to_pandas()["strategy"],
                "no_match": self.no_match,
                "couples": 1,
                "pairs": self.pairs,
                "both": won == 2,
                "one": won == 1,
                "neither": won == 0,
                "same_division": self.same_division,
                "first_place": np.where(self.first_place >= 0, self.first_place + 1, np.nan),
                "second_place": np.where(self.second_place >= 0, self.second_place + 1, np.nan),
            }
        )
        grouped = frame.groupby(["strategy", "no_match"], observed=True)
        means = grouped.mean()
        means["couples"] = grouped["couples"].sum()
        return means.sort_index(ascending=[True, False]).reset_index()


class _Couple(NamedTuple):
    """What two people would rank: each one's programs, best first, and how much each wishes for them.

    The last element of every array stands for No Match: program -1, for which nobody wishes.
    """

    first: Int32
    second: Int32
    first_wish: Float64
    second_wish: Float64
    preliminary: Bool
    division: npt.NDArray[np.integer]
    most: int

    @staticmethod
    def of(season: Season, wished: dict[tuple[int, int], float], c: int) -> _Couple:
        lists = season.rank_lists
        start, end = lists.couple_offsets[c : c + 2].tolist()
        sides = [
            _own(wished, int(person[c]), programs[start:end])
            for person, programs in (
                (lists.couple_first, lists.first_programs),
                (lists.couple_second, lists.second_programs),
            )
        ]
        (first, first_wish), (second, second_wish) = sides
        preliminary = np.append(season.tracks.is_track("P"), False)
        division = np.append(season.tracks.division, -1)
        most = season.scenario.couples.pairs
        return _Couple(first, second, first_wish, second_wish, preliminary, division, most)

    def pairs(self, strategy: str, *, tail: bool) -> Int32:
        """A list of pairs of programs; int32, shape (pairs, 2)."""
        row, col = (at.ravel() for at in np.indices((len(self.first), len(self.second))))
        one, other = self.first[row], self.second[col]
        alone = (one < 0) | (other < 0)
        kept = ((one >= 0) | (other >= 0)) & (~alone | tail)
        row, col, alone = row[kept], col[kept], alone[kept]
        one, other = self.first[row], self.second[col]
        first, second = self.first_wish[row], self.second_wish[col]
        total = first + second
        apart = (self.division[one] != self.division[other]) | (self.division[one] < 0)
        # No Match is what either member wishes least.
        first_last, second_last = np.where(one < 0, np.inf, -first), np.where(other < 0, np.inf, -second)
        keys = {
            "sum": (-total,),
            "first_member_first": (second_last, first_last),
            "second_member_first": (first_last, second_last),
            "geography_first": (-total, apart & ~alone),
        }[strategy]
        preliminary = self.preliminary[one].astype(int) + self.preliminary[other]
        order = np.lexsort((*keys, preliminary, alone))
        room = min(int(alone.sum()), self.most // 2)
        both = order[~alone[order]][: self.most - room]
        order = np.concatenate((both, order[alone[order]][:room]))
        return np.stack([one[order], other[order]], axis=1).astype(np.int32)

    def placed(self, won: tuple[int, int]) -> tuple[int, int, int, int]:
        """Both programs won, and where they stand among the wishes of each, -1 = none."""
        one, other = won
        places = [
            int(np.flatnonzero(programs == program)[0]) if program >= 0 else -1
            for programs, program in ((self.first, one), (self.second, other))
        ]
        return one, other, places[0], places[1]


def _wishes(season: Season) -> dict[tuple[int, int], float]:
    """How much members of couples wish for the programs that interviewed them, by person and program."""
    given = season.scenario, Streams(season.seed, season.replicate), season.cohort, season.tracks
    wish = impressions(*given, season.interviews).wish
    owner, program = season.interviews.applicants(), season.interviews.program
    of = np.isin(owner, np.concatenate([season.rank_lists.couple_first, season.rank_lists.couple_second]))
    keys = zip(owner[of].tolist(), program[of].tolist(), strict=True)
    return dict(zip(keys, wish[of].tolist(), strict=True))


def _own(wished: dict[tuple[int, int], float], person: int, programs: Int32) -> tuple[Int32, Float64]:
    """The programs of one member, best first and No Match behind them, and the wish for each."""
    once = list(dict.fromkeys(programs[programs >= 0].tolist()))
    met = [wished[person, p] for p in once if (person, p) in wished]
    floor = min(met, default=0.0)
    wish = np.array([wished.get((person, p), floor - 1 - place) for place, p in enumerate(once)])
    order = np.argsort(-wish, kind="stable")
    own = np.append(np.array(once, np.int32)[order], -1).astype(np.int32)
    return own, np.append(wish[order], 0.0)


def _won(season: Season, changed: dict[int, Int32]) -> dict[int, tuple[int, int]]:
    """The programs of both members of some couples who submitted these pairs, by couple."""
    lists = _with_pairs(season.rank_lists, changed)
    streams = Streams(season.seed, season.replicate)
    submitted = market(season.tracks, lists, season.reversions)
    program_of = solved(season.scenario, streams, season.tracks, submitted).program_of
    members = {c: (lists.couple_first[c], lists.couple_second[c]) for c in changed}
    return {c: (int(program_of[one]), int(program_of[other])) for c, (one, other) in members.items()}


def _with_pairs(lists: RankLists, changed: dict[int, Int32]) -> RankLists:
    """The lists of a season with other pairs of some couples.

    A supplemental list is dropped where the advanced program that it hangs on stands in no pair any more.
    """
    old = np.stack([lists.first_programs, lists.second_programs], axis=1)
    cut = lists.couple_offsets.tolist()
    parts = [changed.get(c, old[cut[c] : cut[c + 1]]) for c in range(len(cut) - 1)]
    pairs = np.concatenate(parts) if parts else old
    kept = np.ones(len(lists.supplemental_applicants), np.bool_)
    for c, listed in changed.items():
        for side, person in enumerate((lists.couple_first[c], lists.couple_second[c])):
            of = lists.supplemental_applicants == person
            kept[of] = np.isin(lists.supplemental_advanced[of], listed[:, side])
    lengths: Int64 = np.diff(lists.supplemental_offsets)
    return replace(
        lists,
        couple_offsets=np.concatenate(([0], np.cumsum([len(part) for part in parts]))).astype(np.int64),
        first_programs=pairs[:, 0].astype(np.int32),
        second_programs=pairs[:, 1].astype(np.int32),
        supplemental_applicants=lists.supplemental_applicants[kept],
        supplemental_advanced=lists.supplemental_advanced[kept],
        supplemental_offsets=np.concatenate(([0], np.cumsum(lengths[kept]))).astype(np.int64),
        supplemental_programs=lists.supplemental_programs[np.repeat(kept, lengths)],
    )


def _checked(
    season: Season, strategies: Sequence[str], no_match: Sequence[bool], couples: npt.ArrayLike | None
) -> Int64:
    """The couples asked about, once everything asked is known to be right."""
    check_kind("season", season, Season)
    problems = []
    if isinstance(strategies, str) or not len(strategies):
        told = f"must be a sequence of names, got {shown(strategies)}"
        problems.append(Problem(told, path="strategies"))
        strategies = ()
    for name in strategies:
        if name not in PAIR_ORDERS:
            told = (
                f"there is no way to order pairs called {shown(name)}; allowed are {', '.join(PAIR_ORDERS)}"
            )
            near = did_you_mean(str(name), PAIR_ORDERS)
            problems.append(Problem(told, path="strategies", remedy=near))
    if (
        not isinstance(no_match, Sequence)
        or not no_match
        or any(one not in (True, False) for one in no_match)
    ):
        told = f"must be a sequence of True and False, got {shown(no_match)}"
        problems.append(Problem(told, path="no_match"))
    if season.scenario.match.proposing != "applicants":
        told = "couples can be matched only where applicants propose; in this season programs do"
        problems.append(Problem(told, path="match.proposing"))
    number = len(season.rank_lists.couple_first)
    chosen = np.arange(number) if couples is None else np.asarray(couples)
    if chosen.ndim != 1 or (len(chosen) and chosen.dtype.kind not in "iu"):
        problems.append(Problem("must be a row of whole numbers", path="couples"))
    else:
        wrong = chosen[(chosen < 0) | (chosen >= number)]
        if len(wrong):
            told = f"there are {number:,} couples, numbered from 0; got {shown(int(wrong[0]))}"
            problems.append(Problem(told, path="couples"))
        if len(np.unique(chosen)) < len(chosen):
            problems.append(Problem("names a couple twice", path="couples"))
    if problems:
        raise InputError(problems)
    return chosen.astype(np.int64)
