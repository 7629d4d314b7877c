"""The tables that a report shows: means over the replicates, in words and numbers for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from matchsim.charts import style
from matchsim.charts.funnel import PARTS
from matchsim.charts.replicates import Spread, spread, with_interval
from matchsim.season.words import TRACKS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Cell", "Listing", "listings", "origins_listing", "seasons_listing"]


class Cell(NamedTuple):
    """One cell: what is read, and by what it is sorted (a number or a text)."""

    text: str
    sorts: float | str


@dataclass(frozen=True)
class Listing:
    """A table on the page.

    Attributes
    ----------
    name
        Its anchor.
    title, told
        Heading and explanation.
    file
        The file of the run that has all of it.
    columns
        Headings; the first `words` columns hold words, the others numbers.
    rows
        Cells row by row.
    """

    name: str
    title: str
    told: str
    file: str
    columns: tuple[str, ...]
    words: int
    rows: list[tuple[Cell, ...]]


class _Measure(NamedTuple):
    column: str
    heading: str
    shown: Callable[[float], str] = style.count
    counts: bool = True  # a group without a row in some replicate had none of it


def _rate(number: float) -> str:
    return style.percent(number)


def _decimal(number: float) -> str:
    return "–" if number != number else f"{number:,.1f}"  # noqa: PLR0124 - NaN


PEOPLE = (
    _Measure("registered", "Registered"),
    _Measure("active", "Active"),
    _Measure("matched", "Matched"),
    _Measure("match_rate", "Match rate", _rate, counts=False),
    _Measure("placed", "Placed"),
    _Measure("placement_rate", "Placement rate", _rate, counts=False),
    _Measure("partially_matched", "Partially matched"),
)
POSITIONS = (
    _Measure("programs", "Programs"),
    _Measure("positions", "Positions"),
    _Measure("filled", "Filled in the Match"),
    _Measure("fill_rate", "Fill rate", _rate, counts=False),
    _Measure("filled_after_soap", "Filled after SOAP"),
)
SOAP = (
    _Measure("positions_open", "Positions open"),
    _Measure("offers", "Offers"),
    _Measure("accepted", "Accepted"),
    _Measure("positions_left", "Positions left"),
)
LENGTHS = (
    _Measure("lists", "Lists"),
    _Measure("mean_length", "Mean length", _decimal, counts=False),
    _Measure("median_length", "Median length", _decimal, counts=False),
    _Measure("mean_ranks_per_position", "Ranks per position", _decimal, counts=False),
)
ROAD = (
    _Measure("entered", "Came to it"),
    _Measure("passed", "Passed"),
    _Measure("share", "Share passed", _rate, counts=False),
)
OFFERED = (
    _Measure("eligible", "Eligible"),
    _Measure("applied", "Applied"),
    _Measure("offered", "Had an offer"),
    _Measure("accepted", "Accepted"),
    _Measure("placed", "Placed"),
    _Measure("share_placed", "Share placed", _rate, counts=False),
)
COUPLES = (
    _Measure("couples", "Couples"),
    _Measure("both", "Both matched"),
    _Measure("one", "One matched"),
    _Measure("neither", "Neither matched"),
    _Measure("mean_pairs", "Mean pairs ranked", _decimal, counts=False),
    _Measure("mean_rank", "Mean rank obtained", _decimal, counts=False),
)
# Ranks in bands: last rank of each, and its heading.
BANDS = ((1, "1st choice"), (2, "2nd"), (3, "3rd"), (10, "4th to 10th"), (10**9, "11th or later"))
TRACK_WORDS = dict(
    zip(TRACKS, ("categorical", "primary", "preliminary", "advanced", "reserved"), strict=True)
)


def listings(tables: Mapping[str, pd.DataFrame]) -> list[Listing]:
    """All tables of the report, in the order of the page, but those of which there is no row."""
    rates, lengths = tables["match_rates"], tables["list_lengths"]
    found = [
        _listing(
            rates[rates["group_by"] != "specialty"],
            ("match-rates", "Match and placement by applicant type", "tables/match_rates.csv"),
            "Matched: to a first-year (PGY-1) position by the algorithm. Placed: matched, or in a "
            "first-year position after SOAP. Partially matched: to an advanced position without a first "
            "year. Rates are shares of active applicants.",
            {"group": ("Applicant type", _type)},
            PEOPLE,
        ),
        _listing(
            rates[rates["group_by"] == "specialty"],
            ("preferred", "Match and placement by preferred specialty", "tables/match_rates.csv"),
            "Applicants by the specialty that they prefer; they may have matched in another.",
            {"group": ("Preferred specialty", str)},
            PEOPLE,
        ),
        _road(tables["funnel"]),
        _listing(
            tables["specialties"],
            ("positions", "Positions by specialty and track", "tables/specialties.csv"),
            "Positions are those offered after reversions. Tracks: "
            + ", ".join(f"{letter} {word}" for letter, word in TRACK_WORDS.items())
            + ". Filled after SOAP includes those filled in the Match.",
            {"specialty": ("Specialty", str), "track": ("Track", str)},
            POSITIONS,
        ),
        _ranks(tables["rank_obtained"]),
        _listing(
            lengths,
            ("list-lengths", "Lengths of rank order lists", "tables/list_lengths.csv"),
            "Applicants in couples are left out, as in the publications.",
            {"group": ("Whose", _owner), "status": ("Outcome", str)},
            LENGTHS,
        ),
        _listing(
            tables["couples"],
            ("couples", "Couples by the types of their members", "tables/couples.csv"),
            "Matched to any position by the algorithm.",
            {"first_type": ("One member", _type), "second_type": ("The other", _type)},
            COUPLES,
        ),
        _listing(
            tables["soap_rounds"],
            ("soap", "SOAP, round by round", "tables/soap_rounds.csv"),
            "The Supplemental Offer and Acceptance Program fills what the Match left open.",
            {"round": ("Round", lambda number: f"{number}")},
            SOAP,
        ),
        _listing(
            tables["soap_placement"],
            ("soap-placement", "SOAP by applicant type", "tables/soap_placement.csv"),
            "Placed: unmatched active applicants who took a first-year position in SOAP, and their share of "
            "all unmatched active applicants. Accepted counts positions of any kind.",
            {"group": ("Applicant type", _type)},
            OFFERED,
        ),
    ]
    return [one for one in found if one.rows]


def seasons_listing(stability: pd.DataFrame) -> Listing:
    """What the checker found of every replicate."""
    rows = [
        (
            Cell(f"{row['replicate']}", row["replicate"]),
            Cell("yes" if row["stable"] else "no", "yes" if row["stable"] else "no"),
            *(
                Cell(style.count(row[column]), row[column])
                for column in ("blocking_responsive", "proposals", "restarts", "cycles")
            ),
        )
        for row in stability.to_dict("records")
    ]
    return Listing(
        "seasons",
        "What the checker found, season by season",
        "Options that block by the definition responsive, and the work of the algorithm.",
        "tables/stability.csv",
        ("Replicate", "Stable", "Options that block", "Proposals", "Restarts", "Cycles"),
        2,
        rows,
    )


def origins_listing(origins: pd.DataFrame) -> Listing:
    """Where values come from, the parts of a section together where they share an origin."""
    # Names, seeds and the like rest on nothing.
    of_model = origins[origins["parameter"].str.contains(".", regex=False)]
    section = of_model["parameter"].str.split(".").str[:2].str.join(".")
    columns = ["kind", "basis", "source"]
    counted = of_model.groupby([section, *columns], sort=False).size().reset_index()
    rows = [
        tuple(
            Cell(text, text)
            for text in (
                name if count == 1 else f"{name} ({count} values or parts)",
                KINDS.get(kind, kind),
                basis,
                source,
            )
        )
        for name, kind, basis, source, count in counted.itertuples(index=False, name=None)
    ]
    return Listing(
        "origins",
        "Where the values come from",
        "Published: printed in the source. Derived: computed from published numbers. Recalled: remembered "
        "from a publication, not looked up. Assumed: set by hand.",
        "origins.csv",
        ("Parameter", "Given by", "Basis", "Source"),
        4,
        rows,
    )


KINDS = {
    "written": "the scenario",
    "published": "published figures",
    "default": "the model's default",
    "follows": "other values",
}


def _type(word: str) -> str:
    return "All applicants" if word == "all" else style.label_of(word)


def _owner(word: str) -> str:
    return "Programs" if word == "program" else _type(word)


def _listing(
    data: pd.DataFrame,
    heading: tuple[str, str, str],
    told: str,
    keys: Mapping[str, tuple[str, Callable[[str], str]]],
    measures: tuple[_Measure, ...],
) -> Listing:
    """Means over replicates, one row per combination of `keys` in the order of their first appearance."""
    names = list(keys)
    wide = (data.pivot(index="replicate", columns=names, values=measure.column) for measure in measures)
    columns = [_spread(table, measure) for table, measure in zip(wide, measures, strict=True)]
    rows = []
    for key in data[names].drop_duplicates().itertuples(index=False, name=None):
        label: Any = key[0] if len(key) == 1 else key
        words = [shown(word) for (_, shown), word in zip(keys.values(), key, strict=True)]
        numbers = [
            Cell(with_interval(found, label, measure.shown), float(found.mean[label]))
            for found, measure in zip(columns, measures, strict=True)
        ]
        rows.append((*(Cell(word, word) for word in words), *numbers))
    name, title, file = heading
    headings = (*(head for head, _ in keys.values()), *(measure.heading for measure in measures))
    return Listing(name, title, told, file, headings, len(keys), rows)


def _spread(wide: pd.DataFrame, measure: _Measure) -> Spread:
    return spread(wide.fillna(0) if measure.counts else wide)


def _road(data: pd.DataFrame) -> Listing:
    """Gate by gate, all types together, in the order of the road."""
    gates = data.drop_duplicates(["replicate", "applicant_type", "gate"])  # a row for every reason
    sums = gates.groupby(["replicate", "gate"], sort=False)[["entered", "passed"]].sum().reset_index()
    sums["share"] = (sums["passed"] / sums["entered"]).where(sums["entered"] > 0)
    order = [gate for part in PARTS.values() for gate in part]
    sums = sums.sort_values("gate", key=lambda names: names.map(order.index), kind="stable")
    return _listing(
        sums,
        ("road", "The road, gate by gate", "tables/funnel.csv"),
        "All applicant types together; who a gate does not concern does not come to it. The file tells of "
        "every type, and why people are stopped.",
        {"gate": ("Gate", lambda name: name.replace("_", " "))},
        ROAD,
    )


def _ranks(data: pd.DataFrame) -> Listing:
    """Shares of applicants in each band of ranks, one row per type."""
    import pandas as pd

    counts = data.pivot_table(
        index=["replicate", "applicant_type"], columns="rank", values="applicants", fill_value=0
    )
    total = counts.sum(axis=1)
    shares, first = {}, 1
    for last, heading in BANDS:
        band = counts[[rank for rank in counts.columns.astype(int) if first <= rank <= last]].sum(axis=1)
        shares[heading], first = band / total, last + 1
    shares["Not matched"] = (counts[0] if 0 in counts else 0 * total) / total
    frame = pd.DataFrame({"applicants": total, **shares}).reset_index()
    order = style.ordered_types(frame["applicant_type"])
    frame = frame.set_index("applicant_type").loc[order].reset_index() if len(frame) else frame
    return _listing(
        frame,
        ("ranks", "Rank obtained by applicant type", "tables/rank_obtained.csv"),
        "Active applicants without a couple, by the rank of the program obtained in the algorithm.",
        {"applicant_type": ("Applicant type", _type)},
        (
            _Measure("applicants", "Applicants"),
            *(_Measure(heading, heading, _rate, counts=False) for heading in shares),
        ),
    )
