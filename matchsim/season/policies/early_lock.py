"""Programs that lock their lists before second looks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from matchsim.season.policies._policy import Policy
from matchsim.season.scenario.parts import Share, parameter

if TYPE_CHECKING:
    from matchsim.season.scenario.model import Scenario


class EarlyLock(Policy):
    """A share of programs locks its list before second looks, which then count for applicants alone."""

    null: ClassVar[Mapping[str, Any]] = {"share": 0.0}

    share: Share = parameter(1.0, "share of programs that lock early; never fewer than do already")

    def changes(self, scenario: Scenario) -> Mapping[str, Any]:
        """The share."""
        if self.share <= scenario.rank_lists.early_lock:
            return {}
        return {"rank_lists.early_lock": self.share}
