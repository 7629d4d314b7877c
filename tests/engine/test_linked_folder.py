"""Couples, supplemental lists, reversions and features of programs in folders, workbooks and data frames."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from linked_folders import linked_markets
from small_market import refusal
from test_folder import lay_out, remarks

from matchsim.engine import Market, linked_reference
from matchsim.engine.folder import read_folder, read_market, write_market
from matchsim.engine.linked import Reversions
from matchsim.engine.one_sided import one_sided_ranks
from matchsim.errors import MarketError

QUIET = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))

COUPLES = """couple,rank,applicant_1,program_1,applicant_2,program_2
b,9,Fay,Rad,Gil,999999999
a,2,Ana,City,Bo,
a,7,Ana,City,Bo,Mercy
b,3,Fay,,Gil,City
a,1,Ana,Mercy,Bo,City
"""
TABLES = {
    "programs.csv": (
        "program,quota,track,joint_with,parity\nCity,2,C,,even\nMercy,1,,,\nRad,1,A,,any\nYear,1,P,,\nOwn,1,P,Rad,odd\n"
    ),
    "applicant_rankings.csv": "applicant,rank,program\nCy,1,Rad\nCy,4,City\n",
    "program_rankings.csv": "program,rank,applicant\nCity,1,Bo\nCity,2,Ana\nRad,1,Cy\nOwn,1,Cy\nMercy,1,Cy\n",
    "couples.csv": COUPLES,
    "supplemental_rankings.csv": (
        "applicant,advanced_program,rank,program\nCy,Rad,5,Own\nCy,Rad,2,Year\nFay,Rad,1,Own\n"
    ),
    "reversions.csv": "donor,receiver,positions,order\nCity,Rad,1,2\nMercy,Rad,1,1\nCity,Mercy,2,1\n",
}


def market_of(tmp_path: Path, **tables: str) -> Market:
    given_tables = {**TABLES, **{f"{name}.csv": text for name, text in tables.items()}}
    return read_market(lay_out(tmp_path / "market", **given_tables))


def test_all_parts_are_read_as_they_stand(tmp_path):
    market = market_of(tmp_path)
    assert list(market.applicant_labels) == ["Cy", "Fay", "Gil", "Ana", "Bo"]
    couples = market.couples
    assert couples.first.tolist() == [1, 3]
    assert couples.offsets.tolist() == [0, 2, 5]
    assert couples.first_program.tolist() == [-1, 2, 1, 0, 0]
    assert couples.second_program.tolist() == [0, -1, 0, -1, 1]
    assert couples.rank_numbers.tolist() == [3, 9, 1, 2, 7]
    lists = market.supplementals
    assert lists.applicant.tolist() == [0, 1]
    assert lists.advanced.tolist() == [2, 2]
    assert lists.programs.tolist() == [3, 4, 4]
    assert lists.rank_numbers.tolist() == [2, 5, 1]
    # In the order given, and as the rows stand where it is the same.
    assert market.reversions.donor.tolist() == [1, 0, 0]
    assert market.reversions.receiver.tolist() == [2, 1, 2]
    assert market.reversions.positions.tolist() == [1, 2, 1]
    assert market.tracks.tolist() == [0, -1, 3, 2, 2]
    assert market.joint_with.tolist() == [-1, -1, -1, -1, 2]
    assert market.parity.tolist() == [2, 0, 0, 0, 1]


def test_without_an_order_the_rows_of_reversions_count(tmp_path):
    market = market_of(tmp_path, reversions="donor,receiver,positions\nCity,Rad,1\nCity,Mercy,2\n")
    assert market.reversions.receiver.tolist() == [2, 1]


def test_supplemental_lists_may_be_wide(tmp_path):
    wide = "Applicant,Advanced Program,pref_1,pref_2,pref_5\nCy,Rad,,Year,Own\nFay,Rad,Own,,\n"
    assert market_of(tmp_path / "wide", supplemental_rankings=wide).equals(market_of(tmp_path / "long"))


@pytest.fixture(autouse=True)
def _folders(tmp_path):
    for name in ("wide", "long"):
        (tmp_path / name).mkdir()


def test_a_couple_or_list_without_ranks_has_a_row_without_rank_and_program(tmp_path):
    market = market_of(
        tmp_path,
        couples="couple,rank,applicant_1,program_1,applicant_2,program_2\na,,Ana,,Bo,\n",
        supplemental_rankings="applicant,advanced_program,rank,program\nCy,Rad,,\n",
    )
    assert len(market.couples) == len(market.supplementals) == 1
    assert len(market.couples.first_program) == len(market.supplementals.programs) == 0


def test_tables_and_columns_without_content_are_none(tmp_path):
    market = market_of(
        tmp_path,
        programs="program,quota,track,joint_with,parity\nCity,2,,,\nMercy,1,,,any\nRad,1,,,\nYear,1,,,\nOwn,1,,,\n",
        program_rankings="program,rank,applicant\nRad,1,Cy\n",
        couples=COUPLES.splitlines()[0],
        supplemental_rankings="applicant,advanced_program,rank,program\n",
        reversions="donor,receiver,positions\n",
    )
    assert not market.is_linked
    assert market.tracks is None


def test_only_what_nobody_gave_back_is_one_sided(tmp_path):
    folder = lay_out(tmp_path / "market", **TABLES)
    # Mercy, of Ana and of Bo; Rad and Own, of Fay; City, of Gil; City and Year, of Cy. And Cy, of Mercy.
    assert one_sided_ranks(read_market(folder)) == (7, 1)
    assert [remark.split(":")[0] for remark in remarks(folder)] == [
        "7 ranks are one-sided",
        "1 rank is one-sided",
    ]


def plain_one_sided(market: Market) -> tuple[int, int]:
    """Every entry of every list looked for on the other side."""
    given = [(a, p) for a, name in enumerate(market.applicant_labels) for p in _indices(market, name)]
    if market.couples is not None:
        made = market.couples
        for c in range(len(made)):
            for k in range(*made.offsets[c : c + 2]):
                seats = ((made.first[c], made.first_program[k]), (made.second[c], made.second_program[k]))
                given += [(int(a), int(p)) for a, p in seats if p >= 0]
    if market.supplementals is not None:
        lists = market.supplementals
        for s in range(len(lists)):
            given += [
                (int(lists.applicant[s]), int(p)) for p in lists.programs[slice(*lists.offsets[s : s + 2])]
            ]
    back = [
        (market.applicant_labels.index_of(a), p)
        for p, name in enumerate(market.program_labels)
        for a in market.program_list(name)
    ]
    return sum(pair not in back for pair in given), sum(pair not in given for pair in back)


def _indices(market: Market, name: str) -> list[int]:
    return [market.program_labels.index_of(p) for p in market.applicant_list(name)]


@QUIET
@given(linked_markets())
def test_one_sided_ranks_as_the_plain_version_has_them(market):
    assert one_sided_ranks(market) == plain_one_sided(market)


@QUIET
@given(linked_markets())
def test_what_is_written_is_read_back(tmp_path_factory, market):
    folder = tmp_path_factory.mktemp("round") / "market"
    market.to_csv(folder)
    assert Market.from_csv(folder).differences(market) == []
    write_market(Market.from_csv(folder), folder)
    assert Market.from_csv(folder).differences(market) == []


@QUIET
@given(linked_markets())
def test_a_workbook_is_the_same_market(tmp_path_factory, market):
    folder = tmp_path_factory.mktemp("book")
    market.to_csv(folder / "market")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for file in (folder / "market").iterdir():
        sheet = book.create_sheet(file.stem.replace("_", " ").title())
        with file.open(encoding="utf-8", newline="") as text:
            for row in csv.reader(text):
                sheet.append(row)
        for cells in sheet.iter_rows():
            for cell in cells:
                if cell.value:
                    cell.data_type = "s"
    book.save(folder / "book.xlsx")
    assert read_market(folder / "book.xlsx").differences(market) == []


def frames_of(folder: Path) -> dict[str, Any]:
    return {
        file.stem: pd.read_csv(file, dtype=object, keep_default_na=False, na_values=[""])
        for file in folder.iterdir()
    }


@QUIET
@given(linked_markets())
def test_data_frames_are_the_same_market(tmp_path_factory, market):
    folder = tmp_path_factory.mktemp("frames") / "market"
    market.to_csv(folder)
    frames = frames_of(folder)
    for frame in frames.values():
        for column in {"rank", "quota", "positions", "order"} & set(frame.columns):
            frame[column] = pd.to_numeric(frame[column])
    assert Market.from_frames(**frames).differences(market) == []


def test_numbers_beside_missing_cells_in_frames_are_names():
    market = Market.from_frames(
        applicant_rankings=pd.DataFrame({"applicant": [], "rank": [], "program": []}),
        program_rankings=pd.DataFrame({"program": [7], "rank": [1], "applicant": [1]}),
        programs=pd.DataFrame({"program": [7, 8], "quota": [1, 1], "joint_with": [np.nan, 7]}),
        couples=pd.DataFrame(
            {
                "couple": ["x", "x"],
                "rank": [1, 2],
                "applicant_1": [1, 1],
                "program_1": [7, 7],
                "applicant_2": [2, 2],
                "program_2": [np.nan, 7],
            }
        ),
    )
    assert market.couples.second_program.tolist() == [-1, 0]
    assert market.joint_with.tolist() == [-1, 0]


def test_problems_of_frames_have_table_row_and_column(tmp_path):
    market_of(tmp_path)
    frames = frames_of(tmp_path / "market")
    for frame in frames.values():
        for column in {"rank", "quota", "positions", "order"} & set(frame.columns):
            frame[column] = pd.to_numeric(frame[column])
    frames["couples"].loc[0, "program_1"] = "Radd"
    frames["reversions"].loc[1, "receiver"] = "Mercy"
    frames["supplemental_rankings"] = frames["supplemental_rankings"].drop(columns="rank")
    assert refusal(Market.from_frames, **frames) == [
        "supplemental_rankings: there is no column 'rank' (there are: applicant, advanced_program, program)"
    ]
    del frames["supplemental_rankings"]
    assert refusal(Market.from_frames, **frames) == [
        "couples, row 1, program_1: unknown program 'Radd' (did you mean 'Rad'?)",
        "reversions, row 2, receiver: 'Mercy' cannot revert positions to itself",
    ]


def test_a_bad_cell_in_a_workbook_has_sheet_row_and_column(tmp_path):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, text in TABLES.items():
        sheet = book.create_sheet(name.removesuffix(".csv"))
        for line in text.splitlines():
            sheet.append([int(cell) if cell.isdigit() else cell for cell in line.split(",")])
    book.save(tmp_path / "book.xlsx")
    assert read_market(tmp_path / "book.xlsx").equals(market_of(tmp_path))
    book["couples"]["F4"] = "Merci"
    book.save(tmp_path / "book.xlsx")
    assert refusal(read_folder, tmp_path / "book.xlsx") == [
        f"{tmp_path}/book.xlsx[couples]:4:6: unknown program 'Merci' (did you mean 'Mercy'?)"
    ]


def test_at_most_300_pairs(tmp_path):
    rows = "".join(f"a,{k},Ana,P{k % 20},Bo,P{k // 20}\n" for k in range(1, 302))
    programs = "".join(f"P{k},1\n" for k in range(20))
    folder = lay_out(
        tmp_path / "market",
        **{
            "programs.csv": f"program,quota\n{programs}",
            "applicant_rankings.csv": "applicant,rank,program\n",
            "program_rankings.csv": "program,rank,applicant\n",
            "couples.csv": f"{COUPLES.splitlines()[0]}\nb,1,Cy,P1,Dee,\n{rows}",
        },
    )
    assert refusal(read_folder, folder) == [
        f"{folder}/couples.csv:3:2: a couple may rank at most 300 pairs, got 301"
    ]


def test_writing_leaves_no_part_of_another_market(tmp_path):
    market = market_of(tmp_path)
    write_market(market, tmp_path / "again")
    plain = market.replace(couples=None, supplementals=None)
    assert refusal(write_market, plain, tmp_path / "again") == [
        (
            f"{tmp_path}/again: holds {name}, which would be read as a part of the market to be written"
            " (remove it, or choose another folder)"
        )
        for name in ("couples.csv", "supplemental_rankings.csv")
    ]
    assert read_market(tmp_path / "again").equals(market)


def test_reversions_are_written_in_their_order(tmp_path):
    market = market_of(tmp_path).replace(reversions=Reversions([0, 1, 0], [3, 3, 1], [1, 1, 1]))
    market.to_csv(tmp_path / "again")
    assert (tmp_path / "again" / "reversions.csv").read_text() == (
        "donor,receiver,positions,order\nCity,Year,1,1\nMercy,Year,1,2\nCity,Mercy,1,3\n"
    )
    with pytest.raises(MarketError):
        market.replace(reversions=Reversions([0, 1], [1, 0], [1, 1]))


def test_the_plain_versions_see_the_same_market(tmp_path):
    """A market read from files is solved like one made in Python; nothing depends on where it came from."""
    market = market_of(tmp_path)
    again = Market.from_lists(
        {name: market.applicant_list(name) for name in market.applicant_labels},
        {name: market.program_list(name) for name in market.program_labels},
        dict(zip(market.program_labels, market.quota.tolist(), strict=True)),
        couples={
            ("Fay", "Gil"): [(None, "City"), ("Rad", None)],
            ("Ana", "Bo"): [("Mercy", "City"), ("City", None), ("City", "Mercy")],
        },
        supplemental={("Cy", "Rad"): ["Year", "Own"], ("Fay", "Rad"): ["Own"]},
    )
    assert list(linked_reference.stable_matchings(market)) == list(linked_reference.stable_matchings(again))
