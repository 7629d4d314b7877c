"""A cap on the applications that anybody may send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from matchsim.season.policies._policy import Policy
from matchsim.season.scenario.parts import parameter

if TYPE_CHECKING:
    from matchsim.season.scenario.model import Scenario


class ApplicationCap(Policy):
    """Nobody may send more than about so many applications; a tighter cap that is there already stays."""

    null: ClassVar[Mapping[str, Any]] = {"most": 1000}

    most: Annotated[int, Field(ge=1, le=1000)] = parameter(
        10, "most applications of a person", unit="applications"
    )

    def changes(self, scenario: Scenario) -> Mapping[str, Any]:
        """The cap."""
        if self.most == 1000 or (scenario.applications.cap or 1000) <= self.most:
            return {}
        return {"applications.cap": self.most}
