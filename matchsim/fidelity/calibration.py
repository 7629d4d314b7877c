"""Simulated moments with common random numbers: a few parameters fitted to the calibrated targets.

Every target is measured as ``(simulated - published) / tolerance``. In each round one Gauss-Newton step is
taken (Nocedal and Wright, *Numerical Optimization*, 2nd ed., section 10.3): finite differences on the same
seeds give the sensitivities, a damped linear least-squares problem within the bounds gives a direction,
and of a few lengths along it the best is kept. Residuals beyond `ROBUST` tolerances count linearly (Huber,
*Annals of Mathematical Statistics* 35, 1964), so that what the model has no mechanism for does not bend
everything else.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from matchsim.errors import InputError, counted
from matchsim.fidelity.measures import measured
from matchsim.fidelity.parameters import Parameter, overrides, shipped_parameters, value_at
from matchsim.fidelity.targets import Target, shipped_targets
from matchsim.season.scenario import Scenario, load_scenario
from matchsim.season.season import run_season
from matchsim.season.summary import TABLES

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Calibration", "calibrate"]

Floats = npt.NDArray[np.float64]

ROBUST = 3.0  # tolerances
# How strongly a step of one finite difference is held back, against a miss of one tolerance.
DAMPING = 1.0
FARTHEST = 3.0  # differences, in one round
LENGTHS = (1.0, 0.5, 0.2)


@dataclass(frozen=True)
class Calibration:
    """A fit and what is known about it; made by :func:`calibrate`.

    Attributes
    ----------
    scenario, season, seed, replicates
        What was simulated: so many seasons, the same for every point.
    parameters : tuple of Parameter
        What was moved.
    before, after : float64, shape (parameters,)
        Values at the first path of each.
    laid : dict
        The values by dotted path, to be laid over the scenario.
    targets : tuple of Target
        What was fitted: the calibrated targets without mean errors.
    misses_before, misses_after : float64, shape (targets,)
        (simulated - published) / tolerance, means of the replicates.
    noise : float64, shape (targets,)
        Standard error of `misses_after` by simulation, in tolerances.
    sensitivity : float64, shape (targets, parameters)
        By how many tolerances one step of each parameter moves each target, at `after`.
    seasons : int
        How many were simulated.
    """

    scenario: str
    season: int
    seed: int
    replicates: int
    parameters: tuple[Parameter, ...]
    before: Floats
    after: Floats
    laid: dict[str, float]
    targets: tuple[Target, ...]
    misses_before: Floats
    misses_after: Floats
    noise: Floats
    sensitivity: Floats
    seasons: int

    def uncertainty(self) -> tuple[Floats, Floats]:
        """Standard deviations of the parameters: by simulation noise, and by the tolerance of the targets.

        The second takes every target for free to be off by its tolerance, independently of the others.
        One published year has no sampling error that could be known, so neither is a confidence interval.
        """
        weights = _weights(self.misses_after)
        weighted = self.sensitivity * weights[:, None]
        moved = np.abs(self.sensitivity).max(axis=0) > 0
        inverse = np.linalg.pinv(weighted.T @ self.sensitivity)
        steps = np.array([parameter.step for parameter in self.parameters])
        noisy = inverse @ ((weighted * self.noise[:, None] ** 2).T @ weighted) @ inverse
        tolerated = inverse @ (weighted.T @ weighted) @ inverse
        spread = [np.sqrt(np.maximum(np.diag(of), 0)) * steps for of in (noisy, tolerated)]
        # What moves nothing may be anything.
        return np.where(moved, spread[0], np.inf), np.where(moved, spread[1], np.inf)

    def identified(self) -> npt.NDArray[np.bool_]:
        """Which parameters the targets hold to less than a third of the way between their bounds."""
        widths = np.array([p.highest - p.lowest for p in self.parameters])
        found: npt.NDArray[np.bool_] = 2 * self.uncertainty()[1] < widths / 3
        return found

    def loose_directions(self) -> list[dict[str, float]]:
        """Combinations of steps, of length one, that move all targets together by less than 2 tolerances."""
        weighted = self.sensitivity * np.sqrt(_weights(self.misses_after))[:, None]
        _, values, directions = np.linalg.svd(weighted, full_matrices=False)
        names = [parameter.name for parameter in self.parameters]
        return [
            {n: round(float(x), 2) for n, x in zip(names, direction, strict=True) if abs(x) >= 0.2}
            for value, direction in zip(values, directions, strict=True)
            if value < 2.0
        ]

    def sensitivity_table(self) -> pd.DataFrame:
        """The sensitivities as a table: ``target``, ``group``, and one column a parameter."""
        import pandas as pd

        frame = pd.DataFrame(self.sensitivity, columns=[parameter.name for parameter in self.parameters])
        frame.insert(0, "target", [target.target for target in self.targets])
        frame.insert(1, "group", [target.group for target in self.targets])
        return frame

    def document(self) -> dict[str, Any]:
        """Everything, as the mapping that is written to ``calibration/<season>.yaml``."""
        from matchsim import __version__

        noisy, tolerated = self.uncertainty()
        identified = self.identified()
        fitted = {
            parameter.name: {
                "meaning": parameter.meaning,
                "paths": {path: self.laid[path] for path in parameter.paths},
                "before": float(self.before[i]),
                "value": round(float(self.after[i]), 4),
                "lowest": parameter.lowest,
                "highest": parameter.highest,
                "step": parameter.step,
                "uncertainty_by_simulation": _rounded(noisy[i]),
                "uncertainty_by_tolerance": _rounded(tolerated[i]),
                "identified": bool(identified[i]),
            }
            for i, parameter in enumerate(self.parameters)
        }
        return {
            "matchsim": __version__,
            "scenario": self.scenario,
            "season": self.season,
            "seed": self.seed,
            "replicates": self.replicates,
            "seasons_simulated": self.seasons,
            "loss_before": _rounded(_loss(self.misses_before)),
            "loss_after": _rounded(_loss(self.misses_after)),
            "parameters": fitted,
            "loose_directions": self.loose_directions(),
            "targets": {
                f"{target.target}: {target.group}": {
                    "miss_before": _rounded(self.misses_before[i]),
                    "miss_after": _rounded(self.misses_after[i]),
                    "sensitivity": [_rounded(value) for value in self.sensitivity[i]],
                }
                for i, target in enumerate(self.targets)
            },
        }


def calibrate(
    scenario: str = "us-2025",
    *,
    parameters: Sequence[Parameter] | None = None,
    targets: Iterable[Target] | None = None,
    replicates: int = 2,
    rounds: int = 3,
    seed: int | None = None,
    jobs: int = 1,
    told: Callable[[str], object] | None = None,
) -> Calibration:
    """Fit the parameters of a scenario to its calibrated targets.

    Parameters
    ----------
    scenario
        The name or path of a scenario. What is fitted begins where the parameters say; the rest is as there.
    parameters, targets
        Left out, those that come with matchsim. Validation targets are not looked at.
    replicates
        Seasons simulated at every point, with the same seeds everywhere.
    rounds
        Gauss-Newton steps. Together ``replicates * ((rounds + 1) * (parameters + 1) + 3 * rounds)``
        seasons are simulated at most.
    seed
        Of all random streams; left out, the scenario's own.
    jobs
        Processes to use; the result does not depend on it.
    told
        Called with a sentence now and then.

    Raises
    ------
    InputError
        When a number is out of range, nothing is left to fit, or scipy is not there (extra ``calibrate``).
    """
    for name, value in (("replicates", replicates), ("rounds", rounds), ("jobs", jobs)):
        if value < 1:
            raise InputError(f"{name} must be at least 1, got {value}")
    _check_scipy()
    chosen = tuple(shipped_parameters() if parameters is None else parameters)
    loaded = load_scenario(scenario)
    fitted = tuple(
        target
        for target in (shipped_targets() if targets is None else targets)
        if target.role == "calibrated" and not target.mean_error
    )
    if len(fitted) <= len(chosen):
        raise InputError(
            f"{len(chosen)} parameters need more targets than {len(fitted)} calibrated ones; "
            "fit fewer parameters or give more targets"
        )
    start = {path: value_at(loaded, path) for parameter in chosen for path in parameter.paths}
    seed = loaded.seed if seed is None else seed
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context) if jobs > 1 else nullcontext() as pool:
        model = _Model(scenario, chosen, start, fitted, replicates, seed, pool)
        return _fitted(model, rounds, loaded, told or (lambda _: None))


def _fitted(model: _Model, rounds: int, scenario: Scenario, told: Callable[[str], object]) -> Calibration:
    steps = np.array([parameter.step for parameter in model.parameters])
    before = np.array([parameter.start for parameter in model.parameters])
    values = before
    misses_before: Floats | None = None
    for number in range(rounds):
        misses, sensitivity, noise = model.linearised(values, steps)
        misses_before = misses if misses_before is None else misses_before
        told(f"round {number + 1} of {rounds}: loss {_loss(misses):.1f}, {counted(model.seasons, 'season')}")
        move = _move(model, values, misses, sensitivity, steps)
        points = [_within(model.parameters, values + length * move) for length in LENGTHS]
        losses = [_loss(of) for of, _ in model.measured(points)]
        best = int(np.argmin(losses))
        if losses[best] >= _loss(misses):
            break
        values = points[best]
    else:
        misses, sensitivity, noise = model.linearised(values, steps)
    told(f"done: loss {_loss(misses):.1f}, {counted(model.seasons, 'season')}")
    assert misses_before is not None
    return Calibration(
        scenario.name,
        scenario.season,
        model.seed,
        model.replicates,
        model.parameters,
        before,
        values,
        overrides(model.parameters, values, model.start),
        model.targets,
        misses_before,
        misses,
        noise,
        sensitivity,
        model.seasons,
    )


class _Model:
    """The misses of the targets as a function of the parameters."""

    def __init__(
        self,
        scenario: str,
        parameters: tuple[Parameter, ...],
        start: dict[str, float],
        targets: tuple[Target, ...],
        replicates: int,
        seed: int,
        pool: Executor | None,
    ) -> None:
        self.scenario, self.parameters, self.start = scenario, parameters, start
        self.targets, self.replicates, self.seed, self.pool = targets, replicates, seed, pool
        self.seasons = 0

    def measured(self, points: Sequence[Floats]) -> list[tuple[Floats, Floats]]:
        """Mean misses and their standard errors at every point."""
        laid = [overrides(self.parameters, point, self.start) for point in points]
        tasks = [
            (self.scenario, one, self.targets, self.seed, r) for one in laid for r in range(self.replicates)
        ]
        found = list((self.pool.map if self.pool else map)(_misses, tasks))
        self.seasons += len(tasks)
        each = np.array(found).reshape(len(points), self.replicates, len(self.targets))
        many = self.replicates > 1
        errors = each.std(axis=1, ddof=1) / self.replicates**0.5 if many else np.zeros(each.shape[::2])
        return list(zip(each.mean(axis=1), errors, strict=True))

    def linearised(self, values: Floats, steps: Floats) -> tuple[Floats, Floats, Floats]:
        """Misses at a point, by how much a step of each parameter moves them, and their noise."""
        highest = np.array([parameter.highest for parameter in self.parameters])
        signs = np.where(values + steps <= highest, 1.0, -1.0)
        moved = [values + np.eye(len(values))[i] * steps * signs for i in range(len(values))]
        (here, noise), *there = self.measured([values, *moved])
        columns = [sign * (one - here) for sign, (one, _) in zip(signs, there, strict=True)]
        return here, np.stack(columns, axis=1), noise


def _misses(task: tuple[str, dict[str, float], tuple[Target, ...], int, int]) -> Floats:
    """The misses of one season; in a process of its own."""
    name, laid, targets, seed, replicate = task
    scenario = load_scenario(name, laid)
    season = run_season(scenario, seed=seed, replicate=replicate)
    tables = {table: season.table(table) for table in TABLES}
    known = measured(tables, {target.target for target in targets})
    missing = [t for t in targets if t.group not in known[t.target]]
    if missing:
        told = ", ".join(f"{t.target} {t.group}" for t in missing[:5])
        raise InputError(f"the scenario does not simulate what is to be fitted: {told}")
    simulated = np.array([float(known[t.target][t.group].iloc[0]) for t in targets])
    published = np.array([target.published for target in targets])
    misses: Floats = (simulated - published) / np.array([target.tolerance for target in targets])
    # A type that nobody of can be measured is as far off as counts.
    return np.nan_to_num(misses, nan=ROBUST)


def _move(model: _Model, values: Floats, misses: Floats, sensitivity: Floats, steps: Floats) -> Floats:
    """The damped step within the bounds, in the units of the parameters."""
    from scipy.optimize import lsq_linear

    weights = np.sqrt(_weights(misses))
    damping = np.sqrt(DAMPING) * np.eye(len(values))
    matrix = np.vstack([sensitivity * weights[:, None], damping])
    wanted = np.concatenate([-misses * weights, np.zeros(len(values))])
    lowest = (np.array([p.lowest for p in model.parameters]) - values) / steps
    highest = (np.array([p.highest for p in model.parameters]) - values) / steps
    bounds = np.clip(lowest, -FARTHEST, -1e-9), np.clip(highest, 1e-9, FARTHEST)
    move: Floats = lsq_linear(matrix, wanted, bounds=bounds).x * steps
    return move


def _within(parameters: Sequence[Parameter], values: Floats) -> Floats:
    bounds = np.array([(parameter.lowest, parameter.highest) for parameter in parameters])
    return np.clip(values, bounds[:, 0], bounds[:, 1]).round(6)


def _weights(misses: Floats) -> Floats:
    """Weights that make squares grow linearly beyond `ROBUST`."""
    weights: Floats = np.minimum(1.0, ROBUST / np.maximum(np.abs(misses), 1e-9))
    return weights


def _loss(misses: Floats) -> float:
    far = np.abs(misses)
    return float(np.where(far <= ROBUST, far**2, ROBUST * (2 * far - ROBUST)).sum())


def _rounded(value: float) -> float:
    return round(float(value), 3)


def _check_scipy() -> None:
    from importlib.util import find_spec

    if find_spec("scipy") is None:
        raise InputError("calibration needs scipy, which is not installed: pip install 'matchsim[calibrate]'")
