"""The page itself: one file that loads nothing from anywhere."""

from __future__ import annotations

import base64
import hashlib
import os
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from matchsim import __version__
from matchsim.charts import CHARTS, style
from matchsim.folders import read_as_written
from matchsim.report.chances import chances
from matchsim.report.findings import findings, key_figures, verdict
from matchsim.report.folder import RunFolder, read_run
from matchsim.report.listings import listings, origins_listing, seasons_listing
from matchsim.report.pictures import inlined
from matchsim.study.run_folder import MADE_BY

__all__ = ["REPORT", "page_of", "write_report"]

REPORT = "report.html"


def write_report(folder: Path) -> Path:
    """Write ``report.html`` into the folder of a run, from the other files in it.

    Returns
    -------
    Path
        The file written; the same bytes for the same files.

    Raises
    ------
    InputError
        With every file of the run that is missing or cannot be read; nothing is written then.
    """
    path = folder / REPORT
    run = read_run(folder)
    with read_as_written(folder, MADE_BY):
        page = page_of(run)
    temporary = path.with_name(f".{REPORT}.{os.getpid()}.part")
    try:
        temporary.write_text(page, encoding="utf-8", newline="\n")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def page_of(run: RunFolder) -> str:
    """The report as HTML.

    Everything that comes from files is escaped, and the page's own policy forbids scripts other than the
    two it is made with and every request to anywhere.
    """
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    scripts = {name: _part(f"{name}.js") for name in ("tables", "chances")}
    return environment.from_string(_part("page.html")).render(
        css=Markup(_part("page.css")),  # noqa: S704 - our own file
        scripts={name: Markup(text) for name, text in scripts.items()},  # noqa: S704 - our own files
        policy=_policy(scripts.values()),
        version=__version__,
        run=run,
        summary=run.summary,
        scenario=run.summary["scenario"],
        figures=key_figures(run),
        findings=findings(run),
        verdict=verdict(run),
        charts=_charts(run),
        chances=chances(run.tables["contiguous_ranks"]),
        listings=listings(run.tables),
        seasons=seasons_listing(run.tables["stability"]),
        origins=origins_listing(run.origins),
        fitted=run.fitted,
        caption=style.source_line(run.summary["scenario"], run.summary["seed"]),
    )


def _charts(run: RunFolder) -> list[dict[str, Any]]:
    charts = []
    for name, text in run.pictures.items():
        picture, (_, table, told) = inlined(text, name), CHARTS[name][:3]
        svg = Markup(picture.svg)  # noqa: S704 - made anew by inlined, element by element
        charts.append({"name": name, "title": picture.title, "told": told, "table": table, "svg": svg})
    return charts


def _policy(scripts: Any) -> str:
    """A content security policy: no requests, and no scripts but those with these digests."""
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _part(name: str) -> str:
    return (files("matchsim.report") / "template" / name).read_text(encoding="utf-8")
