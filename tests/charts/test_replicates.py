from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchsim.charts.replicates import per_replicate, spread, with_interval
from matchsim.charts.style import percent

numbers = st.floats(-1e6, 1e6)


@given(st.lists(st.lists(numbers, min_size=3, max_size=3), min_size=1, max_size=30))
@settings(deadline=None, max_examples=60)
def test_the_mean_and_the_interval_lie_within_the_replicates(rows):
    wide = pd.DataFrame(rows, columns=["a", "b", "c"])
    found = spread(wide)
    for column in wide:
        values = wide[column].to_numpy()
        low, high = np.quantile(values, [0.025, 0.975])
        assert found.mean[column] == pytest.approx(values.mean())
        assert found.low[column] == pytest.approx(low)
        assert found.high[column] == pytest.approx(high)
        assert values.min() <= found.low[column] <= found.high[column] <= values.max()


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from("xyz"), st.integers(0, 99)), min_size=1))
@settings(deadline=None, max_examples=60)
def test_sums_per_replicate_lose_nothing_and_fill_up_with_zero(rows):
    data = pd.DataFrame(rows, columns=["replicate", "group", "count"])
    wide = per_replicate(data, "group", "count")
    assert set(wide.index) == set(data["replicate"])
    for replicate in wide.index:
        for group in wide.columns:
            expected = sum(c for r, g, c in rows if (r, g) == (replicate, group))
            assert wide.loc[replicate, group] == expected


def test_missing_values_are_left_out():
    found = spread(pd.DataFrame({"a": [np.nan, 0.5], "b": [np.nan, np.nan]}))
    assert found.mean["a"] == found.low["a"] == found.high["a"] == 0.5
    assert np.isnan(found.mean["b"])


@pytest.mark.parametrize(
    ("values", "told"),
    [([0.5], "50.0%"), ([0.5, 0.5], "50.0%"), ([0.0, 1.0], "50.0% (2.5–97.5%)"), ([np.nan], "–")],
)
def test_an_interval_is_written_where_replicates_differ(values, told):
    assert with_interval(spread(pd.DataFrame({"a": values})), "a", percent) == told
