"""The part of a scenario about the Supplemental Offer and Acceptance Program."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from matchsim.season.scenario.parts import Count, Part, Share, Weight, parameter

__all__ = ["Soap"]


class Soap(Part):
    """The Supplemental Offer and Acceptance Program."""

    rounds: Annotated[int, Field(ge=0, le=100)] = parameter(
        4, "offer rounds; 0 = no SOAP", basis="published", source="NRMP: four rounds since 2021"
    )
    applications: Count = parameter(
        45,
        "most applications a person may send",
        basis="published",
        source="ERAS and NRMP SOAP rules: 45 per application service; taken as one service",
    )
    refusal: list[Share] = parameter(
        [0.15, 0.1, 0.05, 0.0], "chance that an offer is refused in hope of a better one, by round"
    )
    specialty_weight: Weight = parameter(
        3.0, "how much readier people are to apply in their preferred or backup specialty"
    )
    noise: Weight = parameter(1.2, "what programs disagree about, reading in a hurry", unit="SD")
