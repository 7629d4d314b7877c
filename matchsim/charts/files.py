"""Charts as files: the same bytes for the same tables, complete or not there at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matchsim.charts import style
from matchsim.errors import InputError, Problem, did_you_mean, shown
from matchsim.folders import check_folder_name, new_file

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["save_chart", "save_charts", "save_figure"]

FORMATS = ("png", "svg")
"""What a run leaves; ``"pdf"`` is drawn where it is asked for."""
ALL_FORMATS = (*FORMATS, "pdf")
COMPRESSION = 2  # of PNG: quicker than 6, which is usual, for files little larger


def save_charts(
    tables: Mapping[str, pd.DataFrame],
    folder: str | os.PathLike[str],
    *,
    caption: str,
    formats: Sequence[str] = FORMATS,
    names: Sequence[str] | None = None,
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
        ``"png"``, ``"svg"`` or ``"pdf"``, or several of them.
    names
        The charts wanted; None means all.

    Returns
    -------
    list of Path
        The files written, by chart and format.

    Raises
    ------
    InputError
        Where a format or a chart is unknown, or the folder is called as a file is; nothing is written then.
    TableError
        Where a table lacks a column that a chart needs.
    """
    from matchsim.charts import CHARTS

    _check(formats, ALL_FORMATS, "charts are saved as png, svg or pdf", "formats")
    _check(names or (), tuple(CHARTS), "there is no such chart", "charts", _of_a_study)
    folder = Path(folder)
    check_folder_name(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, (function, table, description) in CHARTS.items():
        if table not in tables or (names is not None and name not in names):
            continue
        ax = function(tables[table], caption=caption)
        for suffix in formats:
            path = folder / f"{name}.{suffix}"
            save_figure(ax, path, description=description)
            paths.append(path)
    return paths


def save_chart(ax: Axes, path: Path, *, description: str = "") -> list[Path]:
    """Save one chart under `path` with each suffix of :data:`FORMATS` added."""
    saved = [path.with_name(f"{path.name}.{suffix}") for suffix in FORMATS]
    for target in saved:
        save_figure(ax, target, description=description or ax.get_title(loc="left"))
    return saved


def save_figure(ax: Axes, path: Path, *, description: str) -> None:
    """Write the figure of `ax` as PNG, SVG or PDF, under a temporary name first: never half a picture.

    Parameters
    ----------
    path
        Ends with ``.png``, ``.svg`` or ``.pdf``; the same name gives the same bytes.
    description
        What it shows, in one sentence, kept in the file.
    """
    from matchsim.charts._figure import DPI

    figure = ax.get_figure(root=True)
    assert figure is not None
    suffix = path.suffix.removeprefix(".").lower()
    title = ax.get_title(loc="left")
    metadata = {"Title": title} | _METADATA[suffix](style.drawable(description))
    packed: dict[str, Any] = {"pil_kwargs": {"compress_level": COMPRESSION}} if suffix == "png" else {}
    # Drawn before it is written: libraries stumble over a disk that is full in ways of their own.
    drawn = BytesIO()
    with style.in_use({"svg.hashsalt": path.stem}):
        figure.savefig(drawn, format=suffix, dpi=DPI, metadata=metadata, **packed)
    with new_file(path) as temporary:
        temporary.write_bytes(drawn.getvalue())


# What a file says of itself; dates and versions would make the bytes of equal charts differ.
_METADATA: Mapping[str, Callable[[str], dict[str, str | None]]] = {
    "png": lambda told: {"Description": told, "Software": None},
    "svg": lambda told: {"Description": told, "Date": None, "Creator": None},
    "pdf": lambda told: {"Subject": told, "CreationDate": None, "Creator": None, "Producer": None},
}


def _of_a_study(name: str) -> str:
    from matchsim.study.charts import STUDY_CHARTS

    return "it is drawn of a study, and this is a run" if name in STUDY_CHARTS else ""


def _check(
    given: Sequence[str],
    allowed: Sequence[str],
    told: str,
    path: str,
    elsewhere: Callable[[str], str] = lambda _: "",
) -> None:
    problems = [
        Problem(
            f"{told}, got {shown(name)}",
            path=path,
            remedy=elsewhere(str(name))
            or did_you_mean(str(name), allowed)
            or f"there are {', '.join(allowed)}",
        )
        for name in given
        if name not in allowed
    ]
    if problems:
        raise InputError(problems)
