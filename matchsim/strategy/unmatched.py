"""Why people did not match: everybody without a position in one class, by a stated test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matchsim.engine import Menus
from matchsim.errors import InputError, Problem, shown
from matchsim.season import Season
from matchsim.season.words import APPLICANT_TYPES
from matchsim.strategy.applying import STRATEGIES
from matchsim.strategy.newcomers import unaskable
from matchsim.strategy.retries import Change, chances_again
from matchsim.strategy.season_menus import season_menus
from matchsim.strategy.standards import standards
from matchsim.tables import Bool, Float64, Int8, Int32, Int64, Table, column

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CHANGES", "REASONS", "Unmatched", "why_unmatched"]

REASONS = {
    "not_eligible": "stopped at a gate of the pathway before the rank order list deadline",
    "no_interview": "eligible, but interviewed nowhere",
    "no_list": "interviewed, but certified no rank order list",
    "in_couple": "certified a list together with a partner, so that there is no menu",
    "left_off": "interviewed by a program that would have taken them, but left it off the primary list",
    "held_in_place": "ranked a program that, with everything linked held in place, would have taken them",
    "outranked": "no program that interviewed them would have taken them; nobody can be put in again, as"
    " people, applications, interviews or lists were read from files",
    "within_reach": "no program that interviewed them would have taken them; with more applications, or"
    " signals placed otherwise, one usually would have",
    "out_of_reach": "no program that interviewed them would have taken them, nor usually one with more"
    " applications or signals placed otherwise",
}
"""What each class means; a person is in the first whose test holds."""

CHANGES = ("signals", "applications", "both")
"""What people could have done otherwise, the cheapest first."""
MULTIPLE = 2.0
COPIES = 20
USUALLY = 0.5


def why_unmatched(
    season: Season,
    *,
    multiple: float = MULTIPLE,
    copies: int = COPIES,
    usually: float = USUALLY,
    menus: Menus | None = None,
) -> Unmatched:
    """Put every registered person whom the algorithm left without a position in one class.

    The classes are tested in the order of :data:`REASONS`, and a person is in the first whose test holds.
    Whether a program would have taken somebody is read from the person's menu, in the season as it was. A
    program that ranks somebody counts as one that interviewed them, also where lists are given and
    interviews are not known.

    The last two classes ask about what the person could have done: send `multiple` times as many
    applications in each of their specialties, place their signals by another of the strategies that a
    scenario knows, or both. After every such change the person is put in again, beside themselves, in
    `copies` that differ in what did not happen in the season (what programs that had no application think of
    it, how interviews that were not held go) and in nothing else: file, wishes, capacity, the applications
    sent and the answers to them stay as they were. A change would usually have led to a position if more
    than the share `usually` of the copies wins one. With few copies, and the best of several changes, people
    close to that share may be on the wrong side of it.

    Parameters
    ----------
    season
        A finished season.
    multiple
        How many times as many applications, from above 1. Budgets are left aside, caps are kept.
    copies
        Copies of each person after every change.
    usually
        The share of copies, from 0 to below 1, that must be passed.
    menus
        The menus of the season, where they are at hand already.

    Returns
    -------
    Unmatched

    Raises
    ------
    InputError
        With every number that does not go; when programs propose in the season, or it has early results.

    Notes
    -----
    What :func:`probes` approximates is approximated here. The luck is that of streams of the season's own
    seed, so that the same season gives the same classes.
    """
    _check(multiple, copies, usually)
    found = season_menus(season) if menus is None else menus
    people = np.flatnonzero(~season.matched_any).astype(np.int32)
    met, program = _met(season)
    inside = found.contain(met, program)
    listed = _listed(season, met, program)
    interviewed = _marked(season, met)
    coupled = season.rank_lists.partners() >= 0
    asked = (
        interviewed & season.rank_lists.certified & ~coupled & ~season.road.withdrawn & ~season.matched_any
    )
    asked[met[inside]] = False
    askable = not any(unaskable(season.scenario))
    chances = np.zeros((len(CHANGES), len(season.cohort)))
    if askable:
        chances[:, asked] = _chances(season, np.flatnonzero(asked).astype(np.int32), multiple, copies)
    enough = chances > usually
    tests = (
        season.road.withdrawn,
        ~interviewed,
        ~season.rank_lists.certified,
        coupled,
        _marked(season, met[inside & ~listed]),
        _marked(season, met[inside & listed]),
        np.full(len(season.cohort), not askable),
        enough.any(axis=0),
        np.ones(len(season.cohort), np.bool_),
    )
    reason = np.argmax(np.stack(tests)[:, people], axis=0)
    put_in = asked[people] & askable
    return Unmatched(
        people,
        season.cohort.applicant_type[people],
        reason.astype(np.int8),
        np.where(put_in, chances.max(axis=0)[people], np.nan),
        np.where(enough.any(axis=0), np.argmax(enough, axis=0), -1)[people].astype(np.int8),
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
        "share of copies who win a position, after the change that helps most; NaN where not asked",
    )
    change: Int8 = column(
        np.int8, "person", "the first change that usually leads to a position, -1 = none", labels=CHANGES
    )
    placed: Bool = column(np.bool_, "person", "is in a PGY-1 position after SOAP")

    def counts(self) -> pd.DataFrame:
        """How many people of each applicant type are in each class.

        Returns
        -------
        pandas.DataFrame
            Types in rows, and ``all``; the classes of :data:`REASONS` in columns.
        """
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


def _chances(season: Season, people: Int32, multiple: float, copies: int) -> Float64:
    """The chance of these people after each of :data:`CHANGES`, signals placed as helps most."""
    others = [name for name in STRATEGIES if name != season.scenario.applications.signal_strategy]
    signals = [Change(signal_strategy=name) for name in others]
    both = [Change(multiple, name) for name in others]
    chances = chances_again(season, standards(season), people, [*signals, Change(multiple), *both], copies)
    by_change = chances[: len(signals)], chances[[len(signals)]], chances[len(signals) + 1 :]
    return np.stack([some.max(axis=0, initial=0.0) for some in by_change])


def _check(multiple: float, copies: int, usually: float) -> None:
    problems = []
    if not 1 < multiple < np.inf:
        problems.append(Problem(f"must be above 1 and finite, got {shown(multiple)}", path="multiple"))
    if not isinstance(copies, (int, np.integer)) or isinstance(copies, bool) or copies < 1:
        problems.append(Problem(f"must be a whole number from 1, got {shown(copies)}", path="copies"))
    if not 0 <= usually < 1:
        problems.append(Problem(f"must be from 0 to below 1, got {shown(usually)}", path="usually"))
    if problems:
        raise InputError(problems)
