"""The report of a run: one page that needs nothing but itself, made from the files of a run's folder."""

from __future__ import annotations

from matchsim.report.folder import RunFolder, read_run, read_tables
from matchsim.report.page import REPORT, page_of, write_report

__all__ = ["REPORT", "RunFolder", "page_of", "read_run", "read_tables", "write_report"]
