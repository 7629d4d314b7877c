"""The charts of advice: the chance by number of ranks, and levers."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from matchsim.charts.chance_by_ranks import chance_by_ranks
from matchsim.charts.levers import advice, levers

from .drawn_text import drawn_texts, faults

NONE = float("nan")


def estimate(mean, half=NONE):
    return SimpleNamespace(mean=mean, half=half)


def found(*halves):
    """Advice as the charts read it: a curve with these half widths, and two levers."""
    effects = [
        SimpleNamespace(lever=SimpleNamespace(told=told, hands=hands), effect=estimate(mean, half))
        for told, hands, mean, half in (("past", "past", 0.3, 0.1), ("mine", "yours", 0.1, NONE))
    ]
    curve = [estimate(0.9 - 0.6 / k, half) for k, half in enumerate(halves, 1)]
    return SimpleNamespace(
        effects=effects, matched=estimate(0.95), mean_interviews=estimate(3.2), by_ranks=curve, seasons=30
    )


def test_levers_stand_by_whose_they_are():
    ax = levers(found(NONE))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["mine", "past"]
    points = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "o"]
    assert points == pytest.approx([10, 30])


def test_the_curve_is_that_of_the_advice():
    ax = chance_by_ranks(found(0.1, 0.2, 0.3))
    level, curve = ax.lines
    assert level.get_ydata()[0] == pytest.approx(95)
    assert curve.get_xdata().tolist() == [1, 2, 3]
    assert curve.get_ydata().tolist() == pytest.approx([30, 60, 70])
    (band,) = ax.collections
    edges = band.get_paths()[0].vertices
    assert edges[:, 1].min() == pytest.approx(20)
    # No chance is above one.
    assert edges[:, 1].max() == pytest.approx(100)
    assert "95% Monte-Carlo intervals" in "".join(text.get_text() for text in ax.texts)


def test_without_intervals_none_are_drawn_or_told():
    ax = chance_by_ranks(found(NONE, NONE))
    assert not ax.collections
    assert "Monte-Carlo" not in "".join(text.get_text() for text in ax.texts)


def test_both_stand_on_one_figure_and_all_text_is_legible():
    below = advice(found(*np.full(20, 0.1)), caption="An example")
    figure = below.get_figure(root=True)
    above = next(ax for ax in figure.axes if ax is not below)
    assert above.get_position().y0 > below.get_position().y1
    texts = drawn_texts(figure)
    assert {
        "Your chance of a match by how many programs you rank",
        "What would change your chance of matching",
    } <= {text.get_text() for text in texts}
    assert faults(texts) == []
