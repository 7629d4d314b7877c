"""What the explorer of a study's report looks up: every metric of every arm at every point of the sweep.

Everything is calculated and put into words here, once; the page's script only picks it and shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from matchsim.charts import style
from matchsim.study.metrics import METRICS
from matchsim.study.words import difference, level, named, shown

if TYPE_CHECKING:
    from matchsim.report.study_folder import StudyFolder

__all__ = ["explored"]

# Of numbers in words on the page; where they are more, those of everybody alone are shown.
MOST_ENTRIES = 6000
EVERYBODY = "all"


class _Slider(NamedTuple):
    """What is moved along: its name, and what each of its stops is called."""

    name: str
    stops: list[str]


def explored(study: StudyFolder) -> dict[str, Any]:
    """Means and differences by metric, applicant type, arm and point, ready for JSON.

    Parameters
    ----------
    study
        What the report is made from.

    Returns
    -------
    dict
        ``metrics``: name and meaning of each; ``groups`` and ``arms`` as lists of labels; ``sliders``:
        name and stops of each; and ``cells``: by ``"metric,group"`` a list with an entry for every arm at
        every point: arm by arm, the stops of the last slider changing first. An entry is None where that
        arm failed, else ``[mean, mean in words, difference in words]``, the difference being empty where
        there is nothing to compare with. Empty where nothing was recorded, or where there is more than a
        page can hold.
    """
    found = _entries(study)
    if len(found) > MOST_ENTRIES:
        found = {key: entry for key, entry in found.items() if key[1] == EVERYBODY}
    if not 0 < len(found) <= MOST_ENTRIES:
        return {}
    loaded = study.result.loaded
    metrics = [name for name in loaded.metrics if any(key[0] == name for key in found)]
    present = {group for _, group, _ in found}
    groups = [EVERYBODY, *style.ordered_types(present - {EVERYBODY})]
    places = _places(study)
    return {
        "metrics": [{"name": named(name), "told": METRICS[name].told} for name in metrics],
        "groups": ["All applicants", *(style.label_of(group) for group in groups[1:])],
        "arms": loaded.arms,
        "sliders": [slider._asdict() for slider in _sliders(study)],
        "cells": {
            f"{m},{g}": [found.get((metric, group, place)) for place in places]
            for m, metric in enumerate(metrics)
            for g, group in enumerate(groups)
            if any((metric, group, place) in found for place in places)
        },
    }


def _entries(study: StudyFolder) -> dict[tuple[str, str, tuple[Any, ...]], list[Any]]:
    """By metric, group and arm with its point: the mean over the replicates, and both in words."""
    keys = ["metric", "group", "arm", *study.result.loaded.axes]
    data = study.result.to_pandas().dropna(subset=["value"])
    means = data[data["year"] == 1].groupby(keys, sort=False)["value"].mean()
    effects = study.effects[study.effects["year"] == 1].to_dict("records") if len(study.effects) else []
    moved = {_key(row, keys): difference(row) for row in effects if row["difference"] == row["difference"]}
    return {
        (key[0], key[1], key[2:]): [
            float(f"{mean:.6g}"),
            level(mean, METRICS[key[0]].unit),
            moved.get(key, ""),
        ]
        for key, mean in zip(means.index.to_list(), means, strict=True)
    }


def _key(row: Mapping[Any, Any], keys: list[str]) -> tuple[Any, ...]:
    return tuple(row[name] for name in keys)


def _places(study: StudyFolder) -> list[tuple[Any, ...]]:
    """Every arm at every point, in the order of the entries."""
    return [(arm, *point) for arm in study.result.loaded.arms for point in _points(study)]


def _points(study: StudyFolder) -> list[tuple[Any, ...]]:
    """Of a grid all combinations, the last value changing first; others by their first value."""
    if _is_grid(study):
        return list(product(*_values(study).values()))
    return sorted(zip(*_values(study).values(), strict=True))


def _values(study: StudyFolder) -> dict[str, list[Any]]:
    """What is swept with its values: of a grid each once, of others one a point."""
    loaded = study.result.loaded
    points = [cell.point for cell in loaded.cells if cell.arm == loaded.arms[0]]
    of_axes = {axis: [point[axis] for point in points] for axis in loaded.axes}
    return {axis: list(dict.fromkeys(of)) for axis, of in of_axes.items()} if _is_grid(study) else of_axes


def _is_grid(study: StudyFolder) -> bool:
    return study.result.loaded.study.sweep.design == "grid"


def _sliders(study: StudyFolder) -> list[_Slider]:
    """One for every value of a grid; one along all points where they are no grid."""
    if _is_grid(study):
        return [_Slider(axis, [shown(value) for value in of]) for axis, of in _values(study).items()]
    axes = study.result.loaded.axes
    last = [axis.rpartition(".")[2] for axis in axes]
    stops = [
        ", ".join(f"{name} {shown(value)}" for name, value in zip(last, point, strict=True))
        for point in _points(study)
    ]
    return [_Slider(f"points in the order of {axes[0]}", stops)]
