"""The words of a season: applicant types, tracks and census divisions, in their fixed order.

Codes in tables are positions in these tuples.
"""

from __future__ import annotations

from typing import Literal

__all__ = [
    "APPLICANT_TYPES",
    "DIVISIONS",
    "PGY1_TRACKS",
    "TRACKS",
    "ApplicantType",
    "Division",
    "Track",
]

ApplicantType = Literal[
    "us_md_senior", "us_md_grad", "us_do_senior", "us_do_grad", "us_img", "non_us_img", "other"
]
APPLICANT_TYPES: tuple[ApplicantType, ...] = (
    "us_md_senior",
    "us_md_grad",
    "us_do_senior",
    "us_do_grad",
    "us_img",
    "non_us_img",
    "other",
)

Track = Literal["C", "M", "P", "A", "R"]
TRACKS: tuple[Track, ...] = ("C", "M", "P", "A", "R")
PGY1_TRACKS = frozenset("CMP")

# The nine divisions of the US Census Bureau, which ERAS uses for geographic preferences.
Division = Literal[
    "new_england",
    "middle_atlantic",
    "east_north_central",
    "west_north_central",
    "south_atlantic",
    "east_south_central",
    "west_south_central",
    "mountain",
    "pacific",
]
DIVISIONS: tuple[Division, ...] = (
    "new_england",
    "middle_atlantic",
    "east_north_central",
    "west_north_central",
    "south_atlantic",
    "east_south_central",
    "west_south_central",
    "mountain",
    "pacific",
)
