"""The study: a scenario, arms that change it, values to sweep over, replicates and metrics."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from matchsim.season.scenario.parts import Name, Part, SharesByType, kind_of, parameter

__all__ = ["Arm", "Range", "Study", "Sweep", "Years"]

Label = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._%+-]{0,59}$")]


class Arm(Part):
    """One arm of a study: what it changes in the base scenario."""

    set: dict[Name, Any] = parameter(
        {}, "values as in a scenario file, nested or by dotted path: {interviews.per_position: 8.0}"
    )
    policies: list[Any] = parameter([], "policies by name, applied after those of the study")


class Range(Part):
    """Values between two numbers."""

    low: float | int = parameter(..., "the lowest value")
    high: float | int = parameter(..., "the highest value")
    steps: Annotated[int, Field(ge=2, le=1000)] | None = parameter(
        None, "in a grid: how many values, both ends among them"
    )
    whole: bool = parameter(False, "whether only whole numbers are meant")

    @model_validator(mode="after")
    def _ends_fit(self) -> Range:
        if not self.low < self.high:
            raise ValueError(f"low must be below high, got {self.low} and {self.high}")
        if self.whole and not (float(self.low).is_integer() and float(self.high).is_integer()):
            raise ValueError(f"low and high must be whole numbers too, got {self.low} and {self.high}")
        return self


Values = Annotated[
    Annotated[list[Any], Tag("list"), Field(min_length=1)] | Annotated[Range, Tag("mapping")],
    Discriminator(kind_of),
]


class Sweep(Part):
    """Values that every arm is run at."""

    design: Literal["grid", "latin_hypercube"] = parameter(
        "grid",
        "grid: every combination; latin_hypercube: as many points as `points` says, each value's range "
        "evenly covered (McKay, Beckman and Conover, Technometrics 21, 1979)",
    )
    points: Annotated[int, Field(ge=1, le=100_000)] | None = parameter(None, "points of a latin_hypercube")
    values: dict[Name, Values] = parameter(
        {},
        "by dotted path of a scenario's value, or policies.<name>.<parameter>: a list of values, or a range",
    )


class Years(Part):
    """Several seasons one after the other, in which those not placed try again."""

    number: Annotated[int, Field(ge=1, le=50)] = parameter(1, "seasons in a row")
    reapply: Annotated[float, Field(ge=0.0, le=1.0)] = parameter(
        0.6, "chance that somebody who certified a list and was not placed is active again a year later"
    )
    newcomers: SharesByType = parameter(
        SharesByType(
            us_md_senior=1.0,
            us_md_grad=0.3,
            us_do_senior=1.0,
            us_do_grad=0.3,
            us_img=0.7,
            non_us_img=0.7,
            other=1.0,
        ),
        "share of the scenario's people of each type who are there for the first time; the others stand for "
        "those of earlier years, and from the second year on are replaced by those carried over",
    )
    unfilled: Annotated[float, Field(ge=0.0, le=1.0)] = parameter(
        0.0, "share of the positions left unfilled after SOAP that a specialty's track gives up next year"
    )


class Study(Part):
    """A question put to many simulated seasons."""

    matchsim: Literal[1] = parameter(1, "version of the study format")
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,79}$")] = parameter(
        "study", "short name: small letters, digits, '-', '_' and '.'"
    )
    title: str = parameter("", "what the charts call it")
    description: str = parameter("", "what it asks, and whom it follows")
    base: Name = parameter(..., "the scenario: a shipped one by its name, or a file by its path")
    set: dict[Name, Any] = parameter({}, "values changed in every arm, nested or by dotted path")
    policies: list[Any] = parameter([], "policies of every arm, by name")
    arms: dict[Label, Arm] = parameter({}, "the arms by name; left out = one, the base", min_length=1)
    baseline: Name | None = parameter(None, "the arm that the others are compared with; left out = the first")
    sweep: Sweep = Sweep()
    replicates: Annotated[int, Field(ge=1, le=1_000_000)] = parameter(20, "seasons of every arm and point")
    seed: Annotated[int, Field(ge=0, lt=2**64)] | None = parameter(
        None, "seed of all random streams, the same in every arm; left out = the base's"
    )
    years: Annotated[
        Annotated[int, Field(ge=1, le=50), Tag("number")] | Annotated[Years, Tag("mapping")],
        Discriminator(kind_of),
    ] = parameter(1, "seasons in a row, or how they follow one another")
    metrics: list[Name] = parameter([], "what is recorded of every season, by name; left out = all")
    charts: list[Name] = parameter([], "what is drawn of it, by name; left out = all that apply")
    people: bool = parameter(
        True, "whether everybody's outcome is kept, so that arms can be compared person by person"
    )
    replicates_per_part: Annotated[int, Field(ge=1, le=100_000)] | None = parameter(
        None, "seasons simulated and written at a time; left out = by the size of the scenario"
    )

    def in_a_row(self) -> Years:
        """The seasons in a row."""
        return Years(number=self.years) if isinstance(self.years, int) else self.years
