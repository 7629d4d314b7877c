"""Many seasons: replicates and the folder of a run; studies of several arms and what came of them."""

from __future__ import annotations

from matchsim.study.replicates import Replicates, run_replicates
from matchsim.study.result import StudyResult, open_study, run_study

__all__ = ["Replicates", "StudyResult", "open_study", "run_replicates", "run_study"]
