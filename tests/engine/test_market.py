"""Markets as data: what they hold, what is refused, and that nothing can be changed afterwards."""

from __future__ import annotations

import doctest
import os
import pickle
import subprocess
import sys
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_market import MARKET, frames, refusal
from strategies import market_lists, market_of, named_markets

from matchsim.engine import Market, deferred_acceptance, reference
from matchsim.errors import TableError


@given(market_lists())
def test_each_side_knows_its_place_on_the_other_sides_lists(lists):
    applicants, programs, _ = lists
    market = market_of(lists)
    places = [
        programs[p].index(a) if a in programs[p] else -1
        for a, ranked in enumerate(applicants)
        for p in ranked
    ]
    assert market.program_rank.tolist() == places
    places = [
        applicants[a].index(p) if p in applicants[a] else -1
        for p, ranked in enumerate(programs)
        for a in ranked
    ]
    assert market.applicant_rank.tolist() == places
    assert reference.lists_of(market) == (applicants, programs)
    assert market.quota.tolist() == lists[2]


@given(named_markets())
def test_a_market_survives_pickling(market):
    again = pickle.loads(pickle.dumps(market))
    assert again.differences(market) == []


@pytest.mark.parametrize("column", [spec.name for spec in Market.columns()])
def test_no_column_of_a_market_can_be_written_to(column):
    array = getattr(MARKET, column)
    with pytest.raises(ValueError, match="read-only"):
        array[:] = 0
    with pytest.raises(ValueError, match="WRITEABLE"):
        array.flags.writeable = True
    with pytest.raises(AttributeError):
        setattr(MARKET, column, array)


def test_arrays_of_the_final_dtype_are_taken_over_and_others_copied():
    programs = np.array([0, 1, 0], np.int32)
    market = Market.from_arrays([0, 2, 3], programs, [0, 0, 0], [], [1, 1])
    assert np.shares_memory(market.applicant_programs, programs)
    assert not programs.flags.writeable
    wide = np.array([0, 1, 0], np.int64)
    market = Market.from_arrays([0, 2, 3], wide, [0, 0, 0], [], [1, 1])
    assert market.applicant_programs.dtype == np.int32
    assert wide.flags.writeable


def test_arrays_may_come_with_names_and_what_is_known_of_the_programs():
    market = Market.from_arrays(
        [0, 1],
        [0],
        [0, 1, 1],
        [0],
        [1, 1],
        applicant_labels=["Ana"],
        program_labels=["City A", "City P"],
        tracks=[3, 2],
        joint_with=[-1, 0],
        parity=[0, 2],
    )
    joint = Market.from_lists(
        {"Ana": ["City A"]},
        {"City A": ["Ana"], "City P": []},
        1,
        tracks={"City A": "A", "City P": "P"},
        joint={"City P": "City A"},
        parity={"City P": "even"},
    )
    assert market.differences(joint) == []
    assert [market.tracks.dtype, market.parity.dtype, market.joint_with.dtype] == ["int8", "int8", "int32"]


def test_differences_name_what_differs():
    assert MARKET.differences(MARKET.replace(quota=np.array([2, 0]))) == [
        "quota: 1 differ, first at 0: 1 against 2"
    ]
    renamed = Market.from_lists({"Ann": [], "Bo": [], "Cy": []}, {}, {})
    assert "applicant_labels differ" in MARKET.differences(renamed)
    gaps = MARKET.replace(applicant_rank_numbers=[1, 5, 1])
    assert MARKET.differences(gaps) == ["applicant_rank_numbers differ"]
    assert gaps.differences(gaps.replace(quota=gaps.quota)) == []


def test_how_a_market_and_a_matching_show_themselves():
    assert repr(MARKET) == "<Market: 3 applicants, 2 programs, 1 position; 3 + 3 ranks, 2 of them mutual>"
    matching = deferred_acceptance(MARKET)
    assert repr(matching) == "<Matching: 1 of 3 applicants matched, 0 of 1 position unfilled>"
    assert "<td>Bo</td><td>City</td><td>1</td>" in matching._repr_html_()
    assert "applicant_programs" in MARKET._repr_html_()


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        (([0, 1], [2], [0, 0, 0], [], [1, 1]), "applicant_programs: must be 0 to 1, got 2 at index 0"),
        (([0, 1], [-1], [0, 0, 0], [], [1, 1]), "applicant_programs: must be 0 to 1, got -1 at index 0"),
        (
            ([0], [], [0, 1], [0], [1]),
            "program_applicants: must be absent, as there are none to rank, got 0 at index 0",
        ),
        (([0, 2], [0, 5], [0, 0, 0], [], [1, 1]), "applicant_programs: must be 0 to 1, got 5 at index 1"),
        (([0], [], [0, 0, 0], [], [0, -1]), "quota: must be 0 or more, got -1 for program '2'"),
        (([0], [], [0, 0], [], [-1]), "quota: must be 0 or more, got -1 for program '1'"),
        (([0, 2], [0, 0], [0, 0], [], [1]), "applicant_programs: applicant '1' ranks program '1' twice"),
        (
            ([0, 0], [], [0, 3], [0, 0, 0], [1]),
            "program_applicants: program '1' ranks applicant '1' twice (1 more such entries follow)",
        ),
    ],
)
def test_arrays_out_of_range_are_refused(arrays, told):
    assert refusal(Market.from_arrays, *arrays) == [told]


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        (([0, 2], [0], [0, 0], [], [1]), "ends at 2, but 'applicant_programs' has 1 entries"),
        (([0, 1], [0.5], [0, 0], [], [1]), "must be int32, got float64"),
        (([0, 1], [0], [0, 0], [], [1, 1]), "has 2 entries along 'program'"),
        (([1, 1], [0], [0, 0], [], [1]), "must start at 0 and never fall"),
        (([[0, 1]], [0], [0, 0], [], [1]), "must have one dimension"),
    ],
)
def test_arrays_that_do_not_fit_their_declaration_are_refused(arrays, told):
    assert told in "\n".join(refusal(Market.from_arrays, *arrays, error=TableError))


@given(market_lists(), st.data())
def test_a_repeated_entry_is_found_wherever_it_is(lists, data):
    applicants, programs, _ = lists
    owners = [(side, i) for side in (applicants, programs) for i, ranked in enumerate(side) if ranked]
    if not owners:
        return
    side, owner = owners[data.draw(st.integers(0, len(owners) - 1))]
    ranked = side[owner]
    ranked.insert(data.draw(st.integers(0, len(ranked))), data.draw(st.sampled_from(ranked)))
    kind = "applicant" if side is applicants else "program"
    assert f": {kind} '{owner + 1}' ranks " in refusal(market_of, lists)[0]


@given(market_lists(), st.data())
def test_rank_numbers_are_positive_and_rise_along_each_list(lists, data):
    entries = [list(range(1, len(ranked) + 1)) for ranked in lists[0]]
    numbers = [number + data.draw(st.integers(-2, 2)) for ranked in entries for number in ranked]
    market, cut = market_of(lists), iter(numbers)
    rising = all(
        given == sorted(set(given)) and min(given, default=1) >= 1
        for given in ([next(cut) for _ in ranked] for ranked in entries)
    )
    if rising:
        kept = market.replace(applicant_rank_numbers=np.array(numbers, np.int64)).applicant_rank_numbers
        assert kept.tolist() == numbers
        assert kept.dtype == np.int32
    else:
        told = "applicant_rank_numbers: must be positive and rise along each list"
        assert refusal(market.replace, applicant_rank_numbers=numbers) == [told]


def test_a_rank_number_beyond_int32_does_not_become_another():
    told = "program_rank_numbers: must be positive and rise along each list"
    assert refusal(MARKET.replace, program_rank_numbers=[1, 2**32 + 2, 1]) == [told]


def test_rank_numbers_must_be_as_many_as_entries():
    told = "program_rank_numbers: must be 3 whole numbers, got shape (2,) of int64"
    assert refusal(MARKET.replace, program_rank_numbers=[1, 2]) == [told]
    told = "program_rank_numbers: must be 3 whole numbers, got shape (3,) of float64"
    assert refusal(MARKET.replace, program_rank_numbers=[1.0, 2.5, 1.0]) == [told]


def test_rank_numbers_start_again_with_every_list():
    assert MARKET.replace(applicant_rank_numbers=[3, 7, 1]).applicant_rank_numbers.tolist() == [3, 7, 1]


def test_a_market_goes_through_a_folder(tmp_path):
    market = Market.from_frames(**frames())
    market.to_csv(tmp_path / "market")
    assert Market.from_csv(tmp_path / "market").differences(market) == []


def test_importing_the_engine_loads_nothing_heavy():
    program = (
        "import sys, matchsim; matchsim.Market, matchsim.is_stable;"
        "print(sorted({'numba', 'pandas', 'matplotlib'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("module", ["deferred_acceptance", "market"])
def test_examples_in_docstrings_come_out_as_shown(module):
    # By its full name: the package gives its function of the same name, not the module.
    found = doctest.testmod(import_module(f"matchsim.engine.{module}"), extraglobs={"Market": Market})
    assert found.attempted > 0
    assert found.failed == 0
