"""Folders that are complete or not there at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from matchsim.errors import InputError, Place, Problem, RunError

__all__ = ["new_folder"]


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """A temporary folder beside `out` that takes its place when the block ends well.

    Whatever ends the block early leaves `out` as it was and removes the temporary folder. What `out`
    holds is replaced: whether that may be is for the caller to ask first.

    Raises
    ------
    InputError
        When nothing can be written there.
    RunError
        When writing fails half-way, as on a full disk.
    """
    out = Path(os.path.realpath(out))
    temporary, old = (out.with_name(f".{out.name}.{os.getpid()}.{word}") for word in ("part", "old"))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary.mkdir()
    except OSError as error:
        told = f"cannot be written: {error.strerror}"
        raise InputError(Problem(told, Place(str(out)), remedy="give another folder with --out")) from None
    try:
        yield temporary
        if out.exists():
            out.rename(old)
        temporary.rename(out)
    except OSError as error:
        if old.exists() and not out.exists():
            old.rename(out)
        raise RunError(f"{out} could not be written: {error.strerror}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        if out.exists():
            shutil.rmtree(old, ignore_errors=True)
