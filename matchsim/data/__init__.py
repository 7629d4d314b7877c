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
    path = files("matchsim.data") / "published" / str(season) / f"{table}.csv"
    return tuple(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@cache
def seasons() -> tuple[int, ...]:
    """The seasons of which figures are carried, in order."""
    folder = files("matchsim.data") / "published"
    return tuple(sorted(int(entry.name) for entry in folder.iterdir() if entry.name.isdecimal()))
