"""Every chart looks as it did: small pictures of handmade tables, held to those in ``baseline``.

Where a chart was changed on purpose, or is new, draw its picture with the command in `AGAIN` and look at it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from pkgutil import iter_modules

import matplotlib as mpl
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images

import matchsim.charts
from matchsim.charts import CHARTS, style
from matchsim.charts.chance_by_ranks import chance_by_ranks
from matchsim.charts.fidelity import fidelity
from matchsim.charts.helped_and_hurt import helped_and_hurt
from matchsim.charts.lattice import lattice_of_stable_matchings
from matchsim.charts.levers import levers
from matchsim.charts.raw_and_causal_curve import raw_and_causal_curve
from matchsim.charts.rejection_chain import rejection_chain
from matchsim.charts.sensitivity import sensitivity
from matchsim.charts.study_effect import study_effect
from matchsim.charts.study_sweep import study_sweep
from matchsim.charts.why_unmatched import why_unmatched

from .sample import tables
from .test_fidelity import moved, validated
from .test_lattice import pairs
from .test_levers import found
from .test_raw_and_causal_curve import CURVES
from .test_rejection_chain import branching
from .test_study_charts import MEANING, TENTHS, effects, results, shares
from .test_why_unmatched import COUNTS

BASELINE = Path(__file__).parent / "baseline"
AGAIN = "pytest -n 0 tests/charts/test_images.py -k looks_as --mpl-generate-path=tests/charts/baseline"
# Root mean square of the differences of pixels, of 255: what libraries of fonts and lines may do to edges.
TOLERANCE = 5.0
DPI = 50
AT_MOST = 1_000_000  # bytes of all pictures
CAPTION = "Sample data, no finding"
# Modules that draw nothing themselves.
HELPERS = {"files", "plots", "registry", "replicates", "rows", "style"}

DRAWN: dict[str, Callable[[], Axes]] = {
    **{
        name: lambda chart=chart: chart.function(tables(5)[chart.table], caption=CAPTION)
        for name, chart in CHARTS.items()
    },
    "chance_by_ranks": lambda: chance_by_ranks(found(*[0.05] * 12), caption=CAPTION),
    "fidelity": lambda: fidelity(validated(4, 3), caption=CAPTION),
    "helped_and_hurt": lambda: helped_and_hurt(shares(groups=TENTHS), caption=CAPTION),
    "lattice": lambda: lattice_of_stable_matchings(pairs(2), caption=CAPTION),
    "levers": lambda: levers(found(0.1), caption=CAPTION),
    "raw_and_causal_curve": lambda: raw_and_causal_curve(CURVES, caption=CAPTION),
    "rejection_chain": lambda: rejection_chain(branching(), caption=CAPTION),
    "sensitivity": lambda: sensitivity(moved(9, 5), caption=CAPTION),
    "study_effect": lambda: study_effect(effects(), MEANING, caption=CAPTION),
    "study_sweep": lambda: study_sweep(
        results(), "interviews.per_position", MEANING, "share", caption=CAPTION
    ),
    "why_unmatched": lambda: why_unmatched(COUNTS, caption=CAPTION),
}


def baseline_of(name: str) -> Path:
    return BASELINE / f"test_looks_as_it_did_{name}.png"


@pytest.mark.skipif(mpl.__version_info__ < (3, 11), reason="matplotlib before 3.11 draws letters otherwise")
@pytest.mark.parametrize("name", sorted(DRAWN))
@pytest.mark.mpl_image_compare(
    baseline_dir="baseline",
    tolerance=TOLERANCE,
    style=style.SETTINGS,
    savefig_kwargs={"dpi": DPI, "pil_kwargs": {"optimize": True}},
    deterministic=True,
)
def test_looks_as_it_did(name: str) -> Figure:
    figure = DRAWN[name]().get_figure(root=True)
    assert figure is not None
    return figure


def test_every_chart_is_drawn_here() -> None:
    modules = {one.name for one in iter_modules(matchsim.charts.__path__) if not one.name.startswith("_")}
    missing = sorted((modules - HELPERS | set(CHARTS)) - set(DRAWN))
    told = f"no picture of {', '.join(missing)} is drawn: add it to DRAWN in tests/charts/test_images.py"
    assert not missing, f"{told}, run `{AGAIN}`, and look at what it drew"


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_every_chart_has_its_picture(name: str) -> None:
    told = f"there is no picture to hold {name} to: run `{AGAIN}`, and look at what it drew"
    assert baseline_of(name).is_file(), told


def test_there_are_no_pictures_but_those_and_they_are_small() -> None:
    there = set(BASELINE.iterdir())
    assert there == {baseline_of(name) for name in DRAWN}
    assert sum(path.stat().st_size for path in there) < AT_MOST


@pytest.mark.parametrize("change", ["colour", "length", "word"])
def test_what_changes_is_seen(change: str, tmp_path: Path) -> None:
    """The tolerance lets no bar of another colour or length pass, nor a label that is gone."""
    pictures = []
    for changed in (False, True):
        ax = DRAWN["match_rate_by_type"]()
        if changed:
            bar = ax.patches[1]
            if change == "colour":
                bar.set_facecolor("#E69F00")
            elif change == "length":
                bar.set_width(0.8 * bar.get_width())
            else:
                ax.set_title("", loc="left")
        pictures.append(tmp_path / f"{changed}.png")
        with style.in_use():
            ax.figure.savefig(pictures[-1], dpi=DPI)
    assert compare_images(*map(str, pictures), tol=TOLERANCE) is not None
