"""Why people did not match: everybody without a position in one class, by a stated test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matchsim.engine import Menus
from matchsim.season import Season
from matchsim.season.words import APPLICANT_TYPES
from matchsim.strategy.season_menus import season_menus
from matchsim.tables import Bool, Float64, Int8, Int32, Int64, Table, column

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["REASONS", "Unmatched", "why_unmatched"]

REASONS = {
    "not_eligible": "stopped at a gate of the pathway before the rank order list deadline",
    "no_interview": "eligible, but interviewed nowhere",
    "no_list": "interviewed, but certified no rank order list",
    "in_couple": "certified a list together with a partner, so that there is no menu",
    "left_off": "interviewed by a program that would have taken them, but left it off the primary list",
    "held_in_place": "ranked a program that, with everything linked held in place, would have taken them",
    "few_interviews": "no program that interviewed them would have taken them; further interviews in their"
    " specialty, with the same standing, would more likely than not have led to one that would",
    "out_of_reach": "no program that interviewed them would have taken them, nor would further interviews",
}
"""What each class means; a person is in the first whose test holds."""

FURTHER_INTERVIEWS = 10


def why_unmatched(
    season: Season, *, further_interviews: int = FURTHER_INTERVIEWS, menus: Menus | None = None
) -> Unmatched:
    """Put every registered person whom the algorithm left without a position in one class.

    The classes are tested in the order of :data:`REASONS`, and a person is in the first whose test holds.
    Whether a program would have taken somebody is read from the person's menu, in the season as it was. A
    program that ranks somebody counts as one that interviewed them, also where lists are given and
    interviews are not known.

    The last two classes ask about programs that did not interview the person. A person's standing is the
    share of a list that stands above them, the median of the lists that they are on (the whole list where
    they are on none). At each program of the preferred specialty that did not interview them they are put
    in as a probe with that standing. If a share s of these programs would take the probe, further
    interviews at n of them, each drawn at random, find one with probability ``1 - (1 - s) ** n``. That is
    an approximation: it says nothing about whether these programs would have interviewed the person.

    Parameters
    ----------
    season
        A finished season.
    further_interviews
        How many more interviews the last two classes ask about.
    menus
        The menus of the season, where they are at hand already.

    Returns
    -------
    Unmatched

    Raises
    ------
    InputError
        When programs propose in the season.
    """
    found = season_menus(season) if menus is None else menus
    people = np.flatnonzero(~season.matched_any).astype(np.int32)
    met, program = _met(season)
    inside = found.contain(met, program)
    listed = _listed(season, met, program)
    interviewed = _marked(season, met)
    coupled = season.rank_lists.partners() >= 0
    chance = np.zeros(len(season.cohort))
    asked = people[interviewed[people] & season.rank_lists.certified[people] & ~coupled[people]]
    chance[asked] = _chances(season, found, asked, met, program, further_interviews)
    tests = (
        season.road.withdrawn,
        ~interviewed,
        ~season.rank_lists.certified,
        coupled,
        _marked(season, met[inside & ~listed]),
        _marked(season, met[inside & listed]),
        chance > 0.5,
        np.ones(len(season.cohort), np.bool_),
    )
    reason = np.argmax(np.stack(tests)[:, people], axis=0)
    return Unmatched(
        people,
        season.cohort.applicant_type[people],
        reason.astype(np.int8),
        np.where(reason >= len(REASONS) - 2, chance[people], np.nan),
        season.placed[people],
    )


@dataclass(frozen=True, eq=False, repr=False)
class Unmatched(Table):
    """The registered people without a position after the algorithm, and why; see :func:`why_unmatched`."""

    rows = "person"

    applicant: Int32 = column(np.int32, "person", "number of the applicant")
    applicant_type: Int8 = column(np.int8, "person", "applicant type", labels=APPLICANT_TYPES)
    reason: Int8 = column(np.int8, "person", "why they have no position", labels=tuple(REASONS))
    chance: Float64 = column(
        np.float64,
        "person",
        "chance that further interviews had found a program that would take them; NaN where not asked",
    )
    placed: Bool = column(np.bool_, "person", "is in a PGY-1 position after SOAP")

    def counts(self) -> pd.DataFrame:
        """How many people of each applicant type (rows, and ``all``) are in each class (columns)."""
        import pandas as pd

        frame = self.to_pandas()
        # Every type and class has a row and column, also where nobody is in it.
        table = pd.crosstab(frame["applicant_type"], frame["reason"], dropna=False)
        table.index, table.columns = table.index.astype(str), table.columns.astype(str)
        table.loc["all"] = table.sum()
        return table


def _marked(season: Season, people: Int64) -> Bool:
    marked = np.zeros(len(season.cohort), np.bool_)
    marked[people] = True
    return marked


def _met(season: Season) -> tuple[Int64, Int64]:
    """Who was interviewed by which program, as far as is known, person by person."""
    lists, size = season.rank_lists, len(season.tracks)
    ranking = np.repeat(np.arange(size), np.diff(lists.program_offsets))
    held = season.interviews.applicants().astype(np.int64) * size + season.interviews.program
    person, program = np.divmod(
        np.union1d(held, lists.program_applicants.astype(np.int64) * size + ranking), size
    )
    return person, program


def _listed(season: Season, met: Int64, program: Int64) -> Bool:
    """Of every interview, whether the program stands on the person's primary list."""
    lists, size = season.rank_lists, len(season.tracks)
    owner = np.repeat(np.arange(len(season.cohort)), np.diff(lists.applicant_offsets))
    listed: Bool = np.isin(met * size + program, owner * size + lists.applicant_programs)
    return listed


def _chances(
    season: Season, found: Menus, people: Int32, met: Int64, program: Int64, further: int
) -> Float64:
    """The chance that further interviews find each of these people a program that would take them."""
    standing = _standing(season, people)
    first, last = (np.searchsorted(met, people, side=side) for side in ("left", "right"))
    pool, offered = season.tracks.pool_of(), season.match.final_quota > 0
    ranked = np.diff(found.market.program_offsets)
    chances = np.zeros(len(people))
    for i, a in enumerate(people.tolist()):
        others = offered & (pool == season.cohort.preferred[a])
        others[program[first[i] : last[i]]] = False
        probed = np.flatnonzero(others)
        if len(probed):
            above = np.floor(standing[i] * ranked[probed]).astype(np.int64)
            chances[i] = 1 - (1 - found.would_take(probed, above).mean()) ** further
    return chances


def _standing(season: Season, people: Int32) -> Float64:
    """The median share of the programs' lists above each person; 1 where no program ranks them."""
    lists = season.rank_lists
    length = np.diff(lists.program_offsets)
    program = np.repeat(np.arange(len(length)), length)
    share = (np.arange(len(program)) - lists.program_offsets[program]) / length[program]
    order = np.lexsort((share, lists.program_applicants))
    counts = np.bincount(lists.program_applicants, minlength=len(season.cohort))[people]
    start = np.searchsorted(lists.program_applicants[order], people)
    ordered = np.append(share[order], 1.0)
    low = ordered[np.where(counts > 0, start + (counts - 1) // 2, len(order))]
    high = ordered[np.where(counts > 0, start + counts // 2, len(order))]
    return np.asarray((low + high) / 2)
