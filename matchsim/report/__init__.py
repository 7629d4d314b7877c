"""The reports of runs and studies: a page that needs nothing but itself, made from the files of a folder."""

from __future__ import annotations

from matchsim.report.folder import RunFolder, read_run, read_tables
from matchsim.report.page import REPORT
from matchsim.report.run_page import page_of
from matchsim.report.study_folder import StudyFolder, read_study_folder
from matchsim.report.study_page import page_of_study
from matchsim.report.writing import holds_a_study, write_report

__all__ = [
    "REPORT",
    "RunFolder",
    "StudyFolder",
    "holds_a_study",
    "page_of",
    "page_of_study",
    "read_run",
    "read_study_folder",
    "read_tables",
    "write_report",
]
