"""Published figures that travel with the package, each with its source and basis."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

__all__ = ["published", "seasons"]


@cache
def published(season: int, table: str) -> tuple[dict[str, str], ...]:
    """The rows of one table of published figures, as text.

    Parameters
    ----------
    season
        Year of the match.
    table
        ``totals``, ``specialties``, ``applications`` and others: see
        ``published/README.md``.

    Raises
    ------
    FileNotFoundError
        When that season has no such table.
    """
    folder = files("matchsim.data") / "published" / str(season)
    path = folder / f"{table}.csv"
    # Tables are named in files of other people: what is there is looked up, and nothing outside it.
    if not folder.is_dir() or path.name not in {entry.name for entry in folder.iterdir()} or "/" in table:
        raise FileNotFoundError(f"no table {table} of {season}")
    return tuple(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@cache
def seasons() -> tuple[int, ...]:
    """The seasons of which figures are carried, in order."""
    folder = files("matchsim.data") / "published"
    return tuple(sorted(int(entry.name) for entry in folder.iterdir() if entry.name.isdecimal()))
