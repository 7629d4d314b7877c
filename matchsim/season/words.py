"""The words of a season: applicant types, tracks and census divisions, in their fixed order.

Codes in tables are positions in these tuples.
"""

from __future__ import annotations

from typing import Literal, get_args

__all__ = [
    "APPLICANT_TYPES",
    "CITIZENSHIPS",
    "DIVISIONS",
    "INTERNATIONAL",
    "PGY1_TRACKS",
    "ROAD_GATES",
    "ROAD_REASONS",
    "SETTINGS",
    "START_GATES",
    "START_REASONS",
    "TRACKS",
    "VISAS",
    "ApplicantType",
    "Division",
    "RoadGate",
    "StartGate",
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

# Who needs certification by ECFMG; a part of the type "other" does not.
INTERNATIONAL: frozenset[ApplicantType] = frozenset(["us_img", "non_us_img", "other"])

CITIZENSHIPS = ("us", "permanent_resident", "other")
# The visa that somebody needs for training.
VISAS = ("none", "j1", "h1b")
SETTINGS = ("community", "university")

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

# The gates of the road that can stop a registered person, in the order in which they are passed.
RoadGate = Literal[
    "school",
    "step_1",
    "step_2_ck",
    "exam_window",
    "oet",
    "pathway",
    "documents",
    "eras_token",
    "verification",
]
ROAD_GATES: tuple[RoadGate, ...] = get_args(RoadGate)
ROAD_REASONS = (
    "no ECFMG note",
    "not passed in time",
    "all attempts used",
    "first exam too old",
    "scores not reached",
    "not accepted in time",
    "papers missing",
    "no token in time",
    "matched elsewhere",
    "not confirmed by school",
    "withdrew",
)

# What can stop a person with a position before the first day of training.
StartGate = Literal["graduation", "certificate", "visa"]
START_GATES: tuple[StartGate, ...] = get_args(StartGate)
START_REASONS = ("did not graduate", "not certified in time", "no visa in time")
