"""The charts on the page of a study, subject by subject, each subject with its result in one line."""

from __future__ import annotations

from itertools import groupby
from typing import Any, NamedTuple

from matchsim.report.page import chart_of
from matchsim.report.study_findings import first_upper, metric_line, people_line
from matchsim.report.study_folder import StudyFolder
from matchsim.study.words import named

__all__ = ["Subject", "subjects"]

# Charts that are seen before anything is opened: a page is to be scanned, not scrolled through.
OPEN = 4


class Subject(NamedTuple):
    """Charts that are about one thing.

    Attributes
    ----------
    name : str
        What they are about.
    result : str
        What came of it, in one line.
    charts : list of dict
        As the template wants them; see :func:`~matchsim.report.page.chart_of`.
    open : bool
        Whether they are seen at first.
    """

    name: str
    result: str
    charts: list[dict[str, Any]]
    open: bool


def subjects(study: StudyFolder) -> list[Subject]:
    """The charts of a study: metric by metric, then those of people followed one by one."""
    # Names of pictures hold names of values: whatever stands in those, an anchor is plain.
    charts = [
        (picture.metric, chart_of(svg, f"picture-{number}", picture.told, picture.data))
        for number, (picture, svg) in enumerate(study.pictures, start=1)
    ]
    found: list[Subject] = []
    for metric, group in groupby(charts, key=lambda one: one[0]):
        name = first_upper(named(metric)) if metric else "People helped and hurt"
        result = metric_line(study, metric) if metric else people_line(study)
        before = sum(len(subject.charts) for subject in found)
        found.append(Subject(name, result, [chart for _, chart in group], before < OPEN))
    return found
