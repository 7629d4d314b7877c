"""The result folder that ``matchsim solve`` leaves.

================= ===================================================================================
``matches.csv``   ``applicant, program, rank, list``: one row for each position held, one row without
                  program for who holds none; ``rank`` as submitted; ``list`` is ``primary`` or empty
``programs.csv``  ``program, quota, final_quota, filled``
``summary.json``  counts, and the verdict of the independent checker
``manifest.json`` versions, times, and the digests of the files that the market was read from
================= ===================================================================================
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from matchsim.engine.folder_writing import write_table
from matchsim.engine.matching import Matching
from matchsim.engine.stability import blocking_pairs, irrationalities
from matchsim.errors import InputError, Place, Problem
from matchsim.folders import new_folder

__all__ = [
    "DEFINITIONS",
    "FORMAT",
    "MADE_BY",
    "earlier_result",
    "file_digests",
    "summary_of",
    "write_matches",
    "write_result",
]

FORMAT = 1
MADE_BY = "matchsim solve"
FILES = ("matches.csv", "programs.csv", "summary.json", "manifest.json")
# Without couples the three definitions of stability say the same.
DEFINITIONS = ("responsive", "kpr", "mm")


def summary_of(matching: Matching, proposing: str) -> dict[str, Any]:
    """What ``summary.json`` says of a matching; stability is judged by the checkers, not the solver."""
    market = matching.market
    pairs = len(blocking_pairs(market, matching))
    stable = not pairs and not irrationalities(market, matching)
    lengths = np.diff(market.applicant_offsets)
    return {
        "format": FORMAT,
        "proposing": proposing,
        "applicants": len(market),
        "applicants_without_ranks": int(np.count_nonzero(lengths == 0)),
        "programs": market.size("program"),
        "positions": int(market.quota.sum(dtype=np.int64)),
        "matched": matching.matched,
        "matched_to_first_choice": int(np.count_nonzero(matching.rank_of == 0)),
        "filled": int(matching.filled.sum(dtype=np.int64)),
        "stable": stable,
        "stable_under": list(DEFINITIONS) if stable else [],
        "blocking_pairs": pairs,
        "blocking": dict.fromkeys(DEFINITIONS, pairs),
        "proposals": matching.proposals,
        "one_sided_ranks": {
            "applicants": int(np.count_nonzero(market.program_rank < 0)),
            "programs": int(np.count_nonzero(market.applicant_rank < 0)),
        },
    }


def write_matches(matching: Matching, path: Path) -> None:
    """Write ``matches.csv``, in the order of the market."""
    write_table(path, ("applicant", "program", "rank", "list"), _match_rows(matching))


def _match_rows(matching: Matching) -> Iterator[tuple[str, str, int | str, str]]:
    programs = matching.market.program_labels
    held = zip(
        matching.market.applicant_labels,
        matching.program_of.tolist(),
        matching.rank_numbers.tolist(),
        strict=True,
    )
    for applicant, program, rank in held:
        yield (applicant, programs[program], rank, "primary") if program >= 0 else (applicant, "", "", "")


def write_result(
    out: Path, matching: Matching, summary: Mapping[str, Any], manifest: Mapping[str, Any]
) -> None:
    """Write the whole result folder under a temporary name that becomes `out` when it is complete.

    Parameters
    ----------
    out
        A folder that does not exist, is empty, or holds a result to be replaced; see
        :func:`earlier_result`, which is to be asked first.
    matching, summary, manifest
        What to write.

    Raises
    ------
    InputError
        When nothing can be written there.
    RunError
        When writing fails half-way; `out` is as it was.
    """
    market = matching.market
    quota = market.quota.tolist()
    programs = zip(market.program_labels, quota, quota, matching.filled.tolist(), strict=True)
    with new_folder(out) as folder:
        write_matches(matching, folder / "matches.csv")
        write_table(folder / "programs.csv", ("program", "quota", "final_quota", "filled"), programs)
        _write_json(folder / "summary.json", summary)
        _write_json(folder / "manifest.json", {"made_by": MADE_BY, "format": FORMAT, **manifest})


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def file_digests(files: Iterable[Path]) -> list[dict[str, Any]]:
    """Name, size in bytes and SHA-256 of every file, as the manifest records them."""
    contents = ((file.name, file.read_bytes()) for file in files)
    return [
        {"file": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in contents
    ]


def earlier_result(out: Path, inputs: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The manifest of an earlier result in `out` that a new one may replace; None when `out` is free.

    A folder is only ever replaced when it holds nothing but a result for the same input files.

    Parameters
    ----------
    out
        The folder wanted.
    inputs
        The digests of the input files; see :func:`file_digests`.

    Raises
    ------
    InputError
        When there is anything else.
    """
    try:
        if not out.exists():
            return None
        if not out.is_dir():
            raise _refused(out, "is a file", "give another name with --out")
        there = {entry.name for entry in out.iterdir()}
    except OSError as error:
        raise _refused(out, f"cannot be used: {error.strerror}", "give another folder with --out") from None
    if not there:
        return None
    manifest = _manifest_of_result(out)
    remedy = "give another folder with --out, or remove this one"
    if manifest is None:
        raise _refused(out, f"exists and was not made by {MADE_BY}", remedy)
    if others := sorted(there.difference(FILES)):
        raise _refused(out, f"holds a result and other files too, such as {others[0]}", remedy)
    if manifest.get("inputs") != inputs:
        told = f"holds the result for another market, {manifest.get('market', 'unknown')}"
        raise _refused(out, told, remedy)
    return manifest


def _manifest_of_result(out: Path) -> dict[str, Any] | None:
    try:
        manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    made = isinstance(manifest, dict) and manifest.get("made_by") == MADE_BY
    return manifest if made else None


def _refused(out: Path, message: str, remedy: str) -> InputError:
    return InputError(Problem(message, Place(str(out)), remedy=remedy))
