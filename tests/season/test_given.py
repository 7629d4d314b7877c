"""Seasons from people's own files: what is read, what it stands for, and what is refused."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from matchsim.errors import InputError
from matchsim.season import given, load_scenario, run_season
from matchsim.season.given import program_table
from matchsim.season.scenario.model import Scenario
from matchsim.season.season import Season
from matchsim.season.tables import SIGNALS, Applications, Named
from matchsim.season.words import APPLICANT_TYPES, DIVISIONS, TRACKS
from matchsim.streams import Streams

from .worlds import changed, town

OWN = Path(__file__).parents[1] / "data" / "own_files"
STREAMS = Streams(1)
PARTS = ("programs", "cohort", "applications", "interviews")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A copy of the example files, to be changed at will."""
    return Path(shutil.copytree(OWN, tmp_path / "own"))


def scenario_of(folder: Path, *parts: str, text: str = "") -> Scenario:
    """The scenario that takes these parts from the example files in `folder`."""
    names = {"cohort": "applicants"}
    lines = [f"{part}: {{file: {names.get(part, part)}.csv}}\n" for part in parts]
    (folder / "own.yaml").write_text("name: own\n" + "".join(lines) + text, encoding="utf-8")
    return load_scenario(folder / "own.yaml")


def complaints(folder: Path, *parts: str, text: str = "") -> list[str]:
    """What running such a scenario complains of, the folder left out of the names of files."""
    with pytest.raises(InputError) as caught:
        run_season(scenario_of(folder, *parts, text=text))
    return str(caught.value).replace(f"{folder}/", "").splitlines()


def rewrite(file: Path, *changes: tuple[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


# What the columns mean


def test_programs_have_what_their_columns_say_and_neutral_values_elsewhere(own):
    table = given.programs(scenario_of(own, "programs", "cohort"), STREAMS)
    assert table.names == ("City", "Mercy", "007", "Prelim")
    assert table.specialties == ("Internal Medicine", "Dermatology", "Transitional")
    assert table.specialty.tolist() == [0, 0, 1, 2]
    assert [TRACKS[code] for code in table.track] == ["C", "C", "A", "P"]
    assert table.quota.tolist() == [2, 1, 3, 0]
    assert table.prestige.tolist() == [1.5, 0.0, -1.0, 0.0]
    assert table.openness.tolist() == [-0.25, 0.0, 0.5, 0.0]
    assert table.division.tolist() == [DIVISIONS.index("new_england"), -1, DIVISIONS.index("pacific"), -1]
    assert table.sponsors_j1.tolist() == [True, False, True, True]
    assert table.competitiveness.tolist() == [np.float32(0.9), 0.5, 1.0, 0.0]


def test_a_name_and_a_quota_are_enough_for_a_program(own):
    (own / "programs.csv").write_text("quota,program\n2,City\n")
    table = given.programs(scenario_of(own, "programs", "cohort"), STREAMS)
    said = [table.specialties, table.track[0], table.prestige[0], table.openness[0], table.division[0]]
    assert said == [("Unspecified",), TRACKS.index("C"), 0.0, 0.0, -1]
    assert (table.sponsors_h1b[0], table.competitiveness[0]) == (True, 0.5)


def test_people_have_what_their_columns_say_and_neutral_values_elsewhere(own):
    scenario = scenario_of(own, "programs", "cohort")
    table = given.cohort(scenario, STREAMS, given.programs(scenario, STREAMS))
    assert table.names == ("Ana", "Bo", "Cy")
    kinds = [APPLICANT_TYPES[code] for code in table.applicant_type]
    assert kinds == ["us_md_senior", "non_us_img", "other"]
    assert table.ability.tolist() == [1.25, -0.5, 0.0]
    assert table.step2_ck.tolist() == [255, 231, round(scenario.cohort.step2_ck.mean)]
    assert table.preferred.tolist() == [1, 0, -1]
    # Bo's backup is the preferred specialty itself.
    assert table.backup.tolist() == [0, -1, -1]
    assert table.division.tolist() == [DIVISIONS.index("pacific"), -1, -1]
    assert table.needs_visa.tolist() == [False, True, False]
    assert table.prior_training.tolist() == [False, True, False]
    road = given.pathway(scenario, STREAMS, table)
    assert road.withdrawn.tolist() == [False, False, True]
    assert road.applies.all()
    assert road.certificate.all()


def test_who_names_no_specialty_prefers_the_only_one(own):
    (own / "programs.csv").write_text("program,quota,specialty\nCity,2,Bones\nMercy,1,bones\n")
    (own / "applicants.csv").write_text("applicant\nAna\nBo\n")
    season = run_season(scenario_of(own, "programs", "cohort"))
    assert season.cohort.preferred.tolist() == [0, 0]
    assert np.diff(season.applications.applicant_offsets).tolist() == [2, 2]


def test_applications_are_those_of_the_file(own):
    season = run_season(scenario_of(own, "programs", "cohort", "applications"))
    assert pairs(season, season.applications) == {
        ("Ana", "City", "silver"),
        ("Ana", "007", "gold"),
        ("Bo", "City", "none"),
        ("Bo", "Mercy", "none"),
    }


def test_applications_do_not_depend_on_the_order_of_rows(own):
    forwards = run_season(scenario_of(own, "programs", "cohort", "applications")).applications
    head, *rows = (own / "applications.csv").read_text().splitlines()
    for order in ([3, 1, 0, 2], [2, 0, 3, 1]):
        (own / "applications.csv").write_text("\n".join([head, *(rows[i] for i in order)]) + "\n")
        shuffled = run_season(scenario_of(own, "programs", "cohort", "applications")).applications
        assert forwards.differences(shuffled) == []


def test_interviews_are_those_of_the_file_with_the_signals_of_the_applications(own):
    season = run_season(scenario_of(own, *PARTS))
    assert pairs(season, season.interviews) == {("Ana", "City", "silver"), ("Bo", "Mercy", "none")}
    assert season.interviews.invitations.tolist() == [1, 1, 0]


def test_who_was_interviewed_could_be_interviewed(own):
    # Mercy sponsors no visa and Bo needs one; and nobody reaches a lowest score of 50.
    text = "interviews: {file: interviews.csv, screening: {lowest: 50}}\n"
    season = run_season(scenario_of(own, *PARTS[:3], text=text))
    assert np.isfinite(season.interviews.score).all()
    assert season.rank_lists.certified.tolist() == [True, True, False]
    assert len(season.rank_lists.program_applicants) == 2


def test_interviews_beside_simulated_applications_are_taken_as_they_are(own):
    # Who prefers nothing sends no simulated applications.
    (own / "applicants.csv").write_text("applicant,preferred\nDee,\n")
    (own / "interviews.csv").write_text("applicant,program\nDee,City\n")
    season = run_season(scenario_of(own, "programs", "cohort", "interviews"))
    assert len(season.applications) == 0
    assert season.rank_lists.certified.tolist() == [True]
    assert season.match.program_of.tolist() == [0]


def pairs(season: Season, table: Applications) -> set[tuple[str, str, str]]:
    people, places = season.cohort.names, season.tracks.names
    columns = (table.applicants(), table.program, table.signal)
    return {(people[a], places[p], SIGNALS[s]) for a, p, s in zip(*columns, strict=True)}


# The same season, drawn and read back


@pytest.fixture(scope="module")
def drawn() -> Season:
    return run_season(town(), seed=5)


@pytest.fixture(scope="module")
def kept(drawn: Season, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of a simulated season as files of a person."""
    folder = tmp_path_factory.mktemp("kept")
    tables(drawn.tracks).to_csv(folder / "programs.csv", index=False)
    names = np.array([*drawn.cohort.all_names(), None], dtype=object)
    partner = np.full(len(drawn.cohort), -1)
    # It is enough that one of the two names the other.
    partner[drawn.coupled.second] = drawn.coupled.first
    road = {name: getattr(drawn.road, name) for name in ("withdrawn", "certificate", "applies")}
    people = tables(drawn.cohort).assign(partner=names[partner], **road)
    people.to_csv(folder / "cohort.csv", index=False)
    for name, table in (("applications", drawn.applications), ("interviews", drawn.interviews)):
        frame = pd.DataFrame(
            {
                "applicant": np.array(drawn.cohort.all_names())[table.applicants()],
                "program": np.array(drawn.tracks.all_names())[table.program],
                "signal": np.array(SIGNALS)[table.signal],
            }
        )
        frame.sample(frac=1.0, random_state=7).to_csv(folder / f"{name}.csv", index=False)
    return folder


def tables(table: Named) -> pd.DataFrame:
    frame = table.to_pandas()
    # Written as float64, a float32 keeps every digit.
    return frame.astype({name: "float64" for name in frame.columns if frame[name].dtype == np.float32})


@pytest.mark.parametrize("parts", [PARTS[:1], PARTS[:2], PARTS[:3], PARTS, PARTS[1:2], PARTS[3:]])
def test_a_season_read_back_from_files_is_the_same_season(drawn, kept, parts):
    files = {part: {"file": str(kept / f"{part}.csv")} for part in parts}
    given_people = {"couples": {"number": 0}} if "cohort" in parts else {}
    season = run_season(changed(town(), {**files, **given_people}), seed=5)
    assert drawn.coupled.differences(season.coupled) == []
    for name in ("tracks", "cohort"):
        unnamed = getattr(season, name)
        assert getattr(drawn, name).differences(unnamed) == []
        assert unnamed.all_names() == getattr(drawn, name).all_names()
    assert drawn.applications.differences(season.applications) == []
    told = drawn.interviews.differences(season.interviews)
    assert [t for t in told if not t.startswith("invitations")] == []
    assert drawn.rank_lists.differences(season.rank_lists) == []
    assert drawn.ended.differences(season.ended) == []


@pytest.mark.parametrize("suffix", [".xlsx", ".parquet"])
def test_excel_and_parquet_give_what_csv_gives(drawn, kept, suffix, tmp_path):
    for part in PARTS:
        frame = pd.read_csv(kept / f"{part}.csv")
        file = tmp_path / f"{part}{suffix}"
        if suffix == ".xlsx":
            frame.to_excel(file, index=False)
        else:
            frame.to_parquet(file, index=False)
    files = {part: {"file": str(tmp_path / f"{part}{suffix}")} for part in PARTS}
    season = run_season(changed(town(), {**files, "couples": {"number": 0}}), seed=5)
    assert drawn.tracks.differences(season.tracks) == []
    assert drawn.cohort.differences(season.cohort) == []
    assert drawn.ended.differences(season.ended) == []


def test_partners_are_those_of_the_file(own):
    (own / "applicants.csv").write_text("applicant,preferred,partner\nAna,,\nBo,,Ana\nCy,,Dee\nDee,,Cy\n")
    season = run_season(scenario_of(own, *PARTS[:2]))
    assert (season.coupled.first.tolist(), season.coupled.second.tolist()) == ([0, 2], [1, 3])


def test_partners_without_a_list_or_interview_are_on_their_own(own):
    # Cy has withdrawn; nobody interviewed Dee, and Ana was interviewed by City.
    (own / "applicants.csv").write_text(
        "applicant,preferred,withdrawn,partner\nAna,Dermatology,,Dee\nBo,Dermatology,,Cy\nCy,Dermatology,yes,\n"
        "Dee,Dermatology,,\n"
    )
    (own / "interviews.csv").write_text("applicant,program\nAna,City\nBo,Mercy\n")
    season = run_season(scenario_of(own, "programs", "cohort", "interviews"))
    assert season.rank_lists.partners().tolist() == [3, -1, -1, 0]
    pairs = zip(season.rank_lists.first_programs, season.rank_lists.second_programs, strict=True)
    # City, and the program that Dee applied to and hopes for; either alone.
    city, hoped = 0, 2
    assert next((int(p), int(q)) for p, q in pairs) == (city, hoped)
    assert season.match.program_of.tolist() == [0, 1, -1, -1]


def test_programs_have_institutions_parities_and_joint_first_years(own):
    (own / "programs.csv").write_text(
        "program,quota,track,joint_with,parity,institution\n"
        "Kin,4,,,even,Saints\nFirst,2,,Kin,,saints\nCity,3,,,Odd,\nEye,1,,,,Eyes\n"
    )
    table = given.programs(scenario_of(own, "programs", "cohort"), STREAMS)
    assert "".join(TRACKS[code] for code in table.track) == "APCC"
    assert table.joint_with.tolist() == [-1, 0, -1, -1]
    assert table.parity.tolist() == [2, 0, 1, 0]
    assert table.institution.tolist() == [0, 0, -1, 1]
    assert table.institutions == ("Saints", "Eyes")
    frame = table.to_pandas()
    assert frame.institution.fillna("").tolist() == ["Saints", "Saints", "", "Eyes"]
    assert frame.joint_with.fillna("").tolist() == ["", "Kin", "", ""]


# What is refused


def test_partners_who_cannot_be_a_couple_are_told(own):
    (own / "applicants.csv").write_text(
        "applicant,preferred,partner\nAna,,Bo\nBo,,Cy\nCy,,\nDee,,Dee\nEd,,Boo\n"
    )
    assert complaints(own, "programs", "cohort") == [
        (
            "applicants.csv:3:3: 'Bo' and 'Cy' cannot be a couple, for one of them is in another"
            " (nobody can be in two couples)"
        ),
        "applicants.csv:5:3: 'Dee' cannot be their own partner",
        "applicants.csv:6:3: partner must be somebody of this table, got 'Boo' (did you mean 'Bo'?)",
    ]


def test_couples_of_people_who_are_given_cannot_be_drawn(own):
    with pytest.raises(InputError) as caught:
        scenario_of(own, "programs", "cohort", text="couples: {number: 1}\n")
    (problem,) = caught.value.problems
    assert problem.path == "couples.number"
    assert problem.message == "would not be read, for the people are given; got 1"


def test_joint_programs_must_be_a_preliminary_one_and_an_advanced_one_of_the_table(own):
    (own / "programs.csv").write_text(
        "program,quota,track,joint_with\nKin,4,C,\nFirst,2,C,Kin\nLast,2,,Ki\nOdd,1,P,Kin\n"
    )
    assert complaints(own, "programs", "cohort") == [
        (
            "programs.csv:3:4: 'First' is of track C, not P"
            " (a preliminary program (P) may be joint with an advanced one (A))"
        ),
        (
            "programs.csv:3:4: 'Kin' is of track C, not A"
            " (a preliminary program (P) may be joint with an advanced one (A))"
        ),
        "programs.csv:4:4: joint_with must be a program of this table, got 'Ki' (did you mean 'Kin'?)",
        (
            "programs.csv:5:4: 'Kin' is of track C, not A"
            " (a preliminary program (P) may be joint with an advanced one (A))"
        ),
    ]


def test_everything_wrong_with_programs_is_told_in_the_order_of_the_file(own):
    rewrite(
        own / "programs.csv",
        ("City,2,", "City,-2,"),
        (",c,", ",X,"),
        ("pacific", "pacifik"),
        ("Prelim,0", "City,"),
        ("1.5", "1;5"),
        (",0.9", ",1.9"),
        ("0.5,", "3e9,"),
    )
    assert complaints(own, "programs", "cohort") == [
        "programs.csv:2:2: quota must be a whole number from 0 to 1000000, got '-2'",
        "programs.csv:2:5: prestige must be a number such as 2.5, got '1;5'",
        "programs.csv:2:9: competitiveness must be from 0 to 1, got '1.9'",
        "programs.csv:3:4: track must be one of C, M, P, A, R, got 'X'",
        "programs.csv:4:6: openness must be from -1000 to 1000, got '3e9'",
        (
            "programs.csv:4:7: division must be one of new_england, middle_atlantic, east_north_central,"
            " west_north_central, south_atlantic, east_south_central, west_south_central, mountain, pacific,"
            " got 'pacifik' (did you mean 'pacific'?)"
        ),
        "programs.csv:5:1: program 'City' is listed twice (first: programs.csv:2:1)",
        "programs.csv:5:2: quota must be a whole number from 0 to 1000000, got an empty cell",
    ]


def test_everything_wrong_with_people_is_told_in_the_order_of_the_file(own):
    rewrite(
        own / "applicants.csv",
        ("US MD senior", "MD"),
        ("255", "301"),
        ("Dermatology", "Dermatolgy"),
        ("Bo,", ","),
        (",J1,yes,", ",maybe,yes,"),
        ("internal-medicine", "Surgery"),
    )
    assert complaints(own, "programs", "cohort") == [
        (
            "applicants.csv:2:2: applicant_type must be one of us_md_senior, us_md_grad, us_do_senior,"
            " us_do_grad, us_img, non_us_img, other, got 'MD'"
        ),
        "applicants.csv:2:4: step2_ck must be a whole number from 1 to 300, got '301'",
        (
            "applicants.csv:2:5: preferred must be a specialty of the programs, got 'Dermatolgy'"
            " (did you mean 'Dermatology'?)"
        ),
        (
            "applicants.csv:2:6: backup must be a specialty of the programs, got 'Surgery'"
            " (leave the cell empty, or give a program of that specialty)"
        ),
        "applicants.csv:3:1: applicant is empty",
        "applicants.csv:3:8: visa must be one of none, j1, h1b, got 'maybe'",
    ]


def test_everything_wrong_with_applications_is_told_in_the_order_of_the_file(own):
    with (own / "applications.csv").open("a") as file:
        file.write("Anna,City,,\nBo,Citi,,\nBo,City,platinum,\nAna,Citi,,\n,City,,\nBo,,,\n")
    assert complaints(own, "programs", "cohort", "applications") == [
        "applications.csv:6:1: unknown applicant 'Anna' (did you mean 'Ana'?)",
        "applications.csv:7:2: unknown program 'Citi', here and in 1 more row (did you mean 'City'?)",
        "applications.csv:8:2: 'Bo' and 'City' stand together twice (first: applications.csv:5:2)",
        "applications.csv:8:3: signal must be one of none, silver, gold, got 'platinum'",
        "applications.csv:10:1: applicant is empty",
        "applications.csv:11:2: program is empty",
    ]


def test_an_interview_without_application_is_refused_where_both_are_given(own):
    rewrite(own / "interviews.csv", ("Bo,Mercy", "Bo,Mercy\nBo,007"))
    assert complaints(own, *PARTS) == [
        (
            "interviews.csv:3:2: this interview has no application in applications.csv"
            " (add the application, or leave applications.file out)"
        )
    ]


def test_a_missing_column_is_told_with_those_that_there_are(own):
    (own / "programs.csv").write_text("programme,seats\nCity,2\n")
    told = "; there are 'programme', 'seats'"
    assert complaints(own, "programs", "cohort") == [
        f"programs.csv:1: column 'program' is missing{told} (did you mean 'programme'?)",
        f"programs.csv:1: column 'quota' is missing{told} (the first line must name the columns)",
    ]


def test_a_misspelt_optional_column_is_not_passed_over(own):
    rewrite(own / "programs.csv", (",specialty,", ",speciality,"))
    assert complaints(own, "programs", "cohort") == [
        "programs.csv:1:3: column 'speciality' is not read (did you mean 'specialty'? Otherwise rename it)"
    ]


def test_simulated_applications_need_to_know_what_people_want(own):
    (own / "applicants.csv").write_text("applicant\nAna\n")
    assert complaints(own, "programs", "cohort") == [
        (
            "applicants.csv:1: column 'preferred' is missing: applications are simulated, and people apply in"
            " their preferred specialty, of which there are 3 (add the column, or give applications.file)"
        )
    ]
    (own / "applications.csv").write_text("applicant,program\nAna,City\n")
    assert len(run_season(scenario_of(own, "programs", "cohort", "applications")).applications) == 1


def test_simulated_people_prefer_what_the_programs_are_in(own):
    people = "cohort:\n  active: {other: 5}\n  backups: {}\n  preferences: {other: {Dermatolgy: 1.0}}\n"
    assert complaints(own, "programs", text=people) == [
        (
            "cohort.preferences.other.Dermatolgy: no program of programs.csv is in 'Dermatolgy'"
            " (did you mean 'Dermatology'?)"
        )
    ]
    season = run_season(scenario_of(own, "programs", text=people.replace("tolgy", "tology")))
    assert int(season.rank_lists.certified.sum()) == 5


@pytest.mark.parametrize("part", ["active", "preferences", "backups"])
def test_nothing_published_is_known_of_programs_from_a_file(own, part):
    written = {"active": "{other: 5}", "preferences": "{other: {Dermatology: 1.0}}", "backups": "{}"}
    lines = "".join(f"  {key}: {value}\n" for key, value in written.items() if key != part)
    (told,) = complaints(own, "programs", text="cohort:\n" + lines)
    assert f"cohort.{part}: must be written out by type" in told


def test_a_wrong_column_is_not_told_row_by_row(own):
    rows = "".join(f"City,Somebody {i}\n" for i in range(2000))
    (own / "applications.csv").write_text("program,applicant\n" + rows)
    told = complaints(own, "programs", "cohort", "applications")
    assert len(told) == 51
    assert told[-1] == "and 1,950 more problems like these"


# Files that nobody filled in


@pytest.mark.parametrize(
    ("programs", "people"),
    [
        ("program,quota\n", "applicant\n"),
        ("program,quota\n", "applicant\nAna\nBo\n"),
        ("program,quota,specialty\nCity,0,Bones\nMercy,2,Hearts\n", "applicant\n"),
    ],
)
@pytest.mark.parametrize("parts", [PARTS[:2], PARTS])
def test_a_season_without_people_or_programs_runs_to_its_end(own, programs, people, parts):
    (own / "programs.csv").write_text(programs)
    (own / "applicants.csv").write_text(people)
    for part in PARTS[2:]:
        (own / f"{part}.csv").write_text("applicant,program\n")
    season = run_season(scenario_of(own, *parts))
    assert season.match.stable
    assert len(season.match_rates()) == 1 + len(APPLICANT_TYPES) + len(season.cohort.specialties)
    for name in ("contiguous_ranks", "specialties", "soap_rounds", "rank_obtained", "list_lengths"):
        assert list(season.table(name).columns)
    assert len(season.placements) == len(season.applicants) == len(season.cohort)


# Reading once, and lightly


def test_a_file_is_read_once_until_it_changes(own, monkeypatch):
    read = []
    sheet_of = program_table.read_sheet
    monkeypatch.setattr(program_table, "read_sheet", lambda file: read.append(file) or sheet_of(file))
    scenario = scenario_of(own, "programs", "cohort")
    before = given.programs(scenario, STREAMS)
    assert given.programs(scenario, Streams(2, 3)) is before
    assert len(read) == 1
    rewrite(own / "programs.csv", ("City,2,", "City,12,"))
    assert given.programs(scenario, STREAMS).quota[0] == 12
    assert len(read) == 2


def test_reading_own_files_loads_neither_pandas_nor_matplotlib(own):
    scenario_of(own, *PARTS)
    code = (
        "import sys\n"
        "from matchsim.season import given, load_scenario\n"
        "from matchsim.streams import Streams\n"
        f"scenario, streams = load_scenario({str(own / 'own.yaml')!r}), Streams(1)\n"
        "programs = given.programs(scenario, streams)\n"
        "people = given.cohort(scenario, streams, programs)\n"
        "road = given.pathway(scenario, streams, people)\n"
        "applied = given.applications(scenario, streams, people, road, programs)\n"
        "assert len(given.interviews(scenario, streams, people, road, programs, applied)) == 2\n"
        "print([name for name in ('pandas', 'matplotlib', 'pyarrow') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
