"""Which side proposes in the Match."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from matchsim.season.policies._policy import Policy
from matchsim.season.scenario.parts import parameter

if TYPE_CHECKING:
    from matchsim.season.scenario.model import Scenario


class WhoProposes(Policy):
    """The side that proposes; programs can only where no positions are linked, so links may be cut."""

    null: ClassVar[Mapping[str, Any]] = {"side": "applicants", "without_links": False}

    side: Literal["applicants", "programs"] = parameter(
        "programs", "the side that proposes", source="NRMP until 1997: programs; since 1998: applicants"
    )
    without_links: bool = parameter(
        True,
        "whether couples, supplemental lists and reversions are taken away; give the other arm the same "
        "policy with side: applicants, so that only the side differs",
    )

    def changes(self, scenario: Scenario) -> Mapping[str, Any]:
        """The side, and the links taken away."""
        proposing = {} if scenario.match.proposing == self.side else {"match.proposing": self.side}
        if not self.without_links:
            return proposing
        return proposing | {
            "couples.number": 0,
            "rank_lists.applicants.supplemental": 0.0,
            "reversions": dict.fromkeys("MPAR", 0.0),
        }
