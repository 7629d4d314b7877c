"""How far down their lists the programs of each specialty came: median and quartiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matchsim.charts import rows, style
from matchsim.charts.registry import chart
from matchsim.charts.replicates import per_replicate, spread, with_interval

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["cutoffs_by_specialty"]

SHOWN = 22  # specialties with the most programs
QUARTILES = ["lower_quartile", "median", "upper_quartile"]


@chart(
    table="cutoffs",
    title="How far down their lists programs came",
    needs=("specialty", "programs", "full", *QUARTILES),
    size=(8.0, 7.4),
)
def cutoffs_by_specialty(data: pd.DataFrame, ax: Axes) -> str | None:
    """Place of the last person matched per position, in programs that filled, by specialty."""
    data = data.assign(specialty=data["specialty"].astype(str))
    programs, full = (per_replicate(data, "specialty", column) for column in ("programs", "full"))
    medians = spread(data[data["full"] > 0].set_index(["replicate", "specialty"])["median"].unstack())
    order = programs.mean().sort_values(ascending=False, kind="stable").index
    names = sorted((name for name in order if name in medians.mean), key=list(order).index)[:SHOWN]
    if not names:
        return None
    names.sort(key=lambda name: medians.mean[name])
    quartiles = data[data["full"] > 0].groupby("specialty")[QUARTILES].mean()

    for row, name in enumerate(names):
        low, middle, high = quartiles.loc[name]
        ax.plot(
            [low, high],
            [row, row],
            color=style.tint(style.NEUTRAL, 0.35),
            linewidth=5,
            solid_capstyle="butt",
        )
        ax.plot([middle], [row], "o", color=style.APPLICANT_TYPES["us_md_senior"].colour, markersize=7)
    rows.set_rows(ax, [style.shortened(name) for name in names])
    ax.set_xlim(left=0)
    ax.set_xlabel("Place of the last person matched, per position")
    style.grid(ax, "x")
    texts = [f"{style.count(full.mean()[name])} of {style.count(programs.mean()[name])}" for name in names]
    end = rows.text_column(ax, "programs\nfull", texts, 8)
    numbers = [with_interval(medians, name, lambda place: f"{place:.1f}") for name in names]
    rows.text_column(ax, "median", numbers, end + 10, strong=True)
    return (
        "Programs that filled, most sought after first: median (point) and the middle half (bar).\n"
        "1 is a program that had the people it ranked first; who did not fill has no cutoff."
    )
