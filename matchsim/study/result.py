"""A study that was run, read back: its numbers, its comparisons, its charts."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matchsim.errors import RunError, check_choice, counted
from matchsim.folders import check_folder_name, read_as_written
from matchsim.study.charts import StudyPlots, check_charts, pictures
from matchsim.study.comparison import Comparison
from matchsim.study.loading import LoadedStudy, read_study
from matchsim.study.running import simulate_study
from matchsim.study.study_folder import MADE_BY, default_folder, recorded_study
from matchsim.study.words import short_names, shown
from matchsim.tables import html_table

if TYPE_CHECKING:
    from concurrent.futures import Executor

    import pandas as pd

__all__ = ["Comparison", "StudyPlots", "StudyResult", "open_study", "run_study"]

FORMATS = ("png", "svg")
ALL_FORMATS = (*FORMATS, "pdf")


def run_study(
    source: str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
    *,
    replicates: int | None = None,
    jobs: int | None = None,
    scheduler: str | None = None,
    executor: Executor | None = None,
    progress: bool = False,
) -> StudyResult:
    """Run a study, or go on with it where an earlier call ended.

    Parameters
    ----------
    source
        The name of a shipped study or the path of a YAML file.
    out
        Folder of the study; left out, ``studies/<name>-<digest>``.
    replicates
        In place of the study's own.
    jobs
        Workers; left out = as many as there are cores. In a notebook they are threads, elsewhere processes.
    scheduler
        Address of a Dask scheduler, or ``local``.
    executor
        Any executor of ``concurrent.futures`` of one's own.
    progress
        Whether a bar shows how far it is.

    Returns
    -------
    StudyResult
        Read back from the folder.

    Raises
    ------
    InputError
        With every problem of the study; where `out` holds anything else; where the seasons simulated at once
        would take more memory than the machine has.
    RunError
        When parts failed (the rest is finished, and stays), or the disk is full.
    """
    if progress:
        from tqdm.auto import tqdm
    else:
        # The other warns in a notebook that lacks a bar of its own.
        from tqdm import tqdm

    loaded = read_study(source, replicates=replicates)
    folder = Path(out) if out is not None else default_folder(loaded)
    with tqdm(desc="seasons", unit="season", disable=not progress) as bar:

        def draw(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        outcome = simulate_study(
            loaded, folder, jobs=jobs, scheduler=scheduler, executor=executor, progress=draw
        )
    if outcome.failures:
        told = "; ".join(dict.fromkeys(failure.told for failure in outcome.failures))
        raise RunError(f"{counted(len(outcome.failures), 'part')} failed, the others are in {folder}: {told}")
    return open_study(folder)


def open_study(folder: str | os.PathLike[str]) -> StudyResult:
    """The results of a study in its folder.

    Raises
    ------
    InputError
        When the folder holds no study, or one that is not finished.
    """
    folder = Path(folder)
    return StudyResult(folder, recorded_study(folder))


@dataclass(frozen=True)
class StudyResult:
    """The results of a study; made by :func:`open_study`.

    Attributes
    ----------
    folder : Path
    loaded : LoadedStudy
        The study with the resolved scenarios of all arms and points.
    """

    folder: Path
    loaded: LoadedStudy

    def to_pandas(
        self, metrics: Sequence[str] | None = None, groups: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """The results, one number a row: arm, values swept, replicate, year, metric, group, value.

        Parameters
        ----------
        metrics, groups
            Only these; the rest is not read into memory.

        Raises
        ------
        InputError
            When the study did not record a metric.
        """
        import pyarrow.parquet as pq

        wanted = [
            (column, "in", list(values))
            for column, values in (("metric", metrics), ("group", groups))
            if values is not None
        ]
        for name in metrics or ():
            check_choice("metric", name, self.loaded.metrics)
        path = self.folder / "results.parquet"
        with read_as_written(self.folder, MADE_BY):
            table = pq.read_table(path, filters=wanted or None)
            columns = ["arm", *self.loaded.axes, "replicate", "year", "metric", "group", "value"]
            found: pd.DataFrame = table.select(columns).to_pandas()
            return found

    def compare(self, baseline: str | None = None, metrics: Sequence[str] | None = None) -> Comparison:
        """All arms against one, on the same people.

        Parameters
        ----------
        baseline
            Name of an arm; left out, the study's own baseline. Where there are several arms, each is
            compared with the baseline at the same point of the sweep; where there is one, its points are
            compared with its first.
        metrics
            Only these.
        """
        baseline = self.loaded.baseline if baseline is None else baseline
        check_choice("baseline", baseline, self.loaded.arms)
        chosen = baseline, tuple(metrics) if metrics is not None else None
        return self._comparisons.setdefault(chosen, Comparison(self, *chosen))

    @property
    def plot(self) -> StudyPlots:
        """The charts: ``.effect(metric)``, ``.sweep(x, metric)`` and ``.helped_and_hurt(by)``."""
        return StudyPlots(self)

    @cached_property
    def _comparisons(self) -> dict[tuple[str, tuple[str, ...] | None], Comparison]:
        """Those asked for: to follow people reads every part, and is done once."""
        return {}

    def save_charts(
        self,
        names: Collection[str] = (),
        *,
        folder: str | os.PathLike[str] | None = None,
        formats: Sequence[str] = FORMATS,
    ) -> list[Path]:
        """Draw charts as files; a chart may be several pictures.

        Parameters
        ----------
        names
            Of the charts; left out, those that the study names, or all that apply to it.
        folder
            Where the files go; left out, ``charts/`` of the study.
        formats
            ``"png"``, ``"svg"`` or ``"pdf"``, or several of them.

        Returns
        -------
        list of Path
            The files written, by picture and format.

        Raises
        ------
        InputError
            When a chart is unknown or cannot be drawn of this study; nothing is written then.
        """
        from matchsim.charts.files import save_figure

        check_charts(names, self)
        for name in formats:
            check_choice("formats", name, ALL_FORMATS)
        folder = self.folder / "charts" if folder is None else Path(folder)
        check_folder_name(folder)
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for picture in pictures(self, names):
            ax = picture.draw()
            for suffix in formats:
                path = folder / f"{picture.name}.{suffix}"
                save_figure(ax, path, description=picture.told)
                paths.append(path)
        return paths

    def baseline_told(self) -> str:
        """What the arms are compared with, in words."""
        if len(self.loaded.arms) > 1:
            return f"the arm {self.loaded.baseline}"
        return f"the first point{self._point(self.loaded.cells[0].point)}"

    def told(self, row: Mapping[Any, Any]) -> str:
        """The arm and the point of a row of results, in words."""
        point = self._point({axis: row[axis] for axis in self.loaded.axes})
        arm = str(row["arm"])
        return arm + point if len(self.loaded.arms) > 1 else point.removeprefix(", ") or arm

    def with_words(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Rows of results with one column more, ``told``: the arm and the point in words."""
        return rows.assign(told=[self.told(row) for row in rows.to_dict("records")])

    def _point(self, point: Mapping[str, Any]) -> str:
        return "".join(f", {self._short_names[axis]} {shown(value)}" for axis, value in point.items())

    @cached_property
    def _short_names(self) -> dict[str, str]:
        return short_names(self.loaded.axes)

    def __repr__(self) -> str:
        loaded = self.loaded
        points = len(loaded.cells) // len(loaded.arms)
        arms, replicates = counted(len(loaded.arms), "arm"), counted(loaded.study.replicates, "replicate")
        size = f"{arms}, {counted(points, 'point')}, {replicates}"
        return f"<StudyResult {loaded.study.name}: {size}, seed {loaded.seed}>"

    def _repr_html_(self) -> str:
        if len(self.loaded.cells) == 1:
            return html_table(
                repr(self), ("metric",), [(name,) for name in self.loaded.metrics], len(self.loaded.metrics)
            )
        return self.compare()._repr_html_()
