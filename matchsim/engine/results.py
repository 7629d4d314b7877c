"""The result folder that ``matchsim solve`` leaves.

================= ===================================================================================
``matches.csv``   ``applicant, program, rank, list``: one row for each position held, one row without
                  program for who holds none; ``rank`` as submitted; ``list`` is ``primary``, ``couple`` or
                  the advanced program that a supplemental list hangs on
``programs.csv``  ``program, quota, final_quota, filled``
``summary.json``  counts, and the verdict of the independent checkers
``manifest.json`` versions, times, and the digests of the files that the market was read from
================= ===================================================================================
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from matchsim.engine.blocks import Blocks, blocks_of
from matchsim.engine.folder_writing import unwritable, write_table
from matchsim.engine.market import Market
from matchsim.engine.matches_table import COUPLE, PRIMARY
from matchsim.engine.matching import Matching
from matchsim.engine.one_sided import one_sided_ranks
from matchsim.engine.stability import blocking_pairs, is_individually_rational
from matchsim.engine.stability_linked import DEFINITIONS
from matchsim.errors import InputError, MarketError, Place, Problem
from matchsim.folders import check_folder_name, manifest_of, new_folder
from matchsim.sheets import shortened

__all__ = [
    "FORMAT",
    "MADE_BY",
    "blocks_as_json",
    "earlier_result",
    "file_digests",
    "summary_of",
    "write_matches",
    "write_result",
]

FORMAT = 1
MADE_BY = "matchsim solve"
FILES = ("matches.csv", "programs.csv", "summary.json", "manifest.json")


def summary_of(matching: Matching, proposing: str) -> dict[str, Any]:
    """What ``summary.json`` says of a matching; stability is judged by the checkers, not the solver."""
    market, held = matching.market, matching.program_of >= 0
    by_applicants, by_programs = one_sided_ranks(market)
    gained = matching.final_quota.astype(np.int64) - market.quota
    return {
        "format": FORMAT,
        "algorithm": "roth_peranson" if market.is_linked else "deferred_acceptance",
        "proposing": proposing,
        "applicants": len(market),
        "applicants_without_ranks": _without_ranks(market),
        "programs": market.size("program"),
        "positions": int(market.quota.sum(dtype=np.int64)),
        "matched": matching.matched,
        "matched_to_first_choice": int(np.count_nonzero((matching.rank_of == 0) & held)),
        "partially_matched": int(np.count_nonzero(matching.partial)),
        "couples": matching.couples,
        "filled": int(matching.filled.sum(dtype=np.int64)),
        "reverted": int(np.maximum(gained, 0).sum()),
        **_stability(matching),
        "proposals": matching.proposals,
        "restarts": matching.restarts,
        "cycles": matching.cycles,
        "one_sided_ranks": {"applicants": by_applicants, "programs": by_programs},
    }


def _without_ranks(market: Market) -> int:
    lengths = np.diff(market.applicant_offsets)
    if market.couples is not None:
        for members in (market.couples.first, market.couples.second):
            lengths[members] = np.diff(market.couples.offsets)
    return int(np.count_nonzero(lengths == 0))


def _stability(matching: Matching) -> dict[str, Any]:
    """The verdict of the checkers, and what blocks under the default definition."""
    market = matching.market
    blocking: dict[str, int]
    if market.links is None:
        count = len(blocking_pairs(market, matching))
        blocking = dict.fromkeys(map(str, DEFINITIONS), count)
    else:
        blocking = matching.blocking
        count = blocking["responsive"]
    rational = is_individually_rational(market, matching)
    stable_under = [name for name, blocked in blocking.items() if not blocked and rational]
    blocks = blocks_of(matching) if count else Blocks((), (), ())
    return {
        "individually_rational": rational,
        "stable": "responsive" in stable_under,
        "stable_under": stable_under,
        "blocking_pairs": count,
        "blocking": blocking,
        "blocks": blocks_as_json(blocks),
    }


def blocks_as_json(blocks: Blocks) -> dict[str, list[dict[str, Any]]]:
    """What blocks a matching, by kind, as lists of plain values."""
    return {kind: [asdict(block) for block in found] for kind, found in blocks._asdict().items()}


def write_matches(matching: Matching, path: Path) -> None:
    """Write ``matches.csv``, in the order of the market."""
    write_table(path, ("applicant", "program", "rank", "list"), _match_rows(matching))


def _match_rows(matching: Matching) -> Iterator[tuple[str, str, int | str, str]]:
    market, programs = matching.market, matching.market.program_labels
    lists = np.full(len(market), PRIMARY, object)
    if market.couples is not None:
        lists[market.couples.first] = lists[market.couples.second] = COUPLE
    columns = matching.program_of, matching.rank_numbers, matching.second_of, matching.second_rank_numbers
    rows = zip(market.applicant_labels, lists.tolist(), *(column.tolist() for column in columns), strict=True)
    for applicant, which, program, rank, second, second_rank in rows:
        name = programs[program] if program >= 0 else ""
        # The member with No Match of a pair that a couple obtained has its rank, and no program.
        yield (
            (applicant, name, rank if rank > 0 else "", which)
            if name or rank > 0
            else (applicant, "", "", "")
        )
        if second >= 0:
            yield applicant, programs[second], second_rank, name


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
        What to write; the manifest holds the digests of the input files as ``inputs``.

    Raises
    ------
    InputError
        When nothing can be written there, or a label could not be read back.
    RunError
        When writing fails half-way; `out` is as it was.
    """
    market = matching.market
    if problems := list(unwritable(market)):
        raise MarketError(shortened(problems))
    columns = market.quota, matching.final_quota, matching.filled
    programs = zip(market.program_labels, *(column.tolist() for column in columns), strict=True)
    with new_folder(out, lambda: earlier_result(out, manifest["inputs"])) as folder:
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
            check_folder_name(out)
            return None
        if not out.is_dir():
            raise _refused(out, "is a file", "give another name with --out")
        there = {entry.name for entry in out.iterdir()}
    except OSError as error:
        raise _refused(out, f"cannot be used: {error.strerror}", "give another folder with --out") from None
    if not there:
        return None
    manifest = manifest_of(out, MADE_BY)
    remedy = "give another folder with --out, or remove this one"
    if manifest is None:
        raise _refused(out, f"exists and was not made by {MADE_BY}", remedy)
    if others := sorted(there.difference(FILES)):
        raise _refused(out, f"holds a result and other files too, such as {others[0]}", remedy)
    if manifest.get("inputs") != inputs:
        told = f"holds the result for another market, {manifest.get('market', 'unknown')}"
        raise _refused(out, told, remedy)
    return manifest


def _refused(out: Path, message: str, remedy: str) -> InputError:
    return InputError(Problem(message, Place(str(out)), remedy=remedy))
