"""Every page: links lead somewhere, examples run, and what docs/update.py writes is current."""

from __future__ import annotations

import re
import shlex
import shutil
import tomllib

import click
import pytest
import yaml
from markdown_pages import FILE_LANGUAGES, PAGES, ROOT, UPDATE, anchors, blocks, label, links, prose, section
from page_running import renewed, run, same

from matchsim import __version__
from matchsim.cli import COMMANDS, cli
from matchsim.season.plan import PLAN
from matchsim.season.program_requirements import ASKED
from matchsim.season.scenario import read_scenario
from matchsim.season.scenario.applications import Bands, SignalBudget
from matchsim.season.scenario.attributes import ATTRIBUTES
from matchsim.season.scenario.interviews import Screening
from matchsim.season.scenario.model import Scenario
from matchsim.season.scenario.rank_lists import ApplicantTaste, ProgramTaste
from matchsim.season.words import ROAD_GATES, START_GATES
from matchsim.study.loading import read_study

LANGUAGES = {*FILE_LANGUAGES, "console", "json", "pycon", "python", "sh", "text"}

every_page = pytest.mark.parametrize("page", PAGES, ids=label)


def pages_with(*languages):
    chosen = [page for page in PAGES if any(block.language in languages for block in blocks(page))]
    assert chosen, f"no page has a block of {languages}"
    return pytest.mark.parametrize("page", chosen, ids=label)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty working directory that has the shipped scenarios where a checkout has them."""
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_files(page, folder):
    for block in blocks(page):
        if block.name is not None and block.language in FILE_LANGUAGES:
            path = folder / block.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")


@every_page
def test_links_lead_somewhere(page):
    for link in links(page):
        if re.match(r"https?://|mailto:", link):
            continue
        target, _, anchor = link.partition("#")
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), link
        if anchor:
            assert anchor in anchors(path), link


@every_page
def test_every_block_says_what_it_is(page):
    assert {block.language for block in blocks(page)} <= LANGUAGES
    assert "```" not in prose(page)


@every_page
def test_headings_are_one_title_and_parts(page):
    levels = [len(marks) for marks in re.findall(r"^(#+) ", prose(page), re.MULTILINE)]
    assert levels[0] == 1
    assert levels.count(1) == 1


@pages_with("pycon", "python", "console")
def test_blocks_say_what_the_page_says(page, folder):
    for said in run(page, folder, "python", "pycon", "console"):
        assert same(said), f"expected:\n{said.expected}\ngot:\n{said.got}"


SMALL_PAGE = """# Page

`m/programs.csv`

```csv
program,quota
City,1
```

```pycon
>>> a = 1
>>> print(a)
1
>>> for letter in "ab":
...     print(letter)
a
b

```

```console
$ matchsim --version
matchsim, ...
$ matchsim list scenarios
...
```

```python
from pathlib import Path
b = a + Path("m/programs.csv").read_text().count("City")
```

```pycon
>>> b
2
>>> b / 0
Traceback (most recent call last):
ZeroDivisionError: division by zero

```
"""


def test_what_blocks_say_can_be_renewed(folder):
    """Outputs that are right stay, with what they leave out; wrong ones become what is said."""
    page = folder / "page.md"
    page.write_text(SMALL_PAGE, encoding="utf-8")
    assert renewed(page, folder) == SMALL_PAGE
    wrong = SMALL_PAGE.replace("a\nb\n", "c\n").replace("b\n2", "b\n3").replace("matchsim, ...", "matchsim 7")
    page.write_text(wrong, encoding="utf-8")
    assert renewed(page, folder) == SMALL_PAGE.replace("matchsim, ...", f"matchsim, version {__version__}")


@pages_with("sh")
def test_commands_can_be_given(page, folder):
    write_files(page, folder)
    for block in blocks(page):
        if block.language == "sh":
            for line in block.text.splitlines():
                for part in line.partition("#")[0].split("&&"):
                    if part.split()[:1] == ["matchsim"]:
                        assert_can_be_given(shlex.split(part.partition(" > ")[0])[1:])


def assert_can_be_given(arguments: list[str]):
    """The command has these options, and a scenario that it names is valid with what it sets."""
    assert arguments[0] in COMMANDS
    command, name, given = cli.get_command(None, arguments[0]), arguments[0], arguments[1:]
    while isinstance(command, click.Group):
        name, *given = given
        command = command.commands[name]
    context = command.make_context(name, given)
    if "source" in context.params:
        read_study(context.params["source"])
    if "scenario" in context.params:
        read_scenario(context.params["scenario"], list(context.params.get("assignments", ())))


@pytest.mark.parametrize(("page", "name"), UPDATE.SECTIONS, ids=lambda value: value)
def test_what_docs_update_writes_is_current(page, name):
    assert section(ROOT / page, name) == UPDATE.SECTIONS[page, name](), "run: python docs/update.py"


def test_the_index_names_every_page():
    index = ROOT / "docs" / "README.md"
    linked = {(index.parent / link.partition("#")[0]).resolve() for link in links(index)}
    pages = {page.resolve() for page in (ROOT / "docs").rglob("*.md")} - {index}
    assert pages <= linked


def test_every_picture_is_shown():
    shown = {(page.parent / link).resolve() for page in PAGES for link in links(page)}
    assert {path.resolve() for path in (ROOT / "docs" / "images").iterdir()} <= shown


def test_architecture_draws_the_rooms_of_the_import_contract():
    page = ROOT / "docs" / "explanation" / "architecture.md"
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (drawn,) = (block.text for block in blocks(page) if block.language == "text")
    assert drawn.split("\n") == [*contract["contracts"][0]["layers"], ""]


def test_architecture_tells_the_plan():
    text = (ROOT / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ((?:`\w+`(?:, )?)*) ?\| [A-Zp]", text, re.MULTILINE)
    told = [(name, tuple(re.findall(r"\w+", reads))) for name, reads in rows]
    assert [row for row in told if row[0] in {stage.name for stage in PLAN}] == [
        (stage.name, stage.reads) for stage in PLAN
    ]


def test_the_season_model_tells_every_stage_and_parameter():
    page = ROOT / "docs" / "explanation" / "season-model.md"
    text = page.read_text(encoding="utf-8")
    stages = re.findall(r"^## (\w+)$", text, re.MULTILINE)
    assert stages == [stage.name for stage in PLAN]
    part = dict(re.findall(r"^## (\w+)$(.*?)(?=^## )", text, re.DOTALL | re.MULTILINE))
    # `file` and the like replace a stage and are told in the guide to own files.
    replaces = {"file", "folder", "applicant_lists", "program_lists", "quotas"}
    told_elsewhere = {"applications": {"screening"}, "rank_lists": {"applicants", "programs"}}
    for stage in PLAN:
        names = set(type(getattr(Scenario(), stage.name)).model_fields) - replaces
        missing = {name for name in names if name not in words_of(part[stage.name])}
        assert missing <= told_elsewhere.get(stage.name, set()), stage.name
    everything = words_of(text)
    for model in (Bands, SignalBudget, Screening, ApplicantTaste, ProgramTaste):
        assert set(model.model_fields) <= everything, model


def words_of(text: str) -> set[str]:
    """The words that stand in code spans."""
    return {word for span in re.findall(r"`([^`]+)`", text) for word in re.findall(r"\w+", span)} | set(
        re.findall(r"\w+", " ".join(re.findall(r"^    .+$", text, re.MULTILINE)))
    )


def test_randomness_names_every_stream():
    page = (ROOT / "docs" / "explanation" / "randomness.md").read_text(encoding="utf-8")
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "matchsim" / "season").rglob("*.py"))
    used = set(re.findall(r"streams\(\"([a-z0-9_.]+)\"\)", code))
    assert used
    # Streams whose names are put together.
    used |= {f"cohort.{name}" for name in ATTRIBUTES} | {f"pathway.{name}" for name in ROAD_GATES}
    used |= {f"training.{name}" for name in START_GATES} | {f"programs.{name}" for name in ASKED}
    used |= {f"cohort.step2_ck_attempt_{number}" for number in (2, 3, 4)}
    assert used == set(re.findall(r"`([a-z0-9_]+\.[a-z0-9_]+)`", page.partition("## The streams")[2]))


def test_the_citation_is_of_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert citation["version"] == __version__
    assert citation["license"] == "BSD-3-Clause"
    assert {"message", "title", "authors"} <= set(citation)


def test_the_changelog_has_a_place_for_changes_of_results():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## .*?(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    assert "### Results" in newest[0]
    assert __version__ in newest[0]
