"""Where to apply when every application has its chance and its price: the best portfolios."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matchsim.errors import InputError, Problem, shown
from matchsim.tables import Float64

__all__ = ["Portfolio", "common_score_portfolio", "independent_portfolio"]


@dataclass(frozen=True)
class Portfolio:
    """Options to apply to.

    Parameters
    ----------
    options
        Their indices.
    worth
        The expected value of the best option that admits, nothing for none, less the costs.
    """

    options: tuple[int, ...]
    worth: float


def independent_portfolio(
    chances: npt.ArrayLike, values: npt.ArrayLike, *, cost: float = 0.0, most: int | None = None
) -> Portfolio:
    """The best portfolio where every option admits without regard to the others.

    Parameters
    ----------
    chances
        The chance to be admitted by each option, 0 to 1.
    values
        What each is worth to the applicant, where having none of them is worth 0.
    cost
        The price of one application, in the unit of values.
    most
        Apply to so many at most; None for any number.

    Returns
    -------
    Portfolio
        Its options in the order in which they were added: the first so many of them are the best portfolio
        of that size.

    Raises
    ------
    InputError
        With every problem found: lengths that differ, numbers that cannot be used.

    Notes
    -----
    The marginal improvement algorithm of Chade and Smith, "Simultaneous search", Econometrica 74 (2006),
    1293-1307: the option that adds most is added until none adds more than it costs. It is optimal here, and
    not where admissions depend on one another; see :func:`common_score_portfolio`.

    Examples
    --------
    >>> independent_portfolio([0.2, 0.5, 0.9], [10, 6, 2], most=2)
    Portfolio(options=(1, 0), worth=4.4)
    """
    chance, value, most = _checked(chances, values, cost, most)
    order = np.argsort(-value, kind="stable")
    chance, value = chance[order], value[order]
    chosen = np.zeros(len(value), np.bool_)
    added: list[int] = []
    worth = 0.0
    while len(added) < most:
        refused = np.where(chosen, 1 - chance, 1.0)
        # The chance that all better ones chosen refuse, and what the worse ones are then worth.
        reached = np.concatenate(([1.0], np.cumprod(refused)[:-1]))
        behind = _worth_behind(np.where(chosen, chance, 0.0), value)
        gain = np.where(chosen, -np.inf, reached * chance * (value - behind) - cost)
        best = int(np.argmax(gain))
        if gain[best] <= 0:
            break
        chosen[best] = True
        added.append(int(order[best]))
        worth += float(gain[best])
    return Portfolio(tuple(added), worth)


def _worth_behind(chance: Float64, value: Float64) -> Float64:
    """For every option, the expected value of those after it, best first."""
    behind = np.zeros(len(value))
    for i in range(len(value) - 2, -1, -1):
        behind[i] = chance[i + 1] * value[i + 1] + (1 - chance[i + 1]) * behind[i + 1]
    return behind


def common_score_portfolio(
    chances: npt.ArrayLike, values: npt.ArrayLike, *, cost: float = 0.0, most: int | None = None
) -> Portfolio:
    """The best portfolio where one unknown score decides everywhere.

    Who is admitted by an option is admitted by all that have a greater chance, so a second option of the
    same kind is no insurance.

    Parameters
    ----------
    chances, values, cost, most
        As for :func:`independent_portfolio`; a chance is that of a score above the option's cutoff.

    Returns
    -------
    Portfolio
        Its options from the most valued, which is the least likely, to the least.

    Raises
    ------
    InputError
        With every problem found.

    Notes
    -----
    Ali and Shorrer, "Hedging when applying: simultaneous search with correlation" (2021), by dynamic
    programming (idea recalled): the worth of a portfolio is the sum over its options, from the most valued
    down, of the value times what the chance grows by. Time grows with the square of the number of options,
    times the size of the portfolio.

    Examples
    --------
    The best two do not contain the best one:

    >>> common_score_portfolio([0.3, 0.7, 1.0], [10, 5, 3], most=1).options
    (1,)
    >>> common_score_portfolio([0.3, 0.7, 1.0], [10, 5, 3], most=2).options
    (0, 2)
    """
    chance, value, most = _checked(chances, values, cost, most)
    order = np.lexsort((chance, -value))
    chance, value = chance[order], value[order]
    size = len(value)
    # What follows a more valued option must be likelier, or it adds nothing.
    grows = np.where(chance > chance[:, None], (chance - chance[:, None]) * value - cost, -np.inf)
    grows[np.tril_indices(size)] = -np.inf
    # worth[i]: the best portfolio of so many options of which i is the last.
    worth = chance * value - cost
    before: list[npt.NDArray[np.int64]] = []
    best, last, length = 0.0, -1, 0
    for number in range(1, most + 1):
        if number > 1:
            longer = worth[:, None] + grows
            before.append(longer.argmax(axis=0))
            worth = longer.max(axis=0)
        if worth.max() > best:
            best, last, length = float(worth.max()), int(worth.argmax()), number
    options: list[int] = []
    for number in range(length, 0, -1):
        options.append(int(order[last]))
        if number > 1:
            last = int(before[number - 2][last])
    return Portfolio(tuple(options[::-1]), best)


def _checked(
    chances: npt.ArrayLike, values: npt.ArrayLike, cost: float, most: int | None
) -> tuple[Float64, Float64, int]:
    """Chances and values as arrays, and how many options may be chosen."""
    chance, value = np.atleast_1d(np.asarray(chances, float)), np.atleast_1d(np.asarray(values, float))
    problems = []
    if chance.shape != value.shape or chance.ndim != 1:
        told = f"must be as many as there are values, got shapes {chance.shape} and {value.shape}"
        problems.append(Problem(told, path="chances"))
    outside = ~((chance >= 0) & (chance <= 1))
    if outside.any():
        i = int(np.flatnonzero(outside)[0])
        problems.append(Problem(f"must be 0 to 1, got {chance.flat[i]:g} at index {i}", path="chances"))
    if not np.isfinite(value).all():
        i = int(np.flatnonzero(~np.isfinite(value))[0])
        problems.append(Problem(f"must be finite, got {value.flat[i]:g} at index {i}", path="values"))
    if not 0 <= cost < np.inf:
        problems.append(Problem(f"must be 0 or more and finite, got {shown(cost)}", path="cost"))
    whole = most is None or (isinstance(most, (int, np.integer)) and not isinstance(most, bool) and most >= 0)
    if not whole:
        problems.append(Problem(f"must be a whole number from 0 or None, got {shown(most)}", path="most"))
    if problems:
        raise InputError(problems)
    return chance, value, len(value) if most is None else min(int(most), len(value))
