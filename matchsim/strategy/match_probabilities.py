"""The probability that somebody matches, by how many programs they rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from matchsim.errors import InputError, Problem, counted, shown
from matchsim.season import Scenario, load_scenario, run_season
from matchsim.season.profile import Profile
from matchsim.strategy.newcomers import Person
from matchsim.strategy.probes import Probes, probes
from matchsim.strategy.standards import Standards, standards
from matchsim.tables import Float64, Int8, Int16, Int32, Int64, Table, column

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MatchProbability", "half_widths", "match_probability"]

# With fewer seasons nothing is said about how far they scatter.
FEWEST = 4
TIERS = 4


def match_probability(
    profile: Profile | Person,
    scenario: Scenario | str | Path | Sequence[Standards],
    *,
    ranks: int = 20,
    replicates: int = 20,
    copies: int = 500,
) -> MatchProbability:
    """The probability that a person matches who ranks 1, 2, ... programs, in simulated seasons.

    In every season, copies of the person are put in as probes (see :func:`probes`, which says what is
    approximated). The whole curve comes from the same probes: who ranks k programs ranks the k most wished
    for of those that interviewed them, or all if they are fewer.

    Parameters
    ----------
    profile
        The person, who matches alone and is verified at the deadline.
    scenario
        A scenario, as :func:`run_season` takes it; or the standards of seasons at hand, so that many
        profiles are compared on the same seasons.
    ranks
        The longest list asked about.
    replicates
        How many seasons, where they are still to be simulated.
    copies
        Probes in every season.

    Returns
    -------
    MatchProbability

    Raises
    ------
    InputError
        When a number is not from 1, or a probe cannot be made; see :func:`probes`.
    """
    problems = [
        Problem(f"must be a whole number from 1, got {shown(value)}", path=name)
        for name, value in (("ranks", ranks), ("replicates", replicates), ("copies", copies))
        if not isinstance(value, (int, np.integer)) or value < 1
    ]
    if not isinstance(scenario, (Scenario, str, Path)) and not len(scenario):
        problems.append(Problem("there must be one season at least", path="scenario"))
    if problems:
        raise InputError(problems)
    if isinstance(scenario, (str, Path)):
        scenario = load_scenario(scenario)
    if isinstance(scenario, Scenario):
        seasons = (standards(run_season(scenario, replicate=r)) for r in range(replicates))
        return _summed([probes(profile, season, copies) for season in seasons], ranks)
    return _summed([probes(profile, season, copies) for season in scenario], ranks)


@dataclass(frozen=True, eq=False, repr=False)
class MatchProbability(Table):
    """The probability that somebody matches, by length of the list; see :func:`match_probability`.

    The intervals say how far the mean of so many simulated seasons may lie from that of endlessly many. How
    well the parameters of the scenario are known, and the model itself, is not in them.

    Parameters
    ----------
    replicates, copies
        How many seasons, and probes in every one.
    specialties
        The words for the codes in the column ``specialty``.
    """

    rows = "length"

    replicates: int
    copies: int
    specialties: tuple[str, ...]
    ranks: Int32 = column(np.int32, "length", "programs ranked at the most", unit="ranks")
    probability: Float64 = column(np.float64, "length", "probability of a match within them")
    low: Float64 = column(
        np.float64,
        "length",
        f"lower end of its 95% Monte-Carlo interval (Student's t over seasons); NaN below {FEWEST} seasons",
    )
    high: Float64 = column(np.float64, "length", "upper end of that interval")
    choice: Float64 = column(np.float64, "length", "probability of a match at this very place of the list")
    reached: Float64 = column(np.float64, "length", "probability of having so many programs to rank")
    interviews: Int32 = column(np.int32, "number", "interviews held, from 0", unit="interviews")
    probes: Int64 = column(np.int64, "number", "probes with so many", unit="probes")
    matched: Int64 = column(np.int64, "number", "of these, who match with the whole list", unit="probes")
    specialty: Int16 = column(np.int16, "end", "specialty of the program won")
    tier: Int8 = column(np.int8, "end", "quarter of the specialty by standing, from 1 (best)")
    share: Float64 = column(np.float64, "end", "probability of ending there with the whole list")

    @property
    def overall(self) -> float:
        """The probability of a match where all programs are ranked that interviewed the person, 0 to 1."""
        return float(self.matched.sum() / self.probes.sum())

    def ends(self) -> pd.DataFrame:
        """Where the person ends who ranks everything.

        Returns
        -------
        pandas.DataFrame
            Columns ``specialty``, ``tier`` (quarter by standing, 1 = best), ``probability``.
        """
        import pandas as pd

        names = [self.specialties[s] for s in self.specialty.tolist()]
        return pd.DataFrame({"specialty": names, "tier": self.tier, "probability": self.share})

    def by_interviews(self) -> pd.DataFrame:
        """Share matched by number of interviews held.

        Who has more interviews is also another person, or luckier: the difference is not what one more
        interview would do.

        Returns
        -------
        pandas.DataFrame
            Columns ``interviews``, ``probes`` (how many hold so many), ``matched`` (share of them).
        """
        import pandas as pd

        some = self.probes > 0
        return pd.DataFrame(
            {
                "interviews": self.interviews[some],
                "probes": self.probes[some],
                "matched": self.matched[some] / self.probes[some],
            }
        )

    def __repr__(self) -> str:
        curve = ", ".join(
            f"{self.probability[k - 1]:.0%} with {k}" for k in (1, 3, 5, 10, 20) if k <= len(self)
        )
        interval = "" if np.isnan(self.low[-1]) else f" ({self.low[-1]:.0%} to {self.high[-1]:.0%})"
        return (
            f"<MatchProbability: {curve} ranks{interval}; {counted(self.replicates, 'season')} of "
            f"{counted(self.copies, 'probe')}; parameter uncertainty not included>"
        )


def _summed(found: list[Probes], ranks: int) -> MatchProbability:
    curves = np.stack([one.within(ranks) for one in found])
    mean = curves.mean(axis=0)
    half = half_widths(curves)
    held = np.concatenate([one.interviews for one in found])
    matched = np.concatenate([one.matched for one in found])
    listed = np.concatenate([one.ranks for one in found])
    lengths = np.arange(1, ranks + 1, dtype=np.int32)
    counts = np.bincount(held)
    ends, shares = _ends(found)
    return MatchProbability(
        replicates=len(found),
        copies=len(found[0]),
        ranks=lengths,
        probability=mean,
        low=np.maximum(mean - half, 0.0),
        high=np.minimum(mean + half, 1.0),
        choice=np.diff(mean, prepend=0.0),
        reached=(listed[:, None] >= lengths).mean(axis=0),
        interviews=np.arange(len(counts), dtype=np.int32),
        probes=counts,
        matched=np.bincount(held[matched], minlength=len(counts)),
        specialties=found[0].programs.specialties,
        specialty=(ends // TIERS).astype(np.int16),
        tier=(ends % TIERS + 1).astype(np.int8),
        share=shares,
    )


def _ends(found: list[Probes]) -> tuple[Int64, Float64]:
    """The specialties and tiers in which somebody ends, as one number, and the probability of each."""
    cells = np.concatenate(
        [
            TIERS * one.programs.specialty[one.program[one.matched]].astype(np.int64)
            + one.tiers()[one.matched]
            - 1
            for one in found
        ]
    )
    ends, counts = np.unique(cells, return_counts=True)
    return ends, counts / sum(map(len, found))


def half_widths(curves: Float64) -> Float64:
    """Half the width of the 95% interval of the mean over seasons, by Student's t.

    Parameters
    ----------
    curves : float64, shape (seasons, values)
        Independent seasons in rows.

    Returns
    -------
    float64, shape (values,)
        NaN where there are fewer than 4 seasons.
    """
    seasons = len(curves)
    if seasons < FEWEST:
        return np.full(curves.shape[1], np.nan)
    half: Float64 = _student(seasons - 1) * curves.std(axis=0, ddof=1) / np.sqrt(seasons)
    return half


def _student(freedom: int) -> float:
    """The 97.5% point of Student's t (Abramowitz and Stegun 26.7.5; within 1% from 3 degrees of freedom)."""
    z = NormalDist().inv_cdf(0.975)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3
