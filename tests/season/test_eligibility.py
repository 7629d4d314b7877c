"""The checklist: its letter word by word, its costs, the programs left open, and what is refused.

After a letter has been changed on purpose, rewrite those in tests/season/golden with
``python -m tests.season.test_eligibility`` and read the difference.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from matchsim.errors import InputError
from matchsim.season.eligibility import Checklist, as_data, checklist, eligibility, letter
from matchsim.season.eligibility.costs import total
from matchsim.season.eligibility.filters import FILTERS, remaining
from matchsim.season.eligibility.letter import WIDTH
from matchsim.season.given import programs as read_programs
from matchsim.season.profile import shipped_profiles
from matchsim.season.rules import registration_fee, specialty_fee
from matchsim.season.scenario import load_scenario
from matchsim.season.tables import Programs
from matchsim.streams import Streams

from .people import READY, case, changed, judging_days, people

GOLDEN = Path(__file__).parent / "golden"
REQUIRED = ("step2_ck", "graduation", "failed_attempts", "us_clinical_months", "certificate")
TODAY = date(2026, 11, 25)
PROGRAMS = """\
program,quota,specialty,track,sponsors_j1
im-1,10,Internal Medicine,C,true
im-2,8,Internal Medicine,C,false
im-3,4,Internal Medicine,M,true
im-4,6,Internal Medicine,P,true
im-5,2,Internal Medicine,R,true
fm-1,5,Family Medicine,C,true
fm-2,6,Family Medicine,C,false
ps-1,7,Psychiatry,C,true
ps-2,1,Psychiatry,R,true
pe-1,9,Pediatrics,C,false
em-1,12,Emergency Medicine,C,true
ty-1,11,Transitional Year,P,true
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scenario with a dozen programs of its own."""
    return own_scenario(tmp_path_factory.mktemp("own"))


def own_scenario(folder: Path) -> Path:
    (folder / "programs.csv").write_text(PROGRAMS, encoding="utf-8")
    people = "{active: {us_img: 1}, preferences: {us_img: {Psychiatry: 1}}, backups: {}}"
    text = f"programs: {{file: programs.csv}}\ncohort: {people}\napplications: {{signals: {{}}}}\n"
    (folder / "own.yaml").write_text(text, encoding="utf-8")
    return folder / "own.yaml"


@pytest.fixture(scope="module")
def table(own: Path) -> Programs:
    scenario = load_scenario(own)
    return read_programs(scenario, Streams(0))


def of_shipped(name: str, own: Path) -> Checklist:
    found = eligibility(name, season=2027, today=TODAY, scenario=str(own))
    # The folder of the test is another one each time.
    return Checklist(found.case, found.items, found.costs, found.programs, "own")


def check(data: dict[str, Any], table: Programs, today: str = "2026-03-04") -> Checklist:
    found = case(data, today)
    return checklist(found.profile, found.rules, found.today, table, "own")


# --- the letter -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(shipped_profiles()))
def test_the_letter_word_by_word(name: str, own: Path) -> None:
    expected = (GOLDEN / f"eligibility-{name}.txt").read_text(encoding="utf-8")
    assert letter(of_shipped(name, own)) == expected


@given(people, judging_days)
def test_no_line_is_wider_than_a_terminal(table: Programs, person: dict[str, Any], today: date) -> None:
    person = changed({"specialties": ["Internal Medicine", "Emergency Medicine", "Urology"]}, person)
    told = letter(check(person, table, today.isoformat()))
    for line in told.splitlines():
        assert len(line) <= WIDTH, line
        assert line == line.rstrip()
    assert told.count("This is information, not advice.") == 1
    assert told.endswith("the programs.\n")


def test_a_letter_to_somebody_of_whom_little_is_known(table: Programs) -> None:
    told = letter(check({"applicant_type": "us_md_senior"}, table, "2026-08-01"))
    assert "Dear applicant," in told
    assert "behind     ahead" not in told
    assert "Programs that" not in told


# --- costs ----------------------------------------------------------------------------------------------


def test_the_costs_of_the_person_in_good_order(table: Programs) -> None:
    """By hand, at the fees of 2026: 43 applications $720, two of 22 ranks beyond those included."""
    found = check(changed({"rank_list": {"primary": 22}}), table)
    behind = {cost.told: cost.amount for cost in found.costs if not cost.ahead}
    assert behind == {
        "application for certification": 160,
        "Step 1": 1000,
        "Step 2 CK": 1000,
        "OET Medicine": 587,
        "Pathway": 925,
        "ERAS token": 165,
        "43 applications in Internal Medicine, ERAS": 30 * 11 + 13 * 30,
        "USMLE transcript": 80,
        "NRMP registration": 70,
        "2 ranks beyond those included": 60,
    }
    ahead = {cost.told: cost.amount for cost in found.costs if cost.ahead}
    assert ahead == {"J-1 sponsorship, first year": 370, "J-1 SEVIS fee": 220, "J-1 visa application": 185}
    assert total(found.costs, ahead=True) == 775
    assert total(found.costs, ahead=False) == sum(behind.values()) == 4767


def test_costs_follow_the_formulas_of_the_rules(table: Programs) -> None:
    changes = {
        "specialties": ["Internal Medicine", "Emergency Medicine"],
        "applications": {"Internal Medicine": 90, "Emergency Medicine": 46},
        "couple": True,
        "rank_list": {"primary": 31, "supplemental": 21},
        "done.nrmp_registration": "2026-02-02",
    }
    found = check(changed(changes), table)
    rules = found.case.rules
    of = {
        gate: sum(cost.amount for cost in found.costs if cost.gate == gate)
        for gate in ("applications", "registration", "rank_list")
    }
    wanted = (
        specialty_fee(rules, "Internal Medicine", 90) + specialty_fee(rules, "Emergency Medicine", 46) + 80
    )
    assert of["applications"] == wanted
    assert of["registration"] + of["rank_list"] == registration_fee(
        rules, 31, 21, couple=True, registered=date(2026, 2, 2)
    )


def test_every_attempt_is_paid_for(table: Programs) -> None:
    exams = [{"date": "2025-03-01", "result": "failed"}, {"date": "2025-09-01", "result": "failed"}]
    found = check(changed({"exams.step_2_ck": exams}), table, "2025-12-01")
    amounts = {cost.told: (cost.amount, cost.ahead) for cost in found.costs if cost.gate == "step_2_ck"}
    assert amounts == {"Step 2 CK, 2 times": (2000, False), "Step 2 CK, again": (1000, True)}


def test_who_waits_for_a_result_does_not_pay_again(table: Programs) -> None:
    waiting = changed({"exams.step_2_ck": [{"date": "2025-11-20"}]})
    found = check(waiting, table, "2025-12-01")
    assert [(cost.amount, cost.ahead) for cost in found.costs if cost.gate == "step_2_ck"] == [(1000, False)]


def test_late_registration_costs_more_from_the_day_after_the_deadline(table: Programs) -> None:
    def ahead(today: str) -> float:
        found = check(changed({"done.nrmp_registration": None}), table, today)
        return sum(cost.amount for cost in found.costs if cost.gate == "registration")

    assert (ahead("2026-01-30"), ahead("2026-01-31"), ahead("2026-03-05")) == (70, 120, 0)


@given(people, judging_days)
def test_costs_belong_to_gates_and_add_up(table: Programs, person: dict[str, Any], today: date) -> None:
    found = check(person, table, today.isoformat())
    status = {item.gate.name: item.verdict.status for item in found.items}
    for cost in found.costs:
        assert cost.amount > 0
        if cost.ahead:
            assert status[cost.gate] in ("missing", "cannot be judged")
    assert sum(total(item.costs, ahead=True) for item in found.items) == total(found.costs, ahead=True)
    data = as_data(found)
    assert data["costs"]["behind"] == total(found.costs, ahead=False)


# --- programs left open ---------------------------------------------------------------------------------


def test_filter_by_filter(table: Programs) -> None:
    rows = remaining(case(READY), table, "Internal Medicine")
    assert [(row.filter, row.programs, row.positions, row.applied) for row in rows] == [
        ("all", 5, 30, True),
        ("whole_training", 4, 24, True),
        ("prior_training", 3, 22, True),
        ("visa", 2, 14, True),
        ("step2_ck", 2, 14, True),
        ("graduation", 2, 14, True),
        ("failed_attempts", 2, 14, True),
        ("us_clinical_months", 2, 14, False),
        ("certificate", 2, 14, True),
    ]


@pytest.mark.parametrize(
    ("name", "changes", "told"),
    [
        ("step2_ck", {}, 3),
        ("step2_ck", {"exams.step_2_ck": [{"date": "2024-09-03", "score": 230}]}, 2),
        ("step2_ck", {"exams.step_2_ck": []}, None),
        ("graduation", {}, 3),
        ("graduation", {"graduation_year": 2019}, 2),
        ("graduation", {"graduation_year": None}, None),
        ("failed_attempts", {}, 3),
        (
            "failed_attempts",
            {
                "exams.step_1": [
                    {"date": "2022-05-02", "result": "failed"},
                    {"date": "2023-05-02", "result": "passed"},
                ]
            },
            2,
        ),
        ("us_clinical_months", {"us_clinical_months": 3}, 3),
        ("us_clinical_months", {"us_clinical_months": 1.5}, 2),
        ("certificate", {"done.ecfmg_certificate": "2025-09-01"}, 3),
        ("certificate", {}, 2),
        ("visa", {"visa": "h1b"}, 2),
    ],
)
def test_each_requirement_leaves_out_those_who_do_not_meet_it(
    name: str, changes: dict[str, Any], told: int | None, table: Programs
) -> None:
    """Of three programs one asks for everything."""
    three = table.replace(quota=np.where(np.arange(len(table)) < 3, table.quota, 0).astype(np.int32))
    one = np.arange(len(table)) == 1
    strict = three.replace(
        minimum_step2_ck=np.where(one, 235, 0).astype(np.int16),
        maximum_years=np.where(one, 5, -1).astype(np.int16),
        no_failed_attempts=one,
        minimum_us_months=np.where(one, 2.0, 0.0).astype(np.float32),
        certificate_first=one,
        sponsors_h1b=~one,
    )
    filter_ = next(each for each in FILTERS if each.name == name)
    kept = filter_.keeps(case(changed(changes)), strict)
    assert (None if kept is None else int(kept[:3].sum())) == told


@pytest.mark.parametrize(
    ("changes", "filters", "programs"),
    [
        ({"visa": "none"}, ["all", "whole_training", "prior_training", *REQUIRED], 3),
        ({"prior_training": True}, ["all", "whole_training", "visa", *REQUIRED], 3),
        ({"prior_training": True, "visa": "none"}, ["all", "whole_training", *REQUIRED], 4),
    ],
)
def test_filters_that_do_not_concern_a_person_are_left_out(
    changes: dict[str, Any], filters: list[str], programs: int, table: Programs
) -> None:
    rows = remaining(case(changed(changes)), table, "Internal Medicine")
    assert [row.filter for row in rows] == filters
    assert rows[-1].programs == programs


def test_a_filter_that_the_profile_does_not_decide_is_not_applied(table: Programs) -> None:
    rows = remaining(case(changed({"visa": None, "prior_training": None})), table, "Internal Medicine")
    assert [(row.filter, row.programs, row.applied) for row in rows[2:4]] == [
        ("prior_training", 4, False),
        ("visa", 4, False),
    ]


def test_a_specialty_of_preliminary_years_alone_keeps_them(table: Programs) -> None:
    assert remaining(case(READY), table, "Transitional Year")[-1].programs == 1


def test_a_new_filter_is_one_more_entry(table: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    from matchsim.season.eligibility import filters

    large = filters.Filter("large", lambda _: "are large", lambda _, programs: programs.quota >= 9)
    monkeypatch.setattr(filters, "FILTERS", (*FILTERS, large))
    rows = remaining(case(READY), table, "Internal Medicine")
    assert [(row.filter, row.programs) for row in rows[-2:]] == [("certificate", 2), ("large", 1)]


@given(people)
def test_filters_only_take_away(table: Programs, person: dict[str, Any]) -> None:
    for specialty in table.specialties:
        rows = remaining(case(person), table, specialty)
        assert all(np.diff([row.programs for row in rows]) <= 0)
        assert all(np.diff([row.positions for row in rows]) <= 0)


# --- data ------------------------------------------------------------------------------------------------


def test_the_data_say_what_the_letter_says(own: Path) -> None:
    found = of_shipped("us-img", own)
    data = json.loads(json.dumps(as_data(found)))
    assert (data["format"], data["season"], data["date"], data["name"]) == (1, 2027, "2026-11-25", "Daniel")
    assert sum(data["counts"].values()) == len(data["gates"]) == 21
    told = " ".join(letter(found).split())
    for gate in data["gates"]:
        assert gate["title"] in told
        assert gate["reason"] in told
        assert gate["rule"]["source"] in told
        assert gate["by"]["date"] <= gate["until"]["date"]
        assert gate["kind"] in ("rule", "filter of programs", "voluntary")
    assert {row["filter"] for row in data["programs"]["specialties"]["Psychiatry"]} == {
        "all",
        "whole_training",
        "prior_training",
        *REQUIRED,
    }


def test_the_same_from_a_national_scenario() -> None:
    """The programs of us-2025 are counted as published: 404 of psychiatry, 2,388 positions."""
    found = eligibility("us-img", season=2027, today=TODAY)
    first = found.programs["Psychiatry"][0]
    scenario = load_scenario("us-2025")
    assert isinstance(scenario.programs.specialties, dict)
    tracks = scenario.programs.specialties["Psychiatry"].tracks()
    assert first.programs == sum(size.programs for size in tracks.values())
    assert first.positions == sum(size.positions for size in tracks.values())


# --- what is refused ------------------------------------------------------------------------------------


def test_what_the_season_contradicts_is_told_with_the_rest(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("me.yaml").write_text(
        "applicant_type: us_img\n"
        "visa: j1\n"
        "specialties: [Psichiatry, Ophthalmology]\n"
        "rank_list: {primary: 301}\n"
        "exams:\n"
        "  step_2_ck:\n"
        "    - {date: 2025-06-30, score: 216, result: failed}\n"
        "    - {date: 2025-07-01, score: 216, result: failed}\n"
    )
    score = "is 'failed', but 216 is at least 214, which passed on that day"
    with pytest.raises(InputError) as caught:
        eligibility("me.yaml", season=2026, today=TODAY, scenario=str(own))
    assert str(caught.value).splitlines() == [
        "me.yaml:2:7: visa: US citizens need no visa, got 'j1' (write 'none')",
        "me.yaml:3:15: specialties[1]: there is no specialty 'Psichiatry' (did you mean 'Psychiatry'?)",
        "me.yaml:4:22: rank_list.primary: must be at most 300, got 301",
        f"me.yaml:7:46: exams.step_2_ck[1].result: {score} (look at score and date)",
    ]


def test_the_season_of_today_is_taken_where_none_is_named(own: Path) -> None:
    assert eligibility("us-img", today=TODAY, scenario=str(own)).case.rules.season == 2027
    assert eligibility("us-img", today=date(2026, 5, 1), scenario=str(own)).case.rules.season == 2026


def test_rules_of_ones_own(own: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("extends: 2027\nfees:\n  pathway: {value: 1, basis: published, source: x}\n")
    found = eligibility("us-img", season=file, today=TODAY, scenario=str(own))
    assert [cost.amount for cost in found.costs if cost.gate == "pathway"] == [1]


if __name__ == "__main__":
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        scenario_file = own_scenario(Path(folder))
        for one in shipped_profiles():
            path = GOLDEN / f"eligibility-{one}.txt"
            path.write_text(letter(of_shipped(one, scenario_file)), encoding="utf-8")
