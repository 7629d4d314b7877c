"""Who matched: one bar per applicant type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matchsim.charts import rows, style
from matchsim.charts.registry import chart
from matchsim.charts.replicates import per_replicate, spread, with_interval

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["match_rate_by_type"]


@chart(
    table="match_rates",
    title="Match rate by applicant type",
    needs=("group_by", "group", "active", "match_rate", "placement_rate"),
)
def match_rate_by_type(data: pd.DataFrame, ax: Axes) -> str | None:
    """Share of active applicants matched to a PGY-1 position, and placed after SOAP, by applicant type."""
    data = data[data["group_by"].isin(["all", "applicant_type"])]
    if not data["active"].any():
        return None
    groups = style.ordered_types(set(data["group"]) - {"all"})
    active = per_replicate(data, "group", "active").mean()
    if "all" in active.index:
        groups.append("all")
    matched = spread(_rates(data, "match_rate"))
    placed = spread(_rates(data, "placement_rate"))

    _draw_bars(ax, groups, matched.mean[groups].fillna(0).tolist(), placed.mean[groups].fillna(0).tolist())
    ax.hlines(range(len(groups)), matched.low[groups], matched.high[groups], color=style.INK, linewidth=2)
    rows.set_rows(ax, [f"{_label(group)}\n{style.count(active[group])} active" for group in groups])
    rows.set_percent_axis(ax, "Share of active applicants (%)")
    texts = [with_interval(matched, group, style.percent) for group in groups]
    end = rows.text_column(ax, "matched", texts, 8, strong=True)
    rows.text_column(ax, "placed", [style.percent(placed.mean[group]) for group in groups], end + 10)
    return "Full bar: matched to a PGY-1 position by the algorithm. Pale: in a PGY-1 position after SOAP."


def _rates(data: pd.DataFrame, column: str) -> pd.DataFrame:
    return data.groupby(["replicate", "group"], observed=True)[column].mean().unstack("group")


def _draw_bars(ax: Axes, groups: list[str], matched: list[float], placed: list[float]) -> None:
    for row, group in enumerate(groups):
        colour = style.colour_of(group)
        ax.barh(row, max(placed[row], matched[row]), height=0.62, color=style.tint(colour, 0.35))
        ax.barh(row, matched[row], height=0.62, color=colour)


def _label(group: str) -> str:
    return "All applicants" if group == "all" else style.label_of(group)
