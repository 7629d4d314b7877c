"""Notebooks run from top to bottom without a word on stderr, and are what their sources say."""

from __future__ import annotations

import os
import re

import nbformat
import pytest
from markdown_pages import ROOT
from nbclient import NotebookClient

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CELL = re.compile(r"^# %%( \[markdown\])?\n(.*?)(?=^# %%|\Z)", re.DOTALL | re.MULTILINE)

# A chart of ours, of pandas, or one of the functions that draw what is no table of a run.
DRAWS = re.compile(r"\.plot[.(]|^(raw_and_causal_curve|lattice_of_stable_matchings|rejection_chain)\(", re.M)

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def source_cells(text: str) -> list[tuple[str, str]]:
    """Kind and text of the cells of a file in percent format."""
    cells = []
    for markdown, body in CELL.findall(text):
        kind, words = (
            ("markdown", re.sub(r"^# ?", "", body, flags=re.MULTILINE)) if markdown else ("code", body)
        )
        cells.append((kind, words.strip()))
    return cells


def test_there_are_notebooks():
    assert NOTEBOOKS


@every_notebook
def test_a_notebook_is_its_source_without_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    assert [(cell.cell_type, cell.source) for cell in notebook.cells] == source_cells(
        path.with_suffix(".py").read_text(encoding="utf-8")
    ), "run: jupytext --to ipynb notebooks/*.py"
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)


@every_notebook
def test_a_notebook_runs(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    # Pictures are shown by Jupyter's own backend, whatever is drawn with elsewhere.
    others = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    environment = {**others, "PYTHONPATH": str(ROOT)}
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute(env=environment)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []
    pictures = [output for output in outputs if "image/png" in output.get("data", {})]
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert len(pictures) == sum(bool(DRAWS.search(source)) for source in code)
    assert list(tmp_path.iterdir()) == []


def test_what_the_first_notebook_says_of_its_results_is_so():
    names: dict = {}
    source = (ROOT / "notebooks" / "01-first-season.py").read_text(encoding="utf-8")
    exec(compile(source, "01-first-season.py", "exec"), names)
    people, unmatched = names["people"], names["unmatched"]
    means = people.groupby("matched")[["applications", "interviews", "ranks"]].mean()
    assert 0.5 < means.loc[False, "applications"] / means.loc[True, "applications"] < 1
    assert means.loc[True, "interviews"] > 2 * means.loc[False, "interviews"]
    assert means.loc[True, "ranks"] > means.loc[False, "ranks"]
    assert 0 < (unmatched["interviews"] == 0).sum() < len(unmatched)
    season, capped = names["season"], names["capped"]
    assert season.cohort.equals(capped.cohort)
    assert season.applications.equals(capped.applications)
    assert (season.matched & ~capped.matched).any()
    assert (capped.matched & ~season.matched).any()
