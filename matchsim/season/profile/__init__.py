"""Profiles: one person's way to a residency in one file, which several commands read."""

from __future__ import annotations

from matchsim.season.profile.loading import (
    LoadedProfile,
    contradictions,
    load_profile,
    parsed_profile,
    read_profile,
    shipped_profiles,
)
from matchsim.season.profile.model import Profile

__all__ = [
    "LoadedProfile",
    "Profile",
    "contradictions",
    "load_profile",
    "parsed_profile",
    "read_profile",
    "shipped_profiles",
]
