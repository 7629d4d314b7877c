"""One person's checklist: every gate with its verdict, what it costs, and the programs left open."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from itertools import chain
from typing import Any

from matchsim.errors import check_kind
from matchsim.season.eligibility.consistency import inconsistencies
from matchsim.season.eligibility.costs import Cost, costs, not_counted, total
from matchsim.season.eligibility.filters import Remaining, remaining
from matchsim.season.pathway import GATES, STATUSES, Case, Gate, Status, Verdict, judged
from matchsim.season.plan import PLAN
from matchsim.season.profile import Profile, contradictions, parsed_profile
from matchsim.season.rules import Rules, load_rules, season_of
from matchsim.season.rules.model import Requirement, Sourced, SourcedDate
from matchsim.season.scenario import load_scenario
from matchsim.season.tables import Programs
from matchsim.streams import Streams

__all__ = ["NOTICE", "Checklist", "Item", "as_data", "checklist", "eligibility"]

FORMAT = 1
NOTICE = (
    "This is information, not advice. Rules, dates and fees change, and values that are third-party, "
    "recalled or inferred may be wrong: check them with ECFMG, NRMP, AAMC and the programs."
)


@dataclass(frozen=True)
class Item:
    """One gate of a checklist."""

    gate: Gate
    verdict: Verdict
    requirement: Requirement
    by: SourcedDate
    until: SourcedDate
    costs: tuple[Cost, ...]


@dataclass(frozen=True)
class Checklist:
    """Everything that is said to one person.

    Parameters
    ----------
    case
        The profile, the rules and the day.
    items
        The gates that concern the person, in the order of the road.
    costs
        What is behind and what is ahead, in the same order.
    programs
        By specialty wanted: the programs left after each filter. Specialties that are matched outside the
        NRMP are not among them.
    scenario
        The scenario whose programs were counted.
    """

    case: Case
    items: tuple[Item, ...]
    costs: tuple[Cost, ...]
    programs: dict[str, list[Remaining]]
    scenario: str

    def counts(self) -> dict[Status, int]:
        """How many gates have each status."""
        found = Counter(item.verdict.status for item in self.items)
        return {status: found[status] for status in STATUSES}


def eligibility(
    source: str | os.PathLike[str],
    *,
    season: int | str | os.PathLike[str] | None = None,
    today: date | None = None,
    scenario: str = "us-2025",
) -> Checklist:
    """The checklist of the profile in a file.

    Parameters
    ----------
    source
        The file, or the name of a shipped profile.
    season
        The year of the match or a rule file; left out, the first season whose training is still to begin.
    today
        The day on which to judge; left out, the day on the clock.
    scenario
        The scenario whose programs are counted.

    Raises
    ------
    InputError
        With every problem of the profile, the rules or the scenario, and its place.
    """
    loaded = parsed_profile(source)
    day = date.today() if today is None else _day(today)
    rules = season_of(day) if season is None else load_rules(season)
    found = load_scenario(scenario)
    (stage,) = (stage for stage in PLAN if stage.name == "programs")
    programs: Programs = stage.function(found)(found, Streams(found.seed))
    case = Case(loaded.profile, rules, day)
    loaded.refuse(chain(contradictions(loaded.profile), inconsistencies(case, programs.specialties)))
    return checklist(loaded.profile, rules, day, programs, scenario)


def _day(today: date) -> date:
    """A day without the time of day that Python and pandas may have put to it."""
    check_kind("today", today, date, "write datetime.date(2026, 11, 25), say")
    return date(today.year, today.month, today.day)


def checklist(profile: Profile, rules: Rules, today: date, programs: Programs, scenario: str) -> Checklist:
    """The checklist of a person whose specialties are all among those of `programs` or matched elsewhere."""
    case = Case(profile, rules, today)
    verdicts = judged(case)
    priced = costs(case, verdicts)
    items = tuple(
        Item(
            gate,
            verdicts[gate.name],
            case.requirement(gate.name),
            case.due(gate.name),
            case.end(gate.name),
            tuple(cost for cost in priced if cost.gate == gate.name),
        )
        for gate in GATES
        if gate.name in verdicts
    )
    return Checklist(
        case,
        items,
        tuple(priced),
        {
            specialty: remaining(case, programs, specialty)
            for specialty in profile.specialties
            if specialty in programs.specialties
        },
        scenario,
    )


def as_data(found: Checklist) -> dict[str, Any]:
    """The checklist as plain data, for JSON; dates are written YYYY-MM-DD, money is US dollars."""
    case = found.case
    return {
        "format": FORMAT,
        "season": case.rules.season,
        "date": case.today.isoformat(),
        "name": case.profile.name,
        "applicant_type": case.profile.applicant_type,
        "counts": found.counts(),
        "gates": [_item_data(item) for item in found.items],
        "costs": {
            "entries": [_cost_data(cost) for cost in found.costs],
            "behind": total(found.costs, ahead=False),
            "ahead": total(found.costs, ahead=True),
            "budget": case.profile.budget,
            "not_counted": not_counted(case),
        },
        "programs": {
            "scenario": found.scenario,
            "specialties": {name: [asdict(row) for row in rows] for name, rows in found.programs.items()},
        },
        "notice": NOTICE,
    }


def _item_data(item: Item) -> dict[str, Any]:
    return {
        "gate": item.gate.name,
        "title": item.gate.title,
        "kind": item.gate.kind,
        "status": item.verdict.status,
        "reason": item.verdict.reason,
        "asks": item.requirement.asks,
        "asked_by": item.requirement.asked_by,
        "by": {"date": item.by.value.isoformat(), **_grounds(item.by)},
        "until": {"date": item.until.value.isoformat(), **_grounds(item.until)},
        "costs": [_cost_data(cost) for cost in item.costs],
        "rule": _grounds(item.requirement),
    }


def _cost_data(cost: Cost) -> dict[str, Any]:
    return {
        "gate": cost.gate,
        "for": cost.told,
        "amount": cost.amount,
        "ahead": cost.ahead,
        **_grounds(cost.fee),
    }


def _grounds(value: Sourced) -> dict[str, Any]:
    return {"basis": value.basis, "source": value.source, "note": value.note}
