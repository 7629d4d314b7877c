"""The obvious slow versions of a season's kernels: oracles for the tests. Plain Python, no compiled code.

Everything here works on lists of numbers, one applicant and one program at a time, and says what the
rules say in the order in which they say it. Equal values keep the order in which they came.
"""

from __future__ import annotations

from matchsim.season.reference.applying import (
    WORD,
    affordable,
    application_weight,
    chance_scale,
    chosen_programs,
    cost,
    send_signals,
)
from matchsim.season.reference.interviewing import (
    InterviewRules,
    InterviewSeason,
    hold_interviews,
    read_first,
)
from matchsim.season.reference.offering import (
    Acceptance,
    SoapOffers,
    first_contacts,
    soap_choice,
    soap_rounds,
    soap_weight,
)
from matchsim.season.reference.ranking import (
    AfterInterviews,
    after_interviews,
    pair_list,
    pair_wish,
    reported_list,
    reverting,
    sorted_segments,
    supplemental_list,
)
from matchsim.season.reference.valuing import (
    considered,
    eligible,
    file_worth,
    perceived_chance,
    screening_score,
    visa_fits,
    wish,
)

__all__ = [
    "WORD",
    "Acceptance",
    "AfterInterviews",
    "InterviewRules",
    "InterviewSeason",
    "SoapOffers",
    "affordable",
    "after_interviews",
    "application_weight",
    "chance_scale",
    "chosen_programs",
    "considered",
    "cost",
    "eligible",
    "file_worth",
    "first_contacts",
    "hold_interviews",
    "pair_list",
    "pair_wish",
    "perceived_chance",
    "read_first",
    "reported_list",
    "reverting",
    "screening_score",
    "send_signals",
    "soap_choice",
    "soap_rounds",
    "soap_weight",
    "sorted_segments",
    "supplemental_list",
    "visa_fits",
    "wish",
]
