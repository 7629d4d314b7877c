"""A page of a report: one file that loads nothing from anywhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from matchsim import __version__
from matchsim.folders import new_file
from matchsim.report.pictures import inlined

__all__ = ["REPORT", "chart_of", "rendered", "saved"]

REPORT = "report.html"


def rendered(template: str, scripts: Iterable[str], **parts: Any) -> str:
    """A page as HTML.

    Everything that comes from files is escaped, and the page's own policy forbids every request to anywhere
    and all scripts but those named here.

    Parameters
    ----------
    template
        Name of the template.
    scripts
        Names of the scripts that the page runs.
    parts
        What the template shows.
    """
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_part),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    run = [_part(f"{name}.js") for name in scripts]
    return environment.get_template(f"{template}.html").render(
        css=Markup(_part("page.css")),  # noqa: S704 - our own file
        scripts=[Markup(text) for text in run],  # noqa: S704 - our own files
        policy=_policy(run),
        version=__version__,
        **parts,
    )


def chart_of(svg: str, name: str, told: str, file: str) -> dict[str, Any]:
    """A chart for the template: its picture with a name for anchors, its words, and where its numbers are."""
    picture = inlined(svg, name)
    made_anew = Markup(picture.svg)  # noqa: S704 - element by element
    return {"name": name, "title": picture.title, "told": told, "file": file, "svg": made_anew}


def saved(page: str, folder: Path) -> Path:
    """Write a page into `folder`, complete or not at all."""
    path = folder / REPORT
    with new_file(path) as temporary:
        temporary.write_text(page, encoding="utf-8", newline="\n")
    return path


def _policy(scripts: Iterable[str]) -> str:
    """A content security policy: no requests, and no scripts but those with these digests."""
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _part(name: str) -> str:
    return (files("matchsim.report") / "template" / name).read_text(encoding="utf-8")
