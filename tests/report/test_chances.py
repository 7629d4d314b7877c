"""What the explorer looks up, against counting one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchsim.report.chances import chances

ROWS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(["us_img", "us_md_senior", "new_type"]),
        st.sampled_from(["Surgery", "<b>", "Neurology"]),
        st.integers(0, 30),
        st.integers(0, 12),
        st.integers(0, 12),
    ),
    max_size=40,
)


@settings(max_examples=40)
@given(ROWS)
def test_every_cell_is_counted_one_by_one(rows):
    columns = ["replicate", "applicant_type", "specialty", "contiguous_ranks", "applicants", "matched"]
    data = pd.DataFrame(rows, columns=columns)
    data["matched"] = data[["applicants", "matched"]].min(axis=1)
    found = chances(data)
    data = data[(data["contiguous_ranks"] > 0) & (data["applicants"] > 0)]
    assert found["seasons"] == data["replicate"].nunique()
    kinds = [kind for kind in ("us_md_senior", "us_img", "new_type") if kind in set(data["applicant_type"])]
    labels = {"us_md_senior": "US MD seniors", "us_img": "US IMGs", "new_type": "new_type"}
    assert found["types"] == ["All applicants", *(labels[kind] for kind in kinds)]
    assert found["specialties"] == ["All specialties", *sorted(set(data["specialty"]))]
    expected = {}
    for t, kind in enumerate([None, *kinds]):
        for s, specialty in enumerate([None, *sorted(set(data["specialty"]))]):
            cells = [cell(data, kind, specialty, k, found["seasons"]) for k in range(1, 17)]
            if any(cells):
                expected[f"{t},{s}"] = cells
    assert set(found["cells"]) == set(expected)
    for at, cells in expected.items():
        for got, counted in zip(found["cells"][at], cells, strict=True):
            assert got == (counted and pytest.approx(counted, abs=0.0006))  # shares have three digits


def cell(data, kind, specialty, ranks, seasons):
    totals = {}
    for row in data.itertuples():
        wanted = row.applicant_type == kind or kind is None
        wanted &= row.specialty == specialty or specialty is None
        if wanted and min(row.contiguous_ranks, 16) == ranks:
            people = totals.setdefault(row.replicate, [0, 0])
            people[0] += row.applicants
            people[1] += row.matched
    if not totals:
        return None
    counted = [sum(people[i] for people in totals.values()) for i in (0, 1)]
    if seasons == 1:
        return counted
    shares = [people[1] / people[0] for people in totals.values()]
    return counted + [float(np.quantile(shares, end)) for end in (0.025, 0.975)]
