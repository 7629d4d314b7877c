"""The part of a scenario about the Match itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from matchsim.season.scenario.parts import Name, Part, Share, parameter

__all__ = ["EarlyResults", "Match"]


class EarlyResults(Part):
    """A small match before the Match, whose results bind: early result acceptance.

    Proposed for obstetrics and gynecology: Ashlagi, Love, Reminick and Roth, Journal of Graduate Medical
    Education 15(2), 2023, 219-227.
    """

    specialties: list[Name] = parameter([], "whose categorical programs take part; none = no early results")
    share: Share = parameter(0.5, "part of its positions that a program may fill early, rounded down")
    most: Annotated[int, Field(ge=1, le=300)] = parameter(
        5, "most programs that a person ranks early: the first ones of the list", unit="programs"
    )


class Match(Part):
    """The matching algorithm."""

    proposing: Literal["applicants", "programs"] = parameter(
        "applicants",
        "which side proposes; programs only where there are no couples, supplemental lists and reversions",
        basis="published",
        source="NRMP since 1998: applicants",
    )
    early_results: EarlyResults = EarlyResults()
