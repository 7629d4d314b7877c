"""Loading scenarios: names and paths, layers, files, the canonical form and its digest."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchsim import documents
from matchsim.errors import ScenarioError
from matchsim.season.scenario import (
    Scenario,
    digest,
    dump,
    load_scenario,
    loading,
    named_files,
    read_scenario,
    shipped_scenarios,
)
from matchsim.season.words import APPLICANT_TYPES, DIVISIONS

QUICK = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, text: str) -> str:
    file = Path(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return name


def refusal(source: str, *assignments: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(source, assignments)
    return str(caught.value)


# --- names and paths -----------------------------------------------------------------------------------


def test_the_shipped_scenarios_are_found_and_valid() -> None:
    assert {"us-2025", "small", "single-specialty", "teaching-8x4"} <= set(shipped_scenarios())
    for name in shipped_scenarios():
        assert load_scenario(name).name == name


def test_shipped_scenarios_tell_editors_of_their_schema() -> None:
    for entry in shipped_scenarios().values():
        first = entry.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith("# yaml-language-server: $schema=")


def test_shipped_scenarios_are_read_from_the_package_where_it_has_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("data/scenarios/mine.yaml", "name: mine\nprograms: {specialties: [Neurology]}\n")
    monkeypatch.setattr(loading, "files", lambda package: folder / package.partition(".")[2])
    assert list(shipped_scenarios()) == ["mine"]
    assert load_scenario("mine").name == "mine"
    assert read_scenario("mine").document.place_of(("name",)).file == "mine"


def test_a_path_is_a_file_and_a_name_a_shipped_scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    write("shelf/mine.yaml", "name: shipped\nprograms: {specialties: [Neurology]}\n")
    monkeypatch.setattr(loading, "shipped_scenarios", lambda: {"mine": Path("shelf/mine.yaml").absolute()})
    write("mine.yaml", "name: own\nprograms: {specialties: [Neurology]}\n")
    assert load_scenario("mine").name == "shipped"
    assert load_scenario("mine.yaml").name == load_scenario(Path("mine.yaml")).name == "own"
    assert refusal("mne") == "no scenario is called 'mne' (did you mean 'mine'? shipped scenarios: mine)"
    told = "there is no file 'mne.yaml' (did you mean 'mine.yaml'? shipped scenarios: mine)"
    assert refusal("mne.yaml") == told
    told = "there is no file 'elsewhere/mine.yaml' (did you mean 'mine'? shipped scenarios: mine)"
    assert refusal("elsewhere/mine.yaml") == told


# --- layers --------------------------------------------------------------------------------------------


def test_layers_merge_from_the_defaults_to_the_options() -> None:
    write("bases/base.yaml", "name: base\nseed: 7\ncohort:\n  needs_visa: {us_img: 0.1, non_us_img: 0.7}\n")
    top = "extends: bases/base.yaml\nname: top\ncohort:\n  needs_visa: {non_us_img: 0.9}\n"
    loaded = read_scenario(write("top.yaml", top), ["cohort.needs_visa.other=0.4", "soap.rounds=2"])
    visa = loaded.scenario.cohort.needs_visa
    assert (visa.us_img, visa.non_us_img, visa.other, visa.us_md_senior) == (0.1, 0.9, 0.4, 0.0)
    assert (loaded.scenario.name, loaded.scenario.seed, loaded.scenario.soap.rounds) == ("top", 7, 2)

    def place(*path: str) -> str:
        return str(loaded.document.place_of(path))

    assert place("seed") == f"{Path('bases/base.yaml')}:2:7"
    assert place("cohort", "needs_visa", "non_us_img") == "top.yaml:4:28"
    assert place("cohort", "needs_visa", "other") == "--set cohort.needs_visa.other=0.4"


def test_the_last_option_wins_and_lists_replace() -> None:
    file = write("x.yaml", "programs:\n  specialties: [Neurology, Dermatology]\n")
    loaded = read_scenario(file, ["seed=1", "programs.specialties=[Psychiatry]", "seed=2"])
    assert loaded.scenario.seed == 2
    assert list(loaded.scenario.programs.specialties) == ["Psychiatry"]


def test_overrides_from_python() -> None:
    file = write("x.yaml", "cohort:\n  needs_visa: {us_img: 0.1}\n")
    changed = load_scenario(
        file, overrides={"interviews.per_position": 10, "cohort": {"needs_visa": {"other": 0.2}}}
    )
    assert changed.interviews.per_position == 10.0
    assert (changed.cohort.needs_visa.us_img, changed.cohort.needs_visa.other) == (0.1, 0.2)
    with pytest.raises(ScenarioError, match=r"override intervews\.waves: intervews: unknown key \(did you"):
        load_scenario(file, overrides={"intervews.waves": 3})
    with pytest.raises(ScenarioError, match="override seed: seed: must be a whole number, got None"):
        load_scenario(file, overrides={"seed": None})


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (
            "interviews.wave=3",
            (
                "--set interviews.wave=3: interviews.wave: unknown key (did you mean 'waves'? allowed: file, "
                "per_position, per_position_spread, minimum, waves, common_release, release_waves, "
                "late_answers, late_returns, waiting_list, capacity, cap, screening)"
            ),
        ),
        ("interviews.waves=-3", "--set interviews.waves=-3: interviews.waves: must be >= 1, got -3"),
        ("seed.x=3", "--set seed.x=3: seed: must be a whole number, got a mapping"),
        ("seed", "--set seed: has no '=' (write --set path.to.key=value)"),
        ("seed=", "--set seed=: seed: has no value (write --set seed=value)"),
    ],
)
def test_options_are_blamed_for_their_own_mistakes(option: str, message: str) -> None:
    assert refusal(write("x.yaml", "name: x\n"), option) == message


def test_all_options_that_cannot_be_read_are_named() -> None:
    assert refusal(write("x.yaml", "name: x\n"), "a", "b").count("has no '='") == 2


def test_chains_of_extends_are_limited() -> None:
    write("s0.yaml", "name: x\n")
    for i in range(1, 12):
        write(f"s{i}.yaml", f"extends: s{i - 1}.yaml\n")
    assert load_scenario("s7.yaml").name == "x"
    assert refusal("s11.yaml") == "s4.yaml:1:10: extends: more than 8 scenarios on top of one another"


# --- files ---------------------------------------------------------------------------------------------


def test_files_are_relative_to_the_scenario_that_names_them(folder: Path) -> None:
    write("bases/people.csv", "applicant\nAna\n")
    write("programs.csv", "program,quota\nCity,1\n")
    write("bases/base.yaml", "cohort: {file: people.csv}\nprograms: {specialties: [Neurology]}\n")
    write("top.yaml", "extends: bases/base.yaml\n")
    scenario = load_scenario("top.yaml")
    assert scenario.cohort.file == str(folder / "bases" / "people.csv")
    assert named_files(scenario) == {("cohort", "file"): folder / "bases" / "people.csv"}
    given_here = load_scenario("bases/base.yaml", {"cohort.file": "bases/people.csv"})
    assert given_here.cohort.file == scenario.cohort.file
    told = f"bases{os.sep}base.yaml:1:16: cohort.file: there is no file 'people.csv'"
    Path("bases/people.csv").unlink()
    assert refusal("top.yaml").startswith(told)


def test_what_is_named_must_be_of_the_right_kind() -> None:
    Path("lists").mkdir()
    write("x.yaml", "cohort: {file: lists}\nrank_lists: {folder: nowhere}\n")
    assert refusal("x.yaml").splitlines() == [
        "x.yaml:1:16: cohort.file: must be a file, got 'lists'",
        "x.yaml:2:22: rank_lists.folder: there is no folder 'nowhere' (paths are relative to '.')",
    ]


def test_a_file_that_is_gone_when_the_digest_is_taken() -> None:
    write("lists/programs.csv", "")
    scenario = load_scenario(write("x.yaml", "rank_lists: {folder: lists}\n"))
    Path("lists").rename("moved")
    with pytest.raises(ScenarioError, match=r"rank_lists\.folder: .*lists' cannot be read: No such file"):
        digest(scenario)


# --- canonical form and digest -------------------------------------------------------------------------

shares = st.floats(0, 1)
weights = st.floats(0, 1e6)
specialties = st.sampled_from(["Neurology", "Dermatology", "Internal Medicine", "Radiology-Diagnostic"])
written = st.fixed_dictionaries(
    {},
    optional={
        "name": st.from_regex(r"\A[a-z0-9][a-z0-9._-]{0,20}\Z"),
        "title": st.text(max_size=20),
        "description": st.text(max_size=40),
        "seed": st.integers(0, 2**64 - 1),
        "replicates": st.integers(1, 1000),
        "cohort": st.fixed_dictionaries(
            {},
            optional={
                "active": st.dictionaries(st.sampled_from(APPLICANT_TYPES), st.integers(0, 50)),
                "needs_visa": st.dictionaries(st.sampled_from(APPLICANT_TYPES), shares),
                "divisions": st.dictionaries(st.sampled_from(DIVISIONS), weights),
                "step2_ck": st.fixed_dictionaries({}, optional={"mean": st.floats(200, 260)}),
            },
        ),
        "programs": st.fixed_dictionaries({"specialties": st.lists(specialties, unique=True)}),
        "applications": st.fixed_dictionaries(
            {},
            optional={
                "per_applicant": st.fixed_dictionaries(
                    {t: st.floats(0, 200) | st.integers(0, 200) for t in APPLICANT_TYPES}
                ),
                "signals": st.dictionaries(
                    st.text(min_size=1, max_size=8), st.fixed_dictionaries({"gold": st.integers(0, 9)})
                ),
            },
        ),
        "soap": st.fixed_dictionaries({"refusal": st.lists(shares, min_size=4, max_size=6)}),
    },
)
explicit = st.fixed_dictionaries(
    {
        "rank_lists": st.fixed_dictionaries(
            {
                "applicant_lists": st.dictionaries(st.text(min_size=1, max_size=5), st.just(["City"])),
                "program_lists": st.just({"City": ["Ana", "101"]}),
                "quotas": st.just({"City": 2}),
            }
        )
    }
)


def loaded_or_none(data: dict[str, Any]) -> Scenario | None:
    """The scenario that the data make; None where its parts contradict each other."""
    file = write("written.yaml", documents.written(data) if data else "name: x\n")
    try:
        return load_scenario(file)
    except ScenarioError:
        return None


@QUICK
@given(written | explicit)
def test_the_canonical_form_loads_to_the_same_scenario(data: dict[str, Any]) -> None:
    scenario = loaded_or_none(data)
    if scenario is None:
        return
    text = dump(scenario)
    again = load_scenario(write("resolved.yaml", text))
    assert again == scenario
    assert dump(again) == text
    assert digest(again) == digest(scenario)


def test_nothing_is_implied_in_the_canonical_form() -> None:
    text = dump(load_scenario(write("x.yaml", "programs: {specialties: [Neurology]}\n")))
    assert "published" not in text
    assert "null" not in text


def test_the_property_above_is_not_vacuous() -> None:
    assert loaded_or_none({"programs": {"specialties": ["Neurology"]}, "seed": 3}) is not None
    lists = {"applicant_lists": {"Ana": ["City"]}, "program_lists": {"City": ["Ana"]}, "quotas": {"City": 1}}
    assert loaded_or_none({"rank_lists": lists}) is not None


@pytest.mark.parametrize("change", ["seed=2", "replicates=3", "title=x", "soap.noise=0.71", "name=y"])
def test_the_digest_changes_with_every_value(change: str) -> None:
    file = write("x.yaml", "programs: {specialties: [Neurology]}\n")
    assert digest(read_scenario(file, [change]).scenario) != digest(load_scenario(file))


def test_the_digest_follows_the_content_of_files_and_not_their_place() -> None:
    def fingerprint(place: str, content: str) -> str:
        write(f"{place}/lists/programs.csv", content)
        write(f"{place}/x.yaml", "rank_lists: {folder: lists}\n")
        return digest(load_scenario(f"{place}/x.yaml"))

    assert fingerprint("a", "one") == fingerprint("b", "one")
    assert fingerprint("b", "two") != fingerprint("a", "one")
