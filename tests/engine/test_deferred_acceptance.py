"""What deferred acceptance promises, on markets of every awkward kind."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import market_lists, market_of, markets

from matchsim.engine import Market, deferred_acceptance, is_stable, reference
from matchsim.errors import InputError

SIDES = ("applicants", "programs")


@given(markets(), st.sampled_from(SIDES))
def test_the_outcome_is_stable(market, proposing):
    matching = deferred_acceptance(market, proposing)
    assert is_stable(market, matching)
    assert reference.is_stable(market, matching.program_of.tolist())


@given(markets(), st.sampled_from(SIDES))
def test_kernel_and_reference_agree(market, proposing):
    solver = {"applicants": reference.applicants_propose, "programs": reference.programs_propose}[proposing]
    program_of, proposals = solver(market)
    matching = deferred_acceptance(market, proposing)
    assert matching.program_of.tolist() == program_of
    assert matching.proposals == proposals


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 12), st.integers(0, 6))
def test_kernel_and_reference_agree_on_crowded_markets(seed, applicants, programs, max_quota):
    """Long displacement chains and heaps of several levels, which tiny markets do not reach."""
    rng = np.random.default_rng(seed)
    market = market_of(
        (
            [rng.permutation(programs)[: rng.integers(0, programs + 1)].tolist() for _ in range(applicants)],
            [rng.permutation(applicants).tolist() for _ in range(programs)],
            rng.integers(0, max_quota + 1, programs).tolist(),
        )
    )
    assert deferred_acceptance(market).program_of.tolist() == reference.applicants_propose(market)[0]
    by_programs = deferred_acceptance(market, "programs")
    assert by_programs.program_of.tolist() == reference.programs_propose(market)[0]


@pytest.mark.parametrize("quota", range(1, 10))
def test_one_program_keeps_its_best_in_whatever_order_they_come(quota):
    """The worst of those whom it holds may have come at any time, and goes first."""
    rng = np.random.default_rng(quota)
    for _ in range(10):
        order = rng.permutation(3 * quota).tolist()
        matching = deferred_acceptance(market_of(([[0]] * len(order), [order], [quota])))
        assert sorted(np.flatnonzero(matching.program_of == 0)) == sorted(order[:quota])


@settings(max_examples=60)
@given(markets(max_applicants=5, max_programs=3))
def test_the_proposing_side_gets_its_best_stable_matching(market):
    applicants, programs = reference.lists_of(market)
    stable = list(reference.stable_matchings(market))
    by_applicants = deferred_acceptance(market).program_of.tolist()
    by_programs = deferred_acceptance(market, "programs").program_of.tolist()
    for a, ranked in enumerate(applicants):
        reached = [matching[a] for matching in stable]
        preferred = sorted(reached, key=lambda p, ranked=ranked: ranked.index(p) if p >= 0 else len(ranked))
        assert by_applicants[a] == preferred[0]
        assert by_programs[a] == preferred[-1]
    for p, ranked in enumerate(programs):
        places = [sorted(ranked.index(a) for a, where in enumerate(m) if where == p) for m in stable]
        mine = sorted(ranked.index(a) for a, where in enumerate(by_programs) if where == p)
        # With responsive preferences the best stable set is the best one place by place.
        assert all(mine[k] <= other[k] for other in places for k in range(len(mine)))


@given(markets())
def test_rural_hospitals_theorem(market):
    """The same applicants are matched, the same positions filled, and programs with free positions hold
    the same people, whichever side proposes (Roth, Econometrica 54 (1986), 425-427)."""
    one, other = deferred_acceptance(market), deferred_acceptance(market, "programs")
    assert ((one.program_of < 0) == (other.program_of < 0)).all()
    assert (one.filled == other.filled).all()
    short = np.flatnonzero(one.filled < market.quota)
    assert (np.isin(one.program_of, short) == np.isin(other.program_of, short)).all()
    assert (
        one.program_of[np.isin(one.program_of, short)] == other.program_of[np.isin(other.program_of, short)]
    ).all()


@given(market_lists(), st.data(), st.sampled_from(SIDES))
def test_names_and_order_do_not_matter(lists, data, proposing):
    applicants, programs, quotas = lists
    new_a = data.draw(st.permutations(range(len(applicants))))
    new_p = data.draw(st.permutations(range(len(programs))))
    moved_applicants: list[list[int]] = [[] for _ in applicants]
    moved_programs: list[list[int]] = [[] for _ in programs]
    moved_quotas = [0] * len(programs)
    for a, ranked in enumerate(applicants):
        moved_applicants[new_a[a]] = [new_p[p] for p in ranked]
    for p, ranked in enumerate(programs):
        moved_programs[new_p[p]] = [new_a[a] for a in ranked]
        moved_quotas[new_p[p]] = quotas[p]
    before = deferred_acceptance(market_of(lists), proposing)
    after = deferred_acceptance(market_of((moved_applicants, moved_programs, moved_quotas)), proposing)
    for a in range(len(applicants)):
        p = before.program_of[a]
        assert after.program_of[new_a[a]] == (new_p[p] if p >= 0 else -1)
    assert before.proposals == after.proposals


@given(markets(), st.data())
def test_one_more_position_never_hurts_an_applicant(market, data):
    if not market.size("program"):
        return
    quota = market.quota.copy()
    quota[data.draw(st.integers(0, len(quota) - 1))] += 1
    for proposing in SIDES:
        before = deferred_acceptance(market, proposing)
        after = deferred_acceptance(market.replace(quota=quota), proposing)
        unmatched = np.iinfo(np.int32).max
        rank_before = np.where(before.rank_of < 0, unmatched, before.rank_of)
        rank_after = np.where(after.rank_of < 0, unmatched, after.rank_of)
        assert (rank_after <= rank_before).all()


@given(market_lists(max_applicants=5, max_programs=4), st.data())
def test_no_applicant_gains_by_another_list(lists, data):
    """Applicant-proposing deferred acceptance is strategy-proof (Dubins and Freedman 1981, Roth 1982)."""
    applicants, programs, quotas = lists
    if not applicants:
        return
    liar = data.draw(st.integers(0, len(applicants) - 1))
    lie = data.draw(st.permutations(range(len(programs))))[: data.draw(st.integers(0, len(programs)))]
    told = [lie if a == liar else ranked for a, ranked in enumerate(applicants)]
    truth = applicants[liar]
    honest = deferred_acceptance(market_of(lists)).program_of[liar]
    lying = deferred_acceptance(market_of((told, programs, quotas))).program_of[liar]
    if lying in truth:
        assert honest in truth
        assert truth.index(honest) <= truth.index(lying)


@given(market_lists())
def test_entries_that_one_side_gave_change_nothing(lists):
    applicants, programs, quotas = lists
    mutual = (
        [[p for p in ranked if a in programs[p]] for a, ranked in enumerate(applicants)],
        [[a for a in ranked if p in applicants[a]] for p, ranked in enumerate(programs)],
        quotas,
    )
    for proposing in SIDES:
        given_all = deferred_acceptance(market_of(lists), proposing)
        given_mutual = deferred_acceptance(market_of(mutual), proposing)
        assert (given_all.program_of == given_mutual.program_of).all()
        assert given_all.proposals == given_mutual.proposals


def test_a_quota_may_exceed_all_bounds_of_the_list():
    market = Market.from_lists({"Ana": ["City"], "Bo": ["City"]}, {"City": ["Bo", "Ana"]}, 2**31 - 1)
    for proposing in SIDES:
        assert deferred_acceptance(market, proposing).to_dict() == {"Ana": "City", "Bo": "City"}


@pytest.mark.parametrize(
    ("word", "near"), [("program", "; did you mean 'programs'?"), ("residents", ""), (None, "")]
)
def test_another_side_is_refused_by_name(word, near):
    market = Market.from_lists({}, {}, {})
    with pytest.raises(InputError) as caught:
        deferred_acceptance(market, proposing=word)
    assert str(caught.value) == f"proposing must be 'applicants' or 'programs', got {word!r}{near}"


def test_kernels_run_as_plain_python_too():
    """With numba switched off the same functions give the same matching."""
    program = """
import numpy as np
from matchsim.engine import Market, blocking_pairs, deferred_acceptance, is_stable
rng = np.random.default_rng(3)
lists = [rng.permutation(9)[:6] for _ in range(40)], [rng.permutation(40)[:30] for _ in range(9)]
market = Market.from_lists(dict(enumerate(lists[0])), dict(enumerate(lists[1])), 3)
for side in ("applicants", "programs"):
    matching = deferred_acceptance(market, side)
    print(matching.program_of.tolist(), matching.proposals, is_stable(market, matching))
print(len(blocking_pairs(market, np.full(40, -1))))
"""
    outputs = set()
    for disabled in ("0", "1"):
        environment = {**os.environ, "NUMBA_DISABLE_JIT": disabled, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        outputs.add(done.stdout)
    assert len(outputs) == 1
    assert "True" in outputs.pop()
