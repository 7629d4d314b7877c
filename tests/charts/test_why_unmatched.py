"""The chart of why people are unmatched."""

from __future__ import annotations

import pandas as pd
import pytest

from matchsim.charts.why_unmatched import REASONS, why_unmatched
from matchsim.errors import InputError
from matchsim.strategy.unmatched import REASONS as CLASSES

COUNTS = pd.DataFrame(
    [[1, 3, 0], [2, 2, 0], [3, 5, 0]],
    index=["us_img", "us_md_senior", "all"],
    columns=["no_interview", "left_off", "no_list"],
)


def test_every_class_has_a_colour_of_its_own():
    assert list(REASONS) == list(CLASSES)
    assert len({fill for _, fill in REASONS.values()}) == len(REASONS)


def test_bars_are_shares_of_their_row():
    ax = why_unmatched(COUNTS)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["US MD seniors", "US IMGs", "All"]
    widths = [[bar.get_width() for bar in piece] for piece in ax.containers]
    assert widths == [[0.5, 0.25, 0.375], [0.5, 0.75, 0.625]]


def test_what_cannot_be_drawn_is_told():
    with pytest.raises(InputError, match="nobody"):
        why_unmatched(COUNTS * 0)
    with pytest.raises(InputError, match="'luck'"):
        why_unmatched(COUNTS.rename(columns={"left_off": "luck"}))
