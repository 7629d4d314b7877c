"""The part of a scenario about interviews: whom programs invite, and which invitations people accept."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from matchsim.season.scenario.parts import Count, Part, Real, Spread, Weight, parameter, spread

__all__ = ["Attitude", "Interviews", "Screening"]


class Attitude(Part):
    """How programs value applicant types beside the file, in SD; by hand, so that rates fall near 2025's."""

    us_md_senior: Real = 0.0
    us_md_grad: Real = -1.5
    us_do_senior: Real = -0.15
    us_do_grad: Real = -1.4
    us_img: Real = -1.55
    non_us_img: Real = -2.05
    other: Real = -1.35


class Screening(Part):
    """The score by which programs invite: what they can see, and noise."""

    ability: Weight = parameter(
        0.6, "weight of the rest of the file (letters, grades, service)", unit="per SD"
    )
    step2_ck: Weight = parameter(0.5, "weight of Step 2 CK", unit="per SD of US MD seniors")
    attitude: Attitude = Attitude()
    attitude_slope: Real = parameter(
        0.8, "how much attitudes sharpen from the least to the most competitive specialty and program"
    )
    failed_attempt: Real = parameter(-0.3, "for every attempt at an exam without a pass", unit="SD")
    year_since_graduation: Real = parameter(-0.05, "for every year since graduation, up to ten", unit="SD")
    us_clinical_month: Real = parameter(
        0.05, "for every month of clinical experience in the United States, up to six", unit="SD"
    )
    us_letter: Real = parameter(0.05, "for every letter from the United States, up to four", unit="SD")
    research: Real = parameter(0.05, "for every doubling of publications and the like", unit="SD")
    school: Real = parameter(0.1, "for every quarter of schools further up", unit="SD")
    home: Real = parameter(0.3, "bonus for ties to the program's division", unit="SD")
    gold: Real = parameter(1.5, "bonus of a gold (or only) signal", unit="SD")
    silver: Real = parameter(0.8, "bonus of a silver signal", unit="SD")
    backup: Real = parameter(-0.3, "for an applicant whose preferred specialty is another one", unit="SD")
    noise: Weight = parameter(0.7, "what readers of the same file disagree about", unit="SD")
    lowest: Real = parameter(-1.2, "programs invite nobody whose score is below", unit="SD")


class Interviews(Part):
    """Whom programs invite, in waves, and which invitations people accept."""

    file: str | None = parameter(None, "read the interviews held from this file instead")
    per_position: Annotated[float, Field(ge=0.0, le=1000.0)] = parameter(
        13.0,
        "interview slots per position",
        basis="assumed",
        source="filled programs ranked 12.47 people per position in 2025 (NRMP Impact of Length of Rank "
        "Order List), a lower bound",
    )
    minimum: Count = parameter(10, "interview slots of the smallest programs", unit="interviews")
    waves: Annotated[int, Field(ge=1, le=1000)] = parameter(6, "rounds of invitations and answers")
    capacity: Spread = parameter(
        spread(16.0, 4.0), "interviews that a person can attend, at least one", unit="interviews"
    )
    screening: Screening = Screening()
