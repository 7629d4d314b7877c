"""The part of a scenario about people: how many of each type, how strong, and what they want."""

from __future__ import annotations

from typing import Annotated

from pydantic import Discriminator, Field, Tag

from matchsim.season.scenario.attributes import Attributes
from matchsim.season.scenario.parts import (
    Counts,
    Name,
    Part,
    Published,
    Share,
    SharesByType,
    Spread,
    Weight,
    kind_of,
    parameter,
    spread,
)
from matchsim.season.words import DIVISIONS, ApplicantType

__all__ = ["Ability", "Cohort", "Divisions", "Preferences", "Step2CK"]


class Ability(Part):
    """Strength of an application file by type, in standard deviations of US MD seniors."""

    us_md_senior: Spread = parameter(spread(0.0, 1.0), "the yardstick", unit="SD")
    us_md_grad: Spread = parameter(spread(-1.0, 1.0), "graduates of earlier years", unit="SD")
    us_do_senior: Spread = parameter(spread(-0.35, 1.0), "US DO seniors", basis="recalled", unit="SD")
    us_do_grad: Spread = parameter(spread(-1.2, 1.0), "graduates of earlier years", unit="SD")
    us_img: Spread = parameter(spread(-0.9, 1.0), "US citizens from schools abroad", basis="recalled")
    non_us_img: Spread = parameter(spread(-0.3, 1.2), "other international graduates", basis="recalled")
    other: Spread = parameter(spread(-0.3, 1.2), "as non-US international graduates", unit="SD")


class Step2CK(Part):
    """USMLE Step 2 CK: ``mean + sd * z``, z correlated with ability within each type."""

    mean: Annotated[float, Field(ge=1.0, le=300.0)] = parameter(
        250.0,
        "mean of US MD seniors",
        basis="recalled",
        source="USMLE Score Interpretation Guidelines, first takers 2021-24: about 249 (15)",
        unit="points",
    )
    sd: Annotated[float, Field(ge=0.0, le=100.0)] = parameter(
        15.0, "standard deviation", basis="recalled", source="as the mean", unit="points"
    )
    ability_correlation: Share = parameter(0.7, "correlation with ability within a type")
    passing: Annotated[
        Published | Annotated[int, Field(ge=1, le=300), Tag("number")], Discriminator(kind_of)
    ] = parameter(
        "published",
        "lowest passing score; published = the one in force at the season's list deadline",
        unit="points",
    )


Preferences = dict[ApplicantType, dict[Name, Weight]]


class Divisions(Part):
    """A weight for each census division; the defaults are shares of residents, rounded from memory."""

    new_england: Weight = 0.046
    middle_atlantic: Weight = 0.128
    east_north_central: Weight = 0.143
    west_north_central: Weight = 0.065
    south_atlantic: Weight = 0.200
    east_south_central: Weight = 0.059
    west_south_central: Weight = 0.123
    mountain: Weight = 0.075
    pacific: Weight = 0.161

    def weights(self) -> list[float]:
        """The weights in the order of :data:`DIVISIONS`."""
        return [getattr(self, division) for division in DIVISIONS]


class Cohort(Part):
    """The people: how many of each type, how strong, and what they want."""

    file: str | None = parameter(None, "read the applicants from this CSV, Excel or Parquet file instead")
    registered: Annotated[Published | Annotated[Counts, Tag("mapping")], Discriminator(kind_of)] | None = (
        parameter(None, "people who register; left out = as many as are active and withdrawn")
    )
    withdrawn: Annotated[Published | Annotated[Counts, Tag("mapping")], Discriminator(kind_of)] | None = (
        parameter(None, "of the registered, those withdrawn or not verified at the list deadline")
    )
    active: Annotated[Published | Annotated[Counts, Tag("mapping")], Discriminator(kind_of)] = parameter(
        "published", "people who certify a rank order list; exact"
    )
    ability: Ability = Ability()
    step2_ck: Step2CK = Step2CK()
    preferences: Annotated[Published | Annotated[Preferences, Tag("mapping")], Discriminator(kind_of)] = (
        parameter("published", "weight of each specialty as the preferred one, by type")
    )
    backups: Annotated[Published | Annotated[Preferences, Tag("mapping")], Discriminator(kind_of)] = (
        parameter("published", "weight of each specialty as the backup, by type")
    )
    backup_share: Annotated[Published | Annotated[SharesByType, Tag("mapping")], Discriminator(kind_of)] = (
        parameter("published", "share of people who also apply in a backup specialty, by type")
    )
    backup_tilt: Annotated[float, Field(ge=0.0, le=10.0)] = parameter(
        3.0,
        "how much likelier a backup is for those who prefer a competitive specialty: the power of its "
        "competitiveness; the share of each type stays as it is",
    )
    needs_visa: SharesByType = parameter(
        SharesByType(non_us_img=0.8, other=0.5),
        "share who need a visa, by type",
        basis="recalled",
        source="about 0.75-0.85 of matched non-US international graduates enter on J-1",
    )
    prior_training: Annotated[Published | Annotated[SharesByType, Tag("mapping")], Discriminator(kind_of)] = (
        parameter("published", "share with earlier US graduate training, who may take R positions, by type")
    )
    trained_preferences: Annotated[
        Published | Annotated[Preferences, Tag("mapping")], Discriminator(kind_of)
    ] = parameter(
        "published",
        "weight of each specialty as the preferred one of people with earlier training, by type; a type "
        "without weights prefers what its others do",
    )
    attributes: Attributes = Attributes()
    home_ties: SharesByType = parameter(
        SharesByType(
            us_md_senior=1.0,
            us_md_grad=1.0,
            us_do_senior=1.0,
            us_do_grad=1.0,
            us_img=0.8,
            non_us_img=0.3,
            other=0.3,
        ),
        "share with ties to a census division, by type",
    )
    divisions: Divisions = parameter(
        Divisions(),
        "weight of each census division as home",
        basis="recalled",
        source="2020 census, share of residents",
    )
