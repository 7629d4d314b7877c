"""Lists of couples: how pairs are ordered, and that the match is really solved again."""

from __future__ import annotations

import numpy as np
import pytest

from matchsim.errors import InputError
from matchsim.strategy import PAIR_ORDERS, couple_lists
from matchsim.strategy.couple_lists import _Couple, _with_pairs, _won


@pytest.fixture
def two_people() -> _Couple:
    """Programs 0 to 2 for the one, 2 and 3 for the other; 0 and 3 are in one division, 2 is preliminary."""
    return _Couple(
        first=np.array([0, 1, 2, -1], np.int32),
        second=np.array([3, 2, -1], np.int32),
        first_wish=np.array([3.0, 2.9, 2.8, 0.0]),
        second_wish=np.array([1.0, 0.2, 0.0]),
        preliminary=np.array([False, False, True, False, False]),
        division=np.array([1, 0, 0, 1, -1]),
        most=300,
    )


def test_pairs_stand_as_each_way_says(two_people):
    def pairs(way):
        return [tuple(pair) for pair in two_people.pairs(way, tail=False).tolist()]

    # Pairs without a preliminary program first; both programs 2 is the pair with two of them.
    assert pairs("sum") == [(0, 3), (1, 3), (2, 3), (0, 2), (1, 2), (2, 2)]
    assert pairs("first_member_first") == [(0, 3), (1, 3), (0, 2), (1, 2), (2, 3), (2, 2)]
    assert pairs("second_member_first") == [(0, 3), (1, 3), (2, 3), (0, 2), (1, 2), (2, 2)]
    assert pairs("geography_first") == [(0, 3), (1, 3), (1, 2), (2, 3), (0, 2), (2, 2)]


def test_no_match_stands_behind_and_has_half_of_the_room(two_people):
    tail = [tuple(pair) for pair in two_people.pairs("first_member_first", tail=True).tolist()][6:]
    assert tail == [(0, -1), (1, -1), (-1, 3), (2, -1), (-1, 2)]
    short = two_people._replace(most=4).pairs("sum", tail=True)
    assert [tuple(pair) for pair in short.tolist()] == [(0, 3), (1, 3), (0, -1), (1, -1)]


def test_the_certified_lists_win_what_the_season_gave(linked):
    lists = linked.rank_lists
    pairs = np.stack([lists.first_programs, lists.second_programs], axis=1)
    own = {c: pairs[slice(*lists.couple_offsets[c : c + 2])] for c in range(len(lists.couple_first))}
    assert len(own) > 3
    for c, won in _won(linked, own).items():
        members = lists.couple_first[c], lists.couple_second[c]
        assert won == tuple(linked.match.program_of[list(members)].tolist())


def test_only_the_lists_of_these_couples_change(linked):
    lists = linked.rank_lists
    c = len(lists.couple_first) // 2
    start, end = lists.couple_offsets[c : c + 2].tolist()
    one = np.array([[lists.first_programs[start], lists.second_programs[start]]], np.int32)
    changed = _with_pairs(lists, {c: one})
    assert np.diff(changed.couple_offsets)[c] == 1
    assert np.array_equal(changed.first_programs, np.delete(lists.first_programs, np.arange(start + 1, end)))
    for person in (lists.couple_first[c], lists.couple_second[c]):
        left = changed.supplemental_advanced[changed.supplemental_applicants == person]
        assert set(left.tolist()) <= set(one.ravel().tolist())


@pytest.mark.parametrize("together", [False, True])
def test_outcomes_are_of_the_lists_submitted(linked, together):
    found = couple_lists(linked, together=together)
    number = len(linked.rank_lists.couple_first)
    assert len(found) == number * 2 * len(PAIR_ORDERS)
    alone = (found.first_program < 0) != (found.second_program < 0)
    assert not alone[~found.no_match].any()
    assert ((found.first_place >= 0) == (found.first_program >= 0)).all()
    summary = found.summary()
    assert summary["couples"].tolist() == [number] * 8
    assert np.allclose(summary[["both", "one", "neither"]].sum(axis=1), 1)
    by_way = summary[summary["no_match"]].set_index("strategy")
    assert by_way.loc["geography_first", "same_division"] >= by_way.loc["sum", "same_division"]


def test_some_couples_may_be_asked_about_alone(linked):
    every = couple_lists(linked, ["sum"], no_match=[True])
    one = couple_lists(linked, ["sum"], no_match=[True], couples=[2])
    assert one.couple.tolist() == [2]
    assert one.first_program[0] == every.first_program[every.couple == 2][0]


def test_a_season_without_couples_has_no_outcomes(alone):
    assert len(couple_lists(alone)) == 0
    assert len(couple_lists(alone, together=True).summary()) == 0


def test_everything_wrong_is_told_at_once(linked):
    with pytest.raises(InputError) as caught:
        couple_lists(linked, ["sums"], no_match=[], couples=[10_000])
    told = str(caught.value)
    for words in ("no way to order pairs called 'sums'", "sequence of True and False", "got 10000"):
        assert words in told
    with pytest.raises(InputError, match="names a couple twice"):
        couple_lists(linked, couples=[1, 1])
