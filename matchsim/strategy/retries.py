"""Retries: people of a season put into it once more, who apply to more programs or signal otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from matchsim.season import Season
from matchsim.season.applications import sent, signals, wanted
from matchsim.season.fees import Wanted
from matchsim.season.ragged import entries_of, offsets_of_counts
from matchsim.season.scenario.applications import SignalStrategy
from matchsim.season.scenario.model import Scenario
from matchsim.season.tables import Applicants, Applications, Pathway
from matchsim.strategy.newcomers import OF_PROGRAMS, Newcomers, without_signals
from matchsim.strategy.probes import interviewed, ranked
from matchsim.strategy.standards import Standards
from matchsim.streams import Renumbered, Stream, Streams
from matchsim.tables import Bool, Float64, Int8, Int32, Int64, Table

__all__ = ["Change", "chances_again"]

UInt32 = npt.NDArray[np.uint32]
Rows = TypeVar("Rows", bound=Table)

# Copies held at once, which have some hundred applications each.
COPIES_AT_ONCE = 20_000


@dataclass(frozen=True)
class Change:
    """What people do otherwise.

    Parameters
    ----------
    multiple
        How many times as many applications they send in every specialty; budgets are left aside.
    signal_strategy
        Where their signals go, as ``applications.signal_strategy`` of a scenario; None = as in the season.
    """

    multiple: float = 1.0
    signal_strategy: SignalStrategy | None = None


def chances_again(
    season: Season, reached: Standards, people: Int32, changes: list[Change], copies: int
) -> Float64:
    """The chance of people whom a season left without a position to have won one, had they applied otherwise.

    Everybody is put in as probes beside themselves (:func:`matchsim.strategy.probes` says what is
    approximated), with their own file, wishes and capacity. They send the applications that they sent, and
    where they send more, those that come next in their own choice. What happened stands: a program that had
    their application, with a signal no worse, has answered, and does not take them. What did not happen is
    drawn for each copy: how readers disagree about an application, and how an interview goes. The luck of a
    copy is the same after every change.

    Parameters
    ----------
    season
        The season, whose applications, interviews and lists are simulated.
    reached
        Its standards.
    people : int32, shape (people,)
        Single people without a position.
    changes
        What they do otherwise, each asked about by itself.
    copies
        How many of everybody.

    Returns
    -------
    float64, shape (changes, people)
        The share of copies who would have won a position in the match.
    """
    chances = np.zeros((len(changes), len(people)))
    step = max(1, COPIES_AT_ONCE // copies)
    for start in range(0, len(people), step):
        block = slice(start, start + step)
        chances[:, block] = _of_some(season, reached, people[block], changes, copies)
    return chances


def _of_some(
    season: Season, reached: Standards, people: Int32, changes: list[Change], copies: int
) -> Float64:
    applicants, road = _rows(season.cohort, people), _rows(season.road, people)
    size = len(people), len(season.tracks)
    before = _signals_now(_copied(season.applications, people), *size)
    copied = np.repeat(np.arange(len(people)), copies)
    everybody, roads = _rows(applicants, copied), _rows(road, copied)
    streams = _CopiesStreams(season, people, copies, applied=before >= 0, met=_interviewed_by(season, people))
    chances = np.zeros((len(changes), len(people)))
    for multiple in dict.fromkeys(change.multiple for change in changes):
        unsignalled = _applied(season, people, applicants, road, multiple)
        for i, change in enumerate(changes):
            if change.multiple != multiple:
                continue
            applied = unsignalled.replace(
                signal=_placed(season, applicants, unsignalled, change.signal_strategy)
            )
            new = Newcomers(streams, everybody, roads, _copied(applied, copied))
            listed, takes = ranked(reached, new, interviewed(reached, new))
            unanswered = _signals_now(applied, *size) > before
            won = takes & unanswered[copied[listed.person], listed.program]
            matched = np.zeros(len(copied), np.bool_)
            matched[listed.person[won]] = True
            chances[i] = matched.reshape(len(people), copies).mean(axis=1)
    return chances


def _applied(
    season: Season, people: Int32, applicants: Applicants, road: Pathway, multiple: float
) -> Applications:
    """The applications that these people sent, and so many times as many, still without signals."""
    scenario, tracks = season.scenario, season.tracks
    streams = _OwnStreams(season, people)
    number = _more(scenario, wanted(scenario, streams, applicants, road, tracks), multiple)
    return sent(without_signals(scenario), streams, applicants, road, tracks, number)


def _more(scenario: Scenario, number: Wanted, multiple: float) -> Wanted:
    """So many times as many applications; no more than a cap allows."""
    factor = np.full(len(number[0][0]), multiple)
    if scenario.applications.cap is not None:
        total = sum(part for _, part in number)
        factor = np.minimum(factor, np.maximum(1.0, scenario.applications.cap / np.maximum(total, 1.0)))
    return tuple((pool, factor * part) for pool, part in number)


def _placed(
    season: Season, applicants: Applicants, applied: Applications, strategy: SignalStrategy | None
) -> Int8:
    """The signals that people send whose signals go there."""
    scenario = season.scenario
    if strategy is not None:
        part = scenario.applications.model_copy(update={"signal_strategy": strategy})
        scenario = scenario.model_copy(update={"applications": part})
    return signals(
        scenario, applicants, season.tracks, applied.applicant_offsets, applied.program, applied.fit
    )


def _signals_now(applied: Applications, people: int, programs: int) -> Int8:
    """The signal that every program gets from everybody, -1 = no application; shape (people, programs)."""
    signal = np.full((people, programs), -1, np.int8)
    signal[applied.applicants(), applied.program] = applied.signal
    return signal


def _interviewed_by(season: Season, people: Int32) -> Bool:
    """Which programs interviewed these people; bool, shape (people, programs)."""
    held = np.zeros((len(people), len(season.tracks)), np.bool_)
    offsets = season.interviews.applicant_offsets
    row = np.repeat(np.arange(len(people)), np.diff(offsets)[people])
    held[row, season.interviews.program[entries_of(offsets, people)]] = True
    return held


def _rows(table: Rows, rows: npt.NDArray[np.integer]) -> Rows:
    """Some rows of a table without ragged columns, or one row several times."""
    return table.replace(**{spec.name: getattr(table, spec.name)[rows] for spec in table.columns()})


def _copied(applied: Applications, people: npt.NDArray[np.integer]) -> Applications:
    """The applications of some people, or of one several times."""
    entries = entries_of(applied.applicant_offsets, people)
    return Applications(
        applicant_offsets=offsets_of_counts(np.diff(applied.applicant_offsets)[people]),
        program=applied.program[entries],
        fit=applied.fit[entries],
        signal=applied.signal[entries],
        fees=applied.fees[people],
    )


class _OwnStreams(Streams):
    """The streams of a season in which agent ``i`` is ``people[i]`` of it."""

    def __init__(self, season: Season, people: Int32) -> None:
        super().__init__(season.seed, season.replicate)
        self.people = people

    def __call__(self, decision: str) -> Stream:
        """The stream of a decision."""
        return Renumbered(super().__call__(decision), self.people.__getitem__)


class _CopiesStreams(Streams):
    """The streams of a season as copies of its people meet them, person by person.

    Decisions of programs and of a person alone are the season's own, and so is what happened between the
    two. What did not happen is drawn from the stream called ``retries.`` and the decision, in which every
    copy has a number of its own, whoever else is asked about.
    """

    def __init__(self, season: Season, people: Int32, copies: int, *, applied: Bool, met: Bool) -> None:
        super().__init__(season.seed, season.replicate)
        self.row = np.repeat(np.arange(len(people)), copies)
        self.person = people[self.row]
        self.luck = self.person * np.int32(copies) + np.tile(np.arange(copies, dtype=np.int32), len(people))
        self.happened = {
            "interviews.screening": applied,
            "rank_lists.interview": met,
            "rank_lists.second_look": met,
        }

    def __call__(self, decision: str) -> Stream:
        """The stream of a decision."""
        own = super().__call__(decision)
        if decision in OF_PROGRAMS:
            return own
        own = Renumbered(own, self.person.__getitem__)
        if decision not in self.happened:
            return own
        again = Renumbered(super().__call__(f"retries.{decision}"), self.luck.__getitem__)
        return _AsItWent(own, again, self.row, self.happened[decision])


class _AsItWent(Stream):
    """What was drawn for the pairs that met, and for all others something new."""

    def __init__(self, own: Stream, again: Stream, row: Int64, happened: Bool) -> None:
        self._own = own
        self._again = again
        self._row = row
        self._happened = happened

    def pair_words(self, agents: Int32, others: Int32) -> tuple[UInt32, UInt32]:
        stands = self._happened[self._row[agents], others]
        words = np.empty(len(agents), np.uint32), np.empty(len(agents), np.uint32)
        for stream, some in ((self._own, stands), (self._again, ~stands)):
            drawn = stream.pair_words(agents[some], others[some])
            words[0][some], words[1][some] = drawn
        return words
