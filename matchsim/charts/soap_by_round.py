"""What SOAP did: the open positions stepping down round by round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matchsim.charts import style
from matchsim.charts.registry import chart
from matchsim.charts.replicates import per_replicate, spread, with_interval
from matchsim.charts.style import Fill

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from matchsim.charts.replicates import Spread

__all__ = ["soap_by_round"]

PREFIX = "accepted_"
WIDTH = 0.66


@chart(
    table="soap_rounds",
    title="Positions filled in SOAP, round by round",
    needs=("round", "positions_open", "offers", "accepted", "positions_left"),
)
def soap_by_round(data: pd.DataFrame, ax: Axes) -> str | None:
    """Positions open before SOAP, filled in each round by applicant type, and left at the end."""
    from matplotlib.ticker import MaxNLocator

    wide = {column: per_replicate(data, "round", column) for column in data.columns if _is_count(column)}
    rounds = [int(number) for number in wide["accepted"].columns]
    opened, left = spread(wide["positions_open"]), spread(wide["positions_left"])
    if not rounds or opened.mean[rounds[0]] <= 0:
        return None

    last = len(rounds) + 1
    _draw_total(ax, 0, opened, rounds[0])
    _draw_steps(ax, rounds, wide, left)
    _draw_total(ax, last, left, rounds[-1])
    _join(ax, [opened.mean[rounds[0]], *left.mean[rounds]])
    offers = wide["offers"].mean()
    middle = [f"Round {number}\n{style.count(offers[number])} offers" for number in rounds]
    ax.set_xticks(range(last + 1), ["Open after\nthe Match", *middle, "Left after\nSOAP"])
    ax.tick_params(axis="x", length=0)
    ax.set_xlim(-0.5, last + 0.5)
    ax.set_ylim(0, 1.17 * opened.high[rounds[0]])
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.yaxis.set_major_formatter("{x:,.0f}")
    style.grid(ax, "y")
    ax.set_xlabel("Step of SOAP")
    ax.set_ylabel("Positions")
    share = wide["accepted"].sum(axis=1).mean() / opened.mean[rounds[0]]
    return (
        f"{style.count(opened.mean[rounds[0]])} positions open; {style.percent(share)} of them filled in "
        f"{len(rounds)} rounds, by applicant type."
    )


def _is_count(column: str) -> bool:
    return column in {"positions_open", "offers", "accepted", "positions_left"} or column.startswith(PREFIX)


def _draw_total(ax: Axes, at: int, found: Spread, number: int) -> None:
    top = float(found.mean[number])
    ax.bar(at, top, width=WIDTH, color=style.UNFILLED.colour, edgecolor=style.MUTED, linewidth=0.8)
    _write_above(
        ax, at, max(top, float(found.high[number])), with_interval(found, number, style.count, gap="\n")
    )
    ax.vlines(at, found.low[number], found.high[number], color=style.INK, linewidth=1.5)


def _draw_steps(ax: Axes, rounds: list[int], wide: dict[str, pd.DataFrame], left: Spread) -> None:
    """One hanging bar per round, from the positions open at its start down to those left."""
    types = style.ordered_types(column.removeprefix(PREFIX) for column in wide if column.startswith(PREFIX))
    tops = (wide["positions_left"] + wide["accepted"]).mean()[rounds]
    accepted = spread(wide["accepted"])
    used = {}
    edge = tops
    for kind in types:
        share = wide[PREFIX + kind].mean()[rounds]
        fill = Fill(style.colour_of(kind))
        edge = edge - share
        ax.bar(
            range(1, len(rounds) + 1),
            share,
            bottom=edge,
            width=WIDTH,
            color=fill.colour,
            edgecolor="white",
            linewidth=0.5,
        )
        if share.sum() > 0:
            used[style.label_of(kind)] = fill
    for at, number in enumerate(rounds, start=1):
        minus = "−" if accepted.mean[number] > 0 else ""
        _write_above(ax, at, tops[number], minus + with_interval(accepted, number, style.count, gap="\n"))
        ax.vlines(at, left.low[number], left.high[number], color=style.INK, linewidth=1.5)
    if used:
        style.key(ax, used, columns=5)


def _join(ax: Axes, levels: list[float]) -> None:
    for at, level in enumerate(levels):
        ax.plot([at + WIDTH / 2, at + 1 - WIDTH / 2], [level, level], color=style.MUTED, linewidth=0.7)


def _write_above(ax: Axes, at: float, height: float, text: str) -> None:
    ax.annotate(
        text,
        (at, height),
        xytext=(0, 3),
        textcoords="offset points",
        ha="center",
        va="bottom",
        fontsize=9,
        weight="bold",
    )
