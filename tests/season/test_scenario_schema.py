"""The JSON Schema and the reference page: current, and in agreement with what is accepted."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from matchsim import documents
from matchsim.season.scenario import Scenario, load_scenario, shipped_scenarios
from matchsim.season.scenario.schema import reference, scenario_schema, schema_text

BROKEN = Path(__file__).parents[1] / "data" / "broken_scenarios"
# Wrong in a way that a schema of single values can see.
SEEN_BY_EDITORS = [
    "quota_negative",
    "unknown_key_top",
    "unknown_key_nested",
    "unknown_type",
    "unknown_track",
    "fraction_above_one",
    "fraction_of_people",
    "quoted_number",
    "mistyped_word",
    "wrong_side",
    "list_for_mapping",
    "extends_list",
    "null_value",
]


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(scenario_schema())
    return jsonschema.Draft202012Validator(scenario_schema())


def test_the_committed_schema_is_current() -> None:
    """After a change of the model: ``matchsim schema > matchsim/data/scenario.schema.json``."""
    committed = files("matchsim.data") / "scenario.schema.json"
    assert committed.read_text(encoding="utf-8") == schema_text()


def test_the_committed_reference_is_current() -> None:
    """After a change of the model: ``matchsim schema --markdown > docs/reference/scenario.md``."""
    page = Path(__file__).parents[2] / "docs" / "reference" / "scenario.md"
    assert page.read_text(encoding="utf-8") == reference()


def test_the_reference_has_every_key_of_the_top() -> None:
    assert all(f"| `{name}` |" in reference() for name in Scenario.model_fields)


def test_shipped_and_resolved_scenarios_fit_the_schema(validator: jsonschema.Draft202012Validator) -> None:
    assert shipped_scenarios()
    for name, entry in shipped_scenarios().items():
        text = entry.read_text(encoding="utf-8")
        validator.validate(documents.parsed_document(text, name).data)
        validator.validate(load_scenario(name).model_dump(exclude_none=True))


def test_parts_of_mappings_fit_the_schema(validator: jsonschema.Draft202012Validator) -> None:
    validator.validate({"extends": "us-2025", "cohort": {"ability": {"us_img": {"mean": 0.1}}}})


@pytest.mark.parametrize("name", SEEN_BY_EDITORS)
def test_editors_see_what_is_wrong(name: str, validator: jsonschema.Draft202012Validator) -> None:
    document = documents.read_document(BROKEN / f"{name}.yaml")
    assert not validator.is_valid(document.data)
