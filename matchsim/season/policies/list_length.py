"""A limit on the number of programs that anybody may rank."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from matchsim.season.policies._policy import Policy
from matchsim.season.scenario.parts import parameter

if TYPE_CHECKING:
    from matchsim.season.scenario.model import Scenario


class ListLength(Policy):
    """Nobody may rank more than so many programs; a tighter limit that is there already stays."""

    null: ClassVar[Mapping[str, Any]] = {"most": 300}

    most: Annotated[int, Field(ge=1, le=300)] = parameter(20, "most programs on a list", unit="programs")

    def changes(self, scenario: Scenario) -> Mapping[str, Any]:
        """The limit."""
        if self.most == 300 or (scenario.rank_lists.most or 300) <= self.most:
            return {}
        return {"rank_lists.most": self.most}
