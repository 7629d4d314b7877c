"""The rules of a season: dates, fees, limits, signals and requirements, each with source and basis."""

from __future__ import annotations

from matchsim.season.rules.basis import BASES, Basis
from matchsim.season.rules.fees import application_fee, registration_fee, schedule_of, specialty_fee
from matchsim.season.rules.loading import load_rules, season_of, shipped_seasons, sourced_values
from matchsim.season.rules.model import Rules

__all__ = [
    "BASES",
    "Basis",
    "Rules",
    "application_fee",
    "load_rules",
    "registration_fee",
    "schedule_of",
    "season_of",
    "shipped_seasons",
    "sourced_values",
    "specialty_fee",
]
