"""The road to the rank order list and to the first day of training: its gates and what they ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matchsim.season.pathway.case import STATUSES, Case, Status, Verdict, in_force
from matchsim.season.pathway.gates import GATES, Gate, judged

if TYPE_CHECKING:
    from matchsim.season.pathway.road import pathway

__all__ = ["GATES", "STATUSES", "Case", "Gate", "Status", "Verdict", "in_force", "judged", "pathway"]


def __getattr__(name: str) -> Any:
    # The road of many people needs NumPy and the streams, which checking a scenario must not load.
    if name == "pathway":
        from matchsim.season.pathway.road import pathway

        return pathway
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
