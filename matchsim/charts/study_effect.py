"""What an arm of a study changes: paired differences from the baseline with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matchsim.charts import rows, style
from matchsim.errors import InputError, Problem, TableError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["study_effect"]

NEEDS = ("told", "metric", "group", "unit", "replicates", "difference", "low", "high")
MOST_ROWS = 40  # more do not fit legibly
ROW, AROUND = 0.31, 1.7  # inches a row, and around all of them
LETTERS = 34  # of the name of an arm


def study_effect(data: pd.DataFrame, meaning: str, ax: Axes | None = None, *, caption: str = "") -> Axes:
    """Draw the differences of every arm from the baseline, one row per applicant type.

    Parameters
    ----------
    data
        Effects of one metric as ``StudyResult.compare().effects`` has them, with the name of the arm and
        point in the column ``told``. Where there are more rows than fit, those of everybody alone are drawn.
    meaning
        What the metric is, in one line.
    ax
        Axes to draw on; None makes a figure as high as the rows need.
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
        Where there is nothing to draw, or more than fits.
    """
    from matchsim.charts._figure import new_axes, set_headings

    missing = [name for name in NEEDS if name not in data.columns]
    if missing:
        raise TableError([Problem(f"column {name!r} is missing", path="study_effect") for name in missing])
    shown = data[data["year"] == data["year"].min()] if "year" in data else data
    if len(shown) > MOST_ROWS:
        shown = shown[shown["group"] == "all"]
    if not 0 < len(shown) <= MOST_ROWS:
        told = f"{len(shown)} effects cannot be drawn; 1 to {MOST_ROWS} can"
        raise InputError(Problem(told, remedy="compare fewer arms or points"))
    shown = shown.reset_index(drop=True)
    scale, unit = (100.0, "percentage points") if shown["unit"].iloc[0] == "share" else (1.0, "")
    with style.in_use():
        target = new_axes((8.0, AROUND + ROW * len(shown))) if ax is None else ax
        target.spines[["top", "right"]].set_visible(False)
        target.set_axisbelow(True)
        _draw(target, shown, scale)
        metric = str(shown["metric"].iloc[0]).replace("_", " ").replace("soap", "SOAP")
        target.set_xlabel(f"Difference from the baseline{f' ({unit})' if unit else ''}")
        set_headings(
            target,
            f"{metric[:1].upper()}{metric[1:]}: what the arms change",
            _subtitle(shown, meaning),
            caption,
        )
    return target


def _draw(ax: Axes, shown: pd.DataFrame, scale: float) -> None:
    ax.axvline(0, color=style.NEUTRAL, linewidth=1)
    style.grid(ax, "x")
    texts = []
    for row, found in enumerate(shown.to_dict("records")):
        colour = style.colour_of(str(found["group"]))
        middle, low, high = (scale * float(found[name]) for name in ("difference", "low", "high"))
        if low == low:  # noqa: PLR0124 - NaN with one replicate
            ax.plot([low, high], [row, row], color=colour, linewidth=2.2, solid_capstyle="butt")
        ax.plot([middle], [row], "o", color=colour, markersize=6)
        texts.append(_numbers(middle, low, high))
    for row in range(1, len(shown)):
        if shown["group"].nunique() > 1 and shown["told"][row] != shown["told"][row - 1]:
            ax.axhline(row - 0.5, color=style.GRID, linewidth=1.2)
    rows.set_rows(ax, _labels(shown))
    rows.text_column(ax, "difference (95%)", texts, 10)


def _labels(shown: pd.DataFrame) -> list[str]:
    """The arm before the first of its rows, the applicant type in every row."""
    labels, before = [], None
    several = shown["group"].nunique() > 1
    for found in shown.to_dict("records"):
        group = "All" if found["group"] == "all" else style.label_of(str(found["group"]))
        arm = style.shortened(str(found["told"]), LETTERS)
        if not several:
            labels.append(arm)
        else:
            labels.append(f"{arm}:  {group}" if arm != before else group)
        before = arm
    return labels


def _numbers(middle: float, low: float, high: float) -> str:
    interval = f" ({_signed(low)} to {_signed(high)})" if low == low else ""  # noqa: PLR0124
    return f"{_signed(middle)}{interval}"


def _signed(value: float) -> str:
    rounded = round(value, 2)
    # Nothing has no sign.
    return f"{rounded:+.2f}".replace("-", "−") if rounded else "0.00"


def _subtitle(shown: pd.DataFrame, meaning: str) -> str:
    number = int(shown["replicates"].max())
    told = f"Mean of {number:,} paired replicates; 95% intervals of that mean by bootstrap."
    return f"{style.shortened(meaning, 100)}.\n{told if number > 1 else 'One replicate: no interval.'}"
