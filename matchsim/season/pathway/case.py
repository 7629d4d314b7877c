"""One person before the rules of one season on one day, and what a gate says about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from matchsim.season.days import in_words
from matchsim.season.profile.model import Profile
from matchsim.season.rules.model import Dated, Requirement, Rules, SourcedDate

__all__ = ["STATUSES", "Case", "Status", "Verdict", "in_force", "listed"]

Status = Literal["done", "missing", "failed", "not needed", "cannot be judged"]
STATUSES: tuple[Status, ...] = ("done", "missing", "failed", "not needed", "cannot be judged")


# Exams that the schools and programs of people without need of ECFMG ask for.
SCHOOL_EXAMS = frozenset(["step_1", "step_2_ck", "comlex_level_1", "comlex_level_2_ce"])


@dataclass(frozen=True)
class Verdict:
    """How a person stands before a gate.

    Parameters
    ----------
    status
        ``done``; ``missing`` (not done yet, and it can still be done in time); ``failed`` (it cannot be
        done any more for this match, or a rule forbids it); ``not needed``; ``cannot be judged`` (the
        profile does not say what would decide).
    reason
        Why, in whole sentences to the person.
    """

    status: Status
    reason: str


@dataclass(frozen=True)
class Case:
    """A profile, the rules of a season, and the day on which one is held to the other.

    What the profile dates later than `today` counts as a plan.
    """

    profile: Profile
    rules: Rules
    today: date

    @property
    def needs_ecfmg(self) -> bool | None:
        """Whether the person needs ECFMG; None where the profile does not say enough."""
        kind, year = self.profile.applicant_type, self.profile.graduation_year
        if kind != "other":
            return kind in ("us_img", "non_us_img")
        turn = self.rules.pathways.canadian_img_since.value
        if year is None or year == turn.year:
            return None
        return year > turn.year

    @property
    def needs_visa(self) -> bool | None:
        """Whether the person needs a visa; None where the profile does not say."""
        citizen = self.profile.applicant_type == "us_img" or self.profile.citizenship in (
            "us",
            "permanent_resident",
        )
        if citizen or self.profile.visa == "none":
            return False
        return None if self.profile.visa is None else True

    def requirement(self, gate: str) -> Requirement:
        """What the season asks at a gate."""
        asked: Requirement = getattr(self.rules.requirements, gate)
        return asked

    def day(self, name: str) -> date:
        """A day of the season's calendar."""
        found: date = getattr(self.rules.calendar, name).value
        return found

    def set_by_school(self, gate: str) -> bool:
        """Whether NRMP leaves a gate to the person's school and programs.

        It asks exams at the list deadline of international graduates alone. Schools and programs ask them
        of everybody, each by its own day, which is the first day of training at the latest.
        """
        return gate in SCHOOL_EXAMS and self.needs_ecfmg is False

    def due(self, gate: str) -> SourcedDate:
        """The day by which a gate should be passed."""
        return self._calendar_day(gate, self.requirement(gate).by)

    def end(self, gate: str) -> SourcedDate:
        """The last day on which a gate can be passed."""
        return self._calendar_day(gate, self.requirement(gate).last)

    def _calendar_day(self, gate: str, name: str) -> SourcedDate:
        found: SourcedDate = getattr(
            self.rules.calendar, "training_starts" if self.set_by_school(gate) else name
        )
        return found

    def last_day(self, gate: str) -> date:
        """The day after which a gate is closed."""
        return self.end(gate).value

    def is_closed(self, gate: str) -> bool:
        """Whether it is too late for a gate."""
        return self.today > self.last_day(gate)

    def open_or_closed(self, gate: str, reason: str) -> Verdict:
        """The verdict on something not done: missing while it can still be done, then failed."""
        if self.is_closed(gate):
            return Verdict("failed", f"{reason} The last day was {in_words(self.last_day(gate))}.")
        due = self.due(gate).value
        if self.today > due:
            told = f"{in_words(due)} has passed; the last possible day is {in_words(self.last_day(gate))}."
            return Verdict("missing", f"{reason} {told}")
        return Verdict("missing", reason)

    def step(self, gate: str, step: str, *, since: str = "") -> Verdict:
        """The verdict on a step that is done once, on a day that the profile gives.

        Parameters
        ----------
        gate
            The gate that asks for it.
        step
            Its key under ``done`` in the profile.
        since
            The day of the calendar before which it counted for an earlier season.
        """
        happened = getattr(self.profile.done, step)
        if happened is None:
            return self.open_or_closed(gate, "Not done yet.")
        if since and happened < self.day(since):
            told = f"What you did on {in_words(happened)} was for an earlier season and does not carry over."
            return self.open_or_closed(gate, told)
        if happened > self.last_day(gate):
            told = f"{in_words(happened)} is too late; the last day is {in_words(self.last_day(gate))}."
            return Verdict("failed" if self.is_closed(gate) else "missing", told)
        if happened > self.today:
            return self.open_or_closed(gate, f"You plan it for {in_words(happened)}.")
        return Verdict("done", f"Done on {in_words(happened)}.")


def in_force(entries: Iterable[Dated], day: date) -> Dated | None:
    """The entry that holds on a day; None before the first."""
    holding = [entry for entry in entries if entry.since <= day]
    return max(holding, key=lambda entry: entry.since) if holding else None


def listed(words: Iterable[object], last: str = "and") -> str:
    """``a, b and c``."""
    parts = [str(word) for word in words]
    return f" {last} ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
