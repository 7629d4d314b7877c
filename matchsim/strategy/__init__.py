"""What people could have got in a simulated season, and what another list would have changed."""

from matchsim.strategy.applying import Choices, applications, compare, dual_apply, signals
from matchsim.strategy.couple_lists import PAIR_ORDERS, CoupleOutcomes, couple_lists
from matchsim.strategy.list_lengths import ListLengths, list_length
from matchsim.strategy.match_probabilities import MatchProbability, match_probability
from matchsim.strategy.misreporting import MisreportingCosts, misreporting_costs
from matchsim.strategy.newcomers import Person
from matchsim.strategy.plans import PLANS
from matchsim.strategy.portfolios import Portfolios, portfolios
from matchsim.strategy.probes import Probes, probes
from matchsim.strategy.program_games import ProgramGames, programs
from matchsim.strategy.rank_lists import ORDERS, ListOutcomes, rank_list
from matchsim.strategy.season_menus import season_menus
from matchsim.strategy.standards import Standards, standards
from matchsim.strategy.unmatched import Unmatched, why_unmatched

__all__ = [
    "ORDERS",
    "PAIR_ORDERS",
    "PLANS",
    "Choices",
    "CoupleOutcomes",
    "ListLengths",
    "ListOutcomes",
    "MatchProbability",
    "MisreportingCosts",
    "Person",
    "Portfolios",
    "Probes",
    "ProgramGames",
    "Standards",
    "Unmatched",
    "applications",
    "compare",
    "couple_lists",
    "dual_apply",
    "list_length",
    "match_probability",
    "misreporting_costs",
    "portfolios",
    "probes",
    "programs",
    "rank_list",
    "season_menus",
    "signals",
    "standards",
    "why_unmatched",
]
