"""What the explorer of a study looks up: the numbers of the results, where its script asks for them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matchsim.report import StudyFolder, page_of_study, read_study_folder, study_explorer
from matchsim.report.study_explorer import explored
from matchsim.study.words import difference, level


@pytest.fixture(scope="module")
def read(swept) -> StudyFolder:
    return read_study_folder(swept)


def test_every_number_of_a_grid_stands_where_its_stops_say(read) -> None:
    found = explored(read)
    assert [metric["name"] for metric in found["metrics"]] == ["match rate", "interviews", "stable"]
    assert found["arms"] == ["as it is", "no signals"]
    assert found["sliders"] == [
        {"name": "interviews.per_position", "stops": ["4", "8", "12"]},
        {"name": "couples.number", "stops": ["4", "12"]},
    ]
    data = read.result.to_pandas(["match_rate"], ["non_us_img"])
    effects = read.effects[(read.effects["metric"] == "match_rate") & (read.effects["group"] == "non_us_img")]
    cells = found["cells"][f"0,{found['groups'].index('Non-US IMGs')}"]
    assert len(cells) == 12
    for a, arm in enumerate(found["arms"]):
        for i, slots in enumerate((4, 8, 12)):
            for j, couples in enumerate((4, 12)):
                mean, told, moved = cells[6 * a + 2 * i + j]
                here = (data["interviews.per_position"] == slots) & (data["couples.number"] == couples)
                expected = data.loc[here & (data["arm"] == arm), "value"].mean()
                assert mean == pytest.approx(expected, rel=1e-5)
                assert told == level(expected, "share")
                at = (effects["interviews.per_position"] == slots) & (effects["couples.number"] == couples)
                rows = effects[at & (effects["arm"] == arm)].to_dict("records")
                assert moved == (difference(rows[0]) if rows else "")
    assert all(cell[2] == "" for cell in cells[:6])
    assert all("percentage points" in cell[2] for cell in cells[6:])


def test_a_metric_that_is_of_the_season_alone_has_no_types(read) -> None:
    assert [key for key in explored(read)["cells"] if key.startswith("2,")] == ["2,0"]


def test_points_that_are_no_grid_follow_their_first_value(cube) -> None:
    read = read_study_folder(cube)
    found = explored(read)
    (slider,) = found["sliders"]
    assert slider["name"] == "points in the order of interviews.per_position"
    points = sorted(tuple(cell.point.values()) for cell in read.result.loaded.cells)
    numbers = [[float(word.rpartition(" ")[2]) for word in stop.split(", ")] for stop in slider["stops"]]
    assert numbers == [pytest.approx(list(point), rel=1e-4) for point in points]
    data = read.result.to_pandas(["match_rate"], ["all"]).sort_values("interviews.per_position")
    assert [cell[0] for cell in found["cells"]["0,0"]] == pytest.approx(data["value"].tolist(), rel=1e-5)


def test_arms_without_a_sweep_have_no_slider(study) -> None:
    found = explored(read_study_folder(study))
    assert found["sliders"] == []
    assert all(len(cells) == 3 for cells in found["cells"].values())


def test_what_a_page_cannot_hold_is_left_out(read, monkeypatch) -> None:
    whole = explored(read)
    monkeypatch.setattr(study_explorer, "MOST_ENTRIES", 36)
    of_all = explored(read)
    assert of_all["groups"] == ["All applicants"]
    assert of_all["cells"] == {key: whole["cells"][key] for key in ("0,0", "1,0", "2,0")}
    monkeypatch.setattr(study_explorer, "MOST_ENTRIES", 35)
    assert explored(read) == {}
    assert 'id="explorer"' not in page_of_study(read)


def test_an_arm_that_failed_leaves_its_places_empty(read, monkeypatch) -> None:
    data = read.result.to_pandas()
    data.loc[data["arm"] == "no signals", "value"] = np.nan
    monkeypatch.setattr(type(read.result), "to_pandas", lambda *_: data)
    cells = explored(replace(read, effects=read.effects.iloc[:0]))["cells"]["0,0"]
    assert cells[6:] == [None] * 6
    assert None not in cells[:6]
