"""The scenario: what may be said about a season, each value with its meaning, unit, source and basis.

A scenario as a person writes it may say ``published`` where the figures of the named season are meant;
a *resolved* scenario is the same model with every such word replaced by numbers and nothing implied.
Basis of a default: ``published`` (read in the named source), ``derived`` (arithmetic on published
figures), ``recalled`` (from memory, never a target) or ``assumed`` (chosen by us; not calibrated).

What is written merges, mapping by mapping, over the defaults of this model (``Scenario().model_dump()``):
``needs_visa: {non_us_img: 0.9}`` changes one type and leaves the others at their defaults.
:mod:`matchsim.season.scenario.resolving` then replaces every ``published``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from matchsim.season.scenario.linked import Couples, Reversions
from matchsim.season.scenario.parts import (
    ByType,
    Count,
    Counts,
    Name,
    Part,
    Published,
    Real,
    Share,
    SharesByType,
    Spread,
    Weight,
    WeightsByType,
    kind_of,
    parameter,
    spread,
)
from matchsim.season.words import DIVISIONS, ApplicantType, Track

__all__ = [
    "Applications",
    "ByType",
    "Cohort",
    "Counts",
    "Couples",
    "Interviews",
    "Match",
    "Programs",
    "RankLists",
    "Reversions",
    "Scenario",
    "SharesByType",
    "SignalBudget",
    "Soap",
    "Spread",
    "TrackSize",
    "WeightsByType",
]


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

    mean: Real = parameter(
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
    passing: Annotated[int, Field(ge=1, le=300)] = parameter(
        214,
        "lowest passing score; a lower draw is taken as a pass after another attempt",
        basis="published",
        source="USMLE: 214 until 30 June 2025, then 218",
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
    prior_training: SharesByType = parameter(
        SharesByType(us_md_grad=0.25, us_do_grad=0.25, us_img=0.02, non_us_img=0.01),
        "share with earlier US graduate training, who may take R positions",
    )
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
    quota_spread: Annotated[float, Field(ge=0.0, le=3.0)] = parameter(
        0.6, "standard deviation of the logarithm of program size within a track"
    )
    prestige_quota_correlation: Share = parameter(0.4, "correlation of prestige with log program size")
    openness_sd: Annotated[float, Field(ge=0.0, le=10.0)] = parameter(
        0.6, "how much programs of a specialty differ in their attitude to applicant types", unit="SD"
    )
    sponsors_visa: Share = parameter(
        0.637,
        "share of programs that sponsor visas",
        basis="published",
        source="internal medicine programs accepting J-1, 2022: JGME 14(6):680; taken for all specialties",
    )
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
    signals: Annotated[
        Published | Annotated[dict[Name, SignalBudget], Tag("mapping")], Discriminator(kind_of)
    ] = parameter("published", "signals per specialty; an empty mapping switches them off")


class Attitude(Part):
    """How programs value applicant types beside the file, in SD; by hand, so that rates fall near 2025's."""

    us_md_senior: Real = 0.0
    us_md_grad: Real = -1.15
    us_do_senior: Real = -0.15
    us_do_grad: Real = -1.15
    us_img: Real = -1.35
    non_us_img: Real = -2.2
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


class ApplicantTaste(Part):
    """What applicants like about a program."""

    prestige: Weight = parameter(0.6, "weight of prestige", unit="per SD")
    home: Real = parameter(0.5, "bonus for the home division", unit="SD")
    fit: Weight = parameter(0.6, "personal taste known before the interview", unit="SD")
    interview: Weight = parameter(0.5, "what the interview adds to personal taste", unit="SD")
    preferred: Real = parameter(2.0, "bonus of the preferred specialty over the backup", unit="SD")
    supplemental: Share = parameter(
        1.0, "share of those ranking advanced programs who add supplemental lists, one for each of them"
    )
    first_year_division: Real = parameter(
        0.5, "bonus of a preliminary program in the division of the advanced one", unit="SD"
    )
    first_year_institution: Real = parameter(
        0.5, "further bonus of a preliminary program at the institution of the advanced one", unit="SD"
    )


class ProgramTaste(Part):
    """What programs rank by after the interview."""

    file: Weight = parameter(1.0, "weight of the screening score")
    interview: Weight = parameter(0.8, "what the interview adds", unit="SD")
    unranked: Share = parameter(0.05, "share of interviewed applicants left off the list, from the bottom")


class RankLists(Part):
    """The rank order lists of both sides."""

    folder: str | None = parameter(None, "read both sides' lists from this market folder instead")
    applicant_lists: dict[Name, list[Name]] | None = parameter(
        None, "lists written out here: programs by applicant, best first"
    )
    program_lists: dict[Name, list[Name]] | None = parameter(
        None, "lists written out here: applicants by program, best first"
    )
    quotas: dict[Name, Count] | None = parameter(None, "positions by program, for lists written out here")
    applicants: ApplicantTaste = ApplicantTaste()
    programs: ProgramTaste = ProgramTaste()


class Match(Part):
    """The matching algorithm."""

    proposing: Literal["applicants", "programs"] = parameter(
        "applicants",
        "which side proposes; programs only where there are no couples, supplemental lists and reversions",
        basis="published",
        source="NRMP since 1998: applicants",
    )


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


class Scenario(Part):
    """A season to be simulated."""

    matchsim: Literal[1] = parameter(1, "version of the scenario format")
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,79}$")] = parameter(
        "scenario", "short name: small letters, digits, '-', '_' and '.'"
    )
    title: str = parameter("", "what the charts call it")
    description: str = parameter("", "what it is for")
    season: Literal[2025] = parameter(2025, "the season whose published figures are meant by 'published'")
    seed: Annotated[int, Field(ge=0, lt=2**64)] = parameter(1, "seed of all random streams")
    replicates: Annotated[int, Field(ge=1, le=1_000_000)] = parameter(1, "seasons to simulate")
    cohort: Cohort = Cohort()
    couples: Couples = Couples()
    programs: Programs = Programs()
    applications: Applications = Applications()
    interviews: Interviews = Interviews()
    rank_lists: RankLists = RankLists()
    reversions: Reversions = Reversions()
    match: Match = Match()
    soap: Soap = Soap()
