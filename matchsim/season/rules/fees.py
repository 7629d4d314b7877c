"""What applying and matching cost under the rules of a season, in US dollars."""

from __future__ import annotations

from datetime import date

from matchsim.season.rules.model import Rules, Schedule

__all__ = ["application_fee", "extra_ranks", "is_late", "registration_fee", "schedule_of", "specialty_fee"]


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

    Examples
    --------
    22 programs ranked, two of them beyond those included: $70 + 2 x $30.

    >>> from matchsim.season.rules import load_rules
    >>> registration_fee(load_rules(2026), primary=22)
    130.0
    """
    fees, most = rules.fees, rules.limits.ranks.value
    for name, codes in (("primary", primary), ("supplemental", supplemental)):
        if not 0 <= codes <= most:
            raise ValueError(f"{name} must be 0 to {most} program codes, got {codes}")
    late = registered is not None and is_late(rules, registered)
    return (
        fees.nrmp_registration.value
        + (fees.nrmp_late_registration.value if late else 0.0)
        + extra_ranks(rules, primary, supplemental) * fees.nrmp_extra_rank.value
        + (fees.nrmp_couple.value if couple else 0.0)
    )


def extra_ranks(rules: Rules, primary: int, supplemental: int = 0) -> int:
    """The program codes beyond those that the registration fee includes."""
    limits = rules.limits
    beyond = max(0, primary - limits.ranks_included.value)
    return beyond + max(0, supplemental - limits.supplemental_ranks_included.value)


def is_late(rules: Rules, registered: date) -> bool:
    """Whether registering on this day costs the late fee."""
    return registered > rules.calendar.standard_registration_ends.value
