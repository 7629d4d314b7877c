"""How a metric of a study moves with a value that was swept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matchsim.charts import style
from matchsim.errors import InputError, Problem, TableError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["study_sweep"]

# Okabe and Ito's colours in an order in which neighbours differ, each with a mark of its own.
ARMS = [
    ("#0072B2", "o"),
    ("#D55E00", "s"),
    ("#009E73", "^"),
    ("#CC79A7", "D"),
    ("#E69F00", "v"),
    ("#56B4E9", "P"),
    ("#000000", "X"),
]
NORMAL_95 = 1.96


def study_sweep(
    data: pd.DataFrame, x: str, meaning: str, unit: str, ax: Axes | None = None, *, caption: str = ""
) -> Axes:
    """Draw the mean of a metric over a value swept, one line an arm, with 95% intervals of the mean.

    Parameters
    ----------
    data
        Results of one metric and group: arm, the values swept, replicate, value. Where other values were
        swept too, the mean is over them; where every point has an `x` of its own, points are not joined. Of
        years that follow one another the first is drawn.
    x
        Column of the value swept.
    meaning
        What the metric is, in one line.
    unit
        ``share`` or ``number``.
    ax
        Axes to draw on (they need about 8 by 4.6 inches); None makes a figure of that size.
    caption
        Where the numbers come from, printed small below.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    TableError
        Where a column is missing.
    InputError
        Where there is nothing to draw, or more arms than can be told apart.
    """
    from matchsim.charts._figure import new_axes, set_headings

    needs = ("arm", x, "replicate", "metric", "group", "value")
    missing = [name for name in needs if name not in data.columns]
    if missing:
        raise TableError([Problem(f"column {name!r} is missing", path="study_sweep") for name in missing])
    data = data[data["year"] == data["year"].min()] if "year" in data else data
    arms = list(dict.fromkeys(data["arm"]))
    if not 0 < len(arms) <= len(ARMS):
        raise InputError(f"{len(arms)} arms cannot be drawn; 1 to {len(ARMS)} can")
    others = [name for name in data.columns if name not in (*needs, "year")]
    joined = not others or data.groupby(x)[others].nunique().to_numpy().max() > 1
    with style.in_use():
        target = new_axes((8.0, 4.6)) if ax is None else ax
        target.spines[["top", "right"]].set_visible(False)
        target.set_axisbelow(True)
        style.grid(target, "y")
        for arm, (colour, mark) in zip(arms, ARMS, strict=False):
            _draw(target, data[data["arm"] == arm], x, colour, mark, arm, joined=joined)
        _set_axes(target, data, x, unit, arms)
        metric = str(data["metric"].iloc[0]).replace("_", " ").replace("soap", "SOAP")
        group = str(data["group"].iloc[0])
        of = "" if group == "all" else f", {style.label_of(group)}"
        title = style.shortened(f"{metric[:1].upper()}{metric[1:]} by {_named(x)}", 60)
        subtitle = f"{style.shortened(meaning + of, 100)}.\n{_replicates(data)}"
        set_headings(target, title, subtitle, caption)
    return target


def _draw(ax: Axes, data: pd.DataFrame, x: str, colour: str, mark: str, arm: str, *, joined: bool) -> None:
    """Means over replicates; the other values swept are averaged over within each replicate first."""
    each = data.groupby([x, "replicate"], sort=True)["value"].mean()
    found = each.groupby(level=0).agg(["mean", "std", "count"])
    half = (NORMAL_95 * found["std"] / found["count"] ** 0.5).fillna(0)
    at: Any = range(len(found)) if found.index.dtype == object else found.index.to_numpy()
    ax.errorbar(
        at,
        found["mean"],
        yerr=half,
        color=colour,
        marker=mark,
        markersize=5,
        linestyle="-" if joined else "none",
        linewidth=1.6,
        elinewidth=1.4,
        label=style.shortened(arm, 30),
    )


def _set_axes(ax: Axes, data: pd.DataFrame, x: str, unit: str, arms: list[str]) -> None:
    from matplotlib.ticker import PercentFormatter

    if data[x].dtype == object or str(data[x].dtype).startswith("str"):
        words = sorted(set(data[x]))
        ax.set_xticks(range(len(words)), words)
    ax.set_xlabel(x)
    if unit == "share":
        ax.yaxis.set_major_formatter(PercentFormatter(1))
        ax.set_ylabel("Mean share (%)")
    else:
        ax.set_ylabel("Mean")
    if len(arms) > 1:
        ax.legend(
            loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False, borderpad=0, borderaxespad=0
        )


def _named(x: str) -> str:
    return " ".join(x.split(".")[-2:]).replace("_", " ")


def _replicates(data: pd.DataFrame) -> str:
    number = int(data["replicate"].nunique())
    if number == 1:
        return "One replicate: no intervals."
    return f"Mean of {number:,} replicates; 95% intervals of that mean (normal approximation)."
