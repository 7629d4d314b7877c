"""The lattice of the stable matchings of a small market, from best for applicants to best for programs."""

from __future__ import annotations

from collections.abc import Sequence
from math import dist
from typing import TYPE_CHECKING, NamedTuple

from matchsim.charts import style
from matchsim.charts.style import Fill
from matchsim.errors import InputError, Problem

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from matchsim.engine import Matching, StableMatchings

__all__ = ["lattice_of_stable_matchings"]

MOST_MATCHINGS = 60  # more do not fit legibly
MOST_LABELLED = 30  # with more, the numbers of the rotations would cover each other
LETTERS_ACROSS = 90  # where names of programs do not fit beside each other, matchings are numbered
SIZE = (8.0, 6.4)
ALONG_LINE = (0.36, 0.5, 0.62)  # where on its line the number of a rotation may stand
CLEAR = 0.3  # distance between such numbers, in levels, from which on they are told apart
SWEEPS = 8  # after a few, nothing moves any more

PLAIN = Fill("white", outline=style.MUTED)
EGALITARIAN = Fill("#F6D58A", outline=style.MUTED)
MINIMUM_REGRET = Fill("#A9D6F0", outline=style.MUTED)
BOTH = Fill("#8ED1BB", outline=style.MUTED)

Edge = tuple[int, int, int]


def lattice_of_stable_matchings(
    lattice: StableMatchings, ax: Axes | None = None, *, caption: str = ""
) -> Axes:
    """Draw every stable matching as a box, and every rotation that leads from one to another as a line.

    A box lies as deep as rotations have been eliminated on the way to it.

    Parameters
    ----------
    lattice
        The stable matchings of a market, at most 60 of them.
    ax
        Axes to draw on (they need about 8 by 6.4 inches); None makes a figure of that size.
    caption
        Where the numbers come from, printed small below.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        When there are too many matchings to tell them apart.
    """
    from matchsim.charts._figure import new_axes, set_headings

    closed = list(lattice.closed_sets(MOST_MATCHINGS + 1))
    if len(closed) > MOST_MATCHINGS:
        told = f"there are more than {MOST_MATCHINGS} stable matchings, too many to be drawn legibly"
        raise InputError(Problem(told, remedy="lattice.poset has the rotations that they are made of"))
    with style.in_use():
        target = new_axes(SIZE) if ax is None else ax
        edges = _edges(closed)
        across = _places([len(members) for members in closed], edges)
        places = [(x, len(members)) for x, members in zip(across, closed, strict=True)]
        _draw_edges(target, places, edges, labelled=len(closed) <= MOST_LABELLED)
        words = _words(lattice, room=LETTERS_ACROSS / (2 * max(across) + 1.4) - 2)
        _draw_boxes(target, places, words.of_matchings, _fills(lattice, closed))
        _set_axes(target, places)
        set_headings(target, "Lattice of stable matchings", words.subtitle, caption)
    return target


class _Words(NamedTuple):
    """What stands in the boxes, and what explains them."""

    of_matchings: list[str]
    subtitle: str


def _words(lattice: StableMatchings, room: float) -> _Words:
    """The words where a box has room for so many letters."""
    moving = lattice.applicants_with_several.tolist()
    applicants = ", ".join(lattice.market.applicant_labels[a] for a in moving)
    matchings = list(lattice)
    told = [_programs(matching, moving) for matching in matchings]
    if max(map(len, told)) > room:
        told, box = [str(i) for i in range(len(matchings))], "numbers count the matchings in their order"
    elif moving:
        box = f"in the boxes the programs of {style.shortened(applicants, 60)}, in this order"
    else:
        told, box = ["all"], "nobody has several stable programs"
    lines = "\nLines: rotations by number, worse for applicants and better for programs downwards."
    return _Words(told, f"{box[0].upper()}{box[1:]}.{lines if moving else ''}")


def _programs(matching: Matching, applicants: Sequence[int]) -> str:
    names = matching.market.program_labels
    return " ".join(names[p] for p in matching.program_of[applicants].tolist())


def _edges(closed: Sequence[frozenset[int]]) -> list[Edge]:
    """Pairs of matchings that one rotation lies between, and which it is."""
    number = {members: i for i, members in enumerate(closed)}
    return [
        (number[members - {rotation}], i, rotation)
        for i, members in enumerate(closed)
        for rotation in sorted(members)
        if members - {rotation} in number
    ]


def _places(depths: Sequence[int], edges: Sequence[Edge]) -> list[float]:
    """Horizontal places, at least 1 apart on each level, near the neighbours above and below."""
    neighbours: list[list[int]] = [[] for _ in depths]
    for above, below, _ in edges:
        neighbours[above].append(below)
        neighbours[below].append(above)
    levels = [[i for i, depth in enumerate(depths) if depth == level] for level in range(max(depths) + 1)]
    x = [0.0] * len(depths)
    for level in levels:
        _spread(level, x)
    for _ in range(SWEEPS):
        for level in (*levels, *reversed(levels)):
            wish = {i: _mean([x[j] for j in neighbours[i]], x[i]) for i in level}
            _spread(sorted(level, key=lambda i: (wish[i], x[i])), x)
    return x


def _spread(level: Sequence[int], x: list[float]) -> None:
    for at, i in enumerate(level):
        x[i] = at - (len(level) - 1) / 2


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _fills(lattice: StableMatchings, closed: Sequence[frozenset[int]]) -> list[Fill]:
    egalitarian = lattice.closed_set(lattice.egalitarian())
    minimum_regret = lattice.closed_set(lattice.minimum_regret())
    chosen = {egalitarian: EGALITARIAN, minimum_regret: MINIMUM_REGRET}
    if egalitarian == minimum_regret:
        chosen = {egalitarian: BOTH}
    return [chosen.get(members, PLAIN) for members in closed]


def _draw_edges(
    ax: Axes, places: Sequence[tuple[float, int]], edges: Sequence[Edge], *, labelled: bool
) -> None:
    taken: list[tuple[float, float]] = []
    for above, below, rotation in edges:
        (x0, y0), (x1, y1) = places[above], places[below]
        ax.plot([x0, x1], [y0, y1], color=style.MUTED, linewidth=0.8, zorder=1)
        if not labelled:
            continue
        choices = [(x0 + along * (x1 - x0), y0 + along * (y1 - y0)) for along in ALONG_LINE]
        # As far from the other numbers as can be, but no further than it takes to read them.
        room = [min((dist(choice, other) for other in taken), default=CLEAR) for choice in choices]
        best = max(range(len(choices)), key=lambda i: min(room[i], CLEAR))
        taken.append(choices[best])
        ax.text(
            *taken[-1],
            str(rotation),
            ha="center",
            va="center",
            fontsize=7.5,
            color=style.MUTED,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
            zorder=2,
        )


def _draw_boxes(
    ax: Axes, places: Sequence[tuple[float, int]], words: Sequence[str], fills: Sequence[Fill]
) -> None:
    for (x, y), word, fill in zip(places, words, fills, strict=True):
        ax.text(
            x,
            y,
            word,
            ha="center",
            va="center",
            fontsize=8.5,
            bbox={"boxstyle": "round,pad=0.35", "facecolor": fill.colour, "edgecolor": fill.outline},
            zorder=3,
        )
    named = {
        "egalitarian": EGALITARIAN,
        "minimum regret": MINIMUM_REGRET,
        "egalitarian and minimum regret": BOTH,
    }
    style.key(ax, {name: fill for name, fill in named.items() if fill in fills}, columns=3)


def _set_axes(ax: Axes, places: Sequence[tuple[float, int]]) -> None:
    deepest = max(y for _, y in places)
    widest = max(x for x, _ in places)
    ax.set_xlim(-widest - 0.7, widest + 0.7)
    ax.set_ylim(deepest + 0.5, -0.5)
    ax.set_xticks([])
    ax.set_yticks(range(deepest + 1))
    ax.set_ylabel("Rotations eliminated (0 = best for applicants)")
    ax.spines[["top", "right", "bottom"]].set_visible(False)
