"""Kernels of the matching engine: compressed rank lists in, ranks and matchings out.

Indices run through arrays from ``offsets[i]`` to ``offsets[i + 1]``. A rank is a 0-based place on a list,
-1 standing for "not on that list". A kernel calls only kernels of its own file (see ``matchsim._jit``).
"""

from __future__ import annotations

from matchsim.engine._kernels.lists import join_ranks, mark_repeats, places_on_lists
from matchsim.engine._kernels.mentions import count_mentions, fill_mentions
from matchsim.engine._kernels.proposing import applicants_propose, programs_propose
from matchsim.engine._kernels.surveying import find_blocking, survey
from matchsim.engine._kernels.units import (
    Roster,
    blocking_couples,
    blocking_singles,
    blocking_supplementals,
    call_roll,
)

__all__ = [
    "Roster",
    "applicants_propose",
    "blocking_couples",
    "blocking_singles",
    "blocking_supplementals",
    "call_roll",
    "count_mentions",
    "fill_mentions",
    "find_blocking",
    "join_ranks",
    "mark_repeats",
    "places_on_lists",
    "programs_propose",
    "survey",
]
