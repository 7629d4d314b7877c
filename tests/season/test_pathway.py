"""The gates of the road: each by example, and what must hold for everybody."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from matchsim.season.days import years_after
from matchsim.season.pathway import GATES, STATUSES, judged
from matchsim.season.pathway.certification import pathways_open_to
from matchsim.season.pathway.predicates import decided, oet_reached, open_pathways
from matchsim.season.words import APPLICANT_TYPES

from .people import READY, attempts, case, changed, judging_days, paths, people, verdicts, without

# --- predicates ----------------------------------------------------------------------------------------

FREE = {
    "failed_step_2_cs": False,
    "licensed": False,
    "recent": True,
    "clinical_skills_exam": False,
    "wfme": False,
    "ncfmea": False,
    "joint_degree": False,
}


@pytest.mark.parametrize(
    ("facts", "numbers"),
    [
        ({}, [6]),
        ({"licensed": True}, [1]),
        ({"licensed": True, "wfme": True, "clinical_skills_exam": True}, [1]),
        ({"clinical_skills_exam": True}, [2]),
        ({"wfme": True, "ncfmea": True}, [3, 4]),
        ({"joint_degree": True}, [5]),
        ({"wfme": True, "recent": False}, [6]),
        ({"licensed": True, "recent": False}, [1]),
        ({"failed_step_2_cs": True, "licensed": True, "wfme": True}, [6]),
    ],
)
def test_which_pathways_are_open(facts: dict[str, bool], numbers: list[int]) -> None:
    """ECFMG: Pathway 1 goes before 2 to 5; Pathway 6 takes the others and whoever failed Step 2 CS."""
    found = open_pathways(**{**FREE, **facts})
    assert [number for number, one in enumerate(found, start=1) if one] == numbers


seven = st.tuples(*[st.booleans()] * 7)


@given(st.lists(seven, min_size=1, max_size=20))
def test_a_cohort_is_judged_as_its_people_are(rows: list[tuple[bool, ...]]) -> None:
    together = open_pathways(*np.array(rows).T)
    one_by_one = [open_pathways(*row) for row in rows]
    np.testing.assert_array_equal(np.array(together).T, np.array(one_by_one))


@given(seven)
def test_somebody_always_finds_a_pathway(facts: tuple[bool, ...]) -> None:
    assert any(open_pathways(*facts))


@given(st.lists(st.tuples(*[st.integers(0, 50).map(lambda n: 10 * n)] * 4), min_size=1, max_size=10))
def test_oet_of_a_cohort(rows: list[tuple[int, int, int, int]]) -> None:
    lowest = (350, 350, 350, 300)
    together = oet_reached(tuple(np.array(rows).T), lowest)
    assert together.tolist() == [
        all(s >= least for s, least in zip(row, lowest, strict=True)) for row in rows
    ]


@given(st.tuples(*[st.sampled_from([True, False, None])] * 7), st.integers(0, 5), st.data())
def test_learning_a_fact_never_turns_an_answer_round(
    facts: tuple[bool | None, ...], number: int, data: st.DataObject
) -> None:
    def predicate(*known: bool) -> bool:
        return bool(open_pathways(*known)[number])

    before = decided(predicate, *facts)
    learnt = tuple(data.draw(st.booleans()) if fact is None else fact for fact in facts)
    after = decided(predicate, *learnt)
    assert after is not None
    assert before in (None, after)


# --- one gate after the other ---------------------------------------------------------------------------

ALL_DONE = {
    gate.name: "done" for gate in GATES if gate.name not in ("comlex_level_1", "comlex_level_2_ce")
} | {
    "accreditation": "not needed",  # decided with the Pathway that ECFMG accepted
    "us_clinical_experience": "not needed",
    "signals": "not needed",
    "step_3": "not needed",
    "visa": "missing",
}


def test_a_person_in_good_order() -> None:
    assert {name: verdict.status for name, verdict in verdicts(READY).items()} == ALL_DONE


SENIOR: dict[str, Any] = {
    "applicant_type": "us_md_senior",
    "citizenship": "us",
    "graduation_year": 2026,
    "exams": {
        "step_1": [{"date": "2024-03-01", "result": "passed"}],
        "step_2_ck": [{"date": "2025-07-10", "score": 251}],
    },
}


def test_the_gates_of_every_type() -> None:
    """International graduates meet ECFMG's gates, DO schools' people COMLEX-USA, everybody the match."""
    ecfmg = {gate.name for gate in GATES if gate.of_ecfmg}
    comlex = {"comlex_level_1", "comlex_level_2_ce"}
    for kind in APPLICANT_TYPES:
        met = set(verdicts({"applicant_type": kind}))
        assert ecfmg <= met if kind in ("us_img", "non_us_img", "other") else not ecfmg & met
        assert comlex <= met if kind.startswith("us_do") else not comlex & met
        assert {"registration", "verification", "rank_list", "visa"} <= met


# A Pathway neither chosen nor applied for.
FRESH = {"licensed": False, "step_2_cs": "never"}

# gate, changes to the person in good order, the day, what is said
CASES: list[tuple[str, dict[str, Any], str, str, str]] = [
    ("school", {"school.ecfmg_note": False}, "2026-03-04", "failed", "no ECFMG note for 2024"),
    ("school", {"school.ecfmg_note": None}, "2026-03-04", "cannot be judged", "school.ecfmg_note"),
    (
        "accreditation",
        {"school.accreditation": "ncfmea", "pathway.accepted": None},
        "2025-12-01",
        "failed",
        "Pathway 3",
    ),
    ("accreditation", {"pathway.accepted": None}, "2025-12-01", "done", "WFME recognises"),
    (
        "accreditation",
        {"school.accreditation": None, "pathway.accepted": None},
        "2025-12-01",
        "cannot be judged",
        "school.accreditation",
    ),
    ("accreditation", {"pathway.number": 6}, "2026-03-04", "not needed", "decides nothing"),
    ("graduation", {"graduation_year": 2027}, "2026-03-04", "failed", "after training starts on 1 July 2026"),
    ("graduation", {"graduation_year": 2026}, "2026-03-04", "missing", "to graduate in 2026"),
    ("graduation", {"graduation_year": None}, "2026-03-04", "cannot be judged", "graduation_year"),
    # Step 2 CK: the score that passed on the day of the exam
    (
        "step_2_ck",
        {"exams.step_2_ck": [{"date": "2025-06-30", "score": 214}]},
        "2026-03-04",
        "done",
        "with 214",
    ),
    (
        "step_2_ck",
        {"exams.step_2_ck": [{"date": "2025-07-01", "score": 217}]},
        "2025-12-01",
        "missing",
        "One attempt without a pass; 4 attempts",
    ),
    (
        "step_2_ck",
        {"exams.step_2_ck": [{"date": "2025-07-01", "score": 218}]},
        "2026-03-04",
        "done",
        "with 218",
    ),
    ("step_2_ck", {"exams.step_2_ck": []}, "2025-12-01", "missing", "sit it by 4 February 2026"),
    ("step_2_ck", {"exams.step_2_ck": []}, "2026-03-05", "failed", "The last day was 4 March 2026"),
    (
        "step_2_ck",
        {"exams.step_2_ck": [{"date": "2026-03-05", "score": 260}]},
        "2026-03-06",
        "failed",
        "counts for the next season",
    ),
    (
        "step_2_ck",
        {"exams.step_2_ck": [{"date": "2026-01-10"}]},
        "2025-12-01",
        "missing",
        "booked 10 January 2026",
    ),
    (
        "step_2_ck",
        {"exams.step_2_ck": [{"date": "2026-02-20"}]},
        "2025-12-01",
        "missing",
        "may come too late",
    ),
    (
        "step_2_ck",
        {"exams.step_2_ck": [{"date": "2026-01-10"}]},
        "2026-01-20",
        "missing",
        "results take about 4 weeks",
    ),
    (
        "step_2_ck",
        {"exams.step_2_ck": [{"date": "2025-01-10"}]},
        "2026-01-20",
        "cannot be judged",
        "passed on 10 January 2025",
    ),
    (
        "step_2_ck",
        {"exams.step_2_ck": [{"date": "2025-08-10", "score": 200, "result": "passed"}]},
        "2026-01-20",
        "cannot be judged",
        "not make clear",
    ),
    # attempts: four since July 2021, six before
    (
        "step_1",
        {"exams.step_1": [{"date": f"202{n}-08-01", "result": "failed"} for n in range(1, 5)]},
        "2025-12-01",
        "failed",
        "4 attempts without a pass, and no more than 4",
    ),
    (
        "step_1",
        {"exams.step_1": [{"date": f"201{n}-08-01", "result": "incomplete"} for n in range(5, 9)]},
        "2020-12-01",
        "missing",
        "6 attempts are allowed",
    ),
    (
        "step_1",
        {
            "exams.step_1": [
                *[{"date": f"201{n}-08-01", "result": "failed"} for n in range(4, 8)],
                {"date": "2020-08-01", "result": "passed"},
            ]
        },
        "2026-03-04",
        "done",
        "at attempt 5",
    ),
    (
        "step_1",
        {
            "exams.step_1": [
                *[{"date": f"201{n}-08-01", "result": "failed"} for n in range(4, 8)],
                {"date": "2022-08-01", "result": "passed"},
            ]
        },
        "2026-03-04",
        "cannot be judged",
        "beyond the 4",
    ),
    # seven years, to the day
    (
        "exam_window",
        {"exams.step_1": [{"date": "2017-09-03", "result": "passed"}]},
        "2026-03-04",
        "done",
        "within 7 years",
    ),
    (
        "exam_window",
        {"exams.step_1": [{"date": "2017-09-02", "result": "passed"}]},
        "2026-03-04",
        "missing",
        "lapsed for ECFMG after 2 September 2024",
    ),
    (
        "exam_window",
        {"exams.step_1": [{"date": "2017-09-02", "result": "passed"}]},
        "2026-03-05",
        "failed",
        "must be passed again",
    ),
    ("exam_window", {"exams.step_2_ck": []}, "2026-01-04", "missing", "pass Step 2 CK by 2 May 2030"),
    ("exam_window", {"exams": {}}, "2026-01-04", "missing", "begin on the day of the first exam"),
    # OET
    (
        "oet",
        {
            "oet": [
                {"date": "2025-08-16", "listening": 400, "reading": 390, "speaking": 380, "writing": 290}
            ],
            "pathway.accepted": None,
        },
        "2025-12-01",
        "missing",
        "No sitting reached the scores",
    ),
    (
        "oet",
        {
            "oet": [
                {"date": "2023-12-31", "listening": 400, "reading": 390, "speaking": 380, "writing": 300}
            ],
            "pathway.accepted": None,
        },
        "2025-12-01",
        "missing",
        "too old; only those since 1 January 2024",
    ),
    (
        "oet",
        {"oet": [{"date": "2025-08-16", "listening": 400}], "pathway.accepted": None},
        "2025-12-01",
        "cannot be judged",
        "all four scores",
    ),
    (
        "oet",
        {"oet": [{"date": "2025-08-16", "listening": 340}], "pathway.accepted": None},
        "2025-12-01",
        "missing",
        "No sitting",
    ),
    ("oet", {"oet": [], "pathway.accepted": None}, "2026-03-05", "failed", "Not taken yet"),
    ("oet", {"oet": []}, "2026-03-04", "done", "part of the Pathway"),
    ("oet", {"oet": [], "pathway.step_2_cs": "passed"}, "2026-03-04", "not needed", "Step 2 CS"),
    # the Pathway
    ("pathway", {"pathway.accepted": None}, "2026-03-04", "missing", "must accept it by 4 March 2026"),
    ("pathway", {"pathway.accepted": None}, "2026-03-05", "failed", "not accepted by 4 March 2026"),
    (
        "pathway",
        {"pathway.accepted": None, "pathway.applied": None},
        "2026-01-31",
        "missing",
        "Open to you: Pathway 3.",
    ),
    (
        "pathway",
        {"pathway.accepted": None, "pathway.applied": None},
        "2026-02-01",
        "failed",
        "last day to apply was 31 January 2026",
    ),
    (
        "pathway",
        {"pathway.accepted": None, "pathway.applied": "2026-02-02"},
        "2026-02-03",
        "failed",
        "after the last day",
    ),
    (
        "pathway",
        {"pathway": {"number": 3}, "school.accreditation": "neither"},
        "2025-12-01",
        "missing",
        "Pathway 3, which you chose, is not open",
    ),
    (
        "pathway",
        {"pathway": {}},
        "2025-12-01",
        "missing",
        "your profile does not decide (pathway.step_2_cs, pathway.licensed)",
    ),
    (
        "pathway",
        {"graduation_year": 2016, "pathway.accepted": None, "pathway.applied": None},
        "2025-12-01",
        "missing",
        "Open to you: Pathway 6.",
    ),
    (
        "pathway",
        {"pathway.accepted": "2025-01-20", "pathway.applied": None},
        "2026-03-04",
        "cannot be judged",
        "pathway.expires",
    ),
    (
        "pathway",
        {"pathway.accepted": "2025-01-20", "pathway.applied": None, "pathway.expires": "2026-06-30"},
        "2026-03-04",
        "missing",
        "have it revalidated",
    ),
    (
        "pathway",
        {"pathway.accepted": "2025-01-20", "pathway.applied": None, "pathway.expires": "2026-12-31"},
        "2026-03-04",
        "done",
        "valid until 31 December 2026",
    ),
    ("pathway", {"pathway.step_2_cs": "passed"}, "2026-03-04", "not needed", "Step 2 CS"),
    (
        "pathway",
        {"pathway.accepted": None, "pathway.applied": "2026-01-31"},
        "2026-02-03",
        "missing",
        "You applied for Pathway 3 on 31 January 2026",
    ),
    *(
        ("pathway", {"pathway": FRESH, "school.accreditation": word}, "2025-12-01", "missing", told)
        for word, told in (
            ("wfme", "Open to you: Pathway 3."),
            ("ncfmea", "Open to you: Pathway 4."),
            ("both", "Open to you: Pathway 3 or 4."),
            ("neither", "Open to you: Pathway 6."),
        )
    ),
    # papers
    ("us_clinical_experience", {"us_clinical_months": 1}, "2026-03-04", "not needed", "You have 1 month."),
    ("letters", {"letters": {}}, "2026-03-04", "cannot be judged", "letters.ready"),
    (
        "letters",
        {"letters.ready": 0, "letters.from_us": 0},
        "2025-09-25",
        "missing",
        "24 September 2025 has passed; the last possible day is 4 March 2026",
    ),
    (
        "documents",
        {"documents": ["mspe", "photo"]},
        "2025-09-01",
        "missing",
        "Not uploaded: transcript and personal statement.",
    ),
    ("eras_token", {"done.eras_token": "2025-06-03"}, "2025-09-01", "missing", "for an earlier season"),
    (
        "eras_token",
        {"done.eras_token": "2025-10-01"},
        "2025-09-01",
        "missing",
        "You plan it for 1 October 2025",
    ),
    ("applications", {"applications": None}, "2026-03-04", "done", "does not say how many"),
    (
        "applications",
        {"specialties": ["Urology"], "applications": None},
        "2026-03-04",
        "done",
        "Urology is matched by AUA, apart from NRMP.",
    ),
    (
        "signals",
        {"signals": {"Internal Medicine": {"gold": 4}}},
        "2026-03-04",
        "failed",
        "4 in Internal Medicine (there are 3 gold and 12 silver)",
    ),
    (
        "signals",
        {"signals": {"Internal Medicine": {"gold": 3, "silver": 12}}},
        "2026-03-04",
        "not needed",
        "voluntary",
    ),
    (
        "signals",
        {"specialties": ["Urology"], "signals": {"Urology": {"gold": 1}}},
        "2026-03-04",
        "failed",
        "there are 0",
    ),
    (
        "signals",
        {"signals": {"Internal Medicine": {"gold": 3, "silver": 13}}},
        "2026-03-04",
        "failed",
        "3 gold and 13 silver in Internal Medicine (there are 3 gold and 12 silver)",
    ),
    # the match
    ("registration", {"done.nrmp_registration": "2026-01-31"}, "2026-03-04", "done", "cost the late fee"),
    (
        "registration",
        {"done.nrmp_registration": None},
        "2026-03-05",
        "failed",
        "The last day was 4 March 2026",
    ),
    ("registration", {"done.nrmp_registration": None}, "2025-09-01", "missing", "opens on 15 September 2025"),
    (
        "verification",
        {"exams.step_2_ck": []},
        "2026-03-05",
        "failed",
        "Step 2 CK and Exam time limit failed",
    ),
    ("verification", {"exams.step_2_ck": []}, "2026-01-05", "missing", "It waits for USMLE Step 2 CK"),
    (
        "verification",
        {"school.ecfmg_note": None},
        "2026-01-05",
        "cannot be judged",
        "It depends on Medical school",
    ),
    (
        "rank_list",
        {"done.rank_list_certified": None},
        "2026-01-05",
        "missing",
        "Ranking opens on 2 February 2026",
    ),
    ("certificate", {"done.ecfmg_certificate": None}, "2026-03-05", "missing", "due by 31 May 2026"),
    ("certificate", {"done.ecfmg_certificate": None}, "2026-07-02", "failed", "The last day was 1 July 2026"),
    (
        "certificate",
        {"done.ecfmg_certificate": "2025-02-01", "pathway.accepted": "2025-01-20", "pathway.applied": None},
        "2026-03-04",
        "cannot be judged",
        "expires with it",
    ),
    # visas
    ("step_3", {"visa": "h1b"}, "2026-03-05", "missing", "Not taken yet"),
    (
        "step_3",
        {"visa": "h1b", "exams.step_3": [{"date": "2026-05-04", "score": 205}]},
        "2026-06-05",
        "done",
        "with 205",
    ),
    ("step_3", {"visa": None}, "2026-03-05", "cannot be judged", "which visa you need"),
    ("visa", {}, "2026-03-05", "missing", "at most 7 years and asks for 2 years at home"),
    ("visa", {"visa": "h1b"}, "2026-03-05", "missing", "A new petition costs the hospital $100,000"),
    ("visa", {"visa": "none"}, "2026-03-05", "not needed", "without one"),
    ("visa", {"visa": None, "citizenship": "permanent_resident"}, "2026-03-05", "not needed", "without one"),
    ("visa", {"done.visa_issued": "2026-06-10"}, "2026-06-11", "done", "10 June 2026"),
    ("visa", {}, "2026-07-02", "failed", "The last day was 1 July 2026"),
]


@pytest.mark.parametrize(("gate", "changes", "today", "status", "words"), CASES)
def test_one_gate(gate: str, changes: dict[str, Any], today: str, status: str, words: str) -> None:
    verdict = verdicts(changed(changes), today)[gate]
    assert verdict.status == status, verdict
    assert words in verdict.reason


def test_every_status_of_every_gate_that_can_have_it_is_shown() -> None:
    seen = {(gate, status) for gate, _, _, status, _ in CASES}
    assert {gate for gate, _ in seen} | {"ecfmg_application"} >= set(ALL_DONE)
    assert {status for _, status in seen} == set(STATUSES)


def test_schools_set_the_day_of_exams_of_their_own_people() -> None:
    """NRMP asks exams at the list deadline of international graduates alone."""
    late = verdicts(changed({"exams.step_2_ck": None}, SENIOR), "2026-03-05")["step_2_ck"]
    assert late.status == "missing"
    assert "Your school and programs set the day." in late.reason
    assert verdicts(changed({"exams.step_2_ck": None}, SENIOR), "2026-07-02")["step_2_ck"].status == "failed"


def test_registering_on_the_last_standard_day_is_not_late() -> None:
    verdict = verdicts(changed({"done.nrmp_registration": "2026-01-30"}))["registration"]
    assert (verdict.status, verdict.reason) == ("done", "Done on 30 January 2026.")


@pytest.mark.parametrize(
    ("day", "years", "later"),
    [("2017-09-02", 7, "2024-09-02"), ("2016-02-29", 7, "2023-03-01"), ("2016-02-29", 8, "2024-02-29")],
)
def test_years_after_a_day(day: str, years: int, later: str) -> None:
    assert years_after(date.fromisoformat(day), years).isoformat() == later


def test_their_school_verifies_them() -> None:
    assert verdicts(SENIOR, "2026-02-01")["verification"].status == "missing"
    verified = changed({"done.school_verification": "2026-01-12"}, SENIOR)
    assert verdicts(verified, "2026-02-01")["verification"].status == "done"


@pytest.mark.parametrize(("kind", "year"), [("us_md_senior", 2025), ("us_do_grad", 2026)])
def test_a_type_that_does_not_fit_its_year(kind: str, year: int) -> None:
    verdict = verdicts({"applicant_type": kind, "graduation_year": year}, "2026-02-01")["graduation"]
    assert verdict.status == "cannot be judged"
    assert f"you are {kind} and graduate in {year}" in verdict.reason


def test_people_of_do_schools_take_comlex() -> None:
    exams = {
        "comlex_level_1": [{"date": "2024-05-01", "result": "passed"}],
        "comlex_level_2_ce": [{"date": "2025-06-01", "score": 399}],
    }
    found = verdicts(
        {"applicant_type": "us_do_senior", "graduation_year": 2026, "exams": exams}, "2026-01-01"
    )
    assert found["comlex_level_1"].status == "done"
    assert found["comlex_level_2_ce"].status == "missing"
    assert found["step_1"].status == found["step_2_ck"].status == "not needed"


@pytest.mark.parametrize(
    ("year", "status"),
    [(2024, "not needed"), (2025, "cannot be judged"), (2026, "failed"), (None, "cannot be judged")],
)
def test_graduates_of_canadian_schools_need_ecfmg_from_july_2025(year: int | None, status: str) -> None:
    person = changed({"graduation_year": year}, {"applicant_type": "other", "school": {"ecfmg_note": False}})
    assert verdicts(person)["school"].status == status


# --- for everybody --------------------------------------------------------------------------------------


@given(people, judging_days, st.sampled_from([2025, 2026, 2027]))
def test_every_verdict_says_why(person: dict[str, Any], today: date, season: int) -> None:
    found = verdicts(person, today, season)
    assert list(found) == [gate.name for gate in GATES if person["applicant_type"] in gate.types]
    for verdict in found.values():
        assert verdict.status in STATUSES
        assert verdict.reason.endswith((".", ")"))
        assert "None" not in verdict.reason
        assert "  " not in verdict.reason


@given(people, judging_days, st.data())
def test_forgetting_never_turns_failed_into_done(
    person: dict[str, Any], today: date, data: st.DataObject
) -> None:
    may_go = [path for path in paths(person) if path != ("applicant_type",)]
    assume(may_go)
    path = data.draw(st.sampled_from(may_go))
    before, after = verdicts(person, today), verdicts(without(person, path), today)
    for gate, verdict in before.items():
        if verdict.status == "failed":
            assert after[gate].status != "done", (path, gate)


taken = attempts.filter(bool)
exam_names = st.sampled_from(["step_1", "step_2_ck", "step_3"])


@given(people, judging_days, exam_names, taken, st.data())
def test_forgetting_how_an_exam_ended_never_passes_it(
    person: dict[str, Any], today: date, exam: str, told: list[dict[str, Any]], data: st.DataObject
) -> None:
    number = data.draw(st.integers(0, len(told) - 1))
    left = [{"date": one["date"]} if at == number else one for at, one in enumerate(told)]
    before = verdicts(changed({f"exams.{exam}": told}, person), today)[exam].status
    after = verdicts(changed({f"exams.{exam}": left}, person), today)[exam].status
    if before in ("failed", "missing"):
        assert after != "done"


ORDER = {"done": 3, "not needed": 3, "missing": 2, "cannot be judged": 1, "failed": 0}


@given(people, judging_days, exam_names, taken)
def test_one_more_failed_attempt_never_helps(
    person: dict[str, Any], today: date, exam: str, told: list[dict[str, Any]]
) -> None:
    one_more = {"date": told[0]["date"], "result": "failed"}
    before = verdicts(changed({f"exams.{exam}": told[1:]}, person), today)[exam].status
    after = verdicts(changed({f"exams.{exam}": [*told[1:], one_more]}, person), today)[exam].status
    assert ORDER[after] <= ORDER[before]


# What ECFMG accepts after its own last day for applications, it accepts.
DECIDED_BY_ECFMG = {"pathway", "oet", "verification", "certificate"}


@given(people, judging_days, judging_days)
def test_what_has_failed_is_not_done_later(person: dict[str, Any], one: date, other: date) -> None:
    before, after = (verdicts(person, day) for day in sorted([one, other]))
    for gate, verdict in before.items():
        if verdict.status == "failed" and gate not in DECIDED_BY_ECFMG:
            assert after[gate].status != "done", gate


@given(people, judging_days)
def test_what_is_done_stays_done(person: dict[str, Any], today: date) -> None:
    """Nothing done by the list deadline is undone by its passing."""
    later = date(2026, 10, 1)
    after = verdicts(person, later)
    for gate, verdict in verdicts(person, min(today, later)).items():
        if verdict.status == "done" and gate not in ("graduation", "accreditation"):
            assert after[gate].status in ("done", "not needed"), gate


@given(people, judging_days)
def test_verification_rests_on_its_parts(person: dict[str, Any], today: date) -> None:
    found = case(person, today)
    verdicts_ = judged(found)
    if found.needs_ecfmg:
        parts = [verdicts_[gate.name].status for gate in GATES if gate.verified]
        assert (verdicts_["verification"].status == "done") == (set(parts) <= {"done", "not needed"})


@given(people, judging_days)
def test_a_pathway_is_never_closed_to_everybody(person: dict[str, Any], today: date) -> None:
    assert set(pathways_open_to(case(person, today))) != {False}


@given(people, judging_days, st.sampled_from([2025, 2026, 2027]))
def test_every_gate_is_due_before_it_ends(person: dict[str, Any], today: date, season: int) -> None:
    found = case(person, today, season)
    for gate in judged(found):
        assert found.due(gate).value <= found.end(gate).value
