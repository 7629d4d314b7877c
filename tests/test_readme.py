"""The README's two commands, and every number that pages give of national runs and publications."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from markdown_pages import ROOT, UPDATE, section

import matchsim as ms
from matchsim.cli import cli
from matchsim.data import published

README = ROOT / "README.md"
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?%?")


def lines():
    return README.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    "command",
    ["pip install . && matchsim run scenarios/us-2025.yaml", 'pip install ".[test]" && pytest'],
)
def test_the_two_commands_stand_on_the_first_screen(command):
    assert lines().index(command) < 30
    assert lines().count(command) == 1


def test_the_summary_is_that_of_a_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shown = section(README, "first run").strip().removeprefix("```text\n").removesuffix("```")
    got = CliRunner().invoke(cli, ["run", "us-2025"])
    assert got.exit_code == 0
    folder = re.compile(r"runs/us-2025-[0-9a-f]{8}\n")
    assert folder.search(shown)
    shown, said = folder.sub("", shown), folder.sub("", got.stdout)
    assert NUMBER.sub("#", shown).split() == NUMBER.sub("#", said).split()
    for ours, theirs in zip(NUMBER.findall(shown), NUMBER.findall(said), strict=True):
        # Another platform may round a few draws of millions to the other side; rates follow from counts.
        if not ours.endswith("%"):
            count = int(theirs.replace(",", ""))
            assert int(ours.replace(",", "")) == pytest.approx(count, abs=2, rel=0.003)


def test_rates_in_the_summary_follow_from_its_counts():
    pattern = r"^  (\w+) +([\d,]+) +([\d,]+) +([\d.]+)% +([\d,]+) +([\d.]+)%$"
    rows = re.findall(pattern, section(README, "first run"), re.MULTILINE)
    assert len(rows) == 8
    for _, active, *pairs in rows:
        for count, rate in (pairs[:2], pairs[2:]):
            share = int(count.replace(",", "")) / int(active.replace(",", ""))
            assert float(rate) == pytest.approx(100 * share, abs=0.051)


def table(page, name):
    """Heading and rows, by their first cell, of a table on a page."""
    rows = [line.strip("| ").split(" | ") for line in section(page, name).strip().splitlines()]
    return {row[0].strip("`"): row for row in rows[2:]}


def test_published_rates_are_the_published_ones():
    rows = table(README, "match rates")
    assert len(rows) == 8
    for group, row in rows.items():
        active = UPDATE.published_count(group, "active_certified_rol")
        assert row[1] == f"{active:,}"
        for cell, measure in ((row[2], "matched_pgy1"), (row[4], "placed_pgy1_incl_soap_active")):
            count = UPDATE.published_count(group, measure)
            assert cell == ("" if count is None else f"{count / active:.1%}")


def spread(cell):
    """Mean, lowest and highest as a cell tells them."""
    mean, low, high = (float(number.replace(",", "")) for number in re.findall(r"[\d.,]+", cell))
    assert low <= mean <= high
    return low, high


@pytest.fixture(scope="module")
def one():
    """One of the replicates of which the pages tell the mean, the lowest and the highest."""
    return ms.run_season("us-2025", replicate=1)


def test_simulated_rates_are_those_of_the_command_named(one):
    rows = table(README, "match rates")
    rates = one.match_rates().set_index("group")
    for group, row in rows.items():
        for cell, column in ((row[3], "match_rate"), (row[5], "placement_rate")):
            low, high = spread(cell)
            assert low - 0.1 <= 100 * rates.loc[group, column] <= high + 0.1


def test_fills_are_those_published_and_those_of_the_command_named(one):
    rows = table(UPDATE.SEASON_MODEL, "fills")
    assert len(rows) == UPDATE.MISFITS
    simulated = one.specialties().set_index(["specialty", "track"])
    known = {(r["specialty"], r["track"]): r for r in published(2025, "specialties") if r["filled"]}
    for name, row in rows.items():
        key = tuple(name.rsplit(" ", 1))
        assert row[1] == f"{int(known[key]['positions']):,}"
        assert row[2] == f"{int(known[key]['filled']):,}"
        low, high = spread(row[3])
        assert low - 2 <= simulated.loc[key, "filled"] <= high + 2


def test_couples_are_those_published_and_those_of_the_command_named(one):
    rows = table(UPDATE.SEASON_MODEL, "couples")
    known = {r["measure"]: r["value"] for r in published(2025, "couples") if r["group"] == "all"}
    facts = one.facts()
    for outcome in ("both", "one", "neither"):
        row = rows[f"{outcome} matched"]
        assert row[1] == f"{int(known[f'{outcome}_matched']):,}"
        low, high = spread(row[2])
        assert low - 2 <= facts[f"couples_{outcome}"] <= high + 2
    low, high = spread(rows["individuals in couples who matched"][2])
    share = 100 * (2 * facts["couples_both"] + facts["couples_one"]) / (2 * facts["couples"])
    assert low - 0.2 <= share <= high + 0.2
    low, high = spread(rows["options that block in a season"][2])
    assert low <= facts["blocking"]["responsive"] <= high
