"""How much memory seasons take at most, told before they are simulated."""

from __future__ import annotations

import os

from matchsim.errors import Problem, ScenarioError
from matchsim.season.scenario import Scenario
from matchsim.season.scenario.model import ByType, Counts
from matchsim.season.words import APPLICANT_TYPES

__all__ = ["expected_applications", "gigabytes", "refuse_what_cannot_fit", "season_bytes"]

# Measured at the peak of seasons of 0.9 to 35 million applications (benchmarks/scale.py): an application
# takes 34 to 37 bytes, and the program without any up to 200 MB.
BYTES_AN_APPLICATION = 45
BYTES_AT_REST = 200_000_000


def expected_applications(scenario: Scenario) -> float:
    """Applications that the people of a resolved scenario would send; 0 where people come from files."""
    registered, mean = scenario.cohort.registered, scenario.applications.per_applicant
    assert isinstance(registered, Counts)
    assert isinstance(mean, ByType)
    return float(sum(getattr(registered, t) * getattr(mean, t) for t in APPLICANT_TYPES))


def season_bytes(scenario: Scenario) -> int:
    """Bytes that one season of a resolved scenario takes at its peak, rather too many than too few."""
    return BYTES_AT_REST + round(BYTES_AN_APPLICATION * expected_applications(scenario))


def refuse_what_cannot_fit(scenario: Scenario, jobs: int = 1) -> None:
    """Refuse seasons that would take more memory than the machine has.

    Raises
    ------
    ScenarioError
        With what they would take, what there is, and what to do.
    """
    needed, there = season_bytes(scenario), _memory()
    if there is None or jobs * needed <= there:
        return
    at_once = f"{jobs} seasons at once take" if jobs > 1 else "a season takes"
    told = (
        f"{at_once} up to {gigabytes(jobs * needed)} of memory with these people and"
        f" {expected_applications(scenario):,.0f} applications, and this machine has {gigabytes(there)}"
    )
    fitting = there // needed
    remedy = f"use --jobs {fitting}" if fitting else "simulate fewer people, a share of the nation say"
    raise ScenarioError([Problem(told, path="cohort.registered", remedy=remedy)])


def _memory() -> int | None:
    """Bytes of memory that this machine has; None where it does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def gigabytes(count: int) -> str:
    """``24.1 GB``."""
    return f"{count / 1e9:,.1f} GB"
