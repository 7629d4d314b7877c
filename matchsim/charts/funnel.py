"""The road from registration to the first day of training: how many are left after each part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matchsim.charts import rows, style
from matchsim.charts.registry import chart
from matchsim.charts.replicates import spread
from matchsim.charts.style import Fill

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["funnel"]

# Parts of the road, each with its gates.
PARTS: dict[str, tuple[str, ...]] = {
    "Registered": ("registration",),
    "School and exams": ("school", "step_1", "step_2_ck", "exam_window"),
    "OET and Pathway": ("oet", "pathway"),
    "Papers and token": (
        "us_clinical_experience",
        "letters",
        "interview_preparation",
        "documents",
        "eras_token",
    ),
    "Verified": ("verification",),
    "List certified": ("applications", "rank_list"),
    "Position obtained": ("position",),
    "Starts training": ("graduation", "certificate", "visa"),
}


@chart(
    table="funnel",
    title="From registration to the first day of training",
    needs=("applicant_type", "gate", "entered", "passed", "reason", "count"),
    size=(9.2, 5.0),
)
def funnel(data: pd.DataFrame, ax: Axes) -> str | None:
    """People left after each part of the road, by applicant type, and why the others were stopped."""
    data = data.assign(reason=data["reason"].astype(object).fillna(""))
    left = _left(data)
    if not len(left) or left.iloc[0].sum() <= 0:
        return None
    types = style.ordered_types(left.columns)
    names = list(left.index)
    start = 0 * left[types[0]]
    used = {}
    for kind in types:
        fill = Fill(style.colour_of(kind))
        rows.segment(ax, start.tolist(), left[kind].tolist(), fill)
        start = start + left[kind]
        if left[kind].sum() > 0:
            used[style.label_of(kind)] = fill
    style.key(ax, used, columns=4)
    rows.set_rows(ax, names)
    ax.set_xlim(0, float(left.iloc[0].sum()))
    ax.xaxis.set_major_formatter("{x:,.0f}")
    style.grid(ax, "x")
    ax.set_xlabel("People")
    whole = left.sum(axis=1)
    end = rows.text_column(ax, "left", [style.count(whole[name]) for name in names], 8, strong=True)
    rows.text_column(ax, "stopped, mostly", [_told(data, name) for name in names], end + 10)
    first, last = style.count(whole.iloc[0]), style.count(whole.iloc[-1])
    return f"Of {first} people registered, {last} come to the end."


def _left(data: pd.DataFrame) -> pd.DataFrame:
    """People left after each part, one row a part and one column a type; mean over replicates."""
    import pandas as pd

    gates = data.drop_duplicates(["replicate", "applicant_type", "gate"])
    number = max(data["replicate"].nunique(), 1)

    def total(part: tuple[str, ...], column: str) -> pd.Series:
        return gates[gates["gate"].isin(part)].groupby("applicant_type", observed=True)[column].sum() / number

    found: dict[str, pd.Series] = {}
    here = total(("registration",), "passed")
    for name, part in PARTS.items():
        if not data["gate"].isin(part).any():
            continue
        stopped = total(part, "entered") - total(part, "passed")
        here = here.sub(stopped, fill_value=0.0)
        found[name] = here
    return pd.DataFrame(found).T.fillna(0.0)


def _told(data: pd.DataFrame, name: str) -> str:
    """How many a part of the road stopped, and the most frequent reason of all."""
    rows_ = data[data["gate"].isin(PARTS[name]) & (data["count"] > 0)]
    if not len(rows_):
        return "–"
    wide = rows_.groupby(["replicate", "reason"], observed=True)["count"].sum().unstack(fill_value=0)
    mean = spread(wide.reindex(sorted(data["replicate"].unique()), fill_value=0)).mean
    mostly = str(mean.idxmax())
    return f"−{style.count(mean.sum())}, {style.shortened(mostly, 20)}"
