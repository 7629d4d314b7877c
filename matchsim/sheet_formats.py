"""What :mod:`matchsim.sheets` reads: CSV, Excel and Parquet files as rows of text with their lines.

Files come from people and other programs, so nothing is believed: size, encoding, and for workbooks
what they would unpack to, are looked at first.
"""

from __future__ import annotations

import csv
import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from matchsim.errors import Place, Problem, TableError, did_you_mean, shown

__all__ = ["Row", "Workbook", "cell_text", "folded", "parquet_rows", "text_rows", "unreadable", "whole_file"]

Row = tuple[int, list[str]]
"""The line on which a row begins, counted from 1, and its cells."""

LARGEST_FILE = 256 * 2**20
LARGEST_UNPACKED = 1024 * 2**20
LARGEST_RANGE = 20_000_000

# Excel writes semicolons where the comma is the decimal mark, and tabs as "Text".
_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_CONTROL = bytes(sorted({*range(32)} - set(b"\t\n\v\f\r")))
# What zipfile and what it calls raise for archives that somebody cut or made up.
_SPOILT_ARCHIVE = (
    zipfile.BadZipFile, RuntimeError, EOFError, OSError, ValueError, ArithmeticError, LookupError,
    zlib.error, lzma.LZMAError, struct.error,
)  # fmt: skip
_CELL = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]{1,3})([0-9]{1,7})\s*["']""")
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_ROW_NUMBER = re.compile(rb"""<(?:\w+:)?row\s[^<>]*?\br\s*=\s*["']\s*([0-9]{1,9})""")
_COLUMN = re.compile(rb"<(?:\w+:)?c[\s/>]")


def folded(name: str) -> str:
    """A heading or sheet name with capitals, blanks and hyphens made alike."""
    return re.sub(r"[\s_-]+", "_", name.strip().casefold())


def unreadable(path: str | Path, message: str, remedy: str = "") -> TableError:
    """The error for a file that cannot be used as a whole."""
    return TableError(Problem(message, Place(str(path)), remedy=remedy))


def whole_file(path: Path) -> bytes:
    """The bytes of a file.

    Raises
    ------
    TableError
        When it is missing, a folder, too large or not to be opened.
    """
    try:
        if path.is_dir():
            raise unreadable(path, "is a folder, but a file is needed", _inside(path))
        # A pipe would be waited for, and a device such as /dev/zero never ends.
        if path.exists() and not path.is_file():
            raise unreadable(path, "is not a regular file", "save what it gives to a file first")
        size = path.stat().st_size
        if size > LARGEST_FILE:
            most = f"{LARGEST_FILE // 2**20} MB"
            raise unreadable(path, f"has {size / 2**20:,.0f} MB, but files up to {most} are read")
        return path.read_bytes()
    except FileNotFoundError:
        raise unreadable(path, "there is no such file", _beside(path)) from None
    except (OSError, ValueError) as error:
        raise unreadable(path, f"cannot be opened: {getattr(error, 'strerror', None) or error}") from None


def _inside(folder: Path) -> str:
    """Which file of a folder may be meant."""
    try:
        names = sorted(entry.name for entry in folder.iterdir() if entry.is_file())
    except OSError:
        return ""
    first = next((name for name in names if name.endswith((".csv", ".xlsx", ".parquet"))), None)
    return f"give a file of it, such as {folder / first}" if first else ""


def _beside(path: Path) -> str:
    if not path.parent.is_dir():
        return f"there is no folder {str(path.parent)!r} either"
    try:
        names = sorted(entry.name for entry in path.parent.iterdir() if not entry.name.startswith("."))
    except OSError:
        return ""
    if not names:
        return "its folder is empty"
    near = did_you_mean(path.name, names)
    return near or f"its folder holds {', '.join(names[:8])}{' …' if len(names) > 8 else ''}"


def text_rows(name: str, data: bytes) -> tuple[Iterator[Row], tuple[str, ...]]:
    """The rows of CSV text, and remarks on how it was read.

    Parameters
    ----------
    name
        What messages call the file.
    data
        UTF-8 with or without byte order mark, or else Windows-1252, which is remarked on. Commas, or
        semicolons or tabs, which is remarked on too; any line ends.

    Raises
    ------
    TableError
        When it is no text; while iterating, when quotation marks do not match.
    """
    text, remarks = _decoded(name, data)
    separator = _separator(text)
    if separator != ",":
        remarks = (*remarks, f"{name}: read as separated by {_SEPARATORS[separator]}")
    # StringIO, unlike splitlines(), ends lines at \n only and not at the rarer separators of Unicode.
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=separator, strict=True)
    return _numbered(name, reader), remarks


def _decoded(name: str, data: bytes) -> tuple[str, tuple[str, ...]]:
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise unreadable(name, "is an Excel workbook, not CSV", "give its name the ending .xlsx")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise unreadable(name, "is UTF-16 text", "save it as CSV UTF-8")
    if len(data.translate(None, _CONTROL)) < len(data):
        first = next(at for at, byte in enumerate(data) if byte in _CONTROL)
        told = "holds control characters: this is no text file"
        raise TableError(Problem(told, Place(name, _line_at(data, first)), remedy="save it as CSV UTF-8"))
    remarks: tuple[str, ...] = ()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = _line_at(data, error.start)
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            told = "is neither UTF-8 nor Windows-1252 text"
            raise TableError(Problem(told, Place(name, line), remedy="save it as CSV UTF-8")) from None
        remarks = (f"{name}:{line}: not UTF-8; the file was read as Windows-1252",)
    return _with_newlines(text), remarks


def _with_newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _line_at(data: bytes, position: int) -> int:
    return 1 + data.count(b"\n", 0, position)


def _separator(text: str) -> str:
    header = text.lstrip("\n").partition("\n")[0]
    return next((separator for separator in _SEPARATORS if separator in header), ",")


def _numbered(name: str, reader: Any) -> Iterator[Row]:
    line = 1
    try:
        for row in reader:
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        told = "a quotation mark is not closed, or stands inside a value"
        if "field larger" in str(error):
            told = f"a cell has more than {csv.field_size_limit():,} characters; perhaps {told}"
        remedy = 'write "" for a quotation mark inside a quoted value'
        raise TableError(Problem(told, Place(name, line), remedy=remedy)) from None


class Workbook:
    """An Excel workbook, opened once, its sheets read when asked for.

    Parameters
    ----------
    path
        A file of the kind .xlsx or .xlsm.

    Raises
    ------
    TableError
        When it cannot be opened, or would unpack to more than the limits above.
    """

    def __init__(self, path: Path) -> None:
        from python_calamine import CalamineError, CalamineWorkbook

        self.path = path
        data = whole_file(path)
        _refuse_oversized(path, data)
        try:
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        except CalamineError as error:
            raise unreadable(path, f"cannot be opened as an Excel workbook: {error}") from None
        self.names: list[str] = list(self._book.sheet_names)

    def find(self, sheet: str) -> str | None:
        """The name of `sheet` as the workbook writes it; capitals, blanks and underscores are alike."""
        return next((name for name in self.names if folded(name) == folded(sheet)), None)

    def only(self) -> str:
        """The one sheet, or of several the one named like the file.

        Raises
        ------
        TableError
            When that does not single one out.
        """
        found = self.names[0] if len(self.names) == 1 else self.find(self.path.stem)
        if found is None:
            there = ", ".join(map(shown, self.names))
            told = f"has {len(self.names)} sheets ({there}) and none is named {self.path.stem!r}"
            raise unreadable(self.path, told)
        return found

    def rows(self, sheet: str) -> tuple[str, Iterator[Row]]:
        """What messages call the sheet, and its rows.

        Raises
        ------
        TableError
            When there is no such sheet.
        """
        found = self.find(sheet)
        if found is None:
            there = ", ".join(map(shown, self.names))
            remedy = did_you_mean(sheet, self.names)
            raise unreadable(self.path, f"has no sheet {sheet!r}; there are {there}", remedy)
        cells = self._book.get_sheet_by_name(found).to_python(skip_empty_area=False)
        rows = ((line, [cell_text(cell) for cell in row]) for line, row in enumerate(cells, start=1))
        return f"{self.path}[{found}]", rows


def _refuse_oversized(path: Path, data: bytes) -> None:
    """Refuse what would not fit in memory: the Excel reader would end the process, not raise.

    It lays a sheet out as one full rectangle, so that a single stray cell in the last row and column
    asks for 500 GB.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            if unpacked > LARGEST_UNPACKED:
                most = f"{LARGEST_UNPACKED // 2**20:,} MB"
                raise unreadable(path, f"unpacks to {unpacked / 2**20:,.0f} MB, but up to {most} are read")
            for entry in archive.infolist():
                content = _unpacked(path, archive, entry)
                # A sheet may have any name; the tables of strings and styles have no rows.
                if b"row" in content:
                    _refuse_stray_cells(path, content)
    except _SPOILT_ARCHIVE as error:
        raise unreadable(path, f"cannot be opened as an Excel workbook: {error}") from None


def _unpacked(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """A part of an archive; refused where it holds more than the archive says, for others would read on."""
    told = entry.file_size
    entry.file_size += 1
    content = archive.read(entry)
    if len(content) > told:
        raise unreadable(
            path, f"cannot be opened as an Excel workbook: {entry.filename!r} is larger than told"
        )
    return content


def _refuse_stray_cells(path: Path, sheet: bytes) -> None:
    cells = _CELL.findall(sheet)
    rows = _ROW.split(sheet)
    # Rows and cells need not say where they stand: those that do not are counted.
    columns = map(_column_number, {letters.upper() for letters, _ in cells})
    width = max([1, *columns, *(len(_COLUMN.findall(row)) for row in rows)])
    height = max([len(rows), *map(int, {row for _, row in cells}), *map(int, _ROW_NUMBER.findall(sheet))])
    if width * height > LARGEST_RANGE:
        told = f"a sheet reaches to row {height:,} and column {width:,}, more than {LARGEST_RANGE:,} cells"
        raise unreadable(path, told, "delete the stray cells far below or to the right of the table")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def parquet_rows(path: Path) -> Iterator[Row]:
    """The headings as line 0, then the rows of a Parquet file, counted from 1.

    Raises
    ------
    TableError
        When it cannot be read as Parquet.
    """
    data = whole_file(path)
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        size = pq.read_metadata(pa.BufferReader(data))
        if size.num_rows * size.num_columns > LARGEST_RANGE:
            told = f"has {size.num_rows:,} rows of {size.num_columns:,} columns"
            raise unreadable(path, f"{told}, but up to {LARGEST_RANGE:,} cells are read")
        # Equal texts are kept once in the file, and must not become gigabytes here.
        texts = [field.name for field in pq.read_schema(pa.BufferReader(data)) if _is_text(pa, field.type)]
        table = pq.read_table(pa.BufferReader(data), read_dictionary=texts)
        columns = [_column_texts(pa, column) for column in table.columns]
    # Damaged files also hold texts that are none, and numbers that fit no date.
    except (pa.ArrowException, OSError, ValueError, ArithmeticError, LookupError, RuntimeError) as error:
        told = (str(error).splitlines() or [type(error).__name__])[0]
        raise unreadable(path, f"cannot be read as Parquet: {told}") from None
    return _parquet_rows(list(map(str, table.column_names)), columns)


def _is_text(pa: Any, kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_binary(kind))


def _column_texts(pa: Any, column: Any) -> list[str]:
    """The cells of a column as text; equal ones of a column with a dictionary are one object."""
    cells: list[str] = []
    for chunk in column.chunks:
        if pa.types.is_dictionary(chunk.type):
            words = [cell_text(word) for word in chunk.dictionary.to_pylist()]
            cells += ["" if at is None else words[at] for at in chunk.indices.to_pylist()]
        else:
            cells += map(cell_text, chunk.to_pylist())
    return cells


def _parquet_rows(header: list[str], columns: list[list[str]]) -> Iterator[Row]:
    yield 0, header
    yield from enumerate(map(list, zip(*columns, strict=True)), start=1)


def cell_text(value: object) -> str:
    """A typed cell as the text a person sees: 7.0 is ``7``, a day is ``2025-03-15``, nothing is empty."""
    if isinstance(value, str):
        return _with_newlines(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value != value:  # noqa: PLR0124 - NaN, a missing value
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value).removesuffix(" 00:00:00")
