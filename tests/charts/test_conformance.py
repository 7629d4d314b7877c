"""What every chart must do, whoever wrote it."""

from __future__ import annotations

import matplotlib as mpl
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from matchsim.charts import CHARTS, source_line
from matchsim.errors import TableError

from .drawn_text import drawn_texts, faults
from .sample import tables
from .variants import VARIANTS

CAPTION = source_line("us-2025", 1)
every_chart = pytest.mark.parametrize("name", CHARTS)


def words(texts):
    return [text.get_text() for text in texts]


def texts_of(ax):
    return words(drawn_texts(ax.figure))


def paper(size=(4, 2)):
    figure = Figure(figsize=size)
    FigureCanvasAgg(figure)
    return figure


def pixels(ax):
    ax.figure.canvas.draw()
    return bytes(ax.figure.canvas.buffer_rgba())


def test_there_are_charts():
    assert len(CHARTS) >= 6


@every_chart
@pytest.mark.parametrize("variant", VARIANTS)
def test_is_complete_and_legible(name, variant):
    function, table, _ = CHARTS[name]
    ax = function(VARIANTS[variant]()[table], caption=CAPTION)
    assert ax.get_title(loc="left")
    assert ax.get_xlabel()
    assert ax.get_ylabel() or len(ax.get_yticklabels()) > 1
    drawn = drawn_texts(ax.figure)
    assert CAPTION in words(drawn)
    assert "no data" not in words(drawn)
    assert faults(drawn) == []
    assert not any(text.get_parse_math() for text in drawn)


@every_chart
@pytest.mark.parametrize("variant", ["one", "twenty", "categorical"])
def test_leaves_the_data_alone(name, variant):
    function, table, _ = CHARTS[name]
    data = VARIANTS[variant]()[table]
    before = data.copy(deep=True)
    function(data)
    assert data.equals(before)
    assert (data.dtypes == before.dtypes).all()


@every_chart
def test_draws_on_the_axes_given(name):
    function, table, _ = CHARTS[name]
    figure = paper((20, 10))
    left, right = figure.subplots(1, 2)
    place = right.get_window_extent().frozen()
    assert function(tables()[table], right, caption=CAPTION) is right
    assert right.get_title(loc="left")
    texts = [text for text in drawn_texts(figure) if text.axes is right]
    assert faults(texts, place.padded(1)) == []
    assert not left.has_data()


@every_chart
def test_leaves_the_settings_of_matplotlib_alone(name):
    function, table, _ = CHARTS[name]
    with mpl.rc_context({"font.size": 30, "hatch.linewidth": 7, "svg.fonttype": "path"}):
        before = dict(mpl.rcParams)
        function(tables()[table])
        assert dict(mpl.rcParams) == before


@every_chart
def test_looks_the_same_whatever_the_user_has_set(name):
    function, table, _ = CHARTS[name]
    data = tables()[table]
    loud = {
        "font.size": 30,
        "axes.titlesize": 40,
        "axes.grid": True,
        "axes.facecolor": "red",
        "lines.linewidth": 9,
    }
    with mpl.rc_context(loud):
        ax = function(data)
    assert pixels(ax) == pixels(function(data))


@every_chart
def test_says_no_data(name):
    function, table, _ = CHARTS[name]
    ax = function(tables()[table].iloc[:0], caption=CAPTION)
    drawn = drawn_texts(ax.figure)
    assert sorted(words(drawn)) == sorted(["no data", ax.get_title(loc="left"), CAPTION])
    assert faults(drawn) == []


@every_chart
def test_says_no_data_where_all_counts_are_zero(name):
    function, table, _ = CHARTS[name]
    data = tables()[table]
    counts = data.select_dtypes("number").columns.drop("replicate")
    counts = counts.drop([c for c in ("rank", "contiguous_ranks", "round") if c in counts])
    ax = function(data.assign(**dict.fromkeys(counts, 0)))
    assert "no data" in texts_of(ax)


@every_chart
def test_says_how_many_replicates(name):
    function, table, _ = CHARTS[name]
    several, one = (words(function(tables(number)[table]).texts) for number in (20, 1))
    assert sum("Mean of 20 replicates; Monte-Carlo intervals" in text for text in several) == 1
    assert not any("replicates" in text for text in one)


@every_chart
def test_names_the_columns_that_are_missing(name):
    function, table, _ = CHARTS[name]
    with pytest.raises(TableError) as caught:
        function(tables()[table].drop(columns=["replicate"]).iloc[:, :0])
    told = str(caught.value)
    assert f"{name}: column 'replicate' is missing (got no columns)" in told
    assert len(caught.value.problems) > 2


@every_chart
def test_is_described(name):
    function, table, description = CHARTS[name]
    assert function.__name__ == name
    assert description.endswith(".")
    assert description in function.__doc__
    assert f"The table ``{table}``" in function.__doc__


def test_the_checker_of_texts_sees_an_overlap():
    figure = paper()
    figure.text(0.2, 0.5, "first words")
    figure.text(0.25, 0.52, "second words")
    assert faults(drawn_texts(figure)) == ["'first words' and 'second words' overlap"]


def test_the_checker_of_texts_sees_what_is_cut_off():
    figure = paper()
    figure.text(0.9, 0.5, "far too long for its place")
    (told,) = faults(drawn_texts(figure))
    assert told.startswith("'far too long for its place' leaves its place")


def test_the_checker_of_texts_ignores_what_is_not_drawn():
    figure = paper()
    figure.text(0.2, 0.5, "seen")
    figure.text(0.2, 0.5, "hidden", visible=False)
    figure.text(0.2, 0.5, "   ")
    assert [text.get_text() for text in drawn_texts(figure)] == ["seen"]
