"""What every policy must do; a new file in ``matchsim/season/policies`` joins by itself."""

from __future__ import annotations

import os
import pickle
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from matchsim.errors import ScenarioError
from matchsim.season import policies as package
from matchsim.season.policies import POLICIES, Policy, applied
from matchsim.season.scenario import Scenario, digest, load_scenario
from matchsim.season.season import run_season
from matchsim.study.agents import agent_tables

from .worlds import INTERPRETED

# Policies change values, not kernels, and dozens of whole seasons take too long interpreted.
pytestmark = pytest.mark.skipif(INTERPRETED, reason="whole seasons, of which no kernel is new")

every_policy = pytest.mark.parametrize("name", POLICIES)
PEOPLE = ("ability", "step2_ck", "applicant_type", "preferred", "backup", "division", "visa")


@pytest.fixture(scope="module")
def small() -> Scenario:
    return load_scenario("small")


def bytes_of(scenario: Scenario) -> dict[str, bytes]:
    """All agent tables of a season, as bytes."""
    tables = agent_tables(run_season(scenario))
    return {
        name: pickle.dumps([column.to_pylist() for column in table.columns]) for name, table in tables.items()
    }


def test_every_file_is_a_policy() -> None:
    folder = Path(next(iter(package.__path__)))
    files = {path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")}
    assert files == set(POLICIES)
    assert len(POLICIES) >= 5


@every_policy
def test_is_told_and_declares_its_parameters(name: str) -> None:
    policy = POLICIES[name]
    assert issubclass(policy, Policy)
    assert (policy.__doc__ or "").strip().endswith(".")
    assert policy.model_fields
    for field in policy.model_fields.values():
        assert field.description
        assert field.json_schema_extra is not None
    policy()  # every parameter has a default


@every_policy
def test_the_null_setting_changes_nothing(name: str, small: Scenario) -> None:
    scenario, sources = applied([POLICIES[name](**POLICIES[name].null)], small)
    assert sources == {}
    assert digest(scenario) == digest(small)
    assert bytes_of(scenario) == bytes_of(small)


@every_policy
def test_the_default_setting_changes_values_and_no_people(name: str, small: Scenario) -> None:
    policy = POLICIES[name]()
    settings = EXAMPLES.get(name, {})
    scenario, sources = applied([POLICIES[name](**settings) if settings else policy], small)
    assert sources
    assert digest(scenario) != digest(small)
    assert scenario.cohort == small.cohort
    before, after = run_season(small).cohort, run_season(scenario).cohort
    for column in PEOPLE:
        assert (getattr(before, column) == getattr(after, column)).all()


POLICY = "policies=[{fewer_slots: {share: 0.5}}]"
# Policies of which a parameter must be given to do anything.
EXAMPLES = {"signals": {"gold": 5}}


@every_policy
def test_is_pure_and_deterministic(name: str, small: Scenario) -> None:
    policy = POLICIES[name](**EXAMPLES.get(name, {}))
    before = small.model_dump_json()
    first, second = policy.changes(small), policy.changes(small)
    assert first == second
    assert small.model_dump_json() == before


@every_policy
def test_is_called_by_its_name(name: str, small: Scenario) -> None:
    settings = EXAMPLES.get(name, {})
    written = load_scenario("small", {"policies": [{name: settings}]})
    assert written == applied([POLICIES[name](**settings)], small)[0]


def refused(policies: object) -> str:
    with pytest.raises(ScenarioError) as caught:
        load_scenario("small", {"policies": policies})
    return str(caught.value)


def test_policies_are_refused_in_peoples_words() -> None:
    told = refused(
        [{"no_signal": {}}, {"more_positions": {"factor": "2"}}, {"no_signals": {}, "signals": {}}]
    )
    assert "policies[1].no_signal: unknown key (did you mean 'no_signals'? allowed: " in told
    assert "policies[2].more_positions.factor: must be a number, got '2'" in told
    assert "policies[3]: must name one policy, got no_signals, signals; begin a new '-' for each" in told
    assert "policies: must be a list, got 3" in refused(3)


def test_what_a_policy_makes_impossible_is_told_with_its_name() -> None:
    told = refused([{"signals": {"gold": 3, "specialties": ["Radiology"]}}])
    assert "under the policy signals, specialties: no program of this scenario is in 'Radiology'" in told
    assert "did you mean 'Radiology-Diagnostic'?" in told
    told = refused([{"who_proposes": {"without_links": False}}])
    assert "under the policy who_proposes, match.proposing: programs can propose only where" in told


def test_policies_follow_one_another() -> None:
    twice = [{"more_positions": {"factor": 2.0}}, {"more_positions": {"factor": 3.0}}]
    sizes = load_scenario("small", {"policies": twice}).programs.specialties
    assert sizes["Family Medicine"].C.positions == 6 * 70


def test_a_scenario_without_policies_has_the_digest_that_it_had(small: Scenario) -> None:
    assert digest(load_scenario("small", {"policies": []})) == digest(small)


def test_a_policy_written_as_the_guide_says_is_called_by_its_name(tmp_path) -> None:
    """The file of the guide, put where the guide says, in a copy of the package."""
    root = Path(__file__).parents[2]
    guide = (root / "docs" / "how-to" / "write-a-policy.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```$", guide, re.DOTALL | re.MULTILINE)
    shutil.copytree(root / "matchsim", tmp_path / "matchsim", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(root / "scenarios", tmp_path / "scenarios")
    (tmp_path / "matchsim" / "season" / "policies" / "fewer_slots.py").write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "matchsim", "explain", "small", "--set", POLICY],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"per_position: [\d.]+ +# policy fewer_slots", done.stdout)
