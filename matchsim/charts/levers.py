"""What single changes do to one person's chance of matching: a point and an interval for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matchsim.charts import rows, style
from matchsim.charts.chance_by_ranks import SIZE, chance_by_ranks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from matchsim.strategy.advice import Advice, LeverEffect

__all__ = ["advice", "levers"]

SHADES = {"yours": style.INK, "may happen": style.NEUTRAL, "past": style.MUTED}
WIDTH = SIZE[0]
HANDS = {"yours": "yours to do", "may happen": "may happen", "past": "past: what it weighs"}


def levers(found: Advice, ax: Axes | None = None, *, caption: str = "") -> Axes:
    """Draw the effect of every lever on the probability of a match, with its Monte-Carlo interval.

    Parameters
    ----------
    found
        As :func:`matchsim.strategy.advice.advice` returns it.
    ax
        Axes to draw on; None makes a figure as high as there are levers.
    caption
        Where the numbers come from, printed small below.

    Returns
    -------
    matplotlib.axes.Axes
    """
    from matchsim.charts._figure import new_axes, set_headings

    drawn = [one for hands in HANDS for one in found.effects if one.lever.hands == hands]
    with style.in_use():
        target = new_axes((WIDTH, _height(found))) if ax is None else ax
        target.spines[["top", "right"]].set_visible(False)
        target.axvline(0, color=style.MUTED, linewidth=0.8)
        for row, one in enumerate(drawn):
            _draw(target, row, one)
        rows.set_rows(target, [one.lever.told for one in drawn])
        style.grid(target, "x")
        target.set_xlabel("Change of the probability of a match (percentage points)")
        texts = [HANDS[one.lever.hands] for one in drawn]
        rows.text_column(target, "", texts, 8)
        told = (
            f"{found.matched.mean:.0%} without any change. {found.seasons:,} simulated seasons, 95% "
            "Monte-Carlo intervals;\nhow well the parameters of the model are known is not in them."
        )
        set_headings(target, "What would change your chance of matching", told, caption)
    return target


def advice(found: Advice, *, caption: str = "") -> Axes:
    """Draw one person's chance by how many programs they rank, and below it the levers.

    Parameters
    ----------
    found, caption
        As for :func:`levers`.

    Returns
    -------
    matplotlib.axes.Axes
        The lower axes; both are on one figure.
    """
    from matchsim.charts._figure import stacked_axes

    above, below = stacked_axes(WIDTH, [SIZE[1], _height(found)])
    chance_by_ranks(found, above)
    return levers(found, below, caption=caption)


def _height(found: Advice) -> float:
    return 1.9 + 0.38 * len(found.effects)


def _draw(ax: Axes, row: int, one: LeverEffect) -> None:
    colour, mean, half = SHADES[one.lever.hands], 100 * one.effect.mean, 100 * one.effect.half
    # Without an interval (NaN) only the point is drawn.
    ax.plot([mean - half, mean + half], [row, row], color=colour, linewidth=2)
    ax.plot(mean, row, "o", color=colour, markersize=6)
