"""Probes: what people who are not in a season would have got in it, disturbing nobody."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matchsim.engine import Menus
from matchsim.season import Season
from matchsim.season.impressions import impressions
from matchsim.season.interviews import capacities, invite
from matchsim.season.profile import Profile
from matchsim.season.ragged import offsets_of, places_of
from matchsim.season.rank_lists import by_wish, ends_with_preliminary, unranked
from matchsim.season.ranked import sorted_segments
from matchsim.season.standing import screening_scores, wishes
from matchsim.season.tables import Interviews
from matchsim.strategy.newcomers import Newcomers, newcomers
from matchsim.strategy.season_menus import season_menus
from matchsim.streams import Streams
from matchsim.tables import Bool, Float32, Float64, Int32, Int64, Table, column

__all__ = ["Probes", "Standards", "probes", "standards"]

# More than any two screening scores differ by: who is read first stands above who is not.
READ_FIRST = 1e6

Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Standards:
    """What a newcomer had to reach in one season; made by :func:`standards`.

    Attributes
    ----------
    season : Season
    menus : Menus
        Those of the season.
    reads_first : bool, shape (programs,)
        Whether signalled applications are read before others.
    threshold : float64, shape (programs,)
        The screening score invited last, in SD, with 1,000,000 added where it was read first; minus infinity
        where everybody who could be was invited and slots stayed free, infinity where nobody was.
    interviewed, ranked : uint64
        A number for each person whom a program interviewed, or ranked, that rises by program and within
        it as the score after the interview falls.
    """

    season: Season
    menus: Menus
    reads_first: Bool
    threshold: Float64
    interviewed: Keys
    ranked: Keys


def standards(season: Season) -> Standards:
    """What somebody new would have had to reach at every program of a simulated season.

    The season is not simulated again, but its screening and its impressions are: they are functions of its
    tables and its seed.

    Raises
    ------
    InputError
        When programs propose in the season.
    """
    found = season_menus(season)
    scenario, streams = season.scenario, Streams(season.seed, season.replicate)
    tables = season.cohort, season.road, season.tracks, season.applications
    sent = invite(scenario, streams, *tables)
    size, program = len(season.tracks), season.applications.program
    reads_first = np.zeros(size, np.bool_)
    reads_first[program[sent.first]] = True

    readable = np.bincount(program[sent.score > -np.inf], minlength=size)
    some = sent.last >= 0
    threshold = np.full(size, np.inf)
    last = sent.last[some]
    threshold[some] = sent.score[last] + READ_FIRST * sent.first[last]
    threshold[(sent.free > 0) & (sent.invited == readable) & (sent.invited < sent.most)] = -np.inf

    met = season.interviews
    after = impressions(scenario, streams, season.cohort, season.tracks, met)
    lists, people = season.rank_lists, len(season.cohort)
    ranking = np.repeat(np.arange(size), np.diff(lists.program_offsets))
    listed = np.isin(
        met.program.astype(np.int64) * people + met.applicants(),
        ranking * people + lists.program_applicants,
    )
    keys = _keys(met.program, after.score)
    return Standards(season, found, reads_first, threshold, np.sort(keys), np.sort(keys[listed]))


@dataclass(frozen=True, eq=False, repr=False)
class Probes(Table):
    """Copies of a person who is not in a season, and what each would have got; see :func:`probes`."""

    rows = "probe"

    applications: Int32 = column(np.int32, "probe", "applications sent", unit="applications")
    invitations: Int32 = column(np.int32, "probe", "invitations received", unit="invitations")
    interviews: Int32 = column(np.int32, "probe", "interviews held", unit="interviews")
    ranks: Int32 = column(np.int32, "probe", "programs on the primary list", unit="ranks")
    place: Int32 = column(
        np.int32, "probe", "the first of them that would take the person, from 0; -1 = none", unit="ranks"
    )
    program: Int32 = column(np.int32, "probe", "that program; -1 = none")

    @property
    def matched(self) -> Bool:
        """Whether some program of the whole list would take the person; bool, shape (probes,)."""
        won: Bool = self.place >= 0
        return won

    def within(self, ranks: int) -> Float64:
        """The share who match within their first 1, 2, ... up to so many ranks; float64, shape (ranks,)."""
        won = np.bincount(self.place[self.place >= 0], minlength=ranks)[:ranks]
        share: Float64 = np.cumsum(won) / len(self)
        return share


def probes(profile: Profile, season: Season | Standards, copies: int = 1000) -> Probes:
    """What copies of a person would have got who had taken part in a season, each alone.

    The copies are alike in what the profile says; the rest is drawn for each (see :func:`newcomers`). They
    apply by the rules of the season. A program invites them if it considers them and its score of their
    application, readers' disagreement included, is above that of the last whom it invited. They hold the
    interviews that they wish for most, up to their capacity, and truthfully rank all of them. Where their
    score after the interview puts them on the program's list says whether the program would take them.

    Parameters
    ----------
    profile
        The person, who matches alone.
    season
        A simulated season, or its :func:`standards` where they are at hand already.
    copies
        How many.

    Returns
    -------
    Probes

    Raises
    ------
    InputError
        When programs propose in the season or its people or lists were read from files, the person is one
        of a couple, or specialties have no program.

    Notes
    -----
    Nobody is disturbed. Given the interviews the menus are exact for the season's match (where nothing is
    linked). At the interviews thresholds are held fixed, which is an approximation: the one whose slot a
    newcomer takes stays where they are, a declined invitation goes to nobody, and waves are left out. A
    supplemental list is not made: a preliminary year counts only where it is on the primary list.
    """
    reached = season if isinstance(season, Standards) else standards(season)
    people = newcomers(profile, reached.season, copies)
    invitations, held = _interviewed(reached, people)
    tracks, size = reached.season.tracks, len(people.applicants)
    after = impressions(people.scenario, people.streams, people.applicants, tracks, held)
    wins = _would_take(reached, held.program, after.score)
    listed = by_wish(tracks, held, after.wish)
    ends = ends_with_preliminary(people.scenario, people.streams, people.applicants, tracks, listed)
    kept = (tracks.joint_with < 0)[listed.program] & (~listed.preliminary | ends[listed.person])
    mine = listed.at(kept)
    ranks = np.bincount(mine.person, minlength=size)
    hits = np.flatnonzero(_at(held, mine.person, mine.program, wins))
    winners, first = np.unique(mine.person[hits], return_index=True)
    place, won = np.full((2, size), -1, np.int32)
    place[winners], won[winners] = places_of(ranks)[hits[first]], mine.program[hits[first]]
    return Probes(
        applications=np.diff(people.applied.applicant_offsets).astype(np.int32),
        invitations=invitations.astype(np.int32),
        interviews=np.diff(held.applicant_offsets).astype(np.int32),
        ranks=ranks.astype(np.int32),
        place=place,
        program=won,
    )


def _interviewed(reached: Standards, people: Newcomers) -> tuple[Int64, Interviews]:
    """How many invitations everybody receives, and the interviews that they hold."""
    scenario, applied, size = people.scenario, people.applied, len(people.applicants)
    tracks, owner = reached.season.tracks, applied.applicants()
    noise = people.streams("interviews.screening").pair_normal(owner, applied.program)
    noise *= np.float32(scenario.interviews.screening.noise)
    score = screening_scores(scenario, people.applicants, people.road, tracks, applied, noise)
    seen = score + READ_FIRST * ((applied.signal > 0) & reached.reads_first[applied.program])
    offered = np.flatnonzero((score > -np.inf) & (seen > reached.threshold[applied.program]))
    offsets = offsets_of(owner[offered], size)
    program, fit = applied.program[offered], applied.fit[offered]
    wish = wishes(scenario, people.applicants, tracks, offsets, program, fit, np.zeros(size))
    best = sorted_segments(offsets, wish)
    capacity = capacities(scenario, people.streams, size)
    kept = np.sort(best[places_of(np.diff(offsets)) < capacity[owner[offered]]])
    held = Interviews(
        applicant_offsets=offsets_of(owner[offered[kept]], size),
        program=program[kept],
        fit=fit[kept],
        score=score[offered[kept]],
        signal=applied.signal[offered[kept]],
        invitations=np.diff(offsets).astype(np.int32),
    )
    return np.diff(offsets), held


def _at(held: Interviews, person: Int32, program: Int32, values: Bool) -> Bool:
    """What is said of interviews, in the order of these pairs, each of which is one of them."""
    most = int(held.program.max(initial=0)) + 1
    keys = held.applicants().astype(np.int64) * most + held.program
    order = np.argsort(keys)
    found: Bool = values[order[np.searchsorted(keys, person.astype(np.int64) * most + program, sorter=order)]]
    return found


def _would_take(reached: Standards, program: Int32, score: Float32) -> Bool:
    """Of every interview, whether the program ranks the newcomer and would take them."""
    season = reached.season
    asked, start = _keys(program, score), program.astype(np.uint64) << np.uint64(32)
    above = np.searchsorted(reached.interviewed, asked) - np.searchsorted(reached.interviewed, start)
    better = np.searchsorted(reached.ranked, asked) - np.searchsorted(reached.ranked, start)
    # The newcomer is one more of those interviewed, of whom a share at the bottom is left off.
    met = np.bincount(season.interviews.program, minlength=len(season.tracks)) + 1
    most = np.ceil((1 - unranked(season.scenario, season.tracks)) * met)
    takes: Bool = (above < most[program]) & reached.menus.would_take(program, better)
    return takes


def _keys(program: Int32, score: Float32) -> Keys:
    """Numbers that rise by program and within it as scores fall."""
    bits = np.ascontiguousarray(score, np.float32).view(np.uint32)
    # Floating-point bits order as integers once negative ones are turned over.
    falling = np.where(bits >> np.uint32(31), bits, ~bits & np.uint32(0x7FFFFFFF))
    return (program.astype(np.uint64) << np.uint64(32)) | falling
