"""What a run's folder holds, and when it may be replaced."""

from __future__ import annotations

import hashlib
import json
import re

import pandas as pd
import pyarrow.parquet as pq
import pytest

import matchsim as ms
from matchsim.errors import InputError
from matchsim.season.scenario import digest, load_scenario
from matchsim.season.summary import TABLES
from matchsim.study.agents import AGENT_TABLES, agent_tables, write_agents
from matchsim.study.run_folder import (
    MADE_BY,
    check_replaceable,
    default_folder,
    manifest,
    summary,
    write_manifest,
    write_results,
)


@pytest.fixture(scope="module")
def scenario():
    return load_scenario("small")


@pytest.fixture(scope="module")
def season(scenario):
    return ms.run_season(scenario)


@pytest.fixture(scope="module")
def two(scenario):
    return ms.run_replicates(scenario, replicates=2)


def made(folder, two):
    folder.mkdir()
    write_results(two, folder)
    write_manifest(manifest(two, folder, jobs=1, timings={"simulate": 1.0}, started="now"), folder)


def test_agent_tables_have_the_columns_of_the_codebook(season) -> None:
    tables = agent_tables(season)
    assert set(tables) == set(AGENT_TABLES)
    for name, table in tables.items():
        assert table.column_names == list(AGENT_TABLES[name])
        assert all(AGENT_TABLES[name].values())


def test_agent_tables_tell_the_season(season) -> None:
    tables = {name: table.to_pandas() for name, table in agent_tables(season).items()}
    assert len(tables["applicants"]) == len(season.cohort)
    assert tables["programs"]["filled"].sum() == season.facts()["filled"]
    assert tables["placements"]["matched"].sum() == season.matched.sum()
    lists = tables["rank_lists"]
    assert (lists["list"] == "primary").sum() == len(season.rank_lists.applicant_programs)
    assert (lists["list"] == "supplemental").sum() == len(season.rank_lists.supplemental_programs)
    held = tables["placements"].dropna(subset="program")
    coupled = 2 * len(season.rank_lists.first_programs)
    assert (lists["list"] == "couple").sum() == coupled > 0
    joined = held.merge(lists[lists["list"] != "supplemental"], on=["applicant", "program", "rank"])
    assert len(joined) == len(held)
    assert (joined["program_rank"] > 0).all()


def test_supplemental_positions_stand_on_the_list_of_the_advanced_program(season) -> None:
    tables = {name: table.to_pandas() for name, table in agent_tables(season).items()}
    linked = tables["rank_lists"][tables["rank_lists"]["list"] == "supplemental"]
    held = tables["placements"].dropna(subset="supplemental_program")
    joined = held.merge(
        linked,
        left_on=["applicant", "program", "supplemental_program"],
        right_on=["applicant", "advanced_program", "program"],
    )
    assert len(joined) == len(held) > 0
    assert tables["rank_lists"]["advanced_program"].notna().sum() == len(linked)


def test_both_halves_of_a_couple_s_list_are_of_one_length_and_never_both_no_match(season) -> None:
    lists = agent_tables(season)["rank_lists"].to_pandas()
    partner = season.placements.set_index("applicant").partner.dropna()
    halves = lists[lists["list"] == "couple"].set_index(["applicant", "rank"])["program"]
    for a, b in partner.items():
        assert len(halves[a]) == len(halves[b])
        assert not (halves[a].isna() & halves[b].isna()).any()


def test_places_on_program_lists_by_hand(season) -> None:
    lists = season.rank_lists
    frame = agent_tables(season)["rank_lists"].to_pandas().sample(200, random_state=1)
    people = {name: i for i, name in enumerate(season.cohort.all_names())}
    tracks = {name: i for i, name in enumerate(season.tracks.all_names())}
    assert frame["program"].isna().any()
    for row in frame.itertuples():
        if not isinstance(row.program, str):
            assert row.program_rank == 0
            continue
        p = tracks[row.program]
        ranked = lists.program_applicants[lists.program_offsets[p] : lists.program_offsets[p + 1]].tolist()
        place = ranked.index(people[row.applicant]) + 1 if people[row.applicant] in ranked else 0
        assert row.program_rank == place


def test_one_season_is_one_file_and_several_are_parts(season, tmp_path) -> None:
    write_agents(season, tmp_path / "alone", alone=True)
    write_agents(season, tmp_path / "parts", alone=False)
    for name in AGENT_TABLES:
        assert (tmp_path / "alone" / f"{name}.parquet").is_file()
        assert (tmp_path / "parts" / f"{name}.parquet" / "replicate-000000.parquet").is_file()
        alone = pd.read_parquet(tmp_path / "alone" / f"{name}.parquet")
        pd.testing.assert_frame_equal(alone, pd.read_parquet(tmp_path / "parts" / f"{name}.parquet"))
    assert pq.read_schema(tmp_path / "alone" / "applicants.parquet").metadata is None


def test_the_codebook_names_every_column(two, tmp_path) -> None:
    made(tmp_path / "run", two)
    book = (tmp_path / "run" / "tables" / "README.md").read_text(encoding="utf-8")
    for name, table in TABLES.items():
        section = book.split(f"## `{name}.csv`")[1].split("\n## ")[0]
        assert re.findall(r"^\| `(\w+)` \|", section, flags=re.M) == list(table.columns)
        header = (tmp_path / "run" / "tables" / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0]
        assert header.split(",") == list(table.columns)
    for name, columns in AGENT_TABLES.items():
        section = book.split(f"## `{name}.parquet`")[1].split("\n## ")[0]
        assert re.findall(r"^\| `(\w+)` \|", section, flags=re.M) == list(columns)


def test_the_summary_is_the_mean_of_the_replicates(two) -> None:
    told = summary(two)
    assert told["stable"] is True
    assert told["unstable"] == []
    blocking = [fact["blocking"] for fact in two.facts]
    assert told["blocking"] == {name: sum(one[name] for one in blocking) for name in blocking[0]}
    assert told["stable_under"] == [name for name, count in told["blocking"].items() if not count]
    assert told["replicates"] == 2
    assert told["means"]["couples"] == 8
    assert told["rates"]["all"]["partially_matched"] == told["means"]["partially_matched"]
    assert told["means"]["positions"] == 240
    rates = two.match_rates()
    mean = rates[rates["group"] == "us_img"]["match_rate"].mean()
    assert told["rates"]["us_img"]["match_rate"] == pytest.approx(mean, abs=1e-6)
    assert told["rates"]["other"]["match_rate"] is None
    json.dumps(told, allow_nan=False)


def test_an_unstable_match_is_said(two) -> None:
    kept = dict(two.facts[1])
    two.facts[1] |= {
        "stable": False,
        "stable_under": ("kpr",),
        "blocking": {"responsive": 3, "kpr": 0, "mm": 1},
    }
    try:
        told = summary(two)
    finally:
        two.facts[1] = kept
    assert told["stable"] is False
    assert (told["stable_replicates"], told["unstable"]) == (1, [1])
    assert told["stable_under"] == ["kpr"]
    assert told["blocking"] == {"responsive": 3, "kpr": 0, "mm": 1}


def test_the_manifest_knows_every_file(two, tmp_path) -> None:
    folder = tmp_path / "run"
    made(folder, two)
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert told["made_by"] == MADE_BY
    assert told["scenario_digest"] == digest(two.scenario)
    others = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {"manifest.json"}
    assert set(told["files"]) == others
    for name, sha in told["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha
    assert told["versions"]["matchsim"] == ms.__version__


def test_resolved_loads_to_the_same_scenario(two, tmp_path) -> None:
    made(tmp_path / "run", two)
    assert load_scenario(tmp_path / "run" / "resolved.yaml") == two.scenario


def test_inputs_are_copied_and_referred_to(tmp_path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("applicant,preferred\nAna,Family Medicine\n", encoding="utf-8")
    written = "extends: small\nname: own\ncohort: {file: people.csv}\n"
    (tmp_path / "own.yaml").write_text(written, encoding="utf-8")
    scenario = load_scenario(tmp_path / "own.yaml")
    folder = tmp_path / "run"
    folder.mkdir()
    write_results(ms.run_replicates(scenario, replicates=1), folder)
    assert str(tmp_path) not in (folder / "resolved.yaml").read_text(encoding="utf-8")
    assert (folder / "inputs" / "1-people.csv").read_bytes() == people.read_bytes()
    assert digest(load_scenario(folder / "resolved.yaml")) == digest(scenario)


def test_where_a_run_goes(scenario) -> None:
    folder = default_folder(scenario)
    assert folder.parts[0] == "runs"
    assert folder.name == f"small-{digest(scenario)[:8]}"
    other = load_scenario("small", {"seed": 8})
    assert default_folder(other) != folder


def test_a_free_place(scenario, tmp_path) -> None:
    assert check_replaceable(tmp_path / "new", scenario) is False
    assert check_replaceable(tmp_path, scenario) is False


def test_a_run_of_the_same_scenario_may_be_replaced(two, tmp_path) -> None:
    made(tmp_path / "run", two)
    assert check_replaceable(tmp_path / "run", two.scenario) is True


def test_what_is_never_replaced(two, tmp_path) -> None:
    made(tmp_path / "run", two)
    other = load_scenario("small", {"interviews.waves": 2})
    with pytest.raises(InputError, match=r"run: holds the run of a different scenario, small \(give another"):
        check_replaceable(tmp_path / "run", other)
    (tmp_path / "run" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"holds a run and other files too, such as notes\.txt"):
        check_replaceable(tmp_path / "run", two.scenario)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="file: is a file"):
        check_replaceable(tmp_path / "file", two.scenario)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "manifest.json").write_text('{"made_by": "me"}', encoding="utf-8")
    with pytest.raises(InputError, match="exists and was not made by matchsim run"):
        check_replaceable(tmp_path / "mine", two.scenario)
