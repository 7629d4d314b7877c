"""Files that are read once, however many stages and replicates ask for what they say."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from pathlib import Path
from typing import TypeVar

__all__ = ["remembered"]

T = TypeVar("T")


def remembered(read: Callable[..., T]) -> Callable[..., T]:
    """Keep what `read` last made of a file or folder until the file changes.

    Parameters
    ----------
    read
        A function of a path and further hashable arguments, whose result nobody changes. What it raises
        is not kept.
    """

    # Two results: a run asks for one, a comparison of two scenarios for both.
    @lru_cache(maxsize=2)
    def kept(stamp: Hashable, path: str, *rest: Hashable) -> T:  # noqa: ARG001 - the stamp is for the cache
        return read(path, *rest)

    @wraps(read)
    def reading(path: str, *rest: Hashable) -> T:
        return kept(_stamp(Path(path)), path, *rest)

    return reading


def _stamp(path: Path) -> tuple[tuple[str, int, int], ...]:
    """Names, times and sizes of a file or of the files of a folder; empty where there is nothing."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    states = ((file.name, file.stat()) for file in files if file.is_file())
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in states)
