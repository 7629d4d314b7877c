"""Markets written as the CSV files of a market folder."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from matchsim.engine.folder_tables import TABLES, is_table_file
from matchsim.engine.linked_writing import WrittenTable, linked_tables, program_features, rank_numbers
from matchsim.engine.market import Market
from matchsim.errors import MarketError, Place, Problem, shown
from matchsim.folders import check_folder_name, new_file
from matchsim.sheet_formats import folded
from matchsim.sheets import shortened
from matchsim.tables import Int32, Int64

__all__ = [
    "applicant_rank_numbers",
    "program_rank_numbers",
    "unwritable",
    "write_market",
    "write_table",
]

_UNWRITABLE = re.compile("[\x00-\x08\r\x0e-\x1f\ud800-\udfff]")


def write_market(market: Market, folder: str | Path) -> None:
    """Write a market as the CSV files of a market folder, in long form.

    Parameters
    ----------
    market
        The market. Couples are called by numbers; parts that are empty get no file.
    folder
        Made if need be. Tables of the same name in it are replaced, each as a whole.

    Raises
    ------
    InputError
        When the folder is not there yet and is called as a file is.
    MarketError
        When a label could not be read back (surrounding blanks, control characters), or the folder
        holds other tables with which it would be read as another market.
    """
    folder = Path(folder)
    check_folder_name(folder)
    tables = {**_tables(market), **linked_tables(market)}
    problems = [*unwritable(market), *_in_the_way(folder, tables)]
    if problems:
        raise MarketError(shortened(problems))
    folder.mkdir(parents=True, exist_ok=True)
    for name, (header, rows) in tables.items():
        write_table(folder / f"{name}.csv", header, rows)


def _tables(market: Market) -> dict[str, WrittenTable]:
    applicants, programs = list(market.applicant_labels), list(market.program_labels)
    features = program_features(market)
    by_applicants = market.applicant_offsets, applicant_rank_numbers(market)
    by_programs = market.program_offsets, program_rank_numbers(market)
    return {
        "programs": (
            ("program", "quota", *features),
            zip(programs, market.quota.tolist(), *features.values(), strict=True),
        ),
        "applicants": (("applicant",), zip(applicants)),
        "applicant_rankings": (
            ("applicant", "rank", "program"),
            _entries(applicants, *by_applicants, programs, market.applicant_programs),
        ),
        "program_rankings": (
            ("program", "rank", "applicant"),
            _entries(programs, *by_programs, applicants, market.program_applicants),
        ),
    }


def write_table(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Write a CSV file, UTF-8, under a temporary name that becomes `path` when the file is complete."""
    with new_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _entries(
    owners: list[str], offsets: Int64, numbers: Int32, others: list[str], listed: Int32
) -> Iterator[tuple[str, int, str]]:
    owner = np.repeat(np.arange(len(owners)), np.diff(offsets)).tolist()
    names = map(owners.__getitem__, owner)
    return zip(names, numbers.tolist(), map(others.__getitem__, listed.tolist()), strict=True)


def unwritable(market: Market) -> Iterator[Problem]:
    """Labels that would be read back from a CSV file as others, or not at all."""
    for kind, labels in (("applicant", market.applicant_labels), ("program", market.program_labels)):
        for label in labels:
            if label != label.strip() or not label or _UNWRITABLE.search(label):
                told = f"the {kind} {shown(label)} cannot be written to a file"
                remedy = "labels need text without surrounding blanks and control characters"
                yield Problem(told, remedy=remedy)


def _in_the_way(folder: Path, tables: Iterable[str]) -> Iterator[Problem]:
    if not folder.is_dir():
        if folder.exists():
            yield Problem("is a file, but a folder is to be written", Place(str(folder)))
        return
    written = {f"{table}.csv" for table in tables}
    for file in sorted(filter(is_table_file, folder.iterdir())):
        if folded(file.stem) in TABLES and file.name not in written:
            told = f"holds {file.name}, which would be read as a part of the market to be written"
            yield Problem(told, Place(str(folder)), remedy="remove it, or choose another folder")


def applicant_rank_numbers(market: Market) -> Int32:
    """The ranks as submitted, one for each entry of the applicants' lists."""
    return rank_numbers(market.applicant_offsets, market.applicant_rank_numbers)


def program_rank_numbers(market: Market) -> Int32:
    """The ranks as submitted, one for each entry of the programs' lists."""
    return rank_numbers(market.program_offsets, market.program_rank_numbers)
