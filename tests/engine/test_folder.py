"""Market folders and workbooks: round trips, the forms people use, and what is refused in which words."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchsim.engine.folder import read_folder, read_market, write_market
from matchsim.engine.folder_tables import REQUIRED
from matchsim.engine.folder_writing import applicant_rank_numbers, program_rank_numbers, write_table
from matchsim.engine.market import Market
from matchsim.errors import MarketError

DATA = Path(__file__).parents[1] / "data"
MARKETS = DATA / "markets"

GOOD = {
    "programs.csv": "program,quota\nCity,2\nMercy,1\n",
    "applicant_rankings.csv": "applicant,rank,program\nAna,1,City\nAna,2,Mercy\nBo,1,City\nCy,1,Mercy\n",
    "program_rankings.csv": "program,rank,applicant\nCity,1,Bo\nCity,2,Ana\nMercy,1,Ana\nMercy,2,Cy\n",
}
MARKET = Market.from_lists(
    applicants={"Ana": ["City", "Mercy"], "Bo": ["City"], "Cy": ["Mercy"]},
    programs={"City": ["Bo", "Ana"], "Mercy": ["Ana", "Cy"]},
    quotas={"City": 2, "Mercy": 1},
)

AWKWARD = [
    '=HYPERLINK("http://x")',
    "<script>alert(1)</script>",
    "a,b",
    'say "hi"',
    "007",
    "7",
    "1e5",
    "Zoë; x",
]
letters = st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t,;\"'=<")
names = st.sampled_from(AWKWARD) | st.text(letters, max_size=6).map(lambda text: text.strip() or "nobody")


@st.composite
def markets(draw) -> Market:
    """Small markets with awkward names, one-sided entries, empty lists, quota 0, or nobody at all."""
    applicants = draw(st.lists(names, unique=True, max_size=5))
    programs = draw(st.lists(names, unique=True, max_size=4))

    def lists(owners, others):
        ranked = st.lists(st.sampled_from(others), unique=True) if others else st.just([])
        return {owner: draw(ranked) for owner in owners}

    quotas = {program: draw(st.integers(0, 3)) for program in programs}
    return Market.from_lists(lists(applicants, programs), lists(programs, applicants), quotas)


def lay_out(folder: Path, **tables: str | bytes | None) -> Path:
    """A folder with the good tables, some exchanged or (None) left out; ``__`` stands for the dot."""
    folder.mkdir(exist_ok=True)
    for name, content in {**GOOD, **{key.replace("__", "."): text for key, text in tables.items()}}.items():
        if content is not None:
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def same(one: Market, two: Market) -> bool:
    return (
        one.equals(two)
        and tuple(one.applicant_labels) == tuple(two.applicant_labels)
        and tuple(one.program_labels) == tuple(two.program_labels)
        and np.array_equal(program_rank_numbers(one), program_rank_numbers(two))
        and np.array_equal(applicant_rank_numbers(one), applicant_rank_numbers(two))
    )


def lists_of(market: Market) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    applicants, programs = list(market.applicant_labels), list(market.program_labels)
    return (
        _lists(applicants, market.applicant_offsets, market.applicant_programs, programs),
        _lists(programs, market.program_offsets, market.program_applicants, applicants),
    )


def _lists(owners, offsets, listed, others):
    return {owner: [others[i] for i in listed[offsets[k] : offsets[k + 1]]] for k, owner in enumerate(owners)}


# Round trips


@given(market=markets())
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read_back(tmp_path, market):
    write_market(market, tmp_path / "market")
    found = read_folder(tmp_path / "market")
    assert same(found.market, market)
    assert [file.name for file in found.files] == sorted([*GOOD, "applicants.csv"])


def wide_tables(market: Market) -> dict[str, list[list[object]]]:
    tables: dict[str, list[list[object]]] = {
        "programs": [
            ["program", "quota"],
            *map(list, zip(market.program_labels, market.quota.tolist(), strict=True)),
        ]
    }
    for owner, lists in zip(("applicant", "program"), lists_of(market), strict=True):
        width = max(map(len, lists.values()), default=0) + 1
        header = [owner, *(f"pref_{number:02d}" for number in range(1, width + 1))]
        rows = [[name, *listed, *[None] * (width - len(listed))] for name, listed in lists.items()]
        tables[f"{owner}_rankings"] = [header, *rows]
    return tables


@given(market=markets())
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_wide_lists_are_the_same_market(tmp_path, market):
    for table, rows in wide_tables(market).items():
        with (tmp_path / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
    assert same(read_market(tmp_path), market)


@given(market=markets())
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_workbook_is_the_same_market(tmp_path, market):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for table, rows in wide_tables(market).items():
        sheet = book.create_sheet(table.replace("_", " ").title())
        for row in rows:
            sheet.append(row)
        for cells in sheet.iter_rows(min_row=2):
            for cell in cells:
                # openpyxl takes text that begins with = for a formula, as Excel would on typing.
                if isinstance(cell.value, str):
                    cell.data_type = "s"
    book.save(tmp_path / "book.xlsx")
    assert same(read_market(tmp_path / "book.xlsx"), market)


def test_gaps_in_ranks_survive_the_round_trip(tmp_path):
    gaps = "applicant,rank,program\nAna,7,Mercy\nBo,1,City\nAna,3,City\nCy,1,Mercy\n"
    market = read_market(lay_out(tmp_path / "market", applicant_rankings__csv=gaps))
    write_market(market, tmp_path / "again")
    again = (tmp_path / "again" / "applicant_rankings.csv").read_text()
    assert again == "applicant,rank,program\nAna,3,City\nAna,7,Mercy\nBo,1,City\nCy,1,Mercy\n"


# The forms people use


@pytest.mark.parametrize("name", sorted(entry.name for entry in MARKETS.iterdir()))
def test_every_form_in_the_data_folder_is_one_market(name):
    # One of them says of which track the programs are.
    assert same(read_market(MARKETS / name).replace(tracks=None), MARKET)


def test_the_data_folder_is_not_empty():
    assert len(list(MARKETS.iterdir())) >= 6


def test_numbers_in_excel_are_names_without_decimals(tmp_path):
    book = openpyxl.Workbook()
    book.remove(book.active)
    tables = {
        "programs": [["program", "quota"], [1401, 1.0]],
        "applicant_rankings": [["applicant", "rank", "program"], [7, 1.0, 1401.0], ["007", 1, "1401"]],
        "program_rankings": [["program", "rank", "applicant"], [1401, 1, "007"], [1401, 2, 7.0]],
    }
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "book.xlsx")
    assert lists_of(read_market(tmp_path / "book.xlsx")) == (
        {"7": ["1401"], "007": ["1401"]},
        {"1401": ["007", "7"]},
    )


def test_gaps_in_wide_lists_keep_the_numbers_of_the_columns(tmp_path):
    wide = "applicant,choice 1,choice 2,choice 10\nAna,,City,Mercy\nBo,City\nCy,,,Mercy\n"
    market = read_market(lay_out(tmp_path / "market", applicant_rankings__csv=wide))
    assert applicant_rank_numbers(market).tolist() == [2, 10, 1, 10]


def test_other_numbered_columns_may_stand_beside_a_wide_list(tmp_path):
    wide = "applicant,step_1,step_2,Choice 2,Choice 1\nAna,240,250,Mercy,City\nBo,,,,City\nCy,230,,,Mercy\n"
    assert same(read_market(lay_out(tmp_path / "market", applicant_rankings__csv=wide)), MARKET)


def test_people_without_ranks_may_stand_in_applicants_or_in_a_wide_row(tmp_path):
    market = read_market(lay_out(tmp_path / "long", applicants__csv="age,applicant\n31,Dee\n28,Ana\n"))
    assert list(market.applicant_labels) == ["Dee", "Ana", "Bo", "Cy"]
    wide = "applicant,pref_1,pref_2\nEli,,\nAna,City,Mercy\nBo,City,\nCy,Mercy,\n"
    market = read_market(
        lay_out(tmp_path / "wide", applicants__csv="applicant\nDee\nAna\n", applicant_rankings__csv=wide)
    )
    assert list(market.applicant_labels) == ["Dee", "Ana", "Eli", "Bo", "Cy"]


def test_nobody_and_nothing(tmp_path):
    nobody = lay_out(
        tmp_path / "market",
        programs__csv="program,quota\n",
        applicant_rankings__csv="applicant,rank,program\n",
        program_rankings__csv="program,rank,applicant\n",
    )
    assert read_market(nobody).differences(Market.from_lists({}, {}, {})) == []


def test_other_columns_are_kept(tmp_path):
    found = read_folder(
        lay_out(
            tmp_path / "market",
            programs__csv="program,quota,city\nCity,2,Springfield\nMercy,1,\n",
            applicants__csv="applicant,age\nAna,31\nBo,\nCy,28\n",
        )
    )
    assert found.programs.column("city") == ["Springfield", ""]
    assert found.applicants is not None
    assert found.applicants.column("age") == ["31", "", "28"]


def test_one_table_may_be_excel_or_parquet_among_csv(tmp_path):
    pandas = pytest.importorskip("pandas")
    folder = lay_out(tmp_path / "market", programs__csv=None, program_rankings__csv=None)
    pandas.DataFrame({"program": ["City", "Mercy"], "quota": [2, 1]}).to_parquet(folder / "programs.parquet")
    book = openpyxl.Workbook()
    for line in GOOD["program_rankings.csv"].splitlines():
        book.active.append(line.split(","))
    book.save(folder / "program_rankings.xlsx")
    (folder / "~$program_rankings.xlsx").write_bytes(b"Excel's lock")
    (folder / "notes.txt").write_text("anything")
    assert same(read_market(folder), MARKET)
    assert remarks(folder) == []


def remarks(folder: Path) -> list[str]:
    return [remark.replace(str(folder), "m") for remark in read_folder(folder).remarks]


def test_remarks_say_what_was_guessed_and_what_cannot_match(tmp_path):
    folder = lay_out(
        tmp_path / "market",
        applicants__csv="applicant\nJosé\n".encode("cp1252"),
        applicant_rankings__csv="applicant;pref_1;pref_2\nAna;City;Mercy\nBo;City\nCy;Mercy;City\n",
        program_rankings__csv="program,rank,applicant\nCity,1,Bo\nCity,2,José\nMercy,1,Ana\nMercy,2,Cy\n",
        couple__csv="",
    )
    assert remarks(folder) == [
        "m: couple.csv is not read, no table of a market has this name; did you mean 'couples'?",
        "m/applicants.csv:2: not UTF-8; the file was read as Windows-1252",
        "m/applicant_rankings.csv: read as separated by semicolons",
        "m/applicant_rankings.csv: read as wide, one row for each applicant, ranks from pref_1 to pref_2",
        (
            "2 ranks are one-sided: given by applicants, but the program does not rank them;"
            " they stay in the tables and cannot match"
        ),
        (
            "1 rank is one-sided: given by programs, but the applicant does not rank them;"
            " they stay in the tables and cannot match"
        ),
    ]


def test_a_clean_folder_gives_no_remarks(tmp_path):
    assert remarks(lay_out(tmp_path / "market")) == []


# What is refused, and in which words


def broken_folders() -> Iterator[tuple[str, dict[str, str | None], list[str]]]:
    """The cases of the data file: title, tables exchanged for others, problems to be told."""
    text = (DATA / "broken_market_folders.txt").read_text(encoding="utf-8")
    for case in text.split("\n## ")[1:]:
        title, *lines = case.splitlines()
        tables: dict[str, str | None] = {}
        told = []
        for line in filter(None, lines):
            if line.startswith("-- "):
                name = line[3:].removesuffix(": missing")
                tables[name] = None if line.endswith(": missing") else ""
            elif line.startswith(">> "):
                told.append(line[3:])
            else:
                tables[name] = f"{tables[name]}{line}\n"
        yield title, tables, told


BROKEN = list(broken_folders())


def test_there_are_many_broken_folders():
    assert len(BROKEN) >= 45
    assert all(tables and told for _, tables, told in BROKEN)


@pytest.mark.parametrize(("title", "tables", "told"), BROKEN)
def test_broken_folders(tmp_path, title, tables, told):
    folder = lay_out(tmp_path / "market", **tables)
    with pytest.raises(MarketError) as caught:
        read_folder(folder)
    assert str(caught.value).replace(str(folder), "m").splitlines() == told, title


def test_no_folder(tmp_path):
    with pytest.raises(MarketError, match=r"nowhere: there is no such folder or workbook$"):
        read_folder(tmp_path / "nowhere")
    with pytest.raises(
        MarketError, match=r"programs.csv: is a file, but a market is a folder of tables, one"
    ):
        read_folder(lay_out(tmp_path / "market") / "programs.csv")
    (tmp_path / "empty").mkdir()
    with pytest.raises(MarketError) as caught:
        read_folder(tmp_path / "empty")
    assert [problem.message for problem in caught.value.problems] == [
        f"table {table!r} is missing; there is none" for table in REQUIRED
    ]


def test_a_workbook_without_the_sheets(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "program"
    book.active.append(["program", "quota"])
    book.save(tmp_path / "book.xlsx")
    with pytest.raises(MarketError) as caught:
        read_folder(tmp_path / "book.xlsx")
    assert str(caught.value.problems[0]) == (
        f"{tmp_path}/book.xlsx: table 'programs' is missing; there are program (did you mean 'program'?)"
    )


def test_a_bad_cell_in_a_workbook_has_sheet_row_and_column(tmp_path):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, text in GOOD.items():
        sheet = book.create_sheet(name.removesuffix(".csv"))
        for line in text.splitlines():
            sheet.append(line.split(","))
    book["programs"]["B3"] = -1
    book.save(tmp_path / "book.xlsx")
    with pytest.raises(MarketError) as caught:
        read_folder(tmp_path / "book.xlsx")
    assert str(caught.value) == (
        f"{tmp_path}/book.xlsx[programs]:3:2: quota must be a whole number from 0 to 2147483647, got -1"
    )


def test_very_many_problems_are_counted_not_listed(tmp_path):
    rows = "".join(f"P{number},\n" for number in range(5000))
    with pytest.raises(MarketError) as caught:
        read_folder(lay_out(tmp_path / "market", program_rankings__csv=f"program,pref_1\n{rows}"))
    assert len(caught.value.problems) == 51
    assert str(caught.value.problems[-1]) == "and 4,950 more problems like these"


# Writing


@pytest.mark.parametrize("label", [" Ana", "Ana\n", "A\0", "A\rB", "\udc80", "\x1b[31m"])
def test_labels_that_could_not_be_read_back_are_not_written(tmp_path, label):
    market = Market.from_lists({label: []}, {}, {})
    with pytest.raises(MarketError, match="cannot be written to a file"):
        write_market(market, tmp_path / "market")
    assert not (tmp_path / "market").exists()


def test_writing_replaces_tables_but_not_a_folder_that_would_mean_something_else(tmp_path):
    write_market(MARKET, tmp_path)
    smaller = Market.from_lists({"Ana": []}, {}, {})
    write_market(smaller, tmp_path)
    assert same(read_market(tmp_path), smaller)
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted([*GOOD, "applicants.csv"])
    (tmp_path / "couples.csv").write_text("couple\n")
    with pytest.raises(MarketError, match=r"holds couples.csv, which would be read as a part of the market"):
        write_market(MARKET, tmp_path)
    assert (tmp_path / "applicants.csv").read_text() == "applicant\nAna\n"


def test_writing_onto_a_file_is_refused(tmp_path):
    (tmp_path / "market").write_text("")
    with pytest.raises(MarketError, match="is a file, but a folder is to be written"):
        write_market(MARKET, tmp_path / "market")


def test_a_write_that_fails_leaves_the_old_table(tmp_path):
    write_table(tmp_path / "a.csv", ("x",), [("old",)])

    def rows():
        yield ("new",)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_table(tmp_path / "a.csv", ("x",), rows())
    assert [file.name for file in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv").read_text() == "x\nold\n"


def test_from_csv_and_to_csv_are_the_same_doors(tmp_path):
    MARKET.to_csv(tmp_path / "market")
    assert same(Market.from_csv(tmp_path / "market"), MARKET)
