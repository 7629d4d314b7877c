"""Propositional formulas in clauses, with counting; knows nothing of matching.

A literal is a number from 1 for a variable, negative for its negation, as in python-sat. ``TRUE`` and
``FALSE`` may stand wherever a literal may.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["FALSE", "TRUE", "Counter", "Formula"]

# The first variable of every formula is fixed to be true.
TRUE, FALSE = 1, -1


class Formula:
    """Clauses, one of whose literals each must be true."""

    def __init__(self) -> None:
        self.variables = 1
        self.clauses: list[list[int]] = [[TRUE]]

    def variable(self) -> int:
        """A new variable."""
        self.variables += 1
        return self.variables

    def add(self, *literals: int) -> None:
        """Demand that one of these is true."""
        if TRUE not in literals:
            self.clauses.append([x for x in literals if x != FALSE] or [FALSE])

    def one_of(self, literals: Iterable[int]) -> int:
        """A literal that is true exactly when one of these is."""
        given = [x for x in literals if x != FALSE]
        if TRUE in given or not given:
            return TRUE if given else FALSE
        if len(given) == 1:
            return given[0]
        found = self.variable()
        self.add(-found, *given)
        for x in given:
            self.add(-x, found)
        return found


class Counter:
    """How many of the first ``i`` of some literals are true, counted up to `most`.

    A sequential counter (Sinz, "Towards an optimal CNF encoding of Boolean cardinality constraints",
    Principles and Practice of Constraint Programming 2005, 827-831), in both directions: its literals are
    true exactly when there are as many.
    """

    def __init__(self, formula: Formula, literals: Sequence[int], most: int) -> None:
        self.most = most
        # One row for every number of first literals, beginning with none.
        self._rows: list[list[int]] = [[TRUE]]
        for x in literals:
            before = self._rows[-1]
            row = [TRUE]
            for number in range(1, min(len(before), most) + 1):
                fewer, same = before[number - 1], before[number] if number < len(before) else FALSE
                row.append(_counted(formula, x, fewer, same))
            self._rows.append(row)

    def at_least(self, number: int, among: int | None = None) -> int:
        """The literal that says that at least `number` of the first `among`, or of all, are true.

        Raises
        ------
        IndexError
            When the number is beyond what is counted.
        """
        among = len(self._rows) - 1 if among is None else among
        if number <= 0:
            return TRUE
        if number > among:
            return FALSE
        return self._rows[among][number]


def _counted(formula: Formula, x: int, fewer: int, same: int) -> int:
    """The literal of ``same or (x and fewer)``; `same` implies `fewer`."""
    if fewer == TRUE and same == FALSE:
        return x
    found = formula.variable()
    formula.add(-same, found)
    formula.add(-x, -fewer, found)
    formula.add(-found, same, x)
    formula.add(-found, fewer)
    return found
