"""How the chance of matching grows with the number of contiguous ranks: one line per applicant type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matchsim.charts import style
from matchsim.charts.registry import chart
from matchsim.charts.replicates import number_of, per_replicate, spread

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from matchsim.charts.replicates import Spread

__all__ = ["match_probability_by_contiguous_ranks"]

POOLED_FROM = 16  # the tail that NRMP reports pool too
DRAWN_FROM, SOLID_FROM = 10, 50  # applicants behind a point
LABEL_GAP = 0.055  # least distance of two line labels, in shares


@chart(
    table="contiguous_ranks",
    title="Probability of matching by number of contiguous ranks",
    needs=("applicant_type", "contiguous_ranks", "applicants", "matched"),
)
def match_probability_by_contiguous_ranks(data: pd.DataFrame, ax: Axes) -> str | None:
    """Share matched in the first-ranked specialty by the number of its programs ranked before any other."""
    data = data[(data["contiguous_ranks"] > 0) & (data["applicants"] > 0)]
    if data.empty:
        return None
    data = data.assign(contiguous_ranks=data["contiguous_ranks"].astype(int).clip(upper=POOLED_FROM))
    replicates = number_of(data)
    points = (
        data.groupby(["applicant_type", "contiguous_ranks"], observed=True)["applicants"].sum() / replicates
    )
    # A market for teaching has no large groups: all of it is drawn then.
    least = DRAWN_FROM if points.max() >= DRAWN_FROM else 0

    ends: dict[str, tuple[float, float]] = {}
    for applicant_type in style.ordered_types(data["applicant_type"].unique()):
        sizes = points[applicant_type]
        drawn = sizes.index[sizes >= least]
        if len(drawn):
            rates = _rates(data[data["applicant_type"] == applicant_type], drawn)
            _draw_line(ax, rates, sizes[drawn] >= SOLID_FROM, style.colour_of(applicant_type))
            ends[applicant_type] = (float(drawn[-1]), float(rates.mean.iloc[-1]))
    _label_lines(ax, ends)
    _set_axes(ax)
    left_out = f"; those for fewer than {least} are left out." if least else "."
    return (
        f"{style.count(points.sum())} applicants. Hollow points stand for fewer than "
        f"{SOLID_FROM} applicants{left_out}"
    )


def _rates(one_type: pd.DataFrame, drawn: pd.Index) -> Spread:
    applicants, matched = (
        per_replicate(one_type, "contiguous_ranks", value)[drawn] for value in ("applicants", "matched")
    )
    return spread(matched / applicants)


def _draw_line(ax: Axes, rates: Spread, solid: pd.Series, colour: str) -> None:
    at = rates.mean.index
    if (rates.low < rates.high).any():
        ax.fill_between(at, rates.low, rates.high, color=colour, alpha=0.18, linewidth=0)
    ax.plot(at, rates.mean, color=colour, linewidth=1.6)
    for few, face in ((solid, colour), (~solid, "white")):
        ax.plot(at[few], rates.mean[few], "o", color=colour, markersize=4.5, markerfacecolor=face)


def _label_lines(ax: Axes, ends: dict[str, tuple[float, float]]) -> None:
    """Name every line beside its end, the names moved apart where lines end close together."""
    names = sorted(ends, key=lambda name: ends[name][1])
    heights = _apart([ends[name][1] for name in names])
    edge = POOLED_FROM + 0.5
    for name, height in zip(names, heights, strict=True):
        colour, (last, rate) = style.colour_of(name), ends[name]
        ax.plot([last, edge], [rate, height], color=colour, linewidth=0.7, linestyle=":", clip_on=False)
        ax.annotate(
            style.label_of(name),
            (edge, height),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            weight="bold",
            fontsize=9,
            annotation_clip=False,
        )


def _apart(heights: list[float]) -> list[float]:
    """`heights` (rising) at least one gap apart and below the top of the axes."""
    moved: list[float] = []
    for height in heights:
        moved.append(max(height, moved[-1] + LABEL_GAP) if moved else height)
    ceiling = 1.0
    for at in reversed(range(len(moved))):
        moved[at] = min(moved[at], ceiling)
        ceiling = moved[at] - LABEL_GAP
    return moved


def _set_axes(ax: Axes) -> None:
    from matplotlib.ticker import PercentFormatter

    ticks = range(1, POOLED_FROM + 1)
    ax.set_xticks(ticks, [*map(str, ticks[:-1]), f"{POOLED_FROM}+"])
    ax.set_xlim(0.5, POOLED_FROM + 0.5)
    ax.set_ylim(0, 1.03)
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    style.grid(ax, "y")
    ax.set_xlabel("Contiguous ranks (programs of the first-ranked specialty before any other)")
    ax.set_ylabel("Matched in that specialty (%)")
