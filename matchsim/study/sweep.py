"""The points of a sweep: every combination of a grid, or a Latin hypercube."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from matchsim.errors import Problem, shown
from matchsim.study.model import Range, Sweep

__all__ = ["as_in_tables", "points", "sweep_problems"]


def sweep_problems(sweep: Sweep) -> Iterator[Problem]:
    """What cannot be meant in a sweep, with the dotted path from the sweep on."""
    hypercube = sweep.design == "latin_hypercube"
    if hypercube and sweep.values and sweep.points is None:
        yield Problem("is missing: how many points", path="points")
    if not hypercube and sweep.points is not None:
        yield Problem("is for design: latin_hypercube; a grid has every combination", path="points")
    for name, values in sweep.values.items():
        if isinstance(values, Range) and not hypercube and values.steps is None:
            told = "needs steps in a grid, or write the values as a list"
            yield Problem(told, path=f"values.{name}")
        if not isinstance(values, Range):
            held = as_in_tables(values)
            for place, value in enumerate(held):
                if value in held[:place]:
                    yield Problem(f"{shown(values[place])} stands twice", path=f"values.{name}")


def as_in_tables(values: Sequence[Any]) -> list[float] | list[str]:
    """Values swept as the tables of a study hold them: numbers where all of them are, else all in words."""
    if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values):
        return [float(value) for value in values]
    return [str(value) for value in values]


def points(sweep: Sweep, seed: int) -> list[dict[str, Any]]:
    """The points of a sweep in order, each a value by path; one empty point where nothing is swept.

    Latin hypercube: the range of every value is cut into as many parts as there are points, each part is
    met once, in an order drawn from the stream ``study.latin_hypercube``, at a place within it that is
    drawn too. Where whole numbers or lists lead to the same point again it is there once.
    """
    if not sweep.values:
        return [{}]
    if sweep.design == "grid":
        listed = {name: _steps(one) if isinstance(one, Range) else one for name, one in sweep.values.items()}
        return [dict(zip(listed, chosen, strict=True)) for chosen in product(*listed.values())]
    assert sweep.points is not None
    drawn = _hypercube(sweep.values, sweep.points, seed)
    return list({repr(point): point for point in drawn}.values())


def _steps(given: Range) -> list[float | int]:
    assert given.steps is not None
    width = (given.high - given.low) / (given.steps - 1)
    values = [given.low + width * step for step in range(given.steps)]
    return list(dict.fromkeys(round(v) for v in values)) if given.whole else [round(v, 10) for v in values]


def _hypercube(values: Mapping[str, Any], number: int, seed: int) -> list[dict[str, Any]]:
    import numpy as np

    from matchsim.streams import Streams

    stream = Streams(seed)("study.latin_hypercube")
    every = np.arange(number, dtype=np.int32)
    drawn: dict[str, list[Any]] = {}
    for axis, (name, given) in enumerate(values.items()):
        cell = np.argsort(stream.uniform(every, 2 * axis), kind="stable")
        share = (cell + stream.uniform(every, 2 * axis + 1)) / number
        drawn[name] = [_at(given, float(one)) for one in share]
    return [{name: column[point] for name, column in drawn.items()} for point in range(number)]


def _at(given: Any, share: float) -> Any:
    """The value that lies at a share of the way through a range or a list."""
    if not isinstance(given, Range):
        return given[int(share * len(given))]
    if given.whole:
        low, high = round(given.low), round(given.high)
        return low + int(share * (high - low + 1))
    return round(given.low + share * (given.high - given.low), 10)
