"""The road to the rank order list and to the first day of training: its gates and what they ask."""

from __future__ import annotations

from matchsim.season.pathway.case import STATUSES, Case, Status, Verdict, in_force
from matchsim.season.pathway.gates import GATES, Gate, judged
from matchsim.season.pathway.road import pathway

__all__ = ["GATES", "STATUSES", "Case", "Gate", "Status", "Verdict", "in_force", "judged", "pathway"]
