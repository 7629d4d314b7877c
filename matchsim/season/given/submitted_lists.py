"""Rank order lists as people submitted them: from a market folder, or written in the scenario."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from matchsim.engine import Market
from matchsim.engine.folder import MarketFolder, read_folder
from matchsim.engine.linked import NO_COUPLES, NO_SUPPLEMENTALS
from matchsim.engine.suite_format import is_suite_text
from matchsim.errors import MarketError, Place, Problem, did_you_mean, shown
from matchsim.season.given.files import remembered
from matchsim.season.ragged import owners_of
from matchsim.season.scenario.model import Scenario
from matchsim.season.tables import (
    Applicants,
    Applications,
    Couples,
    Interviews,
    Pathway,
    Programs,
    RankLists,
    Reversions,
)
from matchsim.sheet_formats import folded
from matchsim.sheets import Sheet, read_sheet, shortened
from matchsim.streams import Streams
from matchsim.tables import Bool, Int32, Int64

__all__ = ["Submitted", "rank_lists", "reversions", "submitted"]

# Looking for a similar name among tens of thousands takes a third of a second.
SUGGESTED = 5
# The arguments of Market.from_lists as a scenario calls them.
KEYS = {
    "applicants": "rank_lists.applicant_lists",
    "programs": "rank_lists.program_lists",
    "quotas": "rank_lists.quotas",
}


def rank_lists(
    scenario: Scenario,
    streams: Streams,  # noqa: ARG001 - a stage's signature
    applicants: Applicants,
    road: Pathway,  # noqa: ARG001
    programs: Programs,
    couples: Couples,  # noqa: ARG001 - the lists say who is in one
    applied: Applications,  # noqa: ARG001
    interviewed: Interviews,  # noqa: ARG001
) -> RankLists:
    """The lists as submitted; certified is who has a list, or a couple's list, that is not empty.

    Raises
    ------
    InputError
        When the folder cannot be used, or the lists contradict themselves.
    """
    lists = submitted(scenario)
    assert lists is not None
    market = lists.market
    person = _numbers(market.applicant_labels, applicants.all_names())
    # No Match, -1, stays what it is.
    program = np.append(_numbers(market.program_labels, programs.all_names()), np.int32(-1))
    offsets, listed = _renumbered(
        market.applicant_offsets, program[market.applicant_programs], person, len(applicants)
    )
    program_offsets, listed_people = _renumbered(
        market.program_offsets, person[market.program_applicants], program[:-1], len(programs)
    )
    joint, supplementals = market.couples or NO_COUPLES, market.supplementals or NO_SUPPLEMENTALS
    certified = np.diff(offsets) > 0
    ranking = np.diff(joint.offsets) > 0
    certified[person[joint.first[ranking]]] = certified[person[joint.second[ranking]]] = True
    return RankLists(
        certified=certified,
        applicant_offsets=offsets,
        applicant_programs=listed,
        couple_first=person[joint.first],
        couple_second=person[joint.second],
        couple_offsets=joint.offsets,
        first_programs=program[joint.first_program],
        second_programs=program[joint.second_program],
        supplemental_applicants=person[supplementals.applicant],
        supplemental_advanced=program[supplementals.advanced],
        supplemental_offsets=supplementals.offsets,
        supplemental_programs=program[supplementals.programs],
        program_offsets=program_offsets,
        program_applicants=listed_people,
    )


def reversions(scenario: Scenario, streams: Streams, programs: Programs) -> Reversions:  # noqa: ARG001
    """The reversions that come with the lists.

    Raises
    ------
    InputError
        When the folder cannot be used, or the lists contradict themselves.
    """
    lists = submitted(scenario)
    assert lists is not None
    given = lists.market.reversions
    if given is None:
        return Reversions(*(np.empty(0, dtype=np.int32),) * 3)
    program = _numbers(lists.market.program_labels, programs.all_names())
    return Reversions(program[given.donor], program[given.receiver], given.positions)


@dataclass(frozen=True, eq=False)
class Submitted:
    """The lists of both sides, and where they were read.

    Attributes
    ----------
    market
        The lists, with names.
    folder
        The market folder or workbook; None for lists written in the scenario.
    """

    market: Market
    folder: MarketFolder | None = None

    @property
    def programs(self) -> Sheet | None:
        """The folder's table of programs, in the order of the market."""
        return self.folder.programs if self.folder else None

    @property
    def applicants(self) -> Sheet | None:
        """The folder's table of applicants, who are the first of the market."""
        return self.folder.applicants if self.folder else None

    def first_choices(self, people: Sequence[str], programs: Sequence[str]) -> Int32:
        """The program that each of these people ranks first, as its number in `programs`; -1 = none."""
        market, couples = self.market, self.market.couples or NO_COUPLES
        first = np.full(len(people), -1, dtype=np.int32)
        ranking = np.flatnonzero(np.diff(market.applicant_offsets) > 0)
        number, person = _numbers(market.program_labels, programs), _numbers(market.applicant_labels, people)
        top = market.applicant_programs[market.applicant_offsets[:-1][ranking]]
        first[person[ranking]] = number[top]
        owner = owners_of(couples.offsets)
        for members, listed in (
            (couples.first, couples.first_program),
            (couples.second, couples.second_program),
        ):
            # From the last to the first, so that the first stays.
            pair = np.flatnonzero(listed >= 0)[::-1]
            first[person[members[owner[pair]]]] = number[listed[pair]]
        return first

    def linked_tracks(self) -> dict[int, str]:
        """By program, the track that its place on or at a supplemental list says."""
        lists = self.market.supplementals or NO_SUPPLEMENTALS
        return dict.fromkeys(lists.programs.tolist(), "P") | dict.fromkeys(lists.advanced.tolist(), "A")

    def coupled(self, people: Sequence[str]) -> tuple[Int32, Int32]:
        """The members of the couples, as their numbers in `people`."""
        couples = self.market.couples or NO_COUPLES
        person = _numbers(self.market.applicant_labels, people)
        return person[couples.first], person[couples.second]

    def refuse_other_programs(self, names: Sequence[str], quota: Int32, file: str) -> None:
        """Raise a MarketError when programs of the lists are not in `file`, or have another quota there."""
        labels = self.market.program_labels
        number = _numbers(labels, names)
        problems = self._unknown("program", labels, number, names, file)
        here, there = self.market.quota, np.append(quota, 0)[number]
        for row in np.flatnonzero((number >= 0) & (here != there)).tolist():
            told = f"the quota of {shown(labels[row])} is {here[row]} here, but {there[row]} in {file}"
            where = self._place("program", labels[row], "quota")
            problems.append(Problem(told, *where, "give the same number in both"))
        _refuse(problems)

    def refuse_other_people(self, names: Sequence[str], file: str) -> None:
        """Raise a MarketError when people of the lists are not in `file`."""
        labels = self.market.applicant_labels
        _refuse(self._unknown("applicant", labels, _numbers(labels, names), names, file))

    def refuse_withdrawn(self, people: Applicants, withdrawn: Bool, file: str | None) -> None:
        """Raise a MarketError when somebody marked as withdrawn has a list."""
        labels = self.market.applicant_labels
        number = _numbers(labels, people.all_names())
        ranking = np.diff(self.market.applicant_offsets) > 0
        couples = self.market.couples or NO_COUPLES
        for members in (couples.first, couples.second):
            ranking[members] |= np.diff(couples.offsets) > 0
        contradicting = withdrawn[number] & ranking
        where = f" in {file}" if file else ""
        problems = []
        for row in np.flatnonzero(contradicting).tolist():
            told = f"{shown(labels[row])} has a rank order list, but is marked as withdrawn{where}"
            problems.append(
                Problem(told, *self._place("applicant", labels[row]), "remove the list or the mark")
            )
        _refuse(problems)

    def _unknown(
        self, kind: str, labels: Sequence[str], number: Int32, names: Sequence[str], file: str
    ) -> list[Problem]:
        problems: list[Problem] = []
        for row in np.flatnonzero(number < 0).tolist():
            told = f"{kind} {shown(labels[row])} is not in {file}"
            near = did_you_mean(labels[row], names) if len(problems) < SUGGESTED else ""
            remedy = near or f"every {kind} of the lists must be there"
            problems.append(Problem(told, *self._place(kind, labels[row]), remedy))
        return problems

    def _place(self, kind: str, name: str, column: str = "") -> tuple[Place, str]:
        """Where an applicant or program of the lists is first named: place in a file, path in a scenario."""
        if self.folder is None:
            key = KEYS["quotas" if column == "quota" else f"{kind}s"]
            return Place(), f"{key}.{name}"
        sheet, row, where = self._rows[kind][name]
        return sheet.place(row, column or where), ""

    @cached_property
    def _rows(self) -> dict[str, dict[str, tuple[Sheet, int, str]]]:
        """By kind and name: the sheet of the folder, its row and its column, that names somebody first."""
        assert self.folder is not None
        found: dict[str, dict[str, tuple[Sheet, int, str]]] = {"program": {}, "applicant": {}}
        for kind, table in (("program", self.programs), ("applicant", self.applicants)):
            named: list[tuple[Sheet | None, str]] = [(table, kind)]
            named.append((_sheet(self.folder, f"{kind}_rankings"), kind))
            if kind == "applicant" and self.market.couples is not None:
                couples = _sheet(self.folder, "couples")
                named += [(couples, "applicant_1"), (couples, "applicant_2")]
            for sheet, column in named:
                if sheet is not None:
                    for row, name in enumerate(sheet.column(column)):
                        found[kind].setdefault(name, (sheet, row, column))
        return found


def submitted(scenario: Scenario) -> Submitted | None:
    """The lists that a scenario gives; None when it simulates them.

    Raises
    ------
    InputError
        When the folder cannot be used, or the lists contradict themselves: every problem with its place.
    """
    lists = scenario.rank_lists
    if lists.folder is not None:
        return _in_folder(lists.folder)
    if lists.applicant_lists is None:
        return None
    try:
        return Submitted(
            Market.from_lists(lists.applicant_lists, lists.program_lists or {}, lists.quotas or {})
        )
    except MarketError as error:
        raise MarketError(map(_in_scenario, error.problems)) from None


@remembered
def _in_folder(path: str) -> Submitted:
    if is_suite_text(Path(path)):
        told = "is an instance in text, but a season takes a folder or a workbook"
        raise MarketError(Problem(told, Place(path), remedy="matchsim convert makes a folder of it"))
    folder = read_folder(path)
    return Submitted(folder.market, folder)


def _in_scenario(problem: Problem) -> Problem:
    """The problem with the scenario's own keys for the arguments of ``Market.from_lists``."""

    def renamed(said: str) -> str:
        return re.sub(
            r"^(first: )?(applicants|programs|quotas)(?=\[|$)", lambda m: (m[1] or "") + KEYS[m[2]], said
        )

    where = renamed(problem.path or problem.place.file)
    return replace(problem, place=Place(), path=where, remedy=renamed(problem.remedy))


def _sheet(folder: MarketFolder, table: str) -> Sheet:
    """One of the sheets that the folder was read from, read again."""
    if len(folder.files) == 1:
        return read_sheet(folder.files[0], table)
    return next(read_sheet(file) for file in folder.files if folded(file.stem) == table)


def _numbers(labels: Iterable[str], names: Sequence[str]) -> Int32:
    """Where each label stands among `names`; -1 for those that do not."""
    number = {name: row for row, name in enumerate(names)}
    return np.array([number.get(label, -1) for label in labels], dtype=np.int32)


def _renumbered(offsets: Int64, values: Int32, owner: Int32, size: int) -> tuple[Int64, Int32]:
    """Lists of owners ``owner[0], owner[1], ...`` as lists of 0 to ``size - 1``, some of them empty."""
    of_entry = np.repeat(owner, np.diff(offsets))
    counts = np.bincount(of_entry, minlength=size)
    placed = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return placed, values[np.argsort(of_entry, kind="stable")]


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise MarketError(shortened(sorted(problems, key=lambda problem: problem.place)))
