"""The raw and the causal curve: what is drawn, and that it can be read."""

from __future__ import annotations

import pandas as pd
import pytest

from matchsim.charts.raw_and_causal_curve import published_curve, raw_and_causal_curve
from matchsim.errors import TableError

from .drawn_text import drawn_texts, faults

CURVES = pd.DataFrame(
    {
        "ranks": range(1, 21),
        "applicants": [40] * 19 + [5],
        "raw": [0.3 + 0.035 * k for k in range(20)],
        "causal": [0.3 + 0.02 * k for k in range(20)],
    }
)


def test_the_lines_are_the_curves():
    ax = raw_and_causal_curve(CURVES, published=published_curve("us_md_senior"), caption="An example")
    raw, causal, points = ax.lines
    assert raw.get_ydata().tolist() == CURVES["raw"].tolist()[:15]
    assert causal.get_ydata().tolist() == CURVES["causal"].tolist()[:15]
    assert points.get_xdata().tolist() == [1, 3, 5, 10]
    texts = drawn_texts(ax.get_figure(root=True))
    assert faults(texts, slack=-1) == []
    words = {text.get_text() for text in texts}
    assert {"raw", "causal", "selection", "An example"} <= words


def test_groups_of_few_people_are_left_out():
    few = CURVES.assign(applicants=[40] * 5 + [9] * 15)
    assert len(raw_and_causal_curve(few).lines[0].get_xdata()) == 5
    nobody = raw_and_causal_curve(CURVES.assign(applicants=1))
    assert not nobody.lines


def test_only_seniors_of_2007_have_a_type_of_today():
    curve = published_curve("us_md_senior")
    assert curve["matched"].is_monotonic_increasing
    assert len(published_curve("us_img")) == len(published_curve("other")) == 0


def test_a_table_without_its_columns_is_refused():
    with pytest.raises(TableError, match="causal"):
        raw_and_causal_curve(CURVES.drop(columns="causal"))
