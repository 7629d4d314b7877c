"""Whatever a file holds: a result, or an error of ours with place and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostile.inputs import inputs
from hostile.readers import CORPUS, owed, readers
from hostile.seeds import seeds
from matchsim.errors import InputError, Place, Problem, RunError

NAMES = sorted(readers(Path()))
# A run or study must be made first, and reading it back whole takes its time.
SLOW = ("run_folder", "study_folder", "result_folder")


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    return readers(tmp_path_factory.mktemp("hostile"))


@pytest.mark.parametrize("name", NAMES)
def test_the_first_seed_of_every_reader_is_good(name, read):
    assert owed(read[name], seeds(name)[0]) is None


@pytest.mark.parametrize("name", NAMES)
def test_whatever_is_given_is_read_or_refused(name, read):
    # The same inputs every time: to look further is the fuzzer's work.
    @settings(
        max_examples=8 if name in SLOW else 40, suppress_health_check=list(HealthCheck), derandomize=True
    )
    @given(data=inputs(name))
    def check(data: bytes) -> None:
        owed(read[name], data)

    check()


@pytest.mark.parametrize(
    "path", sorted(CORPUS.glob("*/*")), ids=lambda path: f"{path.parent.name}-{path.name}"
)
def test_what_once_broke_a_reader_is_read_or_refused(path, read):
    owed(read[path.parent.name], path.read_bytes())


def test_every_folder_of_the_corpus_belongs_to_a_reader():
    assert {path.name for path in CORPUS.iterdir()} <= set(NAMES)
    assert any(CORPUS.glob("*/*"))


@given(data=st.sampled_from(NAMES).flatmap(inputs))
@settings(max_examples=20)
def test_the_strategies_give_bytes(data):
    assert isinstance(data, bytes)


def refusing(*problems: Problem):
    def read(data: bytes) -> None:
        raise InputError(problems)

    return read


GOOD = Problem("must be a number, got 'x'", path="quota")


@pytest.mark.parametrize(
    "problems",
    [
        [],
        [GOOD] * 251,
        [Problem(" ", path="quota")],
        [Problem("cannot be used")],
        [GOOD, Problem("cannot be used"), GOOD],
        [Problem("x" * (4000 - len("quota: ")), path="quota")],
    ],
    ids=["none", "too many", "blank", "nowhere", "one of them nowhere", "too long"],
)
def test_a_refusal_that_does_not_help_is_a_fault(problems):
    with pytest.raises(AssertionError):
        owed(refusing(*problems), b"")


@pytest.mark.parametrize(
    "problem",
    [
        GOOD,
        Problem("cannot be used", Place("a.csv")),
        Problem("cannot be used", remedy="write a.csv again"),
        Problem("3 more problems"),
    ],
)
def test_a_refusal_that_helps_is_handed_on(problem):
    for number in (1, 250):
        assert owed(refusing(*[problem] * number), b"").problems == (problem,) * number


@pytest.mark.parametrize("fault", [KeyError("quota"), RunError("cannot be used")])
def test_any_other_exception_is_a_fault(fault):
    def read(data: bytes) -> None:
        raise fault

    with pytest.raises(type(fault)):
        owed(read, b"")


def test_a_reader_is_given_the_bytes():
    seen = []
    assert owed(seen.append, b"\0x") is None
    assert seen == [b"\0x"]
