"""The curve of matching by number of contiguous ranks beside what more ranks do for the same person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matchsim.charts import style
from matchsim.charts.match_probability_by_contiguous_ranks import DRAWN_FROM, POOLED_FROM
from matchsim.charts.registry import check_columns, say_no_data

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["published_curve", "raw_and_causal_curve"]

SIZE = (8.0, 4.8)
# The groups of 2007 for which there is one type of today.
OF_2007 = {"us_md_senior": "us_senior"}


def published_curve(applicant_type: str) -> pd.DataFrame:
    """The figures of 2007 for people like those of a type: columns ``ranks`` and ``matched`` (shares).

    NRMP, *Charting Outcomes in the Match* 2007, pooled over 19 specialties; four points that are carried
    for their shape. Empty for all types but US MD seniors, then "US seniors".
    """
    import pandas as pd

    from matchsim.data import published

    group = OF_2007.get(applicant_type)
    rows = [
        (int(row["measure"].removeprefix("matched_at_")), float(row["value"]))
        for row in published(2025, "contiguous_ranks")
        if row["group"] == group
    ]
    return pd.DataFrame(rows, columns=["ranks", "matched"])


def raw_and_causal_curve(
    curves: pd.DataFrame,
    ax: Axes | None = None,
    *,
    people: str = "applicants",
    published: pd.DataFrame | None = None,
    caption: str = "",
) -> Axes:
    """Draw the raw curve, the causal one below it, and shade what lies between them: selection.

    Parameters
    ----------
    curves
        As :meth:`matchsim.strategy.ListLengths.curves` returns it; drawn for 1 to 15 ranks, where there are
        ten people or more.
    ax
        Axes to draw on (they need about 8 by 4.8 inches); None makes a figure of that size.
    people
        Who they are, for the subtitle.
    published
        Points to compare the raw curve with, as :func:`published_curve` returns them.
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

    check_columns("raw_and_causal_curve", curves, ("ranks", "applicants", "raw", "causal"))
    drawn = curves[(curves["ranks"] < POOLED_FROM) & (curves["applicants"] >= DRAWN_FROM)]
    with style.in_use():
        target = new_axes(SIZE) if ax is None else ax
        target.spines[["top", "right"]].set_visible(False)
        subtitle = ""
        if drawn.empty:
            say_no_data(target)
        else:
            _draw(target, drawn, published)
            _set_axes(target)
            number = style.count(drawn["applicants"].sum())
            subtitle = (
                f"{number} {people}, simulated. Causal: what one more rank wins for those who have it, added "
                "up.\nThe rest is selection: who has more ranks was interviewed by more programs. A "
                "statement about the model."
            )
        set_headings(target, "More ranks, or other people?", subtitle, caption)
    return target


def _draw(ax: Axes, drawn: pd.DataFrame, published: pd.DataFrame | None) -> None:
    at, raw, causal = drawn["ranks"], drawn["raw"], drawn["causal"]
    blue, red = style.colour_of("us_md_senior"), style.colour_of("us_do_senior")
    ax.fill_between(at, causal, raw, color=style.tint(blue, 0.18), linewidth=0)
    ax.plot(at, raw, "o-", color=blue, linewidth=1.8, markersize=4.5)
    ax.plot(at, causal, "s-", color=red, linewidth=1.8, markersize=4.5)
    for words, height, colour in (("raw", raw, blue), ("causal", causal, red)):
        ax.annotate(
            words,
            (float(at.iloc[-1]), float(height.iloc[-1])),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            weight="bold",
            annotation_clip=False,
        )
    middle = float(raw.iloc[-1] + causal.iloc[-1]) / 2
    if float(raw.iloc[-1] - causal.iloc[-1]) > 0.08:
        ax.text(float(at.iloc[-1]) - 0.2, middle, "selection", ha="right", va="center", color=style.MUTED)
    if published is not None and len(published):
        ax.plot(
            published["ranks"],
            published["matched"],
            "D",
            color=style.INK,
            markerfacecolor="white",
            markersize=6,
            linestyle="none",
            label="published, 2007 (NRMP, Charting Outcomes; other people and programs)",
        )
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), frameon=False, borderpad=0, borderaxespad=0)


def _set_axes(ax: Axes) -> None:
    from matplotlib.ticker import PercentFormatter

    ax.set_xticks(range(1, POOLED_FROM))
    ax.set_xlim(0.5, POOLED_FROM - 0.5)
    ax.set_ylim(0, 1.03)
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    style.grid(ax, "y")
    ax.set_xlabel("Contiguous ranks (programs of the first-ranked specialty before any other)")
    ax.set_ylabel("Matched in that specialty (%)")
