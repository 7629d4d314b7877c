"""matchsim: an open simulator of the US residency match.

The public names load what they need when they are first touched, so that ``import matchsim`` itself
loads neither numba, pandas nor matplotlib.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matchsim.engine import (
        Market,
        Matching,
        Menus,
        StableMatchings,
        blocking_pairs,
        is_individually_rational,
        is_stable,
        stable_matchings,
    )

    # Named by their modules: a module and its function of one name confuse type checkers.
    from matchsim.engine.deferred_acceptance import deferred_acceptance
    from matchsim.engine.menus import menus
    from matchsim.errors import (
        InputError,
        MarketError,
        MatchsimError,
        RunError,
        ScenarioError,
        TableError,
    )
    from matchsim.season import Season, load_scenario, run_season
    from matchsim.study import Replicates, StudyResult, open_study, run_replicates, run_study

__version__ = "0.1.0"

_HOMES = {
    "matchsim.engine": (
        "Market",
        "Matching",
        "Menus",
        "StableMatchings",
        "blocking_pairs",
        "deferred_acceptance",
        "is_individually_rational",
        "is_stable",
        "menus",
        "stable_matchings",
    ),
    "matchsim.errors": (
        "InputError",
        "MarketError",
        "MatchsimError",
        "RunError",
        "ScenarioError",
        "TableError",
    ),
    "matchsim.season": ("Season", "load_scenario", "run_season"),
    "matchsim.study": ("Replicates", "StudyResult", "open_study", "run_replicates", "run_study"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [  # noqa: RUF022 - the order of the houses, not of the alphabet
    "Market",
    "Matching",
    "Menus",
    "StableMatchings",
    "blocking_pairs",
    "deferred_acceptance",
    "is_individually_rational",
    "is_stable",
    "menus",
    "stable_matchings",
    "InputError",
    "MarketError",
    "MatchsimError",
    "RunError",
    "ScenarioError",
    "TableError",
    "Season",
    "load_scenario",
    "run_season",
    "Replicates",
    "run_replicates",
    "StudyResult",
    "open_study",
    "run_study",
    "__version__",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
