"""The charts of a study: which there are, which apply, and the pictures that each of them makes.

A chart is a function from a result to pictures that are drawn when they are asked for. A new one is one
function here, and one file among the charts that draws a table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, count
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from matchsim.errors import InputError, Problem, check_choice, did_you_mean
from matchsim.errors import shown as shown_value
from matchsim.study.metrics import METRICS
from matchsim.study.model import Study
from matchsim.study.words import difference, level, shown, some

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from matchsim.study.result import StudyResult

__all__ = ["STUDY_CHARTS", "Picture", "StudyChart", "StudyPlots", "check_charts", "pictures"]


class Picture(NamedTuple):
    """One picture of a study.

    Attributes
    ----------
    name : str
        Of its file, without an ending.
    told : str
        What it shows, in words.
    draw : function
        Draws it and returns the axes.
    metric : str
        The metric that it is about; empty where it is about people followed one by one.
    """

    name: str
    told: str
    draw: Callable[[], Axes]
    metric: str = ""

    @property
    def data(self) -> str:
        """Where its numbers are in the folder of the study."""
        return "results.parquet" if self.metric else "parts/people/"


# Characters of the name of a file, well within what file systems allow.
LONGEST_NAME = 120

Pictures = Callable[["StudyResult"], Iterator[Picture]]


@dataclass(frozen=True)
class StudyChart:
    """One chart: its pictures, what it shows in one line, and why it cannot be drawn, if so."""

    pictures: Pictures
    told: str
    wants: Callable[[Study], str]
    fails: Callable[[StudyResult], str]

    def lacking(self, result: StudyResult) -> str:
        """Why it cannot be drawn of a result, in words; empty where it can."""
        return self.wants(result.loaded.study) or self.fails(result)


_registered: dict[str, StudyChart] = {}


def study_chart(
    wants: Callable[[Study], str], fails: Callable[[StudyResult], str]
) -> Callable[[Pictures], Pictures]:
    """Register a chart under the name of its function; its docstring tells what it shows.

    Parameters
    ----------
    wants
        What a study lacks that the chart needs, in words; empty where it lacks nothing.
    fails
        Why what came of a study cannot be drawn, in words; empty where it can.
    """

    def register(function: Pictures) -> Pictures:
        told = (function.__doc__ or "").strip().splitlines()[0].rstrip(".")
        _registered[function.__name__] = StudyChart(function, told, wants, fails)
        return function

    return register


def pictures(result: StudyResult, names: Collection[str] = ()) -> Iterator[Picture]:
    """The pictures of the charts named, else of those that the study names, else of all that apply to it."""
    wanted = names or result.loaded.study.charts or STUDY_CHARTS
    for name, chart in STUDY_CHARTS.items():
        if name in wanted and not chart.lacking(result):
            yield from chart.pictures(result)


def check_charts(names: Collection[str], result: StudyResult, of_runs: Collection[str] = ()) -> None:
    """Refuse charts that are unknown or cannot be drawn of a result.

    Parameters
    ----------
    names
        Of the charts wanted.
    result
        What is to be drawn.
    of_runs
        Names of charts that are drawn of runs, to say so.

    Raises
    ------
    InputError
        With all of them; which charts there are, and why each of the others cannot be drawn.
    """

    def remedy(name: str) -> str:
        if name in of_runs:
            return "it is drawn of a run, and this is a study;"
        return did_you_mean(name, lacking)

    lacking = {name: chart.lacking(result) for name, chart in STUDY_CHARTS.items()}
    problems = [
        Problem(f"no chart of a study is called {shown_value(name)}", remedy=remedy(name))
        if name not in lacking
        else Problem(f"{name!r} cannot be drawn: {lacking[name]}")
        for name in names
        if lacking.get(name, "unknown")
    ]
    if problems:
        able = ", ".join(name for name, why in lacking.items() if not why) or "nothing"
        others = "".join(f"; not {name}: {why}" for name, why in lacking.items() if why and name not in names)
        told = f"this study can be drawn as {able}{others}"
        last = problems[-1]
        problems[-1] = replace(last, remedy=f"{last.remedy} {told}".strip())
        raise InputError(problems)


def _several_arms(study: Study) -> str:
    if study.sweep.values:
        return "something is swept: its charts are those of sweep"
    return "" if len(study.arms) > 1 else "there is one arm alone"


def _sweep(study: Study) -> str:
    return "" if study.sweep.values else "nothing is swept"


def _people(study: Study) -> str:
    if not study.people:
        return "people is false, so that nobody can be followed from arm to arm"
    return "" if len(study.arms) > 1 or study.sweep.values else "there is nothing to compare"


def _too_many_effects(result: StudyResult) -> str:
    from matchsim.charts.study_effect import MOST_ROWS

    return _too_many("arms but the baseline", len(result.loaded.arms) - 1, MOST_ROWS) or _none_came(result)


def _too_many_lines(result: StudyResult) -> str:
    from matchsim.charts.study_sweep import ARMS

    return _too_many("arms", len(result.loaded.arms), len(ARMS))


def _too_many_types(result: StudyResult) -> str:
    from matchsim.charts.helped_and_hurt import MOST_ROWS

    return _too_many("comparisons", len(result.loaded.compared()), MOST_ROWS) or _nobody_came(result)


def _too_many_tenths(result: StudyResult) -> str:
    from matchsim.charts.helped_and_hurt import MOST_ROWS, OUTERMOST

    most = MOST_ROWS // len(OUTERMOST)
    return _too_many("comparisons", len(result.loaded.compared()), most) or _nobody_came(result)


def _too_many(what: str, number: int, most: int) -> str:
    return f"there are {number:,} {what}, and no more than {most} fit" if number > most else ""


def _none_came(result: StudyResult) -> str:
    return "" if len(result.compare().effects) else "every arm that could be compared failed"


def _nobody_came(result: StudyResult) -> str:
    return "" if len(result.compare().changes()) else "every arm that could be compared failed"


@study_chart(_several_arms, _too_many_effects)
def effect(result: StudyResult) -> Iterator[Picture]:
    """Differences from the baseline with their intervals, by applicant type, a picture a metric."""
    effects = result.compare().effects
    of_all = effects[(effects["group"] == "all") & (effects["year"] == 1)]
    for metric in _recorded(result):
        rows = of_all[of_all["metric"] == metric].to_dict("records")
        if not rows:  # those arms failed
            continue
        found = some([f"{result.told(row)} {difference(row)}" for row in rows])
        told = f"{METRICS[metric].told}: differences from {result.baseline_told()}. Everybody: {found}"
        yield Picture(f"effect-{metric}", told, partial(result.plot.effect, metric), metric)


@study_chart(_sweep, _too_many_lines)
def sweep(result: StudyResult) -> Iterator[Picture]:
    """The mean of a metric over what is swept, one line an arm, a picture a metric and value swept."""
    data = result.to_pandas(groups=["all"])
    data = data[data["year"] == 1]
    taken: set[str] = set()
    for metric in _recorded(result):
        for axis in result.loaded.axes:
            means = data[data["metric"] == metric].groupby(["arm", axis], sort=False)["value"].mean()
            told = f"{METRICS[metric].told}, by {axis}. {_course(means, METRICS[metric].unit)}"
            name = _file_name(f"sweep-{metric}-by-{axis}", taken)
            yield Picture(name, told, partial(result.plot.sweep, axis, metric), metric)


@study_chart(_people, _too_many_types)
def helped_and_hurt_by_type(result: StudyResult) -> Iterator[Picture]:
    """Shares of people helped and hurt, followed one by one, by applicant type."""
    told = f"People helped and hurt against {result.baseline_told()}, by applicant type"
    yield Picture("helped_and_hurt_by_type", told, result.plot.helped_and_hurt)


@study_chart(_people, _too_many_tenths)
def helped_and_hurt_by_ability(result: StudyResult) -> Iterator[Picture]:
    """Shares of people helped and hurt, followed one by one, by tenth of the ability."""
    told = f"People helped and hurt against {result.baseline_told()}, by tenth of the ability"
    draw = partial(result.plot.helped_and_hurt, "ability_decile")
    yield Picture("helped_and_hurt_by_ability", told, draw)


def _file_name(words: str, taken: set[str]) -> str:
    """A name for files made of `words` that is not taken, also where small letters and large are the same."""
    plain = re.sub(r"[^\w.-]", "-", words, flags=re.ASCII)[:LONGEST_NAME]
    numbered = (f"{plain}-{number}" for number in count(2))
    name = next(name for name in chain([plain], numbered) if name.lower() not in taken)
    taken.add(name.lower())
    return name


def _course(means: pd.Series, unit: str) -> str:
    """Where the means of each arm are lowest and highest."""
    found = []
    for arm, of_arm in means.groupby(level=0, sort=False):
        of_axis = of_arm.droplevel(0)
        ends = int(of_axis.argmin()), int(of_axis.argmax())
        low, high = (level(of_axis.iloc[at], unit) for at in ends)
        if low == high:
            found.append(f"{arm}: {low} throughout")
            continue
        lowest, highest = (shown(of_axis.index[at]) for at in ends)
        found.append(f"{arm}: lowest {low} at {lowest}, highest {high} at {highest}")
    return f"Means of everybody, {some(found)}" if found else ""


def _recorded(result: StudyResult) -> list[str]:
    """The metrics that have values: of some nobody may be there of whom they speak."""
    found = set(result.to_pandas().dropna(subset=["value"])["metric"])
    return [name for name in result.loaded.metrics if name in found]


STUDY_CHARTS: Mapping[str, StudyChart] = MappingProxyType(_registered)


@dataclass(frozen=True)
class StudyPlots:
    """The charts of a study, each ``(..., ax=None) -> Axes``."""

    result: StudyResult

    def effect(
        self, metric: str = "match_rate", *, baseline: str | None = None, ax: Axes | None = None
    ) -> Axes:
        """Differences from the baseline by applicant type, with their intervals.

        Parameters
        ----------
        metric
            Name of one that the study recorded.
        baseline
            Name of an arm; left out, the study's own.
        ax
            Axes to draw on; left out, those of a new figure.

        Raises
        ------
        InputError
            When the study did not record the metric, or has nothing to compare.
        """
        from matchsim.charts.study_effect import study_effect

        found = self.result.compare(baseline, [metric]).effects
        return study_effect(self.result.with_words(found), METRICS[metric].told, ax, caption=self._caption())

    def sweep(
        self, x: str, metric: str = "match_rate", *, group: str = "all", ax: Axes | None = None
    ) -> Axes:
        """The mean of a metric over a value swept, one line an arm.

        Parameters
        ----------
        x
            What was swept, by its dotted path.
        metric
            Name of one that the study recorded.
        group
            ``all`` or an applicant type.
        ax
            Axes to draw on; left out, those of a new figure.

        Raises
        ------
        InputError
            When `x` was not swept or the metric not recorded.
        """
        from matchsim.charts.study_sweep import study_sweep

        if not self.result.loaded.axes:
            raise InputError("the study sweeps over nothing; write what to sweep under sweep.values")
        check_choice("x", x, self.result.loaded.axes)
        data = self.result.to_pandas([metric], [group])
        return study_sweep(data, x, METRICS[metric].told, METRICS[metric].unit, ax, caption=self._caption())

    def helped_and_hurt(
        self, by: str = "applicant_type", *, baseline: str | None = None, ax: Axes | None = None
    ) -> Axes:
        """Shares of people helped and hurt against the baseline, followed one by one.

        Parameters
        ----------
        by
            ``applicant_type`` or ``ability_decile``.
        baseline, ax
            As for :meth:`effect`.

        Raises
        ------
        InputError
            When the study did not keep people, or has nothing to compare.
        """
        from matchsim.charts.helped_and_hurt import helped_and_hurt

        found = self.result.compare(baseline).helped_and_hurt(by)
        return helped_and_hurt(self.result.with_words(found), ax, caption=self._caption())

    def _caption(self) -> str:
        from matchsim.charts.style import source_line

        loaded = self.result.loaded
        return source_line(loaded.study.name, loaded.seed, of="study")
