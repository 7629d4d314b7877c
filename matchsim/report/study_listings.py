"""The tables that the report of a study shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matchsim.charts import style
from matchsim.errors import shown
from matchsim.report.listings import Cell, Listing
from matchsim.study.metrics import METRICS
from matchsim.study.words import difference, interval, level, named

if TYPE_CHECKING:
    from matchsim.report.study_folder import StudyFolder

__all__ = ["changes_listing", "study_listings"]

MOST_ROWS = 1000  # more make the page too large
VALUE = 60  # characters of a scenario's value
RESULTS = "results.parquet"


def study_listings(study: StudyFolder) -> list[Listing]:
    """All tables of the results, in the order of the page, but those of which there is no row."""
    found = [_means(study), _effects(study)]
    found += [_shares(study, by) for by in study.changed]
    return [one for one in (*found, _metrics(study)) if one.rows]


def changes_listing(study: StudyFolder) -> Listing:
    """What the arms and points have otherwise than the baseline."""
    rows = [
        tuple(
            Cell(text, text)
            for text in (
                study.result.told({"arm": change.cell.arm, **change.cell.point}),
                change.parameter,
                _value(change.before),
                _value(change.after),
            )
        )
        for change in study.changes
    ]
    told = (
        "Values of resolved scenarios that are not the baseline's, after policies. All others are the same."
    )
    return _listing("changes", "What the arms change", told, "scenarios/", "Arm|Value|Baseline|Here", 4, rows)


def _means(study: StudyFolder) -> Listing:
    names = [name for name in study.result.loaded.metrics if name in study.means]
    rows = [
        (
            Cell(row["told"], row["told"]),
            Cell(style.count(row["replicates"]), row["replicates"]),
            *(Cell(level(row[name], METRICS[name].unit), float(row[name])) for name in names),
        )
        for row in study.means.to_dict("records")
    ]
    told = "Means over the replicates, of everybody. What each metric is stands in a table below."
    heads = "|".join(("Arm", "Replicates", *(named(name) for name in names)))
    return _listing("means", "Every arm and point", told, RESULTS, heads, 1, rows)


def _effects(study: StudyFolder) -> Listing:
    effects, told = study.effects, ""
    if len(effects) > MOST_ROWS:
        effects, told = (
            effects[effects["group"] == "all"],
            " Applicant types are left out: all are in the file.",
        )
    years = len(effects) and effects["year"].nunique() > 1
    rows = [_effect(row, years=bool(years)) for row in effects.to_dict("records")]
    heads = (
        f"Arm|Metric|Whose|{'Year|' if years else ''}Baseline|Mean|Difference|95% interval|Gain from pairing"
    )
    return _listing(
        "effects",
        f"Differences from {study.result.baseline_told()}",
        "Means of paired differences with 95% intervals of these means, by bootstrap of the replicates; "
        "shares in percentage points. Gain: how many times more replicates unrelated seasons would need for "
        f"the same certainty.{told}",
        RESULTS,
        heads,
        4 if years else 3,
        rows,
    )


def _effect(row: dict[Any, Any], *, years: bool) -> tuple[Cell, ...]:
    unit = row["unit"]
    words = [row["told"], named(row["metric"]), _whose(row["group"]), *([f"{row['year']}"] if years else [])]
    moved = difference(row | {"low": float("nan")}).removesuffix(" percentage points")
    gain = "–" if row["gain"] != row["gain"] else f"{row['gain']:,.1f}"
    return (
        *(Cell(word, word) for word in words),
        Cell(level(row["baseline_mean"], unit), row["baseline_mean"]),
        Cell(level(row["mean"], unit), row["mean"]),
        Cell(moved, row["difference"]),
        Cell(interval(row) or "–", row["low"]),
        Cell(gain, row["gain"]),
    )


def _shares(study: StudyFolder, by: str) -> Listing:
    name, title, whose = {
        "applicant_type": ("helped-by-type", "Whom it helps and hurts, by applicant type", "Applicant type"),
        "ability_decile": (
            "helped-by-ability",
            "Whom it helps and hurts, by ability",
            "Tenth of the ability",
        ),
    }[by]
    told = (
        "People followed one by one, shares of those active in either season. Better: matched where they "
        "were not, or placed in SOAP where they were not placed; worse: the reverse. Choices are of those "
        "matched in both."
    )
    if by == "ability_decile":
        told += " Tenths are within each applicant type, 10 is the highest."
    rows = [
        (
            *(Cell(word, word) for word in (row["told"], _whose(row["group"]))),
            Cell(style.count(row["people"]), row["people"]),
            *(Cell(_share(row, side), row[side]) for side in ("helped", "hurt")),
            *(Cell(style.percent(row[side]), row[side]) for side in ("higher_choice", "lower_choice")),
        )
        for row in study.changed[by].to_dict("records")
    ]
    heads = f"Arm|{whose}|People|Better|Worse|Higher choice|Lower choice"
    return _listing(name, title, told, "parts/people/", heads, 2, rows)


def _metrics(study: StudyFolder) -> Listing:
    rows = [
        tuple(Cell(text, text) for text in (named(name), METRICS[name].unit, METRICS[name].told))
        for name in study.result.loaded.metrics
    ]
    told = "What was recorded of every season."
    return _listing("metrics", "The metrics", told, "README.md", "Metric|Unit|Meaning", 3, rows)


def _listing(
    name: str, title: str, told: str, file: str, heads: str, words: int, rows: list[tuple[Cell, ...]]
) -> Listing:
    """A listing with as many rows as the page can hold; heads are separated by bars."""
    if len(rows) > MOST_ROWS:
        told += f" The first {MOST_ROWS:,} of {len(rows):,} rows."
    return Listing(name, title, told, file, tuple(heads.split("|")), words, rows[:MOST_ROWS])


def _share(row: dict[Any, Any], side: str) -> str:
    low, high = row[f"{side}_low"], row[f"{side}_high"]
    told = style.percent(row[side], 2)
    return (
        f"{told} ({style.percent(low, 2).removesuffix('%')}–{style.percent(high, 2)})" if low < high else told
    )


def _whose(group: Any) -> str:
    if group == "all":
        return "All applicants"
    return style.label_of(group) if isinstance(group, str) else f"{group}"


def _value(value: Any) -> str:
    if value is None:
        return "–"
    text = value if isinstance(value, str) else shown(value, VALUE)
    return style.shortened(text, VALUE)
