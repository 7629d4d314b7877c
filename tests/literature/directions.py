"""What papers found of single specialties, whose direction only can be asked here.

Their data or the weights of their models are not public, so that no number has to come out. Seasons are
those of ``us-2025`` with one specialty alone and no couples; both sides of a comparison have the same people
and tastes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from matchsim.engine import blocking_pairs
from matchsim.season.match import market
from matchsim.season.scenario import load_scenario
from matchsim.season.season import Season, run_season

__all__ = ["MISSED", "Direction", "all_directions"]

ENT, OBGYN, ORTHO = "Otolaryngology", "Obstetrics and Gynecology", "Orthopaedic Surgery"
UNMATCHED = 10**6
CAP = 12
# How many programs a person could rank early is not in what could be read of the paper; of 3, 5 and 10 this
# comes nearest, and is what holds or not.
FIRST = 5

MISSED = {
    "otolaryngology: a cap of 12 costs the strongest applicants chances to match",
    "early results in obstetrics and gynecology: programs better off",
    "early results in obstetrics and gynecology: programs worse off",
}
"""Findings that do not come out here; the page says why."""


@dataclass(frozen=True)
class Direction:
    """One finding.

    Parameters
    ----------
    paper, finding
        Whose, and what they say.
    theirs
        Their number, in words; "" where they give a direction alone.
    ours
        Ours, in words.
    holds
        Whether the direction is the same here.
    """

    paper: str
    finding: str
    theirs: str
    ours: str
    holds: bool


def all_directions(replicates: int) -> list[Direction]:
    """Every finding, from so many seasons of each arm."""
    parts = (_applications, _preferences, _caps, _concentration, _first_choices, _early)
    return [found for part in parts for found in part(replicates)]


def seasons(specialty: str, replicates: int, **policies: Any) -> Iterator[Season]:
    """Seasons of one specialty under some policies."""
    said: dict[str, Any] = {"programs.specialties": [specialty], "couples.number": 0}
    said["policies"] = [{name: given} for name, given in policies.items()]
    scenario = load_scenario("us-2025", said)
    for replicate in range(replicates):
        yield run_season(scenario, replicate=replicate)


def mean(of: Callable[[Season], float], specialty: str, replicates: int, **policies: Any) -> float:
    """The mean of a number over seasons."""
    return float(np.mean([of(season) for season in seasons(specialty, replicates, **policies)]))


def held(season: Season) -> Any:
    """Interviews of everybody who applied."""
    counts = np.diff(season.interviews.applicant_offsets)
    return counts[np.diff(season.applications.applicant_offsets) > 0]


def gini(values: Any) -> float:
    """The Gini coefficient, 0 = all alike."""
    ordered = np.sort(values.astype(np.float64))
    n = len(ordered)
    return float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * ordered.sum()))


def without_interview(season: Season) -> float:
    """Share of those who applied whom nobody interviewed."""
    return float((held(season) == 0).mean())


def _applications(replicates: int) -> Iterator[Direction]:
    paper = "Whipple, Law and Bly 2019"
    free, capped = (
        mean(without_interview, ENT, replicates, **policies)
        for policies in ({}, {"application_cap": {"most": 20}})
    )
    yield Direction(
        paper,
        "otolaryngology: when all apply to many programs, most are harmed; fewer applications leave fewer "
        "people without an interview",
        "",
        f"{free:.1%} without an interview as it is, {capped:.1%} when nobody applies to more than 20",
        capped < free,
    )


def _preferences(replicates: int) -> Iterator[Direction]:
    more, all_ = 0, 0
    pairs = zip(seasons(ENT, replicates), seasons(ENT, replicates, no_signals={}), strict=True)
    for signals, none in pairs:
        after, before = (np.diff(s.interviews.applicant_offsets) for s in (signals, none))
        applied = np.diff(signals.applications.applicant_offsets) > 0
        more += int((after > before)[applied].sum())
        all_ += int((after != before)[applied].sum())
    yield Direction(
        "Whipple, Law and Bly 2019",
        "otolaryngology: to reveal preferences raises the number of interviews for most",
        "most",
        f"of those whose number changes {more / all_:.0%} have more with signals",
        more > all_ / 2,
    )


def _caps(replicates: int) -> Iterator[Direction]:
    def of_the_others(season: Season) -> float:
        """Mean interviews of those who hold fewer than the cap."""
        counts = held(season)
        return float(counts[counts < CAP].mean())

    def of_the_top(season: Season) -> float:
        """Match rate of the tenth of highest ability among those who applied."""
        applied = np.diff(season.applications.applicant_offsets) > 0
        ability = season.cohort.ability
        return float(season.matched[applied & (ability >= np.quantile(ability[applied], 0.9))].mean())

    for specialty, paper in ((OBGYN, "Morgan et al. 2020"), (ORTHO, "the same question, orthopaedics")):
        free = mean(of_the_others, specialty, replicates)
        capped = mean(of_the_others, specialty, replicates, interview_cap={"most": CAP})
        yield Direction(
            paper,
            f"{specialty}: a cap of 12 gives more interviews to those who have fewer than 12",
            "from under 1 offer to about 9" if specialty == OBGYN else "",
            f"{free:.2f} interviews before, {capped:.2f} under the cap",
            capped > free,
        )
    free, capped = (
        mean(of_the_top, ENT, replicates, **policies) for policies in ({}, {"interview_cap": {"most": CAP}})
    )
    yield Direction(
        "Mitton, Elder and Hunter 2022",
        "otolaryngology: a cap of 12 costs the strongest applicants chances to match",
        "99.3% to 67.2% for the very strongest",
        f"strongest tenth: {free:.1%} to {capped:.1%}",
        capped < free,
    )


def _concentration(replicates: int) -> Iterator[Direction]:
    unequal = mean(lambda season: gini(held(season)), ENT, replicates, no_signals={})
    yield Direction(
        "Lee et al. 2019",
        "otolaryngology 2016, before signals: Gini coefficient of interviews over applicants",
        "0.43",
        f"{unequal:.2f} without signals",
        abs(unequal - 0.43) <= 0.05,
    )


def _first_choices(replicates: int) -> Iterator[Direction]:
    def at_first(season: Season) -> float:
        """Share of the matched who are at their first choice."""
        rank = season.match.rank_of
        return float((rank == 0).sum() / (rank >= 0).sum())

    slots = {"interviews.per_position": 5.0}
    said = {"programs.specialties": [ORTHO], "couples.number": 0}
    few, many = (
        float(
            np.mean(
                [
                    at_first(run_season(load_scenario("us-2025", {**said, **given}), replicate=r))
                    for r in range(replicates)
                ]
            )
        )
        for given in (slots, {})
    )
    yield Direction(
        "Echenique, Gonzalez, Wilson and Yariv 2022",
        "matches at first choice are many because interviews cut lists short",
        "",
        f"orthopaedics: {many:.1%} of the matched at their first choice with 14.5 interviews a position, "
        f"{few:.1%} with 5",
        few > many,
    )


def _early(replicates: int) -> Iterator[Direction]:
    paper = "Ashlagi, Love, Reminick and Roth 2023"
    theirs = {
        "applicants worse off": 0.14,
        "applicants better off": 0.08,
        "programs better off": 0.41,
        "programs worse off": 0.24,
        "applicants in blocking pairs": 0.12,
        "programs in blocking pairs": 0.52,
    }
    ours = {most: _early_shares(replicates, most) for most in (3, 5, 10)}
    for name, number in theirs.items():
        told = ", ".join(f"{ours[most][name]:.1%} (first {most})" for most in ours)
        yield Direction(
            paper,
            f"early results in obstetrics and gynecology: {name}",
            f"{number:.0%}",
            told,
            abs(ours[FIRST][name] - number) <= 0.05,
        )


def _early_shares(replicates: int, most: int) -> dict[str, float]:
    rows = []
    plain = seasons(OBGYN, replicates)
    for before, after in zip(plain, seasons(OBGYN, replicates, early_results={"most": most}), strict=True):
        active = before.rank_lists.certified
        rank = [np.where(s.match.rank_of < 0, UNMATCHED, s.match.rank_of)[active] for s in (before, after)]
        worth = [_held_ranks(s) for s in (before, after)]
        blocks = blocking_pairs(
            market(before.tracks, before.rank_lists, before.reversions), after.match.program_of
        )
        rows.append(
            {
                "applicants worse off": (rank[1] > rank[0]).mean(),
                "applicants better off": (rank[1] < rank[0]).mean(),
                "programs better off": (worth[1] < worth[0]).mean(),
                "programs worse off": (worth[1] > worth[0]).mean(),
                "applicants in blocking pairs": len(np.unique(blocks.applicant)) / active.sum(),
                "programs in blocking pairs": len(np.unique(blocks.program)) / len(before.tracks),
            }
        )
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}


def _held_ranks(season: Season) -> Any:
    """The sum of the ranks of those whom each program holds, an empty position counting more than anybody."""
    lists, tracks = season.rank_lists, season.tracks
    total = np.zeros(len(tracks))
    for p in range(len(tracks)):
        ranked = lists.program_applicants[lists.program_offsets[p] : lists.program_offsets[p + 1]].tolist()
        holds = np.flatnonzero(season.match.program_of == p)
        total[p] = sum(ranked.index(a) for a in holds) + UNMATCHED * (tracks.quota[p] - len(holds))
    return total
