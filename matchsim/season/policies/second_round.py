"""A second round of the Match in place of SOAP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from matchsim.season.policies._policy import Policy
from matchsim.season.scenario.parts import parameter

if TYPE_CHECKING:
    from matchsim.season.scenario.model import Scenario


class SecondRound(Policy):
    """Unfilled positions go by a second Match, with rank order lists, in place of offers in rounds."""

    null: ClassVar[Mapping[str, Any]] = {"held": False}

    held: bool = parameter(True, "whether a second Match is held")

    def changes(self, scenario: Scenario) -> Mapping[str, Any]:
        """How positions are given in SOAP."""
        if not self.held or scenario.soap.by == "match":
            return {}
        return {"soap.by": "match"}
