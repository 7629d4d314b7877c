"""The points of a sweep: every combination of a grid, or a Latin hypercube."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from matchsim.errors import Problem
from matchsim.study.model import Range, Sweep

__all__ = ["points", "sweep_problems"]


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


def points(sweep: Sweep, seed: int) -> list[dict[str, Any]]:
    """The points of a sweep in order, each a value by path; one empty point where nothing is swept.

    Latin hypercube: the range of every value is cut into as many parts as there are points, each part is
    met once, in an order drawn from the stream ``study.latin_hypercube``, at a place within it that is
    drawn too.
    """
    if not sweep.values:
        return [{}]
    if sweep.design == "grid":
        listed = {name: _steps(one) if isinstance(one, Range) else one for name, one in sweep.values.items()}
        return [dict(zip(listed, chosen, strict=True)) for chosen in product(*listed.values())]
    assert sweep.points is not None
    return _hypercube(sweep.values, sweep.points, seed)


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
