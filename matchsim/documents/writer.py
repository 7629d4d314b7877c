"""Data as YAML, one canonical way: block style, keys in given order, lists of scalars on one line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from matchsim.documents.nodes import Path
from matchsim.documents.scalars import ScalarError, plain_scalar

__all__ = ["lines", "written"]

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*( [A-Za-z0-9_./()-]+)*")
_UNSAFE = re.compile("[\x7f-\xa0\xad\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def written(data: dict[str, Any]) -> str:
    """`data` (dicts, lists and scalars) as YAML text that loads to equal data."""
    return "".join(f"{line}\n" for line, _ in lines(data))


def lines(data: dict[str, Any]) -> Iterator[tuple[str, Path]]:
    """The lines of :func:`written`, each with the path of the value that it holds or opens."""
    for key, value in data.items():
        yield from _entry(f"{_text(str(key))}:", value, (key,), "")


def _entry(head: str, value: Any, path: Path, indent: str) -> Iterator[tuple[str, Path]]:
    if isinstance(value, dict) and value:
        yield f"{indent}{head}", path
        for key, child in value.items():
            yield from _entry(f"{_text(str(key))}:", child, (*path, key), indent + "  ")
    elif isinstance(value, (list, tuple)) and any(isinstance(item, (dict, list, tuple)) for item in value):
        yield f"{indent}{head}", path
        for number, item in enumerate(value):
            yield from _entry("-", item, (*path, number), indent + "  ")
    else:
        yield f"{indent}{head} {_flow(value)}", path


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_scalar(item) for item in value)}]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    return _text(value)


# The same few keys come again and again.
@lru_cache(maxsize=4096)
def _text(text: str) -> str:
    if _PLAIN.fullmatch(text) and _stays_text(text):
        return text
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _stays_text(text: str) -> bool:
    try:
        return isinstance(plain_scalar(text), str)
    except ScalarError:
        return False
