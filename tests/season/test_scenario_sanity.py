"""What is remarked upon in valid scenarios, and that sound ones are left in peace."""

from __future__ import annotations

from pathlib import Path

import pytest

from matchsim.season.scenario import read_scenario, shipped_scenarios
from matchsim.season.scenario.sanity import CHECKS, remarks

SOUND = """\
programs:
  specialties:
    Internal Medicine:
      C: {programs: 10, positions: 50}
      P: {programs: 5, positions: 10}
cohort:
  preferences:
    us_md_senior: {Internal Medicine: 1}
    us_do_senior: {Internal Medicine: 1}
    us_img: {Internal Medicine: 1}
    non_us_img: {Internal Medicine: 1}
  active:
    us_md_senior: 30
    us_md_grad: 0
    us_do_senior: 10
    us_do_grad: 0
    us_img: 10
    non_us_img: 20
    other: 0
applications: {signals: {}}
soap: {refusal: [0.2, 0.1, 0.1, 0]}
"""

NONE = "{programs: 0, positions: 0}"
CASES = {
    "cohort.active.us_md_senior=20": "",
    "cohort.active={us_md_senior: 0, us_do_senior: 0, us_img: 0, non_us_img: 0}": (
        "cohort.active: nobody is active, so nobody can match"
    ),
    f"programs.specialties.Internal Medicine={{C: {NONE}, P: {NONE}}}": (
        "programs.specialties: there are no positions"
    ),
    "programs.specialties.Internal Medicine.C.positions=100": (
        "programs.specialties: 110 positions are many for 70 active applicants"
    ),
    "cohort.active.non_us_img=1000": "cohort.active: 1,050 active applicants are many for 60 positions",
    "interviews={per_position: 0, minimum: 0}": (
        "interviews.per_position: nobody is interviewed, so nobody can match"
    ),
    "interviews={per_position: 0.5, minimum: 0}": (
        "interviews.per_position: there are fewer interviews than positions"
    ),
    "interviews.capacity.mean=0.5": (
        "interviews.capacity.mean: people attend 0.5 interviews on average; everybody attends at least one"
    ),
    "applications.per_applicant={us_md_senior: 50, us_md_grad: 0, us_do_senior: 50, us_do_grad: 0, "
    "us_img: 0, non_us_img: 90, other: 0}": (
        "applications.per_applicant.us_img: 10 active people send no applications"
    ),
    "applications.signals.Internal Medicine={gold: 10, silver: 20}": (
        "applications.signals.Internal Medicine: 30 signals are more than its 15 programs"
    ),
    "applications.signals.Neurology.gold=1": (
        "applications.signals.Neurology: no program of this scenario is in it"
    ),
    f"programs.specialties.Internal Medicine={{P: {NONE}, A: {{programs: 2, positions: 4}}}}": (
        "programs.specialties: there are advanced positions, but no preliminary ones for their first year"
    ),
    "replicates=20000": "replicates: 20,000 replicates narrow intervals no further than 10,000 in most uses",
    "soap.refusal=[0.1, 0.1, 0.1, 0.1, 0.1]": (
        "soap.refusal: has 5 chances for 4 rounds; the last are not used"
    ),
    "soap.applications=0": "soap.applications: nobody applies in SOAP, so no round fills anything",
}


def said(*assignments: str, text: str = SOUND) -> list[str]:
    Path("x.yaml").write_text(text, encoding="utf-8")
    return [f"{remark.path}: {remark.message}" for remark in remarks(read_scenario("x.yaml", assignments))]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("assignment", "expected"), CASES.items())
def test_remarks(assignment: str, expected: str) -> None:
    assert said(assignment) == ([expected] if expected else [])


def test_reserved_positions_need_physicians() -> None:
    expected = ["cohort.prior_training: nobody has earlier training, so R positions stay empty"]
    untrained = "cohort.prior_training={us_img: 0, non_us_img: 0}"
    reserved = "programs.specialties.Internal Medicine.R={programs: 1, positions: 1}"
    assert said(reserved, untrained) == expected
    assert said(reserved) == said(untrained) == []


def test_types_left_out_of_a_mapping_in_place_of_published() -> None:
    text = "programs: {specialties: [Emergency Medicine]}\ncohort:\n  active: {us_md_senior: 3000}\n"
    left = "us_md_grad, us_do_senior, us_do_grad, us_img, non_us_img, other"
    assert said(text=text) == [f"cohort.active: is not given for {left}: taken as 0"]


def test_remarks_have_places() -> None:
    Path("x.yaml").write_text("programs: {specialties: [Emergency Medicine]}\nreplicates: 50000\n")
    (remark,) = remarks(read_scenario("x.yaml"))
    assert str(remark.place) == "x.yaml:2:13"


def test_every_check_is_seen_at_work() -> None:
    Path("x.yaml").write_text(SOUND, encoding="utf-8")
    silent = set(CHECKS)
    options = [[assignment] for assignment in CASES]
    options.append(
        [
            "programs.specialties.Internal Medicine.R={programs: 1, positions: 1}",
            "cohort.prior_training={us_img: 0, non_us_img: 0}",
        ]
    )
    for one in options:
        silent -= {check for check in silent if list(check(read_scenario("x.yaml", one)))}
    assert {check.__name__ for check in silent} == {"_types_left_out"}, "that one has a test of its own"


def test_the_shipped_scenarios_give_no_cause_for_remarks() -> None:
    assert shipped_scenarios()
    for name in shipped_scenarios():
        assert remarks(read_scenario(name)) == []
