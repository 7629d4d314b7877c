"""The part of a scenario about what programs require of applicants, whatever their file."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from matchsim.season.scenario.parts import Part, Share, Spread, Weight, parameter, spread

__all__ = ["Requirements"]

_OF_2022 = "internal medicine programs, 2022: JGME 14(6):680; taken for all specialties"


class Requirements(Part):
    """What programs require.

    A share of 0 switches a requirement off; shares of 1 for both visas switch off the one about visas.
    """

    sponsors_j1: Share = parameter(
        0.637, "share of programs that take people on J-1 visas", basis="published", source=_OF_2022
    )
    sponsors_h1b: Share = parameter(
        0.22,
        "share of programs that sponsor H-1B visas, which are among those that take J-1 where these suffice",
        basis="published",
        source=_OF_2022,
    )
    community_odds: Annotated[float, Field(gt=0.0, le=1000.0)] = parameter(
        0.2,
        "odds that a community program takes J-1 visas over the odds that a university program does",
        basis="published",
        source="JGME 14(6):680: adjusted odds ratio of community against academic programs",
    )
    step2_ck: Share = parameter(0.5, "share of programs with a lowest Step 2 CK score")
    step2_ck_score: Spread = parameter(
        spread(222.0, 8.0), "that score, higher at prestigious programs by its SD for each SD", unit="points"
    )
    graduation: Share = parameter(0.5, "share of programs with a most of years since graduation")
    graduation_years: list[Annotated[int, Field(ge=0, le=100)]] = parameter(
        [3, 5, 5, 10], "those years, each as often as it stands here", unit="years", min_length=1
    )
    no_failed_attempts: Share = parameter(0.25, "share of programs that consider nobody who failed an exam")
    us_clinical: Share = parameter(
        0.3, "share of programs that ask international graduates for clinical months in the United States"
    )
    us_clinical_months: list[Weight] = parameter(
        [1.0, 2.0, 3.0], "those months, each as often as it stands here", unit="months", min_length=1
    )
    certificate_first: Share = parameter(
        0.1, "share of programs that ask international graduates for the ECFMG certificate at application"
    )
