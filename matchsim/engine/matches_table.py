"""Matches as anybody wrote them down, one row for each position, read as a matching of a market."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from pathlib import Path
from typing import NamedTuple

import numpy as np

from matchsim.engine.market import Market
from matchsim.engine.matching import Matching
from matchsim.errors import MarketError, Problem, did_you_mean, shown
from matchsim.sheets import Sheet, read_sheet, shortened
from matchsim.tables import Int32

__all__ = ["COUPLE", "PRIMARY", "ReadMatches", "read_final_quotas", "read_matches", "remarks_on_rows"]

# Looking for a similar name among 47,000 takes a third of a second.
SUGGESTED = 5
# The words of the column `list`; anything else is the program that a supplemental list hangs on.
PRIMARY, COUPLE = "primary", "couple"


class ReadMatches(NamedTuple):
    """What a table of matches says.

    Parameters
    ----------
    program_of, second_of
        As in :class:`~matchsim.engine.Matching`.
    problems
        The rows that are about nobody or nothing known, or contradict each other.
    supplemental
        The rows that tell of a supplemental list.
    """

    program_of: Int32
    second_of: Int32
    problems: list[Problem]
    supplemental: frozenset[int]


def read_final_quotas(market: Market, path: Path) -> Int32 | None:
    """The quotas in the column ``final_quota`` of a result's table of programs; None where there is none.

    Raises
    ------
    InputError
        When the file is there but cannot be read, or names programs that the market does not have.
    """
    if not path.is_file():
        return None
    sheet = read_sheet(path)
    if not sheet.named("final_quota"):
        return None
    problems: list[Problem] = []
    finals = sheet.integers("final_quota", problems, at_least=0)
    index = {name: i for i, name in enumerate(market.program_labels)}
    quota = market.quota.copy()
    for row, (name, final) in enumerate(zip(sheet.column("program"), finals, strict=True)):
        if name not in index:
            problems.append(Problem(f"unknown program {shown(name)}", sheet.place(row, "program")))
        elif final is not None:
            quota[index[name]] = final
    if problems:
        raise MarketError(shortened(problems))
    return quota


def read_matches(sheet: Sheet, market: Market) -> ReadMatches:
    """Read a table of matches; the rows at fault are left out.

    Raises
    ------
    InputError
        When columns are missing.
    """
    sheet.require("applicant", "program")
    reading = _Reading(sheet, market)
    lists = sheet.column("list") if sheet.named("list") else repeat("", len(sheet))
    rows = zip(sheet.column("applicant"), sheet.column("program"), lists, strict=True)
    for row, (applicant, program, which) in enumerate(rows):
        reading.take(row, applicant, program, which)
    reading.compare_lists()
    problems = reading.problems
    return ReadMatches(reading.program_of, reading.second_of, problems, frozenset(reading.hanging.values()))


class _Reading:
    """The positions read so far."""

    def __init__(self, sheet: Sheet, market: Market) -> None:
        self.sheet = sheet
        self.applicants = {name: i for i, name in enumerate(market.applicant_labels)}
        self.programs = {name: i for i, name in enumerate(market.program_labels)}
        self.names = list(market.program_labels)
        self.coupled = np.zeros(len(market), np.bool_)
        if market.couples is not None:
            self.coupled[market.couples.first] = self.coupled[market.couples.second] = True
        self.has_lists = market.supplementals is not None
        self.program_of = np.full(len(market), -1, np.int32)
        self.second_of = np.full(len(market), -1, np.int32)
        self.own: dict[str, int] = {}
        # By applicant and program that the list hangs on, the row.
        self.hanging: dict[tuple[str, str], int] = {}
        self.problems: list[Problem] = []

    def take(self, row: int, applicant: str, program: str, which: str) -> None:
        """Read one row."""
        if applicant not in self.applicants:
            self._unknown(row, "applicant", "applicant", applicant, self.applicants)
        elif program and program not in self.programs:
            self._unknown(row, "program", "program", program, self.programs)
        elif which in ("", PRIMARY, COUPLE) and not self._hangs_on(applicant, which):
            self._take_own(row, applicant, program, which)
        elif which not in self.programs:
            self._unknown(row, "list", "list", which, [PRIMARY, COUPLE, *self.programs])
        else:
            self._take_supplemental(row, applicant, program, which)

    def _hangs_on(self, applicant: str, which: str) -> bool:
        """Whether this word is the name of the program that the applicant has: a program may be called so."""
        return which in self.programs and applicant in self.own and which == self._has(applicant)

    def _has(self, applicant: str) -> str:
        p = int(self.program_of[self.applicants[applicant]])
        return self.names[p] if p >= 0 else ""

    def _take_own(self, row: int, applicant: str, program: str, which: str) -> None:
        first = self.own.setdefault(applicant, row)
        a = self.applicants[applicant]
        if first != row:
            line = self.sheet.lines[first]
            told = f"applicant {shown(applicant)} has a second row, the first is in line {line}"
            remedy = (
                "the column list must say which position a supplemental list gave" if self.has_lists else ""
            )
            self._complain(row, "applicant", told, remedy)
        elif which and (which == COUPLE) != self.coupled[a]:
            member = "a member" if self.coupled[a] else "not a member"
            told = f"list is {which!r}, but {applicant} is {member} of a couple"
            self._complain(row, "list", told)
        elif program:
            self.program_of[a] = self.programs[program]

    def _take_supplemental(self, row: int, applicant: str, program: str, which: str) -> None:
        first = self.hanging.setdefault((applicant, which), row)
        a = self.applicants[applicant]
        if first != row or (program and self.second_of[a] >= 0):
            told = f"applicant {shown(applicant)} has a second row for a supplemental list"
            self._complain(row, "applicant", told)
        elif program:
            self.second_of[a] = self.programs[program]

    def compare_lists(self) -> None:
        """Complain of positions from lists that hang on another program than the applicant has."""
        for (applicant, which), row in self.hanging.items():
            has = self._has(applicant)
            if self.second_of[self.applicants[applicant]] >= 0 and which != has:
                told = f"the list hangs on {which}, but {applicant} {f'has {has}' if has else 'is unmatched'}"
                self._complain(row, "list", told)

    def _unknown(
        self, row: int, column: str, kind: str, name: str, known: dict[str, int] | list[str]
    ) -> None:
        near = did_you_mean(name, known) if len(self.problems) < SUGGESTED else ""
        told = f"unknown {kind} {shown(name)}"
        if kind == "list":
            allowed = f"{PRIMARY!r}, {COUPLE!r} or the program that a supplemental list hangs on"
            told = f"list must be {allowed}, got {shown(name)}"
        self._complain(row, column, told, near)

    def _complain(self, row: int, column: str, message: str, remedy: str = "") -> None:
        self.problems.append(Problem(message, self.sheet.place(row, column), remedy=remedy))


def remarks_on_rows(sheet: Sheet, matching: Matching, supplemental: frozenset[int]) -> Iterator[str]:
    """People left out, and ranks that are not those submitted: neither touches stability."""
    names = matching.market.applicant_labels
    missing = len(set(names) - set(sheet.column("applicant")))
    if missing:
        plural = "applicants are" if missing > 1 else "applicant is"
        yield f"{sheet.name}: {missing:,} {plural} not in the file and counted as unmatched"
    if not sheet.named("rank"):
        return
    own, extra = (
        dict(zip(names, numbers.tolist(), strict=True))
        for numbers in (matching.rank_numbers, matching.second_rank_numbers)
    )
    given = zip(sheet.column("applicant"), sheet.integers("rank", [], blank=0), strict=True)
    wrong = [
        row
        for row, (name, rank) in enumerate(given)
        if rank not in (0, (extra if row in supplemental else own).get(name, rank))
    ]
    if wrong:
        place, plural = sheet.place(wrong[0], "rank"), "ranks are" if len(wrong) > 1 else "rank is"
        yield f"{place}: {len(wrong):,} {plural} not the one submitted, the first stands here"
