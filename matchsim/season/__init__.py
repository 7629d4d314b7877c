"""One season of the match: its scenario, its stages, its results.

Loading and explaining scenarios needs neither numba nor pandas; they load when a season is run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matchsim.season.scenario import Scenario, load_scenario

if TYPE_CHECKING:
    from matchsim.season.season import Season, run_season

__all__ = ["Scenario", "Season", "load_scenario", "run_season"]


def __getattr__(name: str) -> Any:
    if name in ("Season", "run_season"):
        from matchsim.season import season

        return getattr(season, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
