"""Seasons whose rank order lists are given: written in the scenario, or in a market folder."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, settings
from hypothesis import given as hypothesis_given
from linked_folders import linked_markets
from strategies import market_of, markets, named_markets

from matchsim.engine import Market, reference, roth_peranson
from matchsim.engine.folder import read_market, write_market
from matchsim.errors import InputError
from matchsim.season import load_scenario, run_season
from matchsim.season.match import _seed as match_seed
from matchsim.season.scenario.model import RankLists, Scenario
from matchsim.season.scenario.resolving import resolved
from matchsim.season.season import Season
from matchsim.season.tables import RankLists as Table
from matchsim.season.words import APPLICANT_TYPES
from matchsim.streams import Streams

WRITTEN = """\
name: written
rank_lists:
  applicant_lists:
    Ana: [City, Mercy]
    Bo: [City]
    Cy: []
  program_lists:
    City: [Bo, Ana]
    Mercy: [Ana, Bo]
  quotas: {City: 1, Mercy: 2}
"""


def written(market: Market) -> Scenario:
    """The scenario that has the lists of a market written out."""
    people, places = list(market.applicant_labels), list(market.program_labels)
    of_people, of_places = reference.lists_of(market)
    lists = RankLists(
        applicant_lists={people[a]: [places[p] for p in ranked] for a, ranked in enumerate(of_people)},
        program_lists={places[p]: [people[a] for a in ranked] for p, ranked in enumerate(of_places)},
        quotas=dict(zip(places, market.quota.tolist(), strict=True)),
    )
    return resolved(Scenario(name="written", rank_lists=lists)).scenario


def in_folder(market: Market, folder: Path) -> Scenario:
    write_market(market, folder)
    return resolved(Scenario(name="folder", rank_lists=RankLists(folder=str(folder)))).scenario


def names_listed(season: Season) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Both sides' lists by name."""
    people, places = season.cohort.all_names(), season.tracks.all_names()
    table: Table = season.rank_lists
    mine, theirs = (
        (table.applicant_offsets, table.applicant_programs),
        (
            table.program_offsets,
            table.program_applicants,
        ),
    )
    return (
        {name: [places[p] for p in _cut(*mine, a)] for a, name in enumerate(people)},
        {name: [people[a] for a in _cut(*theirs, p)] for p, name in enumerate(places)},
    )


def _cut(offsets, values, row):
    return values[offsets[row] : offsets[row + 1]]


def matched(season: Season) -> dict[str, str]:
    frame = season.placements
    return dict(frame.loc[frame["matched_any"], ["applicant", "program"]].itertuples(index=False))


def run(text: str, folder: Path) -> Season:
    (folder / "lists.yaml").write_text(text, encoding="utf-8")
    return run_season(load_scenario(folder / "lists.yaml"))


def complaints(text: str, folder: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        run(text, folder)
    return str(caught.value).replace(f"{folder}/", "").splitlines()


def table(file: Path, *rows: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")


@hypothesis_given(named_markets())
@settings(max_examples=40)
def test_written_lists_are_the_lists_of_the_season(market):
    scenario = written(market)
    season = run_season(scenario)
    lists = scenario.rank_lists
    assert names_listed(season) == (lists.applicant_lists, lists.program_lists)
    assert dict(zip(season.tracks.all_names(), season.tracks.quota.tolist(), strict=True)) == lists.quotas
    assert season.rank_lists.certified.tolist() == [bool(ranked) for ranked in lists.applicant_lists.values()]
    assert len(season.applications) == len(season.interviews) == 0
    assert len(season.rank_lists.supplemental_programs) == 0


@hypothesis_given(named_markets())
@settings(max_examples=40)
def test_written_lists_end_as_the_reference_solver_says(market):
    season = run_season(written(market))
    expected, _ = reference.applicants_propose(market)
    assert season.match.program_of.tolist() == expected
    assert season.match.stable


@hypothesis_given(markets())
@settings(max_examples=15)
def test_a_folder_gives_what_the_same_lists_written_out_give(market):
    by_hand = run_season(written(market))
    with tempfile.TemporaryDirectory() as folder:
        season = run_season(in_folder(market, Path(folder)))
    for name in ("tracks", "cohort", "rank_lists", "ended"):
        assert getattr(by_hand, name).differences(getattr(season, name)) == []
    assert by_hand.cohort.all_names() == season.cohort.all_names()


@hypothesis_given(markets(max_applicants=6, max_programs=4))
@example(market_of(([[0, 1], [1], [1, 0]], [[1, 0, 2], [0, 1]], [1, 1])))
@settings(max_examples=15)
def test_files_of_people_and_programs_in_any_order_change_nothing_but_the_order(market):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scenario = in_folder(market, folder / "market")
        quotas = list(zip(market.program_labels, market.quota.tolist(), strict=True))
        people = [(label,) for label in market.applicant_labels]
        for file, header, rows, extra in (
            ("programs.csv", ("program", "quota"), quotas, ("Elsewhere", 3)),
            ("people.csv", ("applicant",), people, ("Somebody",)),
        ):
            with (folder / file).open("w", encoding="utf-8", newline="") as out:
                csv.writer(out).writerows([header, extra, *reversed(rows)])
        own = scenario.model_copy(
            update={
                "programs": scenario.programs.model_copy(update={"file": str(folder / "programs.csv")}),
                "cohort": scenario.cohort.model_copy(update={"file": str(folder / "people.csv")}),
            }
        )
        plain, season = run_season(scenario), run_season(own)
    mine, theirs = names_listed(season)
    assert mine.pop("Somebody") == theirs.pop("Elsewhere") == []
    assert (mine, theirs) == names_listed(plain)
    assert matched(season) == matched(plain)


def test_the_folders_own_tables_say_who_people_and_programs_are(tmp_path):
    table(tmp_path / "m" / "programs.csv", "program,quota,specialty,track", "City,1,Bones,A", "Kin,2,Hearts,")
    table(tmp_path / "m" / "applicants.csv", "applicant,applicant_type,preferred", "Bo,US IMG,Bones", "Di,,")
    table(tmp_path / "m" / "applicant_rankings.csv", "applicant,pref_1,pref_2", "Ana,Kin,City", "Bo,Kin,")
    table(tmp_path / "m" / "program_rankings.csv", "program,rank,applicant", "City,1,Ana", "Kin,1,Bo")
    season = run("name: own\nrank_lists: {folder: m}\n", tmp_path)
    assert season.cohort.names == ("Bo", "Di", "Ana")
    kinds = [APPLICANT_TYPES[code] for code in season.cohort.applicant_type]
    assert kinds == ["us_img", "other", "other"]
    # Ana says nothing of what she prefers: it is the specialty of the program that she ranks first.
    assert [season.tracks.specialties[code] if code >= 0 else None for code in season.cohort.preferred] == [
        "Bones",
        None,
        "Hearts",
    ]
    assert season.rank_lists.certified.tolist() == [True, False, True]
    assert matched(season) == {"Ana": "City", "Bo": "Kin"}
    assert season.matched.tolist() == [True, False, False]


@hypothesis_given(linked_markets())
@settings(max_examples=60)
def test_a_linked_market_ends_as_the_engine_says(market):
    with tempfile.TemporaryDirectory() as folder:
        season = run_season(in_folder(market, Path(folder)), seed=3)
        read = read_market(folder)
    expected = roth_peranson(read, seed=match_seed(Streams(3)))
    result = season.match
    assert result.program_of.tolist() == expected.program_of.tolist()
    assert result.second_of.tolist() == expected.second_of.tolist()
    assert result.final_quota.tolist() == expected.final_quota.tolist()
    assert result.blocking == expected.blocking
    assert result.stable_under == expected.stable_under
    lists, couples = season.rank_lists, market.couples
    members = () if couples is None else (*couples.first.tolist(), *couples.second.tolist())
    coupled = {market.applicant_labels[a] for a in members}
    assert {season.cohort.names[a] for a in np.flatnonzero(lists.partners() >= 0)} == coupled
    assert len(season.coupled) == len(lists.couple_first)
    certified = {season.cohort.names[a] for a in np.flatnonzero(lists.certified)}
    assert certified == {name for name in read.applicant_labels if ranks_somebody(read, name)}
    assert season.placements.partner.notna().sum() == len(coupled)


def ranks_somebody(market: Market, name: str) -> bool:
    """Whether a list of their own, or of their couple, is not empty."""
    a, couples = market.applicant_labels.index_of(name), market.couples
    pairs = 0
    if couples is not None:
        at = np.flatnonzero((couples.first == a) | (couples.second == a))
        pairs = int(np.diff(couples.offsets)[at].sum())
    return len(market.applicant_list(name)) + pairs > 0


def linked_folder(folder: Path) -> None:
    """Two couples' members, one advanced program with a joint first year, a reversion."""
    table(
        folder / "programs.csv",
        "program,quota,track,joint_with,institution",
        "City,1,C,,Saints",
        "Kin,1,A,,Saints",
        "First,1,P,Kin,Saints",
        "Mercy,1,P,,",
    )
    table(folder / "applicants.csv", "applicant,applicant_type", "Ana,US MD senior", "Bo,US DO senior", "Cy,")
    table(folder / "applicant_rankings.csv", "applicant,rank,program", "Cy,1,Mercy", "Cy,2,City")
    table(
        folder / "program_rankings.csv",
        "program,rank,applicant",
        *("City,1,Ana", "City,2,Cy", "Kin,1,Bo", "First,1,Bo", "Mercy,1,Ana"),
    )
    table(
        folder / "couples.csv",
        "couple,rank,applicant_1,program_1,applicant_2,program_2",
        "1,1,Ana,Mercy,Bo,Kin",
        "1,2,Ana,,Bo,Kin",
    )
    table(folder / "supplemental_rankings.csv", "applicant,advanced_program,rank,program", "Bo,Kin,1,First")
    table(folder / "reversions.csv", "donor,receiver,positions,order", "First,City,1,1")


def test_a_folder_with_couples_supplemental_lists_reversions_and_joint_programs(tmp_path):
    linked_folder(tmp_path / "m")
    season = run("name: own\nrank_lists: {folder: m}\n", tmp_path)
    ended = season.placements.set_index("applicant")
    # Preliminary Mercy stands before City on Cy's own list, and does not rank Cy.
    assert matched(season) == {"Ana": "Mercy", "Bo": "Kin", "Cy": "City"}
    assert ended.partner.dropna().to_dict() == {"Ana": "Bo", "Bo": "Ana"}
    assert ended.supplemental_program.dropna().to_dict() == {"Bo": "First"}
    assert ended["rank"].to_dict() == {"Ana": 1, "Bo": 1, "Cy": 2}
    assert season.match.stable
    (row,) = season.couples().to_dict("records")
    assert (row["first_type"], row["second_type"]) == ("us_md_senior", "us_do_senior")
    assert (row["couples"], row["both"], row["mean_pairs"], row["mean_rank"]) == (1, 1, 2.0, 1.0)
    assert season.programs.set_index("program").institution.dropna().tolist() == ["Saints"] * 3
    assert season.programs.joint_with.dropna().tolist() == ["Kin"]


def test_positions_of_a_folder_revert(tmp_path):
    linked_folder(tmp_path / "m")
    # Nobody wants First any more, and Dee wants the second position of City.
    (tmp_path / "m" / "supplemental_rankings.csv").unlink()
    table(
        tmp_path / "m" / "applicant_rankings.csv",
        "applicant,rank,program",
        *("Cy,1,Mercy", "Cy,2,City", "Dee,1,City"),
    )
    with (tmp_path / "m" / "program_rankings.csv").open("a") as file:
        file.write("City,3,Dee\n")
    season = run("name: own\nrank_lists: {folder: m}\n", tmp_path)
    assert season.match.final_quota.tolist() == [2, 1, 0, 1]
    assert matched(season) == {"Ana": "Mercy", "Bo": "Kin", "Cy": "City", "Dee": "City"}
    assert season.partially_matched.sum() == 1
    assert season.facts()["reverted"] == 1


def test_programs_whose_track_is_not_said_are_what_their_lists_say(tmp_path):
    linked_folder(tmp_path / "m")
    table(tmp_path / "m" / "programs.csv", "program,quota", "City,1", "Kin,1", "First,1", "Mercy,1")
    season = run("name: own\nrank_lists: {folder: m}\n", tmp_path)
    assert season.programs.track.tolist() == ["C", "A", "P", "C"]


def test_programs_cannot_propose_for_a_linked_folder(tmp_path):
    linked_folder(tmp_path / "m")
    (told,) = complaints("name: own\nrank_lists: {folder: m}\nmatch: {proposing: programs}\n", tmp_path)
    assert "programs can propose only where nothing links positions" in told
    assert "1 couple, 1 supplemental list, 1 reversion" in told


def test_members_of_couples_must_be_in_the_file_and_not_withdrawn(tmp_path):
    linked_folder(tmp_path / "m")
    table(tmp_path / "people.csv", "applicant,withdrawn", "Bo,yes", "Cy,no", "Anna,no")
    (tmp_path / "m" / "applicants.csv").unlink()
    text = "name: own\nrank_lists: {folder: m}\ncohort: {file: people.csv}\n"
    assert complaints(text, tmp_path) == [
        "m/couples.csv:2:3: applicant 'Ana' is not in people.csv (did you mean 'Anna'?)"
    ]
    table(tmp_path / "people.csv", "applicant,withdrawn", "Bo,yes", "Cy,no", "Ana,no")
    assert complaints(text, tmp_path) == [
        (
            "m/couples.csv:2:5: 'Bo' has a rank order list, but is marked as withdrawn in people.csv"
            " (remove the list or the mark)"
        )
    ]


def test_an_instance_in_text_is_refused(tmp_path):
    table(tmp_path / "instance.txt", "r 1 1", "p 1 1 1")
    assert complaints("name: own\nrank_lists: {folder: instance.txt}\n", tmp_path) == [
        (
            "instance.txt: is an instance in text, but a season takes a folder or a workbook"
            " (matchsim convert makes a folder of it)"
        )
    ]


def test_preliminary_programs_on_given_lists_are_primary_ranks(tmp_path):
    table(tmp_path / "programs.csv", "program,quota,track", "City,1,P", "Mercy,2,A")
    season = run(WRITTEN + "programs: {file: programs.csv}\n", tmp_path)
    assert matched(season) == {"Ana": "Mercy", "Bo": "City"}
    assert season.match.second_of.tolist() == [-1, -1, -1]
    assert season.match.stable


def test_everything_wrong_with_written_lists_is_told_with_its_key(tmp_path):
    text = WRITTEN.replace("[City, Mercy]", "[City, Mercie]").replace("[Ana, Bo]", "[Ana, Ana, Zed]")
    assert complaints(text.replace("City: 1, ", ""), tmp_path) == [
        "rank_lists.quotas: no quota for 'City' (every program needs its number of positions, which may be 0)"
    ]
    assert complaints(text, tmp_path) == [
        "rank_lists.applicant_lists['Ana'], rank 2: unknown program 'Mercie' (did you mean 'Mercy'?)",
        (
            "rank_lists.program_lists['Mercy'], rank 3: unknown applicant 'Zed'"
            " (applicants who rank nobody must be listed too)"
        ),
        (
            "rank_lists.program_lists['Mercy'], rank 2: 'Mercy' ranks 'Ana' twice"
            " (first: rank_lists.program_lists['Mercy'], rank 1)"
        ),
    ]


def test_programs_of_written_lists_must_be_in_the_file_with_the_same_quota(tmp_path):
    table(tmp_path / "programs.csv", "program,quota")
    assert len(complaints(WRITTEN + "programs: {file: programs.csv}\n", tmp_path)) == 2
    table(tmp_path / "programs.csv", "program,quota", "Citty,1", "Mercy,3")
    assert complaints(WRITTEN + "programs: {file: programs.csv}\n", tmp_path) == [
        "rank_lists.program_lists.City: program 'City' is not in programs.csv (did you mean 'Citty'?)",
        (
            "rank_lists.quotas.Mercy: the quota of 'Mercy' is 2 here, but 3 in programs.csv"
            " (give the same number in both)"
        ),
    ]


def test_people_of_written_lists_must_be_in_the_file_and_not_withdrawn(tmp_path):
    table(tmp_path / "people.csv", "applicant,withdrawn", "Anna,no", "Cy,no", "Bob,no")
    text = WRITTEN + "cohort: {file: people.csv}\n"
    assert complaints(text, tmp_path) == [
        "rank_lists.applicant_lists.Ana: applicant 'Ana' is not in people.csv (did you mean 'Anna'?)",
        "rank_lists.applicant_lists.Bo: applicant 'Bo' is not in people.csv (did you mean 'Bob'?)",
    ]
    table(tmp_path / "people.csv", "applicant,withdrawn", "Ana,yes", "Cy,yes", "Bo,no")
    assert complaints(text, tmp_path) == [
        (
            "rank_lists.applicant_lists.Ana: 'Ana' has a rank order list, but is marked as withdrawn in"
            " people.csv (remove the list or the mark)"
        )
    ]


@pytest.mark.parametrize("workbook", [False, True])
def test_names_of_a_folder_that_are_not_in_the_files_are_told_with_their_cells(tmp_path, workbook):
    rows = {
        "programs": ["program,quota", "City,1", "Mercy,2"],
        "applicant_rankings": ["applicant,rank,program", "Bo,1,City", "Ana,1,City", "Ana,2,Mercy"],
        "program_rankings": ["program,rank,applicant", "City,1,Ana"],
    }
    for name, lines in rows.items():
        table(tmp_path / "m" / f"{name}.csv", *lines)
    if workbook:
        import pandas as pd

        with pd.ExcelWriter(tmp_path / "m.xlsx") as book:
            for name in rows:
                pd.read_csv(tmp_path / "m" / f"{name}.csv").to_excel(book, sheet_name=name, index=False)
    folder = "m.xlsx" if workbook else "m"
    table(tmp_path / "own.csv", "program,quota,applicant", "City,2,Bo", "Merci,2,Cy")
    text = f"name: own\nrank_lists: {{folder: {folder}}}\n"

    def file(name: str) -> str:
        return f"m.xlsx[{name}]" if workbook else f"m/{name}.csv"

    assert complaints(text + "programs: {file: own.csv}\n", tmp_path) == [
        (
            f"{file('programs')}:2:2: the quota of 'City' is 1 here, but 2 in own.csv"
            " (give the same number in both)"
        ),
        f"{file('programs')}:3:1: program 'Mercy' is not in own.csv (did you mean 'Merci'?)",
    ]
    assert complaints(text + "cohort: {file: own.csv}\n", tmp_path) == [
        (
            f"{file('applicant_rankings')}:3:1: applicant 'Ana' is not in own.csv"
            " (every applicant of the lists must be there)"
        )
    ]


@pytest.mark.parametrize("part", ["applications", "interviews"])
def test_a_file_that_would_not_be_read_is_refused(tmp_path, part):
    table(tmp_path / "own.csv", "applicant,program", "Ana,City")
    (told,) = complaints(WRITTEN + f"{part}: {{file: own.csv}}\n", tmp_path)
    assert f"{part}.file: would not be read, for rank_lists gives the lists themselves" in told


@pytest.mark.parametrize(
    "lists",
    [
        "applicant_lists: {}, program_lists: {}, quotas: {}",
        "applicant_lists: {Ana: []}, program_lists: {}, quotas: {}",
        "applicant_lists: {}, program_lists: {City: []}, quotas: {City: 3}",
        "applicant_lists: {Ana: [City]}, program_lists: {City: []}, quotas: {City: 0}",
    ],
)
def test_lists_of_nobody_run_to_the_end(tmp_path, lists):
    season = run(f"name: empty\nrank_lists: {{{lists}}}\n", tmp_path)
    assert season.match.stable
    assert matched(season) == {}
    assert np.diff(season.rank_lists.applicant_offsets).sum() == lists.count("[City]")
    assert len(season.table("list_lengths")) == 2 * (1 + len(APPLICANT_TYPES)) + 2
