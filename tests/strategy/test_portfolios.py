"""Portfolios: plans against every portfolio, and what is tried against probes."""

from __future__ import annotations

from itertools import combinations, pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from season.worlds import changed, town

from matchsim.errors import InputError
from matchsim.season import run_season
from matchsim.season.profile import Profile
from matchsim.season.profile.model import Signals
from matchsim.season.scenario.applications import SignalBudget
from matchsim.strategy import Person, portfolios, probes, standards
from matchsim.strategy.newcomers import newcomers
from matchsim.strategy.plans import PLANS, _groups, mixed, planned
from matchsim.strategy.portfolios import _candidates, _chances, _to
from matchsim.strategy.probes import interviewed, ranked
from strategy.conftest import ALONE

UNSIGNALLED = {"Hearts": Signals()}
MD = Profile(
    applicant_type="us_md_senior", specialties=["Hearts"], applications={"Hearts": 1}, signals=UNSIGNALLED
)
# Of programs that interview somebody none is treated otherwise because of the others.
PLAIN = {
    **ALONE,
    "rank_lists": {
        **ALONE["rank_lists"],
        "second_looks": {"visits": 0},
        "programs": {"rank_to_match": {"told": 0.0}},
    },
}


@pytest.fixture(scope="module")
def seasons():
    return [standards(run_season(changed(town(), PLAIN), seed=seed)) for seed in range(4)]


def mean_of_the_best(options, chance, value, *, common: bool) -> float:
    """The mean value of the best option that admits, over everything that may happen."""
    if common:
        # One score, evenly spread, admits where it is among the highest so many.
        ends = [0.0, *sorted({chance[i] for i in options}), 1.0]
        return sum(
            (high - low) * max((value[i] for i in options if chance[i] >= (low + high) / 2), default=0.0)
            for low, high in pairwise(ends)
        )
    total = 0.0
    for admits in product((False, True), repeat=len(options)):
        likely = np.prod(
            [chance[i] if yes else 1 - chance[i] for i, yes in zip(options, admits, strict=True)]
        )
        total += likely * max((value[i] for i, yes in zip(options, admits, strict=True) if yes), default=0.0)
    return total


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.integers(1, 7), st.floats(0, 1))
def test_no_portfolio_of_the_size_promises_more_than_that_of_the_theory(chances, number, last):
    chance, value = np.sort(chances), np.linspace(1.0, last, len(chances))
    most = min(number, len(chances))
    every = [some for size in range(most + 1) for some in combinations(range(len(chances)), size)]
    for plan, common in (("independent", False), ("common_score", True)):
        found = planned(plan, chance, value, number).places.tolist()
        assert len(found) == len(set(found)) <= most
        best = max(mean_of_the_best(some, chance, value, common=common) for some in every)
        assert mean_of_the_best(found, chance, value, common=common) == pytest.approx(best, abs=1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.integers(1, 40))
def test_rules_of_thumb_are_what_their_names_say(chances, number):
    chance, value = np.sort(chances), np.linspace(1.0, 0.5, len(chances))
    size = min(number, len(chance))
    best, safest, thirds = (
        planned(plan, chance, value, number).places for plan in ("best", "safest", "thirds")
    )
    assert best.tolist() == list(range(size))
    assert safest.tolist() == list(range(len(chance)))[len(chance) - size :]
    assert len(set(thirds.tolist())) == len(thirds) == size
    members = np.bincount(_groups(chance), minlength=3)
    counts = np.bincount(_groups(chance)[thirds], minlength=3)
    # None has two more than another that still has room.
    assert all(counts[i] <= counts[j] + 1 for i in range(3) for j in range(3) if counts[j] < members[j])
    assert planned("as_people_do", chance, value, number).places is None


def test_reach_match_and_safe_are_thirds_of_the_greatest_chance():
    assert _groups(np.array([0.0, 0.1, 0.19, 0.21, 0.39, 0.41, 0.6])).tolist() == [0, 0, 0, 1, 1, 2, 2]
    assert _groups(np.zeros(3)).tolist() == [0, 0, 0]


@pytest.mark.parametrize("signal", [0, 2])
def test_the_chance_of_one_application_is_that_of_who_sends_no_other(seasons, signal):
    copies = 12
    abroad = MD.model_copy(update={"applicant_type": "non_us_img"})
    one = _candidates(Person(abroad), seasons[0], "Hearts", copies)
    size = 10
    got = _chances([one], size, signal)
    wins, asked = np.zeros(size), np.zeros(size)
    for copy, some in enumerate(one.considering):
        for place, program in enumerate(some):
            chosen = [some[place : place + 1] if c == copy else some[:0] for c in range(copies)]
            sent = _to(one, chosen)
            people = one.people._replace(applied=sent.replace(signal=np.full(len(sent), signal, np.int8)))
            _, takes = ranked(seasons[0], people, interviewed(seasons[0], people))
            asked[size * place // len(some)] += 1
            wins[size * place // len(some)] += takes.any()
            assert sent.program.tolist() == [program]
    expected = np.maximum.accumulate(wins / np.maximum(asked, 1))
    assert got.tolist() == pytest.approx(expected.tolist())
    assert 0 < expected.mean() < 1


def test_the_programs_that_consider_somebody_come_by_standing(seasons):
    """And their requirements are met, so that a program left out never looks at the application."""
    abroad = MD.model_copy(update={"applicant_type": "non_us_img", "visa": "j1", "citizenship": "other"})
    one = _candidates(Person(abroad), seasons[1], "Hearts", 30)
    programs = seasons[1].programs
    hearts = np.flatnonzero(programs.pool_of() == programs.specialties.index("Hearts"))
    left_out = [np.setdiff1d(hearts, some) for some in one.considering]
    assert sum(map(len, left_out)) > 0
    assert all((np.diff(programs.prestige[some]) <= 0).all() for some in one.considering)
    assert all(programs.sponsors_j1[some].all() for some in one.considering)
    sent = _to(one, left_out)
    assert not len(interviewed(seasons[1], one.people._replace(applied=sent)))


def test_an_application_has_the_mean_chance_of_signalled_and_other_ones():
    curves = [np.array([0.0]), np.array([0.4]), np.array([1.0])]
    budget = SignalBudget(gold=2, silver=3)
    got = [float(mixed(curves, budget, number)[0]) for number in (1, 2, 4, 5, 10)]
    assert got == pytest.approx([1.0, 1.0, 2.8 / 4, 3.2 / 5, 3.2 / 10])


def test_everything_applied_to_is_what_a_probe_gets_who_applies_everywhere(seasons):
    """All plans of as many applications as there are programs are one, and it is tried in the second half."""
    found = portfolios(MD, seasons, numbers=[9], copies=30)
    same = [i for i, name in enumerate(PLANS) if name in ("best", "safest", "thirds", "independent")]
    assert len(np.unique(found.worth[same])) == 1
    everywhere = MD.model_copy(update={"applications": {"Hearts": 500}})
    shares, sent = [], []
    for season in seasons[2:]:
        one = _candidates(Person(MD), season, "Hearts", 30)
        probe = probes(everywhere, season, 30)
        # Programs that do not consider the person are left out, by plans as by those who are informed.
        assert all(len(some) <= n for some, n in zip(one.considering, probe.applications, strict=True))
        shares.append(probe.matched.mean())
        sent.append(np.mean([len(some) for some in one.considering]))
    assert found.probability[same[0]] == pytest.approx(np.mean(shares))
    assert found.applications[same[0]] == pytest.approx(np.mean(sent))


def test_what_people_do_is_what_probes_do(seasons):
    found = portfolios(MD, seasons, numbers=[2, 4], copies=40)
    for row, number in enumerate((2, 4)):
        profile = MD.model_copy(update={"applications": {"Hearts": number}})
        every = [probes(profile, season, 40) for season in seasons[2:]]
        assert found.probability[row] == pytest.approx(np.mean([one.matched.mean() for one in every]))
        assert found.fees[row] == pytest.approx(np.mean([one.fees.mean() for one in every]))
        assert found.interviews[row] == pytest.approx(np.mean([one.interviews.mean() for one in every]))
    assert found.reach[:2].tolist() == [-1, -1]
    assert np.isnan(found.half).all()


def test_worth_lies_between_the_values_of_first_and_last_place(seasons):
    every = portfolios(MD, seasons, numbers=[1, 3, 6], last=0.2, copies=40)
    assert (every.worth <= every.probability + 1e-12).all()
    assert (every.worth >= 0.2 * every.probability - 1e-12).all()
    alike = portfolios(MD, seasons, numbers=[1, 3, 6], last=1.0, copies=40)
    assert alike.worth == pytest.approx(alike.probability)
    words = np.array(list(PLANS))[every.plan]
    theory = np.isin(words, ["independent", "common_score"])
    assert (np.isnan(every.promised) == ~theory).all()
    drawn = words == "as_people_do"
    assert ((every.reach + every.match + every.safe)[~drawn] <= every.number[~drawn]).all()
    assert np.diff(every.unsignalled).min() >= 0
    assert every.gold.mean() > every.unsignalled.mean()


def test_the_marginal_application_is_the_difference_of_neighbours(seasons):
    found = portfolios(MD, seasons, numbers=[6, 2], copies=40)
    rows = found.marginal()
    assert rows["number"].tolist() == [2, 6] * len(PLANS)
    safe = rows[rows["plan"] == "safest"].set_index("number")
    two, six = (
        int(np.flatnonzero((found.plan == list(PLANS).index("safest")) & (found.number == n))[0])
        for n in (2, 6)
    )
    assert safe.loc[2, "fees"] == pytest.approx(found.fees[two])
    assert safe.loc[6, "fees"] == pytest.approx(found.fees[six] - found.fees[two])
    gained = found.probability[six] - found.probability[two]
    price = safe.loc[6, "fees"] / (100 * gained) if gained > 0 else np.inf
    assert safe.loc[6, "usd_per_point"] == pytest.approx(price)
    assert "2 seasons of 40 probes" in repr(found)


def test_signals_are_sent_as_the_season_sends_them(seasons):
    """With the same programs, a portfolio is what newcomers send who apply there."""
    signalling = MD.model_copy(update={"signals": {}, "applications": {"Hearts": 500}})
    one = _candidates(Person(signalling), seasons[0], "Hearts", 20)
    applied = newcomers([Person(signalling)], seasons[0], 20).applied
    of = np.split(applied.program, applied.applicant_offsets[1:-1])
    assert _to(one, of).equals(applied)
    assert (applied.signal > 0).any()


def test_what_does_not_go_is_told(seasons):
    nobody = Profile(applicant_type="us_img")
    for ask, words in (
        (lambda: portfolios(MD, seasons[:1], last=2), ("seasons", "last")),
        (lambda: portfolios(MD, seasons, numbers=[0, 2.5, 1000]), ("got 0", "got 2.5", "got 1000")),
        (lambda: portfolios(MD, seasons, numbers=[]), ("numbers",)),
        (lambda: portfolios(nobody, seasons), ("no specialty is named",)),
        (lambda: portfolios(MD, seasons, specialty="Heart"), ("'Heart'", "Hearts")),
        (lambda: portfolios(nobody, seasons, specialty="First Year"), ("'First Year'",)),
        (lambda: portfolios(MD.model_copy(update={"couple": True}), seasons), ("matches alone",)),
    ):
        with pytest.raises(InputError) as caught:
            ask()
        assert all(word in str(caught.value) for word in words)
