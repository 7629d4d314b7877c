"""Text that a terminal shows and does not obey."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

__all__ = ["PlainStream", "plain"]

# Control characters but line ends and tabs, and the marks that turn the direction of writing round.
_COMMANDS = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    r"""`text` with what a terminal would obey written as ``\u001b``, which JSON reads as the character."""
    return _COMMANDS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


@contextmanager
def _naming_output() -> Iterator[None]:
    """Say of a failed write that it was of what is printed, as into a file on a full disk."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, "what is printed") from error


class PlainStream:
    """A text stream on which nothing but plain text is written; names in files may hold anything."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write `text` made plain."""
        with _naming_output():
            return self._stream.write(plain(text))

    def flush(self) -> None:
        """Bring what was written to where it goes."""
        with _naming_output():
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
