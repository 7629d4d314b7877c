"""Replicates of a season: simulated one by one or by several processes, with the same results."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from matchsim.errors import InputError, RunError, whole_number
from matchsim.season.scenario import Scenario, load_scenario
from matchsim.season.summary import Summaries
from matchsim.study.memory import refuse_what_cannot_fit
from matchsim.tables import html_table

if TYPE_CHECKING:
    import pandas as pd

    from matchsim.charts import Plots

__all__ = ["Replicates", "run_replicates"]


@dataclass(frozen=True)
class Replicates(Summaries):
    """The summary tables of several replicates of one scenario; made by :func:`run_replicates`.

    Attributes
    ----------
    scenario : Scenario
        The resolved scenario.
    seed : int
        Seed of all random streams.
    tables : dict of DataFrame
        The summary tables by name, replicate by replicate.
    facts : list of dict
        What the checker and the counters said of every replicate, in order.
    seconds : float
        Time that simulating took, all processes together.
    """

    scenario: Scenario
    seed: int
    tables: dict[str, pd.DataFrame]
    facts: list[dict[str, Any]]
    seconds: float

    def table(self, name: str) -> pd.DataFrame:
        """One summary table of all replicates.

        Raises
        ------
        InputError
            When there is no table of that name.
        """
        if name not in self.tables:
            raise InputError(f"no table is called {name!r}; there are {', '.join(self.tables)}")
        return self.tables[name]

    def to_pandas(self, name: str = "match_rates") -> pd.DataFrame:
        """One summary table of all replicates, by default the match rates; see :meth:`table`."""
        return self.table(name).copy()

    @property
    def plot(self) -> Plots:
        """The charts, with intervals over the replicates."""
        from matchsim.charts import Plots, source_line

        return Plots(self.table, source_line(self.scenario.name, self.seed))

    def __len__(self) -> int:
        return len(self.facts)

    def __repr__(self) -> str:
        return f"<Replicates: {len(self)} of {self.scenario.name}, seed {self.seed}>"

    def _repr_html_(self) -> str:
        rates = self.match_rates()
        shown = rates[(rates["group_by"] != "specialty") & (rates["active"] > 0)]
        mean = shown.groupby("group", sort=False)[["active", "matched", "match_rate"]].mean()
        rows = [
            (group, f"{row['active']:,.0f}", f"{row['matched']:,.0f}", f"{row['match_rate']:.1%}")
            for group, row in mean.iterrows()
        ]
        return html_table(repr(self), ("mean of replicates", "active", "matched", "match rate"), rows)


def run_replicates(
    scenario: Scenario | str | Path,
    *,
    replicates: int | None = None,
    first: int = 0,
    seed: int | None = None,
    jobs: int = 1,
    agents: Path | None = None,
    agents_of: int = 1,
    told: Callable[[int], object] | None = None,
) -> Replicates:
    """Simulate several replicates of a season.

    Parameters
    ----------
    scenario
        A resolved scenario, or what :func:`load_scenario` loads.
    replicates, seed
        Left out, the scenario's own.
    first
        Number of the first replicate.
    jobs
        Processes to use; the results do not depend on it.
    agents
        Folder for the agent tables, as Parquet; none are written where it is left out.
    agents_of
        Of how many replicates, from the first, agent tables are written.
    told
        Called with 1 whenever a replicate is finished, in any order.

    Returns
    -------
    Replicates
        In the order of their numbers, whichever was finished first.

    Raises
    ------
    InputError
        When a number is out of range or a file that the scenario names cannot be used.
    ScenarioError
        When the seasons would take more memory than the machine has.
    RunError
        When a process dies, for instance for want of memory.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    replicates = whole_number("replicates", scenario.replicates if replicates is None else replicates)
    seed = whole_number("seed", scenario.seed if seed is None else seed)
    first, jobs = whole_number("first", first), whole_number("jobs", jobs)
    for name, value in (("replicates", replicates), ("jobs", jobs)):
        if value < 1:
            raise InputError(f"{name} must be at least 1, got {value}")
    refuse_what_cannot_fit(scenario, min(jobs, replicates))
    units = [
        _Unit(scenario, seed, first + at, agents if at < agents_of else None, agents_of == 1)
        for at in range(replicates)
    ]
    results: list[_Finished | None] = [None] * replicates
    for finished in _finished(units, min(jobs, replicates)):
        results[finished.number - first] = finished
        if told is not None:
            told(1)
    return _gathered(scenario, seed, [result for result in results if result is not None])


@dataclass(frozen=True)
class _Unit:
    scenario: Scenario
    seed: int
    number: int
    agents: Path | None
    alone: bool


@dataclass(frozen=True)
class _Finished:
    number: int
    tables: dict[str, pd.DataFrame]
    facts: dict[str, Any]
    seconds: float


def _finished(units: list[_Unit], jobs: int) -> Iterator[_Finished]:
    if jobs == 1:
        yield from map(_simulated, units)
        return
    # A forked process would inherit threads of numerical libraries in an unknown state.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        try:
            yield from _in_any_order(pool, units, ahead=2 * jobs)
        except BrokenProcessPool:
            raise RunError("a process died, perhaps for want of memory; use fewer --jobs") from None
        except BaseException:
            # Seasons under way may still write into the folder, which is about to be removed.
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _in_any_order(pool: Executor, units: list[_Unit], ahead: int) -> Iterator[_Finished]:
    """Results as they come, with no more than `ahead` units under way."""
    waiting = iter(units)
    running = {pool.submit(_simulated, unit) for unit in islice(waiting, ahead)}
    while running:
        done, running = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            yield future.result()
        running |= {pool.submit(_simulated, unit) for unit in islice(waiting, len(done))}


def _simulated(unit: _Unit) -> _Finished:
    from matchsim.season.season import run_season
    from matchsim.season.summary import TABLES

    start = perf_counter()
    season = run_season(unit.scenario, seed=unit.seed, replicate=unit.number)
    if unit.agents is not None:
        from matchsim.study.agents import write_agents

        write_agents(season, unit.agents, alone=unit.alone)
    tables = {name: season.table(name) for name in TABLES}
    return _Finished(unit.number, tables, season.facts(), perf_counter() - start)


def _gathered(scenario: Scenario, seed: int, results: list[_Finished]) -> Replicates:
    import pandas as pd

    tables = {
        name: pd.concat([result.tables[name] for result in results], ignore_index=True)
        for name in results[0].tables
    }
    facts = [result.facts for result in results]
    return Replicates(scenario, seed, tables, facts, sum(result.seconds for result in results))
