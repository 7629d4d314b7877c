"""The unit of work of a study: some replicates of one arm at one point, simulated to Parquet bytes.

A chunk is a pure function of what it is given, so it does not matter where or in what order chunks are
simulated, nor how often.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from matchsim.errors import MatchsimError
from matchsim.season.scenario import Scenario
from matchsim.season.words import APPLICANT_TYPES
from matchsim.study.loading import LoadedStudy
from matchsim.study.model import Years

if TYPE_CHECKING:
    from matchsim.season.season import Season
    from matchsim.tables import Int8

__all__ = ["OUTCOMES", "TABLES", "Chunk", "Failure", "Finished", "chunks_of", "simulated"]

# Applications simulated in about a second on one core of 2020 or later.
APPLICATIONS_A_SECOND = 3_000_000
# What a season costs however small it is, in applications.
LEAST_APPLICATIONS = 60_000

OUTCOMES = ("not active", "not placed", "placed in SOAP", "matched")

TABLES: Mapping[str, Mapping[str, str]] = {
    "metrics": {
        "cell": "arm at a point of the sweep, as in cells.csv",
        "replicate": "number of the replicate, from 0",
        "year": "season in a row, from 1",
        "metric": "name of the metric",
        "group": "all, or the applicant type",
        "value": "its value",
    },
    "people": {
        "cell": "arm at a point of the sweep, as in cells.csv",
        "replicate": "number of the replicate, from 0",
        "year": "season in a row, from 1",
        "applicant": "number of the person in the season, from 0",
        "applicant_type": f"place in {', '.join(APPLICANT_TYPES)}; from 0",
        "ability_decile": "tenth of the ability within the applicant type, 1 = lowest to 10",
        "outcome": "; ".join(f"{code} = {word}" for code, word in enumerate(OUTCOMES)),
        "rank": "place on the list of the program matched to, from 1; 0 = none",
    },
}


@dataclass(frozen=True)
class Chunk:
    """Replicates `first` to ``first + count - 1`` of one cell, with all that simulating them needs.

    Attributes
    ----------
    number : int
        Place among the chunks of the study, from 0.
    cell : int
        Number of the arm and point, as :class:`~matchsim.study.loading.Cell` has it.
    first, count : int
        The first replicate, and how many.
    seed : int
        Of all random streams.
    scenario : Scenario
        Of the cell, resolved.
    years : Years
        How seasons follow one another.
    metrics : tuple of str
        Names of what is recorded.
    people : bool
        Whether the outcome of every person is kept.
    """

    number: int
    cell: int
    first: int
    count: int
    seed: int
    scenario: Scenario
    years: Years
    metrics: tuple[str, ...]
    people: bool

    @property
    def seasons(self) -> int:
        """Seasons that it simulates."""
        return self.count * self.years.number

    @property
    def name(self) -> str:
        """A name for files that sorts as the chunks do."""
        return f"cell-{self.cell:05d}-from-{self.first:07d}"


@dataclass(frozen=True)
class Finished:
    """A chunk simulated.

    Attributes
    ----------
    chunk : int
        Its number.
    tables : dict of bytes
        By name, in the columns of `TABLES`, each as the bytes of a Parquet file.
    """

    chunk: int
    tables: dict[str, bytes]


@dataclass(frozen=True)
class Failure:
    """A chunk that could not be simulated.

    Attributes
    ----------
    chunk : int
        Its number.
    told, trace : str
        Why, for people and as Python tells it.
    """

    chunk: int
    told: str
    trace: str = ""


def chunks_of(loaded: LoadedStudy) -> list[Chunk]:
    """All chunks of a study in order; all cells are cut at the same replicates."""
    study = loaded.study
    size = study.replicates_per_part or min(_fitting(cell.scenario) for cell in loaded.cells)
    found: list[Chunk] = []
    for cell in loaded.cells:
        for first in range(0, study.replicates, size):
            found.append(
                Chunk(
                    number=len(found),
                    cell=cell.number,
                    first=first,
                    count=min(size, study.replicates - first),
                    seed=loaded.seed,
                    scenario=cell.scenario,
                    years=study.in_a_row(),
                    metrics=tuple(loaded.metrics),
                    people=study.people,
                )
            )
    return found


def simulated(chunk: Chunk) -> Finished | Failure:
    """Simulate a chunk; whatever goes wrong in it is told, not raised."""
    replicate = chunk.first
    try:
        rows: dict[str, list[Any]] = {name: [] for name in TABLES}
        for replicate in range(chunk.first, chunk.first + chunk.count):
            for year, season in _seasons(chunk, replicate):
                rows["metrics"].append(_metrics(chunk, season, replicate, year))
                if chunk.people:
                    rows["people"].append(_people(chunk, season, replicate, year))
        return Finished(chunk.number, {name: _parquet(parts) for name, parts in rows.items() if parts})
    # One arm's failure is told, and the rest goes on.
    except Exception as error:
        told = str(error) if isinstance(error, MatchsimError) else f"{type(error).__name__}: {error}"
        return Failure(chunk.number, f"replicate {replicate}: {told}", traceback.format_exc())


def _fitting(scenario: Scenario) -> int:
    """Replicates that take about a second together, judged by the scenario alone and not by a clock."""
    means, counts = scenario.applications.per_applicant, scenario.cohort.registered
    sent = float(LEAST_APPLICATIONS)
    for kind in APPLICANT_TYPES:
        sent += float(getattr(counts, kind, 0)) * float(getattr(means, kind, 0.0))
    return max(1, min(200, ceil(APPLICATIONS_A_SECOND / sent)))


def _seasons(chunk: Chunk, replicate: int) -> Iterator[tuple[int, Season]]:
    from matchsim.study.years import seasons_in_a_row

    yield from seasons_in_a_row(chunk.scenario, chunk.years, chunk.seed, replicate)


def _metrics(chunk: Chunk, season: Season, replicate: int, year: int) -> dict[str, Any]:
    from matchsim.study.metrics import measured

    found = measured(season, chunk.metrics)
    return {
        **_keys(chunk, replicate, year, len(found)),
        "metric": [row[0] for row in found],
        "group": [row[1] for row in found],
        "value": [row[2] for row in found],
    }


def _people(chunk: Chunk, season: Season, replicate: int, year: int) -> dict[str, Any]:
    import numpy as np

    active = season.rank_lists.certified
    outcome = active.astype(np.int8) + (active & season.placed) + (active & season.matched)
    return {
        **_keys(chunk, replicate, year, len(season.cohort)),
        "applicant": np.arange(len(season.cohort), dtype=np.int32),
        "applicant_type": season.cohort.applicant_type,
        "ability_decile": _deciles(season),
        "outcome": outcome.astype(np.int8),
        "rank": (season.match.rank_of + 1).astype(np.int16),
    }


def _deciles(season: Season) -> Int8:
    """The tenth of the ability within the applicant type of everybody, 1 = lowest to 10."""
    import numpy as np

    kind, ability = season.cohort.applicant_type, season.cohort.ability
    decile = np.zeros(len(kind), dtype=np.int8)
    for code in range(len(APPLICANT_TYPES)):
        of_type = np.flatnonzero(kind == code)
        order = np.argsort(ability[of_type], kind="stable")
        decile[of_type[order]] = 1 + 10 * np.arange(len(of_type)) // max(len(of_type), 1)
    return decile


def _keys(chunk: Chunk, replicate: int, year: int, rows: int) -> dict[str, Any]:
    import numpy as np

    return {
        "cell": np.full(rows, chunk.cell, dtype=np.int32),
        "replicate": np.full(rows, replicate, dtype=np.int32),
        "year": np.full(rows, year, dtype=np.int16),
    }


def _parquet(parts: list[dict[str, Any]]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.concat_tables([pa.table(part) for part in parts]).combine_chunks()
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content
