"""The one look of all charts: colours, words, numbers and the matplotlib settings.

The colours are those of Okabe and Ito, "Color Universal Design" (2008), which stay apart for people
with the common kinds of colour blindness. An applicant type has the same colour in every chart.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from matchsim import __version__

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import Patch

__all__ = [
    "APPLICANT_TYPES",
    "GRID",
    "INK",
    "MUTED",
    "NEUTRAL",
    "SOAP",
    "UNFILLED",
    "Fill",
    "colour_of",
    "count",
    "drawable",
    "grid",
    "in_use",
    "key",
    "label_of",
    "ordered_types",
    "percent",
    "shortened",
    "source_line",
    "tint",
]

INK = "#222222"
MUTED = "#666666"
GRID = "#DDDDDD"
NEUTRAL = "#444444"


class ApplicantType(NamedTuple):
    """How charts name and colour one applicant type."""

    label: str
    colour: str


class Fill(NamedTuple):
    """How an area is filled: its colour, and optionally a hatch and an outline."""

    colour: str
    hatch: str | None = None
    outline: str = "white"


# Schools share a hue, seniors are the darker of each pair.
APPLICANT_TYPES = {
    "us_md_senior": ApplicantType("US MD seniors", "#0072B2"),
    "us_md_grad": ApplicantType("US MD graduates", "#56B4E9"),
    "us_do_senior": ApplicantType("US DO seniors", "#D55E00"),
    "us_do_grad": ApplicantType("US DO graduates", "#E69F00"),
    "us_img": ApplicantType("US IMGs", "#009E73"),
    "non_us_img": ApplicantType("Non-US IMGs", "#CC79A7"),
    "other": ApplicantType("Other", "#8C8C8C"),
}

SOAP = Fill("#F0F0F0", hatch="/////", outline=MUTED)
UNFILLED = Fill("white", outline=MUTED)

SETTINGS: dict[Any, Any] = {
    # Verdana has the widths of DejaVu Sans: a browser without DejaVu Sans then keeps an SVG's layout.
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana"],
    "font.size": 9.5,
    # Names come from files: a dollar sign in one is no formula.
    "text.parse_math": False,
    "text.color": INK,
    "text.usetex": False,
    "axes.titlesize": 13,
    "axes.titleweight": "bold",
    "axes.labelsize": 9.5,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "hatch.color": MUTED,
    "hatch.linewidth": 0.6,
    "legend.fontsize": 8.5,
    "svg.fonttype": "none",
    "figure.facecolor": "white",
    "savefig.facecolor": "auto",
}


# Control characters and non-characters, which XML does not allow, and marks that reorder what follows.
_NOT_DRAWN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


@contextmanager
def in_use(more: dict[str, object] | None = None) -> Iterator[None]:
    """Matplotlib's own defaults with the house style on top, whatever the user has set; then as before.

    Parameters
    ----------
    more
        Further matplotlib settings.
    """
    import matplotlib as mpl

    with mpl.rc_context(), warnings.catch_warnings():
        # Names may be written in any script; a box stands for a letter that the font lacks.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        mpl.rcdefaults()
        mpl.rcParams.update(SETTINGS | (more or {}))
        yield


def ordered_types(present: Iterable[str]) -> list[str]:
    """The applicant types in `present` in the order of the house; unknown ones last, by name."""
    found = {str(name) for name in present}
    known = [name for name in APPLICANT_TYPES if name in found]
    return known + sorted(found - set(known))


def label_of(applicant_type: str) -> str:
    """The applicant type as a reader calls it; an unknown word stays, cut where long."""
    known = APPLICANT_TYPES.get(applicant_type)
    return known.label if known else shortened(applicant_type)


def colour_of(applicant_type: str) -> str:
    """The fixed colour of an applicant type; neutral for ``all`` and unknown words."""
    known = APPLICANT_TYPES.get(applicant_type)
    return known.colour if known else NEUTRAL


def tint(colour: str, strength: float) -> str:
    """`colour` (``#RRGGBB``) mixed with white; `strength` 1 keeps it, 0 is white."""
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(255 - strength * (255 - part)):02X}" for part in parts)


def percent(share: float, digits: int = 1) -> str:
    """A fraction as a reader expects it, ``93.5%``; a dash where there is no number."""
    return "–" if share != share else f"{100 * share:.{digits}f}%"  # noqa: PLR0124 - NaN


def count(number: float) -> str:
    """A number of people or positions, rounded to a whole one: ``20,368``."""
    return "–" if number != number else f"{number:,.0f}"  # noqa: PLR0124 - NaN


def drawable(text: str) -> str:
    """`text` with a mark in place of what no picture can hold, and of what turns writing round."""
    return _NOT_DRAWN.sub("\N{REPLACEMENT CHARACTER}", text)


def shortened(text: str, limit: int = 38) -> str:
    """`text` on one line, cut to `limit` characters with an ellipsis."""
    line = drawable(" ".join(str(text).split()))
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def source_line(name: str, seed: int, of: str = "scenario") -> str:
    """The caption that says where the numbers of a chart come from: a scenario, or a study."""
    return f"Simulated with matchsim {__version__}, {of} {name}, seed {seed}"


def grid(ax: Axes, axis: Literal["x", "y"]) -> None:
    """Faint lines across the axes at the ticks of one axis."""
    ax.grid(axis=axis, color=GRID, linewidth=0.8)


def key(ax: Axes, fills: dict[str, Fill], columns: int) -> None:
    """Explain fills in rows of `columns` entries above the axes, read from left to right."""
    handles = [_swatch(label, fill) for label, fill in fills.items()]
    # Matplotlib fills a legend column by column.
    by_column = [handle for first in range(columns) for handle in handles[first::columns]]
    ax.legend(
        handles=by_column,
        ncols=columns,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        frameon=False,
        borderpad=0,
        borderaxespad=0,
        handlelength=1.1,
        handleheight=0.9,
        handletextpad=0.5,
        columnspacing=1.4,
        labelspacing=0.35,
    )


def _swatch(label: str, fill: Fill) -> Patch:
    from matplotlib.patches import Patch

    return Patch(facecolor=fill.colour, hatch=fill.hatch, edgecolor=fill.outline, linewidth=0.5, label=label)
