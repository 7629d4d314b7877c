"""The match of a season as a matching of the engine, with the names of its people and programs."""

from __future__ import annotations

import numpy as np

from matchsim.engine import Market, Matching, deferred_acceptance, roth_peranson
from matchsim.engine.linked import Supplementals
from matchsim.season.ragged import owners_of
from matchsim.season.season import Season
from matchsim.tables import Int32

__all__ = ["matching_of"]


def matching_of(season: Season) -> Matching:
    """The match of a season, from which it can be explained what happened to whom.

    Where the engine makes the same match of the certified lists, the matching says how; otherwise it has
    no history.
    """
    market, match = _market(season), season.match
    if season.scenario.match.proposing == "applicants":
        made = roth_peranson(market)
    elif market.links is None:
        made = deferred_acceptance(market, "programs")
    else:
        return Matching.from_programs(market, match.program_of, match.second_of)
    same = np.array_equal(made.program_of, match.program_of) and np.array_equal(
        made.second_of, match.second_of
    )
    return made if same else Matching.from_programs(market, match.program_of, match.second_of)


def _market(season: Season) -> Market:
    lists = season.rank_lists
    return Market.from_arrays(
        lists.applicant_offsets,
        lists.applicant_programs,
        lists.program_offsets,
        lists.program_applicants,
        season.tracks.quota,
        applicant_labels=season.cohort.all_names(),
        program_labels=season.tracks.all_names(),
        supplementals=_supplementals(season),
    )


def _supplementals(season: Season) -> Supplementals | None:
    """The list of each applicant once for every advanced program that they rank."""
    lists = season.rank_lists
    if not len(lists.supplemental_programs):
        return None
    lengths = np.diff(lists.supplemental_offsets)
    owner = owners_of(lists.applicant_offsets)
    linked = season.tracks.is_track("A")[lists.applicant_programs] & (lengths[owner] > 0)
    who = owner[linked].astype(np.int32)
    sizes = lengths[who]
    ends = np.cumsum(sizes)
    # Entry by entry, the place in the table of lists: that of the list's start, and on from there.
    starts = np.repeat(lists.supplemental_offsets[:-1][who] - (ends - sizes), sizes)
    entries: Int32 = lists.supplemental_programs[starts + np.arange(int(ends[-1]) if len(ends) else 0)]
    cut = np.concatenate(([0], ends)).astype(np.int64)
    return Supplementals(who, lists.applicant_programs[linked], cut, entries)
