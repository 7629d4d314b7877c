"""Reports written into the folders that they are made from."""

from __future__ import annotations

from pathlib import Path

from matchsim.folders import manifest_in, read_as_written
from matchsim.report.folder import read_run
from matchsim.report.page import saved
from matchsim.report.run_page import page_of
from matchsim.report.study_folder import read_study_folder
from matchsim.report.study_page import page_of_study
from matchsim.study.run_folder import MADE_BY as RUN
from matchsim.study.study_folder import FORMAT as STUDY_FORMAT
from matchsim.study.study_folder import MADE_BY as STUDY

__all__ = ["holds_a_study", "write_report"]


def write_report(folder: Path) -> Path:
    """Write ``report.html`` into the folder of a run or a study, from the other files in it.

    Returns
    -------
    Path
        The file written; the same bytes for the same files.

    Raises
    ------
    InputError
        With every file that is missing or cannot be read; nothing is written then.
    """
    if holds_a_study(folder):
        study = read_study_folder(folder)
        with read_as_written(folder, STUDY):
            page = page_of_study(study)
    else:
        run = read_run(folder)
        with read_as_written(folder, RUN):
            page = page_of(run)
    return saved(page, folder)


def holds_a_study(folder: Path) -> bool:
    """Whether a study was simulated into `folder`."""
    return manifest_in(folder, {STUDY: STUDY_FORMAT}) is not None
