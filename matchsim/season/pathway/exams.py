"""The gates of exams: Steps, COMLEX-USA levels, and the time limit over them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from matchsim.season.days import in_words, years_after
from matchsim.season.pathway.case import Case, Verdict, in_force
from matchsim.season.pathway.predicates import reached, within
from matchsim.season.profile.model import Attempt
from matchsim.season.rules.model import Exam

__all__ = ["EXAM_TITLES", "exam", "exam_window", "outcome", "step", "taken"]

EXAM_TITLES = {
    "step_1": "Step 1",
    "step_2_ck": "Step 2 CK",
    "step_3": "Step 3",
    "comlex_level_1": "COMLEX-USA Level 1",
    "comlex_level_2_ce": "COMLEX-USA Level 2-CE",
}
OSTEOPATHIC = ("us_do_senior", "us_do_grad")
Outcome = Literal["passed", "failed", "unknown"]


def taken(case: Case, name: str) -> list[Attempt]:
    """The attempts at an exam up to today, the earliest first."""
    attempts: list[Attempt] = getattr(case.profile.exams, name)
    return sorted((one for one in attempts if one.date <= case.today), key=lambda one: one.date)


def outcome(attempt: Attempt, rules: Exam) -> Outcome:
    """What came of an attempt; incomplete ones are failed, contradictions unknown."""
    lowest = in_force(rules.passing, attempt.date)
    told: set[Outcome] = set()
    if attempt.score is not None and lowest is not None:
        told.add("passed" if reached(attempt.score, lowest.value) else "failed")
    if attempt.result is not None:
        told.add("passed" if attempt.result == "passed" else "failed")
    return told.pop() if len(told) == 1 else "unknown"


def exam(case: Case, name: str, gate: str = "") -> Verdict:
    """The verdict on one exam: passed in time, within the attempts allowed."""
    gate = gate or name
    rules: Exam = getattr(case.rules.exams, name)
    attempts = taken(case, name)
    outcomes = [outcome(attempt, rules) for attempt in attempts]
    if "passed" in outcomes:
        return _passed(case, gate, rules, attempts, outcomes.index("passed"))
    limit = in_force(rules.attempts, case.today)
    if limit is not None and outcomes.count("failed") >= limit.value:
        told = f"{_count(len(attempts))} without a pass, and no more than {limit.value} are allowed."
        return Verdict("failed", told[0].upper() + told[1:])
    if "unknown" in outcomes:
        return _without_result(case, gate, attempts[outcomes.index("unknown")])
    used = f"{_count(len(attempts)).capitalize()} without a pass" if attempts else "Not taken yet"
    allowed = f"; {limit.value} attempts are allowed" if limit is not None else ""
    return case.open_or_closed(gate, f"{used}{allowed}. {_when(case, name, gate)}".rstrip())


def step(case: Case, name: str) -> Verdict:
    """As :func:`exam`, for a Step that people of DO schools need not take."""
    if case.profile.applicant_type not in OSTEOPATHIC:
        return exam(case, name)
    taken_too = " You have taken it." if taken(case, name) else ""
    told = f"COMLEX-USA stands for it; some programs like to see both.{taken_too}"
    return Verdict("not needed", told)


def exam_window(case: Case) -> Verdict:
    """The verdict on the time limit that ECFMG sets from the first exam passed to the last."""
    years = case.rules.limits.exam_years.value
    passes = {name: _passes(case, name) for name in ("step_1", "step_2_ck")}
    pairs = [(one, other) for one in passes["step_1"] for other in passes["step_2_ck"]]
    if any(within(max(pair), min(pair), years_after(min(pair), years)) for pair in pairs):
        return Verdict("done", f"Both Steps were passed within {years} years.")
    days = {day: EXAM_TITLES[name] for name in passes for day in passes[name]}
    if not days:
        return case.open_or_closed(
            "exam_window", f"The {years} years begin on the day of the first exam that you pass."
        )
    first = max(days) if not pairs else min(days)
    end = years_after(first, years)
    if pairs or case.today > end:
        told = f"{days[first]}, passed on {in_words(first)}, lapsed for ECFMG after {in_words(end)}"
        return case.open_or_closed("exam_window", f"{told}: it must be passed again.")
    left = "Step 2 CK" if days[first] == "Step 1" else "Step 1"
    told = f"{days[first]} was passed on {in_words(first)}; pass {left} by {in_words(end)} at the latest."
    return case.open_or_closed("exam_window", told)


def _passed(case: Case, gate: str, rules: Exam, attempts: list[Attempt], number: int) -> Verdict:
    attempt = attempts[number]
    limit = in_force(rules.attempts, attempt.date)
    day = in_words(attempt.date)
    if limit is not None and number >= limit.value:
        told = f"A pass at attempt {number + 1} on {day} is beyond the {limit.value} that were allowed"
        return Verdict("cannot be judged", f"{told}: look at the dates in your profile.")
    if attempt.date > case.last_day(gate):
        told = f"You passed on {day}, after {in_words(case.last_day(gate))}."
        return Verdict("failed", f"{told} It counts for the next season.")
    score = f" with {attempt.score}" if attempt.score is not None else ""
    which = "" if number == 0 else f", at attempt {number + 1}"
    return Verdict("done", f"Passed on {day}{score}{which}.")


def _without_result(case: Case, gate: str, attempt: Attempt) -> Verdict:
    weeks = case.rules.limits.result_weeks.value
    expected = attempt.date + timedelta(weeks=weeks)
    if attempt.score is None and attempt.result is None and case.today <= expected:
        told = f"Taken on {in_words(attempt.date)}; results take about {weeks} weeks."
        return case.open_or_closed(gate, told)
    told = f"Your profile does not make clear whether you passed on {in_words(attempt.date)}."
    return Verdict("cannot be judged", told)


def _passes(case: Case, name: str) -> list[date]:
    rules: Exam = getattr(case.rules.exams, name)
    return [one.date for one in taken(case, name) if outcome(one, rules) == "passed"]


def _when(case: Case, name: str, gate: str) -> str:
    """When to sit the exam, in a sentence or two; nothing where it is too late for a result."""
    weeks = case.rules.limits.result_weeks.value
    latest = case.last_day(gate) - timedelta(weeks=weeks)
    told = ["Your school and programs set the day."] if case.set_by_school(gate) else []
    booked = [one.date for one in getattr(case.profile.exams, name) if one.date > case.today]
    if booked:
        told.append(f"You have booked {in_words(min(booked))}.")
        if min(booked) > latest:
            told.append(f"Results take about {weeks} weeks and may come too late.")
    elif latest >= case.today:
        told.append(f"Results take about {weeks} weeks, so sit it by {in_words(latest)}.")
    return " ".join(told)


def _count(attempts: int) -> str:
    return "one attempt" if attempts == 1 else f"{attempts} attempts"
