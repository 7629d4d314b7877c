"""What a newcomer must reach, program by program, said once more and slowly."""

from __future__ import annotations

from itertools import pairwise
from math import ceil

import numpy as np
import pytest
from season.worlds import changed

from matchsim.season import run_season
from matchsim.season.impressions import impressions
from matchsim.season.rank_lists import unranked
from matchsim.strategy import season_menus, standards
from matchsim.streams import Streams


def is_ranked(scores: list[float], newcomer: float, left_off: float) -> bool:
    """Whether a program that leaves this share of those interviewed off its list ranks one more of them."""
    met = sorted([*scores, newcomer], reverse=True)
    return met.index(newcomer) < ceil((1 - left_off) * len(met))


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 1.0])
def test_a_newcomer_is_one_more_of_those_of_whom_a_share_is_left_off(alone, share):
    """At programs with positions to spare: there whoever is ranked is taken."""
    given = {"rank_lists": {"programs": {"unranked": share, "unranked_slope": 0.0}}}
    season = run_season(changed(alone.scenario, given), seed=3)
    met, streams = season.interviews, Streams(season.seed, season.replicate)
    score = impressions(season.scenario, streams, season.cohort, season.tracks, met).score
    taken_from = standards(season).taken_from
    left_off = unranked(season.scenario, season.tracks)
    listed = np.diff(season.rank_lists.program_offsets)
    spare = np.flatnonzero(season_menus(season).cutoff > listed)
    assert len(spare) > 3
    grows = 0
    for p in spare.tolist():
        scores = sorted(score[met.program == p].tolist())
        between = [(low + high) / 2 for low, high in pairwise(scores)]
        for newcomer in (-1e6, *between, 1e6):
            expected = is_ranked(scores, newcomer, left_off[p])
            assert (newcomer >= taken_from[p]) == expected
        grows += ceil((1 - share) * (len(scores) + 1)) > ceil((1 - share) * len(scores))
    # At some of them the list is longer for the newcomer, so that they push nobody off it.
    assert grows or share == 1.0
