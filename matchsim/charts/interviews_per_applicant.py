"""Who holds the interviews: a Lorenz curve, and what the most invited hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matchsim.charts import style
from matchsim.charts.registry import chart
from matchsim.charts.replicates import per_replicate, spread, with_interval

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["interviews_per_applicant"]

TOP = 0.1  # the share of applicants whose interviews are told


@chart(
    table="interviews_held",
    title="How unequally interviews are spread",
    needs=("applicant_type", "interviews", "applicants"),
    size=(8.0, 5.6),
)
def interviews_per_applicant(data: pd.DataFrame, ax: Axes) -> str | None:
    """Share of all interviews held by the applicants with the fewest: Lorenz curve and Gini coefficient."""
    counts = per_replicate(data, "interviews", "applicants")
    held = counts.columns.to_numpy(dtype=np.float64)
    counts = counts[(counts @ held) > 0]
    if counts.empty:
        return None
    curve = _lorenz(counts.mean().to_numpy(dtype=np.float64), held)
    measures = counts.apply(_measures, axis=1, result_type="expand", args=(held,))
    found = spread(measures.set_axis(["gini", "top", "none"], axis=1))

    ax.plot([0, 1], [0, 1], color=style.MUTED, linewidth=1, linestyle=(0, (4, 3)))
    ax.fill_between(*curve, curve[0], color=style.tint(style.NEUTRAL, 0.12), linewidth=0)
    ax.plot(*curve, color=style.INK, linewidth=2.2)
    _axis(ax)
    told = [
        f"Gini coefficient: {with_interval(found, 'gini', lambda number: f'{number:.2f}')}",
        f"Most invited tenth holds: {with_interval(found, 'top', style.percent)}",
        f"Without an interview: {with_interval(found, 'none', style.percent)}",
    ]
    ax.text(
        0.03, 0.96, "\n".join(told), va="top", linespacing=1.6, fontsize=9, weight="bold", color=style.INK
    )
    people, interviews = counts.sum(axis=1).mean(), (counts.to_numpy() @ held).mean()
    return (
        f"{style.count(interviews)} interviews of {style.count(people)} people who applied, those with the "
        "fewest first.\nDashed: everybody holds the same number."
    )


def _lorenz(counts: np.ndarray, held: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cumulated shares of people and of interviews, from the people with the fewest."""
    people = np.append(0, np.cumsum(counts)) / counts.sum()
    return people, np.append(0, np.cumsum(counts * held)) / (counts @ held)


def _measures(counts: pd.Series, held: np.ndarray) -> tuple[float, float, float]:
    """Gini coefficient, the share of interviews of the top, and the share of people without any."""
    people, interviews = _lorenz(counts.to_numpy(dtype=np.float64), held)
    below = float((np.diff(people) * (interviews[1:] + interviews[:-1]) / 2).sum())
    top = 1 - float(np.interp(1 - TOP, people, interviews))
    return 1 - 2 * below, top, float(counts[held == 0].sum() / counts.sum())


def _axis(ax: Axes) -> None:
    from matplotlib.ticker import PercentFormatter

    for axis in (ax.xaxis, ax.yaxis):
        axis.set_ticks([0, 0.2, 0.4, 0.6, 0.8, 1])
        axis.set_major_formatter(PercentFormatter(1, decimals=0))
    ax.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="Share of applicants (%)", ylabel="Share of interviews (%)")
    style.grid(ax, "y")
