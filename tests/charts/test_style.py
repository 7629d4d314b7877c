from __future__ import annotations

from itertools import combinations

import pytest

from matchsim.charts import style
from matchsim.season.words import APPLICANT_TYPES

TYPES = list(style.APPLICANT_TYPES)
# Okabe and Ito (2008); grey stands for "other" beside them.
OKABE_ITO = {"#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#000000"}


def test_types_have_colours_of_okabe_and_ito_each_its_own():
    colours = [style.colour_of(name) for name in TYPES if name != "other"]
    assert set(colours) <= OKABE_ITO
    assert all(one != two for one, two in combinations(colours, 2))


def test_every_type_of_a_season_has_a_label_and_a_colour():
    assert tuple(TYPES) == APPLICANT_TYPES


def test_types_come_in_the_order_of_the_house():
    assert style.ordered_types(reversed(TYPES)) == TYPES
    assert style.ordered_types({"zebra", "other", "ant", "us_md_senior"}) == [
        "us_md_senior",
        "other",
        "ant",
        "zebra",
    ]


@pytest.mark.parametrize(("strength", "colour"), [(1, "#0072B2"), (0, "#FFFFFF"), (0.5, "#80B8D8")])
def test_a_tint_lies_between_white_and_the_colour(strength, colour):
    assert style.tint("#0072B2", strength) == colour


def test_numbers_are_written_for_people():
    assert (style.percent(0.9345), style.percent(float("nan"))) == ("93.5%", "–")
    assert (style.count(20367.6), style.count(float("nan"))) == ("20,368", "–")


def test_long_names_are_cut_and_short_ones_kept():
    assert style.shortened("Family Medicine") == "Family Medicine"
    cut = style.shortened("Physical Medicine and Rehabilitation of the Hand and Foot")
    assert len(cut) <= 38
    assert cut.endswith("…")
    assert style.shortened("two\nlines") == "two lines"
