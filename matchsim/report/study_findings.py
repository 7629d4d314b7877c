"""The summary of a study in words, written from its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from matchsim.charts import style
from matchsim.errors import counted
from matchsim.report.findings import LEAST, Figure, Finding
from matchsim.study.metrics import METRICS
from matchsim.study.words import NAMED, difference, interval, level, named, some

if TYPE_CHECKING:
    import pandas as pd

    from matchsim.report.study_folder import StudyFolder

__all__ = ["first_upper", "metric_line", "people_line", "study_figures", "study_findings"]

# What is told of first, where it was recorded.
HEADLINES = ("match_rate", "placement_rate", "first_choice", "interviews")
# Below so many replicates the intervals of a bootstrap are too narrow: far, or by what shows.
VERY_FEW, FEW = 10, 30


def study_figures(study: StudyFolder) -> list[Figure]:
    """The numbers that everybody asks for first."""
    loaded = study.result.loaded
    figures = [Figure("arm" if len(loaded.arms) == 1 else "arms", style.count(len(loaded.arms)))]
    if loaded.axes:
        figures.append(Figure("points of the sweep", style.count(len(loaded.cells) / len(loaded.arms))))
    years = loaded.study.in_a_row().number
    figures += [
        Figure("replicates of each", style.count(loaded.study.replicates)),
        Figure("simulated seasons", style.count(len(loaded.cells) * loaded.study.replicates * years)),
    ]
    if "stable" in study.means:
        figures.append(Figure("of the seasons stable", level(study.means["stable"].mean(), "share")))
    return figures


def study_findings(study: StudyFolder) -> list[Finding]:
    """What the study found, subject by subject; a subject without numbers is left out."""
    found = [Finding("What is compared", " ".join(_compared(study)))]
    found += [
        Finding(first_upper(named(name)), " ".join(told))
        for name in _headlines(study)
        if (told := list(_metric(study, name)))
    ]
    subjects = {
        "Applicant types": _types,
        "Person by person": _people,
        "What pairing gains": _gain,
        "Many comparisons": _many,
    }
    told_of = ((name, " ".join(tell(study))) for name, tell in subjects.items())
    return [*found, *(Finding(name, text) for name, text in told_of if text)]


def metric_line(study: StudyFolder, name: str) -> str:
    """What became of a metric in one line: how far its means reach, and what moves it most beyond chance."""
    means = study.means[name].dropna()
    reach = dict.fromkeys(level(value, METRICS[name].unit) for value in (means.min(), means.max()))
    return f"{' to '.join(reach)}{_moved_most(_of_all(study, name))}"


def _moved_most(effects: pd.DataFrame) -> str:
    """The difference that is largest of those beyond chance."""
    if not len(effects):
        return ""
    if effects["low"].isna().all():
        return "; of one replicate and so without intervals"
    certain = effects[(effects["low"] > 0) | (effects["high"] < 0)]
    if not len(certain):
        return "; nothing moves it by more than chance could explain"
    row = certain.iloc[int(certain["difference"].abs().argmax())].to_dict()
    return f"; moved most in {row['told']}: {difference(row)}"


def people_line(study: StudyFolder) -> str:
    """How many people the arm or point that changes most helps and hurts, in one line."""
    by_type = study.changed["applicant_type"]
    everybody = by_type[by_type["group"] == "all"]
    row = _strongest(everybody)
    helped, hurt = (style.percent(row[name], 2) for name in ("helped", "hurt"))
    where = ", where most changes" if len(everybody) > 1 else ""
    return f"{helped} of active people fare better and {hurt} worse in {row['told']}{where}"


def _strongest(everybody: pd.DataFrame) -> dict[Any, Any]:
    """The arm or point that changes most, of the shares helped and hurt among everybody."""
    return everybody.iloc[int((everybody["helped"] + everybody["hurt"]).argmax())].to_dict()


def _compared(study: StudyFolder) -> Iterator[str]:
    loaded = study.result.loaded
    over = f"over {loaded.study.replicates:,} seasons" if loaded.study.replicates > 1 else "over one season"
    same = f"each {over} of the same people with the same tastes"
    others = [arm for arm in loaded.arms if arm != loaded.baseline]
    swept = f"{counted(len(loaded.cells) // len(loaded.arms), 'point')} of {' and '.join(loaded.axes)}"
    if others:
        verb = "is" if len(others) == 1 else "are"
        at = f" at {swept}" if loaded.axes else ""
        arms = f"{first_upper(some(others, ', '))} {verb}"
        yield f"{arms} compared with {study.result.baseline_told()}{at}, {same}."
    elif loaded.axes:
        yield f"{swept} are run, {same}, and compared with {study.result.baseline_told()}."
    else:
        yield f"There is one arm and nothing is swept, {over}: nothing to compare."
    if 1 < loaded.study.replicates < VERY_FEW and loaded.compared():
        yield "With so few seasons the intervals are far too narrow to go by."
    years = loaded.study.in_a_row()
    if years.number > 1:
        yield (
            f"{years.number} years follow one another; the words here are of the first, the tables of all. "
            f"Of those not placed {style.percent(years.reapply)} try again (assumed)."
        )


def _headlines(study: StudyFolder) -> list[str]:
    recorded = [name for name in study.result.loaded.metrics if name in study.means]
    return [name for name in HEADLINES if name in recorded] or recorded[: len(HEADLINES)]


def _metric(study: StudyFolder, name: str) -> Iterator[str]:
    """Where the metric stands, and how far each arm moves it; of many points the outermost."""
    unit, of_all = METRICS[name].unit, _of_all(study, name)
    yield f"{METRICS[name].told}."
    if not len(of_all):
        yield f"Mean: {some([level(value, unit) for value in study.means[name]], ', ')}."
        return
    if len(of_all) <= NAMED:
        yield from _one_by_one(of_all, study.result.baseline_told(), unit)
        return
    for label, row in _outermost(study, name):
        yield f"{label} in {row['told']}: {level(row['mean'], unit)}, {_moved(row)}."


def _one_by_one(of_all: pd.DataFrame, baseline: str, unit: str) -> Iterator[str]:
    one_baseline = of_all["baseline_mean"].nunique() == 1
    if one_baseline:
        yield f"{level(float(of_all['baseline_mean'].iloc[0]), unit)} in {baseline}."
    same = (of_all["low"] == 0) & (of_all["high"] == 0)
    for row in of_all[~same].to_dict("records"):
        against = "" if one_baseline else f" against {level(row['baseline_mean'], unit)}"
        yield f"{first_upper(row['told'])}: {level(row['mean'], unit)}{against}, {_moved(row)}."
    if same.any():
        yield f"The same in every replicate: {some(of_all.loc[same, 'told'].tolist(), ', ')}."


def _outermost(study: StudyFolder, name: str) -> list[tuple[str, Mapping[Any, Any]]]:
    of_all = _of_all(study, name)
    places = ("Lowest", of_all["mean"].argmin()), ("Highest", of_all["mean"].argmax())
    return [(label, of_all.iloc[int(at)].to_dict()) for label, at in places]


def _moved(row: Mapping[Any, Any]) -> str:
    """A difference in words that claim no more than its interval."""
    told = difference(row)
    if not interval(row):
        return f"{told}, of one replicate and so without an interval"
    if row["low"] <= 0 <= row["high"]:
        return f"{told}, which chance alone could explain"
    return f"{'up' if row['difference'] > 0 else 'down'} by {told.lstrip('+−')}"


def _types(study: StudyFolder) -> Iterator[str]:
    """For which types the first headline moves most, among those that moved beyond chance."""
    for name in _headlines(study):
        effects = _of_types(study, name)
        if not len(effects) or study.result.loaded.study.replicates < 2:
            continue
        certain = effects[(effects["low"] > 0) | (effects["high"] < 0)]
        if not len(certain):
            yield f"For no applicant type does the {named(name)} move by more than chance could explain."
            return
        for word, sign in (("rises", 1), ("falls", -1)):
            moved = certain[sign * certain["difference"] > 0]
            if len(moved):
                row = moved.iloc[int((sign * moved["difference"]).argmax())].to_dict()
                who = style.label_of(row["group"])
                yield f"The {named(name)} {word} most for {who} in {row['told']}: {difference(row)}."
        return


def _of_types(study: StudyFolder, name: str) -> pd.DataFrame:
    """Effects on a metric by type, without types of so few people that their shares say little."""
    effects = study.effects
    found = effects[(effects["metric"] == name) & (effects["year"] == 1) & (effects["group"] != "all")]
    people = study.changed.get("applicant_type")
    if people is None:
        return found
    sizes = people.groupby("group")["people"].max()
    return found[found["group"].map(sizes).fillna(0) >= LEAST]


def _people(study: StudyFolder) -> Iterator[str]:
    if not study.changed:
        return
    by_type, by_ability = study.changed["applicant_type"], study.changed["ability_decile"]
    everybody = by_type[by_type["group"] == "all"]
    if not len(everybody):
        return
    rows = everybody.to_dict("records")
    strongest = _strongest(everybody)
    if len(rows) > NAMED:
        rows = [strongest]
        yield "The arm or point that changes most:"
    for row in rows:
        people = counted(round(row["people"]), "active person", "active people")
        yield (
            f"{first_upper(row['told'])}: of {people} a season "
            f"{style.percent(row['helped'], 2)} fare better and {style.percent(row['hurt'], 2)} worse; "
            f"{style.percent(row['higher_choice'])} match to a higher choice and "
            f"{style.percent(row['lower_choice'])} to a lower one."
        )
    if everybody[["helped", "hurt"]].to_numpy().max() > 0:
        tenths = by_ability[(by_ability["told"] == strongest["told"]) & (by_ability["group"] != "all")]
        best, worst = (tenths.iloc[int(tenths[name].argmax())] for name in ("helped", "hurt"))
        yield (
            f"In {strongest['told']} those helped most often stand in tenth {best['group']} of the ability "
            f"({style.percent(best['helped'], 1)} of them), those hurt most often in tenth {worst['group']} "
            f"({style.percent(worst['hurt'], 1)}); 10 is the highest."
        )


def _gain(study: StudyFolder) -> Iterator[str]:
    effects = study.effects
    if study.result.loaded.study.replicates < 2 or not len(effects):
        return
    of_all = effects[(effects["group"] == "all") & (effects["year"] == 1)]
    gains = of_all["gain"].dropna()
    if not len(gains):
        return
    yield (
        f"Of {len(gains):,} differences of everybody that vary, half gain a factor of {gains.median():.1f} "
        "or more: unrelated seasons would need so many times more replicates for the same certainty "
        f"(from {gains.min():.1f} to {gains.max():,.1f})."
    )
    harmed = int((gains < 1).sum())
    if harmed:
        yield f"In {harmed:,} of them the factor is below 1: there pairing did harm."
    else:
        yield "In none of them did pairing do harm."


def _many(study: StudyFolder) -> Iterator[str]:
    number = (
        int((study.effects["low"].notna() & (study.effects["sd"] > 0)).sum()) if len(study.effects) else 0
    )
    if number:
        yield (
            f"The tables hold {number:,} intervals of 95%. Did no arm change anything, about "
            f"{number / 20:,.0f} of them would leave out zero all the same."
        )
        replicates = study.result.loaded.study.replicates
        if VERY_FEW <= replicates < FEW:
            yield f"With {replicates} replicates a bootstrap's intervals are somewhat too narrow."


def _of_all(study: StudyFolder, name: str) -> pd.DataFrame:
    effects = study.effects
    return effects[(effects["metric"] == name) & (effects["group"] == "all") & (effects["year"] == 1)]


def first_upper(text: str) -> str:
    """The text with a capital at its beginning, and all else as it is."""
    return text[:1].upper() + text[1:]
