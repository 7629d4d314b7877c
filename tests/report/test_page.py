"""The report as a file: nothing from outside, everything escaped, every number that of the tables."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
from collections import Counter

import pandas as pd
import pytest
from click.testing import CliRunner
from parsed_page import Page, rows_of

from matchsim.charts import CHARTS, style
from matchsim.cli import cli
from matchsim.errors import InputError
from matchsim.report import read_run, write_report
from matchsim.season.summary import TABLES
from matchsim.study.run_folder import record_again


@pytest.fixture(scope="module")
def text(small):
    return (small / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def test_the_page_is_well_formed(page):
    assert page.open == []
    assert Counter(tag for tag, _ in page.elements)["h1"] == 1


def test_nothing_comes_from_outside(page):
    assert page.values("src") == []
    assert all(link.startswith("#") for link in page.values("href"))
    assert not {"link", "iframe", "object", "embed", "base"} & {tag for tag, _ in page.elements}


def test_ids_are_there_once_and_whatever_is_referred_to_is_there(page):
    ids = Counter(page.values("id"))
    assert [name for name, count in ids.items() if count > 1] == []
    wanted = {link[1:] for link in page.values("href")}
    for attribute in ("aria-labelledby", "aria-describedby"):
        wanted |= {name for value in page.values(attribute) for name in value.split()}
    wanted |= set(re.findall(r"url\(#([^)]+)\)", " ".join(filter(None, page.values("clip-path")))))
    assert wanted <= set(ids)


def test_the_contents_list_names_every_part(page):
    links = {link[1:] for link in page.values("href")}
    sections = {attributes["id"] for tag, attributes in page.elements if tag in ("section", "figure")}
    assert sections - links == {"seasons", "origins"}


def test_every_chart_has_its_words(page, text):
    drawn = [name for name, chart in CHARTS.items() if chart.table in TABLES]
    pictures = [attributes for tag, attributes in page.elements if tag == "svg"]
    assert len(pictures) == len(drawn) > 5
    assert all(attributes["role"] == "img" for attributes in pictures)
    for name in drawn:
        assert f'id="{name}-told">{CHARTS[name].description}<' in text


def test_the_policy_lets_only_the_page_s_own_scripts_run(page, text):
    policy = next(a["content"] for t, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    run = [script for script in page.scripts if "use strict" in script]
    assert len(run) == 3
    for script in run:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]


def test_names_that_are_scripts_are_shown(mischief):
    page = Page((mischief / "report.html").read_text(encoding="utf-8"))
    assert page.open == []
    assert len(page.scripts) == 4  # the data of the explorer, and the three of the page
    assert "document.title" not in "".join(script for script in page.scripts if "use strict" in script)
    assert "img" not in {tag for tag, _ in page.elements}
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]


def test_equal_runs_have_equal_reports(small, text, tmp_path):
    copy = tmp_path / "elsewhere"
    shutil.copytree(small, copy)
    (copy / "report.html").unlink()
    done = CliRunner().invoke(cli, ["report", str(copy)], catch_exceptions=False)
    assert done.stdout == f"written to {copy / 'report.html'}\n"
    assert (copy / "report.html").read_text(encoding="utf-8") == text
    assert json.loads((copy / "manifest.json").read_text()) == json.loads(
        (small / "manifest.json").read_text()
    )
    assert str(small) not in text
    assert len(text) < 3_000_000


def test_a_rebuilt_report_is_recorded(small, tmp_path):
    copy = tmp_path / "run"
    shutil.copytree(small, copy)
    (copy / "resolved.yaml").write_text("title: Another\n", encoding="utf-8")
    refused = CliRunner().invoke(cli, ["report", str(copy)])
    assert "resolved.yaml: was changed" in str(refused.exception)
    record_again(copy, copy / "resolved.yaml")
    recorded = json.loads((copy / "manifest.json").read_text())["files"]
    assert CliRunner().invoke(cli, ["report", str(copy), "-q"]).stdout == ""
    digest = hashlib.sha256((copy / "report.html").read_bytes()).hexdigest()
    after = json.loads((copy / "manifest.json").read_text())["files"]
    assert after == recorded | {"report.html": digest} != recorded
    assert "<h1>Another</h1>" in (copy / "report.html").read_text(encoding="utf-8")


def test_every_file_that_is_missing_is_told_and_nothing_is_written(small, tmp_path):
    copy = tmp_path / "run"
    shutil.copytree(small, copy)
    for name in ("report.html", "summary.json", "tables/couples.csv"):
        (copy / name).unlink()
    (copy / "tables" / "soap_rounds.csv").write_bytes(b"")
    with pytest.raises(InputError) as caught:
        write_report(copy)
    told = [str(problem) for problem in caught.value.problems]
    assert [line.rpartition("run/")[2].partition(":")[0] for line in told] == [
        "summary.json",
        "tables/soap_rounds.csv",
        "tables/couples.csv",
    ]
    assert told[-1].endswith("(give the folder of a run made by this version, or run the scenario again)")
    assert not [path.name for path in copy.iterdir() if "report" in path.name]


def test_what_is_no_run_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"is not there \(give the folder that matchsim run wrote\)"):
        CliRunner().invoke(cli, ["report", str(tmp_path / "no")], catch_exceptions=False)
    with pytest.raises(InputError, match="was not made by matchsim run"):
        CliRunner().invoke(cli, ["report", str(tmp_path)], catch_exceptions=False)


def test_the_tables_hold_means_and_intervals(small, text):
    rates = pd.read_csv(small / "tables" / "match_rates.csv")
    rows = {row[0]: row for row in rows_of(text, "match-rates")}
    assert next(iter(rows)) == "All applicants"
    for kind in ("us_md_senior", "us_img"):
        of = rates[rates["group"] == kind]
        shown = rows[style.label_of(kind)]
        low, high = (of["matched"].quantile(end) for end in (0.025, 0.975))
        assert shown[3] == f"{of['matched'].mean():.0f} ({low:.0f}–{high:.0f})"
        low, high = (100 * of["match_rate"].quantile(end) for end in (0.025, 0.975))
        assert shown[4] == f"{100 * of['match_rate'].mean():.1f}% ({low:.1f}–{high:.1f}%)"
    positions = pd.read_csv(small / "tables" / "specialties.csv")
    assert len(rows_of(text, "positions")) == len(positions[["specialty", "track"]].drop_duplicates())


def test_shares_of_ranks_are_all_of_everybody(small):
    data = pd.read_csv(small / "tables" / "rank_obtained.csv")
    rows = rows_of((small / "report.html").read_text(encoding="utf-8"), "ranks")
    of = data[data["applicant_type"] == "us_md_senior"]
    total = of.groupby("replicate")["applicants"].sum()
    first = of[of["rank"] == 1].groupby("replicate")["applicants"].sum() / total
    assert rows[0][0] == "US MD seniors"
    assert rows[0][2].startswith(f"{100 * first.mean():.1f}%")
    for row in rows:
        assert sum(float(cell.partition("%")[0]) for cell in row[2:]) == pytest.approx(100, abs=0.4)


def test_a_group_that_a_season_lacks_counts_as_none(small):
    from matchsim.report.listings import listings

    tables = dict(read_run(small).tables)
    couples = tables["couples"]
    first = couples.iloc[[0]]
    tables["couples"] = pd.concat([first, couples[couples["replicate"] != first["replicate"].iloc[0]]])
    key = tuple(first[["first_type", "second_type"]].iloc[0])
    chosen = tables["couples"]
    chosen = chosen[
        ~((chosen["replicate"] == 4) & (chosen[["first_type", "second_type"]].apply(tuple, axis=1) == key))
    ]
    tables["couples"] = chosen
    (listing,) = (one for one in listings(tables) if one.name == "couples")
    row = listing.rows[0]
    same = chosen[chosen[["first_type", "second_type"]].apply(tuple, axis=1) == key]
    assert row[2].sorts == pytest.approx(same["couples"].sum() / 5)


def test_where_values_come_from(small, text):
    written = pd.read_csv(small / "origins.csv", keep_default_na=False)
    assert list(written.columns) == ["parameter", "kind", "basis", "source"]
    assert set(written["kind"]) <= {"written", "published", "default", "follows"}
    rows = rows_of(text, "origins")
    assert ["soap.rounds", "the model&#39;s default", "published", "NRMP: four rounds since 2021"] in rows
    assert any(row[0].startswith("cohort.ability (") and row[2] == "assumed" for row in rows)
    assert not any(row[0] == "seed" for row in rows)


def test_the_road_is_told_gate_by_gate(small, text):
    data = pd.read_csv(small / "tables" / "funnel.csv")
    rows = rows_of(text, "road")
    assert [row[0] for row in rows][:2] == ["registration", "school"]
    assert {row[0].replace(" ", "_") for row in rows} == set(data["gate"])
    people = data.drop_duplicates(["replicate", "applicant_type", "gate"])
    position = people[people["gate"] == "position"].groupby("replicate")[["entered", "passed"]].sum()
    shown = next(row for row in rows if row[0] == "position")
    for text_of_cell, column in zip(shown[1:3], ("entered", "passed"), strict=True):
        assert text_of_cell.partition(" ")[0] == f"{position[column].mean():,.0f}"
    starts = (
        people.groupby(["replicate", "applicant_type"])["passed"].last().groupby("replicate").sum().mean()
    )
    assert f" people who registered {starts:,.0f} start training" in text
