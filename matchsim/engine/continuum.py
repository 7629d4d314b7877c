"""What stable matching gives in the limit of a large market, by calculation instead of simulation."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import inf, isfinite, lgamma
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from matchsim.errors import InputError, Problem, RunError, check_choice, did_you_mean, shown
from matchsim.tables import Bool, Float64, Int64, html_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Continuum", "Scores", "continuum"]

Scores = Literal["independent", "common"]
SCORES = ("independent", "common")

# A rank order list in a continuum: kinds of programs, best first.
RankedKinds: TypeAlias = tuple[Hashable, ...]

STEPS = 200
ROUNDS = 200_000
PRECISION = 1e-13


@dataclass(frozen=True)
class Continuum:
    """The outcome of a large market.

    Parameters
    ----------
    scores
        As asked for.
    positions
        By kind of program, the positions offered.
    filled
        By kind, the positions filled.
    admission
        By kind, the share of those who apply (who were refused by all that they like better) that is held
        in the end; 1 where nobody applies.
    cutoffs
        The score, from 0 to 1, from which on a program takes applicants. With common scores only for kinds
        of large programs: small ones of one kind close at different scores.
    vacancy
        By kind, the share of programs that have a position left.
    placed
        By list, the share of its applicants matched at each of its places.
    matched
        Applicants matched, in the unit of the applicants given.
    """

    scores: Scores
    positions: dict[Hashable, float]
    filled: dict[Hashable, float]
    admission: dict[Hashable, float]
    cutoffs: dict[Hashable, float]
    vacancy: dict[Hashable, float]
    placed: dict[RankedKinds, tuple[float, ...]]
    matched: float

    def to_pandas(self) -> pd.DataFrame:
        """One row a kind of program: positions, filled, admission, cutoff where there is one, vacancy."""
        import pandas as pd

        columns = ("positions", "filled", "admission", "cutoffs", "vacancy")
        frame = pd.DataFrame({name: pd.Series(getattr(self, name), dtype="float64") for name in columns})
        frame = frame.loc[list(self.positions)].rename(columns={"cutoffs": "cutoff"})
        return frame.rename_axis("program").reset_index()

    def _repr_html_(self) -> str:
        frame = self.to_pandas()
        rows = ((row[0], *(f"{value:.4g}" for value in row[1:])) for row in frame.itertuples(index=False))
        return html_table(repr(self), frame.columns.tolist(), rows, len(frame))

    def __repr__(self) -> str:
        filled, offered = sum(self.filled.values()), sum(self.positions.values())
        return (
            f"<Continuum: {self.matched:,.6g} applicants matched, "
            f"{filled:,.6g} of {offered:,.6g} positions filled, scores {self.scores}>"
        )


def continuum(
    applicants: Mapping[RankedKinds, float],
    positions: Mapping[Hashable, float],
    *,
    quota: Mapping[Hashable, int] | int | None = None,
    scores: Scores = "independent",
) -> Continuum:
    """The applicant-optimal stable matching of a market with very many applicants, without drawing any.

    Programs come in kinds. Of a kind with a quota there are very many, each with so many positions, and an
    entry of a list stands for one of them at random; a kind may then stand on a list several times, for
    different programs. Of a kind without a quota there is one, large. An instant answer to what happens if
    lists grow or positions shrink, and an oracle for the simulator.

    Parameters
    ----------
    applicants
        For every list, best first, how many applicants have it; in any unit, as only ratios matter.
    positions
        For every kind, its positions in the same unit.
    quota
        Positions of each program of a kind, from 1; a kind that is left out is one large program. One
        number stands for all kinds, None makes all of them large.
    scores
        How programs rank: ``"independent"`` (each at random, without regard to the others) or ``"common"``
        (all alike).

    Returns
    -------
    Continuum

    Raises
    ------
    InputError
        With every problem found: words, numbers or kinds that cannot be used.
    RunError
        When the cutoffs have not settled after 200,000 rounds.

    Notes
    -----
    Large programs: Azevedo and Leshno, "A supply and demand framework for two-sided matching markets",
    Journal of Political Economy 124 (2016), 1235-1268. A stable matching is a vector of cutoffs at which
    demand meets supply; raised from 0 in turn, as in deferred acceptance, they end at the lowest such
    vector. Small programs: the applications that a program receives are Poisson distributed in the limit;
    with one kind these are the markets of Arnosti, "Short lists in centralized clearinghouses", EC 2015
    (recalled). The equations stand in ``docs/explanation/continuum.md``. With common scores the best
    applicants choose first, and the equations are followed from the highest score to the lowest by the
    method of Runge and Kutta.

    Examples
    --------
    Two colleges, one with a quarter as many positions as there are applicants and one with half; half of
    the applicants prefer each. (Azevedo and Leshno's first example.)

    >>> result = continuum({("A", "B"): 0.5, ("B", "A"): 0.5}, {"A": 0.25, "B": 0.5})
    >>> {kind: round(cutoff, 4) for kind, cutoff in result.cutoffs.items()}
    {'A': 0.6404, 'B': 0.3904}
    >>> result
    <Continuum: 0.75 applicants matched, 0.75 of 0.75 positions filled, scores independent>
    """
    check_choice("scores", scores, SCORES)
    quotas = dict(quota) if isinstance(quota, Mapping) else dict.fromkeys(positions, quota)
    problems = [*_problems(applicants, positions), *_quota_problems(quotas, positions, applicants)]
    if problems:
        raise InputError(problems)
    economy = _Economy(applicants, positions, quotas)
    return economy.independent() if scores == "independent" else economy.common()


def _problems(applicants: Mapping[Any, float], positions: Mapping[Hashable, float]) -> list[Problem]:
    """What is wrong with lists and numbers."""
    found = []
    for path, numbers in (("applicants", applicants), ("positions", positions)):
        for name, number in numbers.items():
            if isinstance(number, bool) or not isinstance(number, (int, float, np.number)):
                found.append(Problem(f"must be a number, got {shown(number)}", path=f"{path}[{name!r}]"))
            elif not (isfinite(number) and number >= 0):
                told = f"must be 0 or more and finite, got {shown(number)}"
                found.append(Problem(told, path=f"{path}[{name!r}]"))
    for ranked in applicants:
        if not isinstance(ranked, tuple):
            told = f"a list must be a tuple of kinds of programs, got {shown(ranked)}"
            found.append(Problem(told, path="applicants"))
            continue
        for kind in dict.fromkeys(ranked):
            if kind not in positions:
                remedy = did_you_mean(str(kind), map(str, positions))
                told = f"no positions are given for {kind!r}"
                found.append(Problem(told, path=f"applicants[{ranked!r}]", remedy=remedy))
    return found


def _quota_problems(
    quotas: Mapping[Hashable, int | None],
    positions: Mapping[Hashable, float],
    applicants: Mapping[RankedKinds, float],
) -> list[Problem]:
    """What is wrong with quotas, and lists that name a single large program twice."""
    found = []
    for kind, size in quotas.items():
        path = f"quota[{kind!r}]"
        if kind not in positions:
            found.append(Problem(f"no positions are given for {kind!r}", path=path))
        elif size is not None and (isinstance(size, bool) or not isinstance(size, (int, np.integer))):
            found.append(Problem(f"must be a whole number from 1, got {shown(size)}", path=path))
        elif size is not None and size < 1:
            found.append(Problem(f"must be 1 or more, got {size}", path=path))
    for ranked in applicants:
        for kind in dict.fromkeys(ranked if isinstance(ranked, tuple) else ()):
            if ranked.count(kind) > 1 and quotas.get(kind) is None:
                told = f"names {kind!r} more than once, which without a quota is one program"
                found.append(Problem(told, path=f"applicants[{ranked!r}]"))
    return found


class _Economy:
    """The market as arrays: lists padded to one length, kinds by number."""

    def __init__(
        self,
        applicants: Mapping[RankedKinds, float],
        positions: Mapping[Hashable, float],
        quotas: Mapping[Hashable, int | None],
    ) -> None:
        self.lists, self.kinds = list(applicants), list(positions)
        number = {kind: k for k, kind in enumerate(self.kinds)}
        self.mass = np.array([float(applicants[ranked]) for ranked in self.lists])
        self.positions = np.array([float(positions[kind]) for kind in self.kinds])
        sizes = [quotas.get(kind) for kind in self.kinds]
        self.quota: Float64 = np.array([inf if size is None else float(size) for size in sizes])
        self.large: Bool = np.isinf(self.quota)
        longest = max(map(len, self.lists), default=0)
        self.listed: Int64 = np.full((len(self.lists), longest), -1, np.int64)
        for row, ranked in enumerate(self.lists):
            self.listed[row, : len(ranked)] = [number[kind] for kind in ranked]
        self.entries: Bool = self.listed >= 0
        small = self.quota[~self.large]
        self.counts = np.arange(int(small.max(initial=0)) + 1)
        self.log_factorials = np.array([lgamma(count + 1.0) for count in self.counts])

    def independent(self) -> Continuum:
        """Raise cutoffs from 0 until they stay: the more is refused, the more apply elsewhere."""
        chance = np.ones(len(self.kinds))
        for _ in range(ROUNDS):
            applied = self._applied(1 - chance)
            following = self._held(applied) / np.where(applied > 0, applied, 1)
            following[applied <= 0] = 1
            change = np.abs(following - chance).max(initial=0)
            chance = following
            if change < PRECISION:
                break
        else:
            raise RunError(
                f"the cutoffs have not settled after {ROUNDS:,} rounds; they still move {change:g}"
            )
        placed = self._reach(1 - chance) * np.where(self.entries, chance[self.listed], 0)
        every = np.ones(len(self.kinds), np.bool_)
        return self._told("independent", self._applied(1 - chance), placed, 1 - chance, every)

    def common(self) -> Continuum:
        """Serve applicants from the highest score down; a large program closes when it is full."""
        closed = self.large & (self.positions <= 0)
        cutoff = np.where(closed, 1.0, 0.0)
        applied, placed = np.zeros(len(self.kinds)), np.zeros(self.listed.shape)
        served = 0.0
        while served < 1:
            step = min(1 / STEPS, 1 - served)
            after = self._served(applied, placed, closed, step)
            over = self.large & ~closed & (after[0] >= self.positions)
            if over.any():
                step, after = self._until_full(applied, placed, closed, step)
                over = self.large & ~closed & (after[0] >= self.positions)
                closed = closed | over
            applied, placed = after
            served = 1.0 if 1 - served <= step else served + step
            cutoff[over] = 1 - served
        return self._told("common", applied, placed, cutoff, self.large)

    def _until_full(
        self, applied: Float64, placed: Float64, closed: Bool, step: float
    ) -> tuple[float, tuple[Float64, Float64]]:
        """The step after which the first large program is just full, by halving."""
        low, high = 0.0, step
        while high - low > 1e-15 and low < (low + high) / 2 < high:
            middle = (low + high) / 2
            reached, _ = self._served(applied, placed, closed, middle)
            if (self.large & ~closed & (reached >= self.positions)).any():
                high = middle
            else:
                low = middle
        return high, self._served(applied, placed, closed, high)

    def _served(
        self, applied: Float64, placed: Float64, closed: Bool, step: float
    ) -> tuple[Float64, Float64]:
        """Applications and places after so many applicants more, by a step of Runge and Kutta."""
        slopes: list[tuple[Float64, Float64]] = []
        for share in (0.0, 0.5, 0.5, 1.0):
            at = applied + (share * step * slopes[-1][0] if slopes else 0)
            full = np.where(self.large, closed, self._full(at))
            got = self._reach(full) * np.where(self.entries, 1 - full[self.listed], 0)
            slopes.append((self._applied(full), got))
        weights = (1 / 6, 1 / 3, 1 / 3, 1 / 6)
        return (
            applied + step * sum(w * slope for w, (slope, _) in zip(weights, slopes, strict=True)),
            placed + step * sum(w * slope for w, (_, slope) in zip(weights, slopes, strict=True)),
        )

    def _reach(self, refused: Float64) -> Float64:
        """For every entry of a list, the chance to be refused by all before it."""
        by_entry = np.where(self.entries, refused[self.listed], 0)
        before = np.cumprod(by_entry, axis=1)
        reach: Float64 = np.ones(by_entry.shape)
        reach[:, 1:] = before[:, :-1]
        return reach

    def _applied(self, refused: Float64) -> Float64:
        """Applications by kind, when programs of each kind refuse with this chance."""
        applications = (self.mass[:, None] * self._reach(refused))[self.entries]
        applied: Float64 = np.bincount(self.listed[self.entries], applications, len(self.kinds)).astype(float)
        return applied

    def _held(self, applied: Float64) -> Float64:
        """Positions filled by kind, where so many apply: all that fit, or the mean of what fits by chance."""
        held: Float64 = np.minimum(applied, self.positions)
        small = ~self.large & (self.positions > 0) & (applied > 0)
        quota = self.quota[small]
        each = applied[small] * quota / self.positions[small]
        more = np.maximum(1 - self._at_most(each, quota), 0)
        held_each = each * self._at_most(each, quota - 1) + quota * more
        # Where hardly anybody applies, all who do are held; what was subtracted is rounding alone.
        held_each = np.where(each < 1e-9, each, np.minimum(held_each, each))
        held[small] = held_each * self.positions[small] / quota
        return held

    def _full(self, applied: Float64) -> Float64:
        """The share of the small programs of each kind that are full; 0 for kinds of large ones."""
        full = np.zeros(len(self.kinds))
        full[~self.large & (self.positions <= 0)] = 1
        small = ~self.large & (self.positions > 0)
        each = applied[small] * self.quota[small] / self.positions[small]
        full[small] = np.maximum(1 - self._at_most(each, self.quota[small] - 1), 0)
        return full

    def _at_most(self, means: Float64, most: Float64) -> Float64:
        """The chance that Poisson numbers with these means are at most so large."""
        with np.errstate(divide="ignore"):
            logs = np.log(means)[:, None]
        powers = np.where(self.counts == 0, 0.0, self.counts * np.maximum(logs, -1e9))
        terms = np.exp(powers - means[:, None] - self.log_factorials)
        chances: Float64 = np.where(self.counts <= most[:, None], terms, 0).sum(axis=1)
        return chances

    def _told(
        self, scores: Scores, applied: Float64, placed: Float64, cutoff: Float64, has_cutoff: Bool
    ) -> Continuum:
        held = self._held(applied)
        admission = np.divide(held, applied, out=np.ones(len(held)), where=applied > 0)
        vacant = np.where(self.large, held < self.positions * (1 - 1e-12), 1 - self._full(applied))
        known = zip(self.kinds, cutoff.tolist(), has_cutoff.tolist(), strict=True)
        by_list = zip(self.lists, placed.tolist(), strict=True)
        return Continuum(
            scores,
            positions=self._by_kind(self.positions),
            filled=self._by_kind(held),
            admission=self._by_kind(admission),
            cutoffs={kind: value for kind, value, has in known if has},
            vacancy=self._by_kind(vacant),
            placed={ranked: tuple(row[: len(ranked)]) for ranked, row in by_list},
            matched=float((self.mass[:, None] * placed).sum()),
        )

    def _by_kind(self, values: Float64 | Bool) -> dict[Hashable, float]:
        return dict(zip(self.kinds, map(float, values), strict=True))
