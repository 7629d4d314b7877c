"""Instances of matching with couples in text, as the public stable-matching-suite keeps them.

One line each, whole numbers separated by blanks, best first::

    # a comment; so is a line that begins with a blank
    r 0 1 2
    c 0 4 5 1 2 3 -1
    p 1 2 4 0

Resident 0 ranks the programs 1 and 2. Couple 0 is the residents 4 and 5, who would first have 4 at program 1
and 5 at 2, then 4 at 3 and 5 nowhere. Program 1 has 2 positions and ranks the residents 4 and 0. Members of
couples have no line ``r``. ``-1`` is no match; as the end of a list it says nothing.

The form is described in ``README.md`` and ``RPmatcher/README`` of github.com/aperrault/stable-matching-suite,
by F. Bacchus, J. Drummond and A. Perrault.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, pairwise
from pathlib import Path

import numpy as np

from matchsim.engine.builder import ApplicantRows, ProgramRows, RankingRows, build_market
from matchsim.engine.labels import Labels
from matchsim.engine.linked_rows import CoupleRows, LinkedRows
from matchsim.engine.market import Market
from matchsim.errors import MarketError, Place, Problem, shown
from matchsim.folders import new_file
from matchsim.sheet_formats import Row, whole_file
from matchsim.sheets import Sheet, sheet_of_rows, shortened
from matchsim.tables import Int32, Int64

__all__ = ["is_suite_text", "read_suite_text", "write_suite_text"]

NO_MATCH = "-1"
FORMS = {
    "r": "r resident program ...",
    "c": "c couple resident resident program program ...",
    "p": "p program quota resident ...",
}
# Words of a line before its list begins.
HEAD = {"r": 2, "c": 4, "p": 3}
# Enough to find the first line that is no comment.
LOOKED_AT = 2**16
# Other readers of the form keep arrays as long as the largest number.
LARGEST_WRITTEN = 999_999

_LINE = re.compile(r"[rcp][ \t]+-?[0-9][^,;]*", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,8}", re.ASCII)


def is_suite_text(path: Path) -> bool:
    """Whether a file looks like an instance in text: its first line that is no comment has the form."""
    try:
        # A pipe would be waited for.
        if not path.is_file():
            return False
        with path.open("rb") as file:
            start = file.read(LOOKED_AT)
    except (OSError, ValueError):
        return False
    lines = start.decode("utf-8", errors="replace").splitlines()
    return _LINE.fullmatch(next(filter(_is_content, lines), "")) is not None


def _is_content(line: str) -> bool:
    return bool(line) and line[0] not in "# \t"


def read_suite_text(path: Path) -> tuple[Market, Sheet]:
    """The market of an instance in text, and its programs with their quotas as a sheet.

    Residents and programs are called by their numbers. The columns of places count the words of a line.

    Raises
    ------
    MarketError
        When lines have another form, numbers are unknown or given twice, or rules of couples are broken:
        all problems with their places.
    """
    instance = _Instance(str(path))
    text = whole_file(path).decode("utf-8", errors="replace")
    for line, content in enumerate(text.split("\n"), start=1):
        if _is_content(content.rstrip()):
            instance.take(line, content.split())
    if instance.unread:
        # Whoever stands on a line that could not be read would be told to be unknown elsewhere.
        raise MarketError(shortened(instance.unread))
    try:
        market = instance.market()
    except MarketError as error:
        raise MarketError(shortened([*instance.problems, *error.problems])) from None
    if instance.problems:
        raise MarketError(shortened(instance.problems))
    return market, sheet_of_rows(str(path), instance.program_rows())


@dataclass
class _Lists:
    """Lists, whose they are, and the line and word at which each begins."""

    owners: list[str] = field(default_factory=list)
    lists: list[list[str]] = field(default_factory=list)
    starts: list[tuple[int, int]] = field(default_factory=list)

    def add(self, owner: str, listed: list[str], line: int, word: int) -> None:
        self.owners.append(owner)
        self.lists.append(listed)
        self.starts.append((line, word))

    def rows(self, file: str) -> RankingRows:
        counts = list(map(len, self.lists))
        ends = [0, *accumulate(counts)]

        def place(row: int, _: str) -> Place:
            k = bisect_right(ends, row) - 1
            line, word = self.starts[k]
            return Place(file, line, word + row - ends[k])

        owners = [owner for owner, count in zip(self.owners, counts, strict=True) for _ in range(count)]
        ranks = [rank for count in counts for rank in range(1, count + 1)]
        return RankingRows(owners, ranks, list(chain.from_iterable(self.lists)), place)


@dataclass
class _Pairs:
    """The pairs of couples as rows, and the line and word of each."""

    rows: list[tuple[str, int | str, str, str, str, str]] = field(default_factory=list)
    starts: list[tuple[int, int]] = field(default_factory=list)

    def add(self, head: list[str], listed: list[str], line: int) -> None:
        couple, first, second = head
        programs = ["" if p == NO_MATCH else p for p in listed]
        for rank, (p, q) in enumerate(zip(programs[::2], programs[1::2], strict=True), start=1):
            self.rows.append((couple, rank, first, p, second, q))
            self.starts.append((line, 3 + 2 * rank))
        if not listed:
            self.rows.append((couple, "", first, "", second, ""))
            self.starts.append((line, 0))

    def couple_rows(self, file: str) -> CoupleRows:
        words = {"couple": 2, "applicant_1": 3, "applicant_2": 4}

        def place(row: int, column: str) -> Place:
            line, word = self.starts[row]
            return Place(file, line, words.get(column, word + (column == "program_2")))

        couple, rank, *pairs = map(list, zip(*self.rows, strict=True))
        return CoupleRows(place, couple, rank, *pairs, remedy=f"write {NO_MATCH} for no match")


class _Instance:
    """The lines of an instance, sorted by kind."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.unread: list[Problem] = []
        self.problems: list[Problem] = []
        self.residents: list[tuple[str, int, int]] = []
        self.programs: list[tuple[str, str, int]] = []
        self.couples: dict[str, int] = {}
        self.by_residents, self.by_programs, self.by_couples = _Lists(), _Lists(), _Pairs()

    def take(self, line: int, words: list[str]) -> None:
        """Read one line."""
        kind = words[0]
        if kind not in FORMS:
            told = f"a line must begin with r, c or p, or with # for a comment, got {shown(kind)}"
            self.unread.append(self._problem(line, 1, told))
        elif len(words) < HEAD[kind]:
            told = f"a line {kind} has at least {HEAD[kind]} words, got {len(words)}"
            self.unread.append(self._problem(line, 0, told, f"the form is: {FORMS[kind]}"))
        else:
            words = _without_end(words)
            wrong = [k for k, word in enumerate(words) if k and not _is_number(kind, k, word)]
            for k in wrong:
                told = f"must be a whole number from 0 to 99999999, got {shown(words[k])}"
                self.unread.append(self._problem(line, k + 1, told))
            if not wrong:
                # Numbers are compared as numbers: 07 is 7.
                numbers = [str(int(word)) for word in words[1:]]
                self._take(kind, line, numbers[: HEAD[kind] - 1], numbers[HEAD[kind] - 1 :])

    def _take(self, kind: str, line: int, head: list[str], listed: list[str]) -> None:
        if kind == "r":
            self.residents.append((head[0], line, 2))
            self.by_residents.add(head[0], listed, line, 3)
        elif kind == "p":
            self.programs.append((head[0], head[1], line))
            self.by_programs.add(head[0], listed, line, 4)
        else:
            self._take_couple(line, head, listed)

    def _take_couple(self, line: int, head: list[str], listed: list[str]) -> None:
        self.residents += [(head[1], line, 3), (head[2], line, 4)]
        first = self.couples.setdefault(head[0], line)
        if first != line:
            told = f"couple {head[0]} has a second line, the first is line {first}"
            self.problems.append(self._problem(line, 2, told))
        elif len(listed) % 2:
            told = f"the list of a couple names programs two by two, got {len(listed)} of them"
            self.problems.append(self._problem(line, 5, told, f"{NO_MATCH} stands for no match"))
        else:
            self.by_couples.add(head, listed, line)

    def _problem(self, line: int, word: int, message: str, remedy: str = "") -> Problem:
        return Problem(message, Place(self.file, line, word), remedy=remedy)

    def market(self) -> Market:
        def place_of_program(row: int, column: str) -> Place:
            return Place(self.file, self.programs[row][2], 2 if column == "program" else 3)

        def place_of_resident(row: int, _: str) -> Place:
            return Place(self.file, *self.residents[row][1:])

        quotas = [int(quota) for _, quota, _ in self.programs]
        return build_market(
            ProgramRows([program for program, _, _ in self.programs], quotas, place_of_program),
            ApplicantRows([resident for resident, _, _ in self.residents], place_of_resident),
            self.by_residents.rows(self.file),
            self.by_programs.rows(self.file),
            LinkedRows(self.by_couples.couple_rows(self.file) if self.by_couples.rows else None),
        )

    def program_rows(self) -> Iterator[Row]:
        yield 0, ["program", "quota"]
        for program, quota, line in self.programs:
            yield line, [program, quota]


def _without_end(words: list[str]) -> list[str]:
    """The words of a line without a no match at the end of the list, which changes nothing."""
    end = [NO_MATCH] * (2 if words[0] == "c" else 1)
    at = len(words) - len(end)
    return words[:at] if words[0] != "p" and at >= HEAD[words[0]] and words[at:] == end else words


def _is_number(kind: str, k: int, word: str) -> bool:
    if kind == "c" and k >= HEAD[kind] and word == NO_MATCH:
        return True
    return _NUMBER.fullmatch(word) is not None


def write_suite_text(market: Market, path: str | Path) -> None:
    """Write a market of single applicants and couples as an instance in text.

    Applicants and programs whose names are numbers up to 999999 keep them; otherwise they are numbered from 0
    in the order of the market, and comments say who is who. Ranks are written without their gaps.

    Parameters
    ----------
    market
        The market; without supplemental lists, reversions, joint programs and parities, which the form does
        not know.
    path
        The file. It is replaced as a whole.

    Raises
    ------
    MarketError
        When the market has other parts than lists, quotas and couples.
    """
    told = [
        Problem(
            f"the market has {what}, which this form of text cannot hold",
            remedy="write a market folder instead",
        )
        for what, part in (
            ("supplemental lists", market.supplementals),
            ("reversions", market.reversions),
            ("joint programs", market.joint_with),
            ("programs that want an odd or even number", market.parity),
        )
        if part is not None
    ]
    if told:
        raise MarketError(told)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with new_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        file.writelines(f"{line}\n" for line in _written(market))


def _written(market: Market) -> Iterator[str]:
    residents, programs = _numbered(market.applicant_labels), _numbered(market.program_labels)
    for word, labels, numbers in (
        ("resident", market.applicant_labels, residents),
        ("program", market.program_labels, programs),
    ):
        if list(labels) != numbers:
            # A name may hold a line break.
            yield from (
                f"# {word} {n}: {' '.join(name.split())}" for n, name in zip(numbers, labels, strict=True)
            )
    coupled = np.zeros(len(market), np.bool_)
    if market.couples is not None:
        coupled[market.couples.first] = coupled[market.couples.second] = True
    own = _lists(market.applicant_offsets, market.applicant_programs, programs)
    for a, listed in enumerate(own):
        if not coupled[a]:
            yield " ".join(["r", residents[a], *listed])
    yield from _written_couples(market, residents, programs)
    theirs = _lists(market.program_offsets, market.program_applicants, residents)
    for number, quota, listed in zip(programs, market.quota.tolist(), theirs, strict=True):
        yield " ".join(["p", number, str(quota), *listed])


def _written_couples(market: Market, residents: list[str], programs: list[str]) -> Iterator[str]:
    couples = market.couples
    if couples is None:
        return
    seats = np.stack([couples.first_program, couples.second_program], axis=1)
    names = [*programs, NO_MATCH]  # the last is the one of -1
    for c, (a, b) in enumerate(zip(couples.first.tolist(), couples.second.tolist(), strict=True)):
        pairs = seats[couples.offsets[c] : couples.offsets[c + 1]].ravel().tolist()
        yield " ".join(["c", str(c), residents[a], residents[b], *map(names.__getitem__, pairs)])


def _numbered(labels: Labels) -> list[str]:
    names = list(labels)
    if all(_NUMBER.fullmatch(name) and name == str(min(int(name), LARGEST_WRITTEN)) for name in names):
        return names
    return list(map(str, range(len(names))))


def _lists(offsets: Int64, listed: Int32, names: Sequence[str]) -> Iterator[list[str]]:
    named = list(map(names.__getitem__, listed.tolist()))
    cut = offsets.tolist()
    return (named[start:end] for start, end in pairwise(cut))
