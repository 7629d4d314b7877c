"""Supplemental lists: the preliminary programs to try while an advanced position is held."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matchsim.season.ragged import entries_of, offsets_of, offsets_of_counts
from matchsim.season.ranked import Ranked, sorted_segments
from matchsim.season.scenario.model import Scenario
from matchsim.season.tables import Programs
from matchsim.streams import Streams
from matchsim.tables import Int32, Int64

__all__ = ["SupplementalLists", "supplemental_lists"]


class SupplementalLists(NamedTuple):
    """Supplemental lists, applicant by applicant.

    Parameters
    ----------
    person, advanced
        Whose list it is, and the advanced program that it hangs on.
    offsets, program
        The preliminary programs of list ``s``, best first, are ``program[offsets[s]:offsets[s + 1]]``.
    """

    person: Int32
    advanced: Int32
    offsets: Int64
    program: Int32


def supplemental_lists(
    scenario: Scenario,
    streams: Streams,
    programs: Programs,
    advanced: Ranked,
    first_years: Ranked,
    people: int,
) -> SupplementalLists:
    """Hang a list of preliminary programs on every advanced program ranked.

    Preliminary programs are ranked by wish, more where they are in the division of the advanced program
    or at its institution. A joint one stands only on the lists that hang on its own advanced program. For
    who was interviewed at no preliminary program there is no list, nor for the share who add none.

    Parameters
    ----------
    advanced
        The advanced programs that people rank.
    first_years
        The preliminary programs that people may rank.
    people
        How many applicants there are.
    """
    taste = scenario.rank_lists.applicants
    everyone = np.arange(people, dtype=np.int32)
    adds = streams("rank_lists.supplemental").uniform(everyone) < taste.supplemental
    advanced = advanced.at(adds[advanced.person])
    starts = offsets_of(first_years.person, people)
    entry = entries_of(starts, advanced.person)
    number = np.repeat(np.arange(len(advanced.person)), np.diff(starts)[advanced.person])

    hangs_on, program = advanced.program[number], first_years.program[entry]
    fits = (programs.joint_with[program] < 0) | (programs.joint_with[program] == hangs_on)
    number, entry, hangs_on, program = number[fits], entry[fits], hangs_on[fits], program[fits]
    wish = first_years.wish[entry]
    for bonus, place in (
        (taste.first_year_division, programs.division),
        (taste.first_year_institution, programs.institution),
    ):
        wish += np.float32(bonus) * ((place[program] == place[hangs_on]) & (place[program] >= 0))

    counts = np.bincount(number, minlength=len(advanced.person))
    order = sorted_segments(offsets_of_counts(counts), wish)
    made = counts > 0
    return SupplementalLists(
        advanced.person[made], advanced.program[made], offsets_of_counts(counts[made]), program[order]
    )
