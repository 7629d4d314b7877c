"""What applying and matching cost under the rules of a season, in US dollars."""

from __future__ import annotations

from datetime import date

from matchsim.season.rules.model import Rules, Schedule

__all__ = ["application_fee", "registration_fee", "schedule_of", "specialty_fee"]


def application_fee(schedule: Schedule, applications: int) -> float:
    """What this many applications to one specialty cost.

    Every bracket takes its share of the applications: a flat amount as soon as one falls into it, or an
    amount for each.

    Raises
    ------
    ValueError
        When `applications` is negative.

    Examples
    --------
    AAMC's own example for ERAS, 43 in internal medicine and 7 in radiology: $797. SAEM's example for
    ResidencyCAS, 46 in emergency medicine: $683.

    >>> from matchsim.season.rules import load_rules
    >>> fees = load_rules(2026).fees
    >>> application_fee(fees.eras, 43) + application_fee(fees.eras, 7)
    797.0
    >>> application_fee(fees.residencycas, 46)
    683.0
    """
    if applications < 0:
        raise ValueError(f"applications must be >= 0, got {applications}")
    total, before = 0.0, 0
    for bracket in schedule.value:
        end = applications if bracket.up_to is None else min(applications, bracket.up_to)
        inside = max(0, end - before)
        if bracket.flat is not None:
            total += bracket.flat if inside else 0.0
        elif bracket.each is not None:
            total += bracket.each * inside
        before = max(before, end)
    return total


def schedule_of(rules: Rules, specialty: str) -> Schedule:
    """The fees of the service through which programs of the specialty take applications."""
    other = rules.services.get(specialty)
    return rules.fees.residencycas if other is not None and other.value == "ResidencyCAS" else rules.fees.eras


def specialty_fee(rules: Rules, specialty: str, applications: int) -> float:
    """What this many applications to the specialty cost through its service; transcripts are apart."""
    return application_fee(schedule_of(rules, specialty), applications)


def registration_fee(
    rules: Rules, primary: int, supplemental: int = 0, *, couple: bool = False, registered: date | None = None
) -> float:
    """What NRMP charges one person.

    Parameters
    ----------
    primary, supplemental
        Unique program codes on the primary list, and on all supplemental lists together.
    couple
        Whether the person matches as one of a couple; the partner pays the same again.
    registered
        The day of registration, which may be late; None stands for in time.

    Raises
    ------
    ValueError
        When a number of codes is negative, or above what a list may hold.
    """
    fees, limits = rules.fees, rules.limits
    for name, codes in (("primary", primary), ("supplemental", supplemental)):
        if not 0 <= codes <= limits.ranks.value:
            raise ValueError(f"{name} must be 0 to {limits.ranks.value} program codes, got {codes}")
    extra = max(0, primary - limits.ranks_included.value)
    extra += max(0, supplemental - limits.supplemental_ranks_included.value)
    late = registered is not None and registered > rules.calendar.standard_registration_ends.value
    return (
        fees.nrmp_registration.value
        + (fees.nrmp_late_registration.value if late else 0.0)
        + extra * fees.nrmp_extra_rank.value
        + (fees.nrmp_couple.value if couple else 0.0)
    )
