"""The guide to own files: its example runs, and its tables name the columns that there are."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from matchsim.season import load_scenario, run_season
from matchsim.season.given import applicant_table, program_table

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "use-your-own-files.md"


def test_the_example_of_the_guide_runs(tmp_path):
    blocks = re.findall(
        r"^`(\S+)`\n\n```\w+\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    assert [name for name, _ in blocks] == ["programs.csv", "people.csv", "clinic.yaml"]
    for name, text in blocks:
        (tmp_path / name).write_text(text, encoding="utf-8")
    season = run_season(load_scenario(tmp_path / "clinic.yaml"))
    assert season.cohort.names == ("Ana", "Bo", "Cy")
    # Everybody wants more programs than there are, and so applies to all of their specialties.
    assert np.diff(season.applications.applicant_offsets).tolist() == [3, 2, 2]
    assert season.match.stable


def test_the_guide_names_every_column_and_no_other():
    columns = re.findall(r"^\| `(\w+)` \|", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    assert columns == [
        *("program", "quota", *program_table.OPTIONAL),
        *("applicant", *applicant_table.OPTIONAL),
        *("applicant", "program", "signal"),
    ]
