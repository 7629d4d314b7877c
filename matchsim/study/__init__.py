"""Many seasons: replicates, their summary tables, and the folder that a run leaves."""

from __future__ import annotations

from matchsim.study.replicates import Replicates, run_replicates

__all__ = ["Replicates", "run_replicates"]
