"""More positions, or fewer: the same programs become larger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from matchsim.season.policies._policy import Policy, specialties_named
from matchsim.season.scenario.parts import Name, parameter
from matchsim.season.words import Track

if TYPE_CHECKING:
    from matchsim.season.scenario.model import Scenario


class MorePositions(Policy):
    """Positions multiplied by a factor; the number of programs, and what people want, stay."""

    null: ClassVar[Mapping[str, Any]] = {"factor": 1.0}

    factor: Annotated[float, Field(ge=0.0, le=100.0)] = parameter(
        1.1, "positions of every specialty and track, times this; at least one a program"
    )
    specialties: list[Name] | None = parameter(None, "these specialties; left out = all")
    tracks: list[Track] | None = parameter(None, "these tracks; left out = all")

    def changes(self, scenario: Scenario) -> Mapping[str, Any]:
        """The sizes of the tracks concerned."""
        sizes = scenario.programs.specialties
        if self.factor == 1.0 or not isinstance(sizes, dict):
            return {}
        wanted = {
            name: {
                track: {"positions": max(size.programs, round(size.positions * self.factor))}
                for track, size in sizes[name].tracks().items()
                if self.tracks is None or track in self.tracks
            }
            for name in specialties_named(scenario, self.specialties)
        }
        return {"programs.specialties": wanted}
