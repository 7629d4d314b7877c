"""What makes one matching better than another, as prices on a formula and counted from a matching."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from matchsim.engine.matching import Matching
from matchsim.engine.options import NO_SEAT
from matchsim.engine.stability_formula import StabilityFormula
from matchsim.engine.stability_linked import Definition, blocking_units

__all__ = ["BLOCKERS", "OBJECTIVES", "Objective", "prices", "value"]

Objective = Literal["any", "most_matched", "lowest_rank_sum", "fewest_blocking", "fewest_blocking_options"]
OBJECTIVES: tuple[Objective, ...] = (
    "any",
    "most_matched",
    "lowest_rank_sum",
    "fewest_blocking",
    "fewest_blocking_options",
)
# The objectives for which a matching need not be stable, and what blocks it that they count.
BLOCKERS: dict[Objective, Literal["units", "options"]] = {
    "fewest_blocking": "units",
    "fewest_blocking_options": "options",
}


def prices(formula: StabilityFormula, objective: Objective) -> list[tuple[int, int]]:
    """Literals, and what each costs if it is true; the best matching is the cheapest."""
    if objective in BLOCKERS:
        return [(blocks, 1) for blocks in formula.blocking]
    if objective == "most_matched":
        return [(unmatched, 1) for unmatched in _unmatched(formula)]
    return list(_places(formula)) if objective == "lowest_rank_sum" else []


def value(matching: Matching, objective: Objective, definition: Definition) -> int | None:
    """What the objective comes to, counted from the matching alone; None for ``"any"``."""
    if objective in BLOCKERS:
        found = blocking_units(matching.market, matching, definition)
        return found.units if BLOCKERS[objective] == "units" else len(found)
    if objective == "most_matched":
        return matching.matched
    return _rank_sum(matching) if objective == "lowest_rank_sum" else None


def _unmatched(formula: StabilityFormula) -> Iterator[int]:
    """For every applicant with an option, whether they hold none."""
    options = formula.options
    for rows in formula.own_options().values():
        for seats in (options.first, options.second):
            seated = [formula.holds[row] for row in rows if seats[row] != NO_SEAT]
            if seated:
                yield -formula.one_of(seated)


def _places(formula: StabilityFormula) -> Iterator[tuple[int, int]]:
    """For every option, whether its unit holds none so good, and by how much the next best is worse."""
    options, people = formula.options, len(formula.options.market)
    for unit, rows in formula.own_options().items():
        behind = [*options.place[rows[1:]].tolist(), int(options.lengths[unit])]
        members = 1 if unit < people else 2
        for row, next_place in zip(rows, behind, strict=True):
            yield -formula.has[row], members * (next_place - int(options.place[row]))


def _rank_sum(matching: Matching) -> int:
    market, couples = matching.market, matching.market.couples
    lengths = np.diff(market.applicant_offsets)
    if couples is not None:
        lengths[couples.first] = lengths[couples.second] = np.diff(couples.offsets)
    places = np.where(matching.rank_of >= 0, matching.rank_of, lengths)
    return int(places.sum(dtype=np.int64)) + len(market)
