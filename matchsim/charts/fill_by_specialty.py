"""Who fills the positions of each specialty: one stacked bar per specialty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matchsim.charts import rows, style
from matchsim.charts.registry import chart
from matchsim.charts.replicates import per_replicate, spread, with_interval
from matchsim.charts.style import Fill

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["fill_by_specialty"]

SHOWN = 20  # specialties with a row of their own
PREFIX = "filled_"


@chart(
    table="specialties",
    title="Who fills the positions of each specialty",
    needs=("specialty", "positions", "filled", "filled_after_soap"),
    size=(8.0, 7.4),
)
def fill_by_specialty(data: pd.DataFrame, ax: Axes) -> str | None:
    """Positions of each specialty by the applicant type that filled them, filled in SOAP, and unfilled."""
    data = _with_small_ones_together(data)
    wide = {
        column: per_replicate(data, "specialty", column)
        for column in data.columns
        if column == "positions" or column.startswith("filled")
    }
    positions = wide["positions"].mean()
    names = [name for name in data["specialty"].unique() if positions[name] > 0]
    if not names:
        return None

    _draw_bars(ax, {column: wide[column].mean()[names] / positions[names] for column in wide})
    rows.set_rows(ax, [style.shortened(name) for name in names])
    rows.set_percent_axis(ax, "Share of positions (%)")
    filled = spread(wide["filled"] / wide["positions"])
    end = rows.text_column(ax, "positions", [style.count(positions[name]) for name in names], 8)
    texts = [with_interval(filled, name, style.percent) for name in names]
    rows.text_column(ax, "filled in\nthe Match", texts, end + 10, strong=True)
    return (
        f"{style.count(positions.sum())} positions, all tracks of a specialty together; "
        "largest specialties first."
    )


def _with_small_ones_together(data: pd.DataFrame) -> pd.DataFrame:
    """The rows by size of the specialty, all beyond the largest ones under one name at the end."""
    sizes = data.groupby("specialty", observed=True)["positions"].sum()
    order = sizes.sort_values(ascending=False, kind="stable").index.astype(str)
    small = order[SHOWN:]
    place = {name: row for row, name in enumerate(order[:SHOWN])}
    name = data["specialty"].astype(str)
    if len(small) > 1:
        together = f"{len(small)} other specialties"
        name = name.where(~name.isin(small), together)
        place[together] = len(place)
    else:
        place |= {only: len(place) for only in small}
    return data.assign(specialty=name).sort_values("specialty", key=lambda names: names.map(place))


def _draw_bars(ax: Axes, shares: dict[str, pd.Series]) -> None:
    columns = (column for column in shares if column.startswith(PREFIX) and column != "filled_after_soap")
    types = style.ordered_types(column.removeprefix(PREFIX) for column in columns)
    start = 0 * shares["filled"]
    key = {}
    for applicant_type in types:
        share = shares[PREFIX + applicant_type]
        key[style.label_of(applicant_type)] = fill = Fill(style.colour_of(applicant_type))
        rows.segment(ax, start.tolist(), share.tolist(), fill)
        start = start + share
    in_soap = (shares["filled_after_soap"] - shares["filled"]).clip(lower=0)
    rows.segment(ax, start.tolist(), in_soap.tolist(), style.SOAP)
    start = start + in_soap
    rows.segment(ax, start.tolist(), (1 - start).clip(lower=0).tolist(), style.UNFILLED)
    style.key(ax, {**key, "Filled in SOAP": style.SOAP, "Unfilled": style.UNFILLED}, columns=5)
