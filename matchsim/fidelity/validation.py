"""Published against simulated: every target with its interval, error and verdict."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from matchsim.fidelity.measures import Tables, measured
from matchsim.fidelity.targets import Target, shipped_targets
from matchsim.season.scenario import Scenario, load_scenario
from matchsim.study import run_replicates

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Validation", "fidelity_table", "validate"]

# A Monte-Carlo interval holds the middle 95% of the replicates, as on every chart.
LOW, HIGH = 0.025, 0.975


@dataclass(frozen=True)
class Validation:
    """How near a scenario comes to the targets; made by :func:`validate`.

    Attributes
    ----------
    scenario : Scenario
        The resolved scenario.
    replicates : int
        How many seasons were simulated.
    table : DataFrame
        One row a target: target, group, published, simulated, low, high, error, tolerance, ok, role.
    """

    scenario: Scenario
    replicates: int
    table: pd.DataFrame

    @property
    def ok(self) -> bool:
        """Whether every calibrated target holds."""
        return bool(self.table.loc[self.table["role"] == "calibrated", "ok"].all())


def validate(
    scenario: Scenario | str | Path,
    *,
    targets: Iterable[Target] | None = None,
    replicates: int = 50,
    seed: int | None = None,
    jobs: int = 1,
    told: Callable[[int], object] | None = None,
) -> Validation:
    """Simulate a scenario and hold it against published figures.

    Parameters
    ----------
    scenario
        A resolved scenario, or what :func:`matchsim.season.scenario.load_scenario` loads.
    targets
        Left out, those of 2025 that come with matchsim.
    replicates, seed, jobs, told
        As of :func:`matchsim.study.run_replicates`.

    Raises
    ------
    InputError
        When a number is out of range or a file that the scenario names cannot be used.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    targets = shipped_targets() if targets is None else tuple(targets)
    run = run_replicates(scenario, replicates=replicates, seed=seed, jobs=jobs, told=told)
    return Validation(scenario, replicates, fidelity_table(run.tables, targets))


def fidelity_table(tables: Tables, targets: Iterable[Target]) -> pd.DataFrame:
    """The targets beside the mean of the replicates, in the columns of ``fidelity.csv``.

    ``simulated`` is the mean over the replicates, ``low`` and ``high`` hold the middle 95% of them, and
    ``error`` is simulated less published. What the scenario does not simulate, such as a specialty that
    it lacks, has no number and does not hold. A mean error has no interval, for it is one of means.
    """
    import pandas as pd

    targets = tuple(targets)
    known = measured(tables, {target.target for target in targets})
    errors: dict[str, dict[str, float]] = {}
    for target in targets:
        if not target.mean_error and target.group in known[target.target]:
            error = abs(float(known[target.target][target.group].mean()) - target.published)
            errors.setdefault(target.target, {})[f"{target.role} {target.group}"] = error
    rows = []
    for target in targets:
        low = high = math.nan
        if target.mean_error:
            prefix = f"{target.role} {target.group.removeprefix('mean error').removeprefix(', ')}"
            of = [error for name, error in errors.get(target.target, {}).items() if name.startswith(prefix)]
            simulated = sum(of) / len(of) if of else math.nan
        elif target.group in known[target.target]:
            values = known[target.target][target.group].astype(float)
            simulated, low, high = (
                float(value) for value in (values.mean(), values.quantile(LOW), values.quantile(HIGH))
            )
        else:
            simulated = math.nan
        error = simulated - target.published
        rows.append(
            (
                target.target,
                target.group,
                target.published,
                simulated,
                low,
                high,
                error,
                target.tolerance,
                abs(error) <= target.tolerance,
                target.role,
            )
        )
    columns = ["target", "group", "published", "simulated", "low", "high", "error", "tolerance", "ok", "role"]
    return pd.DataFrame(rows, columns=columns)
