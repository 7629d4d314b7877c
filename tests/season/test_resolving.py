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
        "cohort.prior_training": "specialties.csv",
        "cohort.trained_preferences": "specialties.csv",
        "couples.number": "couples.csv",
        "couples.members": "couples.csv",
        "applications.per_applicant": "applications.csv",
        "applications.signals": "2025.yaml",
        "cohort.step2_ck.passing": "before July 2025",
        "soap.services": "seasons/2025.yaml",
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
        "cohort.preferences.other: 1 person of this type is registered, but no specialty has a weight",
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


def test_couples_of_the_nation_are_the_published_ones() -> None:
    couples = resolved(raw()).scenario.couples
    assert couples.number == 1259
    assert couples.counts() == published.members_of_couples(2025)


def test_couples_elsewhere_are_as_frequent_by_type_as_in_the_nation() -> None:
    doubled = {t: 2 * count for t, count in published.people(2025)["active"].items()}
    couples = resolved(raw(cohort={"active": doubled})).scenario.couples
    assert couples.number == 2 * 1259
    assert couples.counts() == {t: 2 * n for t, n in published.members_of_couples(2025).items()}
    some = resolved(raw(programs={"specialties": ["Dermatology", "Pediatrics"]})).scenario
    active = sum(some.cohort.active.model_dump().values())
    assert 0.03 < 2 * some.couples.number / active < 0.08


def test_where_there_is_one_specialty_partners_are_elsewhere() -> None:
    assert resolved(raw(programs={"specialties": ["Dermatology"]})).scenario.couples.number == 0
    asked = raw(programs={"specialties": ["Dermatology"]}, couples={"number": 3})
    assert resolved(asked).scenario.couples.number == 3


def test_there_are_not_more_members_of_couples_than_people() -> None:
    members = {"us_md_senior": 1.0, "us_img": 1.0}
    few = {"active": {"us_md_senior": 9, "us_img": 4}, "withdrawn": {}}
    told = problems(raw(cohort=few, couples={"number": 6, "members": members}))
    assert told == [
        (
            "couples.members.us_img: 6 couples have 6 members of this type, but only 4 are active "
            "(make couples.number or this weight smaller)"
        )
    ]
    unstated = {"active": {}, "registered": {"us_md_senior": 9, "us_img": 7}, "withdrawn": {"us_img": 2}}
    told = problems(raw(cohort=unstated, couples={"number": 6, "members": members}))
    assert told == [
        (
            "couples.members.us_img: 6 couples have 6 members of this type, but only 5 are registered and "
            "not withdrawn (make couples.number or this weight smaller)"
        )
    ]


def test_couples_of_nobody_are_refused() -> None:
    assert problems(raw(couples={"number": 2, "members": {}})) == [
        "couples.members: no type has a weight, but number is 2"
    ]


def test_programs_propose_only_where_nothing_is_linked() -> None:
    (told,) = problems(raw(match={"proposing": "programs"}))
    assert told == (
        "match.proposing: programs can propose only where nothing links positions, but couples.number is "
        "1259 and rank_lists.applicants.supplemental is 1 and reversions.M is 0.5 and reversions.P is 0.1 "
        "and reversions.A is 0.5 and reversions.R is 0.5 (set couples.number, "
        "rank_lists.applicants.supplemental and the shares of reversions to 0)"
    )
    unlinked = {
        "couples": {"number": 0},
        "rank_lists": {"applicants": {"supplemental": 0.0}},
        "reversions": dict.fromkeys("MPAR", 0.0),
    }
    assert resolved(raw(match={"proposing": "programs"}, **unlinked)).scenario.couples.number == 0
    # Where there is nothing to link there is nothing to switch off.
    one = raw(match={"proposing": "programs"}, programs={"specialties": ["Orthopaedic Surgery"]})
    assert resolved(one).scenario.match.proposing == "programs"


def test_derived_numbers_of_people_beyond_all_limits_are_told() -> None:
    with pytest.raises(ScenarioError) as refused:
        resolved(raw(cohort={"active": {"us_md_senior": 10_000_000}, "registered": "published"}))
    assert [problem.path for problem in refused.value.problems] == ["cohort.active.us_md_senior"]
    assert "asks for 10,156,127 people registered, and there can be at most 10,000,000" in str(refused.value)
