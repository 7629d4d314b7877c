"""Early results: who is placed early is bound, and the Match of the others is a match like any."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchsim.engine import (
    Market,
    deferred_acceptance,
    is_individually_rational,
    linked,
    reference,
    roth_peranson,
)
from matchsim.errors import ScenarioError
from matchsim.season.early_results import with_early_results
from matchsim.season.scenario import load_scenario
from matchsim.season.season import run_season

from .worlds import INTERPRETED, World, examples, segments, worlds

# No kernel of its own, and hundreds of worlds take too long interpreted.
pytestmark = pytest.mark.skipif(INTERPRETED, reason="whole worlds, of which no kernel is new")


def market_of(world: World) -> Market:
    from matchsim.season.match import market

    return market(world.programs, world.lists, world.reversions)


@examples(80)
@given(worlds(), st.floats(0, 1), st.integers(1, 4), st.data())
def test_early_results_bind(world: World, share: float, most: int, data: st.DataObject) -> None:
    submitted = market_of(world)
    takes = np.array([data.draw(st.booleans()) for _ in range(submitted.size("program"))], dtype=np.bool_)
    left: list[Market] = []

    def solve(of: Market):
        left.append(of)
        return roth_peranson(of, seed=1)

    found = with_early_results(submitted, takes, share, most, solve)
    assert is_individually_rational(submitted, found)
    (rest,) = left
    linked = set(world.lists.couple_first) | set(world.lists.couple_second)
    linked |= set(world.lists.supplemental_applicants)
    before = segments(submitted.applicant_offsets, submitted.applicant_programs)
    after = segments(rest.applicant_offsets, rest.applicant_programs)
    bound = [a for a in range(len(before)) if before[a] and not after[a]]
    for a in bound:
        place = int(found.rank_of[a])
        assert a not in linked
        assert place < most
        # No program before it on the list stayed out: nobody is bound before a program is asked.
        assert all(takes[p] for p in before[a][: place + 1])
        assert before[a][place] == found.program_of[a]
    early = np.bincount(found.program_of[bound], minlength=len(takes)) if bound else np.zeros(len(takes), int)
    tied = (world.programs.joint_with >= 0) | (world.programs.parity != 0)
    tied[world.reversions.donor] = True
    assert (early <= np.where(takes & ~tied, np.floor(share * submitted.quota), 0)).all()
    assert (rest.quota == submitted.quota - early).all()
    # Early, nobody envies anybody: a program that fills its early positions holds none worse.
    ranked = segments(submitted.program_offsets, submitted.program_applicants)
    for a in range(len(before)):
        if a in linked:
            continue
        for place, p in enumerate(before[a][:most]):
            had = a in bound and place >= found.rank_of[a]
            if had or not takes[p] or tied[p] or np.floor(share * submitted.quota[p]) < 1:
                break
            holds = [b for b in bound if found.program_of[b] == p]
            full = len(holds) == np.floor(share * submitted.quota[p])
            worse = a in ranked[p] and any(ranked[p].index(b) > ranked[p].index(a) for b in holds)
            assert full or a not in ranked[p]
            assert not worse


def test_no_early_results_leave_the_match_as_it_is() -> None:
    market = Market.from_lists(
        {"Ana": ["Mercy", "City"], "Ben": ["Mercy"]},
        {"Mercy": ["Ben", "Ana"], "City": ["Ana"]},
        {"Mercy": 1, "City": 1},
    )
    takes = np.array([True, True])
    found = with_early_results(market, takes, 0.5, 3, deferred_acceptance)
    assert found.to_dict() == deferred_acceptance(market).to_dict()


def test_programs_that_revert_positions_wait() -> None:
    """Mercy may revert both of its positions, so that none of them can be given away early."""
    market = Market.from_lists({"Ana": ["Mercy"]}, {"Mercy": ["Ana"], "City": []}, {"Mercy": 2, "City": 1})
    donor, receiver, positions = (np.array([n], np.int32) for n in (0, 1, 2))
    reverting = market.replace(reversions=linked.Reversions(donor, receiver, positions))
    found = with_early_results(
        reverting, np.array([True, True]), 0.5, 1, lambda of: roth_peranson(of, seed=1)
    )
    assert found.to_dict() == {"Ana": "Mercy"}
    assert found.final_quota.tolist() == [1, 2]


def test_nobody_is_bound_past_a_program_that_stays_out() -> None:
    """Ana prefers Mercy, which takes no part, so that City cannot bind her before Mercy is asked."""
    market = Market.from_lists({"Ana": ["Mercy", "City"]}, {"Mercy": ["Ana"], "City": ["Ana"]}, 2)
    found = with_early_results(market, np.array([False, True]), 0.5, 2, deferred_acceptance)
    assert found.to_dict() == {"Ana": "Mercy"}


def test_who_is_bound_early_may_regret_it() -> None:
    """Cy is taken early by City, his second choice, and would have got Mercy, his first, in the Match."""
    market = Market.from_lists(
        {"Ana": ["Mercy"], "Cy": ["Mercy", "City"]},
        {"Mercy": ["Ana", "Cy"], "City": ["Cy"]},
        quotas={"Mercy": 2, "City": 2},
    )
    assert deferred_acceptance(market).to_dict() == {"Ana": "Mercy", "Cy": "Mercy"}
    found = with_early_results(market, np.array([True, True]), 0.5, 2, deferred_acceptance)
    assert found.to_dict() == {"Ana": "Mercy", "Cy": "City"}
    assert reference.blocking_pairs(market, found.program_of)
    assert not found.stable


def test_the_policy_binds_people_of_its_specialties_alone() -> None:
    plain = run_season(load_scenario("small"))
    names = ["Internal Medicine"]
    early = run_season(load_scenario("small", {"policies": [{"early_results": {"specialties": names}}]}))
    assert not early.match.stable
    assert early.match.feasible
    assert (early.rank_lists.applicant_programs == plain.rank_lists.applicant_programs).all()
    with pytest.raises(ScenarioError, match="no specialty is called 'Dentistry'"):
        load_scenario("small", {"match": {"early_results": {"specialties": ["Dentistry"]}}})
