"""The rank order lists of both sides, and who certifies one."""

from __future__ import annotations

import numpy as np

from matchsim.season.applications import falls_back
from matchsim.season.impressions import impressions
from matchsim.season.misreporting import reported
from matchsim.season.pair_lists import pair_lists
from matchsim.season.ragged import entries_of, offsets_of, places_of
from matchsim.season.ranked import Ranked, best_first, core_first, sorted_segments
from matchsim.season.scenario.model import Counts, Scenario
from matchsim.season.standing import wishes
from matchsim.season.supplemental_lists import supplemental_lists
from matchsim.season.tables import (
    Applicants,
    Applications,
    Couples,
    Interviews,
    Pathway,
    Programs,
    RankLists,
)
from matchsim.season.words import APPLICANT_TYPES
from matchsim.streams import Streams
from matchsim.tables import Bool, Float32, Float64, Int32, Int64

__all__ = ["by_wish", "ends_with_preliminary", "rank_lists", "shortened", "unranked"]


def rank_lists(
    scenario: Scenario,
    streams: Streams,
    applicants: Applicants,
    road: Pathway,
    programs: Programs,
    couples: Couples,
    applied: Applications,
    interviewed: Interviews,
) -> RankLists:
    """Certify the rank order lists.

    Applicants rank every program that interviewed them by their wish after it; some may misreport.
    Preliminary programs stand at the end of the primary list (of those who fall back on them) and on the
    supplemental lists, one for every advanced program ranked. Couples make a list of pairs out of the two
    lists of their members. As many people certify as the scenario says, couples and people interviewed
    before others; who certifies without an interview ranks programs applied to that are most wished for,
    which do not rank them. Programs rank those they interviewed by their score after it, but for a share
    at the bottom and people withdrawn.
    """
    people = len(applicants)
    owner = interviewed.applicants()
    after = impressions(scenario, streams, applicants, programs, interviewed)
    met = by_wish(programs, interviewed, after.wish)
    # A joint program may stand only on supplemental lists.
    open_ = programs.joint_with < 0
    certified, together = _certified(
        scenario,
        streams,
        applicants,
        road,
        couples,
        has_applied=_has_applied(applied, open_),
        has_interview=_mark(people, met.person[open_[met.program]]),
    )
    ends_with = ends_with_preliminary(scenario, streams, applicants, programs, met)
    primary = certified[met.person] & open_[met.program] & (~met.preliminary | ends_with[met.person])
    first, second = couples.first[together], couples.second[together]
    alone = ~_mark(people, first, second)
    own = _with_hopes(scenario, streams, applicants, programs, applied, certified, alone, met.at(primary))
    own = shortened(scenario, reported(scenario, streams, applicants, programs, own, alone), people)

    pairs = pair_lists(scenario, streams, programs, first, second, own, people)
    alone = alone[own.person]
    advanced = (alone | pairs.used) & programs.is_track("A")[own.program]
    first_years = certified[met.person] & met.preliminary
    supplementals = supplemental_lists(
        scenario, streams, programs, own.at(advanced), met.at(first_years), people
    )
    program_offsets, listed_people = _program_lists(scenario, road, programs, owner, interviewed, after.score)
    return RankLists(
        certified=certified,
        applicant_offsets=offsets_of(own.person[alone], people),
        applicant_programs=own.program[alone],
        couple_first=first,
        couple_second=second,
        couple_offsets=pairs.offsets,
        first_programs=pairs.first,
        second_programs=pairs.second,
        supplemental_applicants=supplementals.person,
        supplemental_advanced=supplementals.advanced,
        supplemental_offsets=supplementals.offsets,
        supplemental_programs=supplementals.program,
        program_offsets=program_offsets,
        program_applicants=listed_people,
    )


def shortened(scenario: Scenario, own: Ranked, people: int) -> Ranked:
    """The lists with no more ranks than the scenario allows, the first of each."""
    most = scenario.rank_lists.most
    if most is None:
        return own
    return own.at(places_of(np.bincount(own.person, minlength=people)) < most)


def by_wish(programs: Programs, interviewed: Interviews, wish: Float32) -> Ranked:
    """What interviews were held, by wish; preliminary programs after the others."""
    preliminary = programs.is_track("P")[interviewed.program]
    met = Ranked(interviewed.applicants(), interviewed.program, wish, preliminary)
    return met.at(core_first(interviewed.applicant_offsets, wish, preliminary))


def _certified(
    scenario: Scenario,
    streams: Streams,
    applicants: Applicants,
    road: Pathway,
    couples: Couples,
    *,
    has_applied: Bool,
    has_interview: Bool,
) -> tuple[Bool, Bool]:
    """Who certifies a list, and which couples certify one together.

    The stated number of each type certifies, everybody interviewed where none is stated. Couples come
    first; where one of the two can rank nothing, or neither was interviewed and nobody need certify, both
    are on their own.
    """
    # Interviews from a file may be of people whose simulated applications are none.
    able = ~road.withdrawn & (has_interview | has_applied)
    active = scenario.cohort.active
    assert isinstance(active, Counts)
    stated = any(getattr(active, t) for t in APPLICANT_TYPES)
    together = able[couples.first] & able[couples.second]
    if not stated:
        together &= has_interview[couples.first] | has_interview[couples.second]
    coupled = _mark(len(applicants), couples.first[together], couples.second[together])
    if not stated:
        return able & has_interview | coupled, together
    everyone = np.arange(len(applicants), dtype=np.int32)
    draw = streams("rank_lists.certified").uniform(everyone)
    certified = np.zeros(len(applicants), dtype=np.bool_)
    for code, name in enumerate(APPLICANT_TYPES):
        people = np.flatnonzero((applicants.applicant_type == code) & able)
        # Uniform draws lie between 0 and 1: first come the coupled, then the interviewed, then the others.
        order = np.argsort(draw[people] - has_interview[people] - 2.0 * coupled[people], kind="stable")
        certified[people[order[: getattr(active, name)]]] = True
    return certified, together


def ends_with_preliminary(
    scenario: Scenario, streams: Streams, applicants: Applicants, programs: Programs, met: Ranked
) -> Bool:
    """Whose primary list ends with preliminary programs.

    Those who do not want an advanced position, those who do and fall back on a preliminary year, and
    those whom nobody else interviewed.
    """
    everyone = np.arange(len(applicants), dtype=np.int32)
    advanced = (
        np.bincount(programs.specialty[programs.is_track("A")], minlength=len(programs.specialties)) > 0
    )
    wants_advanced = np.append(advanced, False)[applicants.preferred]
    draw = streams("rank_lists.preliminary_fallback").uniform(everyone)
    hedged = falls_back(scenario, applicants, draw)
    return ~wants_advanced | hedged | ~_mark(len(applicants), met.person[~met.preliminary])


def _with_hopes(
    scenario: Scenario,
    streams: Streams,
    applicants: Applicants,
    programs: Programs,
    applied: Applications,
    certified: Bool,
    alone: Bool,
    own: Ranked,
) -> Ranked:
    """What people would rank; who was interviewed nowhere, some programs applied to.

    In a couple it is one program, because more would only lengthen the list of pairs.
    """
    hopeful = np.flatnonzero(certified & ~_mark(len(applicants), own.person)).astype(np.int32)
    sent = entries_of(applied.applicant_offsets, hopeful)
    person = np.repeat(hopeful, np.diff(applied.applicant_offsets)[hopeful])
    open_ = (programs.joint_with < 0)[applied.program[sent]]
    person, sent = person[open_], sent[open_]
    program = applied.program[sent]
    offsets = offsets_of(person, len(applicants))
    wish = wishes(
        scenario, applicants, programs, offsets, program, applied.fit[sent], np.zeros(len(applicants))
    )
    preliminary = programs.is_track("P")[program]
    most = np.where(alone, _hopes(scenario, streams, len(applicants)), 1)[person]
    # Of every list the programs most wished for; of these the preliminary ones at the end.
    best = sorted_segments(offsets, wish)[places_of(np.diff(offsets)) < most]
    hopes = Ranked(person, program, wish, preliminary).at(best)
    hopes = hopes.at(core_first(offsets_of(hopes.person, len(applicants)), hopes.wish, hopes.preliminary))
    place = np.searchsorted(own.person, hopes.person)
    return Ranked(*(np.insert(mine, place, hope) for mine, hope in zip(own, hopes, strict=True)))


def _hopes(scenario: Scenario, streams: Streams, people: int) -> Int64:
    """How many programs everybody would rank without an interview: geometric, at least one."""
    mean = scenario.rank_lists.applicants.without_interview
    draw = streams("rank_lists.without_interview").uniform(np.arange(people, dtype=np.int32))
    if mean == 1:
        return np.ones(people, dtype=np.int64)
    more: Int64 = np.floor(np.log(draw) / np.log(1 - 1 / mean)).astype(np.int64)
    return 1 + more


def _program_lists(
    scenario: Scenario,
    road: Pathway,
    programs: Programs,
    owner: Int32,
    interviewed: Interviews,
    score: Float32,
) -> tuple[Int64, Int32]:
    """The programs' lists: by score, without the bottom share and without the withdrawn."""
    offsets, best = best_first(interviewed.program, score, len(programs))
    counts = np.diff(offsets)
    kept = np.ceil((1 - unranked(scenario, programs)) * counts)
    listed = (places_of(counts) < np.repeat(kept, counts)) & ~road.withdrawn[owner[best]]
    ranked_by = np.repeat(np.arange(len(programs), dtype=np.int32), counts)[listed]
    return offsets_of(ranked_by, len(programs)), owner[best[listed]]


def unranked(scenario: Scenario, programs: Programs) -> Float64:
    """The share of those interviewed whom every program leaves off its list."""
    given = scenario.rank_lists.programs
    sought = 2 * programs.competitiveness.astype(np.float64) - 1
    return np.minimum(1.0, given.unranked * (1 + given.unranked_slope * sought))


def _has_applied(applied: Applications, open_: Bool) -> Bool:
    """Who applied to a program that may stand on a primary list."""
    if open_.all():
        return np.diff(applied.applicant_offsets) > 0
    return _mark(len(applied.applicant_offsets) - 1, applied.applicants()[open_[applied.program]])


def _mark(people: int, *numbers: Int32) -> Bool:
    """Whether each person is among the numbers; bool, shape (people,)."""
    marked = np.zeros(people, dtype=np.bool_)
    for some in numbers:
        marked[some] = True
    return marked
