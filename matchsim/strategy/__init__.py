"""What people could have got in a simulated season, and what another list would have changed."""

from matchsim.strategy.list_lengths import ListLengths, list_length
from matchsim.strategy.rank_lists import ORDERS, ListOutcomes, rank_list
from matchsim.strategy.season_menus import season_menus
from matchsim.strategy.unmatched import Unmatched, why_unmatched

__all__ = [
    "ORDERS",
    "ListLengths",
    "ListOutcomes",
    "Unmatched",
    "list_length",
    "rank_list",
    "season_menus",
    "why_unmatched",
]
