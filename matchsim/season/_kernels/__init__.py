"""Kernels of a season's stages: arrays in, arrays out; what is written in place says so.

A kernel calls only kernels of its own file (see ``matchsim._jit``).
"""

from __future__ import annotations

from matchsim.season._kernels.choosing import choose_programs, scatter_segments, send_signals
from matchsim.season._kernels.inviting import group_scores, hold_interviews
from matchsim.season._kernels.normal import normal_shares
from matchsim.season._kernels.offering import choose_in_soap, first_contacts, soap_rounds
from matchsim.season._kernels.segments import count_groups, group_keys, sort_segments
from matchsim.season._kernels.valuing import screening_scores, wishes

__all__ = [
    "choose_in_soap",
    "choose_programs",
    "count_groups",
    "first_contacts",
    "group_keys",
    "group_scores",
    "hold_interviews",
    "normal_shares",
    "scatter_segments",
    "screening_scores",
    "send_signals",
    "soap_rounds",
    "sort_segments",
    "wishes",
]
