"""Plain words of a YAML file as text, numbers and truth values: the core schema of YAML 1.2.

So ``NO`` and ``on`` are text, ``1e5`` is a number and ``12:30`` is text. Three things of that schema are
refused because they mislead: nothing at all (``key:`` or ``null``), ``.nan`` and ``.inf``, and numbers
with leading zeros (``012``), which YAML 1.1 read as octal.
"""

from __future__ import annotations

import math
import re

__all__ = ["ScalarError", "plain_scalar"]

_NULL = frozenset(["", "~", "null", "Null", "NULL"])
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")

# Python itself refuses to convert longer ones; no figure of a season comes near.
_MAX_DIGITS = 40


class ScalarError(ValueError):
    """A word that would mislead; holds what is wrong and what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def plain_scalar(text: str) -> str | int | float | bool:
    """The value of an unquoted word.

    Raises
    ------
    ScalarError
        For null, numbers that are not finite, leading zeros and numbers of more than 40 digits.
    """
    if text in _NULL:
        raise ScalarError("has no value", "write one, or leave the line out to keep the default")
    if text in _TRUTH:
        return _TRUTH[text]
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _OTHER_BASE.fullmatch(text) and len(text) <= _MAX_DIGITS:
        return int(text, 0)
    if _NOT_FINITE.fullmatch(text):
        raise ScalarError(f"must be a finite number, got {text}", "write a number")
    if _FLOAT.fullmatch(text):
        number = float(text)
        if not math.isfinite(number):
            raise ScalarError(f"is too large a number, got {text[:60]}", "write a finite number")
        return number
    return text


def _integer(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise ScalarError(f"is a number of {len(text)} digits", f"at most {_MAX_DIGITS} are allowed")
    if _LEADING_ZERO.fullmatch(text):
        number = text.lstrip("+-").lstrip("0") or "0"
        raise ScalarError(
            f"starts with a zero, got {text}", f"write {number} for the number or '{text}' for the text"
        )
    return int(text)
