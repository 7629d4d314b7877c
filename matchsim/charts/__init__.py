"""Charts of a run: one file per chart, each a function of a table that returns matplotlib axes.

``CHARTS`` maps the name of a chart to its function, the table it reads and one sentence about it.
Nothing here loads matplotlib or pandas before a chart is drawn.
"""

from __future__ import annotations

from matchsim.charts.files import save_charts
from matchsim.charts.plots import Plots
from matchsim.charts.registry import Chart, discovered
from matchsim.charts.style import source_line

__all__ = ["CHARTS", "Chart", "Plots", "save_charts", "source_line"]

CHARTS = discovered(__name__, __path__)
