"""How results behave in a notebook: what every one of them must do, whoever wrote it."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stderr, redirect_stdout
from functools import cached_property
from html.parser import HTMLParser

import pandas as pd
import pytest
from matplotlib.axes import Axes

import matchsim as ms
from matchsim import engine, strategy
from matchsim.charts import CHARTS
from matchsim.errors import MatchsimError
from matchsim.tables import SHOWN_ROWS, html_table

MISCHIEF = "<script>alert(1)</script>"
MARKET = engine.Market.from_lists(
    applicants={"Ana": ["City", "Mercy"], "Bo": ["Mercy", "City"], MISCHIEF: ["City"]},
    programs={"City": ["Bo", "Ana", MISCHIEF], "Mercy": ["Ana", "Bo"]},
    quotas=1,
)
STUDY = "name: try\nbase: teaching-8x4\narms: {as it is: {}, again: {}}\nreplicates: 2\n"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Every kind of result, small."""
    folder = tmp_path_factory.mktemp("study")
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    study = ms.run_study(folder / "study.yaml", folder / "out", jobs=1)
    season = ms.run_season("small")
    matching = engine.deferred_acceptance(MARKET)
    found = [
        MARKET,
        matching,
        engine.menus(MARKET),
        engine.stable_matchings(MARKET),
        engine.stable_matchings(MARKET).stable_pairs,
        matching.explain("Ana"),
        engine.blocking_pairs(MARKET, matching),
        engine.blocking_units(MARKET, matching),
        engine.continuum({("City",): 2.0}, {"City": 1.0}),
        season,
        ms.run_replicates("teaching-8x4", replicates=2),
        study,
        study.compare(),
        strategy.list_length(season),
        strategy.why_unmatched(season),
    ]
    return {type(one).__name__: one for one in found}


KINDS = (
    "Market", "Matching", "Menus", "StableMatchings", "StablePairs", "Explanation", "BlockingPairs",
    "BlockingUnits", "Continuum", "Season", "Replicates", "StudyResult", "Comparison", "ListLengths",
    "Unmatched",
)  # fmt: skip
every_kind = pytest.mark.parametrize("kind", KINDS)


class Balanced(HTMLParser):
    """The elements of a piece of HTML, each closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_every_kind_is_here(results) -> None:
    assert set(results) == set(KINDS)


@every_kind
def test_repr_is_one_line_that_names_it(results, kind) -> None:
    told = repr(results[kind])
    assert re.fullmatch(rf"<{kind}\b.*>", told), told
    assert len(told) < 200


@every_kind
def test_html_is_escaped_balanced_and_without_colours_of_its_own(results, kind) -> None:
    text = results[kind]._repr_html_()
    page = Balanced(text)
    assert page.open == []
    assert "script" not in page.seen
    # Whatever takes its colours from the notebook can be read in a light one and in a dark one.
    assert not re.search(r"style=|color|background|<font", text)
    assert len(text) < 20_000


@every_kind
def test_it_becomes_a_data_frame_that_is_the_readers_own(results, kind) -> None:
    result = results[kind]
    frame = result.to_pandas()
    assert isinstance(frame, pd.DataFrame)
    assert frame.columns.is_unique
    before = frame.copy(deep=True)
    frame["own"] = 1
    pd.testing.assert_frame_equal(result.to_pandas(), before)


@every_kind
def test_what_tab_offers_exists_and_is_told(results, kind) -> None:
    """Every public name is a value of the result or something that says what it does."""
    result = results[kind]
    offered = [name for name in dir(result) if not name.startswith("_")]
    assert "to_pandas" in offered
    fields = set(getattr(result, "__dataclass_fields__", ()))
    for name in offered:
        getattr(result, name)
        if name in fields or name == "rows":
            continue
        member = getattr(type(result), name)
        member = member.func if isinstance(member, cached_property) else member
        assert member.__doc__, f"{kind}.{name} says nothing of itself"


def test_charts_are_reached_from_their_results(results) -> None:
    assert isinstance(results["StableMatchings"].plot(), Axes)
    assert isinstance(results["Explanation"].plot(), Axes)
    assert isinstance(results["ListLengths"].plot("us_img"), Axes)
    assert isinstance(results["StudyResult"].plot.effect("match_rate"), Axes)
    for kind in ("Season", "Replicates"):
        plot = results[kind].plot
        assert {name for name in dir(plot) if not name.startswith("_")} == set(CHARTS)
        assert isinstance(plot.match_rate_by_type(), Axes)
    assert {name for name in dir(results["StudyResult"].plot) if not name.startswith("_")} == {
        "effect",
        "helped_and_hurt",
        "result",
        "sweep",
    }


def test_data_frames_hold_what_the_results_do(results) -> None:
    season = results["Season"]
    people = season.to_pandas()
    assert len(people) == len(season.cohort)
    assert people["placed"].sum() == season.placed.sum()
    assert {*season.applicants.columns, *season.placements.columns} == set(people.columns)
    rates = results["Replicates"].to_pandas()
    assert set(rates["replicate"]) == {0, 1}
    assert results["Replicates"].to_pandas("couples").columns[0] == "replicate"
    kinds = results["Continuum"].to_pandas()
    assert kinds.loc[0, ["program", "positions", "filled"]].tolist() == ["City", 1.0, 1.0]
    entries = results["Explanation"].to_pandas()
    assert entries["program"].tolist() == ["City", "Mercy"]
    assert "partner_program" not in entries
    assert "own" not in results["Comparison"].effects


def test_long_tables_are_cut_and_say_so() -> None:
    shown = html_table("<it>", ("a&b",), ((number,) for number in range(50)), 50)
    assert shown.startswith("<p><b>&lt;it&gt;</b></p><table><tr><th>a&amp;b</th></tr><tr><td>0</td></tr>")
    assert shown.count("<td>") == SHOWN_ROWS
    assert shown.endswith("<p>and 30 more</p>")
    assert "more" not in html_table("it", ("a",), [(1,)], 1)


def test_names_that_are_scripts_are_shown(results) -> None:
    for kind in ("Matching", "Menus"):
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in results[kind]._repr_html_()


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("ms.run_season('smal')", "did you mean 'small'"),
        ("ms.open_study('nowhere')", "holds nothing that matchsim study run made"),
        ("ms.run_replicates('small', replicates=0)", "replicates must be at least 1, got 0"),
    ],
)
def test_errors_in_a_notebook_are_one_line_with_the_remedy(code, told) -> None:
    shells = pytest.importorskip("IPython.core.interactiveshell")
    settings = pytest.importorskip("traitlets.config").Config({"HistoryManager": {"enabled": False}})
    shell = shells.InteractiveShell(config=settings, user_ns={"ms": ms})
    shown = io.StringIO()
    with redirect_stdout(shown), redirect_stderr(shown):
        result = shell.run_cell(code, store_history=False)
    assert isinstance(result.error_in_exec, MatchsimError)
    (line,) = re.sub(r"\x1b\[[0-9;]*m", "", shown.getvalue()).strip().splitlines()
    assert line.startswith(type(result.error_in_exec).__name__)
    assert told in line
    assert "Traceback" not in line
