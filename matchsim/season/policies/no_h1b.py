"""Programs that no longer sponsor H-1B visas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from matchsim.season.policies._policy import Policy
from matchsim.season.scenario.parts import Share, parameter

if TYPE_CHECKING:
    from matchsim.season.scenario.model import Scenario


class NoH1b(Policy):
    """A share of the programs that sponsor H-1B visas stops; who needs one can go to the others only."""

    null: ClassVar[Mapping[str, Any]] = {"share": 0.0}

    share: Share = parameter(1.0, "share of the sponsoring programs that stop")

    def changes(self, scenario: Scenario) -> Mapping[str, Any]:
        """The share of programs that sponsor."""
        if not self.share:
            return {}
        left = scenario.programs.requirements.sponsors_h1b * (1.0 - self.share)
        return {"programs.requirements.sponsors_h1b": left}
