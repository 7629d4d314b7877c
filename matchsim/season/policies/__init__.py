"""Policies: named changes of a scenario's values, one file each.

A policy changes the rules and never the people: it is a small class with typed parameters that, asked
with a resolved scenario, says which values are to be others. In YAML it is called by the name of its file::

    policies:
      - interview_cap: {most: 12}
      - no_signals: {}

A new policy is one new file here; nothing else has a list of them.
"""

from __future__ import annotations

from matchsim.season.policies._applying import applied, parsed_policies, policy_list
from matchsim.season.policies._policy import Policy, discovered

__all__ = ["POLICIES", "Policy", "applied", "parsed_policies", "policy_list"]

POLICIES = discovered(__name__, __path__)
