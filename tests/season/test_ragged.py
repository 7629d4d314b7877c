"""Offsets and owners of ragged data, against loops."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matchsim.season.ragged import entries_of, offsets_of, offsets_of_counts, owners_of, places_of


@given(st.lists(st.integers(0, 5), max_size=8))
def test_there_and_back(counts: list[int]) -> None:
    values = [(owner, place) for owner, count in enumerate(counts) for place in range(count)]
    offsets = offsets_of_counts(np.array(counts, dtype=np.int64))
    assert offsets.tolist() == [sum(counts[:i]) for i in range(len(counts) + 1)]
    assert owners_of(offsets).tolist() == [owner for owner, _ in values]
    assert places_of(np.array(counts, dtype=np.int64)).tolist() == [place for _, place in values]
    shuffled = np.random.default_rng(0).permutation(owners_of(offsets))
    assert offsets_of(shuffled, len(counts)).tolist() == offsets.tolist()


@given(st.lists(st.integers(0, 5), min_size=1, max_size=8), st.data())
def test_entries_of_some_owners_stand_owner_by_owner(counts: list[int], data: st.DataObject) -> None:
    offsets = offsets_of_counts(np.array(counts, dtype=np.int64))
    owners = np.array(data.draw(st.lists(st.integers(0, len(counts) - 1), max_size=6)), dtype=np.int32)
    expected = [entry for owner in owners for entry in range(offsets[owner], offsets[owner + 1])]
    assert entries_of(offsets, owners).tolist() == expected
