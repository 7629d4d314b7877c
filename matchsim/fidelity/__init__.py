"""How near a simulated season comes to the published one, and the fit of the model's behaviour to it."""

from __future__ import annotations

from matchsim.fidelity.targets import Target, load_targets, shipped_targets
from matchsim.fidelity.validation import Validation, validate

__all__ = ["Target", "Validation", "load_targets", "shipped_targets", "validate"]
