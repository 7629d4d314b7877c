"""Two-sided matching: markets, deferred acceptance, stability. Knows no medicine and can be used alone."""

from matchsim.engine.labels import Labels
from matchsim.engine.market import Market

__all__ = ["Labels", "Market"]
