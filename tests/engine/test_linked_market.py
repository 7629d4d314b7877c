"""Markets with couples, supplemental lists, reversions, tracks: what they hold and what they refuse."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from matchsim.engine import Market
from matchsim.engine.linked import Couples, Reversions, Supplementals
from matchsim.engine.linked_faults import LinkedError
from matchsim.errors import MarketError, TableError

APPLICANTS: dict[str, list[str]] = {"Cy": ["City", "Rad"], "Ana": [], "Bo": []}
PROGRAMS = {"City": ["Ana", "Cy", "Bo"], "Mercy": ["Bo", "Ana"], "Rad": ["Cy"], "Prelim": ["Ana", "Cy"]}
COUPLE = {("Ana", "Bo"): [("City", "Mercy"), ("City", None), ("Mercy", "Mercy")]}


def market(**parts: Any) -> Market:
    applicants = {**APPLICANTS, **parts.pop("applicants", {})}
    return Market.from_lists(applicants, PROGRAMS, parts.pop("quotas", 1), **parts)


def test_linked_parts_become_tables_with_ranks_joined():
    made = market(
        couples=COUPLE,
        supplemental={("Cy", "Rad"): ["Prelim"]},
        reversions=[("City", "Mercy", 1), ("Mercy", "Rad", 1)],
        tracks={"Rad": "A", "Prelim": "P"},
        parity={"City": "even"},
    )
    assert list(made.applicant_labels) == ["Cy", "Ana", "Bo"]
    assert made.couples.first_program.tolist() == [0, 0, 1]
    assert made.couples.second_program.tolist() == [1, -1, 1]
    assert made.links.couple_of.tolist() == [-1, 0, 0]
    assert made.links.first_rank.tolist() == [0, 0, 1]
    assert made.links.second_rank.tolist() == [0, -1, 0]
    assert made.links.supplemental_rank.tolist() == [1]
    assert made.reversions.receiver.tolist() == [1, 2]
    assert made.tracks.tolist() == [-1, -1, 3, 2]
    assert made.parity.tolist() == [2, 0, 0, 0]
    assert repr(made).endswith("2 of them mutual; 1 couple, 1 supplemental list, 2 reversions>")
    for array in (made.links.couple_of, made.tracks, made.couples.first):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_a_market_of_singles_has_no_linked_parts():
    plain = market()
    assert not plain.is_linked
    assert plain.links is plain.couples is plain.supplementals is plain.reversions is None
    assert not market(tracks={"City": "C"}).is_linked


def test_ranks_are_joined_as_the_lists_say_in_any_market():
    rng = np.random.default_rng(5)
    for _ in range(50):
        people, places = int(rng.integers(2, 9)), int(rng.integers(1, 6))
        lists = [rng.permutation(people)[: rng.integers(0, people + 1)].tolist() for _ in range(places)]
        pairs = [(int(p), int(q)) for p, q in rng.integers(-1, places, (6, 2)) if max(p, q) >= 0]
        pairs = list(dict.fromkeys(pairs))
        made = Market.from_lists(
            {a: [] for a in range(people)},
            dict(enumerate(lists)),
            1,
            couples={(0, 1): [tuple(None if p < 0 else p for p in pair) for pair in pairs]},
        )
        for member, ranks in ((0, made.links.first_rank), (1, made.links.second_rank)):
            expected = [
                lists[p[member]].index(member) if p[member] >= 0 and member in lists[p[member]] else -1
                for p in pairs
            ]
            assert ranks.tolist() == expected


def test_reversions_alone_link_no_lists():
    made = market(reversions=[("City", "Mercy", 1)])
    assert made.is_linked
    assert made.links is None


def test_linked_markets_are_compared_pickled_and_replaced():
    made = market(couples=COUPLE, reversions=[("City", "Mercy", 1)], tracks={"City": "C"})
    assert pickle.loads(pickle.dumps(made)).equals(made)
    assert made.differences(made.replace(reversions=None)) == ["reversions: only one of the two has any"]
    fewer = made.replace(couples=made.couples.replace(first_program=[0, 0, 2]))
    assert made.differences(fewer) == ["couples.first_program: 1 differ, first at 2: 1 against 2"]
    numbered = Couples(*(getattr(made.couples, c.name) for c in Couples.columns()), np.array([1, 4, 9]))
    assert made.differences(made.replace(couples=numbered)) == [
        "couples.rank_numbers: only one of the two has any"
    ]
    assert made.differences(made.replace(tracks=[1, -1, -1, -1])) == ["tracks differ"]


REFUSED = [
    (
        {"applicants": {"Cy": [], "Ana": ["City"]}, "couples": COUPLE},
        (
            "couples[('Ana', 'Bo')]: 'Ana' also has a rank order list of their own "
            "(the members of a couple rank only as a couple)"
        ),
    ),
    (
        {"applicants": {"Cy": []}, "couples": {("Ana", "Bo"): [], ("Cy", "Bo"): []}},
        "couples[('Cy', 'Bo')]: 'Bo' is already in a couple with 'Ana' (nobody can be in two couples)",
    ),
    (
        {"couples": {("Ana", "Ana"): []}},
        "couples[('Ana', 'Ana')]: a couple is two applicants, got 'Ana' twice",
    ),
    (
        {"couples": {("Ana", "Bo"): [("City", "Mercy"), (None, None)]}},
        "couples[('Ana', 'Bo')], pair 2: both members have No Match (one of the two must name a program)",
    ),
    (
        {"couples": {("Ana", "Bo"): [("City", None), ("City", "Rad"), ("City", None)]}},
        "couples[('Ana', 'Bo')], pair 3: ranks the same pair of programs twice",
    ),
    (
        {"couples": {("Ana", "Bo"): [("Citi", "Mercy"), "City"], "AB": []}},
        (
            "couples['AB']: the key must be (first, second), got 'AB'\n"
            "couples[('Ana', 'Bo')], pair 1: there is no program called 'Citi' (did you mean 'City'?)\n"
            "couples[('Ana', 'Bo')], pair 2: must be two programs (or None for No Match), got 'City'"
        ),
    ),
    (
        {"supplemental": {("Cy", "Mercy"): ["Prelim"]}},
        (
            "supplemental[('Cy', 'Mercy')]: 'Cy' does not rank 'Mercy', on which the list hangs "
            "(a supplemental list hangs on an advanced program of the same applicant's own list)"
        ),
    ),
    (
        {"supplemental": {("Cy", "Rad"): ["Prelim", "Rad", "Prelim"]}},
        (
            "supplemental[('Cy', 'Rad')], rank 3: ranks 'Prelim' twice\n"
            "supplemental[('Cy', 'Rad')], rank 2: 'Rad' is the program that the list hangs on "
            "(nobody can hold two positions of one program)"
        ),
    ),
    (
        {"supplemental": {("Cy", "City"): ["Prelim"]}, "tracks": {"City": "C", "Prelim": "P"}},
        (
            "supplemental[('Cy', 'City')]: 'City' is of track C, not A "
            "(supplemental lists hang on advanced programs)"
        ),
    ),
    (
        {"supplemental": {("Cy", "Rad"): ["City"]}, "tracks": {"City": "C", "Rad": "A"}},
        (
            "supplemental[('Cy', 'Rad')], rank 1: 'City' is of track C, not P "
            "(only preliminary programs may stand on a supplemental list)"
        ),
    ),
    (
        {"reversions": [("City", "Mercy", 1), ("Mercy", "Rad", 1), ("Rad", "City", 1)]},
        (
            "reversions, entry 1: reversions run in a circle: City -> Mercy -> Rad -> City "
            "(leave one of them out)"
        ),
    ),
    (
        {"reversions": [("City", "City", 1), ("City", "Rad", 2), ("City", "Rad", 1), ("Rad", "City", 0)]},
        (
            "reversions, entry 1: 'City' cannot revert positions to itself\n"
            "reversions, entry 2: positions must be 1 to 1, the quota of 'City', got 2\n"
            "reversions, entry 3: there are two reversions from 'City' to 'Rad' "
            "(give the positions as one number)\n"
            "reversions, entry 4: positions must be 1 to 1, the quota of 'Rad', got 0\n"
            "reversions, entry 2: reversions run in a circle: City -> Rad -> City (leave one of them out)"
        ),
    ),
    (
        {"quotas": 0, "reversions": [("City", "Rad", 1)]},
        "reversions, entry 1: 'City' has a quota of 0 and nothing to revert, got 1",
    ),
    (
        {"reversions": [("City", "Rad", 1.5), ("City", "Rad")]},
        (
            "reversions, entry 1: positions must be a whole number, got 1.5\n"
            "reversions, entry 2: must be (donor, receiver, positions), got ('City', 'Rad')"
        ),
    ),
    (
        {"joint": {"City": "Rad"}, "tracks": {"City": "C"}},
        (
            "joint['City']: 'City' is of track C, not P "
            "(a joint preliminary program (P) is joined to an advanced one (A))"
        ),
    ),
    (
        {"joint": {"City": "Mercy"}, "couples": {("Ana", "Bo"): [("Mercy", "City")]}},
        (
            "couples[('Ana', 'Bo')], pair 1: 'City' is joint with 'Mercy' and cannot be ranked here "
            "(it may stand only on supplemental lists that hang on 'Mercy')\n"
            "applicants['Cy'], rank 1: 'City' is joint with 'Mercy' and cannot be ranked here "
            "(it may stand only on supplemental lists that hang on 'Mercy')"
        ),
    ),
    (
        {"joint": {"Prelim": "Mercy"}, "supplemental": {("Cy", "Rad"): ["Prelim"]}},
        (
            "supplemental[('Cy', 'Rad')], rank 1: 'Prelim' is joint with 'Mercy' and cannot be ranked here "
            "(it may stand only on supplemental lists that hang on 'Mercy')"
        ),
    ),
    (
        {"joint": {"Prelim": "Prelim"}},
        "joint['Prelim']: a preliminary program is joined to an advanced one, not to itself or a joint one",
    ),
    (
        {"tracks": {"City": "c", "Citi": "C"}, "parity": {"City": "evn"}},
        (
            "tracks['City']: must be one of C, M, P, A, R, got 'c'\n"
            "tracks['Citi']: there is no program called 'Citi' (did you mean 'City'?)\n"
            "parity['City']: must be one of any, odd, even, got 'evn' (did you mean 'even'?)"
        ),
    ),
]


@pytest.mark.parametrize(("parts", "told"), REFUSED)
def test_a_broken_rule_is_told(parts, told):
    with pytest.raises(MarketError) as caught:
        market(**parts)
    assert str(caught.value) == told


def test_a_joint_program_may_stand_on_the_list_of_its_advanced_one():
    made = market(joint={"Prelim": "Rad"}, supplemental={("Cy", "Rad"): ["Prelim", "Mercy"]})
    assert made.joint_with.tolist() == [-1, -1, -1, 2]


def test_a_couples_member_may_hang_a_list_on_a_program_of_their_side_only():
    lists = {("Ana", "City"): ["Prelim"]}
    assert len(market(couples=COUPLE, supplemental=lists).supplementals) == 1
    with pytest.raises(LinkedError, match="'Bo' does not rank 'City'"):
        market(couples=COUPLE, supplemental={("Bo", "City"): ["Prelim"]})


def test_at_most_300_pairs():
    many = [(f"p{i}", f"p{j}") for i in range(18) for j in range(18)]
    for count, refused in ((300, False), (301, True)):
        arguments = {}, {f"p{i}": [] for i in range(18)}, 1
        couples = {("Ana", "Bo"): many[:count]}
        if refused:
            with pytest.raises(LinkedError, match="at most 300 pairs, got 301"):
                Market.from_lists(*arguments, couples=couples)
        else:
            assert len(Market.from_lists(*arguments, couples=couples).couples.first_program) == 300


def test_at_most_300_ranks_on_a_supplemental_list():
    years = [f"year {i}" for i in range(301)]
    programs: dict[str, list[str]] = {"Rad": ["Cy"], **{year: [] for year in years}}
    for count in (300, 301):
        arguments = {"Cy": ["Rad"]}, programs, 1
        lists = {("Cy", "Rad"): years[:count]}
        if count > 300:
            with pytest.raises(LinkedError, match="at most 300 ranks, got 301"):
                Market.from_lists(*arguments, supplemental=lists)
        else:
            assert len(Market.from_lists(*arguments, supplemental=lists).supplementals.programs) == 300


def test_what_the_rules_allow():
    """The NRMP's rules: a program may repeat among pairs and stand on both kinds of lists, one supplemental
    list may serve several programs, quotas may be 0, and positions may revert along chains."""
    made = Market.from_lists(
        {"Cy": ["Rad", "Derm", "Prelim", "City"]},
        {**PROGRAMS, "Derm": ["Cy"]},
        {"City": 2, "Mercy": 1, "Rad": 1, "Prelim": 3, "Derm": 0},
        couples={("Ana", "Bo"): [("City", "City"), ("City", "Mercy"), ("City", None), (None, "Mercy")]},
        supplemental={("Cy", "Rad"): ["Prelim"], ("Cy", "Derm"): ["Prelim"], ("Ana", "City"): ["Prelim"]},
        reversions=[("City", "Mercy", 2), ("City", "Prelim", 1), ("Mercy", "Derm", 1)],
    )
    assert repr(made).endswith("; 1 couple, 3 supplemental lists, 3 reversions>")


def arrays(**parts: Any) -> Market:
    return Market.from_arrays([0, 1, 1, 1], [0], [0, 3, 3], [1, 0, 2], [1, 2], **parts)


NONE = np.empty(0, np.int32)


@pytest.mark.parametrize(
    ("parts", "told", "row"),
    [
        (
            {"couples": Couples([1], [3], [0, 1], [0], [1])},
            "couples.second[0]: there is no applicant with the index 3",
            0,
        ),
        (
            {"couples": Couples([1], [2], [0, 2], [0, 2], [1, -2])},
            (
                "couples[('2', '3')], pair 2: there is no program with the index 2\n"
                "couples[('2', '3')], pair 2: there is no program with the index -2"
            ),
            1,
        ),
        (
            {"supplementals": Supplementals([0], [5], [0, 0], NONE)},
            "supplementals.advanced[0]: there is no program with the index 5",
            -1,
        ),
        (
            {"supplementals": Supplementals([0, 0], [0, 0], [0, 1, 2], [1, 1])},
            "supplemental[('1', '1')]: there are two lists for the same program",
            1,
        ),
        (
            {"reversions": Reversions([0], [2], [1])},
            "reversions, entry 1: there is no program with the index 2",
            0,
        ),
    ],
)
def test_tables_of_indices_are_checked_and_faults_say_the_row(parts, told, row):
    with pytest.raises(LinkedError) as caught:
        arrays(**parts)
    assert str(caught.value) == told
    assert caught.value.faults[0].row == row
    assert pickle.loads(pickle.dumps(caught.value)).faults == caught.value.faults


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"tracks": [0]}, "tracks: must be 2 whole numbers, one a program, got shape (1,) of int64"),
        ({"tracks": [0, 5]}, "tracks: codes must be -1 to 4, got 0 to 5"),
        ({"tracks": [-2, 0]}, "tracks: codes must be -1 to 4, got -2 to 0"),
        ({"parity": [0, 3]}, "parity: codes must be -1 to 2, got 0 to 3"),
        ({"joint_with": [-1, 2**32]}, "joint_with: there is no program with the index 4294967296"),
        ({"joint_with": [2, -1]}, "joint_with: there is no program with the index 2"),
        ({"joint_with": [-2, -1]}, "joint_with: there is no program with the index -2"),
        ({"parity": [0.0, 1.0]}, "parity: must be 2 whole numbers, one a program, got shape (2,) of float64"),
    ],
)
def test_columns_of_programs_are_checked(parts, told):
    with pytest.raises(MarketError) as caught:
        arrays(**parts)
    assert str(caught.value) == told


def test_tables_that_are_torn_are_refused():
    with pytest.raises(TableError, match="'first' has 1"):
        Couples([1], [2, 0], [0, 1], [0], [1])
    with pytest.raises(TableError, match="ends at 2"):
        Couples([1], [2], [0, 2], [0], [1])


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ([1], "rank_numbers: must be 3 whole numbers, got shape (1,) of int64"),
        ([1.0, 2.0, 1.0], "rank_numbers: must be 3 whole numbers, got shape (3,) of float64"),
        ([2, 2, 1], "rank_numbers: must be positive and rise along each list"),
        ([1, 2, 0], "rank_numbers: must be positive and rise along each list"),
    ],
)
def test_submitted_ranks_rise_along_each_list(numbers, told):
    assert Couples([0, 2], [1, 3], [0, 2, 3], [0, 1, 0], [1, 0, 1], [4, 9, 2]).rank_numbers.tolist() == [
        4,
        9,
        2,
    ]
    for refused in (
        lambda: Couples([0, 2], [1, 3], [0, 2, 3], [0, 1, 0], [1, 0, 1], numbers),
        lambda: Supplementals([0, 1], [0, 0], [0, 2, 3], [1, 2, 1], numbers),
    ):
        with pytest.raises(TableError) as caught:
            refused()
        assert str(caught.value) == told
