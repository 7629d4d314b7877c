"""Scenarios: the model, loading and layering, what they resolve to, and what they are made of."""

from __future__ import annotations

from matchsim.season.scenario.loading import (
    LoadedScenario,
    digest,
    dump,
    load_scenario,
    named_files,
    read_scenario,
    shipped_scenarios,
)
from matchsim.season.scenario.model import Scenario

__all__ = [
    "LoadedScenario",
    "Scenario",
    "digest",
    "dump",
    "load_scenario",
    "named_files",
    "read_scenario",
    "shipped_scenarios",
]
