"""Two-sided matching: markets, deferred acceptance, stability. Knows no medicine and can be used alone."""

from matchsim.engine.changed_lists import with_list
from matchsim.engine.continuum import Continuum, continuum
from matchsim.engine.deferred_acceptance import deferred_acceptance
from matchsim.engine.events import Events
from matchsim.engine.exact import ExactResult, exact
from matchsim.engine.explanation import Explanation
from matchsim.engine.fairness import regret, total_rank
from matchsim.engine.labels import Labels
from matchsim.engine.lattice import StableMatchings, StablePairs, stable_matchings
from matchsim.engine.market import Market
from matchsim.engine.matching import Matching
from matchsim.engine.menus import Menus, menus
from matchsim.engine.near_feasible import NearFeasible, near_feasible
from matchsim.engine.portfolios import Portfolio, common_score_portfolio, independent_portfolio
from matchsim.engine.roth_peranson import roth_peranson
from matchsim.engine.stability import (
    BlockingPairs,
    blocking_pairs,
    irrationalities,
    is_individually_rational,
    is_stable,
)
from matchsim.engine.stability_linked import BlockingUnits, blocking_units

__all__ = [
    "BlockingPairs",
    "BlockingUnits",
    "Continuum",
    "Events",
    "ExactResult",
    "Explanation",
    "Labels",
    "Market",
    "Matching",
    "Menus",
    "NearFeasible",
    "Portfolio",
    "StableMatchings",
    "StablePairs",
    "blocking_pairs",
    "blocking_units",
    "common_score_portfolio",
    "continuum",
    "deferred_acceptance",
    "exact",
    "independent_portfolio",
    "irrationalities",
    "is_individually_rational",
    "is_stable",
    "menus",
    "near_feasible",
    "regret",
    "roth_peranson",
    "stable_matchings",
    "total_rank",
    "with_list",
]
