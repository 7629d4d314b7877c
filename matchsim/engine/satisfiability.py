"""The door to python-sat, an optional dependency: solve a formula, or solve it at the least cost."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, NamedTuple

from matchsim.engine.formula import FALSE, TRUE, Formula
from matchsim.errors import RunError

__all__ = ["Effort", "cheapest", "solution"]

# CaDiCaL 1.9.5 (Biere and others), one of the solvers that come with python-sat.
SOLVER = "cadical195"


class Effort(NamedTuple):
    """How large a formula was, and what solving it took.

    Parameters
    ----------
    variables, clauses
        The size of the formula.
    conflicts, decisions
        How often the solver ran into a contradiction, and how often it had to guess.
    """

    variables: int = 0
    clauses: int = 0
    conflicts: int = 0
    decisions: int = 0


Solved = tuple[list[int] | None, Effort]


def solution(formula: Formula) -> Solved:
    """A solution, as the literals that are true, or None as a proof that there is none.

    Raises
    ------
    RunError
        When python-sat is not installed.
    """
    with _imported("pysat.solvers").Solver(name=SOLVER, bootstrap_with=formula.clauses) as solver:
        found = solver.get_model() if solver.solve() else None
        return found, _effort(formula, solver)


def cheapest(formula: Formula, prices: Sequence[tuple[int, int]]) -> Solved:
    """A solution in which the literals that are true cost least, or None as a proof that there is none.

    Parameters
    ----------
    prices
        Literals, and what each costs (above 0) if it is true.

    Raises
    ------
    RunError
        When python-sat is not installed.

    Notes
    -----
    RC2: Ignatiev, Morgado and Marques-Silva, "RC2: an efficient MaxSAT solver", Journal on Satisfiability,
    Boolean Modeling and Computation 11 (2019), 53-64.
    """
    prices = [(literal, price) for literal, price in prices if literal not in (TRUE, FALSE)]
    if not prices:
        return solution(formula)
    priced = _imported("pysat.formula").WCNF()
    priced.extend(formula.clauses)
    for literal, price in prices:
        priced.append([-literal], weight=price)
    with _imported("pysat.examples.rc2").RC2Stratified(priced, solver=SOLVER) as search:
        return search.compute(), _effort(formula, search.oracle)


def _effort(formula: Formula, solver: Any) -> Effort:
    told = solver.accum_stats()
    return Effort(formula.variables, len(formula.clauses), told["conflicts"], told["decisions"])


def _imported(module: str) -> Any:
    try:
        return import_module(module)
    except ModuleNotFoundError:
        raise RunError(
            'exact answers need python-sat, which is not installed: pip install "matchsim[exact]"'
        ) from None
