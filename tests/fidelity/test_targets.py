"""Targets as data: each with its figure, tolerance, role and source; what is wrong is told with its line."""

from __future__ import annotations

import csv
from collections import Counter
from importlib.resources import files

import pytest

from matchsim.data import published
from matchsim.errors import InputError
from matchsim.fidelity import load_targets, shipped_targets
from matchsim.fidelity.measures import NUMBERS
from matchsim.fidelity.targets import COLUMNS
from matchsim.season.words import APPLICANT_TYPES

HEAD = ",".join(COLUMNS)
GOOD = "match_rate,us_img,0.68,0.01,own unit,match,calibrated,published,A source"


def told_of(tmp_path, *rows: str, head: str = HEAD) -> list[str]:
    path = tmp_path / "mine.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_targets(path)
    return [str(problem).replace(f"{tmp_path}/", "") for problem in caught.value.problems]


def test_at_least_a_third_is_kept_out_of_the_fit():
    roles = Counter(target.role for target in shipped_targets())
    assert roles["validation"] >= sum(roles.values()) / 3
    assert roles["calibrated"] > 50


def test_every_target_has_a_source_and_none_is_recalled():
    for target in shipped_targets():
        assert target.basis in ("published", "derived")
        assert target.source
        assert target.tolerance > 0


def test_shipped_targets_copy_no_number():
    path = files("matchsim.data") / "targets" / "2025.csv"
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        assert "|" in row["figure"] or row["figure"] == "mean error"


def test_figures_are_those_of_the_publications():
    known = {(t.target, t.group): t.published for t in shipped_targets()}
    # NRMP, Results and Data 2025, tables 4A and 4B, as they print the rates.
    rates = {"us_md_grad": 45.9, "us_do_senior": 92.6, "us_do_grad": 43.8, "us_img": 67.8, "non_us_img": 58.0}
    for kind, rate in rates.items():
        assert round(100 * known["match_rate", kind], 1) == rate
    assert round(100 * known["positions_filled", "all"], 1) == 94.3
    assert known["positions_filled_after_soap", "all"] == pytest.approx(0.994)
    assert known["couples", "individuals"] == pytest.approx(0.932)
    assert known["soap_placed", "us_md_senior"] == pytest.approx(0.663, abs=5e-4)


def test_the_twenty_largest_tracks_are_calibrated():
    rows = sorted(
        (row for row in published(2025, "specialties") if row["filled"]),
        key=lambda row: -int(row["positions"]),
    )
    largest = {f"{row['specialty']} {row['track']}" for row in rows[:20]}
    fitted = {t.group for t in shipped_targets() if t.target == "fill_rate" and t.role == "calibrated"}
    assert fitted == largest | {"mean error"}


def test_shares_are_fractions():
    for target in shipped_targets():
        if target.target not in NUMBERS:
            assert 0 <= target.published <= 1, target


def test_every_type_has_its_rates():
    known = {(t.target, t.group) for t in shipped_targets()}
    for kind in APPLICANT_TYPES[:6]:
        assert {("match_rate", kind), ("placement_rate", kind), ("soap_placed", kind)} <= known


def test_own_targets_are_numbers_or_references(tmp_path):
    path = tmp_path / "mine.csv"
    quotient = "totals|us_img|matched_pgy1 / totals|us_img|active_certified_rol"
    rows = [HEAD, GOOD, f"placement_rate,us_img,{quotient},1,percent of figure,soap,validation,,"]
    path.write_text("\n".join(rows), encoding="utf-8")
    one, other = load_targets(path)
    assert (one.published, one.tolerance, one.source) == (0.68, 0.01, "A source")
    assert other.published == pytest.approx(3108 / 4587)
    assert other.tolerance == pytest.approx(0.01 * 3108 / 4587)
    assert other.basis == "derived"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (GOOD.replace("match_rate", "match_rat"), ", got 'match_rat'; did you mean 'match_rate'?"),
        (GOOD.replace("published", "recalled"), "what is recalled or assumed is no target"),
        (GOOD.replace("A source", ""), "source is missing"),
        (GOOD.replace("0.01", "0"), "tolerance must be a number above 0, got '0'"),
        (GOOD.replace("0.01", "nan"), "tolerance must be a number above 0, got 'nan'"),
        (GOOD.replace("0.01", "inf"), "tolerance must be a number above 0, got 'inf'"),
        (GOOD.replace("0.68", "many"), "figure must be a number, got 'many'"),
        (GOOD.replace("0.68", "totals|us_img|feet"), "there is no published 'totals|us_img|feet' of 2025"),
        (GOOD.replace("0.68", "tutals|us_img|feet"), "there is no published table 'tutals' of 2025"),
        (GOOD.replace("calibrated", "fitted"), "role must be one of calibrated, validation, got 'fitted'"),
        ("match_rate,us_img", f"must have {len(COLUMNS)} cells"),
    ],
)
def test_what_is_wrong_with_a_row_is_told_with_its_line(tmp_path, row, told):
    (problem,) = told_of(tmp_path, GOOD.replace("us_img", "us_do_grad"), row)
    assert problem.startswith("mine.csv:3:1:")
    assert told in problem


def test_all_problems_are_told_at_once(tmp_path):
    problems = told_of(tmp_path, GOOD, GOOD, GOOD.replace("us_img", "x").replace("match,", "mitch,"))
    assert len(problems) == 2
    assert "stands twice (first: line 2)" in problems[0]
    assert "stage must be one of" in problems[1]


def test_files_that_cannot_be_used(tmp_path):
    assert "columns are missing: figure" in told_of(tmp_path, head=HEAD.replace("figure,", ""))[0]
    assert "holds no target" in told_of(tmp_path)[0]
    with pytest.raises(InputError, match="cannot be read: No such file"):
        load_targets(tmp_path / "none.csv")
    with pytest.raises(InputError, match="no targets are carried for 1066"):
        shipped_targets(1066)
