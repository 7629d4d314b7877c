"""The documentation as a site: built without a warning, whole, and fetching nothing from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from markdown_pages import ROOT

from matchsim.cli import COMMANDS

for module in ("sphinx", "furo", "myst_parser", "sphinx_click"):
    pytest.importorskip(module, reason="the extra docs is not installed: pip install '.[docs]'")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    out = tmp_path_factory.mktemp("site")
    places = ["-d", str(out / "trees"), str(ROOT / "docs"), str(out / "html")]
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", *places]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return out / "html"


def test_every_page_is_there(site):
    pages = {page.relative_to(ROOT / "docs").with_suffix(".html") for page in (ROOT / "docs").rglob("*.md")}
    made = {page.relative_to(site) for page in site.rglob("*.html")}
    assert pages <= made
    assert (site / "index.html").read_bytes() == (site / "README.html").read_bytes()


def test_every_command_is_told_with_its_examples(site):
    text = (site / "reference" / "command-line.html").read_text(encoding="utf-8")
    for name in COMMANDS:
        assert f'id="matchsim-{name}"' in text
    plain = re.sub(r"<[^>]+>", "", text)
    assert "matchsim run my.yaml --replicates 20 --jobs 2\n" in plain


def test_pages_are_offered_in_order(site):
    text = (site / "index.html").read_text(encoding="utf-8")
    tutorials = text[text.index(">Tutorials<") : text.index(">How to<")]
    told = re.findall(r'href="tutorials/([\w-]+)\.html"', tutorials)
    assert told[:2] == ["your-first-season", "your-first-study"]


def test_examples_do_not_end_in_an_empty_line(site):
    for page in site.rglob("*.html"):
        assert "\n\n</pre>" not in page.read_text(encoding="utf-8"), page


def test_links_inside_lead_somewhere(site):
    for page in site.rglob("*.html"):
        for link in re.findall(r'href="([^"#]+)[^"]*"', page.read_text(encoding="utf-8")):
            if not re.match(r"https?:|mailto:", link):
                assert (page.parent / link.partition("?")[0]).exists(), (page, link)


def test_nothing_is_fetched_from_elsewhere(site):
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.findall(r'<(?:script|img|iframe)[^>]+src="(?:https?:)?//', text)
        assert not re.findall(r'<link[^>]+rel="stylesheet"[^>]+href="(?:https?:)?//', text)
