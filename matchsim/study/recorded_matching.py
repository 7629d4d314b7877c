"""The matching recorded in the folder of a result or a run, made again so that it can be explained."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from matchsim.engine import Market, Matching, deferred_acceptance, roth_peranson
from matchsim.engine.folder import read_folder
from matchsim.engine.matches_table import read_matches
from matchsim.engine.results import FORMAT as SOLVE_FORMAT
from matchsim.engine.results import MADE_BY as SOLVE
from matchsim.engine.results import file_digests
from matchsim.errors import InputError, Place, Problem
from matchsim.folders import check_unchanged, manifest_in, read_as_written
from matchsim.season import run_season
from matchsim.season.matching import matching_of
from matchsim.season.scenario import load_scenario
from matchsim.sheets import read_sheet
from matchsim.study.run_folder import FORMAT as RUN_FORMAT
from matchsim.study.run_folder import MADE_BY as RUN
from matchsim.study.run_folder import first_replicate

__all__ = ["matching_in"]


def matching_in(out: Path, *, market: Path | None = None, replicate: int | None = None) -> Matching:
    """The matching in the result of ``matchsim solve`` or the run of ``matchsim run`` in a folder.

    Parameters
    ----------
    out
        The folder.
    market
        The market that was solved; None for the one that the manifest names.
    replicate
        Which season of a run, by its number; None for the first.

    Raises
    ------
    InputError
        When the folder holds neither, or what it was made from is gone or has changed.
    """
    manifest = _manifest(out)
    if manifest["made_by"] == SOLVE:
        if replicate is not None:
            raise InputError(Problem(f"{out} is a result of {SOLVE}, which has none", path="--replicate"))
        with read_as_written(out, SOLVE):
            return _solved(out, manifest, market)
    if market is not None:
        raise InputError(Problem(f"{out} is a run of {RUN}, which makes its own markets", path="--market"))
    check_unchanged(out, manifest, ["resolved.yaml", "inputs/"])
    with read_as_written(out, RUN):
        return _simulated(out, replicate, first_replicate(manifest))


def _manifest(out: Path) -> dict[str, Any]:
    manifest = manifest_in(out, {SOLVE: SOLVE_FORMAT, RUN: RUN_FORMAT})
    if manifest is None:
        told = "is not there" if not out.exists() else f"is no result of {SOLVE} or {RUN}"
        remedy = f"give the folder that {SOLVE} --out or {RUN} --out wrote"
        raise InputError(Problem(told, Place(str(out)), remedy=remedy))
    return manifest


def _solved(out: Path, manifest: Mapping[str, Any], given: Path | None) -> Matching:
    path = _market_path(out, manifest, given)
    folder = read_folder(path)
    _check_digests(path, manifest.get("inputs", []), file_digests(folder.files), out)
    matching = _solved_again(folder.market, manifest)
    sheet = read_sheet(out / "matches.csv")
    read = read_matches(sheet, folder.market)
    same = not read.problems
    for name in ("program_of", "second_of"):
        same &= np.array_equal(getattr(read, name), getattr(matching, name))
    if not same:
        version = manifest.get("versions", {}).get("matchsim", "unknown")
        told = f"is not the match that the options of its manifest lead to (made by matchsim {version})"
        raise InputError(Problem(told, Place(str(out / "matches.csv")), remedy=f"run {SOLVE} again"))
    return matching


def _market_path(out: Path, manifest: Mapping[str, Any], given: Path | None) -> Path:
    if given is not None:
        return given
    path = Path(str(manifest.get("market", "")))
    if not manifest.get("market") or not path.exists():
        told = f"the market that was solved, {manifest.get('market', 'unknown')}, is not there"
        raise InputError(Problem(told, Place(str(out)), remedy="say with --market where it is"))
    return path


def _check_digests(path: Path, then: list[dict[str, Any]], now: list[dict[str, Any]], out: Path) -> None:
    """Complain of every file that is not the one that was solved."""
    before, after = ({entry["file"]: entry["sha256"] for entry in entries} for entries in (then, now))
    problems = []
    for name in (*before, *(name for name in after if name not in before)):
        if before.get(name) != after.get(name):
            told = "has changed" if name in before and name in after else "is new"
            told = "is missing" if name not in after else told
            problems.append(f"{name} {told}")
    if problems:
        told = f"is not the market that {out} was made from: {', '.join(problems)}"
        remedy = f"say with --market where that one is, or run {SOLVE} again"
        raise InputError(Problem(told, Place(str(path)), remedy=remedy))


def _solved_again(market: Market, manifest: Mapping[str, Any]) -> Matching:
    if market.is_linked:
        how = {"seed": manifest.get("seed", 0), "order": manifest.get("order", "couples_last")}
        return roth_peranson(market, **how)
    return deferred_acceptance(market, manifest.get("proposing", "applicants"))


def _simulated(out: Path, replicate: int | None, first: int) -> Matching:
    scenario = load_scenario(out / "resolved.yaml")
    replicate, last = first if replicate is None else replicate, first + scenario.replicates - 1
    if not first <= replicate <= last:
        told = f"must be {first} to {last}, the seasons of {out}; got {replicate}"
        raise InputError(Problem(told, path="--replicate"))
    season = run_season(scenario, replicate=replicate)
    kept = _kept_placements(out, replicate, first)
    if kept is not None:
        columns = ["applicant", "program", "supplemental_program"]
        placed = season.placements[columns].fillna("").values.tolist()
        if placed != pd.read_parquet(kept, columns=columns).fillna("").values.tolist():
            told = "is not the season that resolved.yaml leads to here"
            raise InputError(Problem(told, Place(str(kept)), remedy=f"run {RUN} again"))
    return matching_of(season)


def _kept_placements(out: Path, replicate: int, first: int) -> Path | None:
    """The placements of a replicate; None where they were not kept."""
    path = out / "tables" / "placements.parquet"
    if path.is_file():
        return path if replicate == first else None
    part = path / f"replicate-{replicate:06d}.parquet"
    return part if part.is_file() else None
