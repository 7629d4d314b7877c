"""``matchsim chart`` of a study: the same bytes, and errors that say what can be drawn."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from shutil import copytree

import pytest
from click.testing import CliRunner

from matchsim.cli import cli
from matchsim.errors import InputError

SWEEP = """\
name: swept
base: small
sweep: {values: {interviews.per_position: [4.0, 8.0]}}
replicates: 2
metrics: [match_rate, interviews]
people: false
"""
ARMS = """\
name: arms
base: small
arms:
  as it is: {}
  fewer slots: {set: {interviews.per_position: 5.0}}
replicates: 2
metrics: [match_rate]
"""


def invoked(*arguments: str | Path):
    return CliRunner().invoke(cli, [str(one) for one in arguments], catch_exceptions=False)


def ran(folder: Path, text: str) -> Path:
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    out = folder / "out"
    invoked("study", "run", folder / "study.yaml", "--jobs", "1", "--out", out)
    return out


@pytest.fixture(scope="module")
def arms(tmp_path_factory):
    return ran(tmp_path_factory.mktemp("arms"), ARMS)


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    return ran(tmp_path_factory.mktemp("swept"), SWEEP)


def test_charts_drawn_again_have_the_same_bytes(arms, tmp_path):
    told = invoked("chart", arms, "effect", "--out", tmp_path / "out").stdout.splitlines()
    names = ["effect-match_rate.png", "effect-match_rate.svg"]
    assert told == [str(tmp_path / "out" / name) for name in names]
    for name in names:
        assert (tmp_path / "out" / name).read_bytes() == (arms / "charts" / name).read_bytes()


def test_all_that_apply_are_drawn_into_the_study_and_recorded(swept):
    before = json.loads((swept / "manifest.json").read_text())["files"]
    assert invoked("chart", swept, "--format", "pdf", "--quiet").stdout == ""
    after = json.loads((swept / "manifest.json").read_text())["files"]
    names = [f"charts/sweep-{name}-by-interviews.per_position.pdf" for name in ("match_rate", "interviews")]
    assert set(after) - set(before) == set(names)
    assert {name: after[name] for name in before} == before
    for name in names:
        assert after[name] == hashlib.sha256((swept / name).read_bytes()).hexdigest()


def test_what_a_study_cannot_be_drawn_as_is_told_with_the_reasons(swept, tmp_path):
    with pytest.raises(InputError) as caught:
        invoked("chart", swept, "swep", "effect", "--out", tmp_path / "out")
    told = str(caught.value)
    assert "no chart of a study is called 'swep' (did you mean 'sweep'?)" in told
    assert "'effect' cannot be drawn: something is swept: its charts are those of sweep" in told
    assert "this study can be drawn as sweep; not helped_and_hurt_by_type: people is false" in told
    with pytest.raises(InputError, match=r"'rank_obtained'.*is drawn of a run, and this is a study"):
        invoked("chart", swept, "rank_obtained", "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_run_says_so_where_a_chart_of_a_study_is_asked_of_it(tmp_path):
    invoked("run", "teaching-8x4", "--out", tmp_path / "run", "-q")
    with pytest.raises(InputError, match=r"'effect'.*is drawn of a study, and this is a run"):
        invoked("chart", tmp_path / "run", "effect", "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_files_that_the_study_did_not_make_are_replaced_only_with_force(arms, tmp_path):
    own = tmp_path / "own"
    copytree(arms, own)
    picture = own / "charts" / "effect-match_rate.svg"
    picture.write_text("edited")
    with pytest.raises(InputError, match=r"effect-match_rate\.svg: is there already, and not as it was left"):
        invoked("chart", own, "effect")
    assert picture.read_text() == "edited"
    invoked("chart", own, "effect", "--force", "--quiet")
    assert picture.read_bytes() == (arms / "charts" / "effect-match_rate.svg").read_bytes()
    with pytest.raises(InputError, match="is there already"):
        invoked("chart", arms, "effect", "--out", own / "charts")


def test_a_study_that_was_changed_is_not_drawn(arms, tmp_path):
    own = tmp_path / "own"
    copytree(arms, own)
    part = next((own / "parts" / "people").rglob("*.parquet"))
    part.write_bytes(part.read_bytes() + b" ")
    with pytest.raises(InputError, match="was changed"):
        invoked("chart", own, "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


TWINS = """\
extends: small
name: twins
programs:
  specialties:
    Rural Medicine: {C: {programs: 2, positions: 4}}
    rural/medicine: {C: {programs: 2, positions: 4}}
"""
TWINS_SWEPT = """\
name: twins
base: town.yaml
sweep:
  values:
    programs.specialties."Rural Medicine".C.positions: [4, 6]
    programs.specialties."rural/medicine".C.positions: [4]
replicates: 1
metrics: [interviews]
people: false
"""


def test_sweeps_whose_names_look_alike_have_files_of_their_own(tmp_path):
    (tmp_path / "town.yaml").write_text(TWINS, encoding="utf-8")
    folder = ran(tmp_path, TWINS_SWEPT)
    pictures = sorted((folder / "charts").glob("*.svg"), key=lambda path: len(path.name))
    assert [path.name for path in pictures] == [
        "sweep-interviews-by-programs.specialties.-Rural-Medicine-.C.positions.svg",
        "sweep-interviews-by-programs.specialties.-rural-medicine-.C.positions-2.svg",
    ]
    for path, name in zip(pictures, ("Rural Medicine", "rural/medicine"), strict=True):
        assert name in path.read_text(encoding="utf-8")
