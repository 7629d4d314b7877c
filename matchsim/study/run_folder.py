"""The folder that ``matchsim run`` leaves: what is in it, and when it may be replaced.

==================== ==================================================================================
``report.html``      all of it on one page for people
``resolved.yaml``    the scenario with nothing implied
``origins.csv``      where its values come from
``summary.json``     counts, rates, and the verdict of the independent checker
``manifest.json``    versions, digests, times and memory: the only file that differs between equal runs
``tables/``          the summary tables as CSV, the agent tables as Parquet, and their codebook
``charts/``          every chart as PNG and SVG
``inputs/``          copies of the files that the scenario names, if any, as ``resolved.yaml`` refers to them
==================== ==================================================================================
"""

from __future__ import annotations

import csv
import io
import json
import platform
import shutil
import sys
from collections.abc import Mapping
from importlib.metadata import version
from math import isnan
from pathlib import Path
from typing import Any

from matchsim import __version__, documents
from matchsim.errors import InputError, Place, Problem
from matchsim.folders import check_folder_name, digest_of, manifest_in, manifest_of, new_file
from matchsim.season.scenario import LoadedScenario, Scenario, digest, named_files
from matchsim.season.scenario.origins import origins
from matchsim.study.agents import AGENT_TABLES
from matchsim.study.replicates import Replicates

__all__ = [
    "FORMAT",
    "MADE_BY",
    "check_replaceable",
    "default_folder",
    "first_replicate",
    "manifest",
    "origins_table",
    "read_manifest",
    "record_again",
    "summary",
    "write_manifest",
    "write_origins",
    "write_results",
]

FORMAT = 2
MADE_BY = "matchsim run"
PARTS = frozenset(
    {"report.html", "resolved.yaml", "origins.csv", "summary.json", "manifest.json"}
    | {"tables", "charts", "inputs"}
)
MEASURED = ("matchsim", "numpy", "numba", "pandas", "pyarrow", "matplotlib", "pydantic", "PyYAML")


def default_folder(scenario: Scenario) -> Path:
    """``runs/<name>-<short digest>``: another folder for every other resolved scenario."""
    return Path("runs") / f"{scenario.name}-{digest(scenario)[:8]}"


def check_replaceable(out: Path, scenario: Scenario, first: int = 0) -> bool:
    """Whether `out` holds an earlier run of the same resolved scenario, which may be replaced.

    Parameters
    ----------
    first
        Number of the first replicate that is to be written.

    Returns
    -------
    bool
        False when there is nothing yet.

    Raises
    ------
    InputError
        When `out` holds anything else.
    """
    remedy = "give another folder with --out, or remove this one"
    if not out.exists():
        check_folder_name(out)
        return False
    if not out.is_dir():
        raise _refused(out, "is a file", "give another name with --out")
    inside = {entry.name for entry in out.iterdir()}
    if not inside:
        return False
    earlier = manifest_of(out, MADE_BY)
    if earlier is None:
        raise _refused(out, f"exists and was not made by {MADE_BY}", remedy)
    if inside - PARTS:
        raise _refused(out, f"holds a run and other files too, such as {sorted(inside - PARTS)[0]}", remedy)
    if earlier.get("scenario_digest") != digest(scenario):
        raise _refused(out, f"holds the run of a different scenario, {earlier.get('scenario')}", remedy)
    if first_replicate(earlier) != first:
        raise _refused(out, f"holds another season of it, replicate {first_replicate(earlier)}", remedy)
    if strange := _not_of_the_run(out, earlier):
        raise _refused(out, f"holds {strange}, which is not as the run left it", remedy)
    return True


def _not_of_the_run(out: Path, manifest: Mapping[str, Any]) -> str:
    """The name of a file that the run did not write, or that was changed since; empty where there is none."""
    digests = manifest.get("files")
    digests = digests if isinstance(digests, dict) else {}
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out).as_posix()
        if path.is_symlink() or (
            path.is_file() and name != "manifest.json" and digests.get(name) != digest_of(path)
        ):
            return name
    return ""


def write_results(replicates: Replicates, folder: Path) -> None:
    """Write the scenario, the summary and the summary tables with their codebook into `folder`."""
    tables = folder / "tables"
    tables.mkdir(exist_ok=True)
    resolved = _with_inputs_beside(replicates.scenario, folder)
    (folder / "resolved.yaml").write_text(resolved, encoding="utf-8")
    _write_json(folder / "summary.json", summary(replicates))
    for name, table in replicates.tables.items():
        table.to_csv(tables / f"{name}.csv", index=False, lineterminator="\n")
    (tables / "README.md").write_text(_codebook(), encoding="utf-8")


def write_origins(loaded: LoadedScenario, folder: Path) -> None:
    """Write ``origins.csv`` into `folder`; see :func:`origins_table`."""
    (folder / "origins.csv").write_text(origins_table(loaded), encoding="utf-8", newline="")


def origins_table(loaded: LoadedScenario) -> str:
    """Where the values of the scenario come from, as CSV, the same wherever its file lies."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("parameter", "kind", "basis", "source"))
    for path, origin in origins(loaded).items():
        writer.writerow((documents.dotted(path), origin.kind, origin.basis, origin.source))
    return text.getvalue()


def summary(replicates: Replicates) -> dict[str, Any]:
    """What ``summary.json`` says: means over the replicates, and whether every match was stable."""
    facts = replicates.facts
    means = {
        key: sum(fact[key] for fact in facts) / len(facts)
        for key, value in facts[0].items()
        if type(value) is int and key != "replicate"
    }
    rates = replicates.match_rates()
    by_type = rates[rates["group_by"] != "specialty"].groupby("group", sort=False)
    columns = [
        "registered", "active", "matched", "match_rate", "placed", "placement_rate", "partially_matched"
    ]  # fmt: skip
    return {
        "format": FORMAT,
        "scenario": replicates.scenario.name,
        "scenario_digest": digest(replicates.scenario),
        "seed": replicates.seed,
        "replicates": len(replicates),
        "stable": all(fact["stable"] for fact in facts),
        "stable_replicates": sum(fact["stable"] for fact in facts),
        "unstable": [fact["replicate"] for fact in facts if not fact["stable"]],
        "stable_under": [
            name for name in facts[0]["blocking"] if all(name in fact["stable_under"] for fact in facts)
        ],
        "blocking": {name: sum(fact["blocking"][name] for fact in facts) for name in facts[0]["blocking"]},
        "feasible": all(fact["feasible"] for fact in facts),
        "means": {key: _plain(key, value) for key, value in means.items()},
        "rates": {
            str(group): {column: _plain(column, float(frame[column].mean())) for column in columns}
            for group, frame in by_type
        },
    }


def manifest(
    replicates: Replicates, folder: Path, *, jobs: int, timings: Mapping[str, float], started: str
) -> dict[str, Any]:
    """What ``manifest.json`` records of a finished run; call it when every other file is written."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        "made_by": MADE_BY,
        "format": FORMAT,
        "scenario": replicates.scenario.name,
        "scenario_digest": digest(replicates.scenario),
        "seed": replicates.seed,
        "replicates": len(replicates),
        # Of a season that was replayed; a run begins with 0.
        **({"first_replicate": first} if (first := replicates.facts[0]["replicate"]) else {}),
        "jobs": jobs,
        "started": started,
        "seconds": {name: round(value, 3) for name, value in timings.items()},
        "peak_memory_mib": _peak_memory(),
        "versions": {"python": platform.python_version(), "matchsim": __version__}
        | {name: version(name) for name in MEASURED[1:]},
        "platform": platform.platform(),
        "files": {path.relative_to(folder).as_posix(): digest_of(path) for path in files},
    }


def write_manifest(content: Mapping[str, Any], folder: Path) -> None:
    """Write ``manifest.json``, the last file of a run."""
    _write_json(folder / "manifest.json", content)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of the run in `folder`.

    Raises
    ------
    InputError
        When the folder holds no run.
    """
    content = manifest_in(folder, {MADE_BY: FORMAT})
    if content is None:
        told = f"was not made by {MADE_BY}" if folder.exists() else "is not there"
        raise _refused(folder, told, f"give the folder that {MADE_BY} wrote")
    missing = [
        name
        for name, kind in (("scenario", str), ("seed", int), ("replicates", int), ("files", dict))
        if not isinstance(content.get(name), kind)
    ]
    if missing:
        told = f"does not say {', '.join(missing)}"
        raise _refused(folder / "manifest.json", told, f"give the folder that {MADE_BY} wrote")
    return content


def first_replicate(manifest: Mapping[str, Any]) -> int:
    """Number of the first replicate in the folder of a run: 0 but where a season was replayed."""
    first = manifest.get("first_replicate", 0)
    return first if type(first) is int and first > 0 else 0


def record_again(folder: Path, changed: Path) -> None:
    """Put the digest of a file that was made again into the manifest of the run in `folder`."""
    content = read_manifest(folder)
    content["files"][changed.relative_to(folder).as_posix()] = digest_of(changed)
    content["files"] = dict(sorted(content["files"].items()))
    write_manifest(content, folder)


def _with_inputs_beside(scenario: Scenario, folder: Path) -> str:
    """The canonical YAML of `scenario`, with the files that it names copied into ``folder/inputs``."""
    data = scenario.model_dump(exclude_none=True)
    for number, (path, source) in enumerate(named_files(scenario).items(), start=1):
        copy = Path("inputs") / f"{number}-{source.name}"
        (folder / "inputs").mkdir(exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, folder / copy)
        else:
            shutil.copyfile(source, folder / copy)
        part = data
        for step in path[:-1]:
            part = part[step]
        part[path[-1]] = copy.as_posix()
    return documents.written(data)


def _codebook() -> str:
    from matchsim.season.summary import TABLES

    lines = [
        "# The tables of this run",
        "",
        f"Written by matchsim {__version__}. Rates are fractions; an empty cell is unknown or undefined.",
    ]
    for name, table in TABLES.items():
        lines += ["", f"## `{name}.csv`", "", table.told, "", *_columns(table.columns)]
    for name, columns in AGENT_TABLES.items():
        lines += [
            "",
            f"## `{name}.parquet`",
            "",
            "One file, or a folder of one file a replicate where several are kept.",
            "",
        ]
        lines += _columns(columns)
    return "\n".join(lines) + "\n"


def _columns(columns: Mapping[str, str]) -> list[str]:
    return [
        "| column | meaning |",
        "|---|---|",
        *(f"| `{name}` | {told} |" for name, told in columns.items()),
    ]


def _plain(name: str, value: float) -> float | int | None:
    """Whole counts as such, everything else with six digits after the point; None for what is undefined."""
    if isnan(value):
        return None
    return int(value) if float(value).is_integer() and not name.endswith("rate") else round(value, 6)


def _peak_memory() -> float | None:
    """Largest resident memory of this process or of a child that it waited for, in MiB."""
    if sys.platform == "win32":
        return None
    import resource

    unit = 2**20 if sys.platform == "darwin" else 2**10
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return round(max(peaks) / unit, 1)


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    with new_file(path) as temporary:
        temporary.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _refused(out: Path, told: str, remedy: str) -> InputError:
    return InputError(Problem(told, Place(str(out)), remedy=remedy))
