"""What programs require of applicants whatever their file, as thresholds on what applicants have.

Every requirement is a number that the program asks and one that the applicant has; the applicant meets it
where the second is not below the first. Both sides are tables with a column for each requirement, so that
a new one is a new column here, and the stages that look at requirements need not know which there are.
"""

from __future__ import annotations

import numpy as np

from matchsim.season.tables import Applicants, Pathway, Programs
from matchsim.season.words import APPLICANT_TYPES, INTERNATIONAL, VISAS
from matchsim.tables import Bool, Float32

__all__ = ["KNOWN_TO_ALL", "REQUIREMENTS", "asked", "had", "unmet"]

REQUIREMENTS = (
    "j1",
    "h1b",
    "prior_training",
    "step2_ck",
    "graduation",
    "failed_attempts",
    "us_clinical_months",
    "certificate",
)
# Nobody overlooks the first of them.
KNOWN_TO_ALL = 3

_ABROAD = np.array([t in INTERNATIONAL for t in APPLICANT_TYPES])


def asked(programs: Programs) -> Float32:
    """What programs ask; float32, shape (programs, requirements), minus infinity where they ask nothing."""
    years = programs.maximum_years.astype(np.float32)
    columns = (
        ~programs.sponsors_j1,
        ~programs.sponsors_h1b,
        programs.is_track("R"),
        programs.minimum_step2_ck,
        np.where(years >= 0, -years, -np.inf),
        np.where(programs.no_failed_attempts, 0.0, -np.inf),
        programs.minimum_us_months,
        programs.certificate_first,
    )
    return np.stack([np.asarray(c, dtype=np.float32) for c in columns], axis=1)


def had(applicants: Applicants, pathway: Pathway) -> Float32:
    """What applicants have to meet it with; float32, shape (applicants, requirements).

    On a J-1 visa: 0 for who needs one, who can train only where it is taken, and 1 for the others.
    On an H-1B visa likewise, and -1 for who needs one without having passed Step 3.
    """
    on_j1 = applicants.visa == VISAS.index("j1")
    on_h1b = applicants.visa == VISAS.index("h1b")
    columns = (
        ~on_j1,
        np.where(on_h1b, np.where(applicants.step_3, 0.0, -1.0), 1.0),
        applicants.prior_training,
        applicants.step2_ck,
        -applicants.years_since_graduation.astype(np.float32),
        -applicants.failed_attempts.astype(np.float32),
        np.where(_ABROAD[applicants.applicant_type], applicants.us_clinical_months, np.inf),
        pathway.certificate,
    )
    return np.stack([np.asarray(c, dtype=np.float32) for c in columns], axis=1)


def unmet(has: Float32, asks: Float32) -> Bool:
    """Which requirements are not met, pair by pair; bool, shape (pairs, requirements)."""
    missing: Bool = has < asks
    return missing
