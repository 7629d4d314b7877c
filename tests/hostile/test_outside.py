"""Scenarios name files in their own folder, and runs replace nothing but runs."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from hostile.readers import TOWN
from matchsim.cli import cli
from matchsim.errors import InputError, ScenarioError
from matchsim.folders import digest_of
from matchsim.season.scenario import digest, load_scenario
from matchsim.study.loading import read_study
from matchsim.study.run_folder import FORMAT, MADE_BY, check_replaceable

PROGRAMS = "program,quota,specialty\nCity,2,Internal Medicine\n"
PEOPLE = "cohort: {file: people.csv}\n"


def checked(*arguments: object):
    return CliRunner().invoke(cli, ["check", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path):
    inside = tmp_path / "sent"
    inside.mkdir()
    (tmp_path / "secret.csv").write_text(PROGRAMS, encoding="utf-8")
    (inside / "own.csv").write_text(PROGRAMS, encoding="utf-8")
    people = "applicant,applicant_type,preferred,backup\nAna,us_img,Internal Medicine,\n"
    (inside / "people.csv").write_text(people, encoding="utf-8")
    (inside / "link.csv").symlink_to(tmp_path / "secret.csv")
    return inside


def scenario(folder, text):
    path = folder / "scenario.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["../secret.csv", "{}/secret.csv", "link.csv"])
def test_files_outside_are_read_only_where_that_is_allowed(folder, name):
    path = scenario(folder, f"programs: {{file: {name.format(folder.parent)}}}\n{PEOPLE}")
    refused = checked(path)
    assert isinstance(refused.exception, ScenarioError)
    assert "lies outside" in str(refused.exception)
    assert f"{path}:1:18: programs.file" in str(refused.exception)
    assert "allow it with --allow-outside" in str(refused.exception)
    assert checked(path, "--allow-outside").exit_code == 0


def test_files_beside_it_and_those_of_the_command_line_are_read(folder):
    assert checked(scenario(folder, "programs: {file: own.csv}\n" + PEOPLE)).exit_code == 0
    path = scenario(folder, PEOPLE)
    assert checked(path, "--set", f"programs.file={folder.parent / 'secret.csv'}").exit_code == 0


def test_what_is_extended_lies_inside_too(folder):
    (folder.parent / "base.yaml").write_text("seed: 4\n", encoding="utf-8")
    path = scenario(folder, "extends: ../base.yaml\n")
    assert "lies outside the folder" in str(checked(path).exception)
    assert checked(path, "--allow-outside").exit_code == 0
    assert checked(scenario(folder, "extends: small\n")).exit_code == 0


@pytest.mark.parametrize(
    "command",
    [
        ["run"],
        ["check"],
        ["explain"],
        ["validate", "--replicates", "1"],
        ["calibrate", "--out", "new"],
        ["study", "check"],
        ["study", "run"],
        ["advise", "us-img", "--scenario"],
        ["eligibility", "us-img", "--scenario"],
    ],
    ids=" ".join,
)
def test_no_command_reads_what_lies_outside_unasked(folder, command, monkeypatch):
    monkeypatch.chdir(folder)
    path = scenario(folder, f"programs: {{file: ../secret.csv}}\n{PEOPLE}")
    if command[0] == "study":
        path = folder / "study.yaml"
        path.write_text("name: sent\nbase: scenario.yaml\nreplicates: 1\n", encoding="utf-8")
    refused = CliRunner().invoke(cli, [*command, str(path)])
    assert isinstance(refused.exception, InputError)
    assert "lies outside" in str(refused.exception)
    assert "allow it with --allow-outside" in str(refused.exception)
    assert not (folder / "new").exists()


def test_studies_keep_to_their_folder_in_their_arms_too(folder):
    scenario(folder, PEOPLE)
    path = folder / "study.yaml"
    text = "name: sent\nbase: scenario.yaml\nreplicates: 1\narms: {one: {}, two: {set: {%s}}}\n"
    path.write_text(text % "programs.file: ../secret.csv", encoding="utf-8")
    with pytest.raises(InputError, match="lies outside"):
        read_study(path, allow_outside=False)
    assert read_study(path).arms == ["one", "two"]
    path.write_text(text % "programs.file: own.csv", encoding="utf-8")
    assert read_study(path, allow_outside=False).arms == ["one", "two"]


@pytest.fixture
def run(tmp_path):
    """A folder as a run leaves it, and its scenario."""
    (tmp_path / "town.yaml").write_text(TOWN, encoding="utf-8")
    town, out = load_scenario(tmp_path / "town.yaml"), tmp_path / "run"
    (out / "charts").mkdir(parents=True)
    (out / "charts" / "a.svg").write_text("<svg/>", encoding="utf-8")
    files = {"charts/a.svg": digest_of(out / "charts" / "a.svg")}
    manifest = {"made_by": MADE_BY, "format": FORMAT, "scenario_digest": digest(town), "files": files}
    (out / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return out, town


def test_a_run_is_replaced_only_as_it_was_left(run):
    out, town = run
    assert check_replaceable(out, town)
    (out / "charts" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"holds charts/notes\.txt, which is not as the run left it"):
        check_replaceable(out, town)
    (out / "charts" / "notes.txt").unlink()
    (out / "charts" / "a.svg").write_text("edited", encoding="utf-8")
    with pytest.raises(InputError, match=r"charts/a\.svg"):
        check_replaceable(out, town)


def test_symbolic_links_in_a_run_are_not_removed(run, tmp_path):
    out, town = run
    (out / "tables").symlink_to(tmp_path)
    with pytest.raises(InputError, match="holds tables"):
        check_replaceable(out, town)
