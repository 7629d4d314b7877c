"""Folders and files that are complete or not there at all."""

from __future__ import annotations

import glob
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from matchsim.errors import InputError, Place, Problem, RunError, shown, system_told

__all__ = [
    "OF_FILES",
    "check_folder_name",
    "check_unchanged",
    "digest_of",
    "manifest_in",
    "manifest_of",
    "new_file",
    "new_folder",
    "read_as_written",
]

# Files named in a complaint.
LISTED = 20
# Ends of names by which people and programs take something for a file.
OF_FILES = (
    ".csv", ".tsv", ".txt", ".xls", ".xlsx", ".xlsm", ".ods", ".parquet", ".json", ".yaml", ".yml",
    ".html", ".pdf", ".png", ".svg", ".zip",
)  # fmt: skip


def check_folder_name(out: Path) -> None:
    """Refuse the name of a file where a folder is to be made; a folder that is there may be called anything.

    Raises
    ------
    InputError
        With a name that would do.
    """
    if out.suffix.lower() in OF_FILES and not out.is_dir():
        told = f"ends as the name of a file does ({out.suffix}), and a folder with several files is made"
        raise InputError(Problem(told, Place(str(out)), remedy=f"give a name such as {out.stem}"))


@contextmanager
def new_folder(out: Path, check: Callable[[], object] | None = None) -> Iterator[Path]:
    """A temporary folder beside `out` that takes its place when the block ends well.

    Whatever ends the block early leaves `out` as it was and removes the temporary folder. What `out`
    holds is replaced: whether that may be is for the caller to ask first.

    Parameters
    ----------
    out
        The folder.
    check
        Asks again whether `out` may be replaced, when no other process can write it any more: one may have
        finished since the caller asked.

    Raises
    ------
    InputError
        When nothing can be written there, another process is writing it, or `check` refuses.
    RunError
        When writing fails half-way, as on a full disk, or somebody else changes `out` meanwhile.
    """
    out = Path(os.path.realpath(out))
    temporary, old = (out.with_name(f".{out.name}.{os.getpid()}.{word}") for word in ("part", "old"))
    with ExitStack() as stack:
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(_locked(out))
            _clear_leftovers(out)
            if check is not None:
                check()
            there = _state(out)
            temporary.mkdir()
        except OSError as error:
            told = f"cannot be written: {error.strerror}"
            raise InputError(
                Problem(told, Place(str(out)), remedy="give another folder with --out")
            ) from None
        try:
            yield temporary
            if _state(out) != there:
                raise RunError(f"{out} was changed by somebody else meanwhile, and is left as it is")
            if out.exists():
                out.rename(old)
            temporary.rename(out)
        except OSError as error:
            if old.exists() and not out.exists():
                old.rename(out)
            raise RunError(f"{out} could not be written: {system_told(error)}") from error
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
            if out.exists():
                shutil.rmtree(old, ignore_errors=True)


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """A temporary name beside `path` for a file that takes its place when the block ends well.

    Whatever ends the block early leaves `path` as it was and removes the temporary file.

    Raises
    ------
    OSError
        With the name of `path`, when it cannot be written, as on a full disk.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield temporary
        temporary.replace(path)
    except OSError as error:
        # What a full disk says when bytes are written names no file.
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
    finally:
        # Where nothing may be written, not even the absence of a file is looked at.
        with suppress(OSError):
            temporary.unlink()


@contextmanager
def _locked(out: Path) -> Iterator[None]:
    """Hold `out` for this process; the system lets go of it however the process ends.

    Raises
    ------
    InputError
        When another process is writing it.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    path = out.with_name(f".{out.name}.lock")
    flags = os.O_CREAT | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0)
    while True:
        handle = os.open(path, flags, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            told = "is being written by another matchsim at this moment"
            remedy = "wait until it is finished, or give another folder with --out"
            raise InputError(Problem(told, Place(str(out)), remedy=remedy)) from None
        # Who held it before may have removed the file after it was opened here.
        if path.exists() and os.path.samestat(os.fstat(handle), path.stat()):
            break
        os.close(handle)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


def _clear_leftovers(out: Path) -> None:
    """Put back what a killed process had moved aside, and remove what it left half-written."""
    for leftover in sorted(out.parent.glob(f".{glob.escape(out.name)}.*.old")):
        if leftover.is_dir() and not out.exists():
            leftover.rename(out)
        else:
            shutil.rmtree(leftover, ignore_errors=True)
    for leftover in out.parent.glob(f".{glob.escape(out.name)}.*.part"):
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover, ignore_errors=True)


def _state(out: Path) -> tuple[str, ...]:
    """What stands in a folder, to see whether it is still that."""
    return tuple(sorted(entry.name for entry in out.iterdir())) if out.is_dir() else (str(out.exists()),)


def manifest_of(folder: Path, *commands: str) -> dict[str, Any] | None:
    """The manifest of what one of these commands left in a folder, in any format; None where none did."""
    try:
        content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    made = isinstance(content, dict) and content.get("made_by") in commands
    return content if made else None


def manifest_in(folder: Path, formats: Mapping[str, int]) -> dict[str, Any] | None:
    """The manifest of what a command left in `folder`; None where none of the commands made it.

    Parameters
    ----------
    folder
        The folder.
    formats
        The commands whose folders are wanted, each with the number of the format that this version reads.

    Raises
    ------
    InputError
        When the folder was written in another format.
    """
    content = manifest_of(folder, *formats)
    if content is None:
        return None
    made_by = content["made_by"]
    if content.get("format") != formats[made_by]:
        told = f"is written in format {shown(content.get('format'))}, but format {formats[made_by]} is read"
        remedy = f"run {made_by} again with this version, or read it with the version that wrote it"
        raise InputError(Problem(told, Place(str(folder / "manifest.json")), remedy=remedy))
    return content


def check_unchanged(folder: Path, manifest: Mapping[str, Any], names: Iterable[str] = ("",)) -> None:
    """See that files of a folder are those whose digests its manifest holds.

    Parameters
    ----------
    folder, manifest
        What a command left; a manifest without digests, of what is not finished, says nothing.
    names
        Beginnings of the names of the files that matter; left out, all.

    Raises
    ------
    InputError
        With every file that is missing or was changed.
    """
    digests = manifest.get("files")
    if not isinstance(digests, dict):
        return
    changed = [
        Problem("is not there" if not (folder / name).is_file() else "was changed", Place(str(folder / name)))
        for name, digest in digests.items()
        if name.startswith(tuple(names)) and digest_of(folder / name) != digest
    ]
    if changed:
        remedy = f"run {manifest['made_by']} again, or put back what was written"
        raise InputError([*changed[:-1][:LISTED], replace(changed[-1], remedy=remedy)])


def digest_of(path: Path) -> str:
    """The SHA-256 of a file; empty where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return ""


@contextmanager
def read_as_written(folder: Path, made_by: str) -> Iterator[None]:
    """Read files that a command wrote: what does not hold what they hold is refused, not stumbled over.

    Raises
    ------
    InputError
        When a file is missing, damaged, or was changed so that it no longer fits the others.
    """
    try:
        yield
    except FileNotFoundError as error:
        place = Place(str(error.filename or folder))
        raise InputError(Problem("is not there", place, remedy=f"run {made_by} again")) from error
    except _NOT_AS_WRITTEN as error:
        told = (str(error).splitlines() or [""])[0]
        told = f"holds something else than {made_by} writes: {type(error).__name__} {shown(told, 120)}"
        raise InputError(Problem(told, Place(str(folder)), remedy=f"run {made_by} again")) from error


_NOT_AS_WRITTEN = (
    OSError, LookupError, TypeError, ValueError, ArithmeticError, AttributeError, AssertionError,
    RecursionError,
)  # fmt: skip
