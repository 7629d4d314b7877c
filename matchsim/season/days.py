"""Days as people write and read them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator

__all__ = ["Date", "in_words", "years_after"]


def _day(written: Any) -> Any:
    """An ISO date as a date."""
    if isinstance(written, date):
        return written
    try:
        return date.fromisoformat(written)
    except (TypeError, ValueError):
        raise ValueError(f"must be a day such as 2026-03-04, got {written!r}") from None


# A field of a model: a day written as YYYY-MM-DD.
Date = Annotated[date, BeforeValidator(_day)]

# Not from the locale, which must not change what is written.
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def in_words(day: date) -> str:
    """``4 March 2026``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 1 March where a leap day has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
