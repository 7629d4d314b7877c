"""A figure of the literature beside ours, and when the two agree.

They agree when they differ by at most five standard errors, beyond what the figure itself leaves open: its
rounding, or what a limit says of a finite market. Five, because hundreds of figures are compared and each may
be off by chance. The standard error is that of our draws and, where the figure was itself simulated, of its
draws too, which have the same deviation as ours. Nothing is tuned.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

__all__ = ["BASES", "Basis", "Bound", "Comparison", "Estimate", "Figure", "assert_agreement"]

Basis = Literal["quoted", "recalled", "recomputed", "derived", "theorem"]
Bound = Literal["", "at most", "at least"]

BASES: dict[str, str] = {
    "quoted": "the number stands in the paper or its abstract, which was read",
    "recalled": "the number, or the formula that gives it, is from memory of the paper",
    "recomputed": "simulated from the paper's model by a program that shares nothing with this one",
    "derived": "follows from the paper's model by a calculation that the page gives",
    "theorem": "proved in the paper",
}

STANDARD_ERRORS = 5.0


@dataclass(frozen=True)
class Figure:
    """A number of the literature.

    Parameters
    ----------
    value
        The number.
    basis
        A word of ``BASES``.
    draws
        Of how many draws it is a mean; None where it is no simulated number.
    allowance
        What it leaves open by itself: half a unit of its last digit, or the error of a limit at this size.
    bound
        Whether it is a bound; a number on the right side of it agrees.
    """

    value: float
    basis: Basis
    draws: int | None = None
    allowance: float = 0.0
    bound: Bound = ""


@dataclass(frozen=True)
class Estimate:
    """A mean over draws; the deviation is that of one draw, 0 for a number that has no chance in it."""

    mean: float
    deviation: float = 0.0
    draws: int = 1

    @staticmethod
    def of(values: npt.ArrayLike) -> Estimate:
        """The mean of independent draws."""
        array = np.asarray(values, np.float64)
        return Estimate(float(array.mean()), float(array.std(ddof=1)), len(array))

    @staticmethod
    def share(hits: int, draws: int) -> Estimate:
        """How often something happened; the deviation is taken as if it had happened half a time more."""
        guess = (hits + 0.5) / (draws + 1)
        return Estimate(hits / draws, (guess * (1 - guess)) ** 0.5, draws)

    @property
    def error(self) -> float:
        """The standard error of the mean."""
        return float(self.deviation / self.draws**0.5)


@dataclass(frozen=True)
class Comparison:
    """One cell of a table: what is compared, in which case, and both numbers."""

    case: str
    quantity: str
    figure: Figure
    ours: Estimate

    @property
    def error(self) -> float:
        """The standard error of the difference."""
        own = 0.0 if self.figure.draws is None else self.ours.deviation / self.figure.draws**0.5
        return float(np.hypot(self.ours.error, own))

    @property
    def distance(self) -> float:
        """Standard errors between the two, beyond what the figure leaves open."""
        difference = self.ours.mean - self.figure.value
        if self.figure.bound:
            difference = max(0.0, difference if self.figure.bound == "at most" else -difference)
        beyond = max(0.0, abs(difference) - self.figure.allowance)
        # A number without chance must be met to the digits that a float keeps.
        return beyond / max(self.error, 1e-12) if beyond > 1e-9 * max(1.0, abs(self.figure.value)) else 0.0

    @property
    def agrees(self) -> bool:
        """Whether the two are within the tolerance."""
        return self.distance <= STANDARD_ERRORS

    def __str__(self) -> str:
        return (
            f"{self.case}, {self.quantity}: {self.figure.value:g} ({self.figure.basis}, "
            f"allowance {self.figure.allowance:g}), ours {self.ours.mean:.6g} ± {self.error:.2g}, "
            f"{self.distance:.1f} standard errors beyond"
        )


def assert_agreement(comparisons: Iterable[Comparison]) -> None:
    """Fail with all comparisons that do not agree."""
    found = list(comparisons)
    assert found
    missed = [str(one) for one in found if not one.agrees]
    assert not missed, "\n" + "\n".join(missed)
