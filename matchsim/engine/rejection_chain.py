"""Rejection chains: who displaced whom, from what set it off to where it ended, as a graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from matchsim.engine.events import (
    ALLOWED,
    BUMPED,
    CLOSED,
    ENTERS,
    OFFERED,
    OPENED,
    SET_ASIDE,
    TAKES,
    Events,
)

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["no_chain", "rejection_chain", "told_steps"]

# How an event leads from what one unit takes to what another does.
LINKS = {
    BUMPED: "bumped",
    OFFERED: "offered again",
    OPENED: "list opened",
    SET_ASIDE: "set aside",
    ALLOWED: "allowed again",
    TAKES: "looks again",
    CLOSED: "list closed",
}


def no_chain() -> nx.DiGraph:
    """The chain of somebody to whom nothing happened, or of whom nothing is recorded."""
    import networkx as nx

    return nx.DiGraph()


def rejection_chain(
    events: Events, row: int, asked: int, name: Callable[[int], str], program: Callable[[int], str]
) -> nx.DiGraph:
    """The chain that one event is part of: back to the entry that set it off, and forward to its ends.

    Parameters
    ----------
    events
        What happened.
    row
        The event: the loss of a seat, or the taking of one.
    asked
        The applicant whose chain it is.
    name, program
        What an applicant and a program are to be called.

    Returns
    -------
    networkx.DiGraph
        A node for every position (or pair) that a unit takes, and for every unit that finds nothing else,
        numbered from 1 as they happened, with ``applicants``, ``programs`` (None = No Match), ``does``
        (``"takes"`` or ``"finds nothing"``), ``why`` (``"enters"`` where a chain begins, else empty),
        ``list`` (whether it is a supplemental list) and ``asked`` (whether the applicant is concerned).
        An edge leads from what was taken to what it led to, with ``why`` (such as ``"bumped"``),
        ``program`` and ``applicant``, where and to whom. ``graph["start"]`` is the node at which the event
        happened.
    """
    import networkx as nx

    back = _back(events, row)
    forward = _forward(events, row)
    rows = sorted({*back, *forward})
    number = {r: i for i, r in enumerate(rows, 1)}
    graph = nx.DiGraph()
    for r in rows:
        graph.add_node(number[r], **_node(events, r, asked, name, program))
    for r in rows:
        via, source = _led(events, r)
        if source in number:
            graph.add_edge(number[source], number[r], **_edge(events, via, name, program))
    graph.graph["start"] = number[back[0]]
    return graph


def _led(events: Events, row: int) -> tuple[int, int]:
    """The event that made this one happen, and the taking of a position behind that; -1 = none."""
    via = row if events.what[row] == BUMPED else int(events.because[row])
    source = via if via < 0 or events.what[via] == TAKES else int(events.because[via])
    while source >= 0 and events.what[source] != TAKES:
        source = int(events.because[source])
    return via, source


def _back(events: Events, row: int) -> list[int]:
    """The takings that led to this event, the last first."""
    at = row if events.what[row] == TAKES else _led(events, row)[1]
    rows = []
    while at >= 0:
        rows.append(at)
        at = _led(events, at)[1]
    return rows


def _forward(events: Events, row: int) -> list[int]:
    """The takings that this event led to, and the losses that led to none."""
    inside, busy = {row}, set()
    for at, reason in enumerate(events.because[row + 1 :].tolist(), row + 1):
        if reason in inside:
            inside.add(at)
            if events.what[at] == TAKES:
                busy.add(reason)
    return [at for at in inside if events.what[at] == TAKES or (events.what[at] == BUMPED and at not in busy)]


def _node(
    events: Events, row: int, asked: int, name: Callable[[int], str], program: Callable[[int], str]
) -> dict[str, Any]:
    unit = int(events.unit[row])
    members = events.members(unit)
    takes, first = bool(events.what[row] == TAKES), int(events.because[row])
    programs = events.programs(int(events.option[row])) if takes else ()
    return {
        "applicants": [name(member) for member in members],
        "programs": [program(p) if p >= 0 else None for p in programs],
        "does": "takes" if takes else "finds nothing",
        "why": "enters" if takes and first >= 0 and events.what[first] == ENTERS else "",
        "list": events.is_list(unit),
        "asked": asked in members,
    }


def _edge(
    events: Events, via: int, name: Callable[[int], str], program: Callable[[int], str]
) -> dict[str, Any]:
    what, person = int(events.what[via]), int(events.person[via])
    where = -1
    if what == BUMPED:
        where = events.lost(via)
    elif what == OFFERED:
        where = int(events.cause[via])
    return {
        "why": LINKS[what],
        "program": program(where) if where >= 0 else None,
        "applicant": name(person) if person >= 0 else None,
    }


def told_steps(graph: nx.DiGraph) -> list[str]:
    """The chain in sentences, one a node, in the order in which it happened."""
    return [_told(graph, node) for node in sorted(graph)]


def _told(graph: nx.DiGraph, node: int) -> str:
    data = graph.nodes[node]
    who = " and ".join(data["applicants"])
    several = len(data["applicants"]) > 1
    does = _what(data, several)
    if data["why"]:
        verb = "enter" if several else "enters"
        return f"{who} {verb} and {does}."
    for _, _, edge in graph.in_edges(node, data=True):
        return f"{_lead(edge, who, several)} {does}."
    return f"{who} {does}."


def _what(data: dict[str, Any], several: bool) -> str:
    ending = "" if several else "s"
    where = " on the supplemental list" if data["list"] else ""
    if data["does"] != "takes":
        return f"find{ending} nothing else{where}"
    programs = " and ".join(program or "No Match" for program in data["programs"])
    return f"take{ending} {programs}{where}"


def _lead(edge: dict[str, Any], who: str, several: bool) -> str:
    verb = "are" if several else "is"
    why, program = edge["why"], edge["program"]
    if why == "bumped" and several:
        return f"{edge['applicant']} is bumped from {program}, and {who} both go; they"
    if why == "bumped":
        return f"{who} {verb} bumped from {program} and"
    if why == "offered again":
        return f"{who} {verb} offered {program} again, which somebody left, and"
    if why == "list opened":
        return f"{who}, whose supplemental list opens,"
    if why in ("set aside", "allowed again"):
        return f"{who}, after an option was {why} because of a cycle,"
    return f"{who} look{'' if several else 's'} again and"
