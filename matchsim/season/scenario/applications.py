"""The part of a scenario about applications: how many, where, and with which signals."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from matchsim.season.scenario.parts import (
    ByType,
    Name,
    Part,
    Published,
    Share,
    Weight,
    kind_of,
    parameter,
)

__all__ = ["Applications", "Bands", "SignalBudget", "SignalStrategy"]

SignalStrategy = Literal["within_reach", "wish", "home", "chance"]


class Bands(Part):
    """How readily people apply to programs above, at and below their own standing."""

    width: Annotated[float, Field(gt=0.0, le=10.0)] = parameter(
        0.5, "a program within this distance of the applicant's standing is a target", unit="SD"
    )
    reach: Weight = parameter(0.5, "weight of programs above")
    target: Weight = parameter(1.0, "weight of programs at the applicant's own standing")
    safety: Weight = parameter(0.7, "weight of programs below")


class SignalBudget(Part):
    """Signals that an applicant may send in one specialty."""

    gold: Annotated[int, Field(ge=0, le=100)] = parameter(0, "gold signals, or all where there is one tier")
    silver: Annotated[int, Field(ge=0, le=100)] = parameter(0, "silver signals")


class Applications(Part):
    """How many applications people send, and where."""

    file: str | None = parameter(None, "read the applications from this file instead")
    per_applicant: Annotated[Published | Annotated[ByType, Tag("mapping")], Discriminator(kind_of)] = (
        parameter("published", "mean number of applications by type", unit="applications")
    )
    spread: Annotated[float, Field(ge=0.0, le=2.0)] = parameter(
        0.35, "standard deviation of the logarithm of a person's number of applications"
    )
    cap: Annotated[int, Field(ge=0, le=10_000)] | None = parameter(
        None,
        "most applications that a person may send, about: the expected number is held down; null = no cap",
        basis="published",
        source="ERAS and ResidencyCAS limit nobody; caps are proposals",
        unit="applications",
    )
    bands: Bands = Bands()
    home_weight: Annotated[float, Field(gt=0.0, le=100.0)] = parameter(
        2.0, "how much readier people are to apply in their home division"
    )
    backup_part: Share = parameter(0.4, "part of the applications that goes to the backup specialty")
    preliminary: Annotated[float, Field(ge=0.0, le=300.0)] = parameter(
        18.0, "mean applications to preliminary programs of those who need or add one", unit="applications"
    )
    preliminary_fallback: Share = parameter(
        0.15,
        "share of those preferring a specialty with preliminary or advanced programs who add preliminary "
        "programs to their primary list, to fall back on",
    )
    preliminary_fallback_slope: Annotated[float, Field(ge=0.0, le=10.0)] = parameter(
        0.0,
        "how much likelier that is for every SD by which programs think less of a person, as an exponent: by "
        "file and type; 0 = alike for all",
    )
    informed: Share = parameter(
        0.7,
        "share of people who know what programs require and apply only where they meet it; the others find "
        "out by hearing nothing. Visas and reserved positions are known to everybody",
    )
    within_budget: bool = parameter(
        True, "whether people send no more applications than their budget pays for, by the season's fees"
    )
    signal_strategy: SignalStrategy = parameter(
        "within_reach",
        "where signals go: to the programs wished for most (wish), the same less what lies above one's "
        "standing (within_reach), to those at home first (home), or to the least sought after (chance)",
    )
    signals: Annotated[
        Published | Annotated[dict[Name, SignalBudget], Tag("mapping")], Discriminator(kind_of)
    ] = parameter("published", "signals per specialty; an empty mapping switches them off")
