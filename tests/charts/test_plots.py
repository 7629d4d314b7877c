from __future__ import annotations

import subprocess
import sys

import pytest

from matchsim.charts import CHARTS, Plots, source_line

from .sample import tables

CAPTION = source_line("us-2025", 1)
HEAVY = {"numba", "pandas", "matplotlib"}


@pytest.fixture
def plot():
    return Plots(tables().__getitem__, CAPTION)


def test_offers_every_chart(plot):
    assert set(CHARTS) <= set(dir(plot))
    assert all(name in repr(plot) for name in CHARTS)


@pytest.mark.parametrize("name", CHARTS)
def test_draws_the_chart_of_its_table(plot, name):
    method = getattr(plot, name)
    assert method.__name__ == name
    assert method.__doc__ == CHARTS[name].function.__doc__
    ax = method()
    assert CAPTION in [text.get_text() for text in ax.texts]
    assert method(ax=ax) is ax


def test_asks_for_the_table_only_when_drawing():
    asked = []
    plot = Plots(lambda name: asked.append(name) or tables()[name], CAPTION)
    method = plot.soap_by_round
    assert asked == []
    method()
    assert asked == ["soap_rounds"]


def test_a_mistyped_chart_is_answered_with_the_right_one(plot):
    with pytest.raises(
        AttributeError, match=r"there is no chart 'rank_obtaned'; did you mean 'rank_obtained'\?"
    ):
        plot.rank_obtaned  # noqa: B018
    assert not hasattr(plot, "_repr_html_")


def test_axes_show_themselves_in_a_notebook(plot):
    png, told = plot.soap_by_round()._repr_png_()
    assert png.startswith(b"\x89PNG")
    assert told == {"width": 800}


def test_the_list_of_charts_loads_nothing_heavy():
    code = "import matchsim.charts as c, sys; assert c.CHARTS; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert not HEAVY & set(loaded.stdout.split())


def test_a_chart_is_added_by_one_file(tmp_path, monkeypatch):
    from matchsim.charts import registry

    package = tmp_path / "more_charts"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "_helper.py").write_text("raise AssertionError('not a chart')")
    (package / "seats.py").write_text(
        "from matchsim.charts.registry import chart\n"
        "@chart(table='seats', title='Seats', needs=('seats',))\n"
        "def seats(data, ax):\n"
        "    '''Seats as a bar.'''\n"
        "    ax.bar(0, data['seats'].sum())\n"
        "    return 'all seats'\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(registry, "_registered", {})
    found = registry.discovered("more_charts", [str(package)])
    assert list(found) == ["seats"]
    assert (found["seats"].table, found["seats"].description) == ("seats", "Seats as a bar.")


def test_the_source_line_names_version_scenario_and_seed():
    from matchsim import __version__

    told = source_line("us-2025", 1)
    assert told == f"Simulated with matchsim {__version__}, scenario us-2025, seed 1"
