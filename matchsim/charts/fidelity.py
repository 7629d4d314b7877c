"""How near a season comes to the published one: a dot for every target, in units of its tolerance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matchsim.charts import rows, style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["fidelity"]

NEEDS = ("target", "group", "published", "simulated", "low", "high", "error", "tolerance", "ok", "role")
FARTHEST = 5.0  # tolerances; what is further is drawn here, as a triangle
COLOURS = {"calibrated": "#1B6CA8", "validation": "#B5651D"}
WIDTH, HEIGHT_OF_A_ROW, AROUND = 8.6, 0.34, 1.7  # inches
LETTERS = 44


def fidelity(data: pd.DataFrame, ax: Axes | None = None, *, caption: str = "") -> Axes:
    """Draw the error of every target over its tolerance, one row for each kind of target and role.

    Parameters
    ----------
    data
        The table that :func:`matchsim.fidelity.validate` returns or ``fidelity.csv`` holds.
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
        Where the table lacks a column.
    """
    from matchsim.charts._figure import new_axes, set_headings
    from matchsim.charts.registry import check_columns, say_no_data

    check_columns("fidelity", data, NEEDS)
    known = data[data["simulated"].notna()].assign(miss=lambda d: d["error"] / d["tolerance"])
    kinds = [
        (role, target)
        for role in COLOURS
        for target in dict.fromkeys(known.loc[known["role"] == role, "target"])
    ]
    with style.in_use():
        size = (WIDTH, AROUND + HEIGHT_OF_A_ROW * max(len(kinds), 2))
        target_axes = new_axes(size) if ax is None else ax
        target_axes.spines[["top", "right"]].set_visible(False)
        target_axes.set_axisbelow(True)
        if kinds:
            _draw(target_axes, known, kinds)
            subtitle = _subtitle(data)
        else:
            say_no_data(target_axes)
            subtitle = ""
        set_headings(target_axes, "Simulated against published", subtitle, caption)
    return target_axes


def _draw(ax: Axes, known: pd.DataFrame, kinds: list[tuple[str, str]]) -> None:
    ax.axvspan(-1, 1, color="#EDEDED", linewidth=0, zorder=0)
    ax.axvline(0, color=style.MUTED, linewidth=0.8, zorder=1)
    worst = []
    for row, (role, kind) in enumerate(kinds):
        of = known[(known["role"] == role) & (known["target"] == kind)]
        # Dots of one row are spread a little, in the order of the table, so that each can be seen.
        places = [row + 0.26 * ((i * 7 % 11) / 5 - 1) * (len(of) > 1) for i in range(len(of))]
        shown = of["miss"].clip(-FARTHEST, FARTHEST)
        far = (of["miss"].abs() > FARTHEST).to_numpy()
        low, high = (
            ((of[end] - of["published"]) / of["tolerance"]).fillna(of["miss"]).clip(-FARTHEST, FARTHEST)
            for end in ("low", "high")
        )
        colour = COLOURS[role]
        ax.hlines(places, low, high, color=style.tint(colour, 0.45), linewidth=1, zorder=2)
        at = list(zip(shown, places, strict=True))
        for x, y, beyond in ((*place, bool(f)) for place, f in zip(at, far, strict=True)):
            marker = ("<" if x < 0 else ">") if beyond else "o"
            ax.plot(x, y, marker, color=colour, markersize=4, clip_on=False, zorder=3)
        furthest = of.iloc[int(of["miss"].abs().argmax())]
        worst.append(style.shortened(f"{furthest['miss']:+.1f} {furthest['group']}", LETTERS))
    rows.set_rows(ax, [f"{kind.replace('_', ' ')} ({role})" for role, kind in kinds])
    ax.set_xlim(-FARTHEST - 0.15, FARTHEST + 0.15)
    ax.set_xlabel("Error in units of the tolerance")
    rows.text_column(ax, "furthest off", worst, 8)


def _subtitle(data: pd.DataFrame) -> str:
    parts = []
    for role, told in (("calibrated", "calibrated"), ("validation", "validation")):
        of = data[data["role"] == role]
        if len(of):
            parts.append(f"{int(of['ok'].sum())} of {len(of)} {told} targets hold")
    return (
        "; ".join(parts)
        + ".\nGrey: within tolerance. Lines: middle 95% of the seasons. Triangles: further off."
    )
