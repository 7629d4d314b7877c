"""The one place that decides how kernels are compiled."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numba

__all__ = ["compiled"]


def compiled(function: Callable[..., Any], *, inline: bool = False) -> Any:
    """`function` compiled by numba at its first call, without the GIL, kept on disk where possible.

    Kernels are written as plain functions and bound once, ``kernel = compiled(_kernel)``, so that
    the plain one can be run and mutated by the tests. A kernel may call only plain arithmetic and
    kernels *of its own file*: numba stamps its cache with the digest of the caller's file alone,
    so a changed kernel in another file would go unnoticed. ``parallel=True`` is never used: its
    thread layers abort under forked and threaded workers.

    With `inline` its code is put where it is called: for what is short and takes many arrays.
    """
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    if inline:
        options["inline"] = "always"
    try:
        return _forgiving(numba.njit(function, cache=True, **options))
    except RuntimeError:
        # Neither the package's folder nor the home is writable, as in containers: numba then
        # refuses to decorate at all.
        folder = _private_folder()
    if folder is None:
        return numba.njit(function, **options)
    numba.config.CACHE_DIR = folder  # type: ignore[attr-defined]
    return _forgiving(numba.njit(function, cache=True, **options))


def _forgiving(kernel: Any) -> Any:
    """`kernel`, with a cache that costs no more than time when it cannot be read or written.

    On a full disk numba would let the call fail, although the kernel is compiled.
    """
    cache = getattr(kernel, "_cache", None)
    if cache is None:  # NUMBA_DISABLE_JIT=1
        return kernel
    load, save = cache.load_overload, cache.save_overload

    def loaded(*given: Any) -> Any:
        try:
            return load(*given)
        except OSError:
            return None
        except Exception:
            # What is left of a file when the power failed may raise anything; the cache begins anew.
            with suppress(OSError):
                cache.flush()
            return None

    def saved(*given: Any) -> None:
        with suppress(OSError):
            save(*given)

    cache.load_overload, cache.save_overload = loaded, saved
    return kernel


def _private_folder() -> str | None:
    """A cache folder among the temporary files that nobody else can write to, if there is one.

    Cached kernels are code: a folder that another user prepared under the same name is not used.
    """
    if not hasattr(os, "getuid"):
        return None
    try:
        folder = Path(tempfile.gettempdir()) / f"matchsim-kernels-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
    except OSError:
        return None
    private = stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o077
    return str(folder) if private and os.access(folder, os.W_OK) else None
