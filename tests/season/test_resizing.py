"""Specialties of another size: exact totals, in proportion, and what cannot be is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchsim.errors import ScenarioError
from matchsim.season.scenario import load_scenario
from matchsim.season.scenario.programs import Specialty, TrackSize
from matchsim.season.scenario.resizing import resized
from matchsim.season.scenario.sanity import positions as positions_of

TWO = {
    "Surgery": Specialty(C=TrackSize(programs=10, positions=60), P=TrackSize(programs=4, positions=20)),
    "Pathology": Specialty(C=TrackSize(programs=5, positions=20)),
}


def sizes(specialties):
    return {
        (name, track): (size.programs, size.positions)
        for name, one in specialties.items()
        for track, size in one.tracks().items()
    }


def test_a_whole_is_shared_in_proportion_and_programs_follow():
    assert sizes(resized(TWO, 200, None)) == {
        ("Surgery", "C"): (20, 120),
        ("Surgery", "P"): (8, 40),
        ("Pathology", "C"): (10, 40),
    }


def test_a_specialty_named_has_its_size_and_the_others_the_rest_of_the_whole():
    found = sizes(resized(TWO, {"all": 150, "Pathology": 30}, None))
    assert found["Pathology", "C"] == (8, 30)
    assert found["Surgery", "C"][1] + found["Surgery", "P"][1] == 120


def test_without_a_whole_the_others_stay():
    found = sizes(resized(TWO, {"Pathology": 30}, {"Pathology": 6}))
    assert found == {("Surgery", "C"): (10, 60), ("Surgery", "P"): (4, 20), ("Pathology", "C"): (6, 30)}


@given(st.integers(20, 10_000), st.integers(3, 20))
def test_totals_are_exact(positions, number):
    found = sizes(resized(TWO, positions, number)) if positions >= 60 else {}
    if found:
        assert sum(seats for _, seats in found.values()) == positions
        assert sum(programs for programs, _ in found.values()) == number


@given(st.integers(0, 5000))
def test_programs_never_outnumber_positions(positions):
    for programs, seats in sizes(resized(TWO, positions, None)).values():
        assert programs <= seats
        assert (programs > 0) == (seats > 0)


@pytest.mark.parametrize(
    ("positions", "number", "told"),
    [
        ({"Surgry": 3}, None, "programs.positions.Surgry: no specialty of this scenario is called 'Surgry'"),
        ({"all": 20, "Pathology": 30}, None, "more is given by specialty than all allows, by 10"),
        (None, 500, "Surgery C would have 263 programs for 60 positions"),
        (None, {"Pathology": 0}, "Pathology C would have 0 programs for 20 positions"),
        ({"all": 50, "Surgery": 10, "Pathology": 20}, None, "20 are left for specialties that have none"),
    ],
)
def test_what_cannot_be_is_told(positions, number, told):
    with pytest.raises(ScenarioError) as caught:
        resized(TWO, positions, number)
    assert told in str(caught.value)


def test_another_year_from_its_inputs_alone():
    base = load_scenario("us-2025")
    active = {
        "us_md_senior": 20_000, "us_md_grad": 1_800, "us_do_senior": 8_800, "us_do_grad": 600,
        "us_img": 4_400, "non_us_img": 12_000, "other": 20,
    }  # fmt: skip
    laid = {"cohort.active": active, "programs.positions": {"all": 44_000, "Family Medicine": 5_500}}
    other = load_scenario("us-2025", laid)
    assert positions_of(other) == 44_000
    assert other.programs.specialties["Family Medicine"].C.positions == 5_500
    for kind, count in active.items():
        registered, withdrawn = (
            getattr(getattr(other.cohort, part), kind) for part in ("registered", "withdrawn")
        )
        assert registered >= count + withdrawn
    shares = [s.cohort.registered.us_img / s.cohort.active.us_img for s in (base, other)]
    assert shares[0] == pytest.approx(shares[1], rel=1e-3)
    assert other.interviews == base.interviews
    assert load_scenario("us-2025", {"programs.positions": positions_of(base)}).programs == base.programs


def test_the_source_says_that_it_is_scaled():
    from matchsim.season.scenario import read_scenario

    loaded = read_scenario("us-2025", ["programs.positions=44000", "programs.number=6700"])
    assert loaded.sources["programs.specialties"].endswith("scaled to programs.positions and programs.number")
    assert loaded.scenario.programs.positions is None


def test_is_refused_beside_programs_from_a_file(tmp_path):
    path = tmp_path / "programs.csv"
    path.write_text("program,specialty,track,quota\nCity,Surgery,C,2\n")
    with pytest.raises(ScenarioError, match="would not be read, for the programs are given"):
        load_scenario("small", {"programs.file": str(path), "programs.positions": 4})
