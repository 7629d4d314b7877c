"""Every broken scenario in tests/data/broken_scenarios is refused with exactly the words beside it.

``NAME.yaml`` stands beside ``NAME.txt``, which holds the expected problems, one a line; ``{shipped}`` in it
stands for the names of the shipped scenarios. After a wording has been changed on purpose, rewrite the
texts with ``python -m tests.season.test_scenario_broken`` and read the difference.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from matchsim.errors import ScenarioError
from matchsim.season.scenario import load_scenario, shipped_scenarios

FOLDER = Path(__file__).parents[1] / "data" / "broken_scenarios"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def said_about(name: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(f"{name}.yaml")
    shipped = f"shipped scenarios: {', '.join(shipped_scenarios())}"
    return str(caught.value).replace(shipped, "shipped scenarios: {shipped}") + "\n"


def test_the_collection_is_whole() -> None:
    assert len(NAMES) >= 25
    assert sorted(path.stem for path in FOLDER.glob("*.txt")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_broken_scenario_is_refused_in_these_words(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    assert said_about(name) == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_no_message_speaks_the_language_of_the_machinery(name: str) -> None:
    told = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    for jargon in (
        "pydantic",
        "Input should",
        "NoneType",
        "literal",
        "str_type",
        "dict",
        "Traceback",
        "tag:",
    ):
        assert jargon not in told


if __name__ == "__main__":
    os.chdir(FOLDER)
    for one in NAMES:
        Path(f"{one}.txt").write_text(said_about(one), encoding="utf-8")
