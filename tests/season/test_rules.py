"""The rules of the seasons: every value grounded, the formulas, and how broken files are refused."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchsim.data import published
from matchsim.errors import InputError
from matchsim.season.pathway import GATES, in_force
from matchsim.season.rules import (
    BASES,
    Basis,
    application_fee,
    load_rules,
    registration_fee,
    schedule_of,
    season_of,
    shipped_seasons,
    sourced_values,
    specialty_fee,
)
from matchsim.season.rules.loading import ORDER
from matchsim.season.rules.model import Bracket, Rules, Schedule

SEASONS = [2025, 2026, 2027]
every_season = pytest.mark.parametrize("rules", [load_rules(year) for year in SEASONS], ids=map(str, SEASONS))
SPECIALTIES = {row["specialty"] for row in published(2025, "specialties")}


def refusal(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_rules("mine.yaml")
    return str(caught.value).splitlines()


def test_the_seasons_that_ship() -> None:
    assert list(shipped_seasons()) == [str(year) for year in SEASONS]
    assert [load_rules(year).season for year in SEASONS] == SEASONS


def test_the_words_for_the_basis_are_defined_once() -> None:
    assert tuple(BASES) == get_args(Basis)


# --- what every value carries --------------------------------------------------------------------------


@every_season
def test_every_value_has_basis_and_source(rules: Rules) -> None:
    values = dict(sourced_values(rules))
    assert len(values) > 130
    for path, value in values.items():
        assert value.basis in BASES, path
        assert value.source.strip(), path
        # What is from memory says so, and nothing else does.
        assert (value.basis == "recalled") == (value.source == "from memory"), path


@every_season
def test_no_value_escapes_the_walk(rules: Rules) -> None:
    """Every scalar of a file stands inside a value that has a source, but for the two at the top."""
    dumped = rules.model_dump()
    bare = [key for key, part in dumped.items() if not isinstance(part, dict)]
    assert bare == ["matchsim", "season"]
    assert list(_bare(dumped)) == []


def _bare(part: object, path: str = "") -> list[str]:
    """The dotted paths of scalars that stand in no mapping with a source."""
    if isinstance(part, dict):
        if "source" in part:
            return []
        return [
            f
            for key, item in part.items()
            if path or isinstance(item, dict)
            for f in _bare(item, f"{path}.{key}")
        ]
    if isinstance(part, list):
        return [found for item in part for found in _bare(item, f"{path}[]")]
    return [path]


@every_season
def test_a_season_of_the_future_is_not_published(rules: Rules) -> None:
    """The file of 2027 was written before its pages were read: dated values must not claim more."""
    if rules.season != 2027:
        return
    for name in type(rules.calendar).model_fields:
        value = getattr(rules.calendar, name)
        assert value.basis != "published" or name == "training_starts", name


@every_season
def test_days_follow_one_another(rules: Rules) -> None:
    assert {name for pair in ORDER for name in pair} >= set(type(rules.calendar).model_fields) - {
        "program_registration_opens",
        "eras_token_available",
    }
    for earlier, later in ORDER:
        assert getattr(rules.calendar, earlier).value <= getattr(rules.calendar, later).value
    days = [getattr(rules.calendar, name).value for name in type(rules.calendar).model_fields]
    assert min(days) >= date(rules.season - 1, 5, 1)
    assert max(days) <= date(rules.season, 7, 1)


@every_season
def test_the_weekdays_are_those_of_the_match(rules: Rules) -> None:
    calendar = rules.calendar
    assert calendar.match_day.value.weekday() == 4
    assert calendar.match_week_begins.value == calendar.match_day.value - timedelta(days=4)
    assert calendar.rank_list_deadline.value.weekday() == 2
    assert calendar.ranking_opens.value.weekday() == 0


@every_season
def test_every_gate_has_its_requirement_and_no_other(rules: Rules) -> None:
    assert [gate.name for gate in GATES] == list(type(rules.requirements).model_fields)


@every_season
def test_specialties_are_those_of_the_published_tables(rules: Rules) -> None:
    assert set(rules.signals) <= SPECIALTIES
    assert set(rules.services) <= SPECIALTIES
    assert not set(rules.other_matches) & SPECIALTIES


def test_seasons_agree_about_the_past() -> None:
    """Passing scores and attempt limits are one history, whatever season tells it."""
    assert load_rules(2025).exams == load_rules(2026).exams == load_rules(2027).exams


@pytest.mark.parametrize(
    ("exam", "day", "passing"),
    [
        ("step_2_ck", "2014-06-30", 203),
        ("step_2_ck", "2022-06-30", 209),
        ("step_2_ck", "2022-07-01", 214),
        ("step_2_ck", "2025-06-30", 214),
        ("step_2_ck", "2025-07-01", 218),
        ("step_1", "2022-01-25", 194),
        ("step_1", "2022-01-26", 196),
        ("step_3", "2024-01-01", 200),
        ("comlex_level_2_ce", "2026-01-01", 400),
    ],
)
def test_passing_scores_by_day(exam: str, day: str, passing: int) -> None:
    found = in_force(getattr(load_rules(2026).exams, exam).passing, date.fromisoformat(day))
    assert found is not None
    assert found.value == passing


def test_nothing_is_known_before_the_first_entry() -> None:
    assert in_force(load_rules(2026).exams.step_2_ck.passing, date(2013, 6, 30)) is None


# --- fees ----------------------------------------------------------------------------------------------


def test_worked_examples_of_application_fees() -> None:
    """AAMC, Fees for 2026 ERAS Season, examples 1 to 3; SAEM, ResidencyCAS 2025-26: 46 in EM, $683."""
    rules = load_rules(2026)
    eras = rules.fees.eras
    assert application_fee(eras, 30) == 330
    assert application_fee(eras, 43) + application_fee(eras, 7) == 797
    assert 2 * application_fee(eras, 32) == 780
    assert (
        specialty_fee(rules, "Internal Medicine", 43) + specialty_fee(rules, "Radiology-Diagnostic", 7) == 797
    )
    assert specialty_fee(rules, "Emergency Medicine", 46) == 683


def test_the_fees_of_eras_2024_fit_the_same_form() -> None:
    """AAMC, Fees for ERAS Residency Applications (season of 2024), examples 1 to 4."""
    schedule = Schedule(
        value=[
            Bracket(up_to=10, flat=99),
            Bracket(up_to=20, each=19),
            Bracket(up_to=30, each=23),
            Bracket(each=27),
        ],
        basis="published",
        source="AAMC",
    )
    fee = [application_fee(schedule, count) for count in range(40)]
    assert fee[30] == 519
    assert fee[20] + fee[10] == 388
    assert fee[23] + fee[7] == 457
    assert fee[12] + fee[10] + fee[8] == 335


def test_emergency_medicine_changed_its_service() -> None:
    assert schedule_of(load_rules(2025), "Emergency Medicine") is load_rules(2025).fees.eras
    assert schedule_of(load_rules(2026), "Emergency Medicine") is load_rules(2026).fees.residencycas
    assert schedule_of(load_rules(2026), "Pediatrics") is load_rules(2026).fees.eras


@given(st.sampled_from(SEASONS), st.sampled_from(["eras", "residencycas"]), st.integers(0, 300))
def test_one_more_application_costs_what_its_bracket_says(year: int, service: str, count: int) -> None:
    schedule = getattr(load_rules(year).fees, service)
    bracket = next(b for b in schedule.value if b.up_to is None or count < b.up_to)
    before = [b.up_to for b in schedule.value if b.up_to is not None and b.up_to <= count]
    step = application_fee(schedule, count + 1) - application_fee(schedule, count)
    if bracket.flat is not None:
        assert step == (bracket.flat if count == max(before, default=0) else 0)
    else:
        assert step == bracket.each


def test_no_application_costs_nothing_and_less_is_refused() -> None:
    assert application_fee(load_rules(2026).fees.residencycas, 0) == 0
    with pytest.raises(ValueError, match="applications must be >= 0, got -1"):
        application_fee(load_rules(2026).fees.eras, -1)


def test_registration_fees() -> None:
    rules = load_rules(2026)
    on_time, late = date(2026, 1, 30), date(2026, 1, 31)
    assert registration_fee(rules, 0) == 70
    assert registration_fee(rules, 20, 20) == 70
    assert registration_fee(rules, 21, 22) == 70 + 3 * 30
    assert registration_fee(rules, 5, couple=True) == 115
    assert registration_fee(rules, 5, registered=on_time) == 70
    # NRMP, February 2023 Illuminator: $120 for late registration.
    assert registration_fee(rules, 5, registered=late) == 120
    with pytest.raises(ValueError, match="primary must be 0 to 300 program codes, got 301"):
        registration_fee(rules, 301)


# --- which season ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "season"),
    [
        ("2024-01-01", 2025),
        ("2025-06-30", 2025),
        ("2025-07-01", 2026),
        ("2026-11-25", 2027),
        ("2031-01-01", 2027),
    ],
)
def test_the_season_of_a_day(today: str, season: int) -> None:
    assert season_of(date.fromisoformat(today)).season == season


# --- files ----------------------------------------------------------------------------------------------


def test_a_file_says_what_differs(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("extends: 2026\nfees:\n  pathway: {value: 950, basis: published, source: ECFMG}\n")
    rules, base = load_rules(file), load_rules(2026)
    assert rules.fees.pathway.value == 950
    assert rules.fees.pathway.source == "ECFMG"
    assert rules.calendar == base.calendar
    assert rules != base


def test_two_deadlines_may_fall_on_one_day(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    day = "{value: 2026-03-04, basis: published, source: NRMP}"
    file.write_text(f"extends: 2026\ncalendar:\n  standard_registration_ends: {day}\n")
    assert load_rules(file).calendar.standard_registration_ends.value == date(2026, 3, 4)


def test_an_unknown_season() -> None:
    with pytest.raises(
        InputError, match=r"there are no rules of the season '2028' \(.*shipped: 2025, 2026, 2027"
    ):
        load_rules(2028)


BROKEN = """\
extends: 2026
calendar:
  match_day: {value: 2026-02-30, basis: sure, source: x}
  match_dya: {value: 2026-03-20, basis: published, source: x}
fees:
  pathway: {value: -1, basis: published, source: x}
limits:
  ranks: {value: 30, basis: published, source: ""}
exams:
  step_1:
    passing: [{since: 2022-01-26, value: 196}]
"""

CONTRADICTORY = """\
extends: 2026
season: 2027
calendar:
  rank_list_deadline: {value: 2026-03-18, basis: published, source: x}
  match_day: {value: 2026-03-15, basis: published, source: x}
fees:
  eras:
    value:
      - {up_to: 30, each: 11}
      - {up_to: 20, each: 5}
      - {flat: 30}
    basis: published
    source: x
  residencycas: {value: [{up_to: 18}], basis: published, source: x}
exams:
  step_1:
    passing:
      - {since: 2022-01-26, value: 196, basis: published, source: x}
      - {since: 2020-01-01, value: 194, basis: published, source: x}
"""


def test_broken_values_are_told_all_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = [line.removeprefix("mine.yaml:") for line in refusal(BROKEN, tmp_path, monkeypatch)]
    words = "must be 'published', 'third-party', 'recalled' or 'inferred', got 'sure'"
    days = ", ".join(type(load_rules(2026).calendar).model_fields)
    basis, source = (
        "published, third-party, recalled or inferred",
        "where it was read, or what it follows from",
    )
    assert told == [
        "3:22: calendar.match_day.value: must be a day such as 2026-03-04, got '2026-02-30'",
        f"3:41: calendar.match_day.basis: {words}",
        f"4:3: calendar.match_dya: unknown key (did you mean 'match_day'? allowed: {days})",
        "6:20: fees.pathway.value: must be >= 0.0, got -1",
        "8:48: limits.ranks.source: must not be empty",
        f"11:15: exams.step_1.passing[1].basis: is missing ({basis})",
        f"11:15: exams.step_1.passing[1].source: is missing ({source})",
    ]


def test_values_that_contradict_one_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is told in the file on top, though the other one of a pair may stand in the season shipped."""
    told = [line.removeprefix("mine.yaml:") for line in refusal(CONTRADICTORY, tmp_path, monkeypatch)]
    week = "match_week_begins, which is 2026-03-16"
    assert told == [
        "2:9: season: must be the year of match_day, got 2027",
        f"4:31: calendar.rank_list_deadline.value: must not be after {week}, got 2026-03-18",
        f"5:22: calendar.match_day.value: must not be before {week}, got 2026-03-15",
        "10:17: fees.eras.value[2].up_to: must be above the bracket before, which ends at 30, got 20",
        "11:9: fees.eras.value[3]: the last bracket must have 'each'",
        "14:26: fees.residencycas.value[1]: must have either 'flat' or 'each'",
        "14:26: fees.residencycas.value[1]: 'up_to' must stand in every bracket but the last",
        "19:17: exams.step_1.passing[2].since: must be after the entry before, 2022-01-26, got 2020-01-01",
    ]


def test_extending_what_does_not_ship(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = refusal("extends: 2019\n", tmp_path, monkeypatch)
    assert told == [
        "mine.yaml:1:10: extends: must be a season that is shipped, got 2019 (shipped: 2025, 2026, 2027)"
    ]
