"""One person's chance of a match by how many programs they rank."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from matchsim.charts import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from matchsim.strategy.advice import Advice

__all__ = ["SIZE", "chance_by_ranks"]

SIZE = (8.0, 4.2)


def chance_by_ranks(found: Advice, ax: Axes | None = None, *, caption: str = "") -> Axes:
    """Draw the probability of a match by number of programs ranked, with its Monte-Carlo interval.

    Parameters
    ----------
    found
        As :func:`matchsim.strategy.advice.advice` returns it.
    ax
        Axes to draw on (they need about 8 by 4.2 inches); None makes a figure of that size.
    caption
        Where the numbers come from, printed small below.

    Returns
    -------
    matplotlib.axes.Axes
    """
    from matplotlib.ticker import MaxNLocator

    from matchsim.charts._figure import new_axes, set_headings

    mean = [100 * one.mean for one in found.by_ranks]
    # Without an interval (NaN) nothing is shaded.
    low = [100 * max(one.mean - one.half, 0.0) for one in found.by_ranks]
    high = [100 * min(one.mean + one.half, 1.0) for one in found.by_ranks]
    at = range(1, len(mean) + 1)
    with style.in_use():
        target = new_axes(SIZE) if ax is None else ax
        target.spines[["top", "right"]].set_visible(False)
        target.axhline(100 * found.matched.mean, color=style.MUTED, linewidth=0.8, linestyle=(0, (4, 3)))
        if not isnan(found.by_ranks[0].half):
            target.fill_between(at, low, high, color=style.tint(style.INK, 0.15), linewidth=0)
        target.plot(at, mean, "o-", color=style.INK, linewidth=1.8, markersize=4.5)
        target.set_xlim(0.5, len(mean) + 0.5)
        target.set_ylim(0, max(10.0, 1.15 * max(100 * found.matched.mean, *high, *mean)))
        target.xaxis.set_major_locator(MaxNLocator(integer=True))
        style.grid(target, "y")
        target.set_xlabel(
            "Programs ranked at the most, the most wished for first; who has fewer ranks all of them"
        )
        target.set_ylabel("Chance of a match (%)")
        told = (
            f"Dashed: {found.matched.mean:.0%} with every program ranked that interviews you, "
            f"{found.mean_interviews.mean:.1f} on average.\n{found.seasons:,} simulated seasons"
            + ("." if isnan(found.by_ranks[0].half) else ", shaded 95% Monte-Carlo intervals.")
        )
        set_headings(target, "Your chance of a match by how many programs you rank", told, caption)
    return target
