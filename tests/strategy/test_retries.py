"""Retries: against people who truly apply otherwise in small seasons, simulated again."""

from __future__ import annotations

import numpy as np
import pytest
from season.worlds import changed, town

from matchsim.season import run_season
from matchsim.season.interviews import interviews
from matchsim.season.match import match
from matchsim.season.rank_lists import rank_lists
from matchsim.season.words import APPLICANT_TYPES
from matchsim.strategy import standards, why_unmatched
from matchsim.strategy.newcomers import OF_PROGRAMS
from matchsim.strategy.retries import (
    Change,
    _applied,
    _copied,
    _CopiesStreams,
    _interviewed_by,
    _placed,
    _rows,
    _signals_now,
    chances_again,
)
from matchsim.streams import Streams
from strategy.conftest import ALONE
from strategy.spliced import Spliced

# Everybody with an interview certifies, so that who applies otherwise takes nobody's place on a roll of
# given length; and twice as many people as there are positions.
REGISTERED = dict(zip(APPLICANT_TYPES, (160, 20, 90, 16, 60, 130, 10), strict=True))
OPEN = {**ALONE, "cohort": {"active": dict.fromkeys(APPLICANT_TYPES, 0), "registered": REGISTERED}}
CHANGES = [Change(2.0), Change(signal_strategy="chance"), Change(2.0, "home")]


@pytest.fixture(scope="module")
def crowded():
    return run_season(changed(town(), OPEN), seed=1)


@pytest.fixture(scope="module")
def people(crowded):
    """Those who are put in again: single, interviewed, with a list, and taken by nobody who met them."""
    got = why_unmatched(crowded, copies=1)
    return got.applicant[~np.isnan(got.chance)]


class Again(Streams):
    """The streams of a season in which one person has the luck of a copy wherever something is new."""

    def __init__(self, season, person: int) -> None:
        super().__init__(season.seed, season.replicate)
        self.person = person
        alone = np.array([person], np.int32)
        before = _signals_now(_copied(season.applications, alone), 1, len(season.tracks))
        met = _interviewed_by(season, alone)
        self.copy = _CopiesStreams(season, alone, 1, applied=before >= 0, met=met)

    def __call__(self, decision):
        own = super().__call__(decision)
        return own if decision in OF_PROGRAMS else Spliced(own, self.copy(decision), self.person, 0)


def with_applications(season, person: int, change: Change):
    """The applications of everybody, those of one person changed."""
    alone = np.array([person], np.int32)
    own = _rows(season.cohort, alone), _rows(season.road, alone)
    sent = _applied(season, alone, *own, change.multiple)
    sent = sent.replace(signal=_placed(season, own[0], sent, change.signal_strategy))
    old = season.applications
    first, last = old.applicant_offsets[person : person + 2]
    offsets = old.applicant_offsets.copy()
    offsets[person + 1 :] += len(sent) - (last - first)
    fees = old.fees.copy()
    fees[person] = sent.fees[0]
    columns = {
        name: np.concatenate([getattr(old, name)[:first], getattr(sent, name), getattr(old, name)[last:]])
        for name in ("program", "fit", "signal")
    }
    return type(old)(applicant_offsets=offsets, fees=fees, **columns)


def truly_applied(season, person: int, change: Change) -> bool:
    """Whether the person matches in the season simulated again from the interviews on."""
    streams, scenario, tracks = Again(season, person), season.scenario, season.tracks
    applied = with_applications(season, person, change)
    held = interviews(scenario, streams, season.cohort, season.road, tracks, applied)
    lists = rank_lists(scenario, streams, season.cohort, season.road, tracks, season.coupled, applied, held)
    return match(scenario, streams, tracks, lists, season.reversions).program_of[person] >= 0


def test_people_get_about_what_they_get_who_truly_apply_otherwise(crowded, people):
    """The approximation: how often it changes whether somebody matches."""
    got = chances_again(crowded, standards(crowded), people, CHANGES, 1)
    asked, truly, different = 0, 0, 0
    for chances, change in zip(got, CHANGES, strict=True):
        for person, chance in zip(people.tolist(), chances, strict=True):
            matched = truly_applied(crowded, person, change)
            asked += 1
            truly += matched
            different += matched != (chance > 0)
    print(f"{asked} put in again, of whom {truly} truly match; {different} differ")
    assert 0.1 < truly / asked < 0.9
    assert different / asked <= 0.05


def test_who_changes_nothing_gets_nothing():
    """Everybody who had the application has answered, also where an invitation was not kept."""
    busy = {
        **OPEN,
        "interviews": {"late_returns": 0.8, "late_answers": 0.5, "capacity": {"mean": 2.0, "sd": 1.0}},
    }
    season = run_season(changed(town(), busy), seed=1)
    got = why_unmatched(season, copies=1)
    people = got.applicant[~np.isnan(got.chance)]
    usual = Change(signal_strategy=season.scenario.applications.signal_strategy)
    chances = chances_again(season, standards(season), people, [Change(), usual, Change(2.0)], 4)
    assert not chances[:2].any()
    assert chances[2].any()


def test_every_copy_of_everybody_has_luck_of_its_own_in_what_is_new(crowded, people):
    met = _interviewed_by(crowded, people)
    before = _signals_now(_copied(crowded.applications, people), len(people), len(crowded.tracks)) >= 0
    drawn = _CopiesStreams(crowded, people, 3, applied=before, met=met)("interviews.screening")
    noise = drawn.pair_normal(np.arange(3 * len(people), dtype=np.int32), np.zeros(3 * len(people), np.int32))
    rows = noise.reshape(len(people), 3)
    own = Streams(crowded.seed, crowded.replicate)("interviews.screening")
    applied = before[:, 0]
    assert 0 < applied.sum() < len(people)
    as_it_went = own.pair_normal(people[applied], np.zeros(applied.sum(), np.int32))
    assert (rows[applied] == as_it_went[:, None]).all()
    assert len(np.unique(rows[~applied])) == rows[~applied].size


def test_the_same_number_of_applications_are_the_same_ones(crowded, people):
    own = _rows(crowded.cohort, people), _rows(crowded.road, people)
    same = _applied(crowded, people, *own, 1.0)
    before = _copied(crowded.applications, people)
    assert same.replace(signal=_placed(crowded, own[0], same, None)).equals(before)


def test_more_applications_are_the_same_ones_and_some_more(crowded, people):
    own = _rows(crowded.cohort, people), _rows(crowded.road, people)
    size = len(people), len(crowded.tracks)
    before = _signals_now(_copied(crowded.applications, people), *size) >= 0
    more = _signals_now(_applied(crowded, people, *own, 2.0), *size) >= 0
    assert (more >= before).all()
    # Pools are small, and many people apply to all of theirs.
    assert more.sum() > 1.2 * before.sum()


def test_a_cap_holds_for_more_applications_too(crowded, people):
    capped = run_season(changed(crowded.scenario, {"applications": {"cap": 6}}), seed=1)
    own = _rows(capped.cohort, people), _rows(capped.road, people)
    same, more = (_applied(capped, people, *own, multiple) for multiple in (1.0, 50.0))
    assert len(more) < 1.5 * len(same)
    free = run_season(changed(crowded.scenario, {"applications": {"cap": None}}), seed=1)
    assert len(_applied(free, people, *own, 50.0)) > 1.5 * len(more)


def test_the_chance_of_a_person_hangs_on_nobody_else_asked_about(crowded, people, monkeypatch):
    reached = standards(crowded)
    together = chances_again(crowded, reached, people, CHANGES, 5)
    monkeypatch.setattr("matchsim.strategy.retries.COPIES_AT_ONCE", 15)
    assert (chances_again(crowded, reached, people, CHANGES, 5) == together).all()
    alone = chances_again(crowded, reached, people[3:4], CHANGES[::-1], 5)
    assert (alone[::-1, 0] == together[:, 3]).all()
