"""The people of a season: exact numbers by type, and attributes with the stated distributions."""

from __future__ import annotations

import numpy as np
from hypothesis import given

from matchsim.season.cohort import cohort, draw_by_weight
from matchsim.season.pathway import pathway
from matchsim.season.programs import programs
from matchsim.season.words import APPLICANT_TYPES, DIVISIONS
from matchsim.streams import Streams

from .worlds import changed, examples, scenarios, town


def people_of(scenario, seed=None):
    streams = Streams(scenario.seed if seed is None else seed)
    return cohort(scenario, streams, programs(scenario, streams))


@examples(40)
@given(scenarios())
def test_registered_and_withdrawn_are_exact_by_type(scenario) -> None:
    people, stated = people_of(scenario), scenario.cohort
    for code, name in enumerate(APPLICANT_TYPES):
        of_type = people.applicant_type == code
        assert int(of_type.sum()) == getattr(stated.registered, name)
        if stated.withdrawn is not None:
            gone = pathway(scenario, Streams(scenario.seed), people).withdrawn
            assert int(gone[of_type].sum()) == getattr(stated.withdrawn, name)


@examples(40)
@given(scenarios())
def test_everybody_wants_a_specialty_with_weight_and_at_most_one_other(scenario) -> None:
    people, stated = people_of(scenario), scenario.cohort
    for a in range(len(people)):
        kind = APPLICANT_TYPES[people.applicant_type[a]]
        weights = stated.preferences[kind]
        if people.prior_training[a]:
            weights = stated.trained_preferences.get(kind) or weights
        assert weights.get(people.specialties[people.preferred[a]], 0) > 0
        if people.backup[a] >= 0:
            assert stated.backups[kind].get(people.specialties[people.backup[a]], 0) > 0
            assert people.backup[a] != people.preferred[a]
            assert getattr(stated.backup_share, kind) > 0


def test_shares_at_the_ends_hold_for_everybody() -> None:
    for share in (0.0, 1.0):
        every = dict.fromkeys(APPLICANT_TYPES, share)
        stated = {"needs_visa": every, "prior_training": every, "home_ties": every}
        people = people_of(changed(town(), {"cohort": stated}))
        assert people.needs_visa.mean() == people.prior_training.mean() == share
        assert (people.division >= 0).mean() == share


def test_scores_pass_unless_every_attempt_is_used_up_and_stay_below_the_top() -> None:
    stated = {"step2_ck": {"mean": 250.0, "sd": 60.0, "passing": 240}}
    people = people_of(changed(town(), {"cohort": stated}))
    used_up = people.step_2_ck_failures == 4
    assert used_up.any()
    assert ((people.step2_ck >= 240) == ~used_up).all()
    assert people.step2_ck.max() == 300


def test_draws_by_weight_fall_where_the_weights_say() -> None:
    uniform = np.array([0.0, 0.19, 0.21, 0.5, 0.99, 1.0 - 2**-33])
    assert draw_by_weight(uniform, [1.0, 0.0, 3.0, 1.0]).tolist() == [0, 0, 2, 2, 3, 3]
    assert draw_by_weight(np.array([0.999999999]), [1.0, 0.0]).tolist() == [0]


def near(measured: float, share: float, n: int) -> bool:
    return abs(measured - share) <= 4.5 * np.sqrt(max(share * (1 - share), 1 / n) / n)


def test_national_shares_and_moments_by_type(nation) -> None:
    people, stated = nation.cohort, nation.scenario.cohort
    z = (people.step2_ck - stated.step2_ck.mean) / stated.step2_ck.sd
    for code, name in enumerate(APPLICANT_TYPES):
        of_type = people.applicant_type == code
        n = int(of_type.sum())
        spread = getattr(stated.ability, name)
        assert abs(float(people.ability[of_type].mean()) - spread.mean) < 4.5 * spread.sd / np.sqrt(n)
        assert near(people.needs_visa[of_type].mean(), getattr(stated.needs_visa, name), n)
        assert near(people.prior_training[of_type].mean(), getattr(stated.prior_training, name), n)
        assert near((people.division[of_type] >= 0).mean(), getattr(stated.home_ties, name), n)
        for trained, preferences in ((False, stated.preferences), (True, stated.trained_preferences)):
            some = of_type & (people.prior_training == trained)
            weights = np.array([preferences[name].get(s, 0.0) for s in people.specialties])
            drawn = np.bincount(people.preferred[some], minlength=len(weights))
            for count, weight in zip(drawn, weights, strict=True):
                assert not some.any() or near(count / some.sum(), weight / weights.sum(), int(some.sum()))
        if n > 1000:
            assert abs(float(people.ability[of_type].std()) / spread.sd - 1) < 4.5 / np.sqrt(n)
            correlation = np.corrcoef(people.ability[of_type], z[of_type])[0, 1]
            # Failing scores are lifted to the pass mark, which takes a little off.
            assert abs(correlation - stated.step2_ck.ability_correlation) < 0.05
    weights = np.array([getattr(stated.divisions, d) for d in DIVISIONS])
    home = people.division[people.division >= 0]
    for share, expected in zip(np.bincount(home) / len(home), weights / weights.sum(), strict=True):
        assert near(share, expected, len(home))


def test_backups_are_likelier_for_those_who_prefer_a_competitive_specialty(nation) -> None:
    people, stated = nation.cohort, nation.scenario.cohort
    known = {s: nation.scenario.programs.specialties[s].competitiveness for s in people.specialties}
    sought = np.array([known[s] for s in people.specialties])[people.preferred]
    with_backup = people.backup >= 0
    md = people.applicant_type == 0
    assert with_backup[md & (sought > 0.7)].mean() > 2 * with_backup[md & (sought < 0.4)].mean()
    # Whoever draws the preferred specialty again has no backup, so the share is an upper bound.
    for code, name in enumerate(APPLICANT_TYPES):
        of_type = people.applicant_type == code
        share, n = getattr(stated.backup_share, name), int(of_type.sum())
        assert with_backup[of_type].mean() <= share + 4.5 * np.sqrt(share / n)
        assert with_backup[of_type].mean() >= 0.5 * share - 4.5 * np.sqrt(share / n)
