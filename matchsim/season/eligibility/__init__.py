"""Whether one person can enter a match: a dated checklist, its costs, and the programs left open."""

from __future__ import annotations

from matchsim.season.eligibility.checklist import Checklist, Item, as_data, checklist, eligibility
from matchsim.season.eligibility.letter import letter

__all__ = ["Checklist", "Item", "as_data", "checklist", "eligibility", "letter"]
