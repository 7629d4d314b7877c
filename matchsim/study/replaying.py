"""A season of a run or of a study simulated again from its seed, and held to what was recorded of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from matchsim.errors import InputError, Place, Problem, RunError, check_choice
from matchsim.folders import check_unchanged, manifest_in, new_folder, read_as_written
from matchsim.season.scenario import Scenario, load_scenario
from matchsim.study.replicates import Replicates, run_replicates
from matchsim.study.run_folder import FORMAT as RUN_FORMAT
from matchsim.study.run_folder import MADE_BY as RUN
from matchsim.study.run_folder import (
    check_replaceable,
    first_replicate,
    manifest,
    write_manifest,
    write_results,
)
from matchsim.study.study_folder import FORMAT as STUDY_FORMAT
from matchsim.study.study_folder import MADE_BY as STUDY

if TYPE_CHECKING:
    import pandas as pd

    from matchsim.season import Season

__all__ = ["RecordedSeason", "recorded_season", "replayed", "simulated_again"]


@dataclass(frozen=True)
class RecordedSeason:
    """What is known of one season of a run or study: how to simulate it, and what it gave.

    Attributes
    ----------
    scenario : Scenario
        Resolved.
    seed, replicate : int
        From which it is drawn.
    told : str
        Which season it is, in words.
    recorded : DataFrame
        Match rates of a run, or the metrics of a study: metric, group, value.
    of_study : bool
        Which of the two.
    """

    scenario: Scenario
    seed: int
    replicate: int
    told: str
    recorded: pd.DataFrame
    of_study: bool


def recorded_season(
    folder: Path, replicate: int, *, arm: str | None = None, point: int = 0
) -> RecordedSeason:
    """The season with this number of the run or study in `folder`.

    Parameters
    ----------
    folder
        What ``matchsim run`` or ``matchsim study run`` wrote.
    replicate
        Number of the replicate, from 0; of several years the first is meant.
    arm, point
        Of a study: the name of the arm, left out = the baseline, and the point of the sweep, from 0.

    Raises
    ------
    InputError
        When the folder holds neither, or there is no such season.
    """
    content = manifest_in(folder, {RUN: RUN_FORMAT, STUDY: STUDY_FORMAT})
    if content is None:
        raise InputError(Problem(f"holds neither a run nor a study of {RUN} or {STUDY}", Place(str(folder))))
    made_by = content["made_by"]
    with read_as_written(folder, made_by):
        seed, first = int(content["seed"]), first_replicate(content)
        last = first + int(content["replicates"]) - 1
    if not first <= replicate <= last:
        told = f"has the replicates {first} to {last}, not {replicate}"
        raise InputError(Problem(told, Place(str(folder)), remedy="give another --replicate"))
    with read_as_written(folder, made_by):
        if made_by == RUN:
            check_unchanged(folder, content, ["resolved.yaml", "inputs/"])
            return _of_run(folder, seed, replicate, arm, point)
        return _of_study(folder, seed, replicate, arm, point)


def replayed(season: RecordedSeason, out: Path) -> None:
    """Simulate a season and write it as ``matchsim run`` writes a run, all tables and charts.

    Raises
    ------
    InputError
        When `out` holds anything else.
    RunError
        When the season differs from what was recorded; nothing is written then.
    """
    from matchsim.charts import save_charts, source_line

    scenario = season.scenario.model_copy(update={"seed": season.seed, "replicates": 1})
    check_replaceable(out, scenario, season.replicate)
    start = perf_counter()
    started = datetime.now(UTC).isoformat(timespec="seconds")
    with new_folder(out, lambda: check_replaceable(out, scenario, season.replicate)) as folder:
        again = run_replicates(
            scenario, replicates=1, first=season.replicate, agents=folder / "tables", agents_of=1
        )
        _check_same(season, again)
        write_results(again, folder)
        caption = f"{source_line(scenario.name, season.seed)}, replicate {season.replicate}"
        save_charts(again.tables, folder / "charts", caption=caption)
        timings = {"replay": perf_counter() - start}
        write_manifest(manifest(again, folder, jobs=1, timings=timings, started=started), folder)


def simulated_again(season: RecordedSeason) -> Season:
    """Simulate a season of a run, and nothing more.

    Raises
    ------
    RunError
        When the season differs from what was recorded.
    """
    from matchsim.season.season import run_season

    again = run_season(season.scenario, seed=season.seed, replicate=season.replicate)
    _check_equal(season, again.match_rates())
    return again


def _of_run(folder: Path, seed: int, replicate: int, arm: str | None, point: int) -> RecordedSeason:
    import pandas as pd

    for option, given in (("arm", arm is not None), ("point", point != 0)):
        if given:
            remedy = f"leave --{option} out"
            raise InputError(Problem(f"is a run, which has no {option}s", Place(str(folder)), remedy=remedy))
    rates = pd.read_csv(folder / "tables" / "match_rates.csv")
    recorded = rates[rates["replicate"] == replicate].reset_index(drop=True)
    scenario = load_scenario(folder / "resolved.yaml")
    return RecordedSeason(
        scenario, seed, replicate, f"{scenario.name}, replicate {replicate}", recorded, False
    )


def _of_study(folder: Path, seed: int, replicate: int, arm: str | None, point: int) -> RecordedSeason:
    from matchsim.study.result import open_study

    result = open_study(folder)
    arm = result.loaded.baseline if arm is None else arm
    check_choice("arm", arm, result.loaded.arms)
    cells = [cell for cell in result.loaded.cells if cell.arm == arm]
    if not 0 <= point < len(cells):
        raise InputError(f"point must be 0 to {len(cells) - 1}, got {point}")
    cell = cells[point]
    data = result.to_pandas()
    of_cell = (data["replicate"] == replicate) & (data["arm"] == arm) & (data["year"] == 1)
    for axis, value in cell.point.items():
        of_cell &= data[axis] == value
    told = f"{result.loaded.study.name}, {result.told({'arm': arm, **cell.point})}, replicate {replicate}"
    recorded = data.loc[of_cell, ["metric", "group", "value"]].reset_index(drop=True)
    return RecordedSeason(cell.scenario, seed, replicate, told, recorded, True)


def _check_same(season: RecordedSeason, again: Replicates) -> None:
    import pandas as pd

    from matchsim.season.season import run_season
    from matchsim.study.metrics import METRICS, measured

    found: Any
    if season.of_study:
        names = [name for name in dict.fromkeys(season.recorded["metric"]) if name in METRICS]
        one = run_season(season.scenario, seed=season.seed, replicate=season.replicate)
        found = pd.DataFrame(measured(one, names), columns=["metric", "group", "value"])
    else:
        found = again.match_rates()
    _check_equal(season, found)


def _check_equal(season: RecordedSeason, found: pd.DataFrame) -> None:
    import pandas as pd

    try:
        # A run's rates are read back from CSV.
        pd.testing.assert_frame_equal(found, season.recorded, check_dtype=False, rtol=1e-12)
    except AssertionError:
        told = f"{season.told} gives other numbers than were recorded; was it another version of matchsim?"
        raise RunError(told) from None
