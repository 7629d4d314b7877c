"""The documentation as a site: ``sphinx-build -W docs site``, with the extra ``docs``.

The pages are Markdown that reads as well in the repository. Two things are done for the site alone: the
contents beside every page are made from the folders, and links to files outside this folder, which the
site does not have, become their names.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent))

from matchsim import __version__  # noqa: E402

project = "matchsim"
author = "The matchsim developers"
copyright = "the matchsim developers, under the BSD 3-Clause licence"  # noqa: A001 - Sphinx's word
version = release = __version__

extensions = ["myst_parser", "sphinx_click"]
root_doc = "README"
myst_heading_anchors = 4  # as in the repository
smartquotes_action = "qe"  # -- stays, as in options
html_theme = "furo"
html_title = f"matchsim {__version__}"
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"top_of_page_buttons": []}

# Pages come by the first pattern that they fit.
PARTS = {
    "Tutorials": ("tutorials/your-*", "tutorials/*"),
    "How to": ("how-to/*",),
    "Understand": ("explanation/*",),
    "Look up": ("reference/*",),
    "Decisions": ("decisions/*",),
}
_LINK_OUT = re.compile(r"\[([^\[\]]+)\]\(((?:\.\./)+[^()\s#]*)(?:#[^()\s]*)?\)")
# Where Python's examples end, and the site would show an empty line.
_EMPTY_LAST_LINE = re.compile(r"\n\n```\n")


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.add_lexer("csv", TextLexer)
    app.connect("source-read", _for_the_site)
    app.connect("sphinx-click-process-epilog", _examples_in_lines)
    app.connect("build-finished", _with_index)


def _for_the_site(_app: Sphinx, name: str, source: list[str]) -> None:
    page = DOCS / f"{name}.md"
    if not page.exists():
        return
    source[0] = _LINK_OUT.sub(lambda link: _inside(page, link), source[0])
    source[0] = _EMPTY_LAST_LINE.sub("\n```\n", source[0])
    if name == root_doc:
        contents = "\n".join(
            "\n".join(["```{toctree}", ":hidden:", ":glob:", f":caption: {title}", "", *patterns, "```", ""])
            for title, patterns in PARTS.items()
        )
        source[0] += f"\n{contents}"


def _inside(page: Path, link: re.Match[str]) -> str:
    """The link itself where it stays in this folder, else its text and the name of what it leads to."""
    target = (page.parent / link[2]).resolve()
    if target.is_relative_to(DOCS):
        return link[0]
    return f"{link[1]} (`{target.relative_to(DOCS.parent).as_posix()}`)"


def _examples_in_lines(_app: Sphinx, _context: object, lines: list[str]) -> None:
    """The examples below a command, one a line."""
    title, _, examples = " ".join(line.removeprefix("| ") for line in lines).partition(":")
    if title.startswith("Example"):
        lines[:] = [f"{title}::", "", *(f"   {one}" for one in re.split(r"\s{2,}", examples.strip()))]


def _with_index(app: Sphinx, error: Exception | None) -> None:
    """The first page under the name that servers look for."""
    first = Path(app.outdir) / f"{root_doc}.html"
    if error is None and first.exists():
        shutil.copyfile(first, first.with_name("index.html"))
