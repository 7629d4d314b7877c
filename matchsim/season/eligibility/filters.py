"""How many programs a person's circumstances leave open, filter by filter.

A filter looks at the person and at columns of the program table. A new column joins with one more entry
of :data:`FILTERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matchsim.season.pathway import Case
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
    return None if case.needs_visa is None else programs.sponsors_visa


FILTERS: tuple[Filter, ...] = (
    Filter(
        "whole_training", lambda _: "train in the specialty, not a preliminary year alone", _whole_training
    ),
    Filter(
        "prior_training",
        lambda case: "" if case.profile.prior_training else "do not ask for earlier training (track R)",
        _unreserved,
    ),
    Filter("visa", lambda case: "" if case.needs_visa is False else "sponsor a visa", _sponsoring),
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
