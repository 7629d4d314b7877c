"""The page of a run."""

from __future__ import annotations

from matchsim.charts import CHARTS, style
from matchsim.report.chances import chances
from matchsim.report.findings import findings, key_figures, verdict
from matchsim.report.folder import RunFolder
from matchsim.report.listings import listings, origins_listing, seasons_listing
from matchsim.report.page import chart_of, rendered

__all__ = ["page_of"]


def page_of(run: RunFolder) -> str:
    """The report of a run as HTML, everything from files escaped."""
    return rendered(
        "run",
        ("tables", "explorer", "chances"),
        run=run,
        summary=run.summary,
        scenario=run.summary["scenario"],
        figures=key_figures(run),
        findings=findings(run),
        verdict=verdict(run),
        charts=[
            chart_of(svg, name, CHARTS[name].description, f"tables/{CHARTS[name].table}.csv")
            for name, svg in run.pictures.items()
        ],
        chances=chances(run.tables["contiguous_ranks"]),
        listings=listings(run.tables),
        seasons=seasons_listing(run.tables["stability"]),
        origins=origins_listing(run.origins),
        fitted=run.fitted,
        caption=style.source_line(run.summary["scenario"], run.summary["seed"]),
    )
