"""Markets on disk: a folder of tables, or one workbook with the same sheets.

======================== ============================= ==========================================
table                    columns                       notes
======================== ============================= ==========================================
``programs``             ``program, quota``            quota 0 allowed
``applicants``           ``applicant``                 optional; also lists people without ranks
``applicant_rankings``   ``applicant, rank, program``  or wide: ``applicant, pref_01, pref_02, ...``
``program_rankings``     ``program, rank, applicant``  or wide: ``program, pref_01, pref_02, ...``
======================== ============================= ==========================================

Each table is a file of its name, ``.csv``, ``.xlsx`` or ``.parquet``. Other columns are kept.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matchsim.engine.builder import ApplicantRows, ProgramRows, build_market
from matchsim.engine.market import Market
from matchsim.engine.rank_sheets import RankSheet, read_rank_sheet, whole_numbers
from matchsim.errors import InputError, MarketError, Place, Problem, did_you_mean, shown
from matchsim.sheet_formats import Workbook, folded
from matchsim.sheets import SUFFIXES, WORKBOOK_SUFFIXES, Sheet, read_sheet, sheet_of_workbook
from matchsim.tables import Int32, Int64

__all__ = [
    "MarketFolder",
    "applicant_rank_numbers",
    "program_rank_numbers",
    "read_folder",
    "read_market",
    "shortened",
    "write_market",
    "write_table",
]

REQUIRED = ("programs", "applicant_rankings", "program_rankings")
TABLES = ("programs", "applicants", "applicant_rankings", "program_rankings")
# Parts of the contract that this version cannot process; leaving them out would be another market.
NOT_YET = {
    "couples": "couples",
    "supplemental_rankings": "supplemental rank order lists",
    "reversions": "reversions of positions",
}
LISTED = 50
_UNWRITABLE = re.compile("[\x00-\x08\r\x0e-\x1f\ud800-\udfff]")


@dataclass(frozen=True, eq=False)
class MarketFolder:
    """A market with all that its folder says beyond ranks and quotas.

    Parameters
    ----------
    market
        The market.
    programs, applicants
        The sheets as read, with every column; `applicants` is None when there is no such table.
    files
        The files read, in the order of the tables.
    remarks
        What the owner of the files should be told: guessed encodings, wide form, one-sided ranks.
    """

    market: Market
    programs: Sheet
    applicants: Sheet | None
    files: tuple[Path, ...]
    remarks: tuple[str, ...]


def read_market(path: str | Path) -> Market:
    """The market in a folder or workbook; see :func:`read_folder`."""
    return read_folder(path).market


def read_folder(path: str | Path) -> MarketFolder:
    """Read and check a market folder, or one workbook with the same tables as sheets.

    Parameters
    ----------
    path
        A folder with the tables named at the top of this module, or an ``.xlsx`` file.

    Raises
    ------
    MarketError
        When tables or columns are missing, or cells cannot be used: all problems with their places.
        Also when the folder has couples, supplemental lists or reversions, which this version
        cannot process.
    """
    tables = _Tables(Path(path))
    sheets = tables.read()
    problems: list[Problem] = []
    ranks_of_applicants, ranks_of_programs = _rank_sheets(sheets, problems)
    programs = _program_rows(sheets["programs"])
    _refuse_unlisted(ranks_of_programs, programs, problems)
    applicants = _applicant_rows(sheets.get("applicants"), ranks_of_applicants)
    market = _built(programs, applicants, ranks_of_applicants, ranks_of_programs, problems)
    remarks = (
        *tables.remarks,
        *(remark for sheet in sheets.values() for remark in sheet.remarks),
        *ranks_of_applicants.remarks,
        *ranks_of_programs.remarks,
        *_one_sided(market),
    )
    return MarketFolder(market, sheets["programs"], sheets.get("applicants"), tables.files, remarks)


class _Tables:
    """Where the tables of a market are: the files of a folder, or the sheets of one workbook."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.remarks: tuple[str, ...] = ()
        self._readers: dict[str, list[tuple[str, Callable[[], Sheet]]]] = {}
        if path.is_dir():
            self._look_into_folder()
        elif path.suffix.lower() in WORKBOOK_SUFFIXES:
            self._look_into_workbook()
        elif path.exists():
            told = "is a file, but a market is a folder of tables or one .xlsx workbook"
            raise MarketError(Problem(told, Place(str(path)), remedy="give the folder that holds the file"))
        else:
            raise MarketError(Problem("there is no such folder or workbook", Place(str(path))))

    def _look_into_folder(self) -> None:
        files = sorted(
            file
            for file in self.path.iterdir()
            # Excel keeps a hidden ~$ file beside a workbook that is open.
            if file.suffix.lower() in SUFFIXES and not file.name.startswith((".", "~$"))
        )
        for file in files:
            self._readers.setdefault(folded(file.stem), []).append((file.name, _reader(file)))
        self.files = tuple(file for file in files if folded(file.stem) in TABLES)
        self.remarks = tuple(
            f"{file}: not read, no table of a market has this name; {near}"
            for file in files
            if folded(file.stem) not in (*TABLES, *NOT_YET)
            and (near := did_you_mean(file.stem, (*TABLES, *NOT_YET)))
        )

    def _look_into_workbook(self) -> None:
        workbook = Workbook(self.path)
        for name in workbook.names:
            self._readers.setdefault(folded(name), []).append((name, _sheet_reader(workbook, name)))
        self.files = (self.path,)

    def read(self) -> dict[str, Sheet]:
        """The sheets by table; everything that keeps them from being read is told at once."""
        problems = [problem for table in (*TABLES, *NOT_YET) for problem in self._out_of_place(table)]
        sheets = {}
        for table in TABLES:
            for _, reader in self._readers.get(table, [])[:1]:
                try:
                    sheets[table] = reader()
                except InputError as error:
                    problems.extend(error.problems)
        if problems:
            raise MarketError(shortened(problems))
        return sheets

    def _out_of_place(self, table: str) -> Iterator[Problem]:
        found = [name for name, _ in self._readers.get(table, [])]
        place = Place(str(self.path))
        if table in NOT_YET and found:
            told = f"has {found[0]}, but {NOT_YET[table]} cannot be processed yet"
            yield Problem(told, place, remedy="remove it only if the market is meant without")
        elif len(found) > 1:
            yield Problem(f"has {table} {len(found)} times: {', '.join(found)}", place, remedy="keep one")
        elif table in REQUIRED and not found:
            there = [name for entries in self._readers.values() for name, _ in entries]
            told = (
                f"table {table!r} is missing; there {'are ' + ', '.join(there[:12]) if there else 'is none'}"
            )
            yield Problem(told, place, remedy=did_you_mean(table, there))


def _reader(file: Path) -> Callable[[], Sheet]:
    return lambda: read_sheet(file)


def _sheet_reader(workbook: Workbook, name: str) -> Callable[[], Sheet]:
    return lambda: sheet_of_workbook(workbook, name)


def _rank_sheets(sheets: dict[str, Sheet], problems: list[Problem]) -> tuple[RankSheet, RankSheet]:
    """Both sides' lists; columns that are missing in any of the sheets are told together."""
    missing: list[Problem] = []
    found = []
    for table, owner, choice in (
        ("applicant_rankings", "applicant", "program"),
        ("program_rankings", "program", "applicant"),
    ):
        try:
            found.append(read_rank_sheet(sheets[table], owner, choice, problems))
        except InputError as error:
            missing.extend(error.problems)
    for table, columns in (("programs", ("program", "quota")), ("applicants", ("applicant",))):
        try:
            if table in sheets:
                sheets[table].require(*columns)
        except InputError as error:
            missing.extend(error.problems)
    if missing:
        raise MarketError(shortened([*missing, *problems]))
    return found[0], found[1]


def _program_rows(sheet: Sheet) -> ProgramRows:
    return ProgramRows(sheet.column("program"), whole_numbers(sheet, "quota"), sheet.place)


def _applicant_rows(sheet: Sheet | None, rankings: RankSheet) -> ApplicantRows | None:
    """Those in the applicants table, then those with a row of their own, perhaps empty, in wide form."""
    names = [] if sheet is None else sheet.column("applicant")
    listed = set(names)
    others = [name for name in rankings.owners if name not in listed]

    def place(i: int, column: str) -> Place:
        if sheet is None or i >= len(names):
            return rankings.owners[others[i - len(names)]]
        return sheet.place(i, column)

    return ApplicantRows([*names, *others], place) if sheet is not None or others else None


def _refuse_unlisted(rankings: RankSheet, programs: ProgramRows, problems: list[Problem]) -> None:
    """Programs with an empty wide list leave no row behind by which anybody could notice them."""
    known, ranking = set(programs.program), set(rankings.rows.owner)
    problems.extend(
        Problem(f"unknown program {shown(name)}", place, remedy=did_you_mean(name, known))
        for name, place in rankings.owners.items()
        if name not in known and name not in ranking
    )


def _built(
    programs: ProgramRows,
    applicants: ApplicantRows | None,
    ranks_of_applicants: RankSheet,
    ranks_of_programs: RankSheet,
    problems: list[Problem],
) -> Market:
    try:
        market = build_market(programs, applicants, ranks_of_applicants.rows, ranks_of_programs.rows)
    except MarketError as error:
        raise MarketError([*shortened(problems), *error.problems]) from None
    if problems:
        raise MarketError(shortened(problems))
    return market


def shortened(problems: list[Problem]) -> list[Problem]:
    """The first problems, and how many more there are: a file with a wrong column has half a million."""
    if len(problems) <= LISTED:
        return problems
    return [*problems[:LISTED], Problem(f"and {len(problems) - LISTED:,} more problems like these")]


def _one_sided(market: Market) -> Iterator[str]:
    for ranks, side, other in (
        (market.program_rank, "applicants", "program"),
        (market.applicant_rank, "programs", "applicant"),
    ):
        count = int(np.count_nonzero(ranks < 0))
        if count:
            told = "rank is" if count == 1 else "ranks are"
            yield (
                f"{count:,} {told} one-sided: given by {side}, but the {other} does not rank them;"
                " they stay in the tables and cannot match"
            )


# Writing


def write_market(market: Market, folder: str | Path) -> None:
    """Write a market as the CSV files of a market folder, in long form.

    Parameters
    ----------
    market
        The market.
    folder
        Made if need be. Tables of the same name in it are replaced, each as a whole.

    Raises
    ------
    MarketError
        When a label could not be read back (surrounding blanks, control characters), or the folder
        holds other tables with which it would be read as another market.
    """
    folder = Path(folder)
    applicants, programs = list(market.applicant_labels), list(market.program_labels)
    problems = [
        *_unwritable("applicant", applicants),
        *_unwritable("program", programs),
        *_in_the_way(folder),
    ]
    if problems:
        raise MarketError(shortened(problems))
    folder.mkdir(parents=True, exist_ok=True)
    write_table(
        folder / "programs.csv", ("program", "quota"), zip(programs, market.quota.tolist(), strict=True)
    )
    write_table(folder / "applicants.csv", ("applicant",), zip(applicants))
    write_table(
        folder / "applicant_rankings.csv",
        ("applicant", "rank", "program"),
        _entries(
            applicants,
            market.applicant_offsets,
            applicant_rank_numbers(market),
            programs,
            market.applicant_programs,
        ),
    )
    write_table(
        folder / "program_rankings.csv",
        ("program", "rank", "applicant"),
        _entries(
            programs,
            market.program_offsets,
            program_rank_numbers(market),
            applicants,
            market.program_applicants,
        ),
    )


def write_table(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Write a CSV file, UTF-8, under a temporary name that becomes `path` when the file is complete."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _entries(
    owners: list[str], offsets: Int64, numbers: Int32, others: list[str], listed: Int32
) -> Iterator[tuple[str, int, str]]:
    owner = np.repeat(np.arange(len(owners)), np.diff(offsets)).tolist()
    names = map(owners.__getitem__, owner)
    return zip(names, numbers.tolist(), map(others.__getitem__, listed.tolist()), strict=True)


def _unwritable(kind: str, labels: list[str]) -> Iterator[Problem]:
    """Labels that would be read back as others, or not at all."""
    for label in labels:
        if label != label.strip() or not label or _UNWRITABLE.search(label):
            told = f"the {kind} {shown(label)} cannot be written to a file"
            yield Problem(told, remedy="labels need text without surrounding blanks and control characters")


def _in_the_way(folder: Path) -> Iterator[Problem]:
    if not folder.is_dir():
        if folder.exists():
            yield Problem("is a file, but a folder is to be written", Place(str(folder)))
        return
    written = {f"{table}.csv" for table in TABLES}
    for file in sorted(folder.iterdir()):
        if folded(file.stem) in (*TABLES, *NOT_YET) and file.suffix in SUFFIXES and file.name not in written:
            told = f"holds {file.name}, which would be read as a part of the market to be written"
            yield Problem(told, Place(str(folder)), remedy="remove it, or choose another folder")


def applicant_rank_numbers(market: Market) -> Int32:
    """The ranks as submitted, one for each entry of the applicants' lists."""
    return _numbers(market.applicant_offsets, market.applicant_rank_numbers)


def program_rank_numbers(market: Market) -> Int32:
    """The ranks as submitted, one for each entry of the programs' lists."""
    return _numbers(market.program_offsets, market.program_rank_numbers)


def _numbers(offsets: Int64, submitted: Int32 | None) -> Int32:
    if submitted is not None:
        return submitted
    places = np.arange(1, offsets[-1] + 1) - np.repeat(offsets[:-1], np.diff(offsets))
    return places.astype(np.int32)
