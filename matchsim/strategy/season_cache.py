"""The standards of simulated seasons, kept on disk so that they are simulated once."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import suppress
from functools import lru_cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from matchsim.errors import InputError, MatchsimError, Place, Problem, system_told
from matchsim.folders import check_folder_name, new_file
from matchsim.season import Scenario
from matchsim.season.scenario import digest
from matchsim.season.tables import Programs
from matchsim.strategy.standards import Standards, simulated_standards

__all__ = ["cache_folder", "cached_standards"]

FORMAT = 1
VARIABLE = "MATCHSIM_CACHE"
# The folder for caches of a platform: the variable that names it, and where in the home it is otherwise.
CACHES = {"win32": ("LOCALAPPDATA", "AppData/Local"), "darwin": ("", "Library/Caches")}
# What a file that is not one of ours, or only a part of one, makes its readers raise.
UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error, MatchsimError)
# Rooms whose code decides what the standards of a season are.
ROOMS = ("engine", "season", "strategy/standards.py", "strategy/season_menus.py", "streams.py", "_kernels.py")


def cache_folder() -> Path:
    """Where simulated seasons are kept: ``MATCHSIM_CACHE``, else the platform's folder for caches.

    Raises
    ------
    InputError
        When there is no home directory.
    """
    if os.environ.get(VARIABLE):
        return Path(os.environ[VARIABLE])
    variable, usual = CACHES.get(sys.platform, ("XDG_CACHE_HOME", ".cache"))
    if os.environ.get(variable):
        return Path(os.environ[variable]) / "matchsim"
    try:
        return Path.home() / usual / "matchsim"
    except RuntimeError:
        remedy = f"name a folder for simulated seasons by the environment variable {VARIABLE}"
        raise InputError(Problem("this user has no home directory", remedy=remedy)) from None


def cached_standards(
    scenario: Scenario,
    replicates: int,
    *,
    folder: Path | None = None,
    jobs: int = 1,
    told: Callable[[int], object] = lambda _: None,
) -> list[Standards]:
    """The standards of the first seasons of a scenario, simulated where they are not on disk yet.

    A file is used only if it is whole and was made by the same code from the same resolved scenario; all
    others are made again. Files hold arrays and text, nothing that is run when it is read.

    Parameters
    ----------
    scenario
        Whose seasons, with its seed.
    replicates
        How many seasons, from number 0.
    folder
        Where they are kept; None for :func:`cache_folder`.
    jobs
        Processes that simulate.
    told
        Called with a number of seasons whenever so many more are at hand.

    Returns
    -------
    list of Standards
        By number of the replicate.

    Raises
    ------
    InputError
        When nothing can be written in the folder, it is called as a file is, programs propose in the
        scenario, or it has early results.
    """
    if folder is not None:
        check_folder_name(folder)
    home = (cache_folder() if folder is None else folder) / "seasons" / _key(scenario)
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        remedy = f"name another folder by the environment variable {VARIABLE}"
        problem = Problem(f"cannot be written: {system_told(error)}", Place(str(home)), remedy=remedy)
        raise InputError(problem) from None
    found: dict[int, Standards] = {}
    for replicate in range(replicates):
        kept = _read(home, scenario, replicate)
        if kept is not None:
            found[replicate] = kept
            told(1)
    missing = [replicate for replicate in range(replicates) if replicate not in found]
    for replicate, made in _made(scenario, missing, jobs):
        _write(home, made)
        found[replicate] = made
        told(1)
    return [found[replicate] for replicate in range(replicates)]


def _made(scenario: Scenario, missing: list[int], jobs: int) -> Iterator[tuple[int, Standards]]:
    if jobs == 1 or len(missing) < 2:
        yield from ((replicate, simulated_standards(scenario, replicate)) for replicate in missing)
        return
    # A forked process would inherit threads of numerical libraries in an unknown state.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(missing)), mp_context=context) as pool:
        waiting = {pool.submit(simulated_standards, scenario, replicate): replicate for replicate in missing}
        try:
            for future in as_completed(waiting):
                yield waiting[future], future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _key(scenario: Scenario) -> str:
    return f"{digest(scenario)}-{_code()}"


@lru_cache
def _code() -> str:
    """A digest of the code that makes seasons: no version meets the seasons of another, released or not."""
    hashed = blake2b(f"{FORMAT}".encode(), digest_size=8)
    home = Path(str(files("matchsim")))
    for room in ROOMS:
        for path in sorted((home / room).rglob("*.py")) if (home / room).is_dir() else [home / room]:
            hashed.update(path.read_bytes())
    return hashed.hexdigest()


def _path(home: Path, scenario: Scenario, replicate: int) -> Path:
    return home / f"{scenario.seed}-{replicate}.npz"


def _write(home: Path, made: Standards) -> None:
    """Write one season, complete or not at all; a full disk only means that it is simulated again."""
    path = _path(home, made.scenario, made.replicate)
    arrays: dict[str, Any] = {
        **{spec.name: getattr(made, spec.name) for spec in Standards.columns()},
        **{f"programs.{spec.name}": getattr(made.programs, spec.name) for spec in Programs.columns()},
    }
    texts = {name: list(getattr(made.programs, name)) for name in ("specialties", "names", "institutions")}
    arrays["texts"] = np.frombuffer(json.dumps(texts).encode(), np.uint8)
    with suppress(OSError), new_file(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)


def _read(home: Path, scenario: Scenario, replicate: int) -> Standards | None:
    """What is kept of a season; None where it is not there or not whole."""
    try:
        # Opened here, as NumPy leaves open a file that it cannot read.
        with (
            _path(home, scenario, replicate).open("rb") as file,
            np.load(file, allow_pickle=False) as kept,
        ):
            texts = json.loads(kept["texts"].tobytes())
            parts: dict[str, Any] = {name: tuple(text) for name, text in texts.items()}
            parts |= {spec.name: kept[f"programs.{spec.name}"] for spec in Programs.columns()}
            programs = Programs(**parts)
            own = {spec.name: kept[spec.name] for spec in Standards.columns()}
            return Standards(
                scenario=scenario, seed=scenario.seed, replicate=replicate, programs=programs, **own
            )
    except UNREADABLE:
        return None
