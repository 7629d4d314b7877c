"""``solve``, ``verify`` and ``convert`` on markets with all their parts, and on instances in text."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from linked_folders import linked_markets

from matchsim.cli import cli
from matchsim.engine import Market, Matching, linked_reference, roth_peranson
from matchsim.engine.folder import read_market
from matchsim.engine.results import write_matches
from matchsim.errors import InputError, MarketError, RunError
from matchsim.sheets import read_sheet

QUIET = settings(deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))

# Everything at once: a couple one of whose members takes No Match, a second position from a supplemental
# list, somebody partially matched, and a position that reverts.
LINKED = Market.from_lists(
    {"Cy": ["Rad", "City"], "Dee": ["Rad"], "Eve": ["City"], "Gil": ["City"]},
    {
        "City": ["Ana", "Eve", "Gil"],
        "Mercy": ["Bo"],
        "Rad": ["Dee", "Cy"],
        "Year": ["Cy", "Dee"],
        "Own": [],
    },
    {"City": 2, "Mercy": 2, "Rad": 2, "Year": 1, "Own": 1},
    couples={("Ana", "Bo"): [("Mercy", "Mercy"), ("City", None), ("City", "Mercy")]},
    supplemental={("Cy", "Rad"): ["Year"], ("Dee", "Rad"): ["Own", "Year"]},
    reversions=[("Mercy", "City", 1)],
    tracks={"City": "C", "Rad": "A", "Year": "P", "Own": "P"},
    joint={"Own": "Rad"},
)
# Nothing is stable here: Ana displaces Cy, who displaces Bo, who takes Ana along, who leaves City to Cy.
UNSTABLE = Market.from_lists(
    {"Cy": ["City", "Mercy"]},
    {"City": ["Ana", "Cy"], "Mercy": ["Cy", "Bo"]},
    quotas=1,
    couples={("Ana", "Bo"): [("City", "Mercy")]},
)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, list(map(str, arguments)))


@pytest.fixture
def market(tmp_path: Path) -> Path:
    LINKED.to_csv(tmp_path / "market")
    return tmp_path / "market"


@pytest.fixture
def unstable(tmp_path: Path) -> Path:
    UNSTABLE.to_csv(tmp_path / "market")
    return tmp_path / "market"


def summary(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "summary.json").read_text(encoding="utf-8"))


def test_the_result_folder_to_the_letter(tmp_path, market):
    done = run("solve", market, "--out", tmp_path / "out", "--seed", 5, "--order", "given")
    assert done.exit_code == 0
    out = tmp_path / "out"
    assert (out / "matches.csv").read_text().splitlines() == [
        "applicant,program,rank,list",
        "Cy,Rad,1,primary",
        "Cy,Year,1,Rad",
        "Dee,Rad,1,primary",
        "Eve,City,1,primary",
        "Gil,City,1,primary",
        "Ana,City,2,couple",
        "Bo,,2,couple",
    ]
    assert (out / "programs.csv").read_text().splitlines() == [
        "program,quota,final_quota,filled",
        "City,2,3,3",
        "Mercy,2,1,0",
        "Rad,2,2,2",
        "Year,1,1,1",
        "Own,1,1,0",
    ]
    assert summary(out) == {
        "format": 1,
        "algorithm": "roth_peranson",
        "proposing": "applicants",
        "applicants": 6,
        "applicants_without_ranks": 0,
        "programs": 5,
        "positions": 8,
        "matched": 5,
        "matched_to_first_choice": 4,
        "partially_matched": 1,
        "couples": {"both": 0, "one": 1, "neither": 0},
        "filled": 6,
        "reverted": 1,
        "individually_rational": True,
        "stable": True,
        "stable_under": ["responsive", "kpr", "mm"],
        "blocking_pairs": 0,
        "blocking": {"responsive": 0, "kpr": 0, "mm": 0},
        "blocks": {"pairs": [], "couples": [], "supplemental_lists": []},
        "proposals": summary(out)["proposals"],
        "restarts": 0,
        "cycles": 0,
        "one_sided_ranks": {"applicants": 3, "programs": 0},
    }
    manifest = json.loads((out / "manifest.json").read_text())
    assert (manifest["seed"], manifest["order"]) == (5, "given")
    assert [entry["file"] for entry in manifest["inputs"]] == sorted(file.name for file in market.iterdir())


def test_the_screen_says_what_became_of_couples_and_positions(tmp_path, market):
    done = run("solve", market, "--out", tmp_path / "out")
    lines = done.stdout.splitlines()
    assert lines[:13] == [
        "Applicants                 6",
        "  without ranks            0",
        "  matched                  5   83.3%",
        "  to first choice          4   66.7%",
        "  partially                1  advanced, without a preliminary year",
        "Couples                    1",
        "  both matched             0    0.0%",
        "  one matched              1  100.0%",
        "  neither matched          0    0.0%",
        "Programs                   5",
        "Positions                  8",
        "  reverted                 1",
        "  filled                   6   75.0%",
    ]
    assert lines[14:] == [
        "Restarts                   0",
        "Cycles                     0",
        "Stable: yes, by the independent checker; also under kpr and mm",
        f"Written to {tmp_path / 'out'}: matches.csv, programs.csv, summary.json, manifest.json",
    ]


def test_an_unstable_end_is_a_result_that_is_told_plainly(tmp_path, unstable):
    out = tmp_path / "out"
    done = run("solve", unstable, "--out", out)
    assert done.exit_code == 0
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[-4] == "Stable: NO; 1 option blocks:"
    assert lines[-2:] == [
        "With couples or supplemental lists a stable matching need not exist, or need not be found.",
        f"Written to {out}: matches.csv, programs.csv, summary.json, manifest.json",
    ]
    found = summary(out)
    assert (found["stable"], found["stable_under"], found["blocking_pairs"]) == (False, [], 1)
    assert found["cycles"] > 0
    (block,) = (block for blocks in found["blocks"].values() for block in blocks)
    assert set(block) >= {"rank", "seats"} or set(block) >= {"applicant_rank", "displaces"}
    verdict = run("verify", unstable, out / "matches.csv")
    assert verdict.exit_code == 1
    assert verdict.stdout.splitlines() == [
        "Not stable (responsive): 1 option blocks the matching.",
        lines[-3],
    ]


def test_strict_leaves_with_3_when_nothing_stable_was_found(tmp_path, unstable):
    out = tmp_path / "out"
    done = run("solve", unstable, "--out", out, "--strict", "--quiet")
    assert done.exit_code == 3
    assert done.stderr == f"no stable matching was found; {out} holds the best one that was\n"
    assert summary(out)["stable"] is False
    LINKED.to_csv(tmp_path / "stable")
    assert run("solve", tmp_path / "stable", "--out", tmp_path / "two", "--strict").exit_code == 0


def test_programs_cannot_propose_in_a_linked_market(tmp_path, market):
    done = run("solve", market, "--out", tmp_path / "out", "--proposing", "programs")
    assert isinstance(done.exception, InputError)
    assert str(done.exception) == (
        "--proposing: programs can propose only in a market without couples, supplemental lists, reversions"
        " and the like (leave the option out)"
    )
    assert not (tmp_path / "out").exists()


def test_a_bad_folder_leaves_nothing_behind(tmp_path, market):
    (market / "reversions.csv").write_text("donor,receiver,positions,order\nCity,Mercy,1,1\nMercy,City,1,1\n")
    done = run("solve", market, "--out", tmp_path / "out")
    assert isinstance(done.exception, MarketError)
    assert str(done.exception) == (
        f"{market}/reversions.csv:2:2: reversions run in a circle: City -> Mercy -> City"
        " (leave one of them out)"
    )
    assert [entry.name for entry in tmp_path.iterdir()] == ["market"]


def test_a_matching_that_is_not_rational_is_an_error(tmp_path, market, monkeypatch):
    # In the package, the function hides the module of the same name.
    solver = sys.modules["matchsim.engine.roth_peranson"]
    monkeypatch.setattr(
        solver,
        "roth_peranson",
        lambda market, **_: Matching.from_programs(market, np.zeros(len(market), int)),
    )
    done = run("solve", market, "--out", tmp_path / "out")
    assert isinstance(done.exception, RunError)
    assert "did not pass the independent check" in str(done.exception)


@QUIET
@given(linked_markets(), st.sampled_from(["couples_last", "couples_first", "given"]))
def test_files_say_what_the_engine_says_and_verify_agrees(tmp_path_factory, market, order):
    folder = tmp_path_factory.mktemp("solve")
    market.to_csv(folder / "market")
    done = run("solve", folder / "market", "--out", folder / "out", "--order", order, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    if not market.is_linked:
        return
    matching = roth_peranson(market, order=order)
    assert told["stable"] == matching.stable
    assert told["blocking"] == matching.blocking
    assert told["partially_matched"] == int(matching.partial.sum())
    assert told["couples"] == matching.couples
    verdict = run("verify", folder / "market", folder / "out" / "matches.csv", "--json")
    judged = json.loads(verdict.stdout)
    assert (judged["feasible"], judged["problems"]) == (True, [])
    assert judged["stable_under"] == told["stable_under"] == list(matching.stable_under)
    assert {kind: judged[kind] for kind in told["blocks"]} == told["blocks"]
    assert verdict.exit_code == (0 if matching.stable else 1)
    # No rank differs from the one submitted, and nobody is left out.
    assert "not the one submitted" not in verdict.stderr
    assert "not in the file" not in verdict.stderr
    sheet = read_sheet(folder / "out" / "matches.csv")
    assert len(sheet) == len(market) + int((matching.second_of >= 0).sum())
    finals = read_sheet(folder / "out" / "programs.csv").column("final_quota")
    assert list(map(int, finals)) == matching.final_quota.tolist()


# Verifying what somebody wrote down


@pytest.fixture
def written(tmp_path: Path):
    def write(text: str) -> Path:
        (tmp_path / "matches.csv").write_text(f"applicant,program,list\n{text}")
        return tmp_path / "matches.csv"

    return write


GOOD = "Cy,Rad,primary\nCy,Year,Rad\nDee,Rad,\nEve,City,\nAna,City,couple\n"


def test_matches_of_somebody_else_may_leave_out_what_is_empty(market, written):
    done = run("verify", market, written(GOOD), "--json")
    assert json.loads(done.stdout)["feasible"]
    assert done.stderr.splitlines()[-2:] == [
        (
            f"note: {market.parent}/programs.csv: there are no final quotas beside the matches;"
            " judged at the quotas before any reversion"
        ),
        f"note: {market.parent}/matches.csv: 2 applicants are not in the file and counted as unmatched",
    ]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("Cy,Rad,primary\nCy,Year,City\n", "m:3:3: the list hangs on City, but Cy has Rad"),
        ("Cy,Year,Rad\n", "m:2:3: the list hangs on Rad, but Cy is unmatched"),
        (
            "Cy,Rad,primary\nCy,Year,\n",
            (
                "m:3:1: applicant 'Cy' has a second row, the first is in line 2"
                " (the column list must say which position a supplemental list gave)"
            ),
        ),
        (
            "Dee,Rad,\nDee,Own,Rad\nDee,Year,Rad\n",
            "m:4:1: applicant 'Dee' has a second row for a supplemental list",
        ),
        (
            "Cy,Rad,\nCy,Own,Rad\n",
            "Cy also holds Own, which no supplemental list of theirs gives them there",
        ),
        (
            "Dee,Rad,\nDee,Own,Rad\n",
            "Dee also holds Own, which no supplemental list of theirs gives them there",
        ),
        ("Ana,City,primary\n", "m:2:3: list is 'primary', but Ana is a member of a couple"),
        ("Ana,Mercy,\n", "Ana and Bo are matched to Mercy and No Match, a pair that is not on their list"),
        ("Cy,Rad,Radd\n", "m:2:3: list must be 'primary', 'couple' or the program that a supplemental list"),
    ],
)
def test_what_is_no_matching_of_a_linked_market(market, written, rows, told):
    path = written(rows)
    done = run("verify", market, path)
    assert done.exit_code == 1
    title, *lines = done.stdout.replace(str(path), "m").splitlines()
    assert title == "This is no matching of this market:"
    assert any(line.startswith(f"  {told}") for line in lines), lines


def test_final_quotas_that_no_reversion_gives_are_told(market, written):
    path = written(GOOD)
    (market.parent / "programs.csv").write_text("program,final_quota\nCity,4\nMercy,0\n")
    assert run("verify", market, path).stdout.splitlines() == [
        "This is no matching of this market:",
        "  Mercy has a final quota of 0, 2 less than its quota of 2, but its reversions move 1 at most",
        "  City has a final quota of 4, 1 more than its quota of 2 and the 1 that reverted to it",
    ]
    (market.parent / "programs.csv").write_text("program,final_quota\nCity,2\nMercy,2\n")
    assert run("verify", market, path).stdout.splitlines() == [
        "This is no matching of this market:",
        "  Mercy keeps 1 unfilled that should have reverted to City",
    ]


def test_numbers_that_are_not_those_wanted_are_told(tmp_path, written):
    market = Market.from_lists({"Ana": ["City"]}, {"City": ["Ana"]}, 2, parity={"City": "even"})
    market.to_csv(tmp_path / "market")
    done = run("verify", tmp_path / "market", written("Ana,City,primary\n"))
    assert done.exit_code == 1
    assert done.stdout.splitlines()[1:] == ["  City holds 1, but wants an even number"]
    done = run("solve", tmp_path / "market", "--out", tmp_path / "out")
    assert (tmp_path / "out" / "matches.csv").read_text().splitlines()[1:] == ["Ana,,,"]
    assert run("verify", tmp_path / "market", tmp_path / "out" / "matches.csv").exit_code == 0


SWAP = Market.from_lists(
    {},
    {"City": ["Ana", "Bo"], "Mercy": ["Ana"]},
    quotas=1,
    couples={("Ana", "Bo"): [("Mercy", "City"), ("City", None)]},
)
BOTH = Market.from_lists(
    {"Cy": ["City"], "Di": ["City"]},
    {"City": ["Ana", "Cy", "Bo", "Di"]},
    quotas=2,
    couples={("Ana", "Bo"): [("City", "City")]},
)


def test_the_definition_decides_and_the_others_are_told(tmp_path, written):
    SWAP.to_csv(tmp_path / "market")
    path = written("Ana,City,couple\n")
    done = run("verify", tmp_path / "market", path)
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "Not stable (responsive; stable under kpr and mm): 1 option blocks the matching.",
        (
            "  Ana and Bo with Mercy and City: they rank it 1 and have City and No Match (rank 2);"
            " Mercy ranks Ana 1 and has a free position; City ranks Bo 2 and has a free position"
        ),
    ]
    done = run("verify", tmp_path / "market", path, "--definition", "kpr")
    assert done.exit_code == 0
    assert done.stdout == "Stable (kpr; stable under mm): 1 of 2 applicants matched, and nothing blocks.\n"


def test_who_displaces_whom_is_told(tmp_path, written):
    BOTH.to_csv(tmp_path / "market")
    path = written("Cy,City,\nDi,City,\n")
    assert run("verify", tmp_path / "market", path).exit_code == 0
    done = run("verify", tmp_path / "market", path, "--definition", "mm", "--json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert told["stable_under"] == ["responsive", "kpr"]
    assert told["blocking"] == {"responsive": 0, "kpr": 0, "mm": 1}
    assert told["couples"] == [
        {
            "applicants": ["Ana", "Bo"],
            "programs": ["City", "City"],
            "rank": 1,
            "has": [None, None],
            "has_rank": None,
            "seats": [
                {
                    "program": "City",
                    "applicant": "Ana",
                    "program_rank": 1,
                    "displaces": "Cy",
                    "displaces_rank": 2,
                },
                {
                    "program": "City",
                    "applicant": "Bo",
                    "program_rank": 3,
                    "displaces": "Di",
                    "displaces_rank": 4,
                },
            ],
        }
    ]


def test_a_supplemental_list_that_blocks_is_told(market, written):
    path = written("Cy,Rad,\nDee,Rad,\nDee,Year,Rad\nEve,City,\nAna,City,\n")
    lines = run("verify", market, path).stdout.splitlines()
    assert lines == [
        "Not stable (responsive): 1 option blocks the matching.",
        (
            "  Cy, list for Rad, with Year: Cy ranks it 1 and has nothing from it;"
            " Year ranks Cy 1 and holds Dee (rank 2)"
        ),
    ]


@QUIET
@given(linked_markets(), st.randoms(use_true_random=False))
def test_whatever_blocks_is_told_by_name_and_nothing_else(tmp_path_factory, market, random):
    """Seats taken at random by who may have them; what blocks is what the plain checker finds."""
    if market.links is None:
        return
    matching = _random(market, random)
    folder = tmp_path_factory.mktemp("verify")
    market.to_csv(folder / "market")
    write_matches(matching, folder / "matches.csv")
    for definition in ("responsive", "kpr", "mm"):
        told = json.loads(
            run(
                "verify", folder / "market", folder / "matches.csv", "--definition", definition, "--json"
            ).stdout
        )
        if market.parity is not None and told["problems"]:
            return
        assert told["problems"] == []
        seats = matching.program_of.tolist(), matching.second_of.tolist()
        found = linked_reference.blocking_units(market, *seats, market.quota.tolist(), definition)
        for kind, key in (("single", "pairs"), ("couple", "couples"), ("supplemental", "supplemental_lists")):
            assert len(told[key]) == sum(block.kind == kind for block in found)
        assert told["stable"] == (not found)
        assert told["blocking"][definition] == len(found)
        for block in (block for block in found if block.kind == "couple"):
            couple = {market.applicant_labels[int(side[block.number])] for side in _members(market)}
            ranks = [told_of["rank"] for told_of in told["couples"] if set(told_of["applicants"]) == couple]
            entry = int(market.couples.offsets[block.number]) + block.place
            numbers = market.couples.rank_numbers
            assert (block.place + 1 if numbers is None else int(numbers[entry])) in ranks


def _members(market: Market):
    return market.couples.first, market.couples.second


def _random(market: Market, random: Any) -> Matching:
    from linked_folders import rational_seats

    return Matching.from_programs(market, *rational_seats(market, random))


# Instances in text, and other forms

INSTANCE = "r 0 1 0\nc 0 1 2 0 1 1 -1\np 0 1 1 0\np 1 1 0 2 1\n"


def test_an_instance_in_text_is_solved_and_verified(tmp_path):
    (tmp_path / "instance.txt").write_text(INSTANCE)
    done = run("solve", tmp_path / "instance.txt", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out" / "matches.csv").read_text().splitlines() == [
        "applicant,program,rank,list",
        "0,1,1,primary",
        "1,,,",
        "2,,,",
    ]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert [entry["file"] for entry in manifest["inputs"]] == ["instance.txt"]
    assert run("verify", tmp_path / "instance.txt", tmp_path / "out" / "matches.csv").exit_code == 0


def test_convert_goes_both_ways(tmp_path):
    (tmp_path / "instance.txt").write_text(f"# mine\n{INSTANCE}")
    done = run("convert", tmp_path / "instance.txt", tmp_path / "deep" / "market")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        f"Written to {tmp_path}/deep/market: Market: 3 applicants, 2 programs, 2 positions;"
        " 2 + 5 ranks, 2 of them mutual; 1 couple\n"
    )
    assert (tmp_path / "deep" / "market" / "couples.csv").read_text().splitlines() == [
        "couple,rank,applicant_1,program_1,applicant_2,program_2",
        "1,1,1,0,2,1",
        "1,2,1,1,2,",
    ]
    assert run("convert", tmp_path / "deep" / "market", tmp_path / "new" / "again.txt").exit_code == 0
    assert (tmp_path / "new" / "again.txt").read_text() == INSTANCE
    assert read_market(tmp_path / "deep" / "market").equals(read_market(tmp_path / "new" / "again.txt"))


def refused(*arguments: object) -> str:
    done = run("convert", *arguments)
    assert isinstance(done.exception, (InputError, RunError)), done.output
    assert done.stdout == ""
    return str(done.exception)


def test_convert_never_replaces_and_leaves_no_half_file(tmp_path, market):
    before = sorted(tmp_path.rglob("*"))
    assert refused(market, market) == f"{market}: is there already (give another name, or remove it)"
    assert refused(market, tmp_path / "a.xlsx") == (
        f"{tmp_path / 'a.xlsx'}: cannot be written as .xlsx (give a folder, or a name that ends in .txt)"
    )
    assert "has supplemental lists, which this form of text cannot hold" in refused(
        market, tmp_path / "a.txt"
    )
    assert sorted(tmp_path.rglob("*")) == before
    (tmp_path / "instance.txt").write_text(INSTANCE)
    for name in ("a.txt", "a"):
        assert "written" in refused(tmp_path / "instance.txt", tmp_path / "instance.txt" / name)
    assert sorted(tmp_path.rglob("*")) == sorted([*before, tmp_path / "instance.txt"])


def test_as_a_program(tmp_path, unstable):
    def code(*arguments: object) -> int:
        command = [sys.executable, "-m", "matchsim", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr
        return done.returncode

    assert code("solve", unstable, "--out", tmp_path / "a", "--strict") == 3
    assert code("solve", unstable, "--out", tmp_path / "a", "--proposing", "programs") == 2
    assert code("solve", unstable, "--out", tmp_path / "a", "--seed", "-1") == 2
    assert code("verify", unstable, tmp_path / "a" / "matches.csv", "--definition", "blair") == 2
    assert code("convert", unstable, tmp_path / "b.txt") == 0
    assert code("convert", unstable, tmp_path / "b.txt") == 2
