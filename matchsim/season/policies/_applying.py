"""Policies as written in YAML, and what they make of a scenario."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache, reduce
from typing import Any

from pydantic import BaseModel, ConfigDict, create_model, model_validator

from matchsim.documents import Document, Node, dotted, merged, override, validated
from matchsim.errors import InputError, Problem, ScenarioError
from matchsim.season.policies._policy import Policy
from matchsim.season.scenario.model import Scenario
from matchsim.season.scenario.resolving import resolved

__all__ = ["applied", "parsed_policies", "policy_list"]


class _Named(BaseModel):
    """One policy by its name: a mapping with this one key."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    @model_validator(mode="after")
    def _one(self) -> _Named:
        if len(self.model_fields_set) != 1:
            got = ", ".join(sorted(self.model_fields_set)) or "none"
            raise ValueError(f"must name one policy, got {got}; begin a new '-' for each")
        return self

    @property
    def policy(self) -> Policy:
        (name,) = self.model_fields_set
        policy = getattr(self, name)
        assert isinstance(policy, Policy)
        return policy


@cache
def policy_list() -> type[BaseModel]:
    """The model of a mapping with the key ``policies``, a list of policies by name."""
    from matchsim.season.policies import POLICIES

    fields: dict[str, Any] = {name: (one | None, None) for name, one in POLICIES.items()}
    entry = create_model("NamedPolicy", __base__=_Named, **fields)
    settings = ConfigDict(strict=True, extra="forbid")
    return create_model("PolicyList", __config__=settings, policies=(list[entry], []))  # type: ignore[valid-type]


def parsed_policies(node: Node | None, files: tuple[str, ...]) -> list[Policy]:
    """The policies that stand in a list of a document.

    Raises
    ------
    InputError
        With every problem found and its place; paths begin with ``policies``.
    """
    if node is None:
        return []
    found = validated(Document(Node({"policies": node}, node.place, node.key), files), policy_list())
    return [entry.policy for entry in found.policies]  # type: ignore[attr-defined]


def applied(
    policies: Iterable[Policy], scenario: Scenario, nodes: Sequence[Node] = ()
) -> tuple[Scenario, dict[str, str]]:
    """A resolved scenario under policies, each of which sees what those before it have changed.

    Parameters
    ----------
    policies
        In the order in which they are applied.
    scenario
        Resolved; it is not changed.
    nodes
        Where the policies were written, for messages.

    Returns
    -------
    scenario
        Resolved again. The same object where nothing was changed.
    sources
        By dotted path of each value changed: the policy that changed it.

    Raises
    ------
    ScenarioError
        When a policy makes a scenario that cannot be; every problem of the first that does.
    """
    sources: dict[str, str] = {}
    for number, policy in enumerate(policies):
        name = type(policy).__module__.rpartition(".")[2]
        below = Document(Node.of(scenario.model_dump(exclude_none=True)))
        try:
            changes = policy.changes(scenario)
            if not changes:
                continue
            laid = [override(path, value) for path, value in changes.items()]
            document = replace(reduce(merged, laid, below), files=())
            scenario = resolved(validated(document, Scenario)).scenario
        except InputError as error:
            place = nodes[number].place if number < len(nodes) else Problem("").place
            raise ScenarioError(
                Problem(
                    f"under the policy {name}, {found.path}: {found.message}",
                    place,
                    dotted(("policies", number)),
                    found.remedy,
                )
                for found in error.problems
            ) from None
        sources |= dict.fromkeys(changes, f"policy {name}")
    return scenario, sources
