"""Applications and interviews from a person's own tables of applicant and program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matchsim.errors import Problem, ScenarioError, did_you_mean, shown
from matchsim.season.fees import fees
from matchsim.season.given.cells import Cells
from matchsim.season.given.files import remembered
from matchsim.season.given.submitted_lists import submitted
from matchsim.season.ragged import offsets_of
from matchsim.season.scenario.model import Scenario
from matchsim.season.standing import screening_scores
from matchsim.season.tables import SIGNALS, Applicants, Applications, Interviews, Pathway, Programs
from matchsim.sheets import read_sheet
from matchsim.streams import Streams
from matchsim.tables import Float32, Int8, Int32, Int64

__all__ = ["applications", "interviews"]

# Looking for a similar name among tens of thousands takes a third of a second.
SUGGESTED = 5


def applications(
    scenario: Scenario,
    streams: Streams,
    applicants: Applicants,
    road: Pathway,  # noqa: ARG001
    programs: Programs,
) -> Applications:
    """The applications of ``applications.file``; none where the rank lists are given.

    The columns are ``applicant, program`` and, where wanted, ``signal`` (none, silver or gold; an empty
    cell or a missing column is none). The order of the rows makes no difference. The applicants' tastes
    are drawn as for simulated applications.

    Raises
    ------
    InputError
        With every problem of the file and its place; also when lists are given beside it.
    """
    file = scenario.applications.file
    if submitted(scenario) is not None:
        _refuse_unread("applications", file)
        return _no_applications(len(applicants))
    assert file is not None
    pairs = _pairs(file, _names(applicants), _names(programs))
    offsets = offsets_of(pairs.applicant, len(applicants))
    return Applications(
        applicant_offsets=offsets,
        program=pairs.program,
        fit=streams("applications.fit").pair_normal(pairs.applicant, pairs.program),
        signal=pairs.signal,
        fees=fees(scenario, programs, offsets, pairs.program),
    )


def interviews(
    scenario: Scenario,
    streams: Streams,
    applicants: Applicants,
    road: Pathway,
    programs: Programs,
    applied: Applications,
) -> Interviews:
    """The interviews of ``interviews.file``; none where the rank lists are given.

    The columns are ``applicant, program``. Where applications come from a file too, every interview must
    be among them; beside simulated applications the interviews are taken as they are. Signals are those
    of the applications. Tastes and screening scores are drawn as for simulated interviews, but nobody
    interviewed counts as out of the question; every interview counts as one invitation.

    Raises
    ------
    InputError
        With every problem of the file and its place; also when lists are given beside it.
    """
    file = scenario.interviews.file
    if submitted(scenario) is not None:
        _refuse_unread("interviews", file)
        return _no_interviews(len(applicants))
    assert file is not None
    pairs = _pairs(file, _names(applicants), _names(programs))
    application = _application_of(pairs, applied, len(programs))
    if scenario.applications.file is not None:
        _refuse_without_application(file, pairs, application, scenario.applications.file)
    held = Applications(
        applicant_offsets=offsets_of(pairs.applicant, len(applicants)),
        program=pairs.program,
        fit=streams("applications.fit").pair_normal(pairs.applicant, pairs.program),
        signal=np.append(applied.signal, SIGNALS.index("none"))[application],
        fees=applied.fees,
    )
    return Interviews(
        applicant_offsets=held.applicant_offsets,
        program=held.program,
        fit=held.fit,
        score=_scores(scenario, streams, applicants, road, programs, held),
        signal=held.signal,
        invitations=np.diff(held.applicant_offsets),
    )


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Pairs by applicant and program, all different, and the row of the file that each stands in."""

    applicant: Int32
    program: Int32
    signal: Int8
    row: Int64


@remembered
def _pairs(file: str, applicants: tuple[str, ...], programs: tuple[str, ...]) -> _Pairs:
    cells = Cells(read_sheet(file))
    cells.require("applicant", "program")
    applicant = _numbers(cells, "applicant", applicants)
    program = _numbers(cells, "program", programs)
    signal = cells.words("signal", SIGNALS, SIGNALS.index("none")).astype(np.int8)
    key = np.where((applicant < 0) | (program < 0), -1, applicant.astype(np.int64) * len(programs) + program)
    row = np.argsort(key, kind="stable")
    _refuse_repeated(cells, row, key[row])
    cells.refuse_misspelt("applicant", "program", "signal")
    cells.refuse()
    return _Pairs(applicant[row], program[row], signal[row], row)


def _numbers(cells: Cells, column: str, names: Sequence[str]) -> Int32:
    """The numbers of the people or programs named; every unknown name is complained of once."""
    assert cells.sheet is not None
    texts = cells.sheet.texts(column, cells.problems)
    number = {name: i for i, name in enumerate(names)}
    found = np.fromiter((number.get(text, -1) for text in texts), np.int32, len(texts))
    unknown: dict[str, list[int]] = {}
    for row in np.flatnonzero(found < 0):
        if texts[row]:
            unknown.setdefault(texts[row], []).append(int(row))
    for told, (name, rows) in enumerate(unknown.items()):
        often = f", here and in {len(rows) - 1:,} more row{'s' * (len(rows) > 2)}" if len(rows) > 1 else ""
        near = did_you_mean(name, names) if told < SUGGESTED else ""
        cells.complain(
            rows[0], column, f"unknown {column} {shown(name)}{often}", near or f"no {column} has this name"
        )
    return found


def _refuse_repeated(cells: Cells, row: Int64, key: Int64) -> None:
    assert cells.sheet is not None
    for again in np.flatnonzero((key[1:] == key[:-1]) & (key[1:] >= 0)) + 1:
        first = np.searchsorted(key, key[again])
        at = int(row[again])
        who, where = cells.sheet.column("applicant")[at], cells.sheet.column("program")[at]
        told = f"{shown(who)} and {shown(where)} stand together twice"
        cells.complain(at, "program", told, f"first: {cells.sheet.place(int(row[first]), 'program')}")


def _application_of(pairs: _Pairs, applied: Applications, programs: int) -> Int64:
    """The number of each pair's application; -1 where there is none."""
    key = applied.applicants().astype(np.int64) * programs + applied.program
    order = np.argsort(key, kind="stable")
    wanted = pairs.applicant.astype(np.int64) * programs + pairs.program
    found = np.append(order, -1)[np.searchsorted(key, wanted, sorter=order)]
    return np.where(np.append(key, -1)[found] == wanted, found, -1)


def _refuse_without_application(file: str, pairs: _Pairs, application: Int64, applications: str) -> None:
    if np.all(application >= 0):
        return
    cells = Cells(read_sheet(file))
    for row in pairs.row[application < 0]:
        told = f"this interview has no application in {applications}"
        cells.complain(int(row), "program", told, "add the application, or leave applications.file out")
    cells.refuse()


def _scores(
    scenario: Scenario,
    streams: Streams,
    applicants: Applicants,
    road: Pathway,
    programs: Programs,
    held: Applications,
) -> Float32:
    """Screening scores without the limits that keep others from being invited."""
    noise = streams("interviews.screening").pair_normal(held.applicants(), held.program)
    return screening_scores(
        scenario,
        applicants,
        road,
        programs,
        held,
        np.float32(scenario.interviews.screening.noise) * noise,
        unlimited=True,
    )


def _names(table: Applicants | Programs) -> tuple[str, ...]:
    return table.names or tuple(table.all_names())


def _refuse_unread(part: str, file: str | None) -> None:
    if file is not None:
        told = f"would not be read, for rank_lists gives the lists themselves; got {shown(file)}"
        raise ScenarioError(Problem(told, path=f"{part}.file", remedy="remove one of the two"))


def _no_applications(people: int) -> Applications:
    return Applications(
        applicant_offsets=np.zeros(people + 1, dtype=np.int64),
        program=np.empty(0, dtype=np.int32),
        fit=np.empty(0, dtype=np.float32),
        signal=np.empty(0, dtype=np.int8),
        fees=np.zeros(people, dtype=np.float32),
    )


def _no_interviews(people: int) -> Interviews:
    return Interviews(
        applicant_offsets=np.zeros(people + 1, dtype=np.int64),
        program=np.empty(0, dtype=np.int32),
        fit=np.empty(0, dtype=np.float32),
        score=np.empty(0, dtype=np.float32),
        signal=np.empty(0, dtype=np.int8),
        invitations=np.zeros(people, dtype=np.int32),
    )
