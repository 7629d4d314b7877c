"""``matchsim init``: a scenario that is valid as it is, and with every example in it taken."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from matchsim.cli import cli
from matchsim.errors import InputError
from matchsim.season.scenario import load_scenario


def init(*arguments: str):
    return CliRunner().invoke(cli, ["init", *arguments], catch_exceptions=False)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_is_the_scenario_that_it_extends(folder):
    assert init().stdout == "written to my-scenario.yaml; next:  matchsim check my-scenario.yaml\n"
    mine, base = load_scenario("my-scenario.yaml"), load_scenario("us-2025")
    assert (mine.name, mine.title) == ("my-scenario", "My scenario")
    same = {"name": base.name, "title": base.title, "description": base.description}
    assert mine.model_copy(update=same) == base


def test_its_examples_are_valid_together(folder):
    init()
    text = (folder / "my-scenario.yaml").read_text(encoding="utf-8")
    head, body = text.split('description: ""')
    taken = re.sub(r"^# (?=[a-z_]+:|  )", "", body, flags=re.MULTILINE)
    assert taken.count("\n# ") < body.count("\n# ")
    (folder / "all.yaml").write_text(head + taken, encoding="utf-8")
    all_taken = load_scenario("all.yaml")
    base = load_scenario("us-2025")
    assert (all_taken.replicates, all_taken.cohort.ability.us_img.mean) == (20, -0.5)
    assert all_taken.cohort.active == base.cohort.active
    assert all_taken.applications.signals["Dermatology"].gold == 3
    assert all_taken.interviews.capacity.mean == 12.0


def test_a_file_to_extend_is_named_from_where_the_new_one_stands(folder):
    (folder / "base of: mine.yaml").write_text("extends: small\nname: base\nseed: 99\n", encoding="utf-8")
    written = init("deep/Down Here.yaml", "--extends", "base of: mine.yaml").stdout
    assert written.endswith("next:  matchsim check 'deep/Down Here.yaml'\n")
    made = load_scenario(folder / "deep" / "Down Here.yaml")
    assert (made.seed, made.name, made.title) == (99, "down-here", "Down here")


def test_nothing_is_replaced(folder):
    (folder / "mine.yaml").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"mine\.yaml: is there already \(give another name\)"):
        init("mine.yaml")
    assert (folder / "mine.yaml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["mine.txt"], r"the name of a scenario must end in \.yaml"),
        (["mine.yaml", "--extends", "us-2052"], "did you mean 'us-2025'"),
    ],
)
def test_what_cannot_be_written_leaves_nothing(folder, arguments, told):
    with pytest.raises(InputError, match=told):
        init(*arguments)
    assert list(folder.iterdir()) == []
