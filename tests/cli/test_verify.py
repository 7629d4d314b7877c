"""``matchsim verify``: stable, unstable, no matching at all, and files that cannot be used."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchsim.cli import cli
from matchsim.engine.folder import write_market
from matchsim.engine.market import Market
from matchsim.engine.reference import blocking_pairs as obvious_blocking_pairs
from matchsim.errors import InputError

LONG = Path(__file__).parents[1] / "data" / "markets" / "long"


def verify(matches: Path, *options: str, market: Path = LONG) -> Result:
    return CliRunner().invoke(cli, ["verify", str(market), str(matches), *options])


@pytest.fixture
def written(tmp_path):
    def write(text: str) -> Path:
        (tmp_path / "matches.csv").write_text(text)
        return tmp_path / "matches.csv"

    return write


def test_stable(written):
    done = verify(written("applicant,program\nAna,City\nBo,City\nCy,Mercy\n"))
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == "Stable: 3 of 3 applicants matched, and no pair blocks.\n"


def test_columns_in_any_order_and_people_left_out(written):
    done = verify(written("note,Program,Applicant\nx,City,Ana\ny,Mercy,Cy\n"), "--json")
    assert done.exit_code == 1
    assert done.stderr.endswith("matches.csv: 1 applicant is not in the file and counted as unmatched\n")
    assert json.loads(done.stdout)["pairs"][0]["applicant"] == "Bo"


def test_blocking_pairs_are_told_with_names_and_ranks(written):
    done = verify(written("applicant,program,rank,list\nAna,Mercy,2,primary\nBo,City,1,primary\nCy,,,\n"))
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "Not stable: 1 pair blocks the matching.",
        "  Ana and City: Ana ranks it 1 and has Mercy (rank 2); City ranks Ana 2 and has a free position",
    ]


def test_a_pair_may_displace_somebody(tmp_path):
    market = Market.from_lists({"Ana": ["City"], "Bo": ["City"]}, {"City": ["Bo", "Ana"]}, 1)
    write_market(market, tmp_path / "market")
    (tmp_path / "matches.csv").write_text("applicant,program\nAna,City\nBo,\n")
    done = verify(tmp_path / "matches.csv", "--json", market=tmp_path / "market")
    assert done.exit_code == 1
    assert json.loads(done.stdout) == {
        "format": 1,
        "applicants": 2,
        "matched": 1,
        "feasible": True,
        "problems": [],
        "definition": "responsive",
        "stable": False,
        "stable_under": [],
        "blocking_pairs": 1,
        "blocking": {"responsive": 1, "kpr": 1, "mm": 1},
        "pairs": [
            {
                "applicant": "Bo",
                "program": "City",
                "applicant_rank": 1,
                "program_rank": 1,
                "applicant_has": None,
                "applicant_has_rank": None,
                "displaces": "Ana",
                "displaces_rank": 2,
            }
        ],
        "couples": [],
        "supplemental_lists": [],
    }


def test_ranks_are_told_as_submitted(tmp_path):
    (tmp_path / "programs.csv").write_text("program,quota\nCity,1\n")
    (tmp_path / "applicant_rankings.csv").write_text("applicant,rank,program\nAna,7,City\nBo,2,City\n")
    (tmp_path / "program_rankings.csv").write_text("program,rank,applicant\nCity,10,Bo\nCity,30,Ana\n")
    (tmp_path / "matches.csv").write_text("applicant,program,rank\nAna,City,1\nBo,,\n")
    done = verify(tmp_path / "matches.csv", market=tmp_path)
    assert done.stdout.splitlines()[1] == (
        "  Bo and City: Bo ranks it 2 and is unmatched; City ranks Bo 10 and holds Ana (rank 30)"
    )
    assert done.stderr == (
        f"note: {tmp_path}/matches.csv:2:3: 1 rank is not the one submitted, the first stands here\n"
    )


def test_many_pairs_are_counted_on_the_screen_and_all_in_json(tmp_path):
    people = [f"A{i}" for i in range(30)]
    market = Market.from_lists({name: ["City"] for name in people}, {"City": people}, 30)
    write_market(market, tmp_path / "market")
    (tmp_path / "matches.csv").write_text("applicant,program\n")
    done = verify(tmp_path / "matches.csv", market=tmp_path / "market")
    lines = done.stdout.splitlines()
    assert lines[0] == "Not stable: 30 pairs block the matching."
    assert len(lines) == 22
    assert lines[-1] == "  and 10 more; --json lists all"
    told = json.loads(verify(tmp_path / "matches.csv", "--json", market=tmp_path / "market").stdout)
    assert told["blocking_pairs"] == len(told["pairs"]) == 30


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("Anna,City\n", "m:2:1: unknown applicant 'Anna' (did you mean 'Ana'?)"),
        ("Ana,Ciyt\n", "m:2:2: unknown program 'Ciyt' (did you mean 'City'?)"),
        (",City\n", "m:2:1: unknown applicant ''"),
        ("Ana,City\nAna,Mercy\n", "m:3:1: applicant 'Ana' has a second row, the first is in line 2"),
        ("Bo,Mercy\n", "Bo is matched to Mercy, which is not on their list"),
        ("Bo,Mercy\n", "Bo is matched to Mercy, which does not rank them"),
        ("Ana,Mercy\nCy,Mercy\n", "Mercy holds 2"),
        ("Ana,City,couple\n", "m:2:3: list is 'couple', but Ana is not a member of a couple"),
        (
            "Ana,City,Merci\n",
            "m:2:3: list must be 'primary', 'couple' or the program that a supplemental list hangs on",
        ),
        ("Ana,Mercy,City\n", "m:2:3: the list hangs on City, but Ana is unmatched"),
    ],
)
def test_what_is_no_matching_of_the_market(written, rows, told):
    header = "applicant,program,list" if rows.count(",") > rows.count("\n") else "applicant,program"
    path = written(f"{header}\n{rows}")
    done = verify(path)
    assert done.exit_code == 1
    title, *lines = done.stdout.replace(str(path), "m").splitlines()
    assert title == "This is no matching of this market:"
    assert any(line.startswith(f"  {told}") for line in lines)
    verdict = json.loads(verify(path, "--json").stdout)
    assert (verdict["feasible"], verdict["stable"], verdict["blocking_pairs"]) == (False, False, None)


def test_final_quotas_beside_the_matches_count_and_must_follow_from_reversions(tmp_path, written):
    market = tmp_path / "market"
    shutil.copytree(LONG, market)
    path = written("applicant,program\nAna,Mercy\nBo,City\nCy,Mercy\n")
    (tmp_path / "programs.csv").write_text("program,quota,final_quota\nCity,2,1\nMercy,1,2\n")
    done = verify(path, market=market)
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "This is no matching of this market:",
        "  City has a final quota of 1 and a quota of 2, but no reversion moves positions to or from it",
        "  Mercy has a final quota of 2 and a quota of 1, but no reversion moves positions to or from it",
    ]
    (market / "reversions.csv").write_text("donor,receiver,positions,order\nCity,Mercy,2,1\n")
    done = verify(path, market=market)
    assert done.exit_code == 0
    assert done.stderr == (
        f"note: {tmp_path}/programs.csv: judged at its final quotas;"
        " 2 programs have another quota in the market\n"
    )
    (tmp_path / "programs.csv").write_text("program,quota\nCity,0\n")
    done = verify(path, market=market)
    assert "Mercy holds 2, more than its quota of 1" in done.stdout
    assert done.stderr == (
        f"note: {tmp_path}/programs.csv: there are no final quotas beside the matches;"
        " judged at the quotas before any reversion\n"
    )


@pytest.mark.parametrize(
    ("programs", "told"),
    [
        ("program,final_quota\nCty,1\n", "p:2:1: unknown program 'Cty'"),
        ("program,final_quota\nCity,-1\n", "p:2:2: final_quota must be a whole number, at least 0, got '-1'"),
        ("final_quota\n1\n", "p:1: column 'program' is missing; there are 'final_quota'"),
    ],
)
def test_final_quotas_that_cannot_be_used(tmp_path, written, programs, told):
    path = written("applicant,program\n")
    (tmp_path / "programs.csv").write_text(programs)
    done = verify(path)
    assert isinstance(done.exception, InputError)
    assert str(done.exception).replace(f"{tmp_path}/programs.csv", "p").startswith(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("applicant,programme\n", "column 'program' is missing; there are 'applicant', 'programme'"),
        ("", "is empty"),
    ],
)
def test_files_that_cannot_be_used(written, text, told):
    path = written(text)
    done = verify(path)
    assert isinstance(done.exception, InputError)
    assert told in str(done.exception).replace(str(path), "m")


def test_quiet_leaves_the_exit_code(written):
    done = verify(written("applicant,program\n"), "--quiet")
    assert (done.exit_code, done.output) == (1, "")


@given(data=st.data())
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_verdict_is_that_of_the_obvious_checker(tmp_path_factory, data):
    people, places = ["Ana", "Bo", "Cy"], ["City", "Mercy"]
    applicants = {name: data.draw(st.lists(st.sampled_from(places), unique=True)) for name in people}
    programs = {name: data.draw(st.lists(st.sampled_from(people), unique=True)) for name in places}
    market = Market.from_lists(applicants, programs, {name: data.draw(st.integers(0, 2)) for name in places})
    given_programs = {name: data.draw(st.sampled_from([*places, ""])) for name in people}
    tmp_path = tmp_path_factory.mktemp("verify")
    write_market(market, tmp_path / "market")
    rows = "".join(f"{name},{program}\n" for name, program in given_programs.items())
    (tmp_path / "matches.csv").write_text(f"applicant,program\n{rows}")
    done = verify(tmp_path / "matches.csv", "--json", market=tmp_path / "market")
    verdict = json.loads(done.stdout)

    quota = dict(zip(places, market.quota.tolist(), strict=True))
    held = list(given_programs.values())
    feasible = all(held.count(program) <= quota[program] for program in places) and all(
        not program or (program in applicants[name] and name in programs[program])
        for name, program in given_programs.items()
    )
    assert verdict["feasible"] is feasible
    if feasible:
        program_of = [places.index(program) if program else -1 for program in held]
        expected = obvious_blocking_pairs(market, program_of)
        found = [
            (people.index(pair["applicant"]), places.index(pair["program"])) for pair in verdict["pairs"]
        ]
        assert sorted(found) == sorted(expected)
        assert verdict["stable"] is not found
    assert done.exit_code == (0 if verdict["stable"] else 1)


def test_as_a_program(written):
    for text, code in (
        ("applicant,program\nAna,City\nBo,City\nCy,Mercy\n", 0),
        ("applicant,program\n", 1),
        ("applicant\n", 2),
    ):
        command = [sys.executable, "-m", "matchsim", "verify", str(LONG), str(written(text))]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == code
        assert "Traceback" not in done.stderr
