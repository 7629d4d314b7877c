"""A small market in every form in which one is given, and a way to see why something is refused."""

from __future__ import annotations

import pandas as pd
import pytest

from matchsim.engine import Market
from matchsim.errors import MarketError

APPLICANTS = {"Ana": ["City", "Mercy"], "Bo": ["City"], "Cy": []}
PROGRAMS = {"City": ["Bo", "Ana"], "Mercy": ["Cy"]}
QUOTAS = {"City": 1, "Mercy": 0}
MARKET = Market.from_lists(APPLICANTS, PROGRAMS, QUOTAS)


def refusal(call, *arguments, error=MarketError, **named):
    with pytest.raises(error) as caught:
        call(*arguments, **named)
    return str(caught.value).splitlines()


def frames():
    return {
        "applicant_rankings": pd.DataFrame(
            {"applicant": ["Ana", "Bo", "Ana"], "rank": [4, 1, 2], "program": ["Mercy", "City", "City"]}
        ),
        "program_rankings": pd.DataFrame(
            {"program": ["City", "City", "Mercy"], "rank": [2, 1, 9], "applicant": ["Ana", "Bo", "Cy"]}
        ),
        "programs": pd.DataFrame({"program": ["City", "Mercy"], "quota": [1, 0], "state": ["NY", "NJ"]}),
        "applicants": pd.DataFrame({"applicant": ["Ana", "Bo", "Cy"]}),
    }
