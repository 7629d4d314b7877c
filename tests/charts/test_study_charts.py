"""The charts of a study: the numbers they show, and what every chart must do."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from matchsim.charts import CHARTS
from matchsim.charts.files import save_figure
from matchsim.charts.helped_and_hurt import INTERVALS, helped_and_hurt
from matchsim.charts.study_effect import study_effect
from matchsim.charts.study_sweep import study_sweep
from matchsim.errors import InputError, TableError

from .drawn_text import drawn_texts, faults
from .sample import TYPES

MEANING = "Active applicants matched to a PGY-1 position by the algorithm"
CAPTION = "Simulated with matchsim, study try, seed 1"


def effects(
    arms: tuple[str, ...] = ("cap 12", "cap 8"), *, unit: str = "share", scale: float = 0.01
) -> pd.DataFrame:
    rows = [
        (arm, "match_rate", group, 1, unit, 20, scale * (a - g), scale * (a - g - 1), scale * (a - g + 1))
        for a, arm in enumerate(arms)
        for g, group in enumerate(["all", *TYPES])
    ]
    names = ["told", "metric", "group", "year", "unit", "replicates", "difference", "low", "high"]
    return pd.DataFrame(rows, columns=names)


def results(
    arms: tuple[str, ...] = ("as it is", "cap 12"), x: tuple = (4.0, 8.0, 16.0), *, replicates: int = 5
) -> pd.DataFrame:
    rows = [
        (arm, value, replicate, 1, "match_rate", "all", 0.5 + 0.01 * (a + at) + 0.001 * replicate)
        for a, arm in enumerate(arms)
        for at, value in enumerate(x)
        for replicate in range(replicates)
    ]
    names = ["arm", "interviews.per_position", "replicate", "year", "metric", "group", "value"]
    return pd.DataFrame(rows, columns=names)


def shares(
    arms: tuple[str, ...] = ("cap 12", "cap 8"), groups: tuple = (*TYPES, "all"), *, scale: float = 0.01
) -> pd.DataFrame:
    rows = [
        {"told": arm, "group": group, "replicates": 20, "people": 100.0 * (g + 1)}
        | {"helped": scale * g, "helped_low": scale * (g - 0.5), "helped_high": scale * (g + 0.5)}
        | {"hurt": scale * (a + 1), "hurt_low": scale * (a + 0.8), "hurt_high": scale * (a + 1.2)}
        | {"higher_choice": scale * 2, "lower_choice": scale * 3}
        for a, arm in enumerate(arms)
        for g, group in enumerate(groups)
    ]
    return pd.DataFrame(rows)


TENTHS = ("all", *range(1, 11))


def swept(data: pd.DataFrame, unit: str = "share", ax=None):
    return study_sweep(data, "interviews.per_position", MEANING, unit, ax, caption=CAPTION)


MANY = tuple(f"cap {n}" for n in range(30))
LONG = "a cap with a very long name that goes on and on for sixty letters"
DRAWN = {
    "effects": lambda: study_effect(effects(), MEANING, caption=CAPTION),
    "one arm": lambda: study_effect(effects(("cap",)), MEANING, caption=CAPTION),
    "many arms": lambda: study_effect(effects(MANY), MEANING, caption=CAPTION),
    "long names": lambda: study_effect(effects((LONG, f"{LONG}!")), MEANING * 3, caption=CAPTION),
    "dollars": lambda: study_effect(effects(("$x_1$", "100$ & <b>")), MEANING, caption=CAPTION),
    "numbers": lambda: study_effect(effects(unit="number", scale=900.0), MEANING, caption=CAPTION),
    "one replicate": lambda: study_effect(
        effects().assign(low=np.nan, high=np.nan, replicates=1), MEANING, caption=CAPTION
    ),
    "sweep": lambda: swept(results()),
    "sweep of one": lambda: swept(results(("base",))),
    "sweep of seven": lambda: swept(results(tuple(f"arm {n}" for n in range(7)))),
    "sweep of long names": lambda: swept(results((LONG, f"{LONG}!", "$x_1$"))),
    "sweep over words": lambda: swept(results(x=("low", "middle", "high"))),
    "sweep of numbers": lambda: swept(results().assign(value=lambda data: 1e5 * data["value"]), "number"),
    "helped by type": lambda: helped_and_hurt(shares(), caption=CAPTION),
    "helped by ability": lambda: helped_and_hurt(shares(groups=TENTHS), caption=CAPTION),
    "helped in many arms": lambda: helped_and_hurt(shares(MANY), caption=CAPTION),
    "helped of long names": lambda: helped_and_hurt(shares((LONG, "$x_1$ & <b>")), caption=CAPTION),
    "few helped": lambda: helped_and_hurt(shares(scale=1e-6), caption=CAPTION),
    "nobody helped": lambda: helped_and_hurt(shares(scale=0.0), caption=CAPTION),
    "most helped": lambda: helped_and_hurt(shares(scale=0.11), caption=CAPTION),
    "helped once": lambda: helped_and_hurt(
        shares().assign(**dict.fromkeys(INTERVALS, np.nan), replicates=1),
        caption=CAPTION,
    ),
    "sweep of one replicate": lambda: swept(results(replicates=1)),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWN)
def test_is_complete_and_legible(name) -> None:
    ax = DRAWN[name]()
    drawn = drawn_texts(ax.get_figure(root=True))
    assert ax.get_title(loc="left")
    assert ax.get_xlabel()
    assert CAPTION in {text.get_text() for text in drawn}
    assert faults(drawn) == []
    assert not any(text.get_parse_math() for text in drawn)


def test_effects_are_where_they_should_be_and_written() -> None:
    ax = study_effect(effects(), MEANING)
    points = [line for line in ax.lines if line.get_marker() == "o"]
    assert len(points) == 2 * (1 + len(TYPES))
    found = effects()
    for row, line in enumerate(points):
        assert line.get_xdata()[0] == pytest.approx(100 * found["difference"][row])
        assert line.get_ydata()[0] == row
    texts = {text.get_text() for text in ax.texts}
    assert "−1.00 (−2.00 to 0.00)" in texts
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels[0] == "cap 12:  All"
    assert labels[1] == "US MD seniors"
    assert "Mean of 20 paired replicates" in "".join(texts)


def test_nothing_has_no_sign() -> None:
    tiny = effects(("cap",)).assign(difference=-4e-5, low=-6e-5, high=4e-5)
    assert "0.00 (−0.01 to 0.00)" in {text.get_text() for text in study_effect(tiny, MEANING).texts}


def test_of_years_that_follow_one_another_the_first_is_swept() -> None:
    second = results().assign(year=2, value=0.9)
    ax = swept(pd.concat([results(), second], ignore_index=True))
    assert ax.containers[0].lines[0].get_ydata() == pytest.approx([0.502, 0.512, 0.522])


def test_of_more_effects_than_fit_those_of_everybody_are_drawn() -> None:
    ax = study_effect(effects(tuple(f"cap {n}" for n in range(30))), MEANING)
    assert [label.get_text() for label in ax.get_yticklabels()] == [f"cap {n}" for n in range(30)]
    with pytest.raises(InputError, match="41 effects cannot be drawn; 1 to 40 can"):
        study_effect(effects(tuple(f"cap {n}" for n in range(41))), MEANING)
    with pytest.raises(InputError, match="0 effects cannot be drawn"):
        study_effect(effects().iloc[:0], MEANING)


def test_a_sweep_has_the_means_and_their_intervals() -> None:
    ax = swept(results())
    first = ax.containers[0]
    assert first.lines[0].get_ydata() == pytest.approx([0.502, 0.512, 0.522])
    (bars,) = first.lines[2]
    half = 1.96 * np.std([0, 0.001, 0.002, 0.003, 0.004], ddof=1) / np.sqrt(5)
    ends = bars.get_segments()[0][:, 1]
    assert ends == pytest.approx([0.502 - half, 0.502 + half])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["as it is", "cap 12"]


def test_points_of_a_hypercube_are_not_joined_and_those_of_a_grid_are() -> None:
    grid = pd.concat([results(("a",)).assign(other=value) for value in (1.0, 2.0)])
    hypercube = results(("a",)).assign(other=lambda data: data["interviews.per_position"] * 3)
    assert swept(grid).containers[0].lines[0].get_linestyle() == "-"
    assert swept(hypercube).containers[0].lines[0].get_linestyle() == "None"


def test_helped_stands_to_the_right_and_hurt_to_the_left_in_the_order_of_the_house() -> None:
    data = shares()
    ax = helped_and_hurt(data)
    assert [label.get_text() for label in ax.get_yticklabels()][:3] == [
        "cap 12:  All",
        "US MD seniors",
        "US MD graduates",
    ]
    better, higher, worse, lower = (
        [(bar.get_x(), bar.get_width()) for bar in bars.patches] for bars in ax.containers
    )
    row = 1 + TYPES.index("us_img")  # of the first arm
    assert better[row] == pytest.approx((0, 0.04))
    assert higher[row] == pytest.approx((0.04, 0.02))
    assert worse[row] == pytest.approx((0, -0.01))
    assert lower[row] == pytest.approx((-0.01, -0.03))
    ends = ax.collections[0].get_segments()[row][:, 0]
    assert ends == pytest.approx([0.035, 0.045])
    low, high = ax.get_xlim()
    assert low == -high
    assert high > 0.09
    texts = [text.get_text() for text in ax.texts]
    assert {"people", "helped", "hurt", "500", "4.00%", "1.00%"} <= set(texts)


def test_tenths_are_drawn_from_the_highest_and_where_they_do_not_fit_the_outermost() -> None:
    ax = helped_and_hurt(shares(groups=TENTHS))
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels[:3] == ["cap 12:  All", "Highest tenth", "Tenth 9"]
    assert labels[10] == "Lowest tenth"
    many = helped_and_hurt(shares(tuple(f"cap {n}" for n in range(9)), TENTHS))
    labels = [label.get_text() for label in many.get_yticklabels()]
    assert labels[:4] == ["cap 0:  All", "Highest tenth", "Lowest tenth", "cap 1:  All"]
    with pytest.raises(InputError, match="41 rows cannot be drawn; 1 to 40 can"):
        helped_and_hurt(shares(tuple(f"cap {n}" for n in range(41))))
    with pytest.raises(TableError, match="helped_and_hurt: column 'hurt' is missing"):
        helped_and_hurt(shares().drop(columns="hurt"))


def test_missing_columns_and_too_many_arms_are_told() -> None:
    with pytest.raises(TableError, match="study_effect: column 'low' is missing"):
        study_effect(effects().drop(columns="low"), MEANING)
    with pytest.raises(TableError, match="study_sweep: column 'value' is missing"):
        swept(results().drop(columns="value"))
    with pytest.raises(InputError, match="8 arms cannot be drawn; 1 to 7 can"):
        swept(results(tuple(f"arm {n}" for n in range(8))))


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: study_effect(effects(), MEANING, ax),
        lambda ax: swept(results(), ax=ax),
        lambda ax: helped_and_hurt(shares(), ax),
    ],
)
def test_draws_on_the_axes_given_and_leaves_settings_and_data_alone(draw) -> None:
    figure = Figure(figsize=(20, 10))
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    before = dict(mpl.rcParams)
    assert draw(right) is right
    assert dict(mpl.rcParams) == before
    assert not left.has_data()


def test_the_same_bytes_on_repeat(tmp_path) -> None:
    for number in (1, 2):
        (tmp_path / str(number)).mkdir()
        for suffix in ("png", "svg"):
            save_figure(DRAWN["effects"](), tmp_path / str(number) / f"effect.{suffix}", description=MEANING)
    for suffix in ("png", "svg"):
        one, two = ((tmp_path / number / f"effect.{suffix}").read_bytes() for number in "12")
        assert one == two


def test_they_are_no_charts_of_a_run() -> None:
    assert not {"study_effect", "study_sweep", "helped_and_hurt"} & set(CHARTS)
