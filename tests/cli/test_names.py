"""``matchsim list``: everything by name, for people and for programs."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from matchsim.charts import CHARTS
from matchsim.cli import cli
from matchsim.cli.chart import OF_A_SEASON
from matchsim.cli.names import KINDS
from matchsim.season.policies import POLICIES
from matchsim.season.profile.loading import shipped_profiles
from matchsim.season.rules import shipped_seasons
from matchsim.season.scenario import load_scenario, shipped_scenarios
from matchsim.season.summary import TABLES
from matchsim.study.charts import STUDY_CHARTS
from matchsim.study.loading import shipped_studies
from matchsim.study.metrics import METRICS

EXPECTED = {
    "scenarios": shipped_scenarios,
    "studies": shipped_studies,
    "policies": lambda: POLICIES,
    "metrics": lambda: METRICS,
    "profiles": shipped_profiles,
    "seasons": lambda: map(str, shipped_seasons()),
    "charts": lambda: [*CHARTS, OF_A_SEASON],
    "study-charts": lambda: STUDY_CHARTS,
    "tables": lambda: TABLES,
}


def said(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["list", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_every_name_is_listed_with_a_sentence(kind):
    lines = said(kind).splitlines()
    names = list(EXPECTED[kind]())
    assert [line.split()[0] for line in lines] == names
    assert all(len(line.split()) > 2 for line in lines)
    found = json.loads(said(kind, "--json"))
    assert list(found) == names
    assert all(told in line for told, line in zip(found.values(), lines, strict=True))


def test_without_a_kind_all_is_listed():
    told = json.loads(said("--json"))
    assert set(told) == set(EXPECTED)
    text = said()
    assert all(f"  {name}  " in text for entries in told.values() for name in entries)


def test_scenarios_are_told_by_their_titles():
    told = json.loads(said("scenarios", "--json"))
    assert told == {name: load_scenario(name).title for name in shipped_scenarios()}
