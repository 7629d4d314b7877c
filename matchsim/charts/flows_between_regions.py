"""Where people go: the nine census divisions as tiles that lie roughly as on a map."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from matchsim.charts import style
from matchsim.charts.registry import chart
from matchsim.charts.replicates import number_of, spread, with_interval

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["flows_between_regions"]

# Column from the west, row from the north, and the name of each tile.
TILES = {
    "pacific": (0, 0.5, "Pacific"),
    "mountain": (1, 0.5, "Mountain"),
    "west_north_central": (2, 0, "West North\nCentral"),
    "west_south_central": (2, 1, "West South\nCentral"),
    "east_north_central": (3, 0, "East North\nCentral"),
    "east_south_central": (3, 1, "East South\nCentral"),
    "middle_atlantic": (4, 0, "Middle\nAtlantic"),
    "south_atlantic": (4, 1, "South\nAtlantic"),
    "new_england": (5, 0, "New\nEngland"),
}
STRENGTH = 0.75  # of the colour where everybody stays


@chart(
    table="flows",
    title="Who stays in the region with ties, and who leaves",
    needs=("home", "division", "applicants"),
    size=(8.0, 4.8),
)
def flows_between_regions(data: pd.DataFrame, ax: Axes) -> str | None:
    """Share of matched people who stay in the census division they have ties with, and who come and go."""
    data = data.assign(home=data["home"].astype(str), division=data["division"].astype(str))
    number = number_of(data)
    if not data["applicants"].sum():
        return None
    for division, (column, row, name) in TILES.items():
        ours, here = data["home"] == division, data["division"] == division
        of, stay = (data[who].groupby("replicate")["applicants"].sum() for who in (ours, ours & here))
        share = spread((stay.reindex(of.index, fill_value=0) / of.where(of > 0)).to_frame("stay"))
        elsewhere = data[here & ~ours & (data["home"] != "none")]["applicants"].sum() / number
        unbound = data[here & (data["home"] == "none")]["applicants"].sum() / number
        leave = (of.sum() - stay.sum()) / number
        mean = float(share.mean["stay"])
        told = (
            f"{style.count(leave)} leave",
            f"{style.count(elsewhere)} arrive",
            f"{style.count(unbound)} without ties",
        )
        stays = with_interval(share, "stay", lambda part: style.percent(part, 0), gap=" stay\n")
        if "\n" not in stays:
            stays = "no ties" if stays == "–" else f"{stays} stay"
        _draw_tile(ax, (column, row), name, stays, told, 0.0 if isnan(mean) else mean)
    ax.set(xlim=(-0.02, 6.0), ylim=(2.02, -0.02), xticks=[], yticks=[])
    ax.set_xlabel("Tiles lie roughly as on a map, west to east; the darker, the more people stay")
    ax.set_ylabel("South to north")
    ax.spines[["left", "bottom"]].set_visible(False)
    total = data["applicants"].sum() / number
    return (
        f"{style.count(total)} people matched by the algorithm, by the census division with ties and that of "
        "their program.\nArrive: from other divisions. Without ties: to any division at all."
    )


def _draw_tile(
    ax: Axes, place: tuple[float, float], name: str, stays: str, told: tuple[str, ...], share: float
) -> None:
    from matplotlib.patches import Rectangle

    left, top = place
    colour = style.tint(style.APPLICANT_TYPES["us_md_grad"].colour, STRENGTH * share)
    ax.add_patch(Rectangle((left, top), 0.97, 0.97, facecolor=colour, edgecolor=style.GRID))
    for offset, text, size, weight in (
        (0.06, name, 8.0, "bold"),
        (0.28, stays, 9.0, "bold"),
        (0.6, "\n".join(told), 7.0, "normal"),
    ):
        ax.text(
            left + 0.05,
            top + offset,
            text,
            fontsize=size,
            weight=weight,
            color=style.INK,
            va="top",
            linespacing=1.3,
        )
