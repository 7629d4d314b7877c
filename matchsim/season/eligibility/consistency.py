"""What a profile says that the rules of a season, or the programs at hand, do not allow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from matchsim.documents.nodes import Path
from matchsim.errors import Problem, did_you_mean
from matchsim.season.pathway import Case
from matchsim.season.pathway.case import in_force
from matchsim.season.rules.model import Exam

__all__ = ["inconsistencies"]


def inconsistencies(case: Case, specialties: Iterable[str]) -> Iterator[tuple[Path, Problem]]:
    """Every problem, with the path of its value in the profile.

    Parameters
    ----------
    specialties
        The specialties of the programs at hand; those matched outside the NRMP may be wanted too.
    """
    here, elsewhere = [*specialties], [*case.rules.other_matches]
    for number, name in enumerate(case.profile.specialties):
        if name not in here and name not in elsewhere:
            apart = f"; other matches fill {', '.join(elsewhere)}" if elsewhere else ""
            near = did_you_mean(name, here + elsewhere) or f"there are {', '.join(here)}{apart}"
            yield ("specialties", number), Problem(f"there is no specialty {name!r}", remedy=near)
    for name in type(case.profile.exams).model_fields:
        yield from _scores(case, name)
    length, most = case.profile.rank_list, case.rules.limits.ranks.value
    for part in ("primary", "supplemental"):
        if length is not None and getattr(length, part) > most:
            told = f"must be at most {most}, got {getattr(length, part)}"
            yield ("rank_list", part), Problem(told)


def _scores(case: Case, name: str) -> Iterator[tuple[Path, Problem]]:
    rules: Exam = getattr(case.rules.exams, name)
    for number, attempt in enumerate(getattr(case.profile.exams, name)):
        lowest = in_force(rules.passing, attempt.date)
        if attempt.score is None or attempt.result is None or lowest is None:
            continue
        enough = attempt.score >= lowest.value
        if enough != (attempt.result == "passed"):
            told = (
                f"is {attempt.result!r}, but {attempt.score} is {'at least' if enough else 'below'} "
                f"{lowest.value}, which passed on that day"
            )
            yield ("exams", name, number, "result"), Problem(told, remedy="look at score and date")
