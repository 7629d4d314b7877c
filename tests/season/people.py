"""Profiles for the tests of the road: one person in good order, changes to them, and random ones."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from matchsim.season.pathway import Case, Verdict, judged
from matchsim.season.profile import Profile
from matchsim.season.rules import load_rules
from matchsim.season.words import APPLICANT_TYPES

# A person with everything done in the season of 2026, on the day after the list deadline.
READY: dict[str, Any] = {
    "applicant_type": "non_us_img",
    "citizenship": "other",
    "visa": "j1",
    "school": {
        "ecfmg_note": True,
        "accreditation": "wfme",
        "clinical_skills_exam": False,
        "joint_degree": False,
    },
    "graduation_year": 2024,
    "exams": {
        "step_1": [{"date": "2023-05-02", "result": "passed"}],
        "step_2_ck": [{"date": "2024-09-03", "score": 240}],
    },
    "oet": [{"date": "2025-08-16", "listening": 400, "reading": 390, "speaking": 380, "writing": 300}],
    "pathway": {
        "number": 3,
        "applied": "2025-09-01",
        "accepted": "2025-11-20",
        "licensed": False,
        "step_2_cs": "never",
    },
    "letters": {"ready": 4, "from_us": 3},
    "documents": ["mspe", "transcript", "personal_statement", "photo"],
    "prior_training": False,
    "specialties": ["Internal Medicine"],
    "applications": {"Internal Medicine": 43},
    "rank_list": {"primary": 22},
    "done": {
        "ecfmg_application": "2022-10-01",
        "eras_token": "2025-07-01",
        "applications_sent": "2025-09-20",
        "nrmp_registration": "2025-10-02",
        "rank_list_certified": "2026-02-27",
        "ecfmg_certificate": "2026-01-15",
    },
}
DEADLINE = date(2026, 3, 4)


def changed(changes: dict[str, Any], base: dict[str, Any] = READY) -> dict[str, Any]:
    """`base` with values at dotted paths replaced; None removes one."""
    data = copy.deepcopy(base)
    for path, value in changes.items():
        *above, last = path.split(".")
        part = data
        for key in above:
            part = part.setdefault(key, {})
        if value is None:
            part.pop(last, None)
        else:
            part[last] = value
    return data


def case(data: dict[str, Any], today: date | str = DEADLINE, season: int = 2026) -> Case:
    """The case of a profile given as data."""
    day = date.fromisoformat(today) if isinstance(today, str) else today
    return Case(Profile.model_validate(data), load_rules(season), day)


def verdicts(data: dict[str, Any], today: date | str = DEADLINE, season: int = 2026) -> dict[str, Verdict]:
    """The verdict on every gate for a profile given as data."""
    return judged(case(data, today, season))


def paths(data: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where something may be forgotten: every key of every mapping, lists as a whole."""
    for key, value in data.items():
        yield (*above, key)
        if isinstance(value, dict):
            yield from paths(value, (*above, key))


def without(data: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """The data without the key at `path`."""
    left = copy.deepcopy(data)
    part = left
    for key in path[:-1]:
        part = part[key]
    del part[path[-1]]
    return left


def _days(first: date, last: date) -> st.SearchStrategy[str]:
    return st.integers(0, (last - first).days).map(lambda n: (first + timedelta(days=n)).isoformat())


# The season of 2026 and what leads to it; a few days matter much more than the others.
long_ago = _days(date(2012, 1, 1), date(2026, 6, 30))
lately = _days(date(2025, 6, 1), date(2026, 6, 30))
truth = st.booleans()


def _some(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


attempts = st.lists(
    st.fixed_dictionaries(
        {"date": long_ago},
        optional={
            "result": st.sampled_from(["passed", "failed", "incomplete"]),
            "score": st.integers(190, 260),
        },
    ),
    max_size=6,
)
scores = st.sampled_from([290, 300, 340, 350, 400])
people = st.fixed_dictionaries(
    {"applicant_type": st.sampled_from(APPLICANT_TYPES)},
    optional={
        "citizenship": st.sampled_from(["us", "permanent_resident", "other"]),
        "visa": st.sampled_from(["none", "j1", "h1b"]),
        "school": _some(
            {
                "ecfmg_note": truth,
                "accreditation": st.sampled_from(["wfme", "ncfmea", "both", "neither"]),
                "clinical_skills_exam": truth,
                "joint_degree": truth,
            }
        ),
        "graduation_year": st.integers(2015, 2028),
        "exams": _some(
            dict.fromkeys(("step_1", "step_2_ck", "step_3", "comlex_level_1", "comlex_level_2_ce"), attempts)
        ),
        "oet": st.lists(
            st.fixed_dictionaries(
                {"date": long_ago | lately},
                optional=dict.fromkeys(("listening", "reading", "speaking", "writing"), scores),
            ),
            max_size=3,
        ),
        "pathway": _some(
            {
                "number": st.integers(1, 6),
                "applied": lately,
                "accepted": long_ago | lately,
                "expires": _days(date(2025, 1, 1), date(2027, 12, 31)),
                "licensed": truth,
                "step_2_cs": st.sampled_from(["never", "failed", "passed"]),
            }
        ),
        "letters": _some({"ready": st.integers(0, 6)}),
        "documents": st.lists(st.sampled_from(["mspe", "transcript", "personal_statement", "photo"])),
        "prior_training": truth,
        "specialties": st.just(["Internal Medicine", "Emergency Medicine", "Urology"]),
        "applications": _some(
            {name: st.integers(0, 120) for name in ("Internal Medicine", "Emergency Medicine", "Urology")}
        ),
        "signals": _some(
            {
                "Internal Medicine": _some({"gold": st.integers(0, 5), "silver": st.integers(0, 14)}),
                "Urology": _some({"gold": st.integers(0, 2)}),
            }
        ),
        "rank_list": _some({"primary": st.integers(0, 60), "supplemental": st.integers(0, 40)}),
        "couple": truth,
        "done": _some(
            {
                "ecfmg_application": long_ago,
                "eras_token": lately,
                "applications_sent": lately,
                "nrmp_registration": lately,
                "school_verification": lately,
                "rank_list_certified": lately,
                "ecfmg_certificate": long_ago | lately,
                "visa_issued": lately,
            }
        ),
    },
)
judging_days = st.integers(0, 500).map(lambda n: date(2025, 5, 1) + timedelta(days=n))
