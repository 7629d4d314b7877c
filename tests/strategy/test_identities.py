"""What holds of every list, by solving the match again with it; no menu is read here."""

from __future__ import annotations

import os

import numpy as np
import pytest

from matchsim.engine import Market, _kernels, deferred_acceptance

pytestmark = pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"),
    reason="thousands of national matches take hours uncompiled",
)
SAMPLED = 1_000


@pytest.fixture(scope="module")
def nation() -> Market:
    """As many applicants, programs and positions as the US match has, all single; lists 1 to 19 long."""
    applicants, programs, positions = 47_000, 6_600, 42_000
    rng = np.random.default_rng(2)
    owner = np.repeat(np.arange(applicants), rng.integers(1, 20, applicants))
    chosen = (programs * rng.random(len(owner)) ** 1.3).astype(np.int64)
    owner, chosen = np.divmod(np.unique(owner * programs + chosen), programs)
    by_applicant = np.lexsort((chosen / programs + 0.5 * rng.random(len(owner)), owner))
    liking = rng.random(applicants)[owner] + 0.5 * rng.random(len(owner))
    by_program = np.lexsort((liking, chosen))
    return Market.from_arrays(
        np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=applicants)))),
        chosen[by_applicant],
        np.concatenate(([0], np.cumsum(np.bincount(chosen, minlength=programs)))),
        owner[by_program],
        rng.multinomial(positions, np.full(programs, 1 / programs)),
    )


class Again:
    """A market solved again and again, each time with another list of one applicant."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.programs, self.ranks = market.applicant_programs.copy(), market.program_rank.copy()
        self.rank_of = np.empty(len(market), np.int32)
        self.program_of = np.empty(len(market), np.int32)

    def place(self, a: int, listed: list[int]) -> int:
        """The place on the true list of what these places of it, submitted in this order, win."""
        start, end = self.market.applicant_offsets[a : a + 2].tolist()
        order = [*listed, *sorted(set(range(end - start)) - set(listed))]
        self.programs[start:end] = self.market.applicant_programs[start:end][order]
        self.ranks[start:end] = self.market.program_rank[start:end][order]
        # What is not on the list is as if the program did not rank the applicant.
        self.ranks[start + len(listed) : end] = -1
        _kernels.applicants_propose(
            self.market.applicant_offsets,
            self.programs,
            self.ranks,
            self.market.program_offsets,
            self.market.program_applicants,
            self.market.quota,
            self.rank_of,
            self.program_of,
        )
        self.programs[start:end] = self.market.applicant_programs[start:end]
        self.ranks[start:end] = self.market.program_rank[start:end]
        won = int(self.rank_of[a])
        return listed[won] if won >= 0 else end - start


def test_no_order_beats_the_true_one_and_no_rank_more_hurts(nation):
    again, rng = Again(nation), np.random.default_rng(3)
    truth = deferred_acceptance(nation)
    lengths = np.diff(nation.applicant_offsets)
    people = rng.choice(np.flatnonzero(lengths > 2), SAMPLED, replace=False)
    shuffled_worse = helped_by_last = reached = 0
    for a in people.tolist():
        length = int(lengths[a])
        true_place = int(truth.rank_of[a]) if truth.rank_of[a] >= 0 else length
        # True order is never beaten by another order of the same programs.
        other = again.place(a, rng.permutation(length).tolist())
        assert true_place <= other
        shuffled_worse += true_place < other
        # Programs added at the end: never another outcome for who had one.
        cut = int(rng.integers(1, length))
        shorter = again.place(a, list(range(cut)))
        assert true_place == shorter or (shorter == length and true_place >= cut)
        helped_by_last += true_place != shorter
        # A reach program in front: that program, or what would have been had without it.
        without = again.place(a, list(range(1, length)))
        assert true_place in (0, without)
        reached += true_place == 0
    assert shuffled_worse > SAMPLED / 10
    assert helped_by_last > SAMPLED / 50
    assert SAMPLED / 10 < reached < SAMPLED
