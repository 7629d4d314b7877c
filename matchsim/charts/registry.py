"""The list of charts, kept by the charts themselves: adding a chart is adding one file.

A chart is a function that draws one table of a run on given axes and returns its subtitle::

    @chart(table="match_rates", title="Match rate by applicant type", needs=("group", "match_rate"))
    def match_rate_by_type(data, ax):
        \"\"\"Share of active applicants matched, by applicant type.\"\"\"
        ...
        return "47,208 active applicants"

The decorator makes it what everybody calls: ``match_rate_by_type(data, ax=None, *, caption="")``,
which checks the columns, makes a figure where no axes are given, sets the house style and the headings,
and returns the axes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol

from matchsim.charts import replicates, style
from matchsim.errors import Problem, TableError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["Chart", "chart", "check_columns", "discovered", "say_no_data"]


class ChartFunction(Protocol):
    """What a registered chart is called with."""

    __name__: str

    def __call__(self, data: pd.DataFrame, ax: Axes | None = None, *, caption: str = "") -> Axes:
        """Draw `data` on `ax`, or on a new figure, and return the axes."""


class Chart(NamedTuple):
    """One chart: the function that draws it, the table it reads, and what it shows in one sentence."""

    function: ChartFunction
    table: str
    description: str


_registered: dict[str, Chart] = {}


def chart(
    *, table: str, title: str, needs: tuple[str, ...], size: tuple[float, float] = (8.0, 4.6)
) -> Callable[[Callable[[pd.DataFrame, Axes], str | None]], ChartFunction]:
    """Register a chart under the name of its function.

    Parameters
    ----------
    table
        Name of the run's table that it reads, such as ``"match_rates"``.
    title
        The subject of the finding.
    needs
        Columns of the table that must be there, besides ``replicate``.
    size
        Width and height of a new figure in inches.

    Returns
    -------
    decorator
        For a function ``(data, ax) -> subtitle`` with a docstring whose first line becomes the chart's
        description. It returns None where the table holds nothing to draw.
    """

    def register(draw: Callable[[pd.DataFrame, Axes], str | None]) -> ChartFunction:
        def drawn(data: pd.DataFrame, ax: Axes | None = None, *, caption: str = "") -> Axes:
            check_columns(name, data, ("replicate", *needs))
            from matchsim.charts._figure import new_axes, set_headings

            with style.in_use():
                target = new_axes(size) if ax is None else ax
                target.spines[["top", "right"]].set_visible(False)
                target.set_axisbelow(True)
                subtitle = draw(data, target) if len(data) else None
                if subtitle is None:
                    say_no_data(target)
                told = _with_replicates(subtitle, replicates.number_of(data)) if subtitle else ""
                set_headings(target, title, told, caption)
            return target

        name = draw.__name__
        drawn.__name__ = drawn.__qualname__ = name
        drawn.__module__ = draw.__module__
        drawn.__doc__ = (draw.__doc__ or "").rstrip() + _PARAMETERS.format(
            table=table, width=size[0], height=size[1]
        )
        _registered[name] = Chart(drawn, table, (draw.__doc__ or "").strip().splitlines()[0])
        return drawn

    return register


_PARAMETERS = """

    Parameters
    ----------
    data
        The table ``{table}`` of a run, one replicate or several; it is not changed. Of several the mean
        is drawn, with a Monte-Carlo interval that holds the middle 95% of the replicates.
    ax
        Axes to draw on, whose place then holds the whole chart with its headings (it needs about
        {width:g} by {height:g} inches); None makes a figure of that size.
    caption
        Where the numbers come from, printed small below.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    TableError
        Where the table lacks a column.
    """


def discovered(package: str, path: list[str]) -> Mapping[str, Chart]:
    """The charts of all modules of a package, by name; modules with a leading underscore are left out."""
    for module in iter_modules(path):
        if not module.name.startswith("_"):
            import_module(f"{package}.{module.name}")
    return MappingProxyType(dict(sorted(_registered.items())))


def check_columns(name: str, data: pd.DataFrame, needs: tuple[str, ...]) -> None:
    """Complain of every column that the chart called `name` needs and `data` lacks."""
    missing = [column for column in needs if column not in data.columns]
    if missing:
        got = ", ".join(map(str, data.columns)) or "no columns"
        raise TableError(
            [Problem(f"column {column!r} is missing (got {got})", path=name) for column in missing]
        )


def say_no_data(ax: Axes) -> None:
    """What a chart shows that has nothing to draw."""
    ax.set_axis_off()
    ax.text(0.5, 0.5, "no data", transform=ax.transAxes, ha="center", va="center", color=style.MUTED)


def _with_replicates(subtitle: str, number: int) -> str:
    if number < 2:
        return subtitle
    return f"{subtitle}\nMean of {number:,} replicates; Monte-Carlo intervals hold the middle 95% of them."
