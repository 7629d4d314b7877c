"""A rejection chain of a match: who displaced whom where, from what set it off to where it ended."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any, NamedTuple

from matchsim.charts import style
from matchsim.charts.style import Fill
from matchsim.errors import InputError, Problem, counted

if TYPE_CHECKING:
    import networkx as nx
    from matplotlib.axes import Axes

__all__ = ["rejection_chain"]

MOST_STEPS = 40  # more do not fit legibly
ACROSS, DOWN = 2.5, 0.95  # inches between the boxes beside and below each other
LEAST = (6.4, 3.6)  # inches
LETTERS = 26  # in a line of a box

PLAIN = Fill("white", outline=style.MUTED)
ASKED = Fill("#F6D58A", outline=style.MUTED)
NOTHING = Fill("#EEEEEE", outline=style.MUTED)


def rejection_chain(graph: nx.DiGraph, ax: Axes | None = None, *, caption: str = "") -> Axes:
    """Draw every position taken as a box, and from it a line to what this led to.

    Parameters
    ----------
    graph
        As ``matching.explain(applicant).to_graph()`` returns it. Of a long chain the 40 steps nearest to
        the one that concerns the applicant are drawn.
    ax
        Axes to draw on; None makes a figure as large as the chain needs.
    caption
        Where the numbers come from, printed small below.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        When there is no step to draw.
    """
    from matchsim.charts._figure import new_axes, set_headings

    if not len(graph):
        told = "the rejection chain is empty, there is nothing to draw"
        raise InputError(
            Problem(told, remedy="what happened must be recorded, and the applicant must have held something")
        )
    drawn = _nearest(graph)
    places = _places(drawn)
    with style.in_use():
        target = new_axes(_size(places)) if ax is None else ax
        _draw_lines(target, drawn, places)
        _draw_boxes(target, drawn, places)
        _set_axes(target, places)
        set_headings(target, "Rejection chain", _subtitle(graph, drawn), caption)
    return target


class _Place(NamedTuple):
    x: float
    y: int


def _nearest(graph: nx.DiGraph) -> nx.DiGraph:
    """The part of the chain that is drawn."""
    if len(graph) <= MOST_STEPS:
        return graph
    import networkx as nx

    far = nx.single_source_shortest_path_length(graph.to_undirected(as_view=True), graph.graph["start"])
    return graph.subgraph(sorted(far, key=lambda node: (far[node], node))[:MOST_STEPS])


def _places(graph: nx.DiGraph) -> dict[int, _Place]:
    """Every step below the one that led to it; those that led nowhere side by side."""
    places: dict[int, _Place] = {}
    ends = 0
    # Steps are numbered as they happened: what a step led to has a higher number. No recursion: a chain
    # may be long.
    depth: dict[int, int] = {}
    for node in sorted(graph):
        depth[node] = max((depth[before] + 1 for before in graph.predecessors(node)), default=0)
    order = _down(graph)
    for node in order:
        if not graph.out_degree(node):
            places[node] = _Place(float(ends), depth[node])
            ends += 1
    for node in reversed(order):
        if node not in places:
            below = [places[after].x for after in graph.successors(node)]
            places[node] = _Place(sum(below) / len(below), depth[node])
    return places


def _down(graph: nx.DiGraph) -> list[int]:
    """The steps with whatever each led to directly behind it."""
    order: list[int] = []
    ahead = [node for node in sorted(graph, reverse=True) if not graph.in_degree(node)]
    while ahead:
        node = ahead.pop()
        order.append(node)
        ahead += sorted(graph.successors(node), reverse=True)
    return order


def _size(places: dict[int, _Place]) -> tuple[float, float]:
    across = max(place.x for place in places.values()) + 1
    down = max(place.y for place in places.values()) + 1
    return max(LEAST[0], ACROSS * across), max(LEAST[1], DOWN * down + 1.2)


def _subtitle(graph: nx.DiGraph, drawn: nx.DiGraph) -> str:
    steps = counted(len(graph), "step")
    some = f"; drawn are the {len(drawn)} nearest to the applicant" if len(drawn) < len(graph) else ""
    return f"{steps}, from what set it off downwards{some}"


def _draw_lines(ax: Axes, graph: nx.DiGraph, places: dict[int, _Place]) -> None:
    for above, below, data in graph.edges(data=True):
        start, end = places[above], places[below]
        ax.annotate(
            "",
            xy=(end.x, end.y - 0.3),
            xytext=(start.x, start.y + 0.3),
            arrowprops={"arrowstyle": "-|>", "color": style.MUTED, "linewidth": 0.9},
            zorder=1,
        )
        ax.text(
            (start.x + end.x) / 2,
            (start.y + end.y) / 2,
            style.shortened(_led(data), LETTERS + 8),
            ha="center",
            va="center",
            fontsize=7.5,
            color=style.MUTED,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
            zorder=2,
        )


def _led(data: dict[str, Any]) -> str:
    if data["why"] == "bumped":
        return f"bumped from {data['program']}"
    if data["why"] == "offered again":
        return f"{data['program']} is offered again"
    return str(data["why"])


def _draw_boxes(ax: Axes, graph: nx.DiGraph, places: dict[int, _Place]) -> None:
    fills = {}
    for node, data in graph.nodes(data=True):
        name = "the applicant" if data["asked"] else ("" if data["does"] == "takes" else "finds nothing else")
        fill_ = {"the applicant": ASKED, "": PLAIN}.get(name, NOTHING)
        if name:
            fills[name] = fill_
        ax.text(
            places[node].x,
            places[node].y,
            _words(data),
            ha="center",
            va="center",
            fontsize=8.5,
            bbox={"boxstyle": "round,pad=0.35", "facecolor": fill_.colour, "edgecolor": fill_.outline},
            zorder=3,
        )
    style.key(ax, fills, columns=2)


def _words(data: dict[str, Any]) -> str:
    """Who, and below it what they take."""
    who = fill(style.shortened(" and ".join(data["applicants"]), 2 * LETTERS), LETTERS)
    ending = "s" if len(data["applicants"]) == 1 else ""
    if data["does"] != "takes":
        return f"{who}\nfind{ending} nothing else"
    programs = style.shortened(" and ".join(name or "No Match" for name in data["programs"]), 2 * LETTERS)
    programs += " (supplemental)" if data["list"] else ""
    enters = f"enter{ending}, " if data["why"] else ""
    return f"{who}\n{fill(f'{enters}take{ending} {programs}', LETTERS)}"


def _set_axes(ax: Axes, places: dict[int, _Place]) -> None:
    ax.set_xlim(min(p.x for p in places.values()) - 0.6, max(p.x for p in places.values()) + 0.6)
    ax.set_ylim(max(p.y for p in places.values()) + 0.5, -0.5)
    ax.set_axis_off()
