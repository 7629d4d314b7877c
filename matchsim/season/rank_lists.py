"""The rank order lists of both sides, and who certifies one."""

from __future__ import annotations

import numpy as np

from matchsim.season import _kernels
from matchsim.season.ragged import offsets_of, offsets_of_counts, places_of
from matchsim.season.scenario.model import Counts, Scenario
from matchsim.season.standing import wishes
from matchsim.season.tables import Applicants, Applications, Interviews, Programs, RankLists
from matchsim.season.words import APPLICANT_TYPES
from matchsim.streams import Streams
from matchsim.tables import Bool, Float32, Int32, Int64

__all__ = ["rank_lists"]


def rank_lists(
    scenario: Scenario,
    streams: Streams,
    applicants: Applicants,
    programs: Programs,
    applied: Applications,
    interviewed: Interviews,
) -> RankLists:
    """Certify the rank order lists.

    Applicants rank every program that interviewed them by their wish and what the interview added.
    Preliminary programs stand at the end of the primary list (of those who fall back on them) and on the
    supplemental list linked to every advanced program ranked. As many people certify as the scenario
    says; those without an interview are the first who do not, and who certifies all the same ranks the
    one program applied to that is most wished for, which does not rank them. Programs rank those they
    interviewed by score and interview, but for a share at the bottom and people withdrawn.
    """
    owner = interviewed.applicants()
    mine, theirs = streams("rank_lists.interview").pair_normals(owner, interviewed.program)
    certified = _certified(scenario, streams, applicants, applied, interviewed)

    wish = _interviewed_wishes(scenario, applicants, programs, interviewed) + (
        np.float32(scenario.rank_lists.applicants.interview) * mine
    )
    preliminary = programs.is_track("P")[interviewed.program]
    order = _sorted_segments(interviewed.applicant_offsets, wish)
    core_first = (~preliminary[order]).astype(np.float32)
    order = order[_sorted_segments(interviewed.applicant_offsets, core_first)]
    program, preliminary, person = interviewed.program[order], preliminary[order], owner[order]
    ranks_advanced = _any(person, programs.is_track("A")[program], len(applicants))
    ends_with = _ends_with_preliminary(scenario, streams, applicants, programs, person, preliminary)

    primary = certified[person] & (~preliminary | ends_with[person])
    supplemental = certified[person] & preliminary & ranks_advanced[person]
    offsets, listed = _with_hopeful_lists(
        scenario, applicants, programs, applied, certified, person[primary], program[primary]
    )
    program_offsets, listed_people = _program_lists(
        scenario, applicants, programs, owner, interviewed, theirs
    )
    return RankLists(
        certified=certified,
        applicant_offsets=offsets,
        applicant_programs=listed,
        supplemental_offsets=offsets_of(person[supplemental], len(applicants)),
        supplemental_programs=program[supplemental],
        program_offsets=program_offsets,
        program_applicants=listed_people,
    )


def _interviewed_wishes(
    scenario: Scenario, applicants: Applicants, programs: Programs, interviewed: Interviews
) -> Float32:
    standing = np.zeros(len(applicants))
    return wishes(
        scenario,
        applicants,
        programs,
        interviewed.applicant_offsets,
        interviewed.program,
        interviewed.fit,
        standing,
    )


def _certified(
    scenario: Scenario,
    streams: Streams,
    applicants: Applicants,
    applied: Applications,
    interviewed: Interviews,
) -> Bool:
    """Who certifies a list: the stated number of each type; everybody interviewed where none is stated."""
    has_interview = np.diff(interviewed.applicant_offsets) > 0
    # Interviews from a file may be of people whose simulated applications are none.
    able = ~applicants.withdrawn & (has_interview | (np.diff(applied.applicant_offsets) > 0))
    active = scenario.cohort.active
    assert isinstance(active, Counts)
    if not any(getattr(active, t) for t in APPLICANT_TYPES):
        return able & has_interview
    everyone = np.arange(len(applicants), dtype=np.int32)
    draw = streams("rank_lists.certified").uniform(everyone)
    certified = np.zeros(len(applicants), dtype=np.bool_)
    for code, name in enumerate(APPLICANT_TYPES):
        people = np.flatnonzero((applicants.applicant_type == code) & able)
        # Uniform draws lie between 0 and 1, so that everybody interviewed comes before all others.
        order = np.argsort(draw[people] - has_interview[people], kind="stable")
        certified[people[order[: getattr(active, name)]]] = True
    return certified


def _ends_with_preliminary(
    scenario: Scenario,
    streams: Streams,
    applicants: Applicants,
    programs: Programs,
    person: Int32,
    preliminary: Bool,
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
    return ~wants_advanced | falls_back | ~_any(person, ~preliminary, len(applicants))


def _with_hopeful_lists(
    scenario: Scenario,
    applicants: Applicants,
    programs: Programs,
    applied: Applications,
    certified: Bool,
    person: Int32,
    program: Int32,
) -> tuple[Int64, Int32]:
    """Primary lists; who certified and was interviewed nowhere ranks one program applied to."""
    lengths = np.bincount(person, minlength=len(applicants))
    hopeful = np.flatnonzero(certified & (lengths == 0))
    counts = np.diff(applied.applicant_offsets)[hopeful]
    entries = np.repeat(applied.applicant_offsets[:-1][hopeful], counts) + places_of(counts)
    applications = np.zeros(len(applicants), dtype=np.int64)
    applications[hopeful] = counts
    offsets = offsets_of_counts(applications)
    wish = wishes(
        scenario,
        applicants,
        programs,
        offsets,
        applied.program[entries],
        applied.fit[entries],
        np.zeros(len(applicants)),
    )
    best = _sorted_segments(offsets, wish)[offsets[:-1][hopeful]]
    lengths[hopeful] = 1
    lists = offsets_of_counts(lengths)
    listed = np.empty(int(lists[-1]), dtype=np.int32)
    is_hopeful = np.zeros(len(applicants), dtype=np.bool_)
    is_hopeful[hopeful] = True
    slot_of_hopeful = np.repeat(is_hopeful, lengths)
    listed[slot_of_hopeful] = applied.program[entries][best]
    listed[~slot_of_hopeful] = program
    return lists, listed


def _program_lists(
    scenario: Scenario,
    applicants: Applicants,
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
    best_first = by_program[_sorted_segments(offsets, score[by_program])]
    counts = np.diff(offsets)
    kept = np.ceil((1 - given.unranked) * counts)
    listed = (places_of(counts) < np.repeat(kept, counts)) & ~applicants.withdrawn[owner[best_first]]
    ranked_by = np.repeat(np.arange(len(programs), dtype=np.int32), counts)[listed]
    return offsets_of(ranked_by, len(programs)), owner[best_first[listed]]


def _sorted_segments(offsets: Int64, key: Float32) -> Int64:
    """Entry numbers such that each segment stands by falling key."""
    order = np.empty(len(key), dtype=np.int64)
    _kernels.sort_segments(offsets, key.view(np.uint32), order)
    return order


def _any(person: Int32, true: Bool, people: int) -> Bool:
    """Whether anything is true of each person's entries."""
    found = np.zeros(people, dtype=np.bool_)
    found[person[true]] = True
    return found
