"""What a run left, read back from its folder."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matchsim.charts import CHARTS
from matchsim.errors import InputError, Place, Problem, shown
from matchsim.fidelity.fitted import carried
from matchsim.season.summary import TABLES
from matchsim.study.run_folder import FORMAT

if TYPE_CHECKING:
    import pandas as pd

    from matchsim.documents import Document

__all__ = ["RunFolder", "read_run", "read_tables"]

# Columns of words: a specialty may be called 2025.
WORDS = (
    "applicant_type",
    "first_type",
    "second_type",
    "group_by",
    "group",
    "specialty",
    "track",
    "status",
    "gate",
    "reason",
    "stable_under",
    "home",
    "division",
)


@dataclass(frozen=True)
class RunFolder:
    """The files of a run that its report is made from.

    Attributes
    ----------
    summary : dict
        What ``summary.json`` says.
    tables : dict of DataFrame
        The summary tables by name.
    pictures : dict of str
        The text of the SVG files of the charts, by chart, in the order of their tables.
    resolved : str
        The resolved scenario as YAML.
    title, description : str
        What the scenario calls itself; empty where it does not.
    origins : DataFrame
        Where the values of the scenario come from, one row a value or part.
    """

    summary: dict[str, Any]
    tables: dict[str, pd.DataFrame]
    pictures: dict[str, str]
    resolved: str
    title: str
    description: str
    origins: pd.DataFrame
    fitted: tuple[int, int]


def read_run(folder: Path) -> RunFolder:
    """Read the files of a run.

    Raises
    ------
    InputError
        With every file that is missing or cannot be read.
    """
    import pandas as pd

    from matchsim.documents import read_document

    reader = _Reader(folder)
    summary = reader.read("summary.json", lambda path: json.loads(path.read_text(encoding="utf-8")))
    tables = reader.tables(TABLES)
    order = list(TABLES)
    drawn = sorted(
        (name for name, chart in CHARTS.items() if chart.table in TABLES),
        key=lambda name: order.index(CHARTS[name].table),
    )
    pictures = {
        name: reader.read(f"charts/{name}.svg", lambda path: path.read_text(encoding="utf-8"))
        for name in drawn
    }
    resolved = reader.read("resolved.yaml", lambda path: path.read_text(encoding="utf-8"))
    head = reader.read("resolved.yaml", read_document) if resolved is not None else None
    origins = reader.read("origins.csv", lambda path: pd.read_csv(path, dtype="str", keep_default_na=False))
    if isinstance(summary, dict) and summary.get("format") != FORMAT:
        told = f"is in format {shown(summary.get('format'))}, but format {FORMAT} is read"
        reader.problems.append(Problem(told, Place(str(folder / "summary.json"))))
    reader.check()
    assert head is not None
    title, description = (_text(head, key) for key in ("title", "description"))
    return RunFolder(summary, tables, pictures, resolved, title, description, origins, carried(head))


def read_tables(folder: Path, names: Iterable[str] = TABLES) -> dict[str, pd.DataFrame]:
    """Read summary tables of a run by name.

    Raises
    ------
    InputError
        With every file that is missing or cannot be read.
    """
    reader = _Reader(folder)
    tables = reader.tables(names)
    reader.check()
    return tables


def _table(path: Path) -> pd.DataFrame:
    import pandas as pd

    data = pd.read_csv(path, dtype=dict.fromkeys(WORDS, "str"), keep_default_na=False, na_values=[""])
    columns = TABLES[path.stem].columns if path.stem in TABLES else {}
    missing = [name for name in columns if name not in data.columns]
    if missing:
        raise InputError(Problem(f"has no column {', '.join(missing)}", Place(str(path), 1)))
    words = [
        name
        for name in columns
        if name not in WORDS and not pd.api.types.is_numeric_dtype(data[name]) and not data[name].isna().all()
    ]
    if words:
        raise InputError(Problem(f"holds other things than numbers in {', '.join(words)}", Place(str(path))))
    return data


def _text(document: Document, key: str) -> str:
    node = document.node((key,))
    return "" if node is None else str(node.value)


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []

    def read(self, name: str, how: Any) -> Any:
        path = self.folder / name
        try:
            return how(path)
        except FileNotFoundError:
            self.problems.append(Problem("is not there", Place(str(path))))
        except InputError as error:
            self.problems += error.problems
        except (OSError, ValueError) as error:
            told = str(error).splitlines()[0] if str(error) else type(error).__name__
            self.problems.append(Problem(f"cannot be read: {told}", Place(str(path))))
        return None

    def tables(self, names: Iterable[str]) -> dict[str, pd.DataFrame]:
        return {name: self.read(f"tables/{name}.csv", _table) for name in names}

    def check(self) -> None:
        """Complain of everything that could not be read."""
        if self.problems:
            remedy = "give the folder of a run made by this version, or run the scenario again"
            raise InputError([*self.problems[:-1], replace(self.problems[-1], remedy=remedy)])
