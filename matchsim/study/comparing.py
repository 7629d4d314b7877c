"""Arms compared replicate by replicate, on the same people, and person by person.

Every arm of a study meets the same people with the same tastes, so that the difference of two arms in one
replicate is what the change does to these people. Its mean over replicates is far more certain than that
of two unrelated sets of seasons wherever both arms move together; where they do not, nothing is gained, and
``gain`` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from matchsim.study.metrics import METRICS
from matchsim.tables import Float64

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CHANGES", "EFFECTS", "SHARES", "bootstrap_weights", "changes", "effects", "shares_changed"]

RESAMPLES = 2000
LEVEL = 0.95
# Of a variance, the share that is the noise of floating-point numbers.
NOTHING = 1e-20
# Resampled means computed at a time, to bound memory.
AT_A_TIME = 100

EFFECTS: Mapping[str, str] = {
    "metric": "name of the metric",
    "group": "all, or the applicant type",
    "year": "season in a row, from 1",
    "unit": "share or number",
    "replicates": "replicates in which both arms have a value",
    "baseline_mean": "mean of the baseline",
    "mean": "mean of the arm",
    "difference": "mean of the paired differences, arm minus baseline",
    "low": "lower end of the 95% interval of that mean: percentiles of a paired bootstrap of replicates",
    "high": "upper end of it",
    "sd": "standard deviation of the paired differences",
    "gain": "how many times more replicates unpaired arms would need for the same certainty: variance of "
    "the difference of independent seasons over that of paired ones; below 1 pairing does harm",
}


def effects(arm: pd.DataFrame, baseline: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The effects of an arm on every metric and group.

    Parameters
    ----------
    arm, baseline
        Rows of results of the arm and of the baseline: replicate, year, metric, group, value.
    seed
        Of the bootstrap: the same effects for the same results.

    Returns
    -------
    DataFrame
        In the columns of `EFFECTS`. Intervals are empty where there are fewer than two replicates.
    """
    import pandas as pd

    keys = ["metric", "group", "year"]
    both = arm.merge(baseline, on=[*keys, "replicate"], suffixes=("", "_baseline"), sort=False)
    both = both.dropna(subset=["value", "value_baseline"])
    rows = []
    for (metric, group, year), found in both.groupby(keys, sort=False, observed=True):
        values, before = found["value"].to_numpy(), found["value_baseline"].to_numpy()
        difference = values - before
        low, high = _interval(difference, seed)
        row = (metric, group, year, METRICS[str(metric)].unit, len(found), before.mean(), values.mean())
        rows.append((*row, difference.mean(), low, high, *_gain(values, before)))
    return pd.DataFrame(rows, columns=list(EFFECTS))


def bootstrap_weights(replicates: int, first: int, count: int, seed: int) -> Float64:
    """How often each replicate is drawn in resamples, as a share; float64, shape (count, replicates)."""
    from matchsim.streams import Streams

    stream = Streams(seed)("study.bootstrap")
    words = stream.words(np.arange(first, first + count, dtype=np.int32), 0, replicates)
    drawn = ((words + 0.5) * 2.0**-32 * replicates).astype(np.int64)
    flat = drawn + replicates * np.arange(count)[:, None]
    weights: Float64 = np.bincount(flat.ravel(), minlength=count * replicates) / replicates
    return weights.reshape(count, replicates)


def _interval(difference: Float64, seed: int) -> tuple[float, float]:
    number = len(difference)
    if number < 2:
        return np.nan, np.nan
    means = np.concatenate(
        [_weights(number, first, seed) @ difference for first in range(0, RESAMPLES, AT_A_TIME)]
    )
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


_kept: dict[tuple[int, int, int], Float64] = {}


def _weights(number: int, first: int, seed: int) -> Float64:
    """The same resamples for every metric; kept while they are small."""
    key = (number, first, seed)
    if key in _kept:
        return _kept[key]
    weights = bootstrap_weights(number, first, AT_A_TIME, seed)
    if number <= 1000:
        if len(_kept) >= 2 * RESAMPLES // AT_A_TIME:
            _kept.clear()
        _kept[key] = weights
    return weights


def _gain(values: Float64, before: Float64) -> tuple[float, float]:
    if len(values) < 2:
        return np.nan, np.nan
    paired = float(np.var(values - before, ddof=1))
    unpaired = float(np.var(values, ddof=1) + np.var(before, ddof=1))
    # Where all differences are one number, what varies is their last digit.
    varies = paired > NOTHING * unpaired
    return float(np.sqrt(paired)), unpaired / paired if varies else np.nan


CHANGES: Mapping[str, str] = {
    "replicate": "number of the replicate",
    "applicant_type": "applicant type",
    "ability_decile": "tenth of the ability within the applicant type, 1 = lowest to 10",
    "people": "people who are active in the baseline or in the arm",
    "helped": "of these, whose outcome is better in the arm: matched before placed in SOAP before not placed",
    "hurt": "whose outcome is worse",
    "higher_choice": "matched in both, to a program that stands higher on their list",
    "lower_choice": "matched in both, to one that stands lower",
}


def changes(arm: Any, baseline: Any) -> pd.DataFrame:
    """Who is helped and who is hurt between two parts of the same replicates, by type and decile.

    Parameters
    ----------
    arm, baseline
        The tables ``people`` of two chunks that hold the same replicates, as data frames. Of several years
        the first is compared, for in later ones other people are there.

    Raises
    ------
    InputError
        When they are not about the same people.
    """
    from matchsim.errors import InputError

    arm, baseline = (part[part["year"] == 1].reset_index(drop=True) for part in (arm, baseline))
    same = ["replicate", "applicant", "applicant_type"]
    if len(arm) != len(baseline) or not (arm[same].to_numpy() == baseline[same].to_numpy()).all():
        told = "the arms do not hold the same people, so nobody can be followed from one to the other"
        raise InputError(told)
    from matchsim.season.words import APPLICANT_TYPES

    after, before = arm["outcome"].to_numpy(), baseline["outcome"].to_numpy()
    rank, earlier = arm["rank"].to_numpy(), baseline["rank"].to_numpy()
    keep = (after > 0) | (before > 0)
    both = (after == 3) & (before == 3) & (rank > 0) & (earlier > 0)
    # Who certified no list in one of the two is compared as not placed.
    level_after, level_before = np.maximum(after, 1), np.maximum(before, 1)
    frame = baseline[["replicate", "applicant_type", "ability_decile"]].assign(
        people=1,
        helped=level_after > level_before,
        hurt=level_after < level_before,
        higher_choice=both & (rank < earlier),
        lower_choice=both & (rank > earlier),
    )
    keys = ["replicate", "applicant_type", "ability_decile"]
    counted: pd.DataFrame = frame[keep].groupby(keys, sort=True).sum().reset_index()
    counted["applicant_type"] = np.array(APPLICANT_TYPES, dtype=object)[counted["applicant_type"]]
    return counted[list(CHANGES)]


SHARES: Mapping[str, str] = {
    "group": "all, or the applicant type, or the tenth of the ability",
    "replicates": "replicates that have such people",
    "people": "people a replicate, on average",
    **{
        f"{change}{end}": told.format(word)
        for change, word in (("helped", "helped"), ("hurt", "hurt"))
        for end, told in (
            ("", "share {} of these people: the mean over replicates"),
            ("_low", "lower end of the 95% interval of that mean, by bootstrap of replicates"),
            ("_high", "upper end of it"),
        )
    },
    "higher_choice": "share matched in both, to a program that stands higher on their list",
    "lower_choice": "share matched in both, to one that stands lower",
}


def shares_changed(found: pd.DataFrame, by: str, seed: int) -> pd.DataFrame:
    """Shares of people helped and hurt, for everybody and group by group.

    Parameters
    ----------
    found
        Rows of :func:`changes` of one arm, several replicates.
    by
        ``applicant_type`` or ``ability_decile``.
    seed
        Of the bootstrap.

    Returns
    -------
    DataFrame
        In the columns of `SHARES`, ``all`` first. Intervals are empty with fewer than two replicates.
    """
    import pandas as pd

    counts = ["people", "helped", "hurt", "higher_choice", "lower_choice"]
    everybody = found.assign(**{by: "all"})
    rows = []
    for group, of in pd.concat([everybody, found]).groupby(by, sort=False):
        summed = of.groupby("replicate")[counts].sum()
        shares = summed.div(summed["people"], axis=0)
        row: dict[str, Any] = {"group": group, "replicates": len(summed), "people": summed["people"].mean()}
        row |= {name: shares[name].mean() for name in counts[1:]}
        for name in ("helped", "hurt"):
            row[f"{name}_low"], row[f"{name}_high"] = _interval(shares[name].to_numpy(), seed)
        rows.append(row)
    return pd.DataFrame(rows, columns=list(SHARES))
