"""What a value of the season rules rests on: the one place that defines the words."""

from __future__ import annotations

from typing import Literal

__all__ = ["BASES", "Basis"]

Basis = Literal["published", "third-party", "recalled", "inferred"]

BASES: dict[Basis, str] = {
    "published": "read in a text of the body that makes the rule, or in a source that quotes that text",
    "third-party": "read on the page of somebody who writes about the rule",
    "recalled": "from memory; to be checked before anybody relies on it",
    "inferred": "not read for this season; follows from what the source says, usually of another season",
}
