"""Stages from people's own files: one function for each stage that a file may replace.

Each has the signature of the stage that it replaces and makes the same table. Columns that a stage does
not know are left alone: the files are only read, and nothing of them is lost.
"""

from __future__ import annotations

from matchsim.season.given.applicant_table import cohort
from matchsim.season.given.couples import couples
from matchsim.season.given.pair_tables import applications, interviews
from matchsim.season.given.pathway import pathway
from matchsim.season.given.program_table import programs
from matchsim.season.given.submitted_lists import rank_lists, reversions

__all__ = [
    "applications",
    "cohort",
    "couples",
    "interviews",
    "pathway",
    "programs",
    "rank_lists",
    "reversions",
]
