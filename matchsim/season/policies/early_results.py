"""Early result acceptance: a small match before the Match."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from matchsim.season.policies._policy import Policy, specialties_named
from matchsim.season.scenario.parts import Name, Share, parameter

if TYPE_CHECKING:
    from matchsim.season.scenario.model import Scenario


class EarlyResults(Policy):
    """Programs fill a part of their categorical positions before the Match, and the result binds."""

    null: ClassVar[Mapping[str, Any]] = {"share": 0.0}

    share: Share = parameter(0.5, "part of its positions that a program may fill early")
    most: Annotated[int, Field(ge=1, le=300)] = parameter(5, "most programs that a person ranks early")
    specialties: list[Name] | None = parameter(None, "these specialties; left out = all")

    def changes(self, scenario: Scenario) -> Mapping[str, Any]:
        """Who takes part in early results, and how far."""
        if self.share == 0.0 or scenario.programs.specialties == "published":
            return {}
        names = specialties_named(scenario, self.specialties)
        return {"match.early_results": {"specialties": names, "share": self.share, "most": self.most}}
