"""The report of a study: alone, escaped, and with words and tables that say what the numbers say."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from dataclasses import replace
from html import unescape

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from parsed_page import Page, rows_of

from matchsim.cli import cli
from matchsim.errors import InputError
from matchsim.report import StudyFolder, page_of_study, read_study_folder, write_report
from matchsim.report.study_findings import metric_line, study_figures, study_findings
from matchsim.report.study_listings import MOST_ROWS, study_listings
from matchsim.study.charts import pictures
from matchsim.study.result import open_study

MISCHIEF = "<script>document.title='run'</script>"


@pytest.fixture(scope="module")
def text(study) -> str:
    return (study / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(text) -> Page:
    return Page(text)


@pytest.fixture(scope="module")
def read(study) -> StudyFolder:
    return read_study_folder(study)


def told(study: StudyFolder) -> dict[str, str]:
    return {finding.subject: finding.told for finding in study_findings(study)}


def test_the_page_is_well_formed_and_alone(page, text) -> None:
    assert page.open == []
    assert Counter(tag for tag, _ in page.elements)["h1"] == 1
    assert page.values("src") == []
    assert all(link.startswith("#") for link in page.values("href"))
    assert not {"link", "iframe", "object", "embed", "base"} & {tag for tag, _ in page.elements}
    assert len(text) < 3_000_000


def test_the_head_says_which_study_it_is(text, study) -> None:
    manifest = json.loads((study / "manifest.json").read_text(encoding="utf-8"))
    assert f"digest <code>{manifest['study_digest']}</code>" in text
    assert "<h1>Signals and slots</h1>" in text


def test_whatever_is_referred_to_is_there_once(page) -> None:
    ids = Counter(page.values("id"))
    assert [name for name, count in ids.items() if count > 1] == []
    wanted = {link[1:] for link in page.values("href")}
    for attribute in ("aria-labelledby", "aria-describedby"):
        wanted |= {name for value in page.values(attribute) for name in value.split()}
    assert wanted <= set(ids)
    parts = {attributes["id"] for tag, attributes in page.elements if tag in ("section", "figure")}
    # Of people helped and hurt there are two pictures, and the contents lead to the first.
    second = "chart-picture-7"
    assert parts - {link[1:] for link in page.values("href")} == {"changes", "origins", second}


def test_every_picture_of_the_study_has_its_words(page, text, study) -> None:
    expected = list(pictures(open_study(study)))
    drawn = [attributes for tag, attributes in page.elements if tag == "svg"]
    assert len(drawn) == len(expected) == 7
    for number, picture in enumerate(expected, start=1):
        assert f'id="picture-{number}-told">{picture.told}<' in unescape(text)
    assert re.search(r"Everybody: no signals [+−]?\d+\.\d\d percentage points \(", text)


def opened(text: str) -> dict[str, bool]:
    """The subjects of the charts, and whether they are open."""
    found = re.findall(r'<details class="subject"( open)?>\s*<summary><h3>([^<]*)</h3>', text)
    return {name: bool(word) for word, name in found}


def test_charts_stand_subject_by_subject_and_the_first_are_open(text, swept) -> None:
    assert opened(text) == {
        "Match rate": True,
        "Placement rate": True,
        "Interviews": True,
        "Unfilled after SOAP": True,
        "Stable": False,
        "People helped and hurt": False,
    }
    of_sweep = (swept / "report.html").read_text(encoding="utf-8")
    assert opened(of_sweep) == {"Match rate": True, "Interviews": True, "Stable": False}
    assert len(re.findall("<figure", of_sweep.partition("<h3>Interviews</h3>")[0])) == 2


def test_a_subject_says_in_one_line_what_came_of_it(text, read) -> None:
    lines = dict(re.findall(r"<summary><h3>([^<]*)</h3> ([^<]*)</summary>", unescape(text)))
    means = read.means["interviews"]
    effects = read.effects[(read.effects["group"] == "all") & (read.effects["metric"] == "interviews")]
    row = effects.set_index("arm").loc["fewer slots"]
    assert lines["Interviews"] == (
        f"{means.min():.2f} to {means.max():.2f}; moved most in fewer slots: −{-row['difference']:.2f} "
        f"(−{-row['low']:.2f} to −{-row['high']:.2f})"
    )
    by_type = read.changed["applicant_type"]
    everybody = by_type[by_type["group"] == "all"].set_index("told")
    most = (everybody["helped"] + everybody["hurt"]).idxmax()
    helped, hurt = (f"{100 * everybody.loc[most, name]:.2f}%" for name in ("helped", "hurt"))
    expected = f"{helped} of active people fare better and {hurt} worse in {most}, where most changes"
    assert lines["People helped and hurt"] == expected


def test_the_line_of_a_subject_claims_no_more_than_intervals_do(read) -> None:
    effects = read.effects.copy()
    of = (effects["metric"] == "match_rate") & (effects["group"] == "all")
    # The larger difference is the less certain one.
    effects.loc[of, "difference"] = np.where(effects.loc[of, "arm"] == "no signals", -0.01, 0.05)
    effects.loc[of, "low"] = np.where(effects.loc[of, "arm"] == "no signals", -0.02, -0.01)
    effects.loc[of, "high"] = np.where(effects.loc[of, "arm"] == "no signals", -0.005, 0.11)
    sure = metric_line(replace(read, effects=effects), "match_rate")
    assert sure.endswith("; moved most in no signals: −1.00 percentage points (−2.00 to −0.50)")
    effects.loc[of, "high"] = 0.0
    unsure = metric_line(replace(read, effects=effects), "match_rate")
    assert unsure.endswith("; nothing moves it by more than chance could explain")
    effects.loc[of, ["low", "high"]] = np.nan
    alone = metric_line(replace(read, effects=effects), "match_rate")
    assert alone.endswith("; of one replicate and so without intervals")
    nothing = replace(read, effects=effects[~of], means=read.means.assign(match_rate=0.5))
    assert metric_line(nothing, "match_rate") == "50.0%"


def test_the_words_are_those_of_the_numbers(read) -> None:
    words = told(read)
    assert words["What is compared"] == (
        "No signals, fewer slots are compared with the arm as it is, each over 6 seasons of the same people "
        "with the same tastes. With so few seasons the intervals are far too narrow to go by."
    )
    effects = read.effects
    of_all = effects[(effects["group"] == "all") & (effects["metric"] == "interviews")].set_index("arm")
    row = of_all.loc["fewer slots"]
    assert row["high"] < 0
    expected = (
        f"Fewer slots: {row['mean']:.2f}, down by {-row['difference']:.2f} "
        f"(−{-row['low']:.2f} to −{-row['high']:.2f})."
    )
    assert expected in words["Interviews"]
    assert f"{row['baseline_mean']:.2f} in the arm as it is." in words["Interviews"]
    by_type = read.changed["applicant_type"]
    (fewer,) = by_type[(by_type["told"] == "fewer slots") & (by_type["group"] == "all")].to_dict("records")
    assert (
        f"{100 * fewer['helped']:.2f}% fare better and {100 * fewer['hurt']:.2f}% worse"
        in (words["Person by person"])
    )
    gains = effects[effects["group"] == "all"]["gain"].dropna()
    assert f"a factor of {gains.median():.1f} or more" in words["What pairing gains"]
    number = int((effects["low"].notna() & (effects["sd"] > 0)).sum())
    assert f"hold {number:,} intervals" in words["Many comparisons"]
    assert "too narrow" not in words["Many comparisons"]


def moved(read: StudyFolder, **values: float) -> str:
    """What is said of an arm whose match rate of everybody has these effects."""
    effects = read.effects.copy()
    of = (effects["metric"] == "match_rate") & (effects["group"] == "all") & (effects["arm"] == "no signals")
    for name, value in values.items():
        effects.loc[of, name] = value
    return told(replace(read, effects=effects))["Match rate"]


def test_what_chance_could_explain_is_no_finding(read) -> None:
    up = moved(read, difference=0.02, low=0.01, high=0.03)
    assert "up by 2.00 percentage points (+1.00 to +3.00)." in up
    down = moved(read, difference=-0.02, low=-0.03, high=-0.01)
    assert "down by 2.00 percentage points (−3.00 to −1.00)." in down
    unsure = moved(read, difference=0.02, low=-0.01, high=0.05)
    assert "+2.00 percentage points (−1.00 to +5.00), which chance alone could explain." in unsure
    touching = moved(read, difference=-0.02, low=-0.04, high=0.0)
    assert "(−4.00 to 0.00), which chance alone could explain." in touching
    same = moved(read, difference=0.0, low=0.0, high=0.0)
    assert "The same in every replicate: no signals." in same
    alone = moved(read, difference=0.02, low=np.nan, high=np.nan)
    assert "+2.00 percentage points, of one replicate and so without an interval." in alone


def test_types_are_named_only_beyond_chance_and_only_of_enough_people(read) -> None:
    effects = read.effects.copy()
    of_types = (effects["metric"] == "match_rate") & (effects["group"] != "all")
    effects.loc[of_types, ["difference", "low", "high"]] = (0.01, -0.01, 0.03)
    unsure = replace(read, effects=effects)
    assert told(unsure)["Applicant types"] == (
        "For no applicant type does the match rate move by more than chance could explain."
    )
    effects.loc[of_types & (effects["group"] == "us_img"), ["difference", "low", "high"]] = (0.5, 0.4, 0.6)
    effects.loc[of_types & (effects["group"] == "us_do_grad"), ["difference", "low", "high"]] = (0.9, 0.8, 1)
    sizes = read.changed["applicant_type"].groupby("group")["people"].max()
    assert sizes["us_do_grad"] < 10 <= sizes["us_img"]
    sure = told(replace(read, effects=effects))["Applicant types"]
    assert sure.startswith("The match rate rises most for US IMGs in no signals: +50.00 percentage points")
    assert "falls" not in sure


def test_pairing_that_does_harm_is_told(read) -> None:
    effects = read.effects.copy()
    effects["gain"] = 4.0
    effects.loc[(effects["group"] == "all") & (effects["metric"] == "interviews"), "gain"] = 0.5
    assert (
        "In 2 of them the factor is below 1: there pairing did harm."
        in (told(replace(read, effects=effects))["What pairing gains"])
    )


def test_the_figures_count_what_was_simulated(read) -> None:
    figures = {figure.told: figure.number for figure in study_figures(read)}
    assert figures["arms"] == "3"
    assert figures["simulated seasons"] == "18"
    assert figures["of the seasons stable"] == f"{100 * read.means['stable'].mean():.1f}%"


def test_the_tables_hold_every_effect_and_mean(text, read) -> None:
    rows = rows_of(text, "effects")
    assert len(rows) == len(read.effects)
    (row,) = (r for r in rows if r[:3] == ["fewer slots", "match rate", "US IMGs"])
    keys = {"arm": "fewer slots", "metric": "match_rate", "group": "us_img"}
    (found,) = read.effects[(read.effects[list(keys)] == pd.Series(keys)).all(axis=1)].to_dict("records")
    assert row[3] == f"{100 * found['baseline_mean']:.1f}%"
    assert float(row[5].replace("−", "-")) == pytest.approx(100 * found["difference"], abs=0.005)
    means = {r[0]: r for r in rows_of(text, "means")}
    assert list(means) == ["as it is", "no signals", "fewer slots"]
    data = open_study(read.result.folder).to_pandas(["interviews"], ["all"])
    assert means["fewer slots"][4] == f"{data[data['arm'] == 'fewer slots']['value'].mean():.2f}"
    tenths = rows_of(text, "helped-by-ability")
    assert [r[1] for r in tenths[:11]] == ["All applicants", *map(str, range(1, 11))]


def test_the_tables_stay_small(read) -> None:
    many = pd.concat([read.effects] * (1 + MOST_ROWS // len(read.effects)))
    listing = next(one for one in study_listings(replace(read, effects=many)) if one.name == "effects")
    assert 0 < len(listing.rows) <= MOST_ROWS
    assert {row[2].text for row in listing.rows} == {"All applicants"}
    assert "Applicant types are left out" in listing.told


def test_what_the_arms_change_and_their_scenarios(text, study) -> None:
    changes = rows_of(text, "changes")
    assert next(r[:2] for r in changes if r[0] == "fewer slots") == ["fewer slots", "interviews.per_position"]
    assert next(r[3] for r in changes if r[0] == "fewer slots") == "5.0"
    assert {row[0] for row in changes} == {"no signals", "fewer slots"}
    for number in range(3):
        scenario = (study / "scenarios" / f"{number:05d}.yaml").read_text(encoding="utf-8")
        assert scenario in unescape(text)
    assert ["soap.rounds", "the model's default", "published", "NRMP: four rounds since 2021"] in [
        [unescape(cell) for cell in row] for row in rows_of(text, "origins")
    ]
    assert "Calibrated: nothing." in text


def test_names_that_are_scripts_are_shown(mischievous_study) -> None:
    text = (mischievous_study / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert len(page.scripts) == 4  # the data of the explorer, and the three of the page
    assert "document.title" not in "".join(script for script in page.scripts if "use strict" in script)
    assert "img" not in {tag for tag, _ in page.elements}
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert f'2 points of programs.specialties."{MISCHIEF}".C.positions are run' in unescape(text)


def test_equal_folders_have_equal_reports_wherever_they_are(study, text, tmp_path) -> None:
    copy = tmp_path / "elsewhere"
    shutil.copytree(study, copy)
    (copy / "report.html").unlink()
    (copy / "charts" / "effect-interviews.svg").unlink()
    done = CliRunner().invoke(cli, ["report", str(copy)], catch_exceptions=False)
    assert done.stdout == f"written to {copy / 'report.html'}\n"
    assert (copy / "report.html").read_text(encoding="utf-8") == text
    assert str(study) not in text
    before, after = (json.loads((folder / "manifest.json").read_text()) for folder in (study, copy))
    assert after == before
    assert {"report.html", "charts/effect-interviews.svg", "origins.csv"} <= set(after["files"])


def test_files_that_were_changed_are_refused(study, tmp_path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(study, copy)
    for name in ("origins.csv", "charts/effect-interviews.svg"):
        (copy / name).write_text("other", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        CliRunner().invoke(cli, ["report", str(copy)], catch_exceptions=False)
    assert [problem.message for problem in caught.value.problems] == ["was changed"] * 2
    (copy / "origins.csv").unlink()
    with pytest.raises(InputError, match=r"origins\.csv: is not there \(run matchsim study run again\)"):
        write_report(copy)


def test_a_study_without_people_or_arms_has_a_report_too(tmp_path) -> None:
    lines = "name: one\nbase: small\nreplicates: 1\npeople: false\n"
    (tmp_path / "study.yaml").write_text(lines, encoding="utf-8")
    command = ["study", "run", str(tmp_path / "study.yaml"), "--jobs", "1", "--out", str(tmp_path / "out")]
    CliRunner().invoke(cli, command, catch_exceptions=False)
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "There is one arm and nothing is swept, over one season: nothing to compare." in text
    assert "There is nothing to draw: nothing is compared." in text
    assert rows_of(text, "helped-by-type") == []


def test_parts_that_failed_are_told(read) -> None:
    page = page_of_study(replace(read, failed=[("no signals", "replicate 2: <it> broke")]))
    assert "<strong>Not complete.</strong> 1 part of the study failed" in page
    assert "no signals: replicate 2: &lt;it&gt; broke." in page
