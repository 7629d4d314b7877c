"""Specialties of another size: positions and programs of another season, in all or by specialty."""

from __future__ import annotations

from collections.abc import Mapping

from matchsim.errors import Problem, ScenarioError, did_you_mean
from matchsim.season.scenario.programs import WHOLE, Specialty, TrackSize
from matchsim.season.scenario.published import apportioned
from matchsim.season.words import Track

__all__ = ["resized"]

Cell = tuple[str, Track]
Cells = dict[Cell, int]
Sizes = int | Mapping[str, int] | None


def resized(specialties: Mapping[str, Specialty], positions: Sizes, number: Sizes) -> dict[str, Specialty]:
    """The specialties with other numbers of positions and programs, whole ones, exact in all.

    Parameters
    ----------
    specialties
        Sized and valid.
    positions, number
        Positions, and program tracks: in all, or by specialty with `WHOLE` for all together. Specialties
        not named share the rest of the whole in proportion to their size, or keep it where the whole is
        not given; tracks share within a specialty. Without `number` programs are scaled as positions are.

    Raises
    ------
    ScenarioError
        When a specialty is unknown, more is given by specialty than in all, or programs would have no
        position; every problem with its dotted path.
    """
    cells = [(name, track) for name, one in specialties.items() for track in one.tracks()]
    sizes = {cell: specialties[cell[0]].tracks()[cell[1]] for cell in cells}
    problems = [
        *_problems("positions", positions, specialties),
        *_problems("number", number, specialties),
    ]
    if problems:
        raise ScenarioError(problems)
    seats = {cell: size.positions for cell, size in sizes.items()}
    programs = {cell: size.programs for cell, size in sizes.items()}
    before = dict(seats)
    if positions is not None:
        seats = _scaled(seats, positions, "positions")
    if number is not None:
        programs = _scaled(programs, number, "number")
    else:
        programs = {cell: _in_step(programs[cell], seats[cell], before[cell]) for cell in cells}
    for cell in cells:
        if programs[cell] > seats[cell] or (seats[cell] and not programs[cell]):
            told = f"{cell[0]} {cell[1]} would have {programs[cell]} programs for {seats[cell]} positions"
            problems.append(
                Problem(told, path="programs.number" if number is not None else "programs.positions")
            )
    if problems:
        raise ScenarioError(problems)
    return {
        name: one.model_copy(
            update={
                track: TrackSize(programs=programs[name, track], positions=seats[name, track])
                for track in one.tracks()
            }
        )
        for name, one in specialties.items()
    }


def _problems(part: str, wanted: Sizes, specialties: Mapping[str, Specialty]) -> list[Problem]:
    if wanted is None or isinstance(wanted, int):
        return []
    return [
        Problem(
            f"no specialty of this scenario is called {name!r}",
            path=f"programs.{part}.{name}",
            remedy=did_you_mean(name, [WHOLE, *specialties]),
        )
        for name in wanted
        if name != WHOLE and name not in specialties
    ]


def _scaled(cells: Cells, wanted: int | Mapping[str, int], part: str) -> Cells:
    """The cells with the sizes wanted, by largest remainder within each specialty and over the rest."""
    named = {} if isinstance(wanted, int) else {n: count for n, count in wanted.items() if n != WHOLE}
    whole = wanted if isinstance(wanted, int) else wanted.get(WHOLE)
    scaled = dict(cells)
    for name, count in named.items():
        scaled |= _shared(count, {cell: size for cell, size in cells.items() if cell[0] == name}, part)
    if whole is not None:
        others = {cell: size for cell, size in cells.items() if cell[0] not in named}
        scaled |= _shared(whole - sum(named.values()), others, part)
    return scaled


def _shared(count: int, cells: Cells, part: str) -> Cells:
    if count < 0:
        told = f"more is given by specialty than {WHOLE} allows, by {-count}"
        raise ScenarioError(Problem(told, path=f"programs.{part}.{WHOLE}"))
    if count and not sum(cells.values()):
        told = f"{count} are left for specialties that have none to be scaled"
        raise ScenarioError(Problem(told, path=f"programs.{part}"))
    return apportioned(count, cells)


def _in_step(programs: int, positions: int, before: int) -> int:
    """Programs scaled as positions are: at least one where there are positions, never more than these."""
    if not before:
        return programs
    return min(max(round(programs * positions / before), 1 if positions else 0), positions)
