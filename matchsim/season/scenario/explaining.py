"""A scenario explained: every value of the resolved form with its origin, and the plan of the season."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from matchsim.documents import Path, lines
from matchsim.errors import counted
from matchsim.season.plan import PLAN
from matchsim.season.scenario.loading import LoadedScenario, digest
from matchsim.season.scenario.model import ByType, Counts, Scenario
from matchsim.season.scenario.origins import leaves, origin_of, shared_origins
from matchsim.season.scenario.sanity import people, positions, remarks
from matchsim.season.words import APPLICANT_TYPES

__all__ = ["explanation", "origin", "plan"]

# Comments stand in one column, unless a line is longer than this.
WIDEST = 60


def explanation(loaded: LoadedScenario) -> str:
    """The resolved form as YAML, the origin of every value in a comment, then the plan and remarks.

    Where all values of a part have one origin it stands once, at the head of the part. The text is
    itself a scenario file: loading it gives the same scenario.
    """
    data = loaded.scenario.model_dump(exclude_none=True)
    head = f"{' over '.join(reversed(loaded.document.files))}; digest {digest(loaded.scenario)}"
    parts = [f"# {head}", *_commented(data, loaded), "", "# The plan:"]
    parts += [f"#   {number}. {step}" for number, step in enumerate(plan(loaded.scenario), 1)]
    found = remarks(loaded)
    if found:
        parts += ["", "# Remarks:", *(f"#   {remark}" for remark in found)]
    return "\n".join(parts) + "\n"


def origin(path: Path, value: Any, loaded: LoadedScenario) -> str:
    """Where the resolved value at `path` comes from, in a few words."""
    return str(origin_of(path, value, loaded))


def plan(scenario: Scenario) -> list[str]:
    """The stages of a resolved scenario in order, one sentence each, with what they will deal with."""
    told = []
    for stage in PLAN:
        source, figures = stage.source(scenario), _FIGURES.get(stage.name)
        text = f"given by {source}" if source else stage.told
        told.append(f"{stage.name:<13}{text}{f' ({figures(scenario)})' if figures and not source else ''}")
    return told


def _programs(scenario: Scenario) -> str:
    sizes = scenario.programs.specialties
    assert isinstance(sizes, dict)
    count = sum(size.programs for one in sizes.values() for size in one.tracks().values())
    seats, specialties = counted(positions(scenario), "position"), counted(len(sizes), "specialty")
    return f"{counted(count, 'program')}, {seats}, {specialties}"


def _cohort(scenario: Scenario) -> str:
    registered = scenario.cohort.registered
    assert isinstance(registered, Counts)
    return f"{_total(registered):,} register, {_total(people(scenario)):,} certify a list"


def _couples(scenario: Scenario) -> str:
    number = scenario.couples.number
    assert isinstance(number, int)
    return counted(number, "couple")


def _applications(scenario: Scenario) -> str:
    means = scenario.applications.per_applicant
    if scenario.cohort.file is not None or not isinstance(means, ByType):
        return f"people of {scenario.cohort.file}"
    sent = sum(getattr(people(scenario), t) * getattr(means, t) for t in APPLICANT_TYPES)
    return f"about {counted(round(sent), 'application')} of active people"


def _interviews(scenario: Scenario) -> str:
    given = scenario.interviews
    if scenario.programs.file is not None:
        return counted(given.waves, "wave")
    slots = counted(round(positions(scenario) * given.per_position), "interview slot")
    return f"about {slots}, {counted(given.waves, 'wave')}"


def _match(scenario: Scenario) -> str:
    return f"{scenario.match.proposing} propose"


def _soap(scenario: Scenario) -> str:
    most = counted(scenario.soap.applications, "application")
    return f"{counted(scenario.soap.rounds, 'round')}, at most {most}"


_FIGURES: dict[str, Callable[[Scenario], str]] = {
    "programs": _programs,
    "cohort": _cohort,
    "couples": _couples,
    "applications": _applications,
    "interviews": _interviews,
    "match": _match,
    "soap": _soap,
}


def _total(counts: Counts) -> int:
    return sum(getattr(counts, t) for t in APPLICANT_TYPES)


def _commented(data: dict[str, Any], loaded: LoadedScenario) -> Iterator[str]:
    comments = shared_origins({path: origin_of(path, value, loaded) for path, value in leaves(data)})
    laid = [
        (line, "" if path[:-1] in comments else str(comments.get(path, ""))) for line, path in lines(data)
    ]
    width = max((len(line) for line, comment in laid if comment and len(line) <= WIDEST), default=0)
    for line, comment in laid:
        yield f"{line:<{width}}  # {' '.join(comment.split())}" if comment else line
