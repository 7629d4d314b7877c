"""The folder that ``matchsim study run`` leaves: what is in it, and whose it is when a run goes on there.

==================== ==================================================================================
``report.html``      all of it on one page for people
``study.yaml``       the study with nothing implied but its scenarios
``cells.csv``        every arm at every point of the sweep, numbered
``scenarios/``       their resolved scenarios by that number
``origins.csv``      where the values of the baseline's scenario come from
``parts/``           the metrics and people of every chunk as Parquet; see :mod:`~matchsim.study.parts`
``receipts/``        their checksums
``results.parquet``  the metrics of all parts in one table
``README.md``        the codebook of the tables
``charts/``          every chart as PNG and SVG
``manifest.json``    version, digests, and what failed
==================== ==================================================================================
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from matchsim import __version__, documents
from matchsim.errors import InputError, Place, Problem
from matchsim.folders import (
    check_folder_name,
    check_unchanged,
    digest_of,
    manifest_in,
    manifest_of,
    new_file,
    read_as_written,
)
from matchsim.season.scenario import digest, dump, load_scenario
from matchsim.study.chunks import TABLES, Chunk, Failure, chunks_of
from matchsim.study.loading import Cell, LoadedStudy
from matchsim.study.metrics import METRICS
from matchsim.study.model import Study
from matchsim.study.parts import Parts, going_on, written_safely
from matchsim.study.run_folder import origins_table
from matchsim.study.sweep import as_in_tables

__all__ = [
    "FORMAT",
    "MADE_BY",
    "begin_study",
    "default_folder",
    "finish_study",
    "record_drawn",
    "recorded_study",
    "scenario_file",
]

FORMAT = 1
MADE_BY = "matchsim study run"
# What is made of the results for people.
DRAWN = ("charts/", "report.html")
# Rows of results held in memory at a time.
ROWS_AT_A_TIME = 200_000


def default_folder(loaded: LoadedStudy) -> Path:
    """``studies/<name>-<short digest>``."""
    return Path("studies") / f"{loaded.study.name}-{loaded.digest[:8]}"


def scenario_file(folder: Path, cell: int) -> Path:
    """Where the resolved scenario of a cell stands."""
    return folder / "scenarios" / f"{cell:05d}.yaml"


def begin_study(loaded: LoadedStudy, out: Path) -> None:
    """Make the folder of a study, or see that it is this study's.

    Raises
    ------
    InputError
        When `out` holds anything but this study.
    RunError
        When the disk is full or cannot be written.
    """
    if out.exists():
        _check_same(loaded, out)
    check_folder_name(out)
    _write_manifest(out, _head(loaded) | {"complete": False})
    written_safely(out / "study.yaml", documents.written(loaded.plain()).encode())
    for cell in loaded.cells:
        written_safely(scenario_file(out, cell.number), dump(cell.scenario).encode())
    written_safely(out / "cells.csv", _cells(loaded).encode())
    if loaded.written is not None:
        written_safely(out / "origins.csv", origins_table(loaded.written).encode())


def finish_study(loaded: LoadedStudy, out: Path, chunks: list[Chunk], failures: list[Failure]) -> None:
    """Write the results of a study from its parts, their codebook, and the manifest.

    Parameters
    ----------
    loaded, out
        The study and its folder.
    chunks
        Those whose parts are there, in order.
    failures
        What could not be simulated; without any the study is complete.

    Raises
    ------
    RunError
        When the disk is full or cannot be written.
    """
    _write_results(loaded, out, chunks)
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
    if "files" not in content:  # the study is run again at this moment, or was until it was interrupted
        return
    if files is None:
        drawn = _digests(out, drawn=True)
        kept = {name: told for name, told in content["files"].items() if not name.startswith(DRAWN)}
    else:
        drawn = {path.relative_to(out).as_posix(): digest_of(path) for path in files}
        kept = content["files"]
    content["files"] = dict(sorted((kept | drawn).items()))
    _write_manifest(out, content)


def recorded_study(folder: Path) -> LoadedStudy:
    """The study of a folder with its scenarios, read back.

    Raises
    ------
    InputError
        When the folder holds no study, one that is not finished, or files that are not as they were written.
    """
    manifest = manifest_in(folder, {MADE_BY: FORMAT})
    if manifest is None:
        raise InputError(Problem(f"holds nothing that {MADE_BY} made", Place(str(folder))))
    if not (folder / "results.parquet").exists():
        remedy = f"run the same command as before: {MADE_BY} STUDY --out {folder}"
        raise InputError(Problem("is not finished", Place(str(folder)), remedy=remedy))
    check_unchanged(folder, manifest, ("results.parquet", "study.yaml", "cells.csv", "scenarios/"))
    written = documents.read_document(str(folder / "study.yaml"))
    study = documents.validated(written, Study)
    if study.seed is None:
        raise InputError(
            Problem("has no seed", Place(str(folder / "study.yaml")), remedy=f"run {MADE_BY} again")
        )
    with read_as_written(folder, MADE_BY):
        return LoadedStudy(study, _recorded_cells(folder), study.seed)


def _check_same(loaded: LoadedStudy, out: Path) -> None:
    remedy = "give another folder with --out, or remove this one"
    if not out.is_dir():
        raise InputError(Problem("is a file", Place(str(out)), remedy="give another name with --out"))
    if not any(out.iterdir()):
        return
    earlier = manifest_of(out, MADE_BY)
    if earlier is None:
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
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["cell", "arm", *loaded.axes, "scenario_digest"])
    for cell in loaded.cells:
        table.writerow([cell.number, cell.arm, *cell.point.values(), digest(cell.scenario)])
    return text.getvalue()


def _recorded_cells(folder: Path) -> tuple[Cell, ...]:
    """The cells with their points as the results hold them, so that the one is found in the other."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = pq.read_schema(folder / "results.parquet")
    with (folder / "cells.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    fixed = {"cell", "arm", "scenario_digest"}
    axes = {
        name: _number if pa.types.is_floating(columns.field(name).type) else str
        for name in rows[0]
        if name not in fixed
    }
    return tuple(
        Cell(
            int(row["cell"]),
            row["arm"],
            {axis: read(row[axis]) for axis, read in axes.items()},
            load_scenario(scenario_file(folder, int(row["cell"]))),
        )
        for row in rows
    )


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)


def _digests(out: Path, *, drawn: bool) -> dict[str, str]:
    """Of all files that are made of the results for people, or of all others but the manifest."""
    found = {path.relative_to(out).as_posix(): path for path in sorted(out.rglob("*")) if path.is_file()}
    return {
        name: digest_of(path)
        for name, path in found.items()
        if name.startswith(DRAWN) == drawn and path.name != "manifest.json" and not path.name.startswith(".")
    }


def _write_results(loaded: LoadedStudy, out: Path, chunks: list[Chunk]) -> None:
    """``results.parquet``: the metrics of all parts in order, with arm and point in place of the cell."""
    import pyarrow.parquet as pq

    path = out / "results.parquet"
    tables = _some_at_a_time(loaded, Parts(out), chunks)
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

    points = {axis: as_in_tables([cell.point[axis] for cell in loaded.cells]) for axis in loaded.axes}
    held: list[Any] = []
    for chunk in chunks:
        table = pq.read_table(parts.path("metrics", chunk), partitioning=None)
        cell = loaded.cells[chunk.cell]
        named = {"arm": pa.array([cell.arm] * len(table), pa.string())}
        for axis, values in points.items():
            named[axis] = pa.array([values[chunk.cell]] * len(table))
        columns = {**named, **{name: table[name] for name in TABLES["metrics"] if name != "cell"}}
        held.append(pa.table(columns))
        if sum(len(part) for part in held) >= ROWS_AT_A_TIME:
            yield pa.concat_tables(held).combine_chunks()
            held.clear()
    if held:
        yield pa.concat_tables(held).combine_chunks()


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
