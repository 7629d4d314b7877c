"""The part of a scenario about interviews: whom programs invite, and which invitations people accept."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from matchsim.season.scenario.parts import Count, Part, Real, Share, Spread, Weight, parameter, spread

__all__ = ["Attitude", "Interviews", "Screening"]


class Attitude(Part):
    """How programs value applicant types beside the file, in SD; by hand, so that rates fall near 2025's."""

    us_md_senior: Real = 0.0
    us_md_grad: Real = -1.5
    us_do_senior: Real = -0.3
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
    signalled_first: Share = parameter(
        0.79,
        "share of the programs with enough signals that invite people who signalled before all others",
        source="78.8% of 106 orthopaedic programs interviewed only those who signalled in 2024 (Sorenson et "
        "al., JAAOS 2024); taken for all specialties",
    )
    signals_enough: Weight = parameter(
        1.5, "signals that are enough for that", unit="signals per interview slot"
    )
    backup: Real = parameter(-0.3, "for an applicant whose preferred specialty is another one", unit="SD")
    noise: Weight = parameter(0.7, "what readers of the same file disagree about", unit="SD")
    lowest: Real = parameter(-1.2, "programs invite nobody whose score is below", unit="SD")


class Interviews(Part):
    """Whom programs invite, in waves, and which invitations people accept."""

    file: str | None = parameter(None, "read the interviews held from this file instead")
    per_position: Annotated[float, Field(ge=0.0, le=1000.0)] = parameter(
        14.0,
        "interview slots per position, some of which stay empty",
        basis="assumed",
        source="filled programs ranked 12.47 people per position in 2025 (NRMP Impact of Length of Rank "
        "Order List), a lower bound",
    )
    per_position_spread: Annotated[float, Field(ge=0.0, le=2.0)] = parameter(
        0.1, "standard deviation of the logarithm of a program's slots per position"
    )
    minimum: Count = parameter(10, "interview slots of the smallest programs", unit="interviews")
    waves: Annotated[int, Field(ge=1, le=1000)] = parameter(
        8,
        "rounds of invitations and answers, at least two days long each",
        source="programs may not send more invitations than they have slots free, and must leave at least "
        "48 hours for the answer (NRMP Match Participation Agreement, section 6.2); the number is assumed",
    )
    common_release: bool = parameter(
        False, "all programs send their first invitations in the first wave, so that people compare them"
    )
    release_waves: Annotated[int, Field(ge=1, le=1000)] = parameter(
        3, "without a common release: programs begin in one of the first waves, of which there are so many"
    )
    late_answers: Share = parameter(
        0.3, "share of people who answer a wave later; the slot is blocked until then"
    )
    late_returns: Share = parameter(
        0.2, "share of people who give accepted interviews back too late, so that the slot stays empty"
    )
    waiting_list: Annotated[float, Field(ge=0.0, le=1000.0)] = parameter(
        1.0, "people whom a program invites after others have given back", unit="per interview slot"
    )
    capacity: Spread = parameter(
        spread(16.0, 4.0), "interviews that a person can attend, at least one", unit="interviews"
    )
    cap: Annotated[int, Field(ge=1, le=1000)] | None = parameter(
        None, "most interviews that anybody may hold", unit="interviews"
    )
    screening: Screening = Screening()
