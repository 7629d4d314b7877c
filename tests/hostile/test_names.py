"""Names that hold anything: kept as they are in files, and harmless wherever they are shown."""

from __future__ import annotations

import csv
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import pandas as pd
import pytest
from charts.sample import tables as sample_tables
from click.testing import CliRunner

from matchsim.charts import CHARTS
from matchsim.charts.files import save_figure
from matchsim.cli import cli
from matchsim.errors import InputError, MarketError
from matchsim.report.pictures import inlined

NAMES = {
    "script": "<script>alert(1)</script>",
    "attribute": '"><img src=x onerror=alert(1)>',
    "end of svg": "]]></text></svg><script>alert(1)</script>",
    "entity": "&lt;&#0;&undefined;",
    "formula": '=HYPERLINK("http://example.org","click")',
    "plus": "+1",
    "minus": "-1",
    "at": "@SUM(A1)",
    "tab": "a\tb",
    "line end": "a\nb",
    "quotes": "\"Ana\" 'B'",
    "separators": "a;b,c|d",
    "right to left": "a\u202egnp",
    "non-character": "a\ufffe",
    "another script": "漢字 עברית",
    "dollars": r"$\frac{1}$",
    "long": "x" * 10_000,
}
CONTROL = {"escape": "\x1b[2J", "nul": "a\x00b", "bell": "a\x07"}
named = pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
controlled = pytest.mark.parametrize("name", CONTROL.values(), ids=CONTROL)


def matchsim(*arguments: object):
    return CliRunner().invoke(cli, [*map(str, arguments)])


def tables(name: str) -> dict[str, list[tuple[object, ...]]]:
    """A market in which `name` is the name of an applicant and a part of that of the only program."""
    program = f"P{name}"
    return {
        "programs": [("program", "quota"), (program, 1)],
        "applicant_rankings": [("applicant", "rank", "program"), (name, 1, program), ("Bo", 1, program)],
        "program_rankings": [("program", "rank", "applicant"), (program, 1, "Bo"), (program, 2, name)],
    }


def written(folder: Path, name: str, kind: str) -> Path:
    if kind == "xlsx":
        return _workbook(folder / "market.xlsx", name)
    market = folder / "market"
    market.mkdir()
    for table, rows in tables(name).items():
        if kind == "parquet":
            pd.DataFrame(rows[1:], columns=rows[0]).to_parquet(market / f"{table}.parquet")
        else:
            with (market / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows(rows)
    return market


def _workbook(path: Path, name: str) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for table, rows in tables(name).items():
        sheet = book.create_sheet(table)
        for i, row in enumerate(rows, start=1):
            for j, value in enumerate(row, start=1):
                cell = sheet.cell(i, j, value)
                cell.data_type = "s" if isinstance(value, str) else cell.data_type
    book.save(path)
    return path


def rows_in(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx"])
@named
def test_names_come_back_letter_by_letter(tmp_path, name, kind):
    market, out = written(tmp_path, name, kind), tmp_path / "out"
    assert matchsim("solve", market, "--out", out).exit_code == 0
    assert rows_in(out / "matches.csv")[1:] == [[name, "", "", ""], ["Bo", f"P{name}", "1", "primary"]]
    assert matchsim("verify", market, out / "matches.csv").exit_code == 0
    assert matchsim("convert", market, tmp_path / "converted").exit_code == 0
    assert matchsim("solve", tmp_path / "converted", "--out", tmp_path / "again").exit_code == 0
    assert (tmp_path / "again" / "matches.csv").read_bytes() == (out / "matches.csv").read_bytes()


@controlled
def test_names_that_no_csv_file_can_hold_are_refused_before_anything_is_written(tmp_path, name):
    refused = matchsim("solve", written(tmp_path, name, "parquet"), "--out", tmp_path / "out")
    assert isinstance(refused.exception, MarketError)
    assert "cannot be written to a file (labels need text without" in str(refused.exception)
    assert not (tmp_path / "out").exists()


def test_the_same_name_twice_is_refused_with_both_places(tmp_path):
    market = written(tmp_path, "Ana", "csv")
    with (market / "programs.csv").open("a", encoding="utf-8") as file:
        file.write("PAna,3\n")
    refused = matchsim("solve", market, "--out", tmp_path / "out")
    assert isinstance(refused.exception, InputError)
    assert "programs.csv:3" in str(refused.exception)
    assert "PAna" in str(refused.exception)


@named
def test_names_are_only_text_in_the_picture_of_a_chain(tmp_path, name):
    out = tmp_path / "out"
    matchsim("solve", written(tmp_path, name, "csv"), "--out", out)
    for kind in ("svg", "png"):
        picture = tmp_path / f"chain.{kind}"
        told = matchsim("why", out, "--graph", picture, "--", name)
        assert told.exit_code == 0, told.exception
        assert picture.stat().st_size < 2**20
    harmless(tmp_path / "chain.svg")


@pytest.mark.parametrize("name", [*NAMES.values(), *CONTROL.values()], ids=[*NAMES, *CONTROL])
def test_names_are_only_text_in_charts_and_on_the_page_of_the_report(tmp_path, name):
    data = sample_tables(1)["specialties"].replace({"specialty": {"Surgery": name}})
    ax = CHARTS["fill_by_specialty"].function(data, caption=name[:100])
    for kind in ("svg", "png"):
        save_figure(ax, tmp_path / f"chart.{kind}", description=name)
        assert (tmp_path / f"chart.{kind}").stat().st_size < 2**20
    harmless(tmp_path / "chart.svg")


def harmless(picture: Path) -> None:
    """The picture, alone and on a page, is XML without script, handler, or mark that turns text round."""
    text = picture.read_text(encoding="utf-8")
    for svg in (text, inlined(text, "chart").svg):
        for element in ET.fromstring(svg).iter():
            assert element.tag.rpartition("}")[2] not in ("script", "img")
            assert not any(attribute.startswith("on") for attribute in element.attrib)
        assert not set(svg) & set("\x00\x07\x1b\u202e\ufffe")
