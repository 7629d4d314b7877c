"""What the parts of a scenario are made of: declared values, and numbers by applicant type."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Tag

__all__ = [
    "MOST_PEOPLE",
    "ByType",
    "Count",
    "Counts",
    "Name",
    "Part",
    "Published",
    "Real",
    "Share",
    "SharesByType",
    "Spread",
    "Weight",
    "WeightsByType",
    "kind_of",
    "parameter",
    "spread",
]

Basis = Literal["published", "derived", "recalled", "assumed"]

MOST_PEOPLE = 10_000_000
Count = Annotated[int, Field(ge=0, le=MOST_PEOPLE)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Weight = Annotated[float, Field(ge=0.0, le=1_000_000.0)]
Real = Annotated[float, Field(ge=-1000.0, le=1000.0)]
Mean = Annotated[float, Field(ge=0.0, le=1000.0)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


def parameter(
    default: Any, meaning: str, *, basis: Basis = "assumed", source: str = "", unit: str = "", **rules: Any
) -> Any:
    """A field with its meaning, unit, basis and source, which ``explain`` and the schema show."""
    extra = {"basis": basis, "source": source, "unit": unit}
    told: dict[str, Any] = {key: value for key, value in extra.items() if value}
    return Field(default=default, description=meaning, json_schema_extra=told, **rules)


class Part(BaseModel):
    """Base of every part of a scenario: frozen, nothing unknown, nothing converted."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def kind_of(value: Any) -> str:
    """Which branch of a field a value belongs to: its tag, for pydantic's discriminators."""
    if isinstance(value, str):
        return "word"
    if isinstance(value, (int, float)):
        return "number"
    return "list" if isinstance(value, (list, tuple)) else "mapping"


# In a scenario as written, the word that stands for the figures of its season.
Published = Annotated[Literal["published"], Tag("word")]


class Counts(Part):
    """People by applicant type."""

    us_md_senior: Count = 0
    us_md_grad: Count = 0
    us_do_senior: Count = 0
    us_do_grad: Count = 0
    us_img: Count = 0
    non_us_img: Count = 0
    other: Count = 0


class ByType(Part):
    """A mean number of something by applicant type."""

    us_md_senior: Mean
    us_md_grad: Mean
    us_do_senior: Mean
    us_do_grad: Mean
    us_img: Mean
    non_us_img: Mean
    other: Mean


class SharesByType(Part):
    """A fraction by applicant type."""

    us_md_senior: Share = 0.0
    us_md_grad: Share = 0.0
    us_do_senior: Share = 0.0
    us_do_grad: Share = 0.0
    us_img: Share = 0.0
    non_us_img: Share = 0.0
    other: Share = 0.0


class WeightsByType(Part):
    """A weight by applicant type."""

    us_md_senior: Weight = 0.0
    us_md_grad: Weight = 0.0
    us_do_senior: Weight = 0.0
    us_do_grad: Weight = 0.0
    us_img: Weight = 0.0
    non_us_img: Weight = 0.0
    other: Weight = 0.0


class Spread(Part):
    """Mean and standard deviation of a normal distribution."""

    mean: Real
    sd: Annotated[float, Field(ge=0.0, le=1000.0)]


def spread(mean: float, sd: float) -> Spread:
    """A spread with this mean and standard deviation."""
    return Spread(mean=mean, sd=sd)
