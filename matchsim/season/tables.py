"""The frozen tables of one season: what each stage reads and what it leaves.

Applicants and programs are numbered from 0 in every table of a season.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matchsim.engine.linked import PARITIES
from matchsim.season.ragged import offsets_of_counts, owners_of
from matchsim.season.words import (
    APPLICANT_TYPES,
    CITIZENSHIPS,
    DIVISIONS,
    ROAD_GATES,
    ROAD_REASONS,
    SETTINGS,
    START_GATES,
    START_REASONS,
    TRACKS,
    VISAS,
)
from matchsim.tables import (
    Bool,
    ColumnSpec,
    Float32,
    Int8,
    Int16,
    Int32,
    Int64,
    Table,
    column,
    offsets,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "SIGNALS",
    "Applicants",
    "Applications",
    "Couples",
    "Interviews",
    "Pathway",
    "Placements",
    "Programs",
    "RankLists",
    "Reversions",
    "SoapRounds",
    "Training",
]

SIGNALS = ("none", "silver", "gold")


@dataclass(frozen=True, eq=False, repr=False)
class Named(Table):
    """A table whose rows have names and whose specialties have words of their own."""

    specialties: tuple[str, ...]
    names: tuple[str, ...]

    def labels_of(self, spec: ColumnSpec) -> tuple[str, ...]:
        """The specialties' words for specialty columns, the declared ones for the others."""
        return self.specialties if spec.name in ("specialty", "preferred", "backup") else spec.labels

    def name_of(self, row: int) -> str:
        """The name of one row: as given in a file, or its letter and number."""
        return self.names[row] if self.names else f"{self.rows[0].upper()}{row + 1:06d}"

    def all_names(self) -> list[str]:
        """The names of all rows, in order."""
        return list(self.names) if self.names else [self.name_of(row) for row in range(len(self))]

    def to_pandas(self, *, labels: bool = True) -> pd.DataFrame:
        """The rows as a data frame, names first; codes become words."""
        frame = super().to_pandas(labels=labels)
        frame.insert(0, self.rows, self.all_names())
        return frame


@dataclass(frozen=True, eq=False, repr=False)
class Applicants(Named):
    """The registered people of a season."""

    rows = "applicant"

    applicant_type: Int8 = column(np.int8, "applicant", "applicant type", labels=APPLICANT_TYPES)
    ability: Float32 = column(
        np.float32, "applicant", "strength of the file beside the exam", unit="SD of US MD seniors"
    )
    step2_ck: Int16 = column(np.int16, "applicant", "USMLE Step 2 CK score, the last one", unit="points")
    step_1_failures: Int8 = column(np.int8, "applicant", "attempts at Step 1 without a pass", unit="attempts")
    step_2_ck_failures: Int8 = column(
        np.int8, "applicant", "attempts at Step 2 CK without a pass", unit="attempts"
    )
    step_3: Bool = column(np.bool_, "applicant", "has passed Step 3")
    preferred: Int16 = column(np.int16, "applicant", "preferred specialty")
    backup: Int16 = column(np.int16, "applicant", "backup specialty, -1 = none")
    division: Int8 = column(
        np.int8, "applicant", "census division with ties, -1 = none", labels=tuple(DIVISIONS)
    )
    citizenship: Int8 = column(
        np.int8, "applicant", "of the United States, its permanent resident, or neither", labels=CITIZENSHIPS
    )
    visa: Int8 = column(np.int8, "applicant", "visa needed for training", labels=VISAS)
    years_since_graduation: Int16 = column(
        np.int16, "applicant", "years from graduation to the match, 0 = graduates this year", unit="years"
    )
    us_clinical_months: Float32 = column(
        np.float32, "applicant", "clinical experience in the United States", unit="months"
    )
    us_letters: Int8 = column(
        np.int8, "applicant", "letters of recommendation from the United States", unit="letters"
    )
    research: Int16 = column(
        np.int16, "applicant", "publications, abstracts and presentations", unit="entries"
    )
    school_tier: Int8 = column(np.int8, "applicant", "quarter of the schools of the type, 1 = first")
    mock_interviews: Int8 = column(
        np.int8, "applicant", "mock interviews held in preparation", unit="interviews"
    )
    budget: Float32 = column(np.float32, "applicant", "can be spent on applications", unit="US dollars")
    prior_training: Bool = column(np.bool_, "applicant", "has earlier US graduate training")

    @property
    def failed_attempts(self) -> Int8:
        """Attempts at both Steps without a pass; int8, shape (applicants,)."""
        return self.step_1_failures + self.step_2_ck_failures

    @property
    def needs_visa(self) -> Bool:
        """Who needs a visa to train; bool, shape (applicants,)."""
        needed: Bool = self.visa > 0
        return needed


@dataclass(frozen=True, eq=False, repr=False)
class Programs(Named):
    """The program tracks of a season."""

    rows = "program"

    specialty: Int16 = column(np.int16, "program", "specialty")
    track: Int8 = column(np.int8, "program", "track", labels=TRACKS)
    quota: Int32 = column(np.int32, "program", "positions offered in the match", unit="positions")
    prestige: Float32 = column(np.float32, "program", "standing within the specialty", unit="SD")
    openness: Float32 = column(
        np.float32, "program", "readiness for applicants other than US MD seniors", unit="SD"
    )
    division: Int8 = column(np.int8, "program", "census division", labels=tuple(DIVISIONS))
    setting: Int8 = column(np.int8, "program", "community or university program", labels=SETTINGS)
    sponsors_j1: Bool = column(np.bool_, "program", "takes people on J-1 visas")
    sponsors_h1b: Bool = column(np.bool_, "program", "sponsors H-1B visas")
    minimum_step2_ck: Int16 = column(
        np.int16, "program", "lowest Step 2 CK score that it considers, 0 = any", unit="points"
    )
    maximum_years: Int16 = column(
        np.int16, "program", "most years since graduation that it considers, -1 = any", unit="years"
    )
    no_failed_attempts: Bool = column(np.bool_, "program", "considers nobody who failed an exam")
    minimum_us_months: Float32 = column(
        np.float32,
        "program",
        "US clinical experience asked of international graduates",
        unit="months",
    )
    certificate_first: Bool = column(
        np.bool_, "program", "asks international graduates for the ECFMG certificate at application"
    )
    competitiveness: Float32 = column(
        np.float32, "program", "share of the specialty's positions filled by US MD seniors"
    )
    institution: Int32 = column(np.int32, "program", "institution, -1 = not known")
    joint_with: Int32 = column(
        np.int32, "program", "the advanced program that this preliminary one is joint with, -1 = none"
    )
    parity: Int8 = column(
        np.int8, "program", "whether it wants an odd or an even number of matches", labels=PARITIES
    )
    institutions: tuple[str, ...] = ()

    def to_pandas(self, *, labels: bool = True) -> pd.DataFrame:
        """The rows as a data frame, names first; codes become words, programs and institutions names."""
        frame = super().to_pandas(labels=labels)
        if labels:
            number = int(self.institution.max(initial=-1)) + 1
            named = self.institutions or [f"I{i + 1:06d}" for i in range(number)]
            for column_, names in (("institution", named), ("joint_with", self.all_names())):
                frame[column_] = np.array([*names, None], dtype=object)[getattr(self, column_)]
        return frame

    def is_track(self, tracks: str) -> Bool:
        """Which programs are of any of these tracks, such as ``"CM"``; bool, shape (programs,)."""
        wanted: Bool = np.array([t in tracks for t in TRACKS])[self.track]
        return wanted

    def pool_of(self) -> Int64:
        """The pool of every program: its specialty, or the last pool for preliminary (P) programs."""
        pool: Int64 = np.where(self.is_track("P"), len(self.specialties), self.specialty).astype(np.int64)
        return pool

    def pools(self) -> tuple[Int64, Int32]:
        """The programs grouped into the pools that people apply in.

        Pool *s* holds the programs of specialty *s* of tracks C, M, A and R; the last pool holds all
        preliminary (P) programs.

        Returns
        -------
        offsets : int64, shape (specialties + 2,)
            Where each pool begins and ends in `members`.
        members : int32, shape (programs,)
            Program numbers, in order within each pool.
        """
        pool = self.pool_of()
        members = np.argsort(pool, kind="stable").astype(np.int32)
        counts = np.bincount(pool, minlength=len(self.specialties) + 1)
        return offsets_of_counts(counts), members


@dataclass(frozen=True, eq=False, repr=False)
class Pathway(Table):
    """How far everybody came on the road to the rank order list deadline."""

    rows = "applicant"

    gate: Int8 = column(
        np.int8,
        "applicant",
        "the gate at which the person failed, -1 = verified at the deadline",
        labels=ROAD_GATES,
    )
    reason: Int8 = column(np.int8, "applicant", "why, -1 = did not fail", labels=ROAD_REASONS)
    applies: Bool = column(np.bool_, "applicant", "can send applications")
    certificate: Bool = column(
        np.bool_, "applicant", "has the ECFMG certificate when applications are read, or needs none"
    )

    @property
    def withdrawn(self) -> Bool:
        """Who is withdrawn or not verified at the deadline; bool, shape (applicants,)."""
        gone: Bool = self.gate >= 0
        return gone


@dataclass(frozen=True, eq=False, repr=False)
class Training(Table):
    """Who of those with a position starts training on the first day."""

    rows = "applicant"

    gate: Int8 = column(
        np.int8,
        "applicant",
        "the gate at which somebody with a position failed, -1 = none",
        labels=START_GATES,
    )
    reason: Int8 = column(np.int8, "applicant", "why, -1 = did not fail", labels=START_REASONS)
    starts: Bool = column(np.bool_, "applicant", "starts training")


@dataclass(frozen=True, eq=False, repr=False)
class Couples(Table):
    """Who wants to match together with whom."""

    rows = "couple"

    first: Int32 = column(np.int32, "couple", "the first member, an applicant")
    second: Int32 = column(np.int32, "couple", "the second member, an applicant")


@dataclass(frozen=True, eq=False, repr=False)
class Reversions(Table):
    """Positions that move to another program of the institution when they stay unfilled."""

    rows = "reversion"

    donor: Int32 = column(np.int32, "reversion", "the program that gives unfilled positions")
    receiver: Int32 = column(np.int32, "reversion", "the program that gets them")
    positions: Int32 = column(np.int32, "reversion", "how many at most", unit="positions")


@dataclass(frozen=True, eq=False, repr=False)
class Applications(Table):
    """Who applied where, in the order of the applicants."""

    rows = "application"

    applicant_offsets: Int64 = offsets("applicant", "application", "each applicant's applications")
    program: Int32 = column(np.int32, "application", "program applied to")
    fit: Float32 = column(
        np.float32, "application", "the applicant's personal taste for the program", unit="SD"
    )
    signal: Int8 = column(np.int8, "application", "signal sent with the application", labels=SIGNALS)
    fees: Float32 = column(
        np.float32, "applicant", "paid for the applications, by the fees of the season", unit="US dollars"
    )

    def applicants(self) -> Int32:
        """The applicant of every application; int32, shape (applications,)."""
        return owners_of(self.applicant_offsets)


@dataclass(frozen=True, eq=False, repr=False)
class Interviews(Table):
    """The interviews held, in the order of the applicants."""

    rows = "interview"

    applicant_offsets: Int64 = offsets("applicant", "interview", "each applicant's interviews")
    program: Int32 = column(np.int32, "interview", "program")
    fit: Float32 = column(np.float32, "interview", "the applicant's taste for the program before", unit="SD")
    score: Float32 = column(np.float32, "interview", "the program's screening score", unit="SD")
    signal: Int8 = column(np.int8, "interview", "signal sent with the application", labels=SIGNALS)
    invitations: Int32 = column(
        np.int32, "applicant", "invitations received by each applicant", unit="invitations"
    )

    def applicants(self) -> Int32:
        """The applicant of every interview; int32, shape (interviews,)."""
        return owners_of(self.applicant_offsets)


@dataclass(frozen=True, eq=False, repr=False)
class RankLists(Table):
    """The certified rank order lists of both sides, best first."""

    rows = "applicant"

    certified: Bool = column(np.bool_, "applicant", "certified a rank order list, and so is active")
    applicant_offsets: Int64 = offsets("applicant", "applicant_rank", "each applicant's primary list")
    applicant_programs: Int32 = column(np.int32, "applicant_rank", "programs on primary lists")
    couple_first: Int32 = column(np.int32, "couple", "the first member, an applicant without primary list")
    couple_second: Int32 = column(np.int32, "couple", "the second member, likewise")
    couple_offsets: Int64 = offsets("couple", "pair", "each couple's list of pairs")
    first_programs: Int32 = column(np.int32, "pair", "the first member's program, -1 = No Match")
    second_programs: Int32 = column(np.int32, "pair", "the second member's program, -1 = No Match")
    supplemental_applicants: Int32 = column(np.int32, "supplemental_list", "whose list it is")
    supplemental_advanced: Int32 = column(
        np.int32, "supplemental_list", "the advanced program ranked that the list hangs on"
    )
    supplemental_offsets: Int64 = offsets("supplemental_list", "supplemental_rank", "each supplemental list")
    supplemental_programs: Int32 = column(
        np.int32, "supplemental_rank", "preliminary programs on supplemental lists"
    )
    program_offsets: Int64 = offsets("program", "program_rank", "each program's list")
    program_applicants: Int32 = column(np.int32, "program_rank", "applicants on program lists")

    def lengths(self) -> Int64:
        """Ranks on every applicant's primary list, or pairs on their couple's; int64, shape (applicants,)."""
        lengths: Int64 = np.diff(self.applicant_offsets)
        for members in (self.couple_first, self.couple_second):
            lengths[members] = np.diff(self.couple_offsets)
        return lengths

    def partners(self) -> Int32:
        """The partner of every applicant who matches in a couple, -1 = none; int32, shape (applicants,)."""
        partner = np.full(len(self), -1, dtype=np.int32)
        partner[self.couple_first], partner[self.couple_second] = self.couple_second, self.couple_first
        return partner


@dataclass(frozen=True, eq=False, repr=False)
class Placements(Table):
    """Where everybody ended: by the algorithm, and in SOAP."""

    rows = "applicant"

    partner: Int32 = column(np.int32, "applicant", "the partner in a couple, -1 = none")
    program_of: Int32 = column(
        np.int32, "applicant", "program matched from the primary list or the couple's, -1 = none"
    )
    rank_of: Int32 = column(np.int32, "applicant", "its place on that list from 0, -1 = none", unit="ranks")
    second_of: Int32 = column(
        np.int32, "applicant", "preliminary program matched from a supplemental list, -1 = none"
    )
    soap_pgy1: Int32 = column(np.int32, "applicant", "PGY-1 program accepted in SOAP, -1 = none")
    soap_later: Int32 = column(np.int32, "applicant", "A or R program accepted in SOAP, -1 = none")
    soap_eligible: Bool = column(np.bool_, "applicant", "could take part in SOAP")
    contact_pgy1: Int32 = column(
        np.int32, "applicant", "PGY-1 program agreed with by contact after SOAP, -1 = none"
    )
    contact_later: Int32 = column(
        np.int32, "applicant", "A or R program agreed with by contact after SOAP, -1 = none"
    )


@dataclass(frozen=True, eq=False, repr=False)
class SoapRounds(Table):
    """What happened in each round of SOAP."""

    rows = "round"

    positions_open: Int32 = column(np.int32, "round", "unfilled positions before the round", unit="positions")
    offers: Int32 = column(np.int32, "round", "offers sent in the round", unit="offers")
    accepted: Int32 = column(np.int32, "round", "offers accepted in the round", unit="offers")
