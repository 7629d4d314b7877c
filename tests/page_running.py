"""The blocks of code of a page, run in the order of the page, in one folder, as a reader would.

The tests compare what is said with what the page says. After a change of the model, ``python
tests/page_running.py PAGE...`` puts into pages what is said now: read the difference before it is committed.
"""

from __future__ import annotations

import contextlib
import doctest
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from markdown_pages import FILE_LANGUAGES, ROOT, Block, blocks

OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
_COMMAND = re.compile(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
# How far a command is, which machines tell or not, as they are quick or slow.
_PROGRESS = re.compile(r"^(?:\d+ of \d+ \w+, \d+ s.*|If matchsim is new on this machine, .*)\n", re.MULTILINE)


class Said(NamedTuple):
    """What a page says that a command or an expression says, from `start` to `end`, and what it said."""

    start: int
    end: int
    expected: str
    got: str


def same(said: Said) -> bool:
    return doctest.OutputChecker().check_output(said.expected, said.got, OPTIONS)


def run(page: Path, folder: Path, *languages: str) -> Iterator[Said]:
    """Write the files of a page and run its blocks of these languages, in order."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for number, block in enumerate(blocks(page), start=1):
        if block.name is not None and block.language in FILE_LANGUAGES:
            path = folder / block.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        elif block.language not in languages:
            continue
        elif block.language == "python":
            exec(compile(block.text, f"{page}, block {number}", "exec"), names)
        elif block.language == "pycon":
            yield from _interpreter(block, names, page)
        elif block.language == "console":
            yield from _commands(block, folder)


def _commands(block: Block, folder: Path) -> Iterator[Said]:
    commands = list(_COMMAND.finditer(block.text))
    assert commands, block.text
    for found in commands:
        assert found[1].startswith("matchsim "), found[1]
        yield Said(
            block.start + found.start(2), block.start + found.end(2), found[2], matchsim(found[1], folder)
        )


def matchsim(command: str, folder: Path) -> str:
    """What a command says on both streams, without how far it is."""
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(command)],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
    )
    return _PROGRESS.sub("", done.stdout)


class _Listener(doctest.DocTestRunner):
    """Keeps what every example said."""

    def __init__(self) -> None:
        super().__init__(optionflags=OPTIONS)
        self.heard: list[tuple[doctest.Example, str]] = []

    def report_success(self, out, test, example, got):
        self.heard.append((example, example.want if example.exc_msg else got))

    def report_failure(self, out, test, example, got):
        self.heard.append((example, got))

    def report_unexpected_exception(self, out, test, example, exc_info):
        self.heard.append((example, "".join(doctest._exception_traceback(exc_info))))


def _interpreter(block: Block, names: dict[str, Any], page: Path) -> Iterator[Said]:
    test = doctest.DocTestParser().get_doctest(block.text, names, page.name, str(page), 0)
    assert test.examples, block.text
    listener = _Listener()
    listener.run(test, out=lambda _: None, clear_globs=False)
    names.update(test.globs)
    lines = block.text.splitlines(keepends=True)
    for example, got in listener.heard:
        first = example.lineno + example.source.count("\n")
        start = block.start + sum(map(len, lines[:first]))
        yield Said(start, start + len(example.want), example.want, got)


def renewed(page: Path, folder: Path) -> str:
    """The page with what its blocks say now, wherever that is something else."""
    text = page.read_text(encoding="utf-8")
    others = [said for said in run(page, folder, "python", "pycon", "console") if not same(said)]
    for said in reversed(others):
        text = text[: said.start] + said.got + text[said.end :]
    return text


def main(pages: list[str]) -> None:
    for name in pages:
        page = Path(name).resolve()
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            text = renewed(page, Path(folder))
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
