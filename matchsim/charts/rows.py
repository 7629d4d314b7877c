"""Horizontal charts: one labelled row per group, with columns of numbers to the right of the axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from matchsim.charts.style import INK, MUTED, Fill

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["segment", "set_percent_axis", "set_rows", "text_column"]

COLUMN_SIZE = 8.5  # points
DIGIT, BOLD_DIGIT = 0.636, 0.696  # widths in DejaVu Sans as multiples of the font size


def set_rows(ax: Axes, labels: Sequence[str]) -> None:
    """One row per label, the first on top; row *i* is at height *i*."""
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.45, -0.55)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)


def set_percent_axis(ax: Axes, label: str) -> None:
    """The horizontal axis from 0 to 100%; data are fractions."""
    from matplotlib.ticker import PercentFormatter

    ax.set_xlim(0, 1)
    ax.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1])
    ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    ax.set_xlabel(label)


def segment(
    ax: Axes, starts: Sequence[float], widths: Sequence[float], fill: Fill, *, height: float = 0.72
) -> None:
    """One piece of every row's stacked bar."""
    ax.barh(
        range(len(widths)),
        widths,
        left=starts,
        height=height,
        color=fill.colour,
        hatch=fill.hatch,
        edgecolor=fill.outline,
        linewidth=0.5,
        clip_on=False,  # the outline at 100% is half outside the axes
    )


def text_column(ax: Axes, heading: str, texts: Sequence[str], start: float, *, strong: bool = False) -> float:
    """A right-aligned column of texts beside the rows, `start` points to the right of the axes.

    Returns
    -------
    float
        Where the column ends, in points to the right of the axes.
    """
    lines = [*heading.split("\n"), *texts]
    end = start + (BOLD_DIGIT if strong else DIGIT) * COLUMN_SIZE * max(len(line) for line in lines)
    style: dict[str, Any] = {
        "textcoords": "offset points",
        "ha": "right",
        "fontsize": COLUMN_SIZE,
        "annotation_clip": False,
    }
    rows = ax.get_yaxis_transform()
    ax.annotate(heading, (1, 1), xycoords="axes fraction", xytext=(end, 2), va="bottom", color=MUTED, **style)
    for row, text in enumerate(texts):
        weight = "bold" if strong else "normal"
        ax.annotate(
            text, (1, row), xycoords=rows, xytext=(end, 0), va="center", color=INK, weight=weight, **style
        )
    return end
