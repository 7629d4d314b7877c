"""What somebody who is not in a season would have had to reach at every program of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchsim.engine import Menus
from matchsim.errors import check_kind, counted
from matchsim.season import Scenario, Season
from matchsim.season.impressions import impressions
from matchsim.season.interviews import Invitations, held, invite
from matchsim.season.rank_lists import unranked
from matchsim.season.ranked import best_first
from matchsim.season.season import simulated
from matchsim.season.soap_applications import opinions
from matchsim.season.tables import Applicants, Applications, Interviews, Pathway, Programs
from matchsim.strategy.season_menus import unnamed_menus
from matchsim.streams import Streams
from matchsim.tables import Bool, Float32, Float64, Int32, Int64, Table, column

__all__ = ["READ_FIRST", "Standards", "interviews_of", "simulated_standards", "standards"]

# More than any two screening scores differ by: who is read first stands above who is not.
READ_FIRST = 1e6


@dataclass(frozen=True, eq=False, repr=False)
class Standards(Table):
    """What a newcomer had to reach at every program of one season; made by :func:`standards`.

    It holds all that :func:`probes` needs of a season and is a thousandth of its size.

    Parameters
    ----------
    scenario, seed, replicate
        What the season was simulated from.
    programs
        The season's, in the order of the rows.
    """

    rows = "program"

    scenario: Scenario
    seed: int
    replicate: int
    programs: Programs
    reads_first: Bool = column(np.bool_, "program", "reads signalled applications before others")
    invited_above: Float64 = column(
        np.float64,
        "program",
        "invites whose screening score is above this, 1,000,000 added where it is read first",
        unit="SD",
    )
    taken_from: Float32 = column(
        np.float32, "program", "ranks and takes whose score after the interview is this or more", unit="SD"
    )
    soap_positions: Int32 = column(np.int32, "program", "positions offered in SOAP", unit="positions")
    soap_above: Float32 = column(
        np.float32, "program", "offers a position in SOAP to whose score there is above this", unit="SD"
    )

    def __repr__(self) -> str:
        return (
            f"<Standards of {self.scenario.name}, seed {self.seed}, replicate {self.replicate}: "
            f"{counted(len(self), 'program')}>"
        )


def standards(season: Season) -> Standards:
    """What somebody new would have had to reach at every program of a simulated season.

    The season is not simulated again, but its screening and its impressions are: they are functions of its
    tables and its seed.

    Parameters
    ----------
    season
        A finished season.

    Returns
    -------
    Standards
        One row for every program.

    Raises
    ------
    InputError
        When programs propose in the season, or it has early results.
    """
    check_kind("season", season, Season)
    streams = Streams(season.seed, season.replicate)
    applied = season.applications
    sent = invite(season.scenario, streams, season.cohort, season.road, season.tracks, applied)
    return _standards(season, *_screening(season.tracks, applied, sent))


def simulated_standards(scenario: Scenario, replicate: int) -> Standards:
    """The :func:`standards` of a season that is simulated for them alone: it is screened only once."""
    screened: list[tuple[Bool, Float64]] = []

    def interviews(
        scenario: Scenario,
        streams: Streams,
        applicants: Applicants,
        road: Pathway,
        programs: Programs,
        applied: Applications,
    ) -> Interviews:
        sent = invite(scenario, streams, applicants, road, programs, applied)
        screened.append(_screening(programs, applied, sent))
        return held(applied, sent)

    season = simulated(scenario, scenario.seed, replicate, {"interviews": interviews})
    return _standards(season, *screened[0]) if screened else standards(season)


def _standards(season: Season, reads_first: Bool, invited_above: Float64) -> Standards:
    found = unnamed_menus(season)
    return Standards(
        scenario=season.scenario,
        seed=season.seed,
        replicate=season.replicate,
        programs=season.tracks,
        reads_first=reads_first,
        invited_above=invited_above,
        taken_from=_taken_from(season, found),
        soap_positions=season.soap.positions,
        soap_above=_soap_above(season),
    )


def _screening(programs: Programs, applied: Applications, sent: Invitations) -> tuple[Bool, Float64]:
    """Who reads signalled applications first, and the score of the last application invited.

    Minus infinity where everybody who could be was invited and slots stayed free, infinity where nobody was.
    """
    size = len(programs)
    reads_first = np.zeros(size, np.bool_)
    reads_first[applied.program[sent.first]] = True
    readable = np.bincount(applied.program[sent.score > -np.inf], minlength=size)
    some = sent.last >= 0
    last = sent.last[some]
    bar = np.full(size, np.inf)
    bar[some] = sent.score[last] + READ_FIRST * sent.first[last]
    bar[(sent.free > 0) & (sent.invited == readable) & (sent.invited < sent.most)] = -np.inf
    return reads_first, bar


def _taken_from(season: Season, found: Menus) -> Float32:
    """The lowest score after the interview with which a newcomer is ranked, and taken, by every program."""
    streams, met, size = Streams(season.seed, season.replicate), season.interviews, len(season.tracks)
    score = impressions(season.scenario, streams, season.cohort, season.tracks, met).score
    offsets, falling = best_first(met.program, score, size)
    counts = np.diff(offsets)
    # The newcomer is one more of those interviewed, of whom a share at the bottom is left off.
    most = np.ceil((1 - unranked(season.scenario, season.tracks)) * (counts + 1)).astype(np.int64)
    ranked = np.full(size, -np.inf, np.float32)
    full = most <= counts
    ranked[full & (most == 0)] = np.inf
    at = np.flatnonzero(full & (most > 0))
    ranked[at] = score[falling[offsets[at] + most[at] - 1]]
    taken = np.full(size, -np.inf, np.float32)
    taken[found.cutoff == 0] = np.inf
    lists = season.rank_lists
    at = np.flatnonzero((found.cutoff > 0) & (found.cutoff <= np.diff(lists.program_offsets)))
    last = lists.program_applicants[lists.program_offsets[at] + found.cutoff[at] - 1]
    taken[at] = score[interviews_of(met, last, at.astype(np.int32))]
    return np.maximum(ranked, taken)


def interviews_of(met: Interviews, person: Int32, program: Int32) -> Int64:
    """The numbers of the interviews of these people at these programs, all of which were held."""
    size = int(met.program.max(initial=0)) + 1
    keys = met.applicants().astype(np.int64) * size + met.program
    order = np.argsort(keys)
    asked = person.astype(np.int64) * size + program
    found: Int64 = order[np.searchsorted(keys, asked, sorter=order)]
    return found


def _soap_above(season: Season) -> Float32:
    """The score below which SOAP made no offer.

    Where positions stayed open in the end that is minus infinity, or the last of the program's list where
    the list was full: what the program withholds is asked apart.
    """
    scenario, done, size = season.scenario, season.soap, len(season.tracks)
    applied = done.applications
    streams = Streams(season.seed, season.replicate)
    score = opinions(scenario, streams, season.cohort, season.road, season.tracks, applied).score
    left = done.positions - np.bincount(done.accepted_program, minlength=size)
    bar = np.full(size, np.inf, np.float32)
    np.minimum.at(bar, applied.program[done.offered], score[done.offered])
    bar[(left > 0) & (done.positions > 0)] = -np.inf
    if scenario.soap.list_per_position:
        offsets, falling = best_first(applied.program, score, size)
        most = np.ceil(scenario.soap.list_per_position * done.positions).astype(np.int64)
        full = np.flatnonzero((most > 0) & (most <= np.diff(offsets)))
        bar[full] = np.maximum(bar[full], score[falling[offsets[full] + most[full] - 1]])
    return bar
