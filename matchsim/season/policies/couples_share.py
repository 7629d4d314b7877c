"""More or fewer people who match as couples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from matchsim.season.policies._policy import Policy
from matchsim.season.scenario.parts import parameter

if TYPE_CHECKING:
    from matchsim.season.scenario.model import Scenario


class CouplesShare(Policy):
    """The number of couples multiplied by a factor; 0 lets everybody match alone."""

    null: ClassVar[Mapping[str, Any]] = {"factor": 1.0}

    factor: Annotated[float, Field(ge=0.0, le=100.0)] = parameter(0.0, "couples, times this")

    def changes(self, scenario: Scenario) -> Mapping[str, Any]:
        """The number of couples."""
        assert isinstance(scenario.couples.number, int)
        number = round(scenario.couples.number * self.factor)
        return {} if number == scenario.couples.number else {"couples.number": number}
