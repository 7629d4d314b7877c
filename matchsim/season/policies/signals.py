"""Program signals: how many an applicant may send in a specialty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from matchsim.season.policies._policy import Policy, specialties_named
from matchsim.season.scenario.parts import Name, parameter

if TYPE_CHECKING:
    from matchsim.season.scenario.model import Scenario


class Signals(Policy):
    """A budget of signals in each of some specialties."""

    null: ClassVar[Mapping[str, Any]] = {}

    gold: Annotated[int, Field(ge=0, le=100)] | None = parameter(
        None, "gold signals, or all where there is one tier; left out = as they are"
    )
    silver: Annotated[int, Field(ge=0, le=100)] | None = parameter(
        None, "silver signals; left out = as they are"
    )
    specialties: list[Name] | None = parameter(None, "these specialties; left out = all that are simulated")

    def changes(self, scenario: Scenario) -> Mapping[str, Any]:
        """The budgets of the specialties concerned."""
        budget = {
            tier: number
            for tier, number in (("gold", self.gold), ("silver", self.silver))
            if number is not None
        }
        names = specialties_named(scenario, self.specialties)
        if not budget or not names:
            return {}
        return {"applications.signals": dict.fromkeys(names, budget)}
