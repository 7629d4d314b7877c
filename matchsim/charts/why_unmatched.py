"""Why people are without a position after the algorithm: one stacked bar for each applicant type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matchsim.charts import rows, style
from matchsim.charts.style import Fill
from matchsim.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["why_unmatched"]

# From what happened before the match, in greys, to what happened in it.
REASONS = {
    "not_eligible": ("Not eligible", Fill("#8C8C8C")),
    "no_interview": ("No interview", Fill("#0072B2")),
    "no_list": ("No list", Fill("#56B4E9")),
    "in_couple": ("In a couple", Fill("#CC79A7")),
    "left_off": ("Left off the list", Fill("#D55E00")),
    "held_in_place": ("Linked, not exact", style.SOAP),
    "outranked": ("Outranked", Fill("#F0E442")),
    "within_reach": ("Within reach", Fill("#E69F00")),
    "out_of_reach": ("Out of reach", Fill("#009E73")),
}


def why_unmatched(counts: pd.DataFrame, ax: Axes | None = None, *, caption: str = "") -> Axes:
    """Draw for every applicant type how its people without a position part over the reasons.

    Parameters
    ----------
    counts
        As ``strategy.why_unmatched(season).counts()`` returns it: types in rows, reasons in columns.
    ax
        Axes to draw on; None makes a figure.
    caption
        Where the numbers come from, printed small below.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        When nobody is without a position, or a reason is not known.
    """
    from matchsim.charts._figure import new_axes, set_headings

    unknown = [str(name) for name in counts.columns if name not in REASONS]
    if unknown:
        told = f"there is no reason called {unknown[0]!r}; known are {', '.join(REASONS)}"
        raise InputError(Problem(told, path="counts"))
    sizes = counts.sum(axis=1)
    if not sizes.any():
        raise InputError(Problem("nobody is without a position, there is nothing to draw", path="counts"))
    types = [name for name in (*style.ordered_types(set(counts.index) - {"all"}), "all") if sizes.get(name)]
    shown = [name for name in REASONS if name in counts.columns and counts[name].any()]
    with style.in_use():
        target = new_axes((8.0, 2.4 + 0.36 * len(types))) if ax is None else ax
        target.spines[["top", "right"]].set_visible(False)
        start = 0.0 * sizes[types]
        for reason in shown:
            share = counts.loc[types, reason] / sizes[types]
            rows.segment(target, start.tolist(), share.tolist(), REASONS[reason][1])
            start = start + share
        style.key(target, dict(REASONS[reason] for reason in shown), columns=4)
        rows.set_rows(target, ["All" if name == "all" else style.label_of(name) for name in types])
        rows.set_percent_axis(target, "Share of the people without a position (%)")
        rows.text_column(target, "people", [style.count(sizes[name]) for name in types], 8, strong=True)
        told = (
            "Registered people whom the algorithm left without a position; the first test that holds counts."
            "\nWithin reach: with more applications, or signals placed otherwise, usually a match."
        )
        set_headings(target, "Why not matched", told, caption)
    return target
