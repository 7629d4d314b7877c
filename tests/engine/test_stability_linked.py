"""The checker of couples and supplemental lists against the plain one, and where the definitions part."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linked_markets import nonsense, plainly, rational, tiny

from matchsim.engine import (
    Market,
    Matching,
    blocking_pairs,
    blocking_units,
    irrationalities,
    is_individually_rational,
    is_stable,
    linked_reference,
)
from matchsim.engine.stability_linked import DEFINITIONS, KINDS, BlockingUnits
from matchsim.errors import InputError, MarketError

MATCHINGS = {"rational": rational, "nonsense": nonsense}


def as_blocks(found: BlockingUnits) -> list[linked_reference.Block]:
    market = found.market
    blocks = []
    for row in range(len(found)):
        kind, number = KINDS[found.kind[row]], int(found.applicant[row])
        if kind == "couple":
            number = int(market.links.couple_of[number])
        elif kind == "supplemental":
            lists = market.supplementals
            owned = (lists.applicant == number) & (lists.advanced == found.advanced[row])
            number = int(np.flatnonzero(owned)[0])
        blocks.append(linked_reference.Block(kind, number, int(found.place[row])))
    return blocks


@pytest.mark.parametrize("kind", MATCHINGS)
@pytest.mark.parametrize("definition", DEFINITIONS)
def test_every_block_is_found_and_no_other(definition, kind):
    told = 0
    for number in range(400):
        rng = np.random.default_rng(number)
        market = tiny(number, singles=int(rng.integers(0, 5)), couples=int(rng.integers(1, 4)))
        matching = MATCHINGS[kind](market, rng)
        found = blocking_units(market, matching, definition)
        expected = linked_reference.blocking_units(market, *plainly(matching), definition)
        assert as_blocks(found) == expected, number
        assert found.units == len({block[:2] for block in expected})
        told += len(expected)
    assert told > 2000


@pytest.mark.parametrize("kind", MATCHINGS)
def test_rationality_as_the_plain_version_has_it(kind):
    seen = set()
    for number in range(300):
        matching = MATCHINGS[kind](tiny(number), np.random.default_rng(number))
        expected = linked_reference.is_individually_rational(matching.market, *plainly(matching))
        assert is_individually_rational(matching.market, matching) == expected, number
        assert (irrationalities(matching.market, matching) == []) == expected
        seen.add(expected)
    assert (True in seen) == (kind == "rational")


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 10**9))
def test_what_blocks_under_kpr_blocks_under_the_other_two(number):
    market = tiny(number)
    matching = rational(market, np.random.default_rng(number))
    responsive, kpr, mm = (set(as_blocks(blocking_units(market, matching, d))) for d in DEFINITIONS)
    assert kpr <= responsive
    assert kpr <= mm


# Two matchings that show how the definitions differ.
SWAP = Market.from_lists(
    {},
    {"City": ["Ana", "Bo"], "Mercy": ["Ana"]},
    quotas=1,
    couples={("Ana", "Bo"): [("Mercy", "City"), ("City", None)]},
)
BOTH = Market.from_lists(
    {"Cy": ["City"], "Di": ["City"]},
    {"City": ["Ana", "Cy", "Bo", "Di"]},
    quotas=2,
    couples={("Ana", "Bo"): [("City", "City")]},
)


def test_a_position_that_the_couple_itself_gives_up_is_free_under_responsive_only():
    # City holds Ana and prefers her to Bo: only if Ana's going counts is there a position for Bo.
    matching = Matching.from_dict(SWAP, {"Ana": "City"})
    assert matching.blocking == {"responsive": 1, "kpr": 0, "mm": 0}
    assert matching.stable_under == ("kpr", "mm")
    assert not matching.stable


def test_two_who_each_displace_somebody_block_under_mm_only():
    # Ana displaces Cy and Bo displaces Di; but the two best of the four are Ana and Cy.
    matching = Matching.from_dict(BOTH, {"Cy": "City", "Di": "City"})
    assert matching.blocking == {"responsive": 0, "kpr": 0, "mm": 1}
    assert matching.stable_under == ("responsive", "kpr")
    assert [is_stable(BOTH, matching, d) for d in DEFINITIONS] == [True, True, False]


@pytest.mark.parametrize("pair", [("Ana", "Bo"), ("Bo", "Ana")])
@pytest.mark.parametrize(("best", "blocks"), [("Ana", 1), ("Cy", 0)])
def test_a_partner_who_is_there_already_is_not_displaced_under_mm(pair, best, blocks):
    # City holds Cy and Bo: Ana may come in Cy's place if City prefers her, and never in Bo's.
    other = {"Ana": "Cy", "Cy": "Ana"}[best]
    bo_alone = tuple("City" if name == "Bo" else None for name in pair)
    market = Market.from_lists(
        {"Cy": ["City"]},
        {"City": [best, other, "Bo"]},
        quotas=2,
        couples={pair: [("City", "City"), bo_alone]},
    )
    matching = Matching.from_dict(market, {"Cy": "City", "Bo": "City"})
    assert matching.blocking["mm"] == blocks
    # Both are among City's best two only if Cy is not.
    assert matching.blocking["kpr"] == 0


def test_two_fit_under_every_definition_where_both_are_among_the_best():
    market = BOTH.replace(program_applicants=[2, 3, 0, 1])
    matching = Matching.from_dict(market, {"Cy": "City", "Di": "City"})
    assert matching.blocking == {"responsive": 1, "kpr": 1, "mm": 1}
    assert list(blocking_units(market, matching)) == [(("Ana", "Bo"), ("City", "City"))]


def test_blocking_units_speak_by_name():
    found = blocking_units(SWAP, Matching.from_dict(SWAP, {}))
    assert list(found) == [(("Ana", "Bo"), ("Mercy", "City")), (("Ana", "Bo"), ("City", None))]
    assert (
        repr(found) == "<BlockingUnits: 2: Ana and Bo with Mercy and City, Ana and Bo with City and No Match>"
    )
    assert found.units == 1
    assert found._repr_html_().startswith("<p>&lt;BlockingUnits: 2:")
    frame = found.to_pandas()
    assert frame["kind"].tolist() == ["couple", "couple"]
    assert frame["partner_program"].fillna("").tolist() == ["City", ""]
    assert found.to_pandas(labels=False)["program"].tolist() == [1, 0]
    assert pickle.loads(pickle.dumps(found)).equals(found)
    settled = blocking_units(SWAP, Matching.from_dict(SWAP, {"Ana": "Mercy", "Bo": "City"}))
    assert repr(settled) == "<BlockingUnits: none>"
    assert settled.units == 0


def test_without_couples_and_lists_units_are_pairs():
    market = Market.from_lists({1: [1, 2], 2: [1]}, {1: [2, 1], 2: [1]}, 1)
    for program_of in ([-1, -1], [0, -1], [1, 0], [0, 0]):
        units, pairs = blocking_units(market, program_of), blocking_pairs(market, program_of)
        assert [(people[0], programs[0]) for people, programs in units] == list(pairs)


def test_pairs_of_a_linked_market_are_not_told():
    with pytest.raises(InputError) as caught:
        blocking_pairs(SWAP, [-1, -1])
    assert str(caught.value) == (
        "this market has couples or supplemental lists; ask for blocking_units instead"
    )


def test_an_unknown_definition_is_refused_by_name():
    with pytest.raises(InputError) as caught:
        blocking_units(SWAP, [-1, -1], "kmr")
    assert str(caught.value) == (
        "definition must be one of 'responsive', 'kpr', 'mm', got 'kmr'; did you mean 'kpr'?"
    )


@pytest.mark.parametrize("first", ["Rad", "Mercy", "Prelim", "Year"])
def test_every_irrationality_of_linked_markets_is_told(first):
    """Whichever program is listed first: an index of 0 is a program like any other."""
    listed = {"Rad": ["Cy"], "Mercy": ["Ana", "Cy"], "Prelim": ["Cy", "Bo"], "Year": ["Bo"]}
    market = Market.from_lists(
        {"Cy": ["Rad", "Mercy"]},
        {first: listed[first], **listed},
        quotas=1,
        couples={("Ana", "Bo"): [("Mercy", "Prelim")]},
        supplemental={("Cy", "Rad"): ["Prelim", "Year"]},
    )

    def told(cy: str | None, ana: str | None, bo: str | None, besides: str | None = None) -> list[str]:
        index = {None: -1} | {name: p for p, name in enumerate(market.program_labels)}
        matching = Matching.from_programs(
            market, [index[cy], index[ana], index[bo]], [index[besides], -1, -1]
        )
        faults = irrationalities(market, matching)
        assert is_individually_rational(market, matching) == (faults == [])
        return faults

    assert told("Rad", "Mercy", "Prelim") == []
    assert told("Rad", "Mercy", None, "Prelim") == [
        "Ana and Bo are matched to Mercy and No Match, a pair that is not on their list"
    ]
    assert told("Rad", None, "Prelim") == [
        "Ana and Bo are matched to No Match and Prelim, a pair that is not on their list"
    ]
    assert told("Rad", None, None, "Year") == [
        "Cy also holds Year, which no supplemental list of theirs gives them there"
    ]
    assert told("Mercy", None, None, "Prelim") == [
        "Cy also holds Prelim, which no supplemental list of theirs gives them there"
    ]
    assert told("Rad", "Mercy", "Prelim", "Prelim") == ["Prelim holds 2, more than its quota of 1"]


def test_a_matching_is_judged_at_its_final_quotas():
    market = Market.from_lists({"Ana": ["City"], "Bo": ["City"]}, {"City": ["Ana", "Bo"]}, 1)
    both = {"program_of": [0, 0]}
    assert not Matching.from_programs(market, **both).stable
    assert Matching.from_programs(market, **both, final_quota=[2]).stable
    fewer = Matching.from_programs(market, [0, -1], final_quota=[2])
    assert fewer.blocking == dict.fromkeys(DEFINITIONS, 1)
    assert len(blocking_pairs(market, fewer)) == 1
    assert len(blocking_pairs(market, fewer.program_of)) == 0


@pytest.mark.parametrize(
    ("final_quota", "told"),
    [
        ([1, 1], "final_quota must be 1 whole numbers, one a program, got shape (2,) of int64"),
        ([1.0], "final_quota must be 1 whole numbers, one a program, got shape (1,) of float64"),
        ([-1], "final_quota must be from 0 to 2147483647, got -1 at index 0"),
        ([2**32], "final_quota must be from 0 to 2147483647, got 4294967296 at index 0"),
    ],
)
def test_final_quotas_that_do_not_fit_are_refused(final_quota, told):
    market = Market.from_lists({"Ana": ["City"]}, {"City": ["Ana"]}, 1)
    with pytest.raises(MarketError) as caught:
        Matching.from_programs(market, [0], None, final_quota)
    assert str(caught.value) == told
