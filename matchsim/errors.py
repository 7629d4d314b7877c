"""The exceptions that matchsim raises, and the form in which it speaks of what is wrong.

::

    MatchsimError
    ├── InputError          something the user gave cannot be used        exit code 2
    │   ├── ScenarioError       a scenario file
    │   ├── MarketError         a market: rank lists, quotas, a market folder
    │   └── TableError          columns that do not fit their declaration
    └── RunError            the run itself failed                         exit code 1

An :class:`InputError` carries *all* problems found, each with its place and a remedy.
"""

from __future__ import annotations

import errno
import operator
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

__all__ = [
    "InputError",
    "MarketError",
    "MatchsimError",
    "Place",
    "Problem",
    "RunError",
    "ScenarioError",
    "TableError",
    "check_choice",
    "check_kind",
    "counted",
    "did_you_mean",
    "shown",
    "system_told",
    "whole_number",
]

# What to do where the system refuses to write; what else it refuses may be reading too.
REMEDIES = {
    errno.ENOSPC: "make room on its disk and try again",
    getattr(errno, "EDQUOT", errno.ENOSPC): "make room on its disk and try again",
    errno.EROFS: "give a place that may be written",
}

# Keys may be as long as files are; as much of a path as anybody reads is shown.
LONGEST_PATH = 200


@dataclass(frozen=True, order=True)
class Place:
    """Where in a file something stands; lines and columns count from 1, 0 = unknown."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.file] if self.file else []
        if self.line:
            parts.append(str(self.line))
            if self.column:
                parts.append(str(self.column))
        return ":".join(parts)


@dataclass(frozen=True)
class Problem:
    """One thing wrong with what was given.

    Parameters
    ----------
    message
        What is allowed and what was got, in one sentence without a final full stop.
    place
        File, line and column, as far as they are known.
    path
        Dotted path of the value inside the document, such as ``programs.im.quota``.
    remedy
        What to do about it, one sentence; empty where the message says it already.
    """

    message: str
    place: Place = Place()
    path: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        path = self.path if len(self.path) <= LONGEST_PATH else self.path[: LONGEST_PATH - 1] + "…"
        head = ": ".join(part for part in (str(self.place), path) if part)
        body = f"{self.message} ({self.remedy})" if self.remedy else self.message
        return f"{head}: {body}" if head else body


class MatchsimError(Exception):
    """Base of every error that matchsim raises on purpose.

    In a notebook it is shown as what it says, without the way through the code, which is ours and not the
    reader's affair.
    """

    exit_code = 1

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]


class InputError(MatchsimError):
    """What was given cannot be used; carries every problem found, in file order."""

    exit_code = 2

    def __init__(self, problems: str | Problem | Iterable[str | Problem]) -> None:
        if isinstance(problems, (str, Problem)):
            problems = [problems]
        found = (p if isinstance(p, Problem) else Problem(p) for p in problems)
        self.problems: tuple[Problem, ...] = tuple(found)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class ScenarioError(InputError):
    """A scenario file cannot be used."""


class MarketError(InputError):
    """A market cannot be built from what was given."""


class TableError(InputError):
    """A table's columns do not fit their declaration."""


class RunError(MatchsimError):
    """The run failed although its input was good."""


def did_you_mean(given: str, allowed: Iterable[str]) -> str:
    """``did you mean 'quota'?`` for the nearest allowed word, or an empty string."""
    near = get_close_matches(str(given), list(allowed), n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else ""


def check_choice(name: str, given: object, allowed: Sequence[str]) -> None:
    """Refuse what is not one of the words allowed.

    Raises
    ------
    InputError
        ``objective must be one of 'any', 'all', got 'ani'; did you mean 'any'?``
    """
    if given not in allowed:
        near = did_you_mean(str(given), allowed)
        words = ", ".join(map(repr, allowed))
        raise InputError(f"{name} must be one of {words}, got {shown(given)}" + (near and f"; {near}"))


def counted(number: int, noun: str, plural: str = "") -> str:
    """``1 program``, ``2,000 programs``, ``0 entries``; `plural` where it is formed otherwise."""
    if number != 1:
        noun = plural or (f"{noun[:-1]}ies" if noun[-1] == "y" and noun[-2] not in "aeo" else f"{noun}s")
    return f"{number:,} {noun}"


def check_kind(name: str, given: object, kind: type, remedy: str = "") -> None:
    """Refuse what is no object of a class of ours, where a path or a name is given in its place, say.

    Raises
    ------
    InputError
        ``market must be a Market, got 'market.csv'``
    """
    if not isinstance(given, kind):
        raise InputError(Problem(f"{name} must be a {kind.__name__}, got {shown(given)}", remedy=remedy))


def whole_number(name: str, given: object) -> int:
    """A whole number as an int; NumPy's are other numbers where they overflow.

    Raises
    ------
    InputError
        ``seed must be a whole number, got 1.5``
    """
    if not isinstance(given, bool):
        try:
            return operator.index(given)  # type: ignore[arg-type]
        except TypeError:
            pass
    raise InputError(f"{name} must be a whole number, got {shown(given)}")


def system_told(error: OSError) -> str:
    """Why the system refused, in its own words, and what to do: ``No space left on device (make ...)``."""
    # Libraries put words of their own, with temporary names, in the place of the system's.
    told = os.strerror(error.errno) if error.errno else str(error)
    remedy = REMEDIES.get(error.errno or 0)
    return f"{told} ({remedy})" if remedy else told


def shown(value: object, limit: int = 60) -> str:
    """A value as an error message shows it: its repr, cut to `limit` characters."""
    # That of a data frame has lines.
    text = repr(value).replace("\n", " ")
    return text if len(text) <= limit else text[: limit - 1] + "…"
