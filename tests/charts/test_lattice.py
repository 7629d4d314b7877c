"""The drawing of a lattice: what stands in it, and that it can be read."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from matchsim.charts import CHARTS
from matchsim.charts.lattice import MOST_MATCHINGS, lattice_of_stable_matchings
from matchsim.engine import Market, StableMatchings, stable_matchings
from matchsim.errors import InputError

from .drawn_text import drawn_texts, faults


def marriage(size: int, seed: int, letters: int = 1) -> StableMatchings:
    generator = np.random.default_rng(seed)
    people = [f"m{i}" for i in range(size)]
    places = [f"{i:0{letters}d}" for i in range(size)]
    return stable_matchings(
        Market.from_lists(
            {name: [places[i] for i in generator.permutation(size)] for name in people},
            {name: [people[i] for i in generator.permutation(size)] for name in places},
            1,
        )
    )


def pairs(number: int) -> StableMatchings:
    applicants, programs = {}, {}
    for i in range(number):
        applicants |= {f"a{i}": [f"p{i}", f"q{i}"], f"b{i}": [f"q{i}", f"p{i}"]}
        programs |= {f"p{i}": [f"b{i}", f"a{i}"], f"q{i}": [f"a{i}", f"b{i}"]}
    return stable_matchings(Market.from_lists(applicants, programs, 1))


@pytest.mark.parametrize(
    "lattice",
    [
        pairs(0),
        pairs(1),
        pairs(2),
        pairs(4),
        pairs(5),
        marriage(6, 8),
        marriage(20, 4),
        marriage(20, 4, letters=12),
    ],
    ids=["one", "two", "square", "cube", "wide", "small", "chain", "long names"],
)
def test_can_be_read(lattice):
    ax = lattice_of_stable_matchings(lattice, caption="An example")
    texts = drawn_texts(ax.get_figure(root=True))
    assert faults(texts, slack=-1) == []
    assert {"Lattice of stable matchings", "An example"} <= {text.get_text() for text in texts}
    assert len(ax.lines) == sum(
        closed | {i} != closed and lattice.closure(closed | {i}) == closed | {i}
        for closed in lattice.closed_sets()
        for i in range(len(lattice.rotations))
    )


def test_boxes_hold_the_programs_and_lie_as_deep_as_rotations_are_eliminated():
    lattice = pairs(2)
    ax = lattice_of_stable_matchings(lattice)
    boxes = {text.get_text(): text.get_position()[1] for text in ax.texts}
    assert boxes["p0 q0 p1 q1"] == 0
    assert boxes["q0 p0 p1 q1"] == boxes["p0 q0 q1 p1"] == 1
    assert boxes["q0 p0 q1 p1"] == 2
    assert ax.yaxis_inverted()


def test_the_egalitarian_and_the_minimum_regret_matching_are_marked():
    lattice = marriage(20, 4)
    chosen = {lattice.closed_set(lattice.egalitarian()), lattice.closed_set(lattice.minimum_regret())}
    ax = lattice_of_stable_matchings(lattice)
    marked = [text for text in ax.texts if text.get_bbox_patch() and text.get_zorder() == 3
              and text.get_bbox_patch().get_facecolor()[:3] != (1, 1, 1)]  # fmt: skip
    assert sorted(text.get_position()[1] for text in marked) == sorted(map(len, chosen))
    assert len(ax.get_legend().get_texts()) == len(chosen)


def test_draws_on_the_axes_given():
    ax = Figure(figsize=(8, 6.4)).add_subplot()
    assert lattice_of_stable_matchings(pairs(1), ax) is ax


def test_too_many_matchings_are_refused():
    with pytest.raises(InputError, match=f"more than {MOST_MATCHINGS} stable matchings"):
        lattice_of_stable_matchings(pairs(300))


def test_is_no_chart_of_a_run():
    assert "lattice_of_stable_matchings" not in CHARTS
