"""The programs of a season: exact numbers, sizes, and where they come from."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given

from matchsim.season.programs import programs
from matchsim.season.scenario.model import Scenario
from matchsim.season.tables import Programs
from matchsim.season.words import DIVISIONS, SETTINGS, TRACKS
from matchsim.streams import Streams

from .worlds import changed, examples, one_specialty, scenarios, town


def cells(scenario: Scenario) -> list[tuple[str, str, int, int]]:
    given = scenario.programs.specialties
    assert isinstance(given, dict)
    return [
        (name, track, size.programs, size.positions)
        for name, specialty in given.items()
        for track, size in specialty.tracks().items()
    ]


@examples(40)
@given(scenarios())
def test_every_track_has_exactly_its_programs_and_positions_and_every_program_a_position(scenario) -> None:
    tracks = programs(scenario, Streams(scenario.seed))
    assert len(tracks) == sum(count for _, _, count, _ in cells(scenario))
    assert (tracks.quota >= 1).all()
    for name, track, count, positions in cells(scenario):
        mine = (tracks.specialty == tracks.specialties.index(name)) & (tracks.track == TRACKS.index(track))
        assert (int(mine.sum()), int(tracks.quota[mine].sum())) == (count, positions)


@examples(20)
@given(scenarios())
def test_preliminary_programs_come_last_and_specialties_in_order(scenario) -> None:
    tracks = programs(scenario, Streams(scenario.seed))
    key = list(zip(tracks.is_track("P").tolist(), tracks.specialty.tolist(), strict=True))
    assert key == sorted(key)


def test_sizes_are_spread_only_as_far_as_the_scenario_says() -> None:
    scenario = one_specialty(programs=40, positions=203, people={"us_md_senior": 9})
    scenario = changed(scenario, {"programs": {"quota_spread": 0.0}})
    even = programs(scenario, Streams(1)).quota
    assert set(even.tolist()) == {5, 6}
    assert even.sum() == 203
    wide = programs(changed(scenario, {"programs": {"quota_spread": 1.5}}), Streams(1)).quota
    assert wide.max() > 20


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0.0), (1.0, 1.0)])
def test_visa_sponsors_at_the_ends(share: float, expected: float) -> None:
    tracks = programs(
        changed(town(), {"programs": {"requirements": {"sponsors_j1": share, "sponsors_h1b": share}}}),
        Streams(3),
    )
    assert tracks.sponsors_j1.mean() == tracks.sponsors_h1b.mean() == expected


COLUMN_OF = {
    "sponsors_j1": "sponsors_j1",
    "sponsors_h1b": "sponsors_h1b",
    "step2_ck": "minimum_step2_ck",
    "graduation": "maximum_years",
    "no_failed_attempts": "no_failed_attempts",
    "us_clinical": "minimum_us_months",
    "certificate_first": "certificate_first",
}


@pytest.mark.parametrize("requirement", [name for name in COLUMN_OF if name != "sponsors_j1"])
def test_a_requirement_switched_off_changes_its_column_alone(requirement: str) -> None:
    usual = programs(town(), Streams(3))
    off = programs(changed(town(), {"programs": {"requirements": {requirement: 0.0}}}), Streams(3))
    differing = {told.partition(":")[0] for told in off.differences(usual)}
    assert differing == {COLUMN_OF[requirement]}
    meaningless = {"maximum_years": -1}.get(COLUMN_OF[requirement], 0)
    assert set(getattr(off, COLUMN_OF[requirement]).tolist()) == {meaningless}


def test_national_moments(nation) -> None:
    tracks, given = nation.tracks, nation.scenario.programs
    n = len(tracks)
    asked = given.requirements
    for share, drawn in (
        (given.university, tracks.setting == SETTINGS.index("university")),
        (asked.sponsors_j1, tracks.sponsors_j1),
        (asked.sponsors_h1b, tracks.sponsors_h1b),
        (asked.step2_ck, tracks.minimum_step2_ck > 0),
        (asked.graduation, tracks.maximum_years >= 0),
        (asked.no_failed_attempts, tracks.no_failed_attempts),
        (asked.us_clinical, tracks.minimum_us_months > 0),
        (asked.certificate_first, tracks.certificate_first),
    ):
        assert abs(float(drawn.mean()) - share) < 4 * np.sqrt(0.25 / n)
    assert (tracks.sponsors_j1 | ~tracks.sponsors_h1b).all()
    assert abs(float(tracks.prestige.mean())) < 4 / np.sqrt(n)
    assert abs(float(tracks.prestige.std()) - 1) < 4 / np.sqrt(n)
    community = tracks.setting == SETTINGS.index("community")
    for share, setting in ((given.community_openness, community), (-given.community_openness, ~community)):
        spread = given.openness_sd / np.sqrt(setting.sum())
        assert abs(float(tracks.openness[setting].mean()) - share) < 4 * spread
        assert abs(float(tracks.openness[setting].std()) / given.openness_sd - 1) < 4 / np.sqrt(setting.sum())
    assert tracks.prestige[~community].mean() > tracks.prestige[community].mean()
    # The more prestigious programs ask for higher scores, and community programs take J-1 visas less often.
    asks = tracks.minimum_step2_ck > 0
    assert np.corrcoef(tracks.prestige[asks], tracks.minimum_step2_ck[asks])[0, 1] > 0.9
    odds = [
        rate / (1 - rate)
        for rate in (tracks.sponsors_j1[community].mean(), tracks.sponsors_j1[~community].mean())
    ]
    assert abs(np.log(odds[0] / odds[1] / asked.community_odds)) < 4 * np.sqrt(8 / n) * 2
    weights = np.array([getattr(given.divisions, d) for d in DIVISIONS])
    share = np.bincount(tracks.division, minlength=len(DIVISIONS)) / n
    np.testing.assert_allclose(share, weights / weights.sum(), atol=4 * np.sqrt(0.25 / n))
    known = {name: size.competitiveness for name, size in given.specialties.items()}
    expected = np.array([known[name] for name in tracks.specialties], dtype=np.float32)[tracks.specialty]
    assert (tracks.competitiveness == expected).all()


def test_standing_goes_with_size_as_far_as_the_scenario_says(nation) -> None:
    given, streams = nation.scenario.programs, Streams(nation.seed)
    tracks = programs(changed(nation.scenario, {"programs": {"prestige_quota_correlation": 1.0}}), streams)
    apart = nation.tracks
    size = streams("programs.quota").normal(np.arange(len(apart), dtype=np.int32))
    np.testing.assert_array_equal(tracks.prestige, size)
    measured = np.corrcoef(apart.prestige, size)[0, 1]
    assert abs(measured - given.prestige_quota_correlation) < 4 / np.sqrt(len(apart))


@examples(60)
@given(scenarios())
def test_institutions_lie_in_one_division_and_tracks_of_a_specialty_share_them(scenario) -> None:
    check_institutions(programs(scenario, Streams(scenario.seed)), scenario.programs.per_institution)


def test_institutions_of_the_nation_are_shared_likewise(nation) -> None:
    check_institutions(nation.tracks, nation.scenario.programs.per_institution)


def check_institutions(tracks: Programs, per_institution: float) -> None:
    for division in np.unique(tracks.division).tolist():
        here = tracks.division == division
        elsewhere = set(tracks.institution[~here].tolist())
        sites = set(tracks.institution[here].tolist())
        number = max(1, round(int(here.sum()) / per_institution))
        assert not sites & elsewhere
        assert len(sites) <= number
        for specialty in np.unique(tracks.specialty[here]).tolist():
            mine = here & (tracks.specialty == specialty)
            sets = []
            for track in np.unique(tracks.track[mine]).tolist():
                at = tracks.institution[mine & (tracks.track == track)]
                # As many institutions as there are, before two programs of a track are at one.
                assert len(set(at.tolist())) == min(len(at), number)
                sets.append(set(at.tolist()))
            sets.sort(key=len)
            assert all(small <= large for small, large in pairwise(sets))


def test_the_nation_has_about_nine_hundred_institutions_of_many_sizes(nation) -> None:
    sizes = np.bincount(nation.tracks.institution)
    held = sizes[sizes > 0]
    assert 850 < len(held) < 950
    assert held.sum() == 6_626
    assert held.max() > 3 * held.mean()
    assert (held <= 3).mean() > 0.1


def test_institutions_leave_everything_else_as_it_is() -> None:
    scenario = town()
    few = changed(scenario, {"programs": {"per_institution": 40.0, "institution_spread": 0.0}})
    one, other = (programs(s, Streams(1)) for s in (scenario, few))
    assert [d.partition(":")[0] for d in one.differences(other)] == ["institution"]
