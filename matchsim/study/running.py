"""Running a study: what is done already, what is left, and the tables that all of it makes."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from matchsim import __version__, documents
from matchsim.errors import InputError, Place, Problem, RunError
from matchsim.folders import digest_of, new_file
from matchsim.season.scenario import dump
from matchsim.study.chunks import TABLES, Chunk, Failure, chunks_of, simulated
from matchsim.study.executors import workers
from matchsim.study.loading import LoadedStudy
from matchsim.study.loop import results
from matchsim.study.memory import refuse_what_cannot_fit, season_bytes
from matchsim.study.metrics import METRICS
from matchsim.study.parts import Parts, going_on, written_safely
from matchsim.study.run_folder import origins_table

__all__ = [
    "FORMAT",
    "MADE_BY",
    "Outcome",
    "Shard",
    "default_folder",
    "record_drawn",
    "scenario_file",
    "simulate_study",
]

FORMAT = 1
MADE_BY = "matchsim study run"
# What is made of the results for people.
DRAWN = ("charts/", "report.html")
# Rows of results held in memory at a time.
ROWS_AT_A_TIME = 200_000


@dataclass(frozen=True)
class Shard:
    """One of several runs that share the chunks of a study; `number` counts from 1."""

    number: int = 1
    of: int = 1

    def holds(self, chunk: Chunk) -> bool:
        """Whether the chunk is one of this shard's."""
        return chunk.number % self.of == self.number - 1


@dataclass(frozen=True)
class Outcome:
    """What a run of a study did.

    Attributes
    ----------
    folder : Path
    done, left : int
        Chunks simulated now, and those that other shards or another try must still simulate.
    skipped : int
        Chunks that were there already.
    failures : tuple of Failure
    cells : tuple of (arm, point)
        Of the failures, in their order.
    alone : bool
        Whether no other shard takes part.
    """

    folder: Path
    done: int
    skipped: int
    left: int
    failures: tuple[Failure, ...]
    cells: tuple[tuple[str, str], ...]
    alone: bool = True

    @property
    def summed_up(self) -> bool:
        """Whether the tables of the study were written, of all chunks or of those that did not fail."""
        if self.complete:
            return True
        return self.alone and bool(self.failures) and (self.folder / "results.parquet").exists()

    @property
    def complete(self) -> bool:
        """Whether every chunk of the study is there."""
        return not self.left


def default_folder(loaded: LoadedStudy) -> Path:
    """``studies/<name>-<short digest>``."""
    return Path("studies") / f"{loaded.study.name}-{loaded.digest[:8]}"


def scenario_file(folder: Path, cell: int) -> Path:
    """Where the resolved scenario of a cell stands."""
    return folder / "scenarios" / f"{cell:05d}.yaml"


def simulate_study(
    loaded: LoadedStudy,
    out: Path,
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
    executor: Executor | None = None,
    shard: Shard | None = None,
    progress: Callable[[int, int], object] = lambda _done, _all: None,
    told: Callable[[str], object] = lambda _: None,
) -> Outcome:
    """Simulate what is missing of a study in its folder, then write the tables of all of it.

    Every chunk is on disk before it counts, so that whatever ends the run, the same call goes on where it
    ended, and ends with the same bytes.

    Parameters
    ----------
    loaded
        From :func:`~matchsim.study.loading.read_study`.
    out
        Folder of the study.
    jobs, scheduler, executor
        See :func:`~matchsim.study.executors.workers`. With ``jobs=1`` this process does it all.
    shard
        The part of the study that this call does; left out = all of it.
    progress
        Called with seasons done now and seasons to do.
    told
        Called with a sentence when something is worth knowing.

    Raises
    ------
    InputError
        When `out` holds anything but this study.
    ScenarioError
        When the seasons simulated at once would take more memory than the machine has.
    RunError
        When the disk is full or cannot be written.
    """
    shard = shard or Shard()
    chunks = chunks_of(loaded)
    if scheduler is None and executor is None:
        largest = max((cell.scenario for cell in loaded.cells), key=season_bytes)
        refuse_what_cannot_fit(largest, min(jobs or os.cpu_count() or 1, len(chunks)))
    _begun(loaded, out)
    parts = Parts(out)
    own = [chunk for chunk in chunks if shard.holds(chunk)]
    parts.clear_leftovers(own)
    missing = _missing(parts, own, told)
    failures: list[Failure] = []
    seasons = sum(chunk.seasons for chunk in missing)
    done = 0
    progress(0, seasons)
    for result in _results(missing, told, jobs, scheduler, executor):
        chunk = chunks[result.chunk]
        done += chunk.seasons
        if isinstance(result, Failure):
            failures.append(result)
            arm = loaded.cells[chunk.cell]
            told(f"arm {arm.arm}{_point(arm.point)} failed: {result.told}")
        else:
            parts.write(chunk, result.tables)
        progress(done, seasons)
    failures.sort(key=lambda failure: failure.chunk)
    there = [chunk for chunk in chunks if parts.fault(chunk) is None]
    left = len(chunks) - len(there)
    _check_kept(out, own, there, failures)
    if not left or (failures and shard.of == 1):
        _finished(loaded, out, parts, there, failures)
    cells = [loaded.cells[chunks[failure.chunk].cell] for failure in failures]
    return Outcome(
        folder=out,
        done=len(missing) - len(failures),
        skipped=len(own) - len(missing),
        left=left,
        failures=tuple(failures),
        cells=tuple((cell.arm, _point(cell.point)) for cell in cells),
        alone=shard.of == 1,
    )


def _check_kept(out: Path, own: list[Chunk], there: list[Chunk], failures: list[Failure]) -> None:
    """See that what was finished is still there: folders may vanish while they are written."""
    told = {chunk.number for chunk in there} | {failure.chunk for failure in failures}
    lost = sum(chunk.number not in told for chunk in own)
    if lost:
        raise RunError(
            f"{lost} parts of {out} were there and are no more, or were changed meanwhile; "
            "the same command simulates them again"
        )


def _missing(parts: Parts, chunks: list[Chunk], told: Callable[[str], object]) -> list[Chunk]:
    missing = []
    for chunk in chunks:
        fault = parts.fault(chunk)
        if fault:
            told(f"{fault}; it is simulated again")
        if fault is not None:
            missing.append(chunk)
    return missing


def _results(
    chunks: list[Chunk],
    told: Callable[[str], object],
    jobs: int | None,
    scheduler: str | None,
    executor: Executor | None,
) -> Any:
    if not chunks:
        return
    if jobs == 1 and scheduler is None and executor is None:
        yield from map(simulated, chunks)
        return
    with workers(jobs, scheduler, executor) as found:
        yield from results(chunks, found.new_executor, 2 * found.number, told)


def _begun(loaded: LoadedStudy, out: Path) -> None:
    """Make the folder of the study, or see that it is this study's."""
    if out.exists():
        _check_same(loaded, out)
    _write_manifest(out, _head(loaded) | {"complete": False})
    written_safely(out / "study.yaml", documents.written(loaded.plain()).encode())
    for cell in loaded.cells:
        written_safely(scenario_file(out, cell.number), dump(cell.scenario).encode())
    written_safely(out / "cells.csv", _cells(loaded).encode())
    if loaded.written is not None:
        written_safely(out / "origins.csv", origins_table(loaded.written).encode())


def _check_same(loaded: LoadedStudy, out: Path) -> None:
    remedy = "give another folder with --out, or remove this one"
    if not out.is_dir():
        raise InputError(Problem("is a file", Place(str(out)), remedy="give another name with --out"))
    if not any(out.iterdir()):
        return
    try:
        earlier = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
        made_by = earlier["made_by"]
    except (OSError, ValueError, KeyError, TypeError):
        made_by = None
    if made_by != MADE_BY:
        raise InputError(Problem(f"exists and was not made by {MADE_BY}", Place(str(out)), remedy=remedy))
    for key, name in (("study_digest", "another study"), ("matchsim", "another version of matchsim")):
        if earlier.get(key) != _head(loaded)[key]:
            told = f"holds the results of {name}: {earlier.get('study')}, {earlier.get(key)}"
            raise InputError(Problem(told, Place(str(out)), remedy=remedy))


def _head(loaded: LoadedStudy) -> dict[str, Any]:
    return {
        "made_by": MADE_BY,
        "format": FORMAT,
        "study": loaded.study.name,
        "study_digest": loaded.digest,
        "matchsim": __version__,
        "seed": loaded.seed,
        "replicates": loaded.study.replicates,
    }


def _cells(loaded: LoadedStudy) -> str:
    from matchsim.season.scenario import digest

    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["cell", "arm", *loaded.axes, "scenario_digest"])
    for cell in loaded.cells:
        table.writerow([cell.number, cell.arm, *cell.point.values(), digest(cell.scenario)])
    return text.getvalue()


def _finished(
    loaded: LoadedStudy, out: Path, parts: Parts, chunks: list[Chunk], failures: list[Failure]
) -> None:
    _write_results(loaded, out, parts, chunks)
    written_safely(out / "README.md", _codebook(loaded).encode())
    files = _digests(out, drawn=False)
    cell_of = {chunk.number: chunk.cell for chunk in chunks_of(loaded)}
    failed = [
        {"arm": loaded.cells[cell_of[failure.chunk]].arm, "told": failure.told, "trace": failure.trace}
        for failure in failures
    ]
    found = {"complete": not failures, "parts": len(chunks), "failed": failed, "files": files}
    _write_manifest(out, _head(loaded) | found)


def record_drawn(out: Path, files: Iterable[Path] | None = None) -> None:
    """Put the digests of the charts and of the report, which are made of the results, into the manifest.

    Parameters
    ----------
    out
        The folder of the study.
    files
        Those that were made now; left out, all that are there, and none that is gone.
    """
    content = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    if files is None:
        drawn = _digests(out, drawn=True)
        kept = {name: told for name, told in content["files"].items() if not name.startswith(DRAWN)}
    else:
        drawn = {path.relative_to(out).as_posix(): digest_of(path) for path in files}
        kept = content["files"]
    content["files"] = dict(sorted((kept | drawn).items()))
    _write_manifest(out, content)


def _digests(out: Path, *, drawn: bool) -> dict[str, str]:
    """Of all files that are made of the results for people, or of all others but the manifest."""
    found = {path.relative_to(out).as_posix(): path for path in sorted(out.rglob("*")) if path.is_file()}
    return {
        name: digest_of(path)
        for name, path in found.items()
        if name.startswith(DRAWN) == drawn and path.name != "manifest.json" and not path.name.startswith(".")
    }


def _write_results(loaded: LoadedStudy, out: Path, parts: Parts, chunks: list[Chunk]) -> None:
    """``results.parquet``: the metrics of all parts in order, with arm and point in place of the cell."""
    import pyarrow.parquet as pq

    path = out / "results.parquet"
    tables = _some_at_a_time(loaded, parts, chunks)
    first = next(tables, None)
    if first is None:
        return
    with (
        going_on(path),
        new_file(path) as temporary,
        pq.ParquetWriter(temporary, first.schema, compression="zstd") as writer,
    ):
        for table in chain([first], tables):
            writer.write_table(table)


def _some_at_a_time(loaded: LoadedStudy, parts: Parts, chunks: list[Chunk]) -> Iterator[Any]:
    """The rows of the results as Arrow tables of at least `ROWS_AT_A_TIME` rows; the last may have fewer."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    held: list[Any] = []
    for chunk in chunks:
        table = pq.read_table(parts.path("metrics", chunk), partitioning=None)
        cell = loaded.cells[chunk.cell]
        named = {"arm": pa.array([cell.arm] * len(table), pa.string())}
        for axis, value in cell.point.items():
            kind = _arrow_type([other.point[axis] for other in loaded.cells])
            values = [str(value) if kind == pa.string() else value] * len(table)
            named[axis] = pa.array(values, kind)
        columns = {**named, **{name: table[name] for name in TABLES["metrics"] if name != "cell"}}
        held.append(pa.table(columns))
        if sum(len(part) for part in held) >= ROWS_AT_A_TIME:
            yield pa.concat_tables(held).combine_chunks()
            held.clear()
    if held:
        yield pa.concat_tables(held).combine_chunks()


def _arrow_type(values: list[Any]) -> Any:
    import pyarrow as pa

    if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values):
        return pa.float64()
    return pa.string()


def _point(point: Any) -> str:
    return "".join(f", {key} = {value}" for key, value in point.items())


def _codebook(loaded: LoadedStudy) -> str:
    lines = [
        f"# The tables of the study {loaded.study.name}",
        "",
        f"Written by matchsim {__version__}. `results.parquet` holds all metrics of all seasons, one number",
        "a row; `parts/` the same as it was simulated, and the outcome of every person, one file a part;",
        "`scenarios/` the resolved scenario of every arm and point, numbered as in `cells.csv`.",
        "",
        "## `results.parquet`",
        "",
        "| column | meaning |",
        "|---|---|",
        "| `arm` | arm of the study |",
        *(f"| `{axis}` | value swept |" for axis in loaded.axes),
        f"| `replicate` | {TABLES['metrics']['replicate']} |",
        *(f"| `{name}` | {TABLES['metrics'][name]} |" for name in ("year", "metric", "group", "value")),
        "",
        "## Metrics",
        "",
        "| metric | unit | meaning |",
        "|---|---|---|",
        *(f"| `{name}` | {METRICS[name].unit} | {METRICS[name].told} |" for name in loaded.metrics),
    ]
    for table, columns in TABLES.items():
        lines += ["", f"## `parts/{table}`", "", "| column | meaning |", "|---|---|"]
        lines += [f"| `{name}` | {told} |" for name, told in columns.items()]
    return "\n".join(lines) + "\n"


def _write_manifest(out: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    written_safely(out / "manifest.json", text.encode())
