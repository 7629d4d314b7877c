"""The page of a study."""

from __future__ import annotations

from matchsim.charts import style
from matchsim.report.listings import origins_listing
from matchsim.report.page import rendered
from matchsim.report.study_charts import subjects
from matchsim.report.study_explorer import explored
from matchsim.report.study_findings import study_figures, study_findings
from matchsim.report.study_folder import StudyFolder
from matchsim.report.study_listings import changes_listing, study_listings

__all__ = ["page_of_study"]


def page_of_study(study: StudyFolder) -> str:
    """The report of a study as HTML, everything from files escaped."""
    result = study.result
    loaded = result.loaded
    return rendered(
        "study",
        ("tables", "explorer", "study_explorer"),
        study=loaded.study,
        seed=loaded.seed,
        digest=study.digest,
        baseline=result.baseline_told(),
        compared=len(loaded.compared()),
        figures=study_figures(study),
        findings=study_findings(study),
        failed=study.failed,
        explored=explored(study),
        subjects=subjects(study),
        left_out=study.left_out,
        listings=study_listings(study),
        changes=changes_listing(study),
        origins=origins_listing(study.origins),
        fitted=study.fitted,
        scenarios=[
            (result.told({"arm": cell.arm, **cell.point}), f"scenarios/{cell.number:05d}.yaml", text)
            for cell, text in study.scenarios
        ],
        cells=len(loaded.cells),
        caption=style.source_line(loaded.study.name, loaded.seed, of="study"),
    )
