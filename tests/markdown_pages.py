"""The pages of the project as the tests read them: their links, headings and blocks of code.

What a block is worth is said by its language, see CONTRIBUTING.md: files are written, ``python`` and
``pycon`` run, ``console`` runs and its output is compared, commands in ``sh`` are parsed.
"""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        ROOT / "benchmarks" / "README.md",
        ROOT / "matchsim" / "data" / "published" / "README.md",
    ]
)
FILE_LANGUAGES = ("csv", "yaml")

_FENCE = re.compile(
    r"^(?:`(?P<name>[^`\n]+)`\n\n)?^```(?P<language>\S*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE
)
_LINK = re.compile(r"\[[^\[\]]*\]\(([^()\s]+)\)|(?:src|href)=\"([^\"]+)\"")


def _update_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_update", ROOT / "docs" / "update.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


UPDATE = _update_script()


@dataclass(frozen=True)
class Block:
    """One fenced block: language, text, the file name on the line above, if any, and where the text is."""

    language: str
    text: str
    name: str | None
    start: int


def label(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    found = _FENCE.finditer(page.read_text(encoding="utf-8"))
    return [Block(m["language"], m["text"], m["name"], m.start("text")) for m in found]


def prose(page: Path) -> str:
    """The page without its blocks of code."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> list[str]:
    return [first or second for first, second in _LINK.findall(prose(page))]


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives the headings."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def section(page: Path, name: str) -> str:
    """What stands between the marks that docs/update.py writes between."""
    found = re.search(
        rf"^<!-- begin {name}\b[^\n]*-->\n(.*?)^<!-- end {name} -->$",
        page.read_text(encoding="utf-8"),
        re.DOTALL | re.MULTILINE,
    )
    assert found, f"{label(page)} has no section {name}"
    return found[1]
