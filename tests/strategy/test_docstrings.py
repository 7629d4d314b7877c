"""Whatever is public says what it takes, what it gives, in which shape, and what it refuses."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields, is_dataclass

import pytest

from matchsim import strategy

PUBLIC = {name: getattr(strategy, name) for name in strategy.__all__}
FUNCTIONS = {name: one for name, one in PUBLIC.items() if inspect.isfunction(one)}
CLASSES = {name: one for name, one in PUBLIC.items() if inspect.isclass(one)}


def section(told: str, name: str) -> str:
    """The section of a docstring with this heading; empty where there is none."""
    found = re.search(rf"^{name}\n-+\n(.*?)(?=^\w[^\n]*\n---|\Z)", told, re.DOTALL | re.MULTILINE)
    return found[1] if found else ""


def named(parameters: str) -> set[str]:
    """The parameters that have an entry of their own, alone or together with others."""
    heads = re.findall(r"^([a-z_]+(?:, [a-z_]+)*)(?: :.*)?$", parameters, re.MULTILINE)
    return {name for head in heads for name in head.split(", ")}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_tells_its_parameters_its_result_and_its_errors(name):
    told = inspect.getdoc(FUNCTIONS[name]) or ""
    assert named(section(told, "Parameters")) == set(inspect.signature(FUNCTIONS[name]).parameters)
    assert section(told, "Returns").strip()
    assert section(told, "Raises").strip()


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_tells_its_fields_and_the_shapes_of_what_it_computes(name):
    one = CLASSES[name]
    told = inspect.getdoc(one) or ""
    assert is_dataclass(one)
    plain = {field.name for field in fields(one) if "column" not in field.metadata}
    assert named(section(told, "Parameters")) == plain
    for method, what in vars(one).items():
        computed = what.fget if isinstance(what, property) else what
        if method.startswith("_") or not inspect.isfunction(computed):
            continue
        said = inspect.getdoc(computed) or ""
        assert said
        gives = inspect.signature(computed).return_annotation
        if re.fullmatch(r"(Bool|Int\d+|Float\d+)", gives):
            assert "shape (" in said
        if gives == "pd.DataFrame":
            assert section(said, "Returns").strip()
