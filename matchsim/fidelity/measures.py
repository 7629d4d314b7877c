"""What a simulated season is measured by: one function of the summary tables for every kind of target.

Each returns one row a replicate and one column a group, in the unit of the published figure; shares are
fractions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from matchsim.season.words import APPLICANT_TYPES

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MEASURES", "NUMBERS", "measured"]

Tables = Mapping[str, "pd.DataFrame"]

# Published together for MD, DO and international graduates.
APPLICATION_GROUPS = {
    "us_md": ("us_md_senior", "us_md_grad"),
    "us_do": ("us_do_senior", "us_do_grad"),
    "img": ("us_img", "non_us_img"),
}
# The applicants of the curves of 2007: seniors of US MD schools, and everybody else.
CURVE_GROUPS = {"us_senior": ("us_md_senior",), "independent": APPLICANT_TYPES[1:]}
# Shape is the probability at so many ranks over that at this many.
FULL_CURVE = 10


def measured(tables: Tables, names: set[str]) -> dict[str, pd.DataFrame]:
    """The measures called `names` of the summary tables of some replicates."""
    return {name: MEASURES[name](tables) for name in sorted(names)}


def _rates(column: str) -> Callable[[Tables], pd.DataFrame]:
    def rates(tables: Tables) -> pd.DataFrame:
        data = tables["match_rates"]
        data = data[data["group_by"].isin(["all", "applicant_type"])]
        return data.pivot_table(index="replicate", columns="group", values=column, dropna=False)

    return rates


def _filled_share(column: str) -> Callable[[Tables], pd.DataFrame]:
    def share(tables: Tables) -> pd.DataFrame:
        sums = tables["specialties"].groupby("replicate")[[column, "positions"]].sum()
        return (sums[column] / sums["positions"]).to_frame("all")

    return share


def _fill_rate(tables: Tables) -> pd.DataFrame:
    """Share of the positions of each track of each specialty filled by the algorithm."""
    return _by_track(tables["specialties"], "fill_rate")


def _share_filled(tables: Tables) -> pd.DataFrame:
    """Share of the filled positions of each track that each type holds: ``us_img: Neurology C``."""
    import pandas as pd

    data = tables["specialties"]
    filled = _by_track(data, "filled")
    parts = []
    for kind in APPLICANT_TYPES:
        share = _by_track(data, f"filled_{kind}") / filled.where(filled > 0)
        parts.append(share.add_prefix(f"{kind}: "))
    return pd.concat(parts, axis=1)


def _applicants_ranking(tables: Tables) -> pd.DataFrame:
    """People who rank at least one program of each track of each specialty, all types together."""
    keys = ["replicate", "specialty", "track"]
    sums = tables["applicants_ranking"].groupby(keys)[["applicants"]].sum().reset_index()
    return _by_track(sums, "applicants").fillna(0)


def _by_track(data: pd.DataFrame, column: str) -> pd.DataFrame:
    named = data.assign(name=data["specialty"].astype(str) + " " + data["track"].astype(str))
    return named.pivot_table(index="replicate", columns="name", values=column, dropna=False)


def _unfilled_programs(tables: Tables) -> pd.DataFrame:
    data = tables["list_lengths"]
    of = data[(data["group"] == "program") & (data["status"] == "unfilled")]
    return of.set_index("replicate")["lists"].to_frame("all")


def _list_length(tables: Tables) -> pd.DataFrame:
    """Mean number of ranks: ``us_img matched``, ``program unfilled``."""
    return _by_status(tables["list_lengths"], "mean_length")


def _ranks_per_position(tables: Tables) -> pd.DataFrame:
    data = tables["list_lengths"]
    return _by_status(data[data["group"] == "program"], "mean_ranks_per_position")


def _by_status(data: pd.DataFrame, column: str) -> pd.DataFrame:
    named = data.assign(name=data["group"].astype(str) + " " + data["status"].astype(str))
    return named.pivot_table(index="replicate", columns="name", values=column, dropna=False)


def _couples(tables: Tables) -> pd.DataFrame:
    """Share of couples of whom both, one or neither matched, and of their members who matched."""
    sums = tables["couples"].groupby("replicate")[["couples", "both", "one", "neither"]].sum()
    shares = sums[["both", "one", "neither"]].div(sums["couples"], axis=0)
    return shares.assign(individuals=shares["both"] + shares["one"] / 2)


def _applications(tables: Tables) -> pd.DataFrame:
    """Mean number of applications of those who sent any."""
    import pandas as pd

    data = tables["applications_sent"]
    found = {}
    for group, kinds in APPLICATION_GROUPS.items():
        of = data[data["applicant_type"].isin(kinds)]
        sums = of.groupby("replicate")[["applications", "applicants"]].sum()
        found[group] = sums["applications"] / sums["applicants"]
    return pd.DataFrame(found)


def _soap_placed(tables: Tables) -> pd.DataFrame:
    data = tables["soap_placement"]
    return data.pivot_table(index="replicate", columns="group", values="share_placed", dropna=False)


def _soap_positions(tables: Tables) -> pd.DataFrame:
    """Positions offered in SOAP, and those filled in its rounds."""
    import pandas as pd

    each = tables["soap_rounds"].groupby("replicate")
    return pd.DataFrame({"offered": each["positions_open"].first(), "filled": each["accepted"].sum()})


def _choice_obtained(tables: Tables) -> pd.DataFrame:
    """Share of US MD seniors at their first choice, and at one of the first three.

    Of all active ones (``first``, ``first three``), and of those who matched (``first, of matched``, ...).
    """
    import pandas as pd

    data = tables["rank_obtained"]
    data = data[data["applicant_type"] == "us_md_senior"]
    counts = data.groupby(["replicate", "rank"])["applicants"].sum().unstack("rank", fill_value=0)
    ranks = counts.columns.to_numpy()
    found = {}
    for told, last in (("first", 1), ("first three", 3)):
        chosen = counts.loc[:, (ranks >= 1) & (ranks <= last)].sum(axis=1)
        found[told] = chosen / counts.sum(axis=1)
        found[f"{told}, of matched"] = chosen / counts.loc[:, ranks > 0].sum(axis=1)
    return pd.DataFrame(found)


def _contiguous_shape(tables: Tables) -> pd.DataFrame:
    """Chance of matching in the preferred specialty at 1, 3 and 5 contiguous ranks over that at 10."""
    import pandas as pd

    data = tables["contiguous_ranks"]
    data = data[data["specialty"] != "Preliminary"]
    found = {}
    for group, kinds in CURVE_GROUPS.items():
        of = data[data["applicant_type"].isin(kinds)]
        sums = of.groupby(["replicate", "contiguous_ranks"])[["matched", "applicants"]].sum()
        chance = (sums["matched"] / sums["applicants"]).unstack("contiguous_ranks")
        chance = chance.reindex(columns=[1, 3, 5, FULL_CURVE])
        for ranks in (1, 3, 5):
            found[f"{group} {ranks}"] = chance[ranks] / chance[FULL_CURVE]
    return pd.DataFrame(found)


MEASURES: dict[str, Callable[[Tables], pd.DataFrame]] = {
    "applications": _applications,
    "match_rate": _rates("match_rate"),
    "placement_rate": _rates("placement_rate"),
    "positions_filled": _filled_share("filled"),
    "positions_filled_after_soap": _filled_share("filled_after_soap"),
    "unfilled_programs": _unfilled_programs,
    "fill_rate": _fill_rate,
    "share_filled": _share_filled,
    "applicants_ranking": _applicants_ranking,
    "list_length": _list_length,
    "ranks_per_position": _ranks_per_position,
    "couples": _couples,
    "choice_obtained": _choice_obtained,
    "contiguous_ranks": _contiguous_shape,
    "soap_positions": _soap_positions,
    "soap_placed": _soap_placed,
}

# Measures in units of their own; all others are shares.
NUMBERS = frozenset(
    {
        "applications",
        "unfilled_programs",
        "applicants_ranking",
        "list_length",
        "ranks_per_position",
        "soap_positions",
    }
)
