"""How long the lists were of those who matched and those who did not: one row per group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matchsim.charts import rows, style
from matchsim.charts.registry import chart
from matchsim.charts.replicates import per_replicate, spread, with_interval

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from matchsim.charts.replicates import Spread

__all__ = ["list_lengths"]

GOOD = {"matched", "filled"}


@chart(
    table="list_lengths",
    title="Rank order list length, matched and unmatched",
    needs=("group", "status", "lists", "mean_length", "mean_ranks_per_position"),
    size=(8.0, 5.2),
)
def list_lengths(data: pd.DataFrame, ax: Axes) -> str | None:
    """Mean length of rank order lists of matched and unmatched applicants, and of programs per position."""
    data = data.assign(good=data["status"].isin(GOOD))
    sides = (True, False)
    counts = [per_replicate(data[data["good"] == side], "group", "lists").mean() for side in sides]
    data = data[data["lists"] > 0]
    if data.empty:
        return None
    # Programs rank for many positions at once: per position they compare with applicants.
    of_programs = data["group"].astype(str) == "program"
    length = data["mean_length"].where(~of_programs, data["mean_ranks_per_position"])
    data = data.assign(length=length)
    good, bad = (_lengths(data[data["good"] == side]) for side in sides)

    groups = _ordered(set(data["group"].astype(str)))
    for row, group in enumerate(groups):
        _draw_row(ax, row, style.colour_of(group), good.mean.get(group), bad.mean.get(group))
        _draw_intervals(ax, row, group, (good, bad))
    rows.set_rows(ax, [_label(group, *(count.get(group, 0) for count in counts)) for group in groups])
    ax.set_xlim(left=0)
    style.grid(ax, "x")
    ax.set_xlabel("Mean number of programs ranked (of programs: applicants ranked per position)")
    end = rows.text_column(ax, "● matched", [_number(good, group) for group in groups], 8, strong=True)
    rows.text_column(ax, "○ unmatched", [_number(bad, group) for group in groups], end + 8)
    return "Filled points: lists that matched (programs: filled). Hollow points: lists that did not."


def _lengths(data: pd.DataFrame) -> Spread:
    return spread(data.groupby(["replicate", "group"], observed=True)["length"].mean().unstack("group"))


def _ordered(present: set[str]) -> list[str]:
    types = style.ordered_types(present - {"all", "program"})
    return types + [group for group in ("all", "program") if group in present]


def _label(group: str, good: float, bad: float) -> str:
    if group == "program":
        return f"Programs, per position\n{style.count(good)} filled, {style.count(bad)} not"
    name = "All applicants" if group == "all" else style.label_of(group)
    return f"{name}\n{style.count(good)} matched, {style.count(bad)} not"


def _number(side: Spread, group: str) -> str:
    return with_interval(side, group, lambda length: f"{length:.1f}") if group in side.mean else "–"


def _draw_row(ax: Axes, row: int, colour: str, good: float | None, bad: float | None) -> None:
    if good is not None and bad is not None:
        ax.plot([bad, good], [row, row], color=style.tint(colour, 0.5), linewidth=2.5, zorder=1)
    for length, face in ((bad, "white"), (good, colour)):
        if length is not None:
            ax.plot(
                length,
                row,
                "o",
                markersize=8,
                markerfacecolor=face,
                markeredgecolor=colour,
                markeredgewidth=1.8,
            )


def _draw_intervals(ax: Axes, row: int, group: str, sides: tuple[Spread, Spread]) -> None:
    for side in sides:
        if group in side.mean and side.low[group] < side.high[group]:
            ax.hlines(row, side.low[group], side.high[group], color=style.INK, linewidth=1.5, zorder=1.5)
