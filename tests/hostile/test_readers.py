"""Whatever a file holds: a result, or an error of ours with place and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostile.inputs import inputs
from hostile.readers import CORPUS, owed, readers
from hostile.seeds import seeds

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
