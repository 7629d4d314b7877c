"""``matchsim why``: of results and runs, as text, JSON and graph, and what cannot be explained."""

from __future__ import annotations

import json
import shutil
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from matchsim.cli import cli
from matchsim.engine import Market, roth_peranson
from matchsim.engine.folder import write_market
from matchsim.errors import InputError
from matchsim.study.run_folder import record_again

MARKET = Market.from_lists(
    {"Di": ["City"], "Cy": ["Mercy"]},
    {"City": ["Ana", "Di"], "Mercy": ["Cy", "Bo"], "North": ["Ana"]},
    quotas=1,
    couples={("Ana", "Bo"): [("City", "Mercy"), ("North", None)]},
)
ORDER = "couples_first"


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(cli, list(map(str, arguments)))


def why(*arguments: object) -> Result:
    done = invoke("why", *arguments)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        assert isinstance(done.exception, InputError), done.exc_info
    return done


@pytest.fixture
def solved(tmp_path):
    """A market and its result, solved with an option that is not the default."""
    write_market(MARKET, tmp_path / "market")
    done = invoke("solve", tmp_path / "market", "--out", tmp_path / "out", "--order", ORDER, "--quiet")
    assert done.exit_code == 0
    return tmp_path / "out"


def problem(done: Result) -> str:
    assert isinstance(done.exception, InputError)
    assert done.exception.exit_code == 2
    return str(done.exception)


def test_tells_what_the_library_tells(solved):
    expected = roth_peranson(MARKET, order=ORDER).explain("Ana")
    assert "Bo was bumped" in str(expected)
    done = why(solved, "Ana")
    assert (done.exit_code, done.stdout) == (0, f"{expected}\n")
    assert json.loads(why(solved, "Ana", "--json").stdout) == expected.to_dict()


def test_anonymous(solved):
    told = why(solved, "Ana", "--anonymous").stdout
    assert "another applicant" in told
    assert "Bo" in told
    assert "Cy" not in told


def test_an_earlier_result_without_options_was_made_by_deferred_acceptance(tmp_path):
    market = Market.from_lists({"Ana": ["City"], "Bo": ["City"]}, {"City": ["Bo", "Ana"]}, 1)
    write_market(market, tmp_path / "market")
    for side, said in (("applicants", "bumped by Bo"), ("programs", "programs proposed")):
        invoke("solve", tmp_path / "market", "--out", tmp_path / side, "--proposing", side, "--quiet")
        manifest = json.loads((tmp_path / side / "manifest.json").read_text())
        for option in ("seed", "order"):
            del manifest[option]
        (tmp_path / side / "manifest.json").write_text(json.dumps(manifest))
        assert said in why(tmp_path / side, "Ana").stdout


# --- graphs ---


def test_the_graph_as_json(solved, tmp_path):
    assert why(solved, "Ana", "--graph", tmp_path / "chain.json").exit_code == 0
    chain = json.loads((tmp_path / "chain.json").read_text(encoding="utf-8"))
    assert chain == json.loads(why(solved, "Ana", "--json").stdout)["chain"]
    assert [node["applicants"] for node in chain["nodes"]] == [["Cy"], ["Ana", "Bo"], ["Di"]]


def test_the_graph_as_pictures(solved, tmp_path):
    for name in ("chain.png", "chain.svg"):
        assert why(solved, "Ana", "--anonymous", "--graph", tmp_path / name).exit_code == 0
    assert (tmp_path / "chain.png").read_bytes().startswith(b"\x89PNG")
    text = " ".join(ET.parse(tmp_path / "chain.svg").getroot().itertext())
    assert "Ana and Bo" in text
    assert "applicant A" in text
    assert "Cy" not in text


def test_a_file_is_replaced_by_a_graph_only_with_force(solved, tmp_path):
    path = tmp_path / "chain.svg"
    path.write_text("mine")
    assert "is there already (give another name" in problem(why(solved, "Ana", "--graph", path))
    assert path.read_text() == "mine"
    assert why(solved, "Ana", "--graph", path, "--force").exit_code == 0
    assert path.read_text() != "mine"


def test_graphs_that_cannot_be_written(solved, tmp_path):
    assert "must end in .png, .svg, .json" in problem(why(solved, "Ana", "--graph", tmp_path / "chain.pdf"))
    assert "folder is not there" in problem(why(solved, "Ana", "--graph", tmp_path / "no" / "chain.png"))
    (tmp_path / "chain.svg").mkdir()
    assert "is a folder" in problem(why(solved, "Ana", "--graph", tmp_path / "chain.svg"))


def test_a_chain_that_is_empty_is_not_drawn(tmp_path):
    write_market(Market.from_lists({"Ana": []}, {"City": ["Ana"]}, 1), tmp_path / "market")
    invoke("solve", tmp_path / "market", "--out", tmp_path / "out", "--quiet")
    assert "empty" in problem(why(tmp_path / "out", "Ana", "--graph", tmp_path / "chain.png"))
    assert not (tmp_path / "chain.png").exists()


# --- what cannot be explained ---


def test_an_unknown_applicant(solved):
    assert problem(why(solved, "Anna")) == "there is no applicant called 'Anna' (did you mean 'Ana'?)"


def test_a_folder_that_is_no_result(solved, tmp_path):
    assert "no result of matchsim solve or matchsim run" in problem(why(tmp_path / "market", "Ana"))
    assert "is not there" in problem(why(tmp_path / "nowhere", "Ana"))


def test_a_market_that_moved(solved, tmp_path):
    (tmp_path / "market").rename(tmp_path / "elsewhere")
    assert "say with --market where it is" in problem(why(solved, "Ana"))
    assert why(solved, "Ana", "--market", tmp_path / "elsewhere").exit_code == 0


def test_a_market_that_changed(solved, tmp_path):
    path = tmp_path / "market" / "programs.csv"
    path.write_text(path.read_text().replace("City,1", "City,2"))
    (tmp_path / "market" / "reversions.csv").write_text("donor,receiver,positions\nCity,Mercy,1\n")
    told = problem(why(solved, "Ana"))
    assert "programs.csv has changed, reversions.csv is new" in told
    shutil.copytree(tmp_path / "market", tmp_path / "copy")
    assert "is not the market" in problem(why(solved, "Ana", "--market", tmp_path / "copy"))


@pytest.mark.parametrize("change", [("North", "City"), ("Ana,", "Nobody,")])
def test_matches_that_are_not_those_of_the_manifest(solved, change):
    path = solved / "matches.csv"
    path.write_text(path.read_text().replace(*change))
    assert "is not the match that the options of its manifest lead to" in problem(why(solved, "Ana"))


def test_a_result_has_no_replicates(solved):
    assert "--replicate" in problem(why(solved, "Ana", "--replicate", 1))


# --- runs ---


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "small"
    assert invoke("run", "small", "--replicates", 2, "--keep", "all", "--out", out, "--quiet").exit_code == 0
    return out


def test_the_seasons_of_a_run(run):
    import pandas as pd

    placed = pd.read_parquet(run / "tables" / "placements.parquet")
    for replicate in (0, 1):
        rows = placed[(placed["replicate"] == replicate) & placed["program"].notna()]
        for row in rows.iloc[[0, -1]].itertuples():
            told = json.loads(why(run, row.applicant, "--replicate", replicate, "--json").stdout)
            assert (told["program"], told["rank"]) == (row.program, row.rank)
            assert told["unrecorded"] == ""
            assert told["stable"]


def test_what_a_run_does_not_have(run):
    assert "must be 0 to 1" in problem(why(run, "A000001", "--replicate", 2))
    assert "makes its own markets" in problem(why(run, "A000001", "--market", run))
    assert "did you mean" in problem(why(run, "A00001"))


def test_a_run_that_is_another_season_here(run, tmp_path):
    shutil.copytree(run, tmp_path / "other")
    path = tmp_path / "other" / "resolved.yaml"
    text = path.read_text(encoding="utf-8")
    assert "seed: 7" in text
    path.write_text(text.replace("seed: 7", "seed: 8"), encoding="utf-8")
    assert "resolved.yaml: was changed" in problem(why(tmp_path / "other", "A000001"))
    record_again(tmp_path / "other", path)
    assert "is not the season" in problem(why(tmp_path / "other", "A000001"))
