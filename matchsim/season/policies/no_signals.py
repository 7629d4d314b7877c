"""A season without program signals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from matchsim.season.policies._policy import Policy
from matchsim.season.scenario.parts import Name, parameter

if TYPE_CHECKING:
    from matchsim.season.scenario.model import Scenario


class NoSignals(Policy):
    """No signals in some specialties, or in any."""

    null: ClassVar[Mapping[str, Any]] = {"specialties": []}

    specialties: list[Name] | None = parameter(None, "these specialties; left out = all")

    def changes(self, scenario: Scenario) -> Mapping[str, Any]:
        """Budgets of nothing."""
        budgets = scenario.applications.signals
        assert isinstance(budgets, dict)
        ended = [name for name in budgets if self.specialties is None or name in self.specialties]
        if not ended:
            return {}
        return {"applications.signals": {name: {"gold": 0, "silver": 0} for name in ended}}
