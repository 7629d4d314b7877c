"""The shipped scenario carries what calibration found, and others say that they do not."""

from __future__ import annotations

from matchsim.documents import Document, Node
from matchsim.fidelity.fitted import carried, fitted_values
from matchsim.fidelity.parameters import shipped_parameters
from matchsim.season.scenario import Scenario, load_scenario


def document_of(scenario: Scenario) -> Document:
    return Document(Node.of(scenario.model_dump()))


def test_the_national_scenario_carries_every_fitted_value():
    same, of = carried(document_of(load_scenario("us-2025")))
    assert same == of == len(fitted_values())
    assert {path for one in shipped_parameters() for path in one.paths} == set(fitted_values())


def test_a_changed_scenario_carries_fewer():
    changed = load_scenario("us-2025", {"interviews.per_position": 9.0})
    assert carried(document_of(changed)) == (len(fitted_values()) - 1, len(fitted_values()))
    assert carried(document_of(load_scenario("small")))[0] < 3
    assert carried(Document(Node.of({"interviews": "none"})))[0] == 0
