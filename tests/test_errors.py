"""How errors speak, also in a notebook."""

from __future__ import annotations

import pytest

from matchsim.errors import InputError, Place, Problem, RunError

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
