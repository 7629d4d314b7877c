"""The drawing of a rejection chain: what stands in it, and that it can be read."""

from __future__ import annotations

import networkx as nx
import pytest
from matplotlib.figure import Figure

from matchsim.charts import CHARTS
from matchsim.charts.rejection_chain import MOST_STEPS, _places, rejection_chain
from matchsim.engine import Market, deferred_acceptance, roth_peranson
from matchsim.errors import InputError

from .drawn_text import drawn_texts, faults


def falling(length: int, letters: int = 1) -> nx.DiGraph:
    """Applicant 0 enters last and displaces 1, who displaces 2, and so on."""
    people = [f"{'person ' * letters}{i}" for i in range(length)]
    places = [f"{'program ' * letters}{i}" for i in range(length)]
    market = Market.from_lists(
        {name: places[max(i - 1, 0) : i + 1] for i, name in reversed(list(enumerate(people)))},
        {place: people[i : i + 2] for i, place in enumerate(places)},
        1,
    )
    return deferred_acceptance(market).explain(people[length // 2]).to_graph()


def branching() -> nx.DiGraph:
    """Cy displaces Bo, and Ana, the partner, leaves a seat that Di is offered."""
    market = Market.from_lists(
        {"Di": ["City"], "Cy": ["Mercy"]},
        {"City": ["Ana", "Di"], "Mercy": ["Cy", "Bo"], "North": ["Ana"]},
        quotas=1,
        couples={("Ana", "Bo"): [("City", "Mercy"), ("North", None)]},
    )
    return roth_peranson(market, order="couples_first").explain("Ana").to_graph()


@pytest.mark.parametrize(
    "graph",
    [falling(1), falling(2), falling(6), falling(12), falling(5, letters=6), branching()],
    ids=["one", "two", "six", "twelve", "long names", "branching"],
)
def test_can_be_read(graph):
    ax = rejection_chain(graph, caption="An example")
    texts = [text for text in drawn_texts(ax.get_figure(root=True)) if text.get_text()]
    assert faults(texts, slack=-1) == []
    assert {"Rejection chain", "An example"} <= {text.get_text() for text in texts}


def test_boxes_say_who_takes_what_and_lines_why():
    texts = [text.get_text() for text in rejection_chain(branching()).texts]
    assert "Cy\nenters, takes Mercy" in texts
    assert "Ana and Bo\ntake North and No Match" in texts
    assert {"bumped from Mercy", "City is offered again"} <= set(texts)


def test_what_follows_stands_below():
    graph = branching()
    places = _places(graph)
    assert all(places[b].y == places[a].y + 1 for a, b in graph.edges)
    assert len(set(places.values())) == len(graph)


def test_of_a_long_chain_the_nearest_part_is_drawn():
    graph = falling(3 * MOST_STEPS)
    ax = rejection_chain(graph)
    boxes = [text.get_text() for text in ax.texts if text.get_bbox_patch() and "takes" in text.get_text()]
    assert len(boxes) == MOST_STEPS
    assert any(f"person {3 * MOST_STEPS // 2}\n" in box for box in boxes)
    assert any(f"drawn are the {MOST_STEPS} nearest" in text.get_text() for text in ax.texts)


def test_draws_on_the_axes_given():
    ax = Figure(figsize=(8, 6.4)).add_subplot()
    assert rejection_chain(branching(), ax) is ax


def test_nothing_to_draw():
    with pytest.raises(InputError, match="empty"):
        rejection_chain(nx.DiGraph())


def test_is_no_chart_of_a_run():
    assert "rejection_chain" not in CHARTS
