"""The part of a scenario about programs: how many, how large, where, and how they differ."""

from __future__ import annotations

from typing import Annotated

from pydantic import Discriminator, Field, Tag

from matchsim.season.scenario.cohort import Divisions
from matchsim.season.scenario.parts import Count, Name, Part, Published, Real, Share, kind_of, parameter
from matchsim.season.scenario.requirements import Requirements
from matchsim.season.words import Track

__all__ = ["WHOLE", "Programs", "Specialty", "TrackSize"]

# In sizes by specialty, the entry for all specialties together.
WHOLE = "all"

Sizes = Annotated[
    Annotated[Count, Tag("number")] | Annotated[dict[Name, Count], Tag("mapping")], Discriminator(kind_of)
]


class TrackSize(Part):
    """Programs and positions of one track of a specialty."""

    programs: Count = parameter(0, "program tracks with at least one position", unit="programs")
    positions: Count = parameter(0, "positions offered", unit="positions")


class Specialty(Part):
    """One specialty: its tracks and how sought after it is."""

    C: TrackSize | None = parameter(None, "categorical")
    M: TrackSize | None = parameter(None, "primary care")
    P: TrackSize | None = parameter(None, "preliminary and transitional year")
    A: TrackSize | None = parameter(None, "advanced, starts a year later")
    R: TrackSize | None = parameter(None, "reserved for physicians with earlier training")
    competitiveness: Share | None = parameter(
        None, "share of its positions filled by US MD seniors; 0.5 where nothing is known", basis="derived"
    )

    def tracks(self) -> dict[Track, TrackSize]:
        """The tracks that this specialty has."""
        sizes: dict[Track, TrackSize | None] = {
            "C": self.C,
            "M": self.M,
            "P": self.P,
            "A": self.A,
            "R": self.R,
        }
        return {track: size for track, size in sizes.items() if size is not None}


class Programs(Part):
    """The programs: how many, how large, where, and how they differ."""

    file: str | None = parameter(None, "read the programs from this CSV, Excel or Parquet file instead")
    specialties: Annotated[
        Published | Annotated[list[Name], Tag("list")] | Annotated[dict[Name, Specialty], Tag("mapping")],
        Discriminator(kind_of),
    ] = parameter("published", "published, some published specialties by name, or sizes by specialty")
    positions: Sizes | None = parameter(
        None,
        "positions in all, or by specialty with 'all' for the whole: another size of the specialties above. "
        "Those not named share the rest in proportion, tracks within a specialty too; left out = as above",
        unit="positions",
    )
    number: Sizes | None = parameter(
        None,
        "program tracks in all, or by specialty, likewise; left out = in proportion to positions",
        unit="programs",
    )
    quota_spread: Annotated[float, Field(ge=0.0, le=3.0)] = parameter(
        0.6, "standard deviation of the logarithm of program size within a track"
    )
    prestige_quota_correlation: Share = parameter(0.4, "correlation of prestige with log program size")
    openness_sd: Annotated[float, Field(ge=0.0, le=10.0)] = parameter(
        0.6, "how much programs of a specialty differ in their attitude to applicant types", unit="SD"
    )
    university: Share = parameter(
        0.4, "share of university programs, the more prestigious ones first", source="not published as such"
    )
    university_prestige: Share = parameter(0.6, "correlation of being a university program with prestige")
    community_openness: Real = parameter(
        0.3,
        "how much readier community programs are, and university programs are not, for applicants other than "
        "US MD seniors",
        source="by hand; positions of internal medicine filled by international graduates in 2019: community "
        "55%, university 22% (PMC7878164; PMC7210370)",
        unit="SD",
    )
    requirements: Requirements = Requirements()
    divisions: Divisions = parameter(
        Divisions(),
        "weight of each census division as a program's place",
        basis="assumed",
        source="as residents, 2020 census",
    )
    per_institution: Annotated[float, Field(ge=1.0, le=1000.0)] = parameter(
        7.0,
        "mean number of programs at one institution",
        basis="recalled",
        source="6,626 tracks at the institutions that sponsor residencies, of which there are about 900",
        unit="programs",
    )
    institution_spread: Annotated[float, Field(ge=0.0, le=3.0)] = parameter(
        0.8, "standard deviation of the logarithm of how many specialties institutions have"
    )
