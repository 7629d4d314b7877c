"""The shipped scenario carries what calibration found, and others say that they do not."""

from __future__ import annotations

from matchsim.fidelity.fitted import carried, fitted_values
from matchsim.fidelity.parameters import shipped_parameters
from matchsim.season.scenario import load_scenario


def test_the_national_scenario_carries_every_fitted_value():
    same, of = carried(load_scenario("us-2025").model_dump())
    assert same == of == len(fitted_values())
    assert {path for one in shipped_parameters() for path in one.paths} == set(fitted_values())


def test_a_changed_scenario_carries_fewer():
    changed = load_scenario("us-2025", {"interviews.per_position": 9.0})
    assert carried(changed.model_dump()) == (len(fitted_values()) - 1, len(fitted_values()))
    assert carried(load_scenario("small").model_dump())[0] < 3
    assert carried({})[0] == 0
