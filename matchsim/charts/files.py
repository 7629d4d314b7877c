"""Charts as files: the same bytes for the same tables, complete or not there at all."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from matchsim.charts import style
from matchsim.errors import InputError, Problem, did_you_mean, shown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["save_chart", "save_charts"]

FORMATS = ("png", "svg")


def save_charts(
    tables: Mapping[str, pd.DataFrame],
    folder: str | os.PathLike[str],
    *,
    caption: str,
    formats: Sequence[str] = FORMATS,
) -> list[Path]:
    """Draw every chart whose table is among `tables`, one file per chart and format.

    Parameters
    ----------
    tables
        Tables of a run by name, such as ``{"match_rates": ...}``.
    folder
        Where ``<chart>.<format>`` goes; made where it does not exist.
    caption
        Where the numbers come from, printed below every chart; see :func:`matchsim.charts.source_line`.
    formats
        ``"png"``, ``"svg"`` or both.

    Returns
    -------
    list of Path
        The files written, by chart and format.

    Raises
    ------
    InputError
        Where a format is not one of the two; nothing is written then.
    TableError
        Where a table lacks a column that a chart needs.
    """
    from matchsim.charts import CHARTS

    _check_formats(formats)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, (function, table, description) in CHARTS.items():
        if table not in tables:
            continue
        ax = function(tables[table], caption=caption)
        for suffix in formats:
            path = folder / f"{name}.{suffix}"
            _save(ax, path, suffix, salt=name, description=description)
            paths.append(path)
    return paths


def save_chart(ax: Axes, path: Path, *, description: str = "") -> list[Path]:
    """Save one chart under `path` with each suffix of :data:`FORMATS` added."""
    saved = []
    for suffix in FORMATS:
        target = path.with_name(f"{path.name}.{suffix}")
        _save(ax, target, suffix, salt=path.name, description=description or ax.get_title(loc="left"))
        saved.append(target)
    return saved


def _save(ax: Axes, path: Path, suffix: str, *, salt: str, description: str) -> None:
    """Write under a temporary name first, so that `path` is never half a picture."""
    from matchsim.charts._figure import DPI

    figure = ax.get_figure(root=True)
    assert figure is not None
    # Dates and versions would make the bytes of equal charts differ.
    metadata: dict[str, str | None] = {"Title": ax.get_title(loc="left"), "Description": description}
    metadata |= {"Software": None} if suffix == "png" else {"Date": None, "Creator": None}
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with style.in_use({"svg.hashsalt": salt}):
            figure.savefig(temporary, format=suffix, dpi=DPI, metadata=metadata)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _check_formats(formats: Sequence[str]) -> None:
    problems = [
        Problem(
            f"charts are saved as png or svg, got {shown(given)}",
            path="formats",
            remedy=did_you_mean(str(given), FORMATS),
        )
        for given in formats
        if given not in FORMATS
    ]
    if problems:
        raise InputError(problems)
