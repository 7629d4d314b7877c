"""Which choice applicants obtained: one stacked bar per applicant type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matchsim.charts import rows, style
from matchsim.charts.registry import chart
from matchsim.charts.replicates import per_replicate, spread, with_interval
from matchsim.charts.style import Fill

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["rank_obtained"]

# First rank of each band, its name and its colour: one hue, darker is better.
BANDS = (
    (1, "1st choice", "#08306B"),
    (2, "2nd", "#08519C"),
    (3, "3rd", "#2171B5"),
    (4, "4th", "#4A98C9"),
    (5, "5th", "#7FB8DA"),
    (6, "6th–10th", "#B0D2E7"),
    (11, "11th or later", "#DCE9F6"),
)
NONE = "Not matched"
LABELLED_FROM = 0.045  # a narrower piece has no room for its number


@chart(
    table="rank_obtained",
    title="Rank obtained by applicant type",
    needs=("applicant_type", "rank", "applicants"),
)
def rank_obtained(data: pd.DataFrame, ax: Axes) -> str | None:
    """Share of applicants matched to their first, second, third ... choice, by applicant type."""
    sizes = per_replicate(data, "applicant_type", "applicants").mean()
    types = style.ordered_types(sizes.index[sizes > 0])
    if not types:
        return None
    data = data.assign(band=[_band(rank) for rank in data["rank"]])
    shares = {kind: _shares(data[data["applicant_type"] == kind]) for kind in types}

    fills = {name: Fill(colour) for _, name, colour in BANDS} | {NONE: style.UNFILLED}
    starts = [0.0] * len(types)
    for band, fill in fills.items():
        means = [float(shares[kind][band].mean()) if band in shares[kind] else 0.0 for kind in types]
        rows.segment(ax, starts, means, fill)
        _write_shares(ax, starts, means, fill)
        starts = [start + mean for start, mean in zip(starts, means, strict=True)]
    rows.set_rows(ax, [f"{style.label_of(kind)}\n{style.count(sizes[kind])} applicants" for kind in types])
    rows.set_percent_axis(ax, "Share of applicants with a rank order list (%)")
    style.key(ax, fills, columns=len(fills))
    texts = [_top_three(shares[kind]) for kind in types]
    rows.text_column(ax, "one of the\nfirst three", texts, 8, strong=True)
    total = style.count(sizes.sum())
    return f"{total} applicants with a certified list, by the rank of the program matched to (any track)."


def _band(rank: float) -> str:
    return next((name for first, name, _ in reversed(BANDS) if rank >= first), NONE)


def _shares(one_type: pd.DataFrame) -> pd.DataFrame:
    """Share of the type's applicants in each band, one row per replicate."""
    counts = per_replicate(one_type, "band", "applicants")
    return counts.div(counts.sum(axis=1), axis=0)


def _top_three(shares: pd.DataFrame) -> str:
    top = [name for _, name, _ in BANDS[:3]]
    total = shares.reindex(columns=top, fill_value=0).sum(axis=1).to_frame("total")
    return with_interval(spread(total), "total", lambda share: style.percent(share, 0))


def _write_shares(ax: Axes, starts: list[float], widths: list[float], fill: Fill) -> None:
    dark = (
        sum(int(fill.colour[at : at + 2], 16) for at in (1, 3, 5)) < 384 if fill.colour[0] == "#" else False
    )
    for row, (start, width) in enumerate(zip(starts, widths, strict=True)):
        if width >= LABELLED_FROM:
            ax.text(
                start + width / 2,
                row,
                f"{100 * width:.0f}",
                ha="center",
                va="center",
                fontsize=8,
                color="white" if dark else style.INK,
            )
