"""How couples fared: one stacked bar for each pair of applicant types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matchsim.charts import rows, style
from matchsim.charts.registry import chart
from matchsim.charts.replicates import per_replicate, spread, with_interval
from matchsim.charts.style import Fill

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["couples_by_outcome"]

SHOWN = 8  # pairs of types with a row of their own
ALL = "All couples"
OUTCOMES = {
    "both": ("Both matched", Fill(style.NEUTRAL)),
    "one": ("One matched", Fill(style.tint(style.NEUTRAL, 0.4))),
    "neither": ("Neither matched", style.UNFILLED),
}


@chart(
    table="couples",
    title="How couples fared in the Match",
    needs=("first_type", "second_type", "couples", *OUTCOMES),
)
def couples_by_outcome(data: pd.DataFrame, ax: Axes) -> str | None:
    """Couples of whom both, one or neither matched, by the applicant types of the two."""
    if not data["couples"].any():
        return None
    data = _with_all(_with_rare_ones_together(data))
    wide = {column: per_replicate(data, "pair", column) for column in ("couples", *OUTCOMES)}
    couples = wide["couples"].mean()
    names = [name for name in data["pair"].unique() if couples[name] > 0]

    start = 0 * couples[names]
    for outcome, (_, fill) in OUTCOMES.items():
        share = wide[outcome].mean()[names] / couples[names]
        rows.segment(ax, start.tolist(), share.tolist(), fill)
        start = start + share
    style.key(ax, dict(OUTCOMES.values()), columns=3)
    rows.set_rows(ax, [style.shortened(name) for name in names])
    rows.set_percent_axis(ax, "Share of couples (%)")
    people = spread((2 * wide["both"] + wide["one"]) / (2 * wide["couples"]))
    end = rows.text_column(ax, "couples", [style.count(couples[name]) for name in names], 8)
    texts = [with_interval(people, name, style.percent) for name in names]
    rows.text_column(ax, "individuals\nmatched", texts, end + 10, strong=True)
    return "Matched to any position by the algorithm. Pairs of applicant types, the most frequent first."


def _with_rare_ones_together(data: pd.DataFrame) -> pd.DataFrame:
    """The rows with a name for the pair, by frequency, the rarest under one name at the end."""
    pair = [
        f"Both {first}" if first == second else f"{first}, {second}"
        for first, second in zip(
            data["first_type"].astype(str).map(style.label_of),
            data["second_type"].astype(str).map(style.label_of),
            strict=True,
        )
    ]
    named = data.assign(pair=pair)
    sizes = named.groupby("pair", sort=False)["couples"].sum()
    order = sizes.sort_values(ascending=False, kind="stable").index
    rare = order[SHOWN:]
    place = {name: row for row, name in enumerate(order[:SHOWN])}
    if len(rare) > 1:
        together = f"{len(rare)} other pairs of types"
        named["pair"] = named["pair"].where(~named["pair"].isin(rare), together)
        place[together] = len(place)
    else:
        place |= {only: len(place) for only in rare}
    return named.sort_values("pair", key=lambda names: names.map(place), kind="stable")


def _with_all(data: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    return pd.concat([data, data.assign(pair=ALL)], ignore_index=True)
