"""How errors speak, also in a notebook."""

from __future__ import annotations

import pytest

from matchsim.errors import InputError, Place, Problem, RunError, counted

INPUT = InputError(
    [
        Problem("must be >= 0, got -1", Place("a.yaml", 3, 5), "seed", "give 0"),
        Problem("is missing", path="name"),
    ]
)


def test_a_notebook_shows_what_an_error_says_without_our_code():
    shell = pytest.importorskip("IPython.core.interactiveshell").InteractiveShell.instance()
    shell.user_ns["error"] = INPUT
    shown = []
    shell._showtraceback = lambda _kind, _value, lines: shown.extend(lines)
    shell.run_cell("raise error")
    assert shown == ["InputError: a.yaml:3:5: seed: must be >= 0, got -1 (give 0)\nname: is missing"]


def test_an_error_of_the_run_has_its_name():
    assert RunError("full disk")._render_traceback_() == ["RunError: full disk"]


def test_one_thing_is_told_in_the_singular():
    assert [counted(n, "program") for n in (0, 1, 2, 12_345)] == [
        "0 programs",
        "1 program",
        "2 programs",
        "12,345 programs",
    ]
    words = {"specialty": "specialties", "copy": "copies", "entry": "entries", "day": "days", "key": "keys"}
    assert {noun: counted(3, noun) for noun in words} == {noun: f"3 {more}" for noun, more in words.items()}
    assert [counted(n, "person", "people") for n in (1, 2)] == ["1 person", "2 people"]


def test_what_is_one_speaks_of_one():
    import matchsim as ms
    from matchsim.engine import menus, stable_matchings

    market = ms.Market.from_lists({"Ana": ["City"]}, {"City": ["Ana"]}, 1)
    matching = ms.deferred_acceptance(market)
    told = [market, matching, menus(market), stable_matchings(market), market.applicant_labels]
    told += [matching.explain("Ana")]
    assert [repr(one) for one in told] == [
        "<Market: 1 applicant, 1 program, 1 position; 1 + 1 rank, 1 of them mutual>",
        "<Matching: 1 of 1 applicant matched, 0 of 1 position unfilled>",
        "<Menus: 1 single applicant, 1.0 programs each on average>",
        "<StableMatchings: 1 stable matching, 0 rotations; 0 of 1 applicant have several stable programs>",
        "<Labels: 1 applicant>",
        "<Explanation of Ana: City, rank 1; 1 entry>",
    ]
