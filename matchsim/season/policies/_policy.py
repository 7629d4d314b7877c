"""What a policy is, and how the policies are found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from matchsim.errors import InputError, Problem, did_you_mean
from matchsim.season.scenario.parts import Part

if TYPE_CHECKING:
    from matchsim.season.scenario.model import Scenario

__all__ = ["Policy", "discovered", "specialties_named"]


class Policy(Part):
    """Base of every policy: frozen parameters, each declared with ``parameter``.

    Attributes
    ----------
    null : dict
        Parameters with which the policy changes nothing.
    """

    null: ClassVar[Mapping[str, Any]]

    def changes(self, scenario: Scenario) -> Mapping[str, Any]:
        """The values that this policy sets, by dotted path; what is missing stays as it is.

        Parameters
        ----------
        scenario
            Resolved, with the changes of the policies before this one.
        """
        raise NotImplementedError


def specialties_named(scenario: Scenario, names: Sequence[str] | None) -> list[str]:
    """The specialties that a policy is about: those named, or all that a resolved scenario simulates.

    Raises
    ------
    InputError
        When one is named that is not simulated.
    """
    simulated = scenario.programs.specialties
    assert isinstance(simulated, dict)
    if names is None:
        return list(simulated)
    unknown = [name for name in names if name not in simulated]
    if unknown:
        raise InputError(
            Problem(
                f"no program of this scenario is in {name!r}",
                path="specialties",
                remedy=did_you_mean(name, simulated),
            )
            for name in unknown
        )
    return list(names)


def discovered(package: str, path: list[str]) -> Mapping[str, type[Policy]]:
    """The policies of all modules of a package by the name of the module, underscores left out."""
    found: dict[str, type[Policy]] = {}
    for module in sorted(iter_modules(path), key=lambda one: one.name):
        if module.name.startswith("_"):
            continue
        loaded = import_module(f"{package}.{module.name}")
        (found[module.name],) = (
            thing
            for thing in vars(loaded).values()
            if isinstance(thing, type) and issubclass(thing, Policy) and thing.__module__ == loaded.__name__
        )
    return MappingProxyType(found)
