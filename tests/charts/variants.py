"""The same tables in many conditions, good and awkward; every chart must take them all."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import numpy as np
import pandas as pd

from .sample import tables

LONG = "Combined Internal Medicine, Emergency Medicine and Critical Care Medicine of the Lower Mississippi"
AWKWARD = [
    "A & B",
    "<script>",
    "$x_1$",
    "100$ and 200$",
    r"back\slash {brace}",
    "%d ☃ é",
    "two\nlines",
    "_^",
    "$",
]

# Columns that hold applicant types.
TYPE_COLUMNS = ("group", "applicant_type", "first_type", "second_type")

Tables = dict[str, pd.DataFrame]


def one() -> Tables:
    return tables(1)


def twenty() -> Tables:
    return tables(20)


def from_csv() -> Tables:
    return {
        name: pd.read_csv(StringIO(frame.to_csv(index=False, lineterminator="\n")))
        for name, frame in tables(2).items()
    }


def categorical() -> Tables:
    """Codes with labels, as finished tables give them, some labels unused."""
    made = tables(2)
    for frame in made.values():
        for column in ("group", "applicant_type", "first_type", "second_type", "specialty", "status"):
            if column in frame:
                words = [*frame[column].unique(), "unused"]
                frame[column] = pd.Categorical(frame[column], categories=words)
    return made


def two_types() -> Tables:
    kept = {"us_img", "non_us_img", "program", "all"}
    made = tables(3)
    for name, frame in made.items():
        gone = [c for c in frame if c.startswith(("filled_us_", "accepted_us_")) and not c.endswith("img")]
        made[name] = frame.drop(columns=gone)
        for column in TYPE_COLUMNS:
            if column in frame:
                made[name] = made[name][made[name][column].isin(kept)]
    return made


def type_missing_in_some_replicates() -> Tables:
    made = tables(4)
    for name, frame in made.items():
        for column in TYPE_COLUMNS:
            if column in frame:
                rows = made[name]
                made[name] = rows[(rows[column] != "us_do_grad") | (rows["replicate"] > 1)]
    return made


def nobody_of_a_type() -> Tables:
    made = tables(1)
    for frame in made.values():
        for column in TYPE_COLUMNS:
            if column in frame:
                of_type = frame[column] == "us_md_grad"
                numbers = frame.select_dtypes("number").columns.drop(["replicate"])
                keys = [c for c in ("rank", "contiguous_ranks", "interviews") if c in frame]
                frame.loc[of_type, numbers.drop(keys)] = 0
                for rate in ("match_rate", "placement_rate", "mean_length", "median_length"):
                    if rate in frame:
                        frame.loc[of_type, rate] = np.nan
    return made


def nothing_unfilled() -> Tables:
    made = tables(1)
    made["specialties"] = made["specialties"].assign(
        filled=made["specialties"]["positions"], filled_after_soap=made["specialties"]["positions"]
    )
    return made


def long_names() -> Tables:
    return _renamed(tables(20), lambda name: f"{name} {LONG}")


def awkward_names() -> Tables:
    made = tables(1)
    names = made["specialties"]["specialty"].unique()
    nicknames = {
        name: AWKWARD[at % len(AWKWARD)] + " " * (at // len(AWKWARD)) for at, name in enumerate(names)
    }
    made = _renamed(made, lambda name: nicknames.get(name, name))
    for frame in made.values():
        for column in TYPE_COLUMNS:
            if column in frame:
                frame[column] = frame[column].replace({"other": "$a$ & <b>", "us_do_grad": LONG})
    return made


def teaching() -> Tables:
    """A handful of people: counts of zero and one everywhere."""
    made = tables(1)
    for name, frame in made.items():
        counts = frame.select_dtypes("integer").columns.drop("replicate")
        counts = [
            count for count in counts if count not in ("rank", "contiguous_ranks", "round", "interviews")
        ]
        made[name] = frame.assign(**(frame[counts] > 100).astype(int))
    return made


VARIANTS: dict[str, Callable[[], Tables]] = {
    make.__name__: make
    for make in (
        one,
        twenty,
        from_csv,
        categorical,
        two_types,
        type_missing_in_some_replicates,
        nobody_of_a_type,
        nothing_unfilled,
        long_names,
        awkward_names,
        teaching,
    )
}


def _renamed(made: Tables, rename: Callable[[str], str]) -> Tables:
    for frame in made.values():
        if "specialty" in frame:
            frame["specialty"] = frame["specialty"].map(rename)
    return made
