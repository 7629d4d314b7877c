"""The charts of one result as methods: ``season.plot.match_rate_by_type()``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from matchsim.errors import did_you_mean

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["Plots"]


class Plots:
    """One method per registered chart, each ``(ax=None) -> Axes``.

    Parameters
    ----------
    table
        Gives the table of a name, such as ``"match_rates"``; called when a chart is drawn.
    caption
        Where the numbers come from, printed below every chart.
    """

    def __init__(self, table: Callable[[str], pd.DataFrame], caption: str) -> None:
        self._table = table
        self._caption = caption

    def __getattr__(self, name: str) -> Callable[..., Axes]:
        from matchsim.charts import CHARTS

        if name not in CHARTS:
            hint = did_you_mean(name, CHARTS) or f"there are {', '.join(CHARTS)}"
            raise AttributeError(f"there is no chart {name!r}; {hint}", name=name, obj=self)
        function, table, _ = CHARTS[name]

        def method(ax: Axes | None = None) -> Axes:
            return function(self._table(table), ax, caption=self._caption)

        method.__name__ = method.__qualname__ = name
        method.__doc__ = function.__doc__
        return method

    def __dir__(self) -> list[str]:
        from matchsim.charts import CHARTS

        return [*super().__dir__(), *CHARTS]

    def __repr__(self) -> str:
        from matchsim.charts import CHARTS

        return f"<Plots: {', '.join(CHARTS)}>"
