"""Replicates: the same whoever simulates them, and each reached alone."""

from __future__ import annotations

import pandas as pd
import pytest

import matchsim as ms
from matchsim.errors import InputError, RunError
from matchsim.season.summary import TABLES
from matchsim.study import replicates as module


@pytest.fixture(scope="module")
def scenario():
    return ms.load_scenario("small")


@pytest.fixture(scope="module")
def three(scenario):
    return ms.run_replicates(scenario, replicates=3)


def test_every_table_has_every_replicate_in_order(three) -> None:
    assert set(three.tables) == set(TABLES)
    for name, table in three.tables.items():
        assert list(table.columns) == list(TABLES[name].columns)
        assert list(dict.fromkeys(table["replicate"])) == [0, 1, 2]
        assert table["replicate"].is_monotonic_increasing


def test_a_replicate_is_the_season_of_that_number(scenario, three) -> None:
    alone = ms.run_season(scenario, replicate=2)
    for name, table in three.tables.items():
        part = table[table["replicate"] == 2].reset_index(drop=True)
        pd.testing.assert_frame_equal(part, alone.table(name), check_dtype=False)
    assert three.facts[2] == alone.facts()


def test_replicates_differ(three) -> None:
    rates = three.match_rates()
    assert rates[rates["group"] == "all"]["matched"].nunique() > 1


def test_two_processes_give_the_same(scenario, three) -> None:
    told: list[int] = []
    other = ms.run_replicates(scenario, replicates=3, jobs=2, told=told.append)
    assert told == [1, 1, 1]
    assert other.facts == three.facts
    for name, table in three.tables.items():
        pd.testing.assert_frame_equal(table, other.tables[name])


def test_the_seed_decides(scenario, three) -> None:
    other = ms.run_replicates(scenario, replicates=1, seed=scenario.seed + 1)
    assert other.seed == scenario.seed + 1
    assert other.facts[0] != three.facts[0]


@pytest.mark.parametrize("given", [{"replicates": 0}, {"jobs": 0}])
def test_numbers_out_of_range(scenario, given) -> None:
    (name,) = given
    with pytest.raises(InputError, match=f"{name} must be at least 1, got 0"):
        ms.run_replicates(scenario, **given)


def test_an_unknown_table(three) -> None:
    with pytest.raises(InputError, match=r"no table is called 'match_rate'; there are match_rates, "):
        three.table("match_rate")


def test_a_dead_process_is_an_error_with_a_remedy(scenario, monkeypatch) -> None:
    monkeypatch.setattr(module, "_in_any_order", _broken)
    with pytest.raises(RunError, match="use fewer --jobs"):
        ms.run_replicates(scenario, replicates=2, jobs=2)


def _broken(*_args, **_named):
    raise module.BrokenProcessPool


def test_it_shows_itself(three) -> None:
    assert repr(three) == "<Replicates: 3 of small, seed 7>"
    html = three._repr_html_()
    assert html.count("<tr>") == 1 + 1 + 6
    assert "us_md_senior" in html
    assert three.plot.match_rate_by_type().get_title(loc="left")
    assert len(three) == 3
