"""Stable matchings of markets with couples and supplemental lists, or proofs that there is none."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
import numpy.typing as npt

from matchsim.engine.bounds import Bounds, bounds, no_bounds
from matchsim.engine.market import Market
from matchsim.engine.matching import Matching, checked_quota
from matchsim.engine.objectives import BLOCKERS, OBJECTIVES, Objective, prices, value
from matchsim.engine.options import Options, options_of
from matchsim.engine.satisfiability import Effort, cheapest
from matchsim.engine.stability import is_individually_rational
from matchsim.engine.stability_formula import Blockers, StabilityFormula
from matchsim.engine.stability_linked import DEFINITIONS, Definition, blocking_units
from matchsim.errors import RunError, check_choice, check_kind, counted
from matchsim.tables import Int64

__all__ = ["ExactResult", "exact"]

Found = tuple[Matching, int | None]


@dataclass(frozen=True)
class ExactResult:
    """What an exact search found.

    Parameters
    ----------
    matching
        The matching asked for; None where no stable matching exists and only a stable one was asked for.
    proof
        Whether it is proved that no stable matching exists, under `definition`, at the quotas asked for.
    objective, definition
        What was asked for.
    value
        What the objective comes to: applicants matched, sum of ranks, or units or options that block;
        None for ``"any"`` and where there is no matching.
    settled, open
        Options that are held in every stable matching, and those of which search had to decide.
    effort
        The size of the formula solved last, and the work that it took.
    """

    matching: Matching | None
    proof: bool
    objective: Objective
    definition: Definition
    value: int | None
    settled: int
    open: int
    effort: Effort

    def __repr__(self) -> str:
        what = "no stable matching exists" if self.proof else "stable"
        value = "" if self.value is None else f", {self.objective} {self.value:,}"
        settled, conflicts = counted(self.settled, "option"), counted(self.effort.conflicts, "conflict")
        work = f"{settled} settled, {self.open:,} open, {conflicts}"
        return f"<ExactResult: {what} under {self.definition}{value}; {work}>"

    def _repr_html_(self) -> str:
        shown = "" if self.matching is None else self.matching._repr_html_()
        return f"<p>{escape(repr(self))}</p>{shown}"


def exact(
    market: Market,
    *,
    objective: Objective = "any",
    definition: Definition = "responsive",
    quota: npt.ArrayLike | None = None,
) -> ExactResult:
    """A stable matching of a market with couples and supplemental lists, or the proof that none exists.

    Bounds that hold in every stable matching settle what they can (``engine.bounds``); what is left open
    becomes a propositional formula whose solutions are the stable matchings, for CaDiCaL. Every matching
    is checked by :func:`blocking_units` before it is returned.

    Parameters
    ----------
    market
        The market. Its reversions and wishes for even or odd numbers are left aside: the quotas are fixed.
    objective
        Which stable matching:

        ``"any"``
            Whichever is found first.
        ``"most_matched"``
            One with the most applicants matched.
        ``"lowest_rank_sum"``
            One with the lowest sum of ranks: of every applicant the place, from 1, of their program (of
            the pair, for both members of a couple) on the list as submitted; for who is unmatched one more
            than the length of the list. Supplemental lists do not count.

        Or a matching that need not be stable, but is individually rational:

        ``"fewest_blocking"``
            One that the fewest units block; a stable one where there is any.
        ``"fewest_blocking_options"``
            One with the fewest options of units that block, as the literature counts blocking pairs.
    definition
        Under which definition of stability; see :func:`blocking_units`.
    quota
        Positions of every program; None for those of the market. To ask about the end of a match with
        reversions, give the ``final_quota`` of that matching.

    Returns
    -------
    ExactResult
        Always an answer: there is no limit of time, and deciding is NP-complete. With few couples, national
        markets take seconds.

    Raises
    ------
    InputError
        When `objective` or `definition` has another name.
    MarketError
        When `quota` does not fit the market.
    RunError
        When python-sat is not installed; or when the checker does not agree with what was found, which
        would be a mistake in this program.

    Notes
    -----
    SAT for this purpose: Drummond, Perrault and Bacchus, "SAT is an effective and complete method for
    solving stable matching problems with couples", IJCAI 2015. NP-complete: Ronn, Journal of Algorithms 11
    (1990), 285-304. Fewest blocking pairs: Manlove, McBride and Trimble, Constraints 22 (2017), 50-72.
    """
    check_choice("objective", objective, OBJECTIVES)
    check_choice("definition", definition, DEFINITIONS)
    check_kind("market", market, Market)
    size = market.quota if quota is None else checked_quota(market, quota, "quota")
    return _Search(options_of(market), size.astype(np.int64), objective, definition).result()


class _Search:
    """The search for one matching, and what it found on the way."""

    def __init__(self, options: Options, quota: Int64, objective: Objective, definition: Definition) -> None:
        self.options, self.quota, self.objective, self.definition = options, quota, objective, definition
        self.known = bounds(options, quota, quota)
        self.effort = Effort()

    def result(self) -> ExactResult:
        found = self._best(self._formula(self.known))
        if found is not None:
            return self._told(*found, proof=False)
        least = self._least_blocked(BLOCKERS[self.objective]) if self.objective in BLOCKERS else (None, None)
        return self._told(*least, proof=True)

    def _formula(
        self, known: Bounds, blockers: Blockers = "nobody", *, only_couples: bool = False
    ) -> StabilityFormula:
        quotas = self.quota, self.quota
        return StabilityFormula(
            self.options, known, *quotas, self.definition, blockers, only_couples=only_couples
        )

    def _best(self, formula: StabilityFormula) -> Found | None:
        """The best matching, and what the objective comes to."""
        true, self.effort = cheapest(formula, prices(formula, self.objective))
        if true is None:
            return None
        matching = formula.matching(true)
        blocking = len(set(true).intersection(formula.blocking))
        check_found(matching, self.definition, blocking, formula.blockers)
        return matching, value(matching, self.objective, self.definition)

    def _least_blocked(self, blockers: Blockers) -> Found:
        """The matching that is blocked least, where none is stable.

        At first only couples may block, so that bounds still settle most of it. If then a single one does,
        that cannot be bettered. Otherwise everybody may block, and nothing is known before.
        """
        known = bounds(self.options, self.quota, self.quota, couples_may_block=True)
        found = self._best(self._formula(known, blockers, only_couples=True))
        if found is None or found[1] != 1:
            found = self._best(self._formula(no_bounds(self.options), blockers))
        assert found is not None  # as the matching of nobody is one
        return found

    def _told(self, matching: Matching | None, worth: int | None, *, proof: bool) -> ExactResult:
        settled, possible = (int(np.count_nonzero(x)) for x in (self.known.certain, self.known.possible))
        asked = self.objective, self.definition
        return ExactResult(matching, proof, *asked, worth, settled, possible - settled, self.effort)


def check_found(
    matching: Matching, definition: Definition, blocking: int = 0, counted: Blockers = "options"
) -> None:
    """Ask the checker about a matching that a formula gave.

    Raises
    ------
    RunError
        When it is not individually rational, or not blocked as often as the formula says.
    """
    found = blocking_units(matching.market, matching, definition)
    count = found.units if counted == "units" else len(found)
    if count != blocking or not is_individually_rational(matching.market, matching):
        raise RunError(
            f"the exact solver found a matching that it takes to be blocked {blocking:,} times under "
            f"{definition!r}; the checker counts {count:,} ({found}). This is a mistake in matchsim; "
            "please report it with the market"
        )
