"""What a study left, read back from its folder: its results compared, its pictures and its scenarios."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from matchsim import documents
from matchsim.charts.files import save_figure
from matchsim.fidelity.fitted import carried
from matchsim.folders import read_as_written
from matchsim.season.scenario.origins import leaves
from matchsim.study.charts import Picture, pictures
from matchsim.study.comparison import GROUPINGS
from matchsim.study.loading import Cell
from matchsim.study.result import StudyResult, open_study
from matchsim.study.study_folder import MADE_BY, scenario_file

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Change", "StudyFolder", "read_study_folder"]

# Of the SVG on the page, in characters; of what is beyond the names are given.
PICTURES_AT_MOST = 1_200_000
# Of the resolved scenarios on the page; where they are more, only that of the baseline is shown.
SCENARIOS_AT_MOST = 150_000


class Change(NamedTuple):
    """One value that a cell has otherwise than the baseline: None where there is none."""

    cell: Cell
    parameter: str
    before: Any
    after: Any


@dataclass(frozen=True)
class StudyFolder:
    """What the report of a study is made from.

    Attributes
    ----------
    result : StudyResult
    digest : str
        Of the study, as its manifest records it.
    effects : DataFrame
        Every difference from the baseline; see :data:`~matchsim.study.comparing.EFFECTS`.
    means : DataFrame
        The mean over replicates of every metric of everybody, one row a cell.
    changed : dict of DataFrame
        Shares helped and hurt by applicant type and by ability decile; empty where the study kept no people.
    pictures : list of (Picture, str)
        Pictures with the text of their SVG.
    left_out : list of str
        Names of the pictures that would make the page too large.
    scenarios : list of (Cell, str)
        Resolved scenarios, the baseline's first.
    changes : list of Change
        What the others have otherwise.
    origins : DataFrame
        Where the values of the baseline's scenario come from.
    failed : list of (arm, told)
        Parts that could not be simulated.
    fitted : (int, int)
        How many of the fitted values the baseline has, and how many there are.
    """

    result: StudyResult
    digest: str
    effects: pd.DataFrame
    means: pd.DataFrame
    changed: dict[str, pd.DataFrame]
    pictures: list[tuple[Picture, str]]
    left_out: list[str]
    scenarios: list[tuple[Cell, str]]
    changes: list[Change]
    origins: pd.DataFrame
    failed: list[tuple[str, str]]
    fitted: tuple[int, int]


def read_study_folder(folder: Path) -> StudyFolder:
    """Read what a study left; a picture that is not there is drawn.

    Raises
    ------
    InputError
        When the folder holds no study, one that is not finished, or files that cannot be read.
    """
    import pandas as pd

    result = open_study(folder)
    with read_as_written(folder, MADE_BY):
        comparison = result.compare()
        people = result.loaded.study.people and result.loaded.compared()
        shown, left_out = _pictures(result)
        baseline = next(cell for cell in result.loaded.cells if cell.arm == result.loaded.baseline)
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return StudyFolder(
            result=result,
            digest=str(manifest["study_digest"]),
            effects=result.with_words(comparison.effects),
            means=_means(result),
            changed={by: result.with_words(comparison.helped_and_hurt(by)) for by in GROUPINGS if people},
            pictures=shown,
            left_out=left_out,
            scenarios=_scenarios(result, baseline),
            changes=_changes(result, baseline),
            origins=pd.read_csv(folder / "origins.csv", dtype="str", keep_default_na=False),
            failed=[(one["arm"], one["told"]) for one in manifest.get("failed", [])],
            fitted=carried(documents.read_document(scenario_file(folder, baseline.number))),
        )


def _means(result: StudyResult) -> pd.DataFrame:
    data = result.to_pandas(groups=["all"])
    keys = ["arm", *result.loaded.axes]
    of_first_year = data[data["year"] == 1]
    means = of_first_year.groupby([*keys, "metric"])["value"].mean().unstack("metric")
    means["replicates"] = of_first_year.groupby(keys)["replicate"].nunique()
    in_order = of_first_year[keys].drop_duplicates().merge(means.reset_index(), on=keys, how="left")
    return result.with_words(in_order)


def _pictures(result: StudyResult) -> tuple[list[tuple[Picture, str]], list[str]]:
    found, left_out, size = [], [], 0
    for picture in pictures(result):
        path = result.folder / "charts" / f"{picture.name}.svg"
        if size > PICTURES_AT_MOST:
            left_out.append(picture.name)
            continue
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            save_figure(picture.draw(), path, description=picture.told)
        text = path.read_text(encoding="utf-8")
        size += len(text)
        found.append((picture, text))
    return found, left_out


def _scenarios(result: StudyResult, baseline: Cell) -> list[tuple[Cell, str]]:
    """The resolved scenarios, the baseline's first; that alone where all of them are too much."""
    others = [cell for cell in result.loaded.cells if cell is not baseline]
    found = []
    for cell in (baseline, *others):
        text = scenario_file(result.folder, cell.number).read_text(encoding="utf-8")
        found.append((cell, text))
        if len(found[0][1]) * len(result.loaded.cells) > SCENARIOS_AT_MOST:
            break
    return found


def _changes(result: StudyResult, baseline: Cell) -> list[Change]:
    before = dict(leaves(baseline.scenario.model_dump(exclude_none=True)))
    found = []
    for cell in result.loaded.cells:
        after = dict(leaves(cell.scenario.model_dump(exclude_none=True)))
        for path in (*before, *(path for path in after if path not in before)):
            if before.get(path) != after.get(path):
                found.append(Change(cell, documents.dotted(path), before.get(path), after.get(path)))
    return found
