"""Which tables a market has on disk, and where: files of a folder, or sheets of one workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from matchsim.errors import InputError, MarketError, Place, Problem, did_you_mean
from matchsim.sheet_formats import Workbook, folded
from matchsim.sheets import SUFFIXES, WORKBOOK_SUFFIXES, Sheet, read_sheet, sheet_of_workbook

__all__ = ["REQUIRED", "TABLES", "MarketTables", "is_table_file"]

REQUIRED = ("programs", "applicant_rankings", "program_rankings")
TABLES = (
    "programs",
    "applicants",
    "applicant_rankings",
    "program_rankings",
    "couples",
    "supplemental_rankings",
    "reversions",
)


class MarketTables:
    """Where the tables of a market are: the files of a folder, or the sheets of one workbook."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._readers: dict[str, list[tuple[str, Callable[[], Sheet]]]] = {}
        try:
            self._look()
        except OSError as error:
            raise MarketError(Problem(f"cannot be opened: {error.strerror}", Place(str(path)))) from None

    def _look(self) -> None:
        if self.path.is_dir():
            self._look_into_folder()
        elif self.path.suffix.lower() in WORKBOOK_SUFFIXES:
            self._look_into_workbook()
        elif self.path.exists():
            told = "is a file, but a market is a folder of tables, one .xlsx workbook or an instance in text"
            raise MarketError(
                Problem(told, Place(str(self.path)), remedy="give the folder that holds the file")
            )
        else:
            raise MarketError(Problem("there is no such folder or workbook", Place(str(self.path))))

    def _look_into_folder(self) -> None:
        files = sorted(filter(is_table_file, self.path.iterdir()))
        for file in files:
            self._readers.setdefault(folded(file.stem), []).append((file.name, _reader(file)))
        self.files = tuple(file for file in files if folded(file.stem) in TABLES)

    def _look_into_workbook(self) -> None:
        workbook = Workbook(self.path)
        for name in workbook.names:
            self._readers.setdefault(folded(name), []).append((name, _sheet_reader(workbook, name)))
        self.files = (self.path,)

    def remarks(self) -> Iterator[str]:
        """What was passed over although its name is nearly that of a table."""
        for table, entries in self._readers.items():
            near = "" if table in TABLES else did_you_mean(table, TABLES)
            if near:
                yield f"{self.path}: {entries[0][0]} is not read, no table of a market has this name; {near}"

    def read(self) -> dict[str, Sheet]:
        """The sheets by table; everything that keeps them from being read is told at once."""
        problems = [problem for table in TABLES for problem in self._out_of_place(table)]
        sheets = {}
        for table in TABLES:
            for _, reader in self._readers.get(table, [])[:1]:
                try:
                    sheets[table] = reader()
                except InputError as error:
                    problems.extend(error.problems)
        if problems:
            raise MarketError(problems)
        return sheets

    def _out_of_place(self, table: str) -> Iterator[Problem]:
        found = [name for name, _ in self._readers.get(table, [])]
        place = Place(str(self.path))
        if len(found) > 1:
            yield Problem(f"has {table} {len(found)} times: {', '.join(found)}", place, remedy="keep one")
        elif table in REQUIRED and not found:
            there = [name for entries in self._readers.values() for name, _ in entries]
            told = (
                f"table {table!r} is missing; there {'are ' + ', '.join(there[:12]) if there else 'is none'}"
            )
            yield Problem(told, place, remedy=did_you_mean(table, there))


def is_table_file(file: Path) -> bool:
    """Whether a file is looked at as a table; Excel keeps a ~$ file beside a workbook that is open."""
    return file.suffix.lower() in SUFFIXES and not file.name.startswith((".", "~$"))


def _reader(file: Path) -> Callable[[], Sheet]:
    return lambda: read_sheet(file)


def _sheet_reader(workbook: Workbook, name: str) -> Callable[[], Sheet]:
    return lambda: sheet_of_workbook(workbook, name)
