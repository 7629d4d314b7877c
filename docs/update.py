"""Write the parts of the pages that repeat what the program says, so that they cannot fall behind.

``python docs/update.py`` renews the tables made from declarations and data; the tests fail when one is
out of date. ``python docs/update.py --runs`` also simulates some eighty national seasons (many minutes) and
renews the figures and pictures that pages show of them.
"""

from __future__ import annotations

import csv
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    import pandas as pd

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from matchsim.engine import Market, Matching, Menus  # noqa: E402
from matchsim.season.rules import BASES, load_rules, shipped_seasons, sourced_values  # noqa: E402
from matchsim.season.rules.model import Dated, Requirement, Schedule, SignalBudget, Sourced  # noqa: E402
from matchsim.season.scenario import Scenario, load_scenario  # noqa: E402
from matchsim.season.summary import TABLES  # noqa: E402
from matchsim.season.tables import (  # noqa: E402
    Applicants,
    Applications,
    Interviews,
    Placements,
    Programs,
    RankLists,
    SoapRounds,
)
from matchsim.season.words import APPLICANT_TYPES  # noqa: E402
from matchsim.strategy import (  # noqa: E402
    CoupleOutcomes,
    ListLengths,
    ListOutcomes,
    MisreportingCosts,
    Portfolios,
    ProgramGames,
    Unmatched,
)
from matchsim.strategy.unmatched import CHANGES  # noqa: E402
from matchsim.study.agents import AGENT_TABLES  # noqa: E402
from matchsim.tables import Table  # noqa: E402

PUBLISHED = ROOT / "matchsim" / "data" / "published"
SHIPPED = ("us-2025", "single-specialty", "small", "teaching-8x4")
SEASON_TABLES = (Programs, Applicants, Applications, Interviews, RankLists, Placements, SoapRounds)
STRATEGY_TABLES = (
    ListOutcomes,
    ListLengths,
    MisreportingCosts,
    CoupleOutcomes,
    ProgramGames,
    Portfolios,
    Unmatched,
)
FIDELITY = ROOT / "docs" / "explanation" / "fidelity.md"
CALIBRATION = ROOT / "matchsim" / "data" / "calibration" / "2025.yaml"
MENUS = ROOT / "docs" / "explanation" / "menus.md"
SEASON_MODEL = ROOT / "docs" / "explanation" / "season-model.md"
STUDIES = "docs/explanation/studies.md"
DIRECTIONS = ROOT / "benchmarks" / "directions.csv"
REPRODUCED = "docs/explanation/reproductions.md"
REPRODUCTIONS = ROOT / "benchmarks" / "reproductions.csv"
REPRODUCTION_COLUMNS = ("table", "case", "quantity", "figure", "basis", "bound", "ours", "error", "distance")
# How far a figure may be from ours, in standard errors beyond what it leaves open; as in the tests.
AGREES = 5.0
REPLICATES = 20
VALIDATED_REPLICATES = 50
CURVE_REPLICATES = 5
MISFITS = 10


def main() -> None:
    """Renew every section, and with ``--runs`` those of national seasons.

    ``--fidelity``, ``--list-length`` and ``--why-unmatched`` renew their part of these alone.
    """
    for (page, name), make in SECTIONS.items():
        replace_section(ROOT / page, name, make())
    if "--runs" in sys.argv[1:]:
        update_from_runs()
    elif "--fidelity" in sys.argv[1:]:
        update_fidelity()
    elif "--list-length" in sys.argv[1:]:
        update_list_length()
    elif "--why-unmatched" in sys.argv[1:]:
        update_why_unmatched()


def replace_section(page: Path, name: str, text: str) -> None:
    """Put `text` between the marks called `name` on a page."""
    old = page.read_text(encoding="utf-8")
    marks = re.compile(rf"(^<!-- begin {name}\b[^\n]*-->\n).*?(^<!-- end {name} -->$)", re.DOTALL | re.M)
    new, count = marks.subn(lambda m: m[1] + text + m[2], old)
    if count != 1:
        raise SystemExit(f"{page}: {count} sections called {name}")
    page.write_text(new, encoding="utf-8")


def declared_tables(tables: Iterable[type[Table]]) -> str:
    """Every column of some frozen tables, from its declaration."""
    parts = []
    for table in tables:
        told = (table.__doc__ or "").splitlines()[0]
        rows = [
            (f"`{s.name}`", str(s.dtype), s.dim, s.unit, f"{s.meaning}{_codes(s.labels)}")
            for s in table.columns()
        ]
        head = ("column", "dtype", "along", "unit", "meaning")
        parts.append(f"### {table.__name__}\n\n{told}\n\n{_table(head, rows)}")
    return "\n" + "\n".join(parts) + "\n"


def run_tables() -> str:
    """Every column of the tables that a run leaves."""
    described = [(f"{name}.csv", table.told, table.columns) for name, table in TABLES.items()]
    described += [(f"{name}.parquet", "", columns) for name, columns in AGENT_TABLES.items()]
    parts = []
    for name, told, columns in described:
        rows = [(f"`{column}`", meaning) for column, meaning in columns.items()]
        words = f"{told}\n\n" if told else ""
        parts.append(f"### `{name}`\n\n{words}{_table(('column', 'meaning'), rows)}")
    return "\n" + "\n".join(parts) + "\n"


def published_totals() -> str:
    """Every row of the totals, by group, and where it comes from."""
    with (PUBLISHED / "2025" / "totals.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    keys = ("group", "measure", "value", "basis", "source")
    return "\n" + _table(keys, [tuple(row[key] for key in keys) for row in rows]) + "\n"


def published_sources() -> str:
    """The sources of every table of published figures, with the number of rows from each."""
    rows = []
    for path in sorted((PUBLISHED / "2025").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            pairs = sorted((row["basis"], row["source"]) for row in csv.DictReader(file))
        for (basis, source), group in groupby(pairs):
            rows.append((f"`{path.name}`", str(len(list(group))), basis, source))
    return "\n" + _table(("table", "rows", "basis", "source"), rows) + "\n"


def season_rules() -> str:
    """Every value of the season rules, season beside season, part by part."""
    seasons = {year: dict(sourced_values(load_rules(year))) for year in shipped_seasons()}
    paths = dict.fromkeys(path for values in seasons.values() for path in values)
    parts: dict[str, list[tuple[str, ...]]] = {}
    for path in paths:
        part, _, name = path.partition(".")
        cells = [_rule(seasons[year][path]) if path in seasons[year] else "" for year in seasons]
        parts.setdefault(part, []).append((f"`{name}`", *cells))
    return "\n" + "\n".join(f"### {part}\n\n{_beside(rows, seasons)}" for part, rows in parts.items()) + "\n"


def _beside(rows: list[tuple[str, ...]], seasons: Iterable[str]) -> str:
    """The seasons beside one another, or one column where all of them agree in every row."""
    if all(len(set(cells)) == 1 for _, *cells in rows):
        return _table(("value", "every season"), [row[:2] for row in rows])
    return _table(("value", *seasons), rows)


def season_rule_bases() -> str:
    """How many values of each season have which basis, and what the words mean."""
    counts = {
        year: Counter(value.basis for _, value in sourced_values(load_rules(year)))
        for year in shipped_seasons()
    }
    rows = [(f"`{word}`", told, *(str(counts[y][word]) for y in counts)) for word, told in BASES.items()]
    return "\n" + _table(("basis", "meaning", *counts), rows) + "\n"


def season_rule_sources() -> str:
    """The sources of every season, with the number of values that rest on each."""
    rows = []
    for year in shipped_seasons():
        pairs = Counter((value.basis, value.source) for _, value in sourced_values(load_rules(year)))
        rows += [(year, basis, source, str(count)) for (basis, source), count in sorted(pairs.items())]
    return "\n" + _table(("season", "basis", "source", "values"), rows) + "\n"


def _rule(value: Sourced) -> str:
    """One value with its basis, in a cell."""
    if isinstance(value, Schedule):
        told = "; ".join(
            f"{f'to {b.up_to}' if b.up_to else 'more'}: {f'${b.flat:g}' if b.flat else f'${b.each:g} each'}"
            for b in value.value
        )
    elif isinstance(value, SignalBudget):
        told = f"{value.gold} gold, {value.silver} silver" if value.silver else str(value.gold)
    elif isinstance(value, Requirement):
        told = f"{value.asks} By `{value.by}`{f', last `{value.until}`' if value.until else ''}."
    elif isinstance(value, Dated):
        told = f"{value.value} since {value.since.isoformat()}"
    else:
        told = " ".join(str(part) for part in (value.value, getattr(value, "time", None)) if part is not None)
        told = told.removesuffix(".0")
    return f"{told} ({value.basis})"


def shipped_scenarios() -> str:
    """What each shipped scenario says of itself, and its size."""
    rows = []
    for name in SHIPPED:
        scenario = load_scenario(name)
        active, positions = _size(scenario)
        rows.append((f"`{name}`", scenario.description, f"{active:,}", f"{positions:,}", str(scenario.seed)))
    return "\n" + _table(("name", "what it is", "active people", "positions", "seed"), rows) + "\n"


def _size(scenario: Scenario) -> tuple[int, int]:
    """Active people and positions."""
    if scenario.rank_lists.applicant_lists is not None:
        return len(scenario.rank_lists.applicant_lists), sum((scenario.rank_lists.quotas or {}).values())
    active = sum(getattr(scenario.cohort.active, kind) for kind in APPLICANT_TYPES)
    sizes = scenario.programs.specialties
    assert isinstance(sizes, dict)
    return active, sum(size.positions for one in sizes.values() for size in one.tracks().values())


def reproductions() -> list[dict[str, str]]:
    """The figures of the literature and what came out here, as the long runs left them."""
    if not REPRODUCTIONS.exists():
        return []
    with REPRODUCTIONS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def directions() -> str:
    """What papers found of single specialties, and the same question here."""
    with DIRECTIONS.open(encoding="utf-8", newline="") as file:
        rows = [
            (
                row["paper"],
                row["finding"],
                row["theirs"],
                row["ours"],
                "" if row["holds"] == "True" else "**not so here**",
            )
            for row in csv.DictReader(file)
        ]
    return "\n" + _table(("paper", "finding", "theirs", "ours", ""), rows) + "\n"


def reproduced(name: str) -> str:
    """One table of figures beside ours, a row a case, and how far they are apart."""
    rows = [row for row in reproductions() if row["table"] == name]
    quantities = list(dict.fromkeys(row["quantity"] for row in rows))
    cells = {(row["case"], row["quantity"]): row for row in rows}
    bases = {q: {row["basis"] for row in rows if row["quantity"] == q} for q in quantities}
    head = ["case"]
    for quantity in quantities:
        head += [
            f"{quantity} ({', '.join(bases[quantity])})" if len(bases[quantity]) == 1 else quantity,
            "ours",
        ]
    lines = []
    for case in dict.fromkeys(row["case"] for row in rows):
        line = [case]
        for quantity in quantities:
            line += _figure_and_ours(cells.get((case, quantity)), tell_basis=len(bases[quantity]) > 1)
        lines.append(tuple(line))
    furthest = max((float(row["distance"]) for row in rows), default=0.0)
    missed = sum(float(row["distance"]) > AGREES for row in rows)
    told = f"{len(rows)} figures" if len(rows) != 1 else "1 figure"
    told += f", {missed} missed" if missed else f"; furthest {furthest:.1f} standard errors"
    return "\n" + _table(tuple(head), lines) + f"\n{told}.\n\n"


def _figure_and_ours(row: dict[str, str] | None, *, tell_basis: bool) -> tuple[str, str]:
    if row is None:
        return "", ""
    figure, ours, error = (float(row[name]) for name in ("figure", "ours", "error"))
    digits = max(0, 1 - math.floor(math.log10(error))) if error else 0
    mean = f"{ours:,.{digits}f} ± {error:.{digits}f}" if error else f"{ours:,.7g}"
    if float(row["distance"]) > AGREES:
        mean = f"**{mean}**"
    basis = f" ({row['basis']})" if tell_basis else ""
    return f"{row['bound']} {figure:,.7g}{basis}".strip(), mean


def update_reproductions() -> None:
    """Renew the tables of the literature on their page."""
    for name in dict.fromkeys(row["table"] for row in reproductions()):
        replace_section(ROOT / REPRODUCED, name, reproduced(name))


def _codes(labels: tuple[str, ...]) -> str:
    if not labels:
        return ""
    return ": " + ", ".join(f"{code} {word}" for code, word in enumerate(labels))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


SECTIONS: dict[tuple[str, str], Callable[[], str]] = {
    ("docs/explanation/data-model.md", "season tables"): lambda: declared_tables(SEASON_TABLES),
    ("docs/explanation/data-model.md", "engine tables"): lambda: declared_tables((Market, Matching, Menus)),
    ("docs/explanation/data-model.md", "strategy tables"): lambda: declared_tables(STRATEGY_TABLES),
    ("docs/reference/run-folder.md", "run tables"): run_tables,
    ("docs/reference/published-figures.md", "totals"): published_totals,
    ("docs/reference/published-figures.md", "sources"): published_sources,
    ("docs/reference/scenarios-shipped.md", "scenarios"): shipped_scenarios,
    ("docs/reference/season-rules.md", "bases"): season_rule_bases,
    ("docs/reference/season-rules.md", "rules"): season_rules,
    ("docs/reference/season-rules.md", "sources"): season_rule_sources,
}

SECTIONS[STUDIES, "directions"] = directions
SECTIONS |= {
    (REPRODUCED, name): partial(reproduced, name)
    for name in dict.fromkeys(row["table"] for row in reproductions())
}


def update_from_runs() -> None:
    """Run the national season and renew what pages say of it: the summary, the picture, the tables."""
    readme = ROOT / "README.md"
    with tempfile.TemporaryDirectory() as folder:
        screen = _matchsim("run", "us-2025", cwd=folder)
        replace_section(readme, "first run", f"\n```text\n{screen}```\n\n")
        (run,) = (Path(folder) / "runs").iterdir()
        picture = run / "charts" / "fill_by_specialty.png"
        shutil.copyfile(picture, ROOT / "docs" / "images" / picture.name)
        many = Path(folder) / "many"
        _matchsim(
            "run", "us-2025", "--replicates", str(REPLICATES), "--jobs", "2", "--out", str(many), cwd=folder
        )
        tables = many / "tables"
        replace_section(readme, "match rates", "\n" + rates_table(tables / "match_rates.csv") + "\n")
        replace_section(SEASON_MODEL, "fills", "\n" + fills_table(tables / "specialties.csv") + "\n")
        replace_section(SEASON_MODEL, "couples", "\n" + couples_table(tables) + "\n")
        replace_section(SEASON_MODEL, "soap", "\n" + soap_table(tables) + "\n")

    update_fidelity()
    update_list_length()
    update_why_unmatched()


def update_list_length() -> None:
    """Simulate some national seasons and renew the curves of matching by number of ranks."""
    from matchsim.charts import source_line
    from matchsim.charts.files import save_figure
    from matchsim.charts.raw_and_causal_curve import published_curve, raw_and_causal_curve
    from matchsim.season import run_season
    from matchsim.strategy import list_length

    scenario = load_scenario("us-2025")
    curves = list_length(run_season(scenario, replicate=r) for r in range(CURVE_REPLICATES)).curves(
        "us_md_senior"
    )
    chart = raw_and_causal_curve(
        curves,
        people=f"US MD seniors in {CURVE_REPLICATES} seasons",
        published=published_curve("us_md_senior"),
        caption=source_line(scenario.name, scenario.seed),
    )
    save_figure(
        chart,
        ROOT / "docs" / "images" / "raw_and_causal_curve.png",
        description="Share matched by number of contiguous ranks: raw, and what more ranks cause",
    )
    replace_section(MENUS, "list length", "\n" + curves_told(curves) + "\n")


def curves_told(curves: pd.DataFrame) -> str:
    """Both curves in words and as a table."""
    found = curves.set_index("ranks")
    rows = [
        (str(k), *(f"{found.loc[k, name]:.0%}" for name in ("raw", "causal", "selection")))
        for k in (1, 2, 3, 5, 8, 10, 12, 15)
        if k in found.index
    ]
    return (
        f"US MD seniors who match alone, {CURVE_REPLICATES} seasons of `us-2025`:\n\n"
        + _table(("contiguous ranks", "raw", "causal", "selection"), rows)
        + "\n![Two lines over the number of contiguous ranks: the raw curve, and the causal one below it]"
        "(../images/raw_and_causal_curve.png)\n"
    )


def update_why_unmatched() -> None:
    """Simulate a national season and renew why its people are without a position."""
    from matchsim.charts import source_line
    from matchsim.charts.files import save_figure
    from matchsim.charts.why_unmatched import why_unmatched as chart
    from matchsim.season import run_season
    from matchsim.strategy import why_unmatched

    scenario = load_scenario("us-2025")
    found = why_unmatched(run_season(scenario))
    save_figure(
        chart(found.counts(), caption=source_line(scenario.name, scenario.seed)),
        ROOT / "docs" / "images" / "why_unmatched.png",
        description="Why people are without a position after the algorithm, by applicant type",
    )
    replace_section(MENUS, "why unmatched", "\n" + reasons_told(found) + "\n")


def reasons_told(found: Unmatched) -> str:
    """The classes by applicant type, and what would have helped those within reach."""
    counts = found.counts()
    shown = [name for name in counts.columns if counts[name].any()]
    rows = [
        (f"`{kind}`" if kind != "all" else kind, *(f"{n:,}" for n in counts.loc[kind, shown]))
        for kind in counts.index
    ]
    changes = found.to_pandas()["change"].value_counts()
    told = ", ".join(f"`{name}` {changes[name]:,}" for name in CHANGES)
    return (
        "A season of `us-2025`, people without a position after the algorithm:\n\n"
        + _table(("type", *(f"`{name}`" for name in shown)), rows)
        + f"\nWithin reach by: {told}.\n"
        + "\n![A bar for each applicant type, cut up by reason](../images/why_unmatched.png)\n"
    )


def update_fidelity() -> None:
    """Hold the national season against its targets and renew the page, the pictures and the fit's table."""
    from matchsim.charts import source_line
    from matchsim.charts.files import save_chart
    from matchsim.charts.sensitivity import sensitivity

    images = ROOT / "docs" / "images"
    fit = yaml.safe_load(CALIBRATION.read_text(encoding="utf-8"))
    replace_section(FIDELITY, "calibration", "\n" + calibration_table(fit) + "\n")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "fidelity"
        command = ("validate", "us-2025", "--replicates", str(VALIDATED_REPLICATES), "--jobs", "2", "--quiet")
        _matchsim(*command, "--out", str(out), cwd=folder, may_fail=True)
        replace_section(FIDELITY, "fidelity", "\n" + fidelity_tables(out / "fidelity.csv") + "\n")
        shutil.copyfile(out / "fidelity.png", images / "fidelity.png")
        chart = sensitivity(sensitivities(fit), caption=source_line(fit["scenario"], fit["seed"]))
        save_chart(chart, Path(folder) / "sensitivity")
        shutil.copyfile(Path(folder) / "sensitivity.png", images / "sensitivity.png")


def sensitivities(fit: dict[str, Any]) -> pd.DataFrame:
    """By how many tolerances a step of each parameter moves each target."""
    import pandas as pd

    rows = [(*name.split(": ", 1), *one["sensitivity"]) for name, one in fit["targets"].items()]
    return pd.DataFrame(rows, columns=["target", "group", *fit["parameters"]])


def calibration_table(fit: dict[str, Any]) -> str:
    """Every fitted parameter with its uncertainty, and what the fit was."""
    rows = [
        (
            name,
            one["meaning"],
            f"{one['before']:g}",
            f"{one['value']:.2f}",
            f"{one['uncertainty_by_simulation']:.2f}",
            f"{one['uncertainty_by_tolerance']:.2f}",
            "" if one["identified"] else "not identified",
        )
        for name, one in fit["parameters"].items()
    ]
    head = ("parameter", "what it is", "by hand", "fitted", "± noise", "± tolerance", "")
    told = (
        f"{len(fit['parameters'])} parameters, {len(fit['targets'])} targets, "
        f"{fit['seasons_simulated']} seasons, {fit['replicates']} at each point, seed {fit['seed']}. "
        "The sum of squared misses (linear beyond three tolerances) fell "
        f"from {fit['loss_before']:.0f} to {fit['loss_after']:.0f}.\n"
    )
    return told + "\n" + _table(head, rows)


def fidelity_tables(fidelity: Path) -> str:
    """Published against simulated by role; single cells only where they do not hold."""
    import pandas as pd

    data = pd.read_csv(fidelity)
    parts = []
    for role, told in (("calibrated", "Calibrated"), ("validation", "Validation")):
        of = data[data["role"] == role]
        cells = of["target"].isin(["fill_rate", "share_filled"]) & ~of["group"].str.startswith("mean error")
        rows = [_fidelity_row(row) for row in of[~(cells & of["ok"])].itertuples()]
        head = ("target", "published", "simulated", "95% of seasons", "error", "allowed", "")
        left = int((cells & of["ok"]).sum())
        parts.append(
            f"### {told} targets\n\n{int(of['ok'].sum())} of {len(of)} hold; {left} single fill "
            f"rates and shares that hold are left out here.\n\n{_table(head, rows)}"
        )
    return "\n".join(parts)


def _fidelity_row(row: Any) -> tuple[str, ...]:
    from matchsim.fidelity.measures import NUMBERS

    def number(value: float, sign: str = "") -> str:
        if math.isnan(value):
            return ""
        if row.target in NUMBERS:
            return f"{value:{sign},.0f}" if row.published >= 200 else f"{value:{sign}.2f}"
        return f"{100 * value:{sign}.1f}%"

    missed = "missed" if row.role == "validation" else "**missed**"
    interval = "" if math.isnan(row.low) else f"{number(row.low)} to {number(row.high)}"
    numbers = (number(row.published), number(row.simulated), interval)
    verdict = "" if row.ok else missed
    return (f"{row.target} {row.group}", *numbers, number(row.error, "+"), number(row.tolerance), verdict)


def rates_table(match_rates: Path) -> str:
    """Published against simulated match and placement rates by type: mean, lowest and highest."""
    import pandas as pd

    simulated = pd.read_csv(match_rates)
    rows = []
    for group in ("all", *APPLICANT_TYPES):
        mine = simulated[(simulated["group"] == group) & (simulated["group_by"] != "specialty")]
        matched, placed = (published_rate(group, m) for m in ("matched_pgy1", "placed_pgy1_incl_soap_active"))
        rows.append(
            (
                f"`{group}`",
                f"{published_count(group, 'active_certified_rol'):,}",
                _percent(matched),
                _spread(mine["match_rate"]),
                _percent(placed),
                _spread(mine["placement_rate"]),
            )
        )
    head = ("type", "active", "matched 2025", "matched, simulated", "placed 2025", "placed, simulated")
    return _table(head, rows)


def fills_table(specialties: Path) -> str:
    """The tracks whose simulated number of filled positions is furthest from the published one."""
    import pandas as pd

    published = pd.read_csv(PUBLISHED / "2025" / "specialties.csv")
    simulated = pd.read_csv(specialties).groupby(["specialty", "track"])["filled"].agg(["mean", "min", "max"])
    both = published.join(simulated, on=["specialty", "track"])
    misfit = (both["mean"] - both["filled"]).abs()
    furthest = both.loc[misfit.sort_values(ascending=False).index[:MISFITS]]
    rows = [
        (
            f"{row.specialty} {row.track}",
            f"{row.positions:,}",
            f"{row.filled:,}",
            f"{row.mean:,.0f} ({row.min:,} to {row.max:,})",
        )
        for row in furthest.itertuples()
    ]
    return _table(("specialty and track", "positions", "filled in 2025", "filled, simulated"), rows)


def couples_table(tables: Path) -> str:
    """Published couples by outcome against simulated ones, and how many seasons were stable."""
    import pandas as pd

    with (PUBLISHED / "2025" / "couples.csv").open(encoding="utf-8", newline="") as file:
        known = {row["measure"]: row["value"] for row in csv.DictReader(file) if row["group"] == "all"}
    sums = pd.read_csv(tables / "couples.csv").groupby("replicate").sum(numeric_only=True)
    rows = [
        (f"{outcome} matched", f"{int(known[f'{outcome}_matched']):,}", _counts(sums[outcome]))
        for outcome in ("both", "one", "neither")
    ]
    people = (2 * sums["both"] + sums["one"]) / (2 * sums["couples"])
    published = f"{float(known['match_rate_of_individuals_pct']):.1f}%"
    rows.append(("individuals in couples who matched", published, _spread(people)))
    stable = pd.read_csv(tables / "stability.csv")
    rows.append(("stable seasons", "", f"{stable['stable'].sum()} of {len(stable)}"))
    blocking = stable["blocking_responsive"]
    rows.append(("options that block in a season", "", _counts(blocking)))
    return _table(("couples", "2025", "simulated"), rows)


def soap_table(tables: Path) -> str:
    """Published placements in SOAP by type, positions and fills by round, against simulated ones."""
    import pandas as pd

    placement = pd.read_csv(tables / "soap_placement.csv")
    rows = []
    for group in ("all", *APPLICANT_TYPES):
        active, matched, placed = (
            published_count(group, measure)
            for measure in ("active_certified_rol", "matched_pgy1", "placed_after_match_active")
        )
        if active is None or matched is None or placed is None:
            continue
        mine = placement[placement["group"] == group]["share_placed"]
        rows.append(
            (f"`{group}`: placed, of those unmatched", _percent(placed / (active - matched)), _spread(mine))
        )
    rounds = pd.read_csv(tables / "soap_rounds.csv")
    each = rounds.groupby("replicate")
    offered = published_count("all", "unfilled_positions_offered_in_soap")
    rows.append(("positions offered", f"{offered:,}", _counts(each["positions_open"].first())))
    rows.append(("positions filled", "", _counts(each["accepted"].sum())))
    for number, told in ((1, "about 60%"), (2, "about 80%")):
        share = rounds[rounds["round"] == number]["share_of_fills"]
        rows.append((f"of these, by the end of round {number}", told, _spread(share)))
    return _table(("SOAP", "2025", "simulated"), rows)


def published_count(group: str, measure: str) -> int | None:
    """One whole number of the published totals; None where there is none."""
    with (PUBLISHED / "2025" / "totals.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if (row["group"], row["measure"]) == (group, measure):
                return int(row["value"])
    return None


def published_rate(group: str, measure: str) -> float | None:
    """A published count as a share of the published active people of that group."""
    count, active = published_count(group, measure), published_count(group, "active_certified_rol")
    return None if count is None or active is None else count / active


def _percent(rate: float | None) -> str:
    return "" if rate is None else f"{rate:.1%}"


def _counts(counts: pd.Series) -> str:
    return f"{counts.mean():,.1f} ({counts.min():,} to {counts.max():,})"


def _spread(rates: Iterable[float]) -> str:
    values = list(rates)
    return f"{sum(values) / len(values):.1%} ({min(values):.1%} to {max(values):.1%})"


def _matchsim(*arguments: str, cwd: str, may_fail: bool = False) -> str:
    command = [sys.executable, "-m", "matchsim", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(  # noqa: S603
        command,
        check=not may_fail,
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        env=environment,
    )
    return done.stdout


if __name__ == "__main__":
    main()
