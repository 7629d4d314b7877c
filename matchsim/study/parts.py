"""The parts of a study on disk: a part counts when it is there whole and its checksum agrees.

Every file is written under a temporary name, brought to the disk (``fsync``) and renamed. The receipt of a
chunk, which holds the checksums of its parts, is written last; without it, or where it does not agree, the
chunk is simulated again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from matchsim.errors import RunError, system_told
from matchsim.folders import new_file
from matchsim.study.chunks import Chunk

__all__ = ["Parts", "going_on", "written_safely"]


def written_safely(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, even when the power fails.

    Raises
    ------
    RunError
        When the disk is full or cannot be written.
    """
    with going_on(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with new_file(path) as temporary, temporary.open("wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        _fsync_folder(path.parent)


@contextmanager
def going_on(path: Path) -> Iterator[None]:
    """Tell, where `path` cannot be written, that the study can go on later.

    Raises
    ------
    RunError
        When the disk is full or cannot be written.
    """
    try:
        yield
    except OSError as error:
        told = f"{path} could not be written: {system_told(error)}; what is finished stays"
        raise RunError(f"{told}, and the same command goes on from there") from error


@dataclass(frozen=True)
class Parts:
    """The parts of a study in its folder."""

    folder: Path

    def path(self, table: str, chunk: Chunk) -> Path:
        """Where the part of one table goes: partitioned by cell, as Arrow and DuckDB read it."""
        return self.folder / "parts" / table / f"arm_point={chunk.cell:05d}" / f"{chunk.name}.parquet"

    def receipt(self, chunk: Chunk) -> Path:
        """Where the receipt of a chunk goes."""
        return self.folder / "receipts" / f"{chunk.name}.json"

    def write(self, chunk: Chunk, tables: Mapping[str, bytes]) -> None:
        """Bring the tables of a chunk to the disk, its receipt last.

        Raises
        ------
        RunError
            When the disk is full or cannot be written, or the study is not there any more.
        """
        if not (self.folder / "manifest.json").exists():
            # What was made anew in its place would be a study without a beginning.
            told = f"{self.folder} was removed, or its disk is gone, while the study was running"
            raise RunError(f"{told}; the same command simulates what is lost again")
        sums = {}
        for name, content in tables.items():
            written_safely(self.path(name, chunk), content)
            sums[name] = sha256(content).hexdigest()
        text = json.dumps({"chunk": chunk.name, "sha256": sums}, indent=1) + "\n"
        written_safely(self.receipt(chunk), text.encode())

    def fault(self, chunk: Chunk) -> str | None:
        """What is wrong with a chunk on disk: "" where it has no receipt yet, None where it is whole."""
        try:
            content = json.loads(self.receipt(chunk).read_bytes())
            sums = content["sha256"]
            expected = {"metrics", "people"} if chunk.people else {"metrics"}
            if content["chunk"] != chunk.name or sums.keys() != expected:
                return f"{self.receipt(chunk).name} is not the receipt of its part"
        except FileNotFoundError:
            return ""
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return f"{self.receipt(chunk).name} cannot be read"
        for name, checksum in sums.items():
            path = self.path(name, chunk)
            try:
                found = sha256(path.read_bytes()).hexdigest()
            except OSError as error:
                return f"{path.relative_to(self.folder)} cannot be read: {error.strerror}"
            if found != checksum:
                return f"{path.relative_to(self.folder)} is corrupt: its checksum does not agree"
        return None

    def clear_leftovers(self, chunks: Iterable[Chunk]) -> None:
        """Remove what a killed process left half-written of these chunks."""
        for chunk in chunks:
            for path in (self.receipt(chunk), self.path("metrics", chunk), self.path("people", chunk)):
                for leftover in path.parent.glob(f".{path.name}.*.part"):
                    with suppress(OSError):
                        leftover.unlink(missing_ok=True)


def _fsync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
