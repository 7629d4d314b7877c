"""The part of a scenario about the Supplemental Offer and Acceptance Program."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from matchsim.season.scenario.parts import (
    Count,
    Name,
    Part,
    Published,
    Real,
    Share,
    Weight,
    kind_of,
    parameter,
)

__all__ = ["Soap"]

# Set by hand, so that SOAP comes near the figures of 2025; not calibrated.
BY_HAND = "by hand, so that fills by round and placements by type come near those of 2025"


class Soap(Part):
    """The Supplemental Offer and Acceptance Program."""

    rounds: Annotated[int, Field(ge=0, le=100)] = parameter(
        4, "offer rounds; 0 = no SOAP", basis="published", source="NRMP: four rounds since 2021"
    )
    by: Literal["rounds", "match"] = parameter(
        "rounds",
        "how positions are given: offers in rounds, or a second Match of the same applications, where each "
        "side ranks whom it would take in the last round",
        basis="published",
        source="NRMP: offers in rounds",
    )
    applications: Count = parameter(
        45,
        "most applications a person may send through each service",
        basis="published",
        source="ERAS and NRMP SOAP rules",
    )
    services: Annotated[Published | Annotated[dict[Name, Name], Tag("mapping")], Discriminator(kind_of)] = (
        parameter(
            "published",
            "application service by specialty, where it is not ERAS; an empty mapping = one service",
        )
    )
    specialty_weight: Weight = parameter(
        3.0, "how much readier people are to apply in their preferred or backup specialty"
    )
    preliminary_weight: Weight = parameter(
        0.5, "how much readier people are to apply for preliminary positions than for whole ones"
    )
    caution: Annotated[float, Field(ge=0.0, le=20.0)] = parameter(
        1.0,
        "how fast the chance that people see falls with a program's prestige above their own standing; "
        "0 = chances are not looked at",
        unit="per SD",
        source=BY_HAND,
    )
    opt_out: Share = parameter(0.02, "share of programs that take no part and fill by contact afterwards")
    noise: Weight = parameter(
        1.5, "what programs disagree about, reading in a hurry", unit="SD", source=BY_HAND
    )
    senior: Real = parameter(
        0.5,
        "bonus of seniors of US schools, for whom their schools vouch, beside the attitude to their type",
        unit="SD",
        source=BY_HAND,
    )
    interest: Weight = parameter(
        1.5,
        "what a program values an applicant's wish for it, told in calls before the rounds; 0 = no calls",
        unit="per SD",
        source=BY_HAND,
    )
    list_per_position: Weight = parameter(
        30.0,
        "most people on a preference list for each position open; 0 = everybody who applied",
        unit="people",
    )
    threshold: Real = parameter(
        1.0, "programs offer to nobody whose score is below, in the first round", unit="SD", source=BY_HAND
    )
    threshold_fall: Weight = parameter(
        0.7, "by how much that falls with each round, and once more after SOAP", unit="SD", source=BY_HAND
    )
    expectation: Real = parameter(
        0.0,
        "people of average standing refuse, in the first round, what they wish for less than this",
        unit="SD",
        source=BY_HAND,
    )
    expectation_slope: Weight = parameter(
        0.5, "by how much more who stands higher expects", unit="per SD", source=BY_HAND
    )
    expectation_fall: Weight = parameter(
        0.5,
        "by how much expectations fall with each round, and once more after SOAP",
        unit="SD",
        source=BY_HAND,
    )
    refusal: list[Share] = parameter(
        [0.05, 0.05, 0.0, 0.0],
        "chance that an offer, though good enough, is refused in hope of a better one, by round",
    )
    contacts: Count = parameter(
        20, "programs still unfilled that a person contacts after SOAP; 0 = nobody does", unit="programs"
    )
