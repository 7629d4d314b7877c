"""The pictures of fidelity and of sensitivities: what stands in them, and that they can be read."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from matchsim.charts import CHARTS
from matchsim.charts.fidelity import FARTHEST, fidelity
from matchsim.charts.sensitivity import sensitivity
from matchsim.errors import TableError

from .drawn_text import drawn_texts, faults

LONG = "Combined Internal Medicine, Emergency Medicine and Critical Care Medicine of the Lower Mississippi C"


def validated(kinds: int, groups: int, name: str = "us_img") -> pd.DataFrame:
    generator = np.random.default_rng(kinds)
    rows = []
    for kind in range(kinds):
        for group in range(groups):
            error = float(generator.normal(0, 0.04))
            low, high = (np.nan, np.nan) if group == 0 else (0.5 + error - 0.01, 0.5 + error + 0.01)
            role = "calibrated" if kind % 2 else "validation"
            rows.append(
                (
                    f"match_rate_{kind}",
                    f"{name} {group}",
                    0.5,
                    0.5 + error,
                    low,
                    high,
                    error,
                    0.02,
                    abs(error) < 0.02,
                    role,
                )
            )
    columns = ["target", "group", "published", "simulated", "low", "high", "error", "tolerance", "ok", "role"]
    return pd.DataFrame(rows, columns=columns)


def moved(targets: int, parameters: int, name: str = "us_img") -> pd.DataFrame:
    values = np.random.default_rng(1).normal(size=(targets, parameters))
    frame = pd.DataFrame(values, columns=[f"parameter {i}" for i in range(parameters)])
    frame.insert(0, "target", "match_rate")
    frame.insert(1, "group", [f"{name} {i}" for i in range(targets)])
    return frame


CASES = {
    "one": (fidelity, validated(1, 1)),
    "many": (fidelity, validated(20, 12)),
    "long names": (fidelity, validated(4, 3, LONG)),
    "awkward names": (fidelity, validated(2, 2, "$x_1$ & <b>")),
    "cells": (sensitivity, moved(120, 13)),
    "one cell": (sensitivity, moved(1, 1)),
    "long cells": (sensitivity, moved(9, 5, LONG)),
}


@pytest.mark.parametrize(("draw", "data"), CASES.values(), ids=CASES)
def test_can_be_read_and_leaves_the_data_alone(draw, data):
    before = data.copy(deep=True)
    ax = draw(data, caption="An example")
    assert data.equals(before)
    drawn = drawn_texts(ax.get_figure(root=True))
    assert faults(drawn) == []
    assert "An example" in {text.get_text() for text in drawn}
    assert ax.get_xlabel()
    assert not any(text.get_parse_math() for text in drawn)


def test_says_how_many_hold_and_which_is_furthest_off():
    data = validated(1, 2)
    data["error"], data["ok"] = [0.01, -0.2], [True, False]
    ax = fidelity(data)
    texts = [text.get_text() for text in ax.texts]
    assert any("1 of 2 validation targets hold" in text for text in texts)
    assert "-10.0 us_img 1" in texts
    markers = {line.get_marker(): line.get_xdata()[0] for line in ax.lines if line.get_marker() in ("o", "<")}
    assert markers == {"o": 0.5, "<": -FARTHEST}


@pytest.mark.parametrize(("draw", "data"), [(fidelity, validated(1, 1)), (sensitivity, moved(1, 1))])
def test_nothing_to_draw_and_columns_that_lack(draw, data):
    assert "no data" in [text.get_text() for text in draw(data.iloc[:0]).texts]
    with pytest.raises(TableError, match="column 'group' is missing"):
        draw(data.drop(columns="group"))


@pytest.mark.parametrize(("draw", "data"), [(fidelity, validated(2, 2)), (sensitivity, moved(3, 3))])
def test_draws_on_the_axes_given(draw, data):
    axes = Figure(figsize=(14, 8)).subplots()
    assert draw(data, axes) is axes


def test_a_target_that_was_not_simulated_is_left_out():
    data = validated(1, 3)
    data.loc[1, "simulated"] = np.nan
    assert sum(line.get_marker() == "o" for line in fidelity(data).lines) == 2


def test_are_no_charts_of_a_run():
    assert not {"fidelity", "sensitivity"} & set(CHARTS)
