"""How many programs a person's circumstances leave open, filter by filter.

A filter looks at the person and at columns of the program table. A new column joins with one more entry
of :data:`FILTERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matchsim.season.pathway import Case
from matchsim.season.pathway.exams import outcome, taken
from matchsim.season.tables import Programs
from matchsim.tables import Bool

__all__ = ["FILTERS", "Filter", "Remaining", "remaining"]


@dataclass(frozen=True)
class Filter:
    """One reason for which programs drop out.

    Parameters
    ----------
    name
        A short name, for JSON.
    told
        What the programs that are left have in common; "" where it does not concern the person.
    keeps
        The programs that it keeps for a person; None where the profile does not decide.
    """

    name: str
    told: Callable[[Case], str]
    keeps: Callable[[Case, Programs], Bool | None]


@dataclass(frozen=True)
class Remaining:
    """What is left of a specialty's programs after one filter.

    Parameters
    ----------
    filter
        Its name; ``all`` for the row before the first filter.
    told
        What the programs that are left have in common.
    programs
        How many are left; as before where the filter was not applied.
    positions
        The positions that they offer.
    applied
        Whether the profile said enough to apply it.
    """

    filter: str
    told: str
    programs: int
    positions: int
    applied: bool


def _whole_training(case: Case, programs: Programs) -> Bool:  # noqa: ARG001 - a filter's signature
    """Preliminary years drop out, unless the specialty has nothing else."""
    preliminary = programs.is_track("P")
    only_preliminary = np.ones(len(programs.specialties), dtype=np.bool_)
    only_preliminary[programs.specialty[~preliminary]] = False
    kept: Bool = ~preliminary | only_preliminary[programs.specialty]
    return kept


def _unreserved(case: Case, programs: Programs) -> Bool | None:
    """Positions reserved for physicians (R) drop out for people without earlier training."""
    return None if case.profile.prior_training is None else ~programs.is_track("R")


def _sponsoring(case: Case, programs: Programs) -> Bool | None:
    """Programs that sponsor no visa drop out for people who need one."""
    if case.needs_visa is None:
        return None
    return programs.sponsors_h1b if case.profile.visa == "h1b" else programs.sponsors_j1


def _score(case: Case, programs: Programs) -> Bool | None:
    """Programs with a lowest Step 2 CK score above the person's drop out."""
    scores = [one.score for one in taken(case, "step_2_ck") if one.score is not None]
    kept: Bool | None = programs.minimum_step2_ck <= max(scores) if scores else None
    return kept


def _graduation(case: Case, programs: Programs) -> Bool | None:
    """Programs that consider only later graduates drop out."""
    year = case.profile.graduation_year
    if year is None:
        return None
    most = programs.maximum_years
    kept: Bool = (most < 0) | (case.rules.season - year <= most)
    return kept


def _attempts(case: Case, programs: Programs) -> Bool | None:
    """Programs that consider nobody who failed an exam drop out for who did."""
    outcomes = [
        outcome(one, getattr(case.rules.exams, exam))
        for exam in ("step_1", "step_2_ck")
        for one in taken(case, exam)
    ]
    if "failed" in outcomes:
        return ~programs.no_failed_attempts
    return None if "unknown" in outcomes else np.ones(len(programs), dtype=np.bool_)


def _clinical_months(case: Case, programs: Programs) -> Bool | None:
    """Programs that ask for more clinical months in the United States drop out."""
    months = case.profile.us_clinical_months
    kept: Bool | None = None if months is None else programs.minimum_us_months <= months
    return kept


def _certificate(case: Case, programs: Programs) -> Bool:
    """Programs that ask for the ECFMG certificate at application drop out for who had none then."""
    issued = case.profile.done.ecfmg_certificate
    read = case.day("programs_review")
    kept: Bool = ~programs.certificate_first | (issued is not None and issued <= read)
    return kept


def _abroad(told: str) -> Callable[[Case], str]:
    """Words about international graduates alone."""
    return lambda case: told if case.needs_ecfmg is not False else ""


FILTERS: tuple[Filter, ...] = (
    Filter(
        "whole_training", lambda _: "train in the specialty, not a preliminary year alone", _whole_training
    ),
    Filter(
        "prior_training",
        lambda case: "" if case.profile.prior_training else "do not ask for earlier training (track R)",
        _unreserved,
    ),
    Filter("visa", lambda case: "" if case.needs_visa is False else "sponsor your visa", _sponsoring),
    Filter("step2_ck", lambda _: "ask for no higher Step 2 CK score", _score),
    Filter("graduation", lambda _: "take graduates of your year", _graduation),
    Filter("failed_attempts", lambda _: "accept your attempts at exams", _attempts),
    Filter("us_clinical_months", _abroad("ask for no more US clinical months"), _clinical_months),
    Filter("certificate", _abroad("do not ask for the certificate earlier"), _certificate),
)


def remaining(case: Case, programs: Programs, specialty: str) -> list[Remaining]:
    """The programs of a specialty that are left after each filter that concerns the person.

    The filters stand one on top of the other; the first row is before any of them.
    """
    left: Bool = programs.specialty == programs.specialties.index(specialty)
    rows = [_row("all", "all programs", programs, left, applied=True)]
    for one in FILTERS:
        told = one.told(case)
        if not told:
            continue
        kept = one.keeps(case, programs)
        if kept is not None:
            left = left & kept
        rows.append(_row(one.name, told, programs, left, applied=kept is not None))
    return rows


def _row(name: str, told: str, programs: Programs, left: Bool, *, applied: bool) -> Remaining:
    return Remaining(name, told, int(left.sum()), int(programs.quota[left].sum()), applied)
