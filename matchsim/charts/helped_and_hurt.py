"""Whom an arm of a study helps and whom it hurts, person by person: bars to the right and to the left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matchsim.charts import rows, style
from matchsim.charts.style import Fill
from matchsim.errors import InputError, Problem, TableError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["helped_and_hurt"]

NEEDS = ("told", "group", "replicates", "people", "helped", "hurt", "higher_choice", "lower_choice")
INTERVALS = ("helped_low", "helped_high", "hurt_low", "hurt_high")
MOST_ROWS = 40  # more do not fit legibly
ROW, AROUND = 0.31, 2.1  # inches a row, and around all of them
LETTERS = 34  # of the name of an arm
HELPED, HURT = "#0072B2", "#D55E00"
PALE = 0.35
# Where groups do not fit, these stand for all.
OUTERMOST = ("all", 1, 10)


def helped_and_hurt(data: pd.DataFrame, ax: Axes | None = None, *, caption: str = "") -> Axes:
    """Draw the shares of people helped and hurt, one row per group of every arm.

    Parameters
    ----------
    data
        As ``StudyResult.compare().helped_and_hurt()`` returns it, with the name of the arm and point in the
        column ``told``. Where there are more rows than fit, types are left out, and of the tenths of the
        ability the lowest and the highest are drawn.
    ax
        Axes to draw on; None makes a figure as high as the rows need.
    caption
        Where the numbers come from, printed small below.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    TableError
        Where a column is missing.
    InputError
        Where there is nothing to draw, or more than fits.
    """
    from matchsim.charts._figure import new_axes, set_headings

    missing = [name for name in (*NEEDS, *INTERVALS) if name not in data.columns]
    if missing:
        raise TableError([Problem(f"column {name!r} is missing", path="helped_and_hurt") for name in missing])
    shown = data if len(data) <= MOST_ROWS else data[data["group"].isin(OUTERMOST)]
    if not 0 < len(shown) <= MOST_ROWS:
        told = f"{len(shown)} rows cannot be drawn; 1 to {MOST_ROWS} can"
        raise InputError(Problem(told, remedy="compare fewer arms or points"))
    shown = _in_order(shown)
    with style.in_use():
        target = new_axes((8.0, AROUND + ROW * len(shown))) if ax is None else ax
        target.spines[["top", "right"]].set_visible(False)
        target.set_axisbelow(True)
        style.grid(target, "x")
        _draw(target, shown)
        by_ability = any(not isinstance(group, str) for group in shown["group"])
        title = f"Whom it helps and whom it hurts, by {'ability' if by_ability else 'applicant type'}"
        set_headings(target, title, _subtitle(shown, by_ability=by_ability), caption)
    return target


def _in_order(shown: pd.DataFrame) -> pd.DataFrame:
    """Arm by arm as given; in each everybody, then types as in other charts, or tenths from the highest."""
    types = style.ordered_types(group for group in shown["group"].unique() if isinstance(group, str))
    place = {"all": -1} | {name: at for at, name in enumerate(types) if name != "all"}
    arms = {told: at for at, told in enumerate(shown["told"].unique())}
    order = shown.assign(
        _arm=shown["told"].map(arms),
        _group=[place[group] if isinstance(group, str) else -group + 100 for group in shown["group"]],
    )
    return order.sort_values(["_arm", "_group"], kind="stable").reset_index(drop=True)


def _draw(ax: Axes, shown: pd.DataFrame) -> None:
    at = range(len(shown))
    sides = ((1, "helped", "higher_choice", HELPED), (-1, "hurt", "lower_choice", HURT))
    for sign, name, choice, colour in sides:
        share = sign * shown[name]
        ax.barh(at, share, height=0.66, color=colour)
        ax.barh(at, sign * shown[choice], left=share, height=0.66, color=style.tint(colour, PALE))
        ax.hlines(at, sign * shown[f"{name}_low"], sign * shown[f"{name}_high"], color=style.INK, linewidth=2)
    ax.axvline(0, color=style.NEUTRAL, linewidth=1)
    for row in range(1, len(shown)):
        if shown["told"][row] != shown["told"][row - 1] and shown["group"].nunique() > 1:
            ax.axhline(row - 0.5, color=style.GRID, linewidth=1.2)
    rows.set_rows(ax, _labels(shown))
    _set_axis(ax, shown)
    fills = {
        "Lower choice": Fill(style.tint(HURT, PALE)),
        "Worse outcome": Fill(HURT),
        "Better outcome": Fill(HELPED),
        "Higher choice": Fill(style.tint(HELPED, PALE)),
    }
    style.key(ax, fills, columns=4)
    end = rows.text_column(ax, "people", [style.count(people) for people in shown["people"]], 8)
    end = rows.text_column(ax, "helped", [style.percent(share, 2) for share in shown["helped"]], end + 10)
    rows.text_column(ax, "hurt", [style.percent(share, 2) for share in shown["hurt"]], end + 10)


def _set_axis(ax: Axes, shown: pd.DataFrame) -> None:
    """Both sides as long as the longer needs, in percent without signs."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    ends = [
        (shown["helped"] + shown["higher_choice"]).max(),
        (shown["hurt"] + shown["lower_choice"]).max(),
        shown["helped_high"].max(),
        shown["hurt_high"].max(),
    ]
    reach = 1.05 * max([float(end) for end in ends if end > 0], default=0.01)
    ax.set_xlim(-reach, reach)
    ax.xaxis.set_major_locator(MaxNLocator(7, symmetric=True))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * abs(share):.10g}%"))
    ax.set_xlabel("Share of these people (%): hurt to the left, helped to the right")


def _labels(shown: pd.DataFrame) -> list[str]:
    """The arm before the first of its rows, the group in every row."""
    labels, before = [], None
    several = shown["group"].nunique() > 1
    for arm, group in zip(shown["told"], shown["group"], strict=True):
        name = style.shortened(str(arm), LETTERS)
        if not several:
            labels.append(name)
        else:
            labels.append(f"{name}:  {_named(group)}" if arm != before else _named(group))
        before = arm
    return labels


def _named(group: str | int) -> str:
    if isinstance(group, str):
        return "All" if group == "all" else style.label_of(group)
    return {1: "Lowest tenth", 10: "Highest tenth"}.get(int(group), f"Tenth {group}")


def _subtitle(shown: pd.DataFrame, *, by_ability: bool) -> str:
    tenths = "Tenths of the ability within each type. " if by_ability else ""
    outcome = "Outcomes: matched before placed in SOAP before not placed. Choices: of those matched in both."
    number = int(shown["replicates"].max())
    told = f"Mean of {number:,} paired replicates; lines: 95% intervals of that mean by bootstrap."
    return f"{outcome}\n{tenths}{told if number > 1 else 'One replicate: no intervals.'}"
