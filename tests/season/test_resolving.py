"""Resolving: published words become numbers once, and contradictions are told all at once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from matchsim.errors import ScenarioError
from matchsim.season.scenario import published
from matchsim.season.scenario.model import Counts, Scenario
from matchsim.season.scenario.resolving import resolved
from matchsim.season.words import APPLICANT_TYPES

from .worlds import examples, merged, scenarios, town

NO_SUCH = "programs.specialties.{}: no published specialty of 2025 is called {!r}"


def raw(**overrides: Any) -> Scenario:
    return Scenario.model_validate(merged(Scenario().model_dump(), overrides))


def problems(scenario: Scenario) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        resolved(scenario)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    "scenario",
    [
        raw(),
        raw(cohort={"registered": "published", "withdrawn": "published"}),
        raw(programs={"specialties": ["Dermatology", "Pediatrics", "Transitional Year"]}),
        raw(rank_lists={"applicant_lists": {"a": ["p"]}, "program_lists": {"p": ["a"]}, "quotas": {"p": 1}}),
        town(),
    ],
    ids=["nation", "registered", "three specialties", "written lists", "town"],
)
def test_a_resolved_scenario_is_left_as_it_is(scenario: Scenario) -> None:
    once = resolved(scenario).scenario
    again = resolved(once)
    assert again.scenario == once
    assert again.sources == {}
    assert "published" not in _words(once.model_dump())


def _words(value: Any) -> set[Any]:
    """The texts that stand as values anywhere, apart from titles."""
    if isinstance(value, dict):
        return {
            word for key, inner in value.items() for word in _words(inner) if key not in ("title", "name")
        }
    if isinstance(value, (list, tuple)):
        return {word for inner in value for word in _words(inner)}
    return {value} if isinstance(value, str) else set()


@examples(20)
@given(scenarios())
def test_any_resolved_scenario_is_left_as_it_is(scenario: Scenario) -> None:
    assert resolved(scenario).scenario == scenario


def test_the_nation_resolves_to_the_published_totals() -> None:
    scenario = resolved(raw(cohort={"registered": "published"})).scenario
    people = published.people(2025)
    for part in ("registered", "withdrawn", "active"):
        assert getattr(scenario.cohort, part) == Counts(**people[part])
    sizes = [size for s in scenario.programs.specialties.values() for size in s.tracks().values()]
    assert sum(size.positions for size in sizes) == 43_237
    assert sum(size.programs for size in sizes) == 6_626
    assert all(size.positions for size in sizes)


def test_left_out_registered_people_are_the_active_and_the_withdrawn() -> None:
    cohort = resolved(raw(cohort={"withdrawn": {"us_img": 4}})).scenario.cohort
    for t in APPLICANT_TYPES:
        withdrawn = 4 if t == "us_img" else 0
        assert getattr(cohort.registered, t) == getattr(cohort.active, t) + withdrawn


def test_every_published_word_has_its_source_told() -> None:
    sources = resolved(raw(cohort={"registered": "published", "withdrawn": "published"})).sources
    expected = {
        "programs.specialties": "specialties.csv",
        "cohort.active": "totals.csv",
        "cohort.registered": "totals.csv",
        "cohort.withdrawn": "totals.csv",
        "cohort.preferences": "specialties.csv",
        "cohort.backups": "specialties.csv",
        "cohort.backup_share": "specialties.csv",
        "applications.per_applicant": "applications.csv",
        "applications.signals": "signals.csv",
    }
    for path, table in expected.items():
        assert sources[path].endswith(table)
        assert "2025" in sources[path]
    assert {p for p in sources if not p.endswith(".competitiveness")} == set(expected)


def test_some_specialties_by_name_bring_their_people_and_sizes() -> None:
    scenario = resolved(raw(programs={"specialties": ["Dermatology", "Pediatrics"]})).scenario
    known = published.specialties(2025)
    assert list(scenario.programs.specialties) == ["Dermatology", "Pediatrics"]
    for name, specialty in scenario.programs.specialties.items():
        sizes = {t: (s.programs, s.positions) for t, s in specialty.tracks().items()}
        assert sizes == known[name].sizes
        assert specialty.competitiveness == pytest.approx(known[name].competitiveness, abs=1e-4)
    for t in APPLICANT_TYPES:
        both = sum(known[name].applicants[t] for name in ("Dermatology", "Pediatrics"))
        assert getattr(scenario.cohort.active, t) == round(both)
        assert set(scenario.cohort.preferences[t]) <= {"Dermatology", "Pediatrics"}
    assert set(scenario.applications.signals) <= {"Dermatology", "Pediatrics"}


def test_preferences_go_with_the_positions_of_the_scenario() -> None:
    nation = resolved(raw()).scenario.cohort.preferences["us_md_senior"]
    sizes = published.specialties(2025)["Pediatrics"].sizes
    whole = sum(positions for _, positions in sizes.values())
    ours = {
        "Pediatrics": {"C": {"programs": 2, "positions": 20}},
        "Own": {"C": {"programs": 1, "positions": 7}},
    }
    said = {"programs": {"specialties": ours}, "cohort": {"active": {"us_md_senior": 5}}}
    weights = resolved(raw(**said)).scenario.cohort.preferences["us_md_senior"]
    assert weights["Pediatrics"] == pytest.approx(nation["Pediatrics"] * 20 / whole, abs=2e-3)
    assert weights["Own"] == 7.0


def test_unknown_and_repeated_specialties_are_told_with_the_nearest_name() -> None:
    told = problems(raw(programs={"specialties": ["Dermatolgy", "Pediatrics", "Pediatrics", "Xyz"]}))
    assert told[:3] == [
        NO_SUCH.format(0, "Dermatolgy") + " (did you mean 'Dermatology'?)",
        "programs.specialties.2: 'Pediatrics' is named twice",
        NO_SUCH.format(3, "Xyz"),
    ]


def test_contradictions_are_told_all_at_once() -> None:
    told = problems(
        raw(
            programs={
                "specialties": {
                    "Bones": {"C": {"programs": 5, "positions": 3}},
                    "Hearts": {"C": {"programs": 0, "positions": 3}},
                    "Kin": {"competitiveness": 0.5},
                }
            },
            cohort={
                "active": {"us_img": 5},
                "withdrawn": {"us_img": 2},
                "registered": {"us_img": 6, "other": 1},
                "preferences": {"us_img": {"Bone": 1.0}},
                "backups": {"us_img": {"Hearts": 1.0}},
            },
            soap={"rounds": 3, "refusal": [0.1]},
        )
    )
    assert told == [
        "programs.specialties.Bones.C.positions: 5 programs need as many positions at least, got 3",
        "programs.specialties.Hearts.C.programs: 3 positions need at least one program, got 0",
        "programs.specialties.Kin: has no track; give at least one of C, M, P, A, R",
        "cohort.registered.us_img: must be at least active and withdrawn together, 7, got 6",
        "cohort.preferences.us_img.Bone: no program of this scenario is in 'Bone' (did you mean 'Bones'?)",
        "cohort.preferences.other: 1 people of this type are registered, but no specialty has a weight",
        "soap.refusal: needs one chance for each of the 3 rounds, got 1",
    ]


def test_active_people_of_an_own_specialty_must_be_written_out() -> None:
    told = problems(raw(programs={"specialties": {"Own": {"C": {"programs": 1, "positions": 7}}}}))
    assert "cohort.active: is published for no specialty 'Own'; write the numbers out by type" in told


@pytest.mark.parametrize(
    ("lists", "told"),
    [
        (
            {"folder": "x", "applicant_lists": {"a": ["p"]}},
            "rank_lists.folder: gives the lists, so no lists may be written out beside it",
        ),
        (
            {"applicant_lists": {"a": ["p"]}, "quotas": {"p": 1}},
            "rank_lists: program_lists is missing: lists written out need all three",
        ),
        (
            {"program_lists": {"p": ["a"]}},
            "rank_lists: applicant_lists is missing: lists written out need all three",
        ),
    ],
)
def test_lists_have_one_source_and_are_whole(lists: dict[str, Any], told: str) -> None:
    assert told in problems(raw(rank_lists=lists))


def test_written_lists_leave_nothing_published_to_ask_for() -> None:
    lists = {"applicant_lists": {"a": ["p"]}, "program_lists": {"p": ["a"]}, "quotas": {"p": 1}}
    scenario = resolved(raw(rank_lists=lists)).scenario
    assert scenario.cohort.active == Counts()
    assert scenario.cohort.registered == Counts()
    assert scenario.programs.specialties == {}
