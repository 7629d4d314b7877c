"""From a year or a file to the rules of a season."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path

from pydantic import BaseModel

from matchsim import documents
from matchsim.documents import Document, merged, sorted_problems, validated
from matchsim.documents.nodes import Path as Steps
from matchsim.documents.validation import said
from matchsim.errors import InputError, Problem, did_you_mean, shown
from matchsim.season.rules.model import Dated, Rules, Schedule, Sourced

__all__ = ["load_rules", "season_of", "shipped_seasons", "sourced_values"]

# Days of the calendar that must follow one another, each pair earlier and later.
ORDER = (
    ("eras_opens", "eras_submission_opens"),
    ("eras_submission_opens", "programs_review"),
    ("programs_review", "rank_list_deadline"),
    ("residencycas_review", "rank_list_deadline"),
    ("registration_opens", "standard_registration_ends"),
    ("standard_registration_ends", "rank_list_deadline"),
    ("quota_change_ends", "rank_list_deadline"),
    ("pathways_open", "pathways_last_application"),
    ("pathways_last_application", "rank_list_deadline"),
    ("oet_advised_by", "rank_list_deadline"),
    ("ranking_opens", "rank_list_deadline"),
    ("rank_list_deadline", "match_week_begins"),
    ("match_week_begins", "match_day"),
    ("match_day", "training_starts"),
    ("pathways_last_application", "pathways_documents_due"),
    ("pathways_documents_due", "training_starts"),
    ("eras_submission_opens", "eras_closes"),
)


def load_rules(season: int | str | os.PathLike[str]) -> Rules:
    """The rules of a season.

    Parameters
    ----------
    season
        The year of the match (``2026``), or the path of a rule file. Such a file may say
        ``extends: 2026`` and then only what differs; mappings merge key by key.

    Raises
    ------
    InputError
        With every problem found and its place.

    Examples
    --------
    >>> rules = load_rules(2026)
    >>> rules.calendar.rank_list_deadline.value.isoformat()
    '2026-03-04'
    >>> rules.calendar.rank_list_deadline.basis
    'recalled'
    """
    name = str(season)
    return _shipped(name) if name in shipped_seasons() else _read(name)


def shipped_seasons() -> dict[str, Traversable]:
    """The rule files that come with matchsim, by year."""
    entries = sorted((files("matchsim.data") / "seasons").iterdir(), key=lambda entry: entry.name)
    return {entry.name.removesuffix(".yaml"): entry for entry in entries if entry.name.endswith(".yaml")}


def season_of(today: date) -> Rules:
    """The first season whose training has not begun on that day; the last one shipped after that."""
    seasons = [load_rules(year) for year in shipped_seasons()]
    ahead = [rules for rules in seasons if today < rules.calendar.training_starts.value]
    return ahead[0] if ahead else seasons[-1]


def sourced_values(rules: Rules) -> Iterator[tuple[str, Sourced]]:
    """Every value with a source, with its dotted path, in the order of the model."""
    for path, value in _walk(rules, ()):
        yield documents.dotted(path), value


@cache
def _shipped(name: str) -> Rules:
    text = documents.decoded(shipped_seasons()[name].read_bytes(), f"{name}.yaml")
    return _valid(documents.parsed_document(text, f"{name}.yaml"))


def _read(name: str) -> Rules:
    path = Path(name)
    if not path.suffix and not path.exists():
        years = list(shipped_seasons())
        told = Problem(
            f"there are no rules of the season {shown(name)}",
            remedy=f"{did_you_mean(name, years)} shipped: {', '.join(years)}".strip(),
        )
        raise InputError(told)
    return _valid(_over_its_base(documents.read_document(name)))


def _over_its_base(document: Document) -> Document:
    """The document laid over the season shipped that it extends, if it extends one."""
    extends = document.node(("extends",))
    if extends is None:
        return document
    shipped = shipped_seasons()
    base = str(extends.value)
    if base not in shipped:
        told = f"must be a season that is shipped, got {said(extends.value)}"
        raise InputError(Problem(told, extends.place, "extends", f"shipped: {', '.join(shipped)}"))
    text = documents.decoded(shipped[base].read_bytes(), f"{base}.yaml")
    return merged(documents.parsed_document(text, f"{base}.yaml"), document.without("extends"))


def _valid(document: Document) -> Rules:
    rules = validated(document, Rules)
    found = [
        Problem(problem.message, document.place_of(path), documents.dotted(path), problem.remedy)
        for path, problem in _contradictions(rules, document)
    ]
    if found:
        raise InputError(sorted_problems(found, document.files))
    return rules


def _contradictions(rules: Rules, document: Document) -> Iterator[tuple[Steps, Problem]]:
    for earlier, later in ORDER:
        first, second = (getattr(rules.calendar, name).value for name in (earlier, later))
        if first > second:
            yield _out_of_order(document, (earlier, first), (later, second))
    if rules.calendar.match_day.value.year != rules.season:
        told = f"must be the year of match_day, got {rules.season}"
        yield ("season",), Problem(told)
    for name in ("eras", "residencycas"):
        yield from _bracket_problems(("fees", name, "value"), getattr(rules.fees, name))
    for name in type(rules.exams).model_fields:
        for part in ("passing", "attempts"):
            yield from _unsorted(("exams", name, part), getattr(getattr(rules.exams, name), part))


def _out_of_order(
    document: Document, earlier: tuple[str, date], later: tuple[str, date]
) -> tuple[Steps, Problem]:
    """Told where the file on top says it, for that is what its author can change."""
    written = [document.place_of(("calendar", name, "value")).file for name, _ in (earlier, later)]
    told = f"must not be before {earlier[0]}, which is {earlier[1].isoformat()}, got {later[1].isoformat()}"
    if written[0] == document.file != written[1]:
        told = f"must not be after {later[0]}, which is {later[1].isoformat()}, got {earlier[1].isoformat()}"
        return ("calendar", earlier[0], "value"), Problem(told)
    return ("calendar", later[0], "value"), Problem(told)


def _bracket_problems(path: Steps, schedule: Schedule) -> Iterator[tuple[Steps, Problem]]:
    before = 0
    for number, bracket in enumerate(schedule.value):
        if (bracket.flat is None) == (bracket.each is None):
            yield (*path, number), Problem("must have either 'flat' or 'each'")
        last = number == len(schedule.value) - 1
        if last != (bracket.up_to is None):
            yield (*path, number), Problem("'up_to' must stand in every bracket but the last")
        elif bracket.up_to is not None:
            if bracket.up_to <= before:
                told = f"must be above the bracket before, which ends at {before}, got {bracket.up_to}"
                yield (*path, number, "up_to"), Problem(told)
            before = bracket.up_to
        elif bracket.flat is not None:
            yield (*path, number), Problem("the last bracket must have 'each'")


def _unsorted(path: Steps, entries: list[Dated]) -> Iterator[tuple[Steps, Problem]]:
    for number, (one, other) in enumerate(pairwise(entries), start=1):
        if one.since >= other.since:
            told = f"must be after the entry before, {one.since.isoformat()}, got {other.since.isoformat()}"
            yield (*path, number, "since"), Problem(told)


def _walk(part: object, path: Steps) -> Iterator[tuple[Steps, Sourced]]:
    if isinstance(part, Sourced):
        yield path, part
    elif isinstance(part, list):
        for number, item in enumerate(part):
            yield from _walk(item, (*path, number))
    elif isinstance(part, dict):
        for key, item in part.items():
            yield from _walk(item, (*path, key))
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from _walk(getattr(part, name), (*path, name))
