"""A cap on applications, on average."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from matchsim.season.policies._policy import Policy
from matchsim.season.scenario.parts import ByType, parameter
from matchsim.season.words import APPLICANT_TYPES

if TYPE_CHECKING:
    from matchsim.season.scenario.model import Scenario


class ApplicationCap(Policy):
    """Every applicant type sends at most so many applications on average; people still differ by `spread`."""

    null: ClassVar[Mapping[str, Any]] = {"most": 1000.0}

    most: Annotated[float, Field(ge=1.0, le=1000.0)] = parameter(
        10.0, "the largest mean number of applications of a type", unit="applications"
    )

    def changes(self, scenario: Scenario) -> Mapping[str, Any]:
        """The means of the types that send more."""
        means = scenario.applications.per_applicant
        assert isinstance(means, ByType)
        above = {t: self.most for t in APPLICANT_TYPES if getattr(means, t) > self.most}
        return {"applications.per_applicant": above} if above else {}
