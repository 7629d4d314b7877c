"""The smallest change of quotas that makes a stable matching exist."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import chain

import numpy as np
import numpy.typing as npt

from matchsim.engine.bounds import bounds
from matchsim.engine.exact import check_found
from matchsim.engine.formula import Counter
from matchsim.engine.market import Market
from matchsim.engine.matching import Matching, checked_quota
from matchsim.engine.options import Options, options_of
from matchsim.engine.satisfiability import Effort, solution
from matchsim.engine.stability_formula import StabilityFormula
from matchsim.engine.stability_linked import DEFINITIONS, Definition
from matchsim.errors import check_choice, check_kind
from matchsim.tables import Int32, Int64

__all__ = ["NearFeasible", "near_feasible"]

# By how much one quota may change, and by how much their sum may grow.
EACH, SUM = 2, 4


@dataclass(frozen=True)
class NearFeasible:
    """The smallest change of quotas with which there is a stable matching.

    Parameters
    ----------
    matching
        The stable matching; its ``final_quota`` are the changed quotas. None where no change within the
        bounds makes one, which is then proved.
    change
        By how much the quota of every program changes; all 0 where a stable matching exists without.
    total
        The sum of the absolute changes: no smaller one is enough.
    definition
        Under which definition of stability.
    effort
        The size of the formula solved last, and the work that it took.
    """

    matching: Matching | None
    change: Int32
    total: int
    definition: Definition
    effort: Effort

    def __repr__(self) -> str:
        under = f"under {self.definition}"
        if self.matching is None:
            return f"<NearFeasible: no change within the bounds makes a stable matching {under}>"
        if not self.total:
            return f"<NearFeasible: stable without a change {under}>"
        names = self.matching.market.program_labels
        told = ", ".join(f"{names[p]} {self.change[p]:+d}" for p in np.flatnonzero(self.change).tolist())
        return f"<NearFeasible: stable with {told} {under}>"

    def _repr_html_(self) -> str:
        shown = "" if self.matching is None else self.matching._repr_html_()
        return f"<p>{escape(repr(self))}</p>{shown}"


def near_feasible(
    market: Market, *, definition: Definition = "kpr", quota: npt.ArrayLike | None = None
) -> NearFeasible:
    """The smallest change of quotas with which a stable matching exists, and such a matching.

    Every quota may change by at most 2, and their sum may grow by at most 4 and not fall; within these
    bounds the sum of the absolute changes is as small as possible. Quotas stay 0 where they are 0, and
    are nowhere below 0.

    Parameters
    ----------
    market
        The market. Its reversions and wishes for even or odd numbers are left aside.
    definition
        Under which definition of stability; see :func:`blocking_units`. There is always such a change
        under ``"kpr"``, if there are no supplemental lists; under ``"responsive"`` there need not be.
    quota
        The quotas to begin with; None for those of the market.

    Returns
    -------
    NearFeasible
        Exact, however long it takes.

    Raises
    ------
    InputError
        When `definition` has another name.
    MarketError
        When `quota` does not fit the market.
    RunError
        When python-sat is not installed; or when the checker does not agree with what was found, which
        would be a mistake in this program.

    Notes
    -----
    Nguyen and Vohra, "Near-feasible stable matchings with couples", American Economic Review 108 (2018),
    3154-3169. The bounds are those of the abstract. That its stability is that of Kojima, Pathak and Roth
    (``"kpr"``) is given from memory of the paper. The paper shows that the change exists and rounds a
    fractional matching to find one; that the change here is the smallest is not from there.
    """
    check_choice("definition", definition, DEFINITIONS)
    check_kind("market", market, Market)
    start = market.quota if quota is None else checked_quota(market, quota, "quota")
    search = _Search(options_of(market), start.astype(np.int64), definition)
    found = search.smallest()
    change = np.zeros(len(start), np.int32) if found is None else found.final_quota - start
    return NearFeasible(found, change, int(np.abs(change).sum()), definition, search.effort)


class _Search:
    def __init__(self, options: Options, quota: Int64, definition: Definition) -> None:
        self.options, self.quota, self.definition = options, quota, definition
        self.effort = Effort()

    def smallest(self) -> Matching | None:
        """The matching with the smallest change: totals in turn, after a while in growing steps and back."""
        largest = EACH * int(np.count_nonzero(self.quota))
        failed = -1
        for total in chain(range(SUM), (SUM << step for step in range(32))):
            found = self._within(min(total, largest))
            if found is not None:
                return self._smaller(found, failed)
            if total >= largest:
                break
            failed = total
        return None

    def _smaller(self, found: Matching, failed: int) -> Matching:
        """The matching with the smallest change, given one, and a total for which there is none."""
        while (total := int(np.abs(found.final_quota - self.quota).sum())) > failed + 1:
            better = self._within(total - 1)
            if better is None:
                break
            found = better
        return found

    def _within(self, total: int) -> Matching | None:
        """A stable matching with at most this sum of absolute changes, None where there is none."""
        listed = np.diff(self.options.market.program_offsets)
        # As the sum must not fall, at most half of the changes take a position away.
        least = np.maximum(self.quota - min(EACH, total // 2), 0)
        most = np.minimum(self.quota + min(EACH, total), np.maximum(listed, self.quota))
        most[self.quota == 0] = 0
        known = bounds(self.options, least, most)
        formula = StabilityFormula(self.options, known, least, most, self.definition)
        self._limit(formula, total)
        true, self.effort = solution(formula)
        if true is None:
            return None
        matching = formula.matching(true)
        check_found(matching, self.definition, 0)
        return matching

    def _limit(self, formula: StabilityFormula, total: int) -> None:
        """The sum of changes is at most `total`, and of the quotas within the bounds."""
        raised, lowered = [], []
        for program, quota in zip(formula.programs, self.quota.tolist(), strict=True):
            raised += [program.quota_at_least(size) for size in range(quota + 1, program.most + 1)]
            lowered += [-program.quota_at_least(size) for size in range(program.least + 1, quota + 1)]
        ups, downs = (Counter(formula, literals, total + 1) for literals in (raised, lowered))
        for number in range(total + 2):
            formula.add(-ups.at_least(number), -downs.at_least(total + 1 - number))
            formula.add(-downs.at_least(number), ups.at_least(number))
            formula.add(-ups.at_least(number), downs.at_least(number - SUM))
