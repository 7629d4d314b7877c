"""Where values come from, as data."""

from __future__ import annotations

from pathlib import Path

from matchsim.season.scenario import load_scenario, read_scenario
from matchsim.season.scenario.origins import Origin, leaves, origins


def test_every_value_has_an_origin_once() -> None:
    loaded = read_scenario("us-2025")
    found = origins(loaded)
    for path, _ in leaves(loaded.scenario.model_dump(exclude_none=True)):
        above = [path[:length] for length in range(1, len(path) + 1) if path[:length] in found]
        assert len(above) == 1, path


def test_places_are_left_out(tmp_path: Path) -> None:
    text = "extends: small\nname: mine\nsoap: {rounds: 2}\n"
    found = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.yaml").write_text("# a comment\n" * len(found) + text)
        found.append(origins(read_scenario(tmp_path / folder / "mine.yaml")))
    assert found[0] == found[1]
    assert found[0]["soap", "rounds"] == Origin("written")
    assert found[0]["soap", "applications"].kind == "default"


def test_a_resolved_scenario_is_all_written(tmp_path: Path) -> None:
    from matchsim.season.scenario import dump

    (tmp_path / "resolved.yaml").write_text(dump(load_scenario("small")), encoding="utf-8")
    assert {told.kind for told in origins(read_scenario(tmp_path / "resolved.yaml")).values()} == {"written"}
