"""Folders are not made under the names of files, nor files under those of folders."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from hostile.readers import MARKET
from matchsim.charts import save_charts
from matchsim.cli import cli
from matchsim.engine import Market
from matchsim.errors import InputError

FOLDERS = [
    ("solve", "market", "--out", "x.xlsx"),
    ("solve", "market", "--out", "x.CSV"),
    ("convert", "market", "x.json"),
    ("convert", "market", "x.xlsx"),
    ("run", "small", "--out", "x.parquet"),
    ("validate", "small", "--replicates", "1", "--out", "x.csv"),
    ("calibrate", "small", "--out", "x.yaml"),
    ("study", "run", "interview-cap", "--out", "x.html"),
    ("chart", "market", "--out", "x.png"),
    ("advise", "us-img", "--cache", "x.zip"),
]
FILES = [
    ("init", "x", "must end in .yaml"),
    ("init", "x.csv", "must end in .yaml"),
    ("init", "market", "must end in .yaml"),
    ("advise", "us-img", "--chart", "x.xlsx", "must end in .png, .svg, .pdf"),
    ("advise", "us-img", "--chart", "market", "must end in .png, .svg, .pdf"),
    ("convert", "market", "market", "is there already"),
]


@pytest.fixture(autouse=True)
def market(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "market").mkdir()
    for name, text in MARKET.items():
        (tmp_path / "market" / name).write_text(text, encoding="utf-8")
    return tmp_path


def refused(*arguments: str) -> str:
    ended = CliRunner().invoke(cli, [*arguments])
    assert isinstance(ended.exception, InputError), ended.output
    return str(ended.exception)


@pytest.mark.parametrize("command", FOLDERS, ids=" ".join)
def test_no_folder_is_made_under_the_name_of_a_file(market, command):
    told = refused(*command)
    assert told.startswith(f"{command[-1]}: ")
    assert "name of a file" in told or "cannot be written as" in told
    assert "(give a" in told
    assert [entry.name for entry in market.iterdir()] == ["market"]


@pytest.mark.parametrize("command", FILES, ids=" ".join)
def test_no_file_is_made_under_the_name_of_a_folder(market, command):
    assert command[-1] in refused(*command[:-1])
    assert [entry.name for entry in market.iterdir()] == ["market"]


def test_it_is_the_same_in_python(market):
    with pytest.raises(InputError, match=r"x\.csv: ends as the name of a file.*\(give a name such as x\)"):
        Market.from_csv("market").to_csv("x.csv")
    with pytest.raises(InputError, match=r"x\.pdf: ends as the name of a file"):
        save_charts({}, "x.pdf", caption="")
    assert [entry.name for entry in market.iterdir()] == ["market"]


@pytest.mark.parametrize("name", ["x.2026", "x.v1", "results.of.monday", "a.csv.d", ".csv"])
def test_other_names_with_points_are_names_of_folders(market, name):
    assert CliRunner().invoke(cli, ["solve", "market", "--out", name]).exit_code == 0
    assert (market / name / "matches.csv").is_file()


def test_a_folder_that_is_there_may_be_called_anything(market):
    (market / "x.csv").mkdir()
    for _ in range(2):
        assert CliRunner().invoke(cli, ["solve", "market", "--out", "x.csv"]).exit_code == 0
    assert (market / "x.csv" / "matches.csv").is_file()
