"""The parts of a scenario about what links positions: couples and reversions."""

from __future__ import annotations

from typing import Annotated

from pydantic import Discriminator, Field, Tag

from matchsim.season.scenario.parts import (
    Count,
    Part,
    Published,
    Real,
    Share,
    Weight,
    WeightsByType,
    kind_of,
    parameter,
)
from matchsim.season.scenario.published import apportioned
from matchsim.season.words import APPLICANT_TYPES, ApplicantType

__all__ = ["Couples", "Reversions"]


class Couples(Part):
    """The couples, whose members match together: how many, who they are, and how they rank."""

    number: Annotated[Published | Annotated[Count, Tag("number")], Discriminator(kind_of)] = parameter(
        "published", "couples who certify a list of pairs; 0 = everybody matches alone", unit="couples"
    )
    members: Annotated[Published | Annotated[WeightsByType, Tag("mapping")], Discriminator(kind_of)] = (
        parameter("published", "weight of each applicant type among the members of couples")
    )
    strength: Annotated[float, Field(ge=-3.0, le=3.0)] = parameter(
        0.5,
        "how much stronger the files of members are than those of others of their type, about",
        source="by hand: members match more often than their types would let expect",
        unit="SD",
    )
    likeness: Share = parameter(
        0.7, "how far members are paired by their standing: its correlation with the order of pairing"
    )
    same_type: Share = parameter(0.7, "share of members who are paired within their applicant type")
    same_home: Share = parameter(
        0.9, "share of those with ties to a division who are paired with somebody of the same"
    )
    same_division: Real = parameter(
        1.0, "bonus of a pair of programs in one division, on the sum of both wishes", unit="SD"
    )
    same_institution: Real = parameter(0.5, "further bonus of a pair at one institution", unit="SD")
    noise: Weight = parameter(0.5, "what a couple weighs beside the wishes of both", unit="SD")
    no_match: Share = parameter(
        1.0, "share of couples who end their list with pairs in which one of the two has No Match"
    )
    pairs: Annotated[int, Field(ge=1, le=300)] = parameter(
        300,
        "most pairs on a couple's list",
        basis="published",
        source="NRMP: at most 300 ranks on any rank order list",
        unit="pairs",
    )

    def counts(self) -> dict[ApplicantType, int]:
        """Members of couples by type, two a couple, as near to the weights as whole numbers can be."""
        assert isinstance(self.number, int)
        assert isinstance(self.members, WeightsByType)
        return apportioned(2 * self.number, {t: getattr(self.members, t) for t in APPLICANT_TYPES})


_AS_MANY_AS_1996 = (
    "by hand; in all about as many programs as in 1996, 282 (Roth and Peranson, AER 89, 1999, recalled)"
)


class Reversions(Part):
    """Unfilled positions that move to another program: the share of programs that agree to it, by track.

    They go to the categorical program of the same specialty at the same institution, where there is one.
    """

    M: Share = parameter(0.5, "share of primary care programs", source=_AS_MANY_AS_1996)
    P: Share = parameter(0.1, "share of preliminary programs", source=_AS_MANY_AS_1996)
    A: Share = parameter(0.5, "share of advanced programs", source=_AS_MANY_AS_1996)
    R: Share = parameter(0.5, "share of reserved programs", source=_AS_MANY_AS_1996)
