"""The paper a chart is drawn on: new figures, and headings placed around whatever was drawn."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from matchsim.charts.style import MUTED, drawable

__all__ = ["DPI", "ChartAxes", "new_axes", "set_headings", "stacked_axes"]

DPI = 160  # 1280 pixels for 8 inches: sharp when a page shows it 800 wide
PAD = 10.0  # points between the edge of a figure of its own and what is on it
LINE = 1.3  # line height as a multiple of the font size
TITLE_SIZE, SUBTITLE_SIZE, CAPTION_SIZE = 13.0, 9.0, 7.5


class ChartAxes(Axes):
    """Axes that a notebook shows as the picture they are part of."""

    def _repr_png_(self) -> tuple[bytes, dict[str, Any]]:
        figure = self.get_figure(root=True)
        assert figure is not None
        stream = BytesIO()
        figure.savefig(stream, format="png", dpi=DPI)
        return stream.getvalue(), {"width": round(100 * figure.get_figwidth())}


def new_axes(size: tuple[float, float]) -> Axes:
    """Axes on a figure of their own; `size` is width and height in inches."""
    (ax,) = stacked_axes(size[0], [size[1]])
    return ax


def stacked_axes(width: float, heights: Sequence[float]) -> list[Axes]:
    """Axes below one another on one figure, from the top, of a width and of heights in inches."""
    # Laid out at the resolution it is saved with: matplotlib then measures every text once for both.
    total = sum(heights)
    figure = Figure(figsize=(width, total), dpi=DPI)
    FigureCanvasAgg(figure)
    padding = PAD / 72
    axes, below = [], total
    for height in heights:
        below -= height
        place = (
            padding / width,
            (below + padding) / total,
            1 - 2 * padding / width,
            (height - 2 * padding) / total,
        )
        axes.append(figure.add_axes(ChartAxes(figure, place)))
    return axes


def set_headings(ax: Axes, title: str, subtitle: str, caption: str) -> None:
    """Title and subtitle above everything on the axes, caption below it, all flush left.

    The axes shrink so that all of it has room where the axes alone were.
    """
    title, subtitle, caption = map(drawable, (title, subtitle, caption))
    legend = ax.get_legend()
    legend_height = 0.0
    if legend is not None:
        legend.set_in_layout(False)
        legend_height = _points(ax, legend.get_window_extent().height) + 6
    left, right, bottom, top = _overhang(ax)
    subtitle_height = SUBTITLE_SIZE * LINE * (subtitle.count("\n") + 1) + 7 if subtitle else 0.0
    caption_height = CAPTION_SIZE * LINE if caption else 0.0
    above = top + 6 + legend_height + subtitle_height
    _shrink(ax, left, right, bottom + 6 + caption_height, above + TITLE_SIZE * LINE)

    width, height = (_points(ax, pixels) for pixels in ax.get_window_extent().size)
    ax.set_title(title, loc="left", x=-left / width, y=1.0, pad=above)
    if legend is not None:
        legend.set_bbox_to_anchor((-left / width, 1 + (top + 6) / height), transform=ax.transAxes)
    _note(ax, subtitle, (0, 1), (-left, top + 6 + legend_height), SUBTITLE_SIZE, va="bottom")
    _note(ax, caption, (0, 0), (-left, -bottom - 6), CAPTION_SIZE, va="top")
    for text in ax.findobj(Text):
        text.set_parse_math(False)  # names may hold dollar signs


def _note(
    ax: Axes, text: str, corner: tuple[float, float], offset: tuple[float, float], size: float, *, va: str
) -> None:
    ax.annotate(
        text,
        corner,
        xycoords="axes fraction",
        xytext=offset,
        textcoords="offset points",
        fontsize=size,
        color=MUTED,
        va=va,
        ha="left",
        linespacing=LINE,
        in_layout=False,
        annotation_clip=False,
    )


def _overhang(ax: Axes) -> tuple[float, float, float, float]:
    """How far what was drawn reaches beyond the axes: left, right, bottom, top, in points."""
    inner, outer = ax.get_window_extent(), ax.get_tightbbox()
    assert outer is not None
    reach = (inner.x0 - outer.x0, outer.x1 - inner.x1, inner.y0 - outer.y0, outer.y1 - inner.y1)
    left, right, bottom, top = (_points(ax, max(0.0, pixels)) for pixels in reach)
    return left, right, bottom, top


def _shrink(ax: Axes, left: float, right: float, bottom: float, top: float) -> None:
    """Take margins (points) off the axes, never so much that no axes remain."""
    place = ax.get_position()
    width, height = (_points(ax, pixels) for pixels in ax.get_window_extent().size)
    left, right = (place.width * min(margin / width, most) for margin, most in ((left, 0.5), (right, 0.4)))
    bottom, top = (place.height * min(margin / height, 0.4) for margin in (bottom, top))
    ax.set_position(
        (place.x0 + left, place.y0 + bottom, place.width - left - right, place.height - bottom - top)
    )


def _points(ax: Axes, pixels: float) -> float:
    figure = ax.get_figure(root=True)
    assert figure is not None
    return 72 * pixels / figure.dpi
