"""The rank order lists of both sides, and who certifies one."""

from __future__ import annotations

import numpy as np

from matchsim.season import _kernels
from matchsim.season.pair_lists import pair_lists
from matchsim.season.ragged import offsets_of, places_of
from matchsim.season.ranked import Ranked, sorted_segments
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
from matchsim.tables import Bool, Float32, Int32, Int64

__all__ = ["rank_lists"]


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

    Applicants rank every program that interviewed them by their wish and what the interview added.
    Preliminary programs stand at the end of the primary list (of those who fall back on them) and on the
    supplemental lists, one for every advanced program ranked. Couples make a list of pairs out of the two
    lists of their members. As many people certify as the scenario says, couples and people interviewed
    before others; who certifies without an interview ranks the one program applied to that is most wished
    for, which does not rank them. Programs rank those they interviewed by score and interview, but for a
    share at the bottom and people withdrawn.
    """
    people = len(applicants)
    owner = interviewed.applicants()
    mine, theirs = streams("rank_lists.interview").pair_normals(owner, interviewed.program)
    met = _ranked(scenario, applicants, programs, interviewed, mine)
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
    ends_with = _ends_with_preliminary(scenario, streams, applicants, programs, met)
    primary = certified[met.person] & open_[met.program] & (~met.preliminary | ends_with[met.person])
    own = _with_hopes(scenario, applicants, programs, applied, certified, met.at(primary))

    first, second = couples.first[together], couples.second[together]
    pairs = pair_lists(scenario, streams, programs, first, second, own, people)
    alone = ~_mark(people, first, second)[own.person]
    advanced = (alone | pairs.used) & programs.is_track("A")[own.program]
    first_years = certified[met.person] & met.preliminary
    supplementals = supplemental_lists(
        scenario, streams, programs, own.at(advanced), met.at(first_years), people
    )
    program_offsets, listed_people = _program_lists(scenario, road, programs, owner, interviewed, theirs)
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


def _ranked(
    scenario: Scenario,
    applicants: Applicants,
    programs: Programs,
    interviewed: Interviews,
    impression: Float32,
) -> Ranked:
    """What interviews were held, by wish and impression; preliminary programs after the others."""
    offsets = interviewed.applicant_offsets
    wish = (
        wishes(
            scenario,
            applicants,
            programs,
            offsets,
            interviewed.program,
            interviewed.fit,
            np.zeros(len(applicants)),
        )
        + np.float32(scenario.rank_lists.applicants.interview) * impression
    )
    preliminary = programs.is_track("P")[interviewed.program]
    order = sorted_segments(offsets, wish)
    core_first = (~preliminary[order]).astype(np.float32)
    order = order[sorted_segments(offsets, core_first)]
    return Ranked(interviewed.applicants(), interviewed.program, wish, preliminary).at(order)


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


def _ends_with_preliminary(
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
    falls_back = draw < scenario.applications.preliminary_fallback
    return ~wants_advanced | falls_back | ~_mark(len(applicants), met.person[~met.preliminary])


def _with_hopes(
    scenario: Scenario,
    applicants: Applicants,
    programs: Programs,
    applied: Applications,
    certified: Bool,
    own: Ranked,
) -> Ranked:
    """What people would rank alone: who was interviewed nowhere, one program applied to."""
    hopeful = np.flatnonzero(certified & ~_mark(len(applicants), own.person)).astype(np.int32)
    counts = np.diff(applied.applicant_offsets)[hopeful]
    sent = np.repeat(applied.applicant_offsets[:-1][hopeful], counts) + places_of(counts)
    open_ = (programs.joint_with < 0)[applied.program[sent]]
    person, sent = np.repeat(hopeful, counts)[open_], sent[open_]
    program = applied.program[sent]
    offsets = offsets_of(person, len(applicants))
    wish = wishes(
        scenario, applicants, programs, offsets, program, applied.fit[sent], np.zeros(len(applicants))
    )
    # Of every segment that is not empty, the first in order of preference.
    best = sorted_segments(offsets, wish)[offsets[:-1][np.diff(offsets) > 0]]
    hopes = Ranked(person, program, wish, programs.is_track("P")[program]).at(best)
    place = np.searchsorted(own.person, hopes.person)
    return Ranked(*(np.insert(mine, place, hope) for mine, hope in zip(own, hopes, strict=True)))


def _program_lists(
    scenario: Scenario,
    road: Pathway,
    programs: Programs,
    owner: Int32,
    interviewed: Interviews,
    impression: Float32,
) -> tuple[Int64, Int32]:
    """The programs' lists: by score and interview, without the bottom share and without the withdrawn."""
    given = scenario.rank_lists.programs
    offsets = offsets_of(interviewed.program, len(programs))
    by_program = np.empty(len(interviewed), dtype=np.int64)
    _kernels.group_by(interviewed.program, offsets[:-1].copy(), by_program)
    score = np.float32(given.file) * interviewed.score + np.float32(given.interview) * impression
    best_first = by_program[sorted_segments(offsets, score[by_program])]
    counts = np.diff(offsets)
    kept = np.ceil((1 - given.unranked) * counts)
    listed = (places_of(counts) < np.repeat(kept, counts)) & ~road.withdrawn[owner[best_first]]
    ranked_by = np.repeat(np.arange(len(programs), dtype=np.int32), counts)[listed]
    return offsets_of(ranked_by, len(programs)), owner[best_first[listed]]


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
