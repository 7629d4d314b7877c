"""A cap on the interviews that anybody may hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from matchsim.season.policies._policy import Policy
from matchsim.season.scenario.parts import parameter

if TYPE_CHECKING:
    from matchsim.season.scenario.model import Scenario


class InterviewCap(Policy):
    """Nobody may hold more than so many interviews; a tighter cap that is there already stays."""

    null: ClassVar[Mapping[str, Any]] = {"most": 1000}

    most: Annotated[int, Field(ge=1, le=1000)] = parameter(
        12, "most interviews of a person", source="caps of 16, 12 and 8: Mitton, Elder and Hunter (2022)"
    )

    def changes(self, scenario: Scenario) -> Mapping[str, Any]:
        """The cap."""
        if self.most == 1000 or (scenario.interviews.cap or 1000) <= self.most:
            return {}
        return {"interviews.cap": self.most}
