"""Games that programs could play: shorter lists and fewer positions, tried by solving the match again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from matchsim.engine import Market
from matchsim.errors import InputError, check_kind
from matchsim.season import Season
from matchsim.season.match import market, solved
from matchsim.streams import Streams
from matchsim.tables import Int8, Int32, Table, column

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ProgramGames", "programs"]

GAMES = ("truncation", "quota")
OUTCOMES = ("same", "gains", "loses", "mixed")
SAME, GAINS, LOSES, MIXED = range(len(OUTCOMES))


@dataclass(frozen=True, eq=False, repr=False)
class ProgramGames(Table):
    """What programs of a season get by each of several games; see :func:`programs`."""

    rows = "game"

    program: Int32 = column(np.int32, "game", "number of the program")
    game: Int8 = column(np.int8, "game", "what it tries", labels=GAMES)
    step: Int32 = column(
        np.int32, "game", "how many of those it holds the shorter list leaves off, or positions it hides"
    )
    outcome: Int8 = column(np.int8, "game", "whom it holds then, against before", labels=OUTCOMES)

    def summary(self) -> pd.DataFrame:
        """One row a game: how many programs try it, and how often they gain.

        Returns
        -------
        pandas.DataFrame
            Columns: ``game``; ``programs`` that tried it; ``gaining``, of these, by some step; ``tries``;
            ``gains``, ``loses``, ``mixed`` and ``same``, as shares of the tries.
        """
        import pandas as pd

        frame = self.to_pandas()
        rows = []
        for game in GAMES:
            of = frame[frame["game"] == game]
            shares = {name: (of["outcome"] == name).mean() if len(of) else np.nan for name in OUTCOMES}
            gaining = of.loc[of["outcome"] == "gains", "program"].nunique()
            row = {"game": game, "programs": of["program"].nunique(), "gaining": gaining, "tries": len(of)}
            rows.append(row | shares)
        return pd.DataFrame(rows)


def programs(season: Season, *, sample: int = 100, steps: int = 3) -> ProgramGames:
    """Let programs of a season cut their lists or hide positions, one program at a time.

    A *truncation* ends the list before the worst, the two worst, ... of those whom the program holds: only
    that can change anything, because whoever stands below the worst one held is never reached. A *quota*
    game offers one position less, two less, ... Each is solved again as a whole, with the algorithm of the
    season and everybody else as before.

    A program *gains* when position by position the people it holds stand as high on its true list or
    higher, one of them higher, an empty or hidden position counting less than anybody; it *loses* where
    the reverse holds. Everything else is *mixed*: whether it is better depends on how much an empty
    position hurts. In the large a program can hardly gain (Roth and Peranson, American Economic Review
    89(4), 1999, 748-780).

    Parameters
    ----------
    season
        A finished season.
    sample
        So many programs, drawn among those that hold somebody; all of them where there are no more.
    steps
        The most people left off, and the most positions hidden.

    Returns
    -------
    ProgramGames
        One row for every program, game and step.

    Raises
    ------
    InputError
        When `sample` or `steps` is below 1.
    """
    for name, value in (("sample", sample), ("steps", steps)):
        if value < 1:
            raise InputError(f"{name} must be at least 1, got {value}")
    check_kind("season", season, Season)
    submitted = market(season.tracks, season.rank_lists, season.reversions)
    before = _held(submitted, season.match.program_of, season.match.second_of)
    rows = []
    for p in _sampled(season, before, sample):
        for game, step, changed in _changed(submitted, p, before[p], steps):
            again = solved(season.scenario, Streams(season.seed, season.replicate), season.tracks, changed)
            after = _held(submitted, again.program_of, again.second_of, only=p)[p]
            rows.append((p, game, step, _compared(before[p], after, int(submitted.quota[p]))))
    columns = np.array(rows, dtype=np.int32).reshape(-1, 4).T
    return ProgramGames(
        program=columns[0],
        game=columns[1].astype(np.int8),
        step=columns[2],
        outcome=columns[3].astype(np.int8),
    )


def _held(
    submitted: Market, program_of: Int32, second_of: Int32, only: int | None = None
) -> dict[int, list[int]]:
    """By program, the places on its list of those whom it holds, best first."""
    found: dict[int, list[int]] = {} if only is None else {only: []}
    place: dict[int, dict[int, int]] = {}
    for held in (program_of, second_of):
        people = np.flatnonzero(held >= 0 if only is None else held == only)
        for a, p in zip(people.tolist(), held[people].tolist(), strict=True):
            if p not in place:
                ranked = _ranked(submitted, p)
                place[p] = dict(zip(ranked.tolist(), range(len(ranked)), strict=True))
            found.setdefault(p, []).append(place[p][a])
    return {p: sorted(places) for p, places in found.items()}


def _ranked(submitted: Market, p: int) -> Int32:
    return submitted.program_applicants[submitted.program_offsets[p] : submitted.program_offsets[p + 1]]


def _sampled(season: Season, held: dict[int, list[int]], sample: int) -> list[int]:
    """So many of the programs that hold somebody, in order."""
    holding = np.array(sorted(held), dtype=np.int32)
    draws = Streams(season.seed, season.replicate)("strategy.programs").uniform(holding)
    chosen: list[int] = np.sort(holding[np.argsort(draws, kind="stable")[:sample]]).tolist()
    return chosen


def _changed(submitted: Market, p: int, held: Sequence[int], steps: int) -> Iterator[tuple[int, int, Market]]:
    """The market under each game of one program: game, step, market."""
    for step in range(1, min(steps, len(held)) + 1):
        yield 0, step, _cut(submitted, p, held[-step])
    for step in range(1, min(steps, int(submitted.quota[p]) - 1) + 1):
        yield 1, step, _hidden(submitted, p, step)


def _cut(submitted: Market, p: int, length: int) -> Market:
    """The market in which one program ranks only so many."""
    start, end = submitted.program_offsets[p] + length, submitted.program_offsets[p + 1]
    offsets = submitted.program_offsets.copy()
    offsets[p + 1 :] -= end - start
    ranked = np.delete(submitted.program_applicants, np.s_[start:end])
    return submitted.replace(program_offsets=offsets, program_applicants=ranked)


def _hidden(submitted: Market, p: int, step: int) -> Market:
    """The market in which one program offers so many positions less, and reverts no more than it offers."""
    quota = submitted.quota.copy()
    quota[p] -= step
    moving = submitted.reversions
    if moving is not None:
        moving = moving.replace(positions=np.minimum(moving.positions, quota[moving.donor]))
    return replace(submitted, quota=quota, reversions=moving)


def _compared(before: Sequence[int], after: Sequence[int], quota: int) -> int:
    """The outcome, position by position; an empty position is worse than the last place of any list."""
    empty = np.iinfo(np.int32).max
    # Reversions may have given a program more positions than it had.
    width = max(quota, len(before), len(after))
    one, other = (np.array([*held, *[empty] * (width - len(held))]) for held in (before, after))
    higher, lower = bool((other < one).any()), bool((other > one).any())
    if higher and lower:
        return MIXED
    return GAINS if higher else LOSES if lower else SAME
