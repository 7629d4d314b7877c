"""What the explorer of a report looks up: how often applicants like somebody matched.

Everything is counted here, once; the page's script only picks a row and shows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matchsim.charts import style
from matchsim.charts.match_probability_by_contiguous_ranks import POOLED_FROM
from matchsim.charts.replicates import HIGH, LOW, number_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ALL_SPECIALTIES", "ALL_TYPES", "chances"]

ALL_TYPES, ALL_SPECIALTIES = "All applicants", "All specialties"
EVERYBODY = "all"
RANKS = "contiguous_ranks"


def chances(data: pd.DataFrame) -> dict[str, Any]:
    """Counts by type, specialty and number of contiguous ranks, ready for JSON.

    Parameters
    ----------
    data
        The table ``contiguous_ranks`` of a run, one replicate or several.

    Returns
    -------
    dict
        ``types`` and ``specialties`` as lists of labels, the first of which stands for all; ``most``, the
        number of ranks that stands for itself and more; ``seasons``; and ``cells``: by ``"type,specialty"``
        a list whose entry k - 1 is None or, of applicants with k contiguous ranks, ``[applicants,
        matched]`` summed over the replicates. With several replicates the ends of the Monte-Carlo interval
        of the replicates' shares follow, over those that have such applicants.
    """
    import pandas as pd

    # An empty file says nothing of the kinds of its columns.
    data = data.astype(dict.fromkeys((RANKS, "applicants", "matched"), "int64"))
    data = data[(data[RANKS] > 0) & (data["applicants"] > 0)]
    data = data.assign(**{RANKS: data[RANKS].clip(upper=POOLED_FROM)})
    types = style.ordered_types(data["applicant_type"].unique())
    specialties = sorted(data["specialty"].unique())
    seasons = number_of(data)
    keys = ["applicant_type", "specialty", RANKS]
    numbers = ["applicants", "matched"]
    counted = data.groupby([*keys, "replicate"], as_index=False, observed=True)[numbers].sum()
    # Every row counts for itself, for all types, for all specialties, and for both.
    wholes: tuple[dict[str, str], ...] = (
        {"applicant_type": EVERYBODY},
        {"specialty": EVERYBODY},
        {"applicant_type": EVERYBODY, "specialty": EVERYBODY},
    )
    summed = [
        counted.groupby([key for key in (*keys, "replicate") if key not in whole], as_index=False)[numbers]
        .sum()
        .assign(**whole)
        for whole in wholes
    ]
    places = [
        {name: number for number, name in enumerate((EVERYBODY, *names))} for names in (types, specialties)
    ]
    counts = pd.concat([counted, *summed]).set_index([*keys, "replicate"])[numbers].sort_index()
    counts["share"] = counts["matched"] / counts["applicants"]
    groups = counts.groupby(level=keys)
    totals = groups[numbers].sum()
    low, high = (groups["share"].quantile(end) for end in (LOW, HIGH))
    cells: dict[str, list[list[float] | None]] = {}
    both = zip(totals["applicants"].to_list(), totals["matched"].to_list(), strict=True)
    for (kind, specialty, ranks), entries in zip(totals.index.to_list(), both, strict=True):
        at = f"{places[0][kind]},{places[1][specialty]}"
        entry: list[float] = [int(number) for number in entries]
        if seasons > 1:
            entry += [round(float(end[kind, specialty, ranks]), 3) for end in (low, high)]
        cells.setdefault(at, [None] * POOLED_FROM)[int(ranks) - 1] = entry
    return {
        "types": [ALL_TYPES, *(style.label_of(kind) for kind in types)],
        "specialties": [ALL_SPECIALTIES, *specialties],
        "most": POOLED_FROM,
        "seasons": seasons,
        "cells": cells,
    }
