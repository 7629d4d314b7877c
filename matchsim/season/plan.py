"""The plan of a season: its stages in order, what each reads and makes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from matchsim.season.scenario.model import Scenario

__all__ = ["PLAN", "Stage"]


@dataclass(frozen=True)
class Stage:
    """One stage: a pure function of the scenario, the streams and earlier tables.

    Parameters
    ----------
    name
        Also the name of the table that it makes.
    reads
        The tables that it reads, by name, in the order of the function's arguments.
    told
        What it does, in one sentence.
    """

    name: str
    reads: tuple[str, ...]
    told: str

    def source(self, scenario: Scenario) -> str:
        """The file or written lists that replace the stage in this scenario; "" where it is simulated."""
        lists = scenario.rank_lists
        if lists.folder is not None:
            replacement = lists.folder
        elif lists.applicant_lists is not None:
            replacement = "the lists written in the scenario"
        else:
            replacement = ""
        if self.name == "couples" and not replacement:
            return scenario.cohort.file or ""
        if self.name == "pathway":
            return scenario.cohort.file or replacement
        part = {"programs": scenario.programs, "cohort": scenario.cohort}.get(self.name)
        file = {
            "programs": scenario.programs.file,
            "cohort": scenario.cohort.file,
            "applications": scenario.applications.file,
            "interviews": scenario.interviews.file,
        }.get(self.name)
        if self.name in ("match", "soap", "training"):
            return ""
        if file is not None and (part is not None or not replacement):
            return file
        return replacement

    def function(self, scenario: Scenario) -> Callable[..., Any]:
        """The function to call: the stage's own, or the reader of the file that replaces it."""
        if self.source(scenario):
            return getattr(import_module("matchsim.season.given"), self.name)  # type: ignore[no-any-return]
        return getattr(import_module(f"matchsim.season.{self.name}"), self.name)  # type: ignore[no-any-return]


PLAN = (
    Stage("programs", (), "programs: sizes, standing, place, attitudes"),
    Stage("cohort", ("programs",), "people: types, ability, exam, specialties, ties, visa need"),
    Stage("pathway", ("cohort",), "who is stopped at which gate before the rank order list deadline"),
    Stage("couples", ("cohort", "pathway"), "who matches together with whom"),
    Stage(
        "applications",
        ("cohort", "pathway", "programs"),
        "who applies where, with which signals, what it costs",
    ),
    Stage(
        "interviews",
        ("cohort", "pathway", "programs", "applications"),
        "screening, invitations in waves, acceptances",
    ),
    Stage(
        "rank_lists",
        ("cohort", "pathway", "programs", "couples", "applications", "interviews"),
        "both sides' rank order lists after the interviews, certified",
    ),
    Stage("reversions", ("programs",), "where positions go that stay unfilled"),
    Stage(
        "match",
        ("programs", "rank_lists", "reversions"),
        "Roth and Peranson's algorithm, checked for stability",
    ),
    Stage("soap", ("cohort", "pathway", "programs", "match"), "unfilled positions offered in rounds"),
    Stage(
        "training",
        ("cohort", "programs", "match", "soap"),
        "who of those with a position starts: certified, visa issued",
    ),
)
