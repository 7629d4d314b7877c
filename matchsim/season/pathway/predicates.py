"""What the rules of the road decide, as pure functions of known facts.

They use operators alone, so that they take single values as well as NumPy arrays with one entry a person:
the definition is the same for one profile and for a whole cohort. What to do about facts that are not
known is the business of :func:`decided`.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

__all__ = ["decided", "oet_reached", "open_pathways", "reached", "within"]


def reached(score: Any, lowest: Any) -> Any:
    """Whether a score passes."""
    return score >= lowest


def oet_reached(scores: tuple[Any, Any, Any, Any], lowest: tuple[int, int, int, int]) -> Any:
    """Whether one sitting of OET Medicine satisfies ECFMG: listening, reading, speaking, writing."""
    each = [reached(score, least) for score, least in zip(scores, lowest, strict=True)]
    return each[0] & each[1] & each[2] & each[3]


def within(day: Any, first: Any, last: Any) -> Any:
    """Whether a day lies in a window, both ends included."""
    return (day >= first) & (day <= last)


def open_pathways(
    failed_step_2_cs: Any,
    licensed: Any,
    recent: Any,
    clinical_skills_exam: Any,
    wfme: Any,
    ncfmea: Any,
    joint_degree: Any,
) -> tuple[Any, Any, Any, Any, Any, Any]:
    """Which of the Pathways 1 to 6 are open, from truth values.

    Whoever failed Step 2 CS must take Pathway 6, and else whoever can take Pathway 1 must take it.
    Pathways 2 to 5 are for recent graduates; Pathway 6 is for everybody whom no other takes.

    Parameters
    ----------
    failed_step_2_cs
        Whether Step 2 CS was failed at least once.
    licensed
        Whether there was a licence to practise unsupervised within the window of Pathway 1.
    recent
        Whether the graduation lies in the window of Pathways 2 to 5.
    clinical_skills_exam
        Whether the school's standardised exam of clinical skills was passed (Pathway 2).
    wfme, ncfmea
        Whether the school is accredited by an agency that WFME recognises (Pathway 3), or by one that
        NCFMEA found comparable (Pathway 4).
    joint_degree
        Whether the degree is joint with a school accredited by LCME (Pathway 5).
    """
    free = _not(failed_step_2_cs) & _not(licensed)
    first = _not(failed_step_2_cs) & licensed
    middle = [free & recent & fact for fact in (clinical_skills_exam, wfme, ncfmea, joint_degree)]
    last = _not(first | middle[0] | middle[1] | middle[2] | middle[3])
    return first, middle[0], middle[1], middle[2], middle[3], last


def decided(predicate: Callable[..., bool], *facts: bool | None) -> bool | None:
    """What a predicate says whatever the unknown facts are; None where they decide.

    Learning more can only turn None into an answer, and forgetting only an answer into None.

    Examples
    --------
    >>> decided(lambda a, b: a and b, False, None)
    False
    >>> decided(lambda a, b: a and b, True, None) is None
    True
    """
    choices = [(False, True) if fact is None else (fact,) for fact in facts]
    answers = {bool(predicate(*known)) for known in product(*choices)}
    return answers.pop() if len(answers) == 1 else None


def _not(truth: Any) -> Any:
    # `not` does not work on arrays, and `~True` is -2.
    return truth ^ True
