"""Probes: what people who are not in a season would have got in it, disturbing nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matchsim.season import Season
from matchsim.season.impressions import impressions
from matchsim.season.interviews import capacities
from matchsim.season.profile import Profile
from matchsim.season.ragged import offsets_of, places_of
from matchsim.season.rank_lists import by_wish, ends_with_preliminary, shortened
from matchsim.season.ranked import Ranked, sorted_segments
from matchsim.season.soap import kinds_of_position
from matchsim.season.soap_applications import apply_to_unfilled, opinions
from matchsim.season.standing import screening_scores, wishes
from matchsim.season.tables import Interviews, Programs
from matchsim.season.words import PGY1_TRACKS
from matchsim.strategy.newcomers import Newcomers, Person, newcomers
from matchsim.strategy.standards import READ_FIRST, Standards, interviews_of, standards
from matchsim.tables import Bool, Float32, Float64, Int8, Int32, Table, column

__all__ = ["Probes", "interviewed", "probes", "quarters", "ranked"]


@dataclass(frozen=True, eq=False, repr=False)
class Probes(Table):
    """Copies of people who are not in a season, and what each would have got; see :func:`probes`.

    Parameters
    ----------
    programs
        The season's.
    """

    rows = "probe"

    programs: Programs
    person: Int32 = column(np.int32, "probe", "number of the person asked about")
    applications: Int32 = column(np.int32, "probe", "applications sent", unit="applications")
    fees: Float32 = column(np.float32, "probe", "paid for them", unit="USD")
    invitations: Int32 = column(np.int32, "probe", "invitations received", unit="invitations")
    interviews: Int32 = column(np.int32, "probe", "interviews held", unit="interviews")
    ranks: Int32 = column(np.int32, "probe", "programs on the primary list", unit="ranks")
    place: Int32 = column(
        np.int32, "probe", "the first of them that would take the person, from 0; -1 = none", unit="ranks"
    )
    program: Int32 = column(np.int32, "probe", "that program; -1 = none")
    soap: Bool = column(np.bool_, "probe", "took nothing in the match, and a first year in SOAP")

    def of(self, person: int) -> Probes:
        """The copies of one person, by number in the order asked; none where there is no such person."""
        own = self.person == person
        return self.replace(**{spec.name: getattr(self, spec.name)[own] for spec in self.columns()})

    def tiers(self) -> Int8:
        """The quarter of its pool that the program won is in, by standing; int8, shape (probes,).

        From 1, the best, to 4; 0 where no program was won.
        """
        ranked = quarters(self.programs)
        return np.append(ranked, np.int8(0))[self.program]

    @property
    def matched(self) -> Bool:
        """Whether some program of the whole list would take the person; bool, shape (probes,)."""
        won: Bool = self.place >= 0
        return won

    def within(self, ranks: int) -> Float64:
        """The share who match within their first 1, 2, ... up to `ranks` ranks; float64, shape (ranks,)."""
        won = np.bincount(self.place[self.place >= 0], minlength=ranks)[:ranks]
        share: Float64 = np.cumsum(won) / len(self)
        return share


def quarters(programs: Programs) -> Int8:
    """The quarter of its pool that every program is in, by standing; int8, shape (programs,), 1 best to 4."""
    pool = programs.pool_of()
    counts = np.bincount(pool)
    order = np.lexsort((-programs.prestige, pool))
    place = np.empty(len(pool), np.int64)
    place[order] = np.arange(len(pool)) - (np.cumsum(counts) - counts)[pool[order]]
    tier: Int8 = (1 + 4 * place // counts[pool]).astype(np.int8)
    return tier


def probes(
    people: Profile | Person | Sequence[Profile | Person],
    season: Season | Standards,
    copies: int = 1000,
) -> Probes:
    """What copies of people would have got who had taken part in a season, each alone.

    The copies of a person are alike in what the profile says; the rest is drawn for each (see
    :class:`Person`). They apply by the rules of the season. A program invites them if it considers them and
    its score of their application, readers' disagreement included, is above that of the last whom it
    invited. They hold the interviews that they wish for most, up to their capacity, and truthfully rank all
    of them, or as many as the scenario lets people rank. Where their score after the interview puts them on
    the program's list says whether the program would take them. Who has nothing then applies in SOAP, and is
    offered a position by programs that see more in them than in the last to whom they offered one.

    Parameters
    ----------
    people
        Any number of people, who match alone. Number ``n`` of the copies has the same luck for everybody,
        so that two people, or a person and the same one changed, are compared without noise.
    season
        A simulated season, or its :func:`standards` where they are at hand already.
    copies
        How many of each.

    Returns
    -------
    Probes
        Person by person.

    Raises
    ------
    InputError
        When programs propose in the season, it has early results, or its people or lists were read from
        files; when a person is one of a couple, or specialties have no program.

    Notes
    -----
    Nobody is disturbed. Given the interviews the menus are exact for the season's match (where nothing is
    linked). At the interviews thresholds are held fixed, which is an approximation: the one whose slot a
    newcomer takes stays where they are, a declined invitation goes to nobody, and waves are left out. A
    supplemental list is not made: a preliminary year counts only where it is on the primary list. In SOAP
    the rounds are taken together, and positions agreed on after it are left out.
    """
    reached = season if isinstance(season, Standards) else standards(season)
    given = [people] if isinstance(people, (Profile, Person)) else list(people)
    asked = [Person(one) if isinstance(one, Profile) else one for one in given]
    new = newcomers(asked, reached, copies)
    programs, size = reached.programs, len(new.applicants)
    held = interviewed(reached, new)
    mine, takes = ranked(reached, new, held)
    ranks = np.bincount(mine.person, minlength=size)
    hits = np.flatnonzero(takes)
    winners, first = np.unique(mine.person[hits], return_index=True)
    place, won = np.full((2, size), -1, np.int32)
    place[winners], won[winners] = places_of(ranks)[hits[first]], mine.program[hits[first]]
    return Probes(
        programs=programs,
        person=np.repeat(np.arange(len(asked), dtype=np.int32), copies),
        applications=np.diff(new.applied.applicant_offsets).astype(np.int32),
        fees=new.applied.fees,
        invitations=held.invitations,
        interviews=np.diff(held.applicant_offsets).astype(np.int32),
        ranks=ranks.astype(np.int32),
        place=place,
        program=won,
        soap=_soap(reached, new, np.flatnonzero(won < 0).astype(np.int32)),
    )


def interviewed(reached: Standards, people: Newcomers) -> Interviews:
    """The interviews that everybody holds."""
    scenario, programs, applied = reached.scenario, reached.programs, people.applied
    owner, size = applied.applicants(), len(people.applicants)
    noise = people.streams("interviews.screening").pair_normal(owner, applied.program)
    noise *= np.float32(scenario.interviews.screening.noise)
    score = screening_scores(scenario, people.applicants, people.road, programs, applied, noise)
    seen = score + READ_FIRST * ((applied.signal > 0) & reached.reads_first[applied.program])
    offered = np.flatnonzero((score > -np.inf) & (seen > reached.invited_above[applied.program]))
    offsets = offsets_of(owner[offered], size)
    program, fit = applied.program[offered], applied.fit[offered]
    wish = wishes(scenario, people.applicants, programs, offsets, program, fit, np.zeros(size))
    best = sorted_segments(offsets, wish)
    capacity = capacities(scenario, people.streams, size)
    kept = np.sort(best[places_of(np.diff(offsets)) < capacity[owner[offered]]])
    return Interviews(
        applicant_offsets=offsets_of(owner[offered[kept]], size),
        program=program[kept],
        fit=fit[kept],
        score=score[offered[kept]],
        signal=applied.signal[offered[kept]],
        invitations=np.diff(offsets).astype(np.int32),
    )


def ranked(reached: Standards, people: Newcomers, held: Interviews) -> tuple[Ranked, Bool]:
    """The primary lists of everybody, and of every rank whether the program would take the person."""
    scenario, programs = reached.scenario, reached.programs
    after = impressions(scenario, people.streams, people.applicants, programs, held)
    takes = after.score >= reached.taken_from[held.program]
    listed = by_wish(programs, held, after.wish)
    ends = ends_with_preliminary(scenario, people.streams, people.applicants, programs, listed)
    kept = (programs.joint_with < 0)[listed.program] & (~listed.preliminary | ends[listed.person])
    mine = shortened(scenario, listed.at(kept), len(people.applicants))
    return mine, takes[interviews_of(held, mine.person, mine.program)]


def _soap(reached: Standards, people: Newcomers, unmatched: Int32) -> Bool:
    """Of every newcomer who has nothing, whether SOAP gives them a first year; bool, shape (newcomers,)."""
    scenario, programs, size = reached.scenario, reached.programs, len(people.applicants)
    placed = np.zeros(size, np.bool_)
    may_take = np.zeros((3, size), np.bool_)
    may_take[:, unmatched] = True
    applied = apply_to_unfilled(
        scenario,
        people.streams,
        people.applicants,
        people.road,
        programs,
        reached.soap_positions > 0,
        kinds_of_position(programs),
        may_take,
        people.streams("soap.applications"),
        scenario.soap.applications,
    )
    thought = opinions(scenario, people.streams, people.applicants, people.road, programs, applied)
    agree = np.maximum(thought.withheld, thought.refused) < scenario.soap.rounds
    first_year = programs.is_track("".join(PGY1_TRACKS))[applied.program]
    offered = thought.score > reached.soap_above[applied.program]
    placed[applied.applicants()[agree & first_year & offered]] = True
    return placed
