"""Instances in text: what is read, what is refused with line and word, and what is written.

The small instances here are our own; the form is that of the stable-matching-suite's README files.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from linked_folders import linked_markets
from linked_markets import tiny
from small_market import refusal

from matchsim.engine import Market, linked_reference
from matchsim.engine.folder import read_folder, read_market
from matchsim.engine.suite_format import is_suite_text, write_suite_text
from matchsim.errors import MarketError

QUIET = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))

INSTANCE = """# three residents alone, one couple
r 0 1 2 -1
r 07 2

r 3
c 0 4 5 1 2 2 -1 -1 1 -1 -1
 a line that begins with a blank is a comment too
p 1 2 4 0 5
p 2 1 5 7
"""


def instance(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "instance.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("form", ["unix", "windows"])
def test_an_instance_is_read(tmp_path, form):
    text = INSTANCE if form == "unix" else INSTANCE.replace("\n", "\r\n")
    found = read_folder(instance(tmp_path, text))
    market = found.market
    assert market.applicant_labels == ("0", "7", "3", "4", "5")
    assert market.program_labels == ("1", "2")
    assert market.quota.tolist() == [2, 1]
    assert [market.applicant_list(a) for a in "073"] == [("1", "2"), ("2",), ()]
    assert [market.program_list(p) for p in "12"] == [("4", "0", "5"), ("5", "7")]
    couples = market.couples
    assert (couples.first.tolist(), couples.second.tolist()) == ([3], [4])
    assert couples.first_program.tolist() == [0, 1, -1]
    assert couples.second_program.tolist() == [1, -1, 0]
    assert found.files == (tmp_path / "instance.txt",)
    assert found.programs.column("program") == ["1", "2"]
    assert [remark.split(":")[0] for remark in found.remarks] == ["2 ranks are one-sided"]


def test_without_couples_it_is_a_market_of_singles(tmp_path):
    market = read_market(instance(tmp_path, "r 1 1\np 1 1 1\n"))
    assert not market.is_linked
    assert market.differences(Market.from_lists({1: [1]}, {1: [1]}, 1)) == []


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("# comment\n\n  \nr 1 2\n", True),
        ("p\t1\t2\t3\n", True),
        ("c 0 1 2 3 -1\r\n", True),
        ("r 1\nnonsense\n", True),
        ("program,quota\n", False),
        ("r Ana City\n", False),
        ("p\n", False),
        ("# only comments\n", False),
        ("", False),
        (b"\xff\xfe\x00r 1 2", False),
    ],
)
def test_instances_are_known_by_their_first_line(tmp_path, text, looks):
    assert is_suite_text(instance(tmp_path, text)) is looks


def test_a_folder_is_no_instance(tmp_path):
    assert not is_suite_text(tmp_path)
    assert not is_suite_text(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("r 1 1\nq 1 2\n", ["m:2:1: a line must begin with r, c or p, or with # for a comment, got 'q'"]),
        (
            "r 1 1\nr\nc 0 2\np 1\n",
            [
                "m:2: a line r has at least 2 words, got 1 (the form is: r resident program ...)",
                (
                    "m:3: a line c has at least 4 words, got 3"
                    " (the form is: c couple resident resident program program ...)"
                ),
                "m:4: a line p has at least 3 words, got 2 (the form is: p program quota resident ...)",
            ],
        ),
        (
            "r 1 x\np 1 -2 1.5\n",
            [
                "m:1:3: must be a whole number from 0 to 99999999, got 'x'",
                "m:2:3: must be a whole number from 0 to 99999999, got '-2'",
                "m:2:4: must be a whole number from 0 to 99999999, got '1.5'",
            ],
        ),
        (
            "r 1 1 -1 2\np 1 1 -1\np 2 123456789\n",
            [
                "m:1:4: must be a whole number from 0 to 99999999, got '-1'",
                "m:2:4: must be a whole number from 0 to 99999999, got '-1'",
                "m:3:3: must be a whole number from 0 to 99999999, got '123456789'",
            ],
        ),
        (
            "c 0 1 2 1 1 1\np 1 1 1 2\n",
            ["m:1:5: the list of a couple names programs two by two, got 3 of them (-1 stands for no match)"],
        ),
        (
            "r 1 1 2\nr 2 2 3 1\nc 0 3 4 1 1\nc 1 5 6 2 -1 1 4\np 1 1\np 2 1 2 1 9\n",
            [
                "m:2:4: unknown program '3' (every program must be listed, with its quota)",
                "m:6:6: unknown applicant '9' (applicants who rank nobody must be listed too)",
                "m:4:8: unknown program '4' (write -1 for no match)",
            ],
        ),
        (
            "c 0 1 2 1 1\nc 0 3 4 1 1\np 1 1 1 2\n",
            ["m:2:2: couple 0 has a second line, the first is line 1"],
        ),
        (
            "c 0 1 2 -1 -1 1 3\np 1 1 2 9\n",
            [
                "m:2:5: unknown applicant '9' (applicants who rank nobody must be listed too)",
                "m:1:8: unknown program '3' (write -1 for no match)",
                "m:1:6: both members have No Match (one of the two must name a program)",
            ],
        ),
        (
            "r 1 1\nc 0 1 2 1 1\nc 1 3 3 1 -1\np 1 1 1 2\np 1 2\n",
            [
                "m:5:2: program '1' is listed twice (first: m:4:2)",
                "m:2:3: applicant '1' is listed twice (first: m:1:2)",
                "m:3:4: applicant '3' is listed twice (first: m:3:3)",
                (
                    "m:2:3: '1' also has a rank order list of their own"
                    " (the members of a couple rank only as a couple)"
                ),
                "m:3:4: a couple is two applicants, got '3' twice",
            ],
        ),
        (
            "r 1 1 1\nc 0 2 3 1 -1 1 1 1 -1\np 1 1 2 2\n",
            [
                "m:1:4: '1' ranks '1' twice (first: m:1:3)",
                "m:3:5: '1' ranks '2' twice (first: m:3:4)",
                "m:2:9: ranks the same pair of programs twice",
            ],
        ),
    ],
)
def test_what_is_wrong_is_told_with_line_and_word(tmp_path, text, told):
    path = instance(tmp_path, text)
    with pytest.raises(MarketError) as caught:
        read_folder(path)
    assert str(caught.value).replace(str(path), "m").splitlines() == told


@QUIET
@given(st.integers(0, 10**9), st.integers(0, 4), st.integers(0, 2))
def test_what_is_written_is_read_back(tmp_path_factory, number, singles, couples):
    market = tiny(3 * number + 1, singles=singles, couples=couples)
    path = tmp_path_factory.mktemp("text") / "instance.txt"
    write_suite_text(market, path)
    again = read_market(path)
    expected = market if couples else market.replace(couples=None)
    # Singles come first in the text, as in these markets.
    assert again.differences(expected) == []
    assert [file.name for file in path.parent.iterdir()] == ["instance.txt"]


@QUIET
@given(linked_markets(couples_only=True))
def test_names_become_numbers_and_the_market_stays_the_same(tmp_path_factory, market):
    path = tmp_path_factory.mktemp("names") / "instance.txt"
    write_suite_text(market, path)
    again = read_market(path)
    if market.applicant_labels and not all(name.isdigit() for name in market.applicant_labels):
        assert sorted(again.applicant_labels, key=int) == list(map(str, range(len(market))))
    coupled = np.zeros(len(market), np.bool_)
    if market.couples is not None:
        coupled[market.couples.first] = coupled[market.couples.second] = True
    order = [*np.flatnonzero(~coupled).tolist()]
    if market.couples is not None:
        order += np.stack([market.couples.first, market.couples.second], axis=1).ravel().tolist()
    assert again.quota.tolist() == market.quota.tolist()
    assert [len(again.applicant_list(a)) for a in again.applicant_labels] == [
        len(market.applicant_list(market.applicant_labels[a])) for a in order
    ]
    stable = [[program_of[a] for a in order] for program_of, _ in _stable(market)]
    assert sorted(stable) == sorted(list(program_of) for program_of, _ in _stable(again))


def _stable(market: Market):
    return [(list(a), list(b)) for a, b in linked_reference.stable_matchings(market)]


def test_the_text_to_the_letter(tmp_path):
    market = Market.from_lists(
        {"Ana": [], "Cy": ["Mercy", "City"], "Bo": []},
        {"City": ["Cy", "Bo"], "Mercy": ["Ana"]},
        {"City": 2, "Mercy": 0},
        couples={("Ana", "Bo"): [("Mercy", "City"), (None, "City")]},
    )
    write_suite_text(market, tmp_path / "new.txt")
    assert (tmp_path / "new.txt").read_text() == (
        "# resident 0: Ana\n# resident 1: Cy\n# resident 2: Bo\n# program 0: City\n# program 1: Mercy\n"
        "r 1 1 0\nc 0 0 2 1 0 -1 0\np 0 2 1 2\np 1 0 0\n"
    )


@pytest.mark.parametrize("name", ["007", "1000000", "-1", "x", "1.0"])
def test_names_are_numbered_unless_all_are_plain_small_numbers(tmp_path, name):
    write_suite_text(Market.from_lists({name: [], "5": []}, {"3": [name]}, 1), tmp_path / "new.txt")
    assert (tmp_path / "new.txt").read_text() == f"# resident 0: {name}\n# resident 1: 5\nr 0\nr 1\np 3 1 0\n"


def test_what_text_cannot_hold_is_refused_and_nothing_written(tmp_path):
    market = Market.from_lists(
        {"Ana": ["Rad"]},
        {"Rad": ["Ana"], "Own": [], "City": []},
        1,
        supplemental={("Ana", "Rad"): ["Own"]},
        reversions=[("City", "Rad", 1)],
        joint={"Own": "Rad"},
        parity={"City": "odd"},
    )
    remedy = "which this form of text cannot hold (write a market folder instead)"
    assert refusal(write_suite_text, market, tmp_path / "new.txt") == [
        f"the market has supplemental lists, {remedy}",
        f"the market has reversions, {remedy}",
        f"the market has joint programs, {remedy}",
        f"the market has programs that want an odd or even number, {remedy}",
    ]
    assert list(tmp_path.iterdir()) == []
