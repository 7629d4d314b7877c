"""What each parameter moves: targets by parameters, in units of the tolerance for one step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matchsim.charts import style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["sensitivity"]

MOST = 5.0  # tolerances, where the colours end
CELL, AROUND = (0.42, 0.14), (4.2, 3.2)  # inches: a cell, and labels around all of them
LETTERS = 46
LEAST = 6.8  # inches, the width of the headings


def sensitivity(data: pd.DataFrame, ax: Axes | None = None, *, caption: str = "") -> Axes:
    """Draw by how many tolerances one step of each parameter moves each target.

    Parameters
    ----------
    data
        Columns ``target`` and ``group``, and one for each parameter, as ``matchsim calibrate`` writes it.
    ax
        Axes to draw on; None makes a figure as large as the table needs.
    caption
        Where the numbers come from, printed small below.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    TableError
        Where the table lacks a column.
    """
    from matchsim.charts._figure import new_axes, set_headings
    from matchsim.charts.registry import check_columns, say_no_data

    check_columns("sensitivity", data, ("target", "group"))
    names = [str(column) for column in data.columns if column not in ("target", "group")]
    with style.in_use():
        size = tuple(
            around + cell * number
            for around, cell, number in zip(AROUND, CELL, (len(names), len(data)), strict=True)
        )
        target = new_axes((max(size[0], LEAST), size[1])) if ax is None else ax
        if len(data) and names:
            _draw(target, data, names)
            subtitle = (
                "Tolerances by which one step up of a parameter moves a target.\n"
                f"Blue: falls. Red: rises. Colours end at {MOST:g}."
            )
        else:
            say_no_data(target)
            subtitle = ""
        set_headings(target, "Sensitivity of the targets to the parameters", subtitle, caption)
    return target


def _draw(ax: Axes, data: pd.DataFrame, names: list[str]) -> None:
    values = data[names].to_numpy(dtype=float)
    ax.imshow(values, cmap="RdBu_r", vmin=-MOST, vmax=MOST, aspect="auto", interpolation="nearest")
    labels = [
        style.shortened(f"{row.target} {row.group}".replace("_", " "), LETTERS) for row in data.itertuples()
    ]
    ax.set_yticks(range(len(labels)), labels, fontsize=7)
    ax.set_xticks(range(len(names)), names, rotation=90, fontsize=8)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_xlabel("Parameter")
