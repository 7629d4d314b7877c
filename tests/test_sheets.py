"""Reading people's tables: what is text stays text, and every complaint names its place."""

from __future__ import annotations

import csv
import datetime as dt
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchsim import sheet_formats, sheets
from matchsim.errors import Problem, TableError
from matchsim.sheets import read_sheet


def write(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def workbook(path: Path, **tables: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def complaint(path: Path, sheet: str | None = None) -> str:
    with pytest.raises(TableError) as caught:
        read_sheet(path, sheet)
    return str(caught.value).replace(f"{path.parent}/", "")


# What is read


def test_csv_keeps_names_as_text_and_strips_blanks(tmp_path):
    sheet = read_sheet(write(tmp_path / "a.csv", "applicant, age ,note\n007, 31 ,\n1e5,7.0,=1+1\n"))
    assert sheet.columns == {"applicant": ["007", "1e5"], "age": ["31", "7.0"], "note": ["", "=1+1"]}
    assert sheet.header == ("applicant", "age", "note")
    assert len(sheet) == 2
    assert sheet.remarks == ()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_blank_lines_and_quoted_newlines_keep_the_count(tmp_path, end):
    text = end.join(["", "name,rank", "Ana,1", "  ", " , ", '"Bo', 'Li",2', "Cy,3", ""])
    sheet = read_sheet(write(tmp_path / "a.csv", text))
    assert sheet.columns["name"] == ["Ana", "Bo\nLi", "Cy"]
    assert list(sheet.lines) == [3, 6, 8]
    assert str(sheet.place(2, "rank")) == f"{tmp_path}/a.csv:8:2"
    assert str(sheet.place(0)) == f"{tmp_path}/a.csv:3"
    assert sheet.header_line == 2
    assert str(sheet.heading_place("rank")) == f"{tmp_path}/a.csv:2:2"


def test_byte_order_mark_is_no_part_of_the_heading(tmp_path):
    assert read_sheet(write(tmp_path / "a.csv", b"\xef\xbb\xbfname\nAna\n")).columns == {"name": ["Ana"]}


def test_windows_1252_is_read_with_a_remark(tmp_path):
    sheet = read_sheet(write(tmp_path / "a.csv", "name\nAna\nJosé – “x”\n".encode("cp1252")))
    assert sheet.columns == {"name": ["Ana", "José – “x”"]}
    assert sheet.remarks == (f"{tmp_path}/a.csv:3: not UTF-8; the file was read as Windows-1252",)


@pytest.mark.parametrize(("mark", "word"), [(";", "semicolons"), ("\t", "tabs")])
def test_other_separators_are_read_with_a_remark(tmp_path, mark, word):
    sheet = read_sheet(write(tmp_path / "a.csv", f"name{mark}rank\nLi, Bo{mark}2\n"))
    assert sheet.columns == {"name": ["Li, Bo"], "rank": ["2"]}
    assert sheet.remarks == (f"{tmp_path}/a.csv: read as separated by {word}",)


def test_blank_trailing_cells_are_ignored_and_numbered_columns_may_be_left_off(tmp_path):
    sheet = read_sheet(write(tmp_path / "a.csv", "name,pref_1,pref_2,\nAna,X\nBo,X,Y,,,\nCy\n"))
    assert sheet.columns == {"name": ["Ana", "Bo", "Cy"], "pref_1": ["X", "X", ""], "pref_2": ["", "Y", ""]}


def test_headings_are_found_whatever_their_capitals_and_blanks(tmp_path):
    sheet = read_sheet(write(tmp_path / "a.csv", "Final Quota,Program\n1,X\n"))
    assert sheet.column("final_quota") == ["1"]
    assert sheet.place(0, "program").column == 2


def test_headings_alone_are_an_empty_table(tmp_path):
    sheet = read_sheet(write(tmp_path / "a.csv", "program,quota"))
    assert len(sheet) == 0
    assert sheet.column("quota") == []


def test_excel_cells_read_as_they_look(tmp_path):
    rows = [
        ["program", "quota", "note"],
        [7, 2.0, True],
        [],
        ["007", 2.5, dt.datetime(2025, 3, 21)],
        [" City ", None, "=A1"],
    ]
    path = workbook(tmp_path / "book.xlsx", programs=rows)
    sheet = read_sheet(path)
    assert sheet.columns["program"] == ["7", "007", "City"]
    assert sheet.columns["quota"] == ["2", "2.5", ""]
    assert sheet.columns["note"][:2] == ["TRUE", "2025-03-21"]
    assert str(sheet.place(1, "quota")) == f"{path}[programs]:4:2"


def test_line_breaks_in_excel_cells_are_newlines(tmp_path):
    path = workbook(tmp_path / "book.xlsx", any=[["name"], ["Bo_x000D_\nLi"]])
    assert read_sheet(path).columns == {"name": ["Bo\nLi"]}


def test_excel_table_that_starts_further_down_keeps_its_lines(tmp_path):
    path = workbook(tmp_path / "book.xlsx", any=[[], [], [None, "program"], [None, "City"]])
    sheet = read_sheet(path)
    assert sheet.columns == {"program": ["City"]}
    assert str(sheet.place(0, "program")) == f"{path}[any]:4:2"


def test_excel_sheet_by_name_or_by_the_name_of_the_file(tmp_path):
    path = workbook(tmp_path / "programs.xlsx", Notes=[["x"], ["1"]], Programs=[["y"], ["2"]])
    assert read_sheet(path).columns == {"y": ["2"]}
    assert read_sheet(path, "notes").columns == {"x": ["1"]}


def test_parquet_cells_are_text_too(tmp_path):
    table = pa.table({"name": ["007", None, "x"], "rank": [1, 2, 3], "score": [7.0, None, 2.5]})
    pq.write_table(table, tmp_path / "a.parquet")
    sheet = read_sheet(tmp_path / "a.parquet")
    assert sheet.columns == {"name": ["007", "", "x"], "rank": ["1", "2", "3"], "score": ["7", "", "2.5"]}
    assert str(sheet.place(2, "score")) == f"{tmp_path}/a.parquet:3:3"


letters = st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t,;\"'=<")
names = st.text(letters).map(lambda text: text.strip() or "nobody")


@given(rows=st.lists(st.tuples(names, names), max_size=8))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_the_csv_module_writes_is_read_back_with_the_right_lines(tmp_path, rows):
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("a", "b"), *rows])
    sheet = read_sheet(path)
    assert list(zip(sheet.column("a"), sheet.column("b"), strict=True)) == rows
    line = 2
    for row, at in zip(rows, sheet.lines, strict=True):
        assert at == line
        line += 1 + "".join(row).count("\n")


# What is refused, and in which words


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "a.csv: is empty; its first line must name the columns"),
        ("\n , \n\n", "a.csv: is empty; its first line must name the columns"),
        ("a,b\n1,2\n3\n", "a.csv:3: the row has 1 cell, but there are 2 headings"),
        (
            "a\nSmith, Ana\n",
            (
                "a.csv:2: the row has 2 cells, but there is 1 heading"
                " (put quotation marks around a value that holds a separator)"
            ),
        ),
        ("a,b,A\n", "a.csv:1:3: column 'A' stands twice, here and in column 1 (rename or remove one)"),
        ("a,,b\n1,2,3\n", "a.csv:1:2: there are values below an empty heading"),
        (
            'a,b\n1,2\n"3,4\n5,6\n',
            (
                "a.csv:3: a quotation mark is not closed, or stands inside a value"
                ' (write "" for a quotation mark inside a quoted value)'
            ),
        ),
        (
            'a,b\n"1"x,2\n',
            (
                "a.csv:2: a quotation mark is not closed, or stands inside a value"
                ' (write "" for a quotation mark inside a quoted value)'
            ),
        ),
        (
            'a\n"' + "x" * 140_000,
            (
                "a.csv:2: a cell has more than 131,072 characters; perhaps a quotation mark is not closed, or"
                ' stands inside a value (write "" for a quotation mark inside a quoted value)'
            ),
        ),
        (
            b"a,b\n1,\0\n",
            "a.csv:2: holds control characters: this is no text file (save it as CSV UTF-8)",
        ),
        (
            b"a,b\n\n1,\x81\xff\n",
            "a.csv:3: is neither UTF-8 nor Windows-1252 text (save it as CSV UTF-8)",
        ),
        ("a\n1".encode("utf-16"), "a.csv: is UTF-16 text (save it as CSV UTF-8)"),
        (b"PK\x03\x04....", "a.csv: is an Excel workbook, not CSV (give its name the ending .xlsx)"),
    ],
)
def test_broken_csv(tmp_path, content, told):
    assert complaint(write(tmp_path / "a.csv", content)) == told


def test_all_ragged_rows_are_told_at_once(tmp_path):
    path = write(tmp_path / "a.csv", "a,b\n1\n1,2\n1,2,3\n")
    with pytest.raises(TableError) as caught:
        read_sheet(path)
    assert [problem.place.line for problem in caught.value.problems] == [2, 4]


def test_very_many_ragged_rows_are_counted_not_listed(tmp_path):
    with pytest.raises(TableError) as caught:
        read_sheet(write(tmp_path / "a.csv", "a,b\n" + "1\n" * 5000))
    assert len(caught.value.problems) == 51
    assert str(caught.value.problems[-1]) == "and 4,950 more problems like these"


def test_missing_file_folder_and_unknown_kinds(tmp_path):
    assert complaint(tmp_path / "a.csv") == "a.csv: there is no such file (its folder is empty)"
    write(tmp_path / "programs.csv", "a")
    write(tmp_path / "notes.docx", "a")
    assert complaint(tmp_path / "program.csv") == (
        "program.csv: there is no such file (did you mean 'programs.csv'?)"
    )
    assert complaint(tmp_path / "zzz.csv") == (
        "zzz.csv: there is no such file (its folder holds notes.docx, programs.csv)"
    )
    assert complaint(tmp_path / "notes.docx") == (
        "notes.docx: the name must end in one of .csv, .tsv, .txt, .xlsx, .xlsm, .parquet"
        " (save it as .xlsx or as CSV UTF-8)"
    )
    (tmp_path / "dir.csv").mkdir()
    assert complaint(tmp_path / "dir.csv") == "dir.csv: is a folder, but a file is needed"
    (tmp_path / "dir.csv" / "notes.md").write_text("")
    (tmp_path / "dir.csv" / "matches.csv").write_text("")
    told = complaint(tmp_path / "dir.csv")
    assert told.startswith("dir.csv: is a folder, but a file is needed (give a file of it, such as ")
    assert told.endswith("dir.csv/matches.csv)")
    assert "there is no folder" in complaint(tmp_path / "nowhere" / "a.csv")
    assert "cannot be opened: " in complaint(Path(f"{'x' * 300}.csv"))


def test_too_large_a_file_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(sheet_formats, "LARGEST_FILE", 2**20)
    path = write(tmp_path / "a.csv", b"x" * (2 * 2**20))
    assert complaint(path) == "a.csv: has 2 MB, but files up to 1 MB are read"


def test_broken_workbooks(tmp_path, monkeypatch):
    junk = write(tmp_path / "junk.xlsx", b"not a workbook")
    assert complaint(junk) == "junk.xlsx: cannot be opened as an Excel workbook: File is not a zip file"
    with zipfile.ZipFile(tmp_path / "zip.xlsx", "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert complaint(tmp_path / "zip.xlsx").startswith("zip.xlsx: cannot be opened as an Excel workbook: ")
    several = workbook(tmp_path / "several.xlsx", one=[["a"]], two=[["b"]])
    assert complaint(several) == "several.xlsx: has 2 sheets ('one', 'two') and none is named 'several'"
    assert complaint(several, "onee") == (
        "several.xlsx: has no sheet 'onee'; there are 'one', 'two' (did you mean 'one'?)"
    )
    assert complaint(workbook(tmp_path / "ragged.xlsx", s=[["a", None], [1, 2]])) == (
        "ragged.xlsx[s]:1:2: there are values below an empty heading"
    )
    monkeypatch.setattr(sheet_formats, "LARGEST_UNPACKED", 2**10)
    assert "unpacks to" in complaint(several)


def test_a_stray_cell_in_the_far_corner_is_refused_before_it_takes_all_memory(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "program"
    book.active["XFD1048576"] = "stray"
    book.save(tmp_path / "a.xlsx")
    assert complaint(tmp_path / "a.xlsx") == (
        "a.xlsx: a sheet reaches to row 1,048,576 and column 16,384, more than 20,000,000 cells"
        " (delete the stray cells far below or to the right of the table)"
    )


def test_broken_parquet(tmp_path):
    assert complaint(write(tmp_path / "a.parquet", b"junk")).startswith(
        "a.parquet: cannot be read as Parquet: "
    )


def test_missing_columns_are_all_named_with_what_there_is(tmp_path):
    sheet = read_sheet(write(tmp_path / "a.csv", "program,qouta\nX,1\n"))
    with pytest.raises(TableError) as caught:
        sheet.require("program", "quota", "track")
    assert str(caught.value).replace(f"{tmp_path}/", "").splitlines() == [
        "a.csv:1: column 'quota' is missing; there are 'program', 'qouta' (did you mean 'qouta'?)",
        (
            "a.csv:1: column 'track' is missing; there are 'program', 'qouta'"
            " (the first line must name the columns)"
        ),
    ]
    with pytest.raises(TableError, match="column 'track' is missing"):
        sheet.column("track")


# Columns of numbers


def told(tmp_path: Path, problems: list[Problem]) -> list[str]:
    return [str(problem).replace(f"{tmp_path}/", "") for problem in problems]


def test_integers_collect_every_problem_with_its_place(tmp_path):
    path = write(tmp_path / "a.csv", "n,q\na,3\nb,-1\nc,\nd,7.0\ne,1_0\nf,٣\ng,2.5\nh,99999999999999999999\n")
    problems: list[Problem] = []
    assert read_sheet(path).integers("q", problems, at_least=0) == [3, None, None, 7, None, None, None, None]
    assert told(tmp_path, problems) == [
        "a.csv:3:2: q must be a whole number, at least 0, got '-1'",
        "a.csv:4:2: q must be a whole number, at least 0, got an empty cell",
        "a.csv:6:2: q must be a whole number, at least 0, got '1_0'",
        "a.csv:7:2: q must be a whole number, at least 0, got '٣'",
        "a.csv:8:2: q must be a whole number, at least 0, got '2.5'",
        "a.csv:9:2: q must be a whole number, at least 0, got '99999999999999999999'",
    ]


def test_integers_with_limits_and_blanks(tmp_path):
    sheet = read_sheet(write(tmp_path / "a.csv", "n,q\na,3\nb,\nc,11\n"))
    problems: list[Problem] = []
    assert sheet.integers("q", problems, at_least=1, at_most=10, blank=5) == [3, 5, None]
    assert told(tmp_path, problems) == ["a.csv:4:2: q must be a whole number from 1 to 10, got '11'"]


def test_numbers_and_flags(tmp_path):
    path = write(tmp_path / "a.csv", 'x,y\n2.5,yes\n-1e3,FALSE\n"3,5",maybe\nnan,1\ninf,0\n1e999,n\n.5,T\n')
    problems: list[Problem] = []
    sheet = read_sheet(path)
    assert sheet.numbers("x", problems) == [2.5, -1000.0, None, None, None, None, 0.5]
    assert sheet.flags("y", problems) == [True, False, None, True, False, False, True]
    assert told(tmp_path, problems) == [
        "a.csv:4:1: x must be a number such as 2.5, got '3,5'",
        "a.csv:5:1: x must be a number such as 2.5, got 'nan'",
        "a.csv:6:1: x must be a number such as 2.5, got 'inf'",
        "a.csv:7:1: x must be a number such as 2.5, got '1e999'",
        "a.csv:4:2: y must be true or false, got 'maybe'",
    ]


def test_texts_may_not_be_empty(tmp_path):
    problems: list[Problem] = []
    sheet = read_sheet(write(tmp_path / "a.csv", "n,q\n,3\nb,1\n"))
    assert sheet.texts("n", problems) == ["", "b"]
    assert told(tmp_path, problems) == ["a.csv:2:1: n is empty"]


@given(st.lists(st.integers(-(2**31) + 1, 2**31 - 1), min_size=1))
@settings(deadline=None, max_examples=50)
def test_every_integer_is_read_back(values):
    sheet = sheets.sheet_of_rows("x", enumerate([["q"], *([str(value)] for value in values)], start=1))
    problems: list[Problem] = []
    assert sheet.integers("q", problems) == values
    assert problems == []


def test_reading_csv_loads_nothing_heavy(tmp_path):
    path = write(tmp_path / "a.csv", "a\n1\n")
    heavy = "{'numpy', 'pandas', 'pyarrow', 'numba', 'python_calamine'}"
    code = (
        "import sys; from matchsim.sheets import read_sheet;"
        f"read_sheet({str(path)!r}); print({heavy} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
