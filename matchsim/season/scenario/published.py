"""What ``published`` stands for in a scenario: arithmetic on the published figures of a season.

Nothing here is fitted. What the publications do not say is derived from what they do say, and each
function states how; the constants that had to be chosen are named at the top and are assumptions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TypeVar

from matchsim.data import published, seasons
from matchsim.season.words import APPLICANT_TYPES, ApplicantType, Track

__all__ = [
    "SpecialtyFigures",
    "applications_per_applicant",
    "apportioned",
    "members_of_couples",
    "people",
    "season_of",
    "specialties",
]

# Applicants for one filled position where the number of applicants is not published (assumed).
APPLICANTS_PER_FILL = 1.25
# At most this part of the people who rank a specialty have it as their backup (assumed).
LARGEST_BACKUP_PART = 0.6

# Types whose number of applicants by specialty is published.
RANKING_TYPES: tuple[ApplicantType, ...] = ("us_md_senior", "us_do_senior", "us_img", "non_us_img")

Key = TypeVar("Key")


class SpecialtyFigures:
    """The published figures of one specialty, all its tracks together.

    Attributes
    ----------
    sizes
        (programs, positions) by track.
    competitiveness
        Share of filled positions (P and R tracks left out) that US MD seniors filled; 0 to 1. Of a
        specialty that has nothing but preliminary positions, of these; of one without any, 0.5.
    applicants
        People who rank the specialty at all, by type.
    in_training
        People with earlier training who seek a reserved position, by type.
    """

    def __init__(self, name: str, rows: list[dict[str, str]], programs: Mapping[Track, int]) -> None:
        self.name = name
        self.sizes: dict[Track, tuple[int, int]] = {
            _track(row): (programs[_track(row)], int(row["positions"])) for row in rows
        }
        core = [row for row in rows if row["track"] not in "PR"]
        self.filled = {t: sum(_number(row[f"filled_{t}"]) for row in core) for t in APPLICANT_TYPES}
        self.competitiveness = _competitiveness(core or [row for row in rows if row["track"] == "P"])
        self.applicants = _applicants(core, self.filled)
        reserved = [row for row in rows if row["track"] == "R"]
        self.in_training = {
            t: APPLICANTS_PER_FILL * sum(_number(row[f"filled_{t}"]) for row in reserved)
            for t in APPLICANT_TYPES
        }


def _competitiveness(rows: list[dict[str, str]]) -> float:
    by_seniors = sum(_number(row["filled_us_md_senior"]) for row in rows)
    by_known = any(_number(row[f"filled_{t}"]) for row in rows for t in APPLICANT_TYPES)
    return by_seniors / sum(_number(row["filled"]) for row in rows) if by_known else 0.5


def season_of(season: int) -> int:
    """The last season up to this one whose figures are carried, or else the first of all."""
    known = sorted(seasons())
    return max((one for one in known if one <= season), default=known[0])


def specialties(season: int) -> dict[str, SpecialtyFigures]:
    """Every specialty of the season by name, in published order."""
    return dict(_specialties(season))


@cache
def _specialties(season: int) -> tuple[tuple[str, SpecialtyFigures], ...]:
    rows = list(published(season, "specialties"))
    programs = _program_counts(season, rows)
    grouped: dict[str, list[dict[str, str]]] = {}
    counts: dict[str, dict[Track, int]] = {}
    for row, count in zip(rows, programs, strict=True):
        grouped.setdefault(row["specialty"], []).append(row)
        counts.setdefault(row["specialty"], {})[_track(row)] = count
    return tuple((name, SpecialtyFigures(name, group, counts[name])) for name, group in grouped.items())


def _program_counts(season: int, rows: list[dict[str, str]]) -> list[int]:
    """Programs by row; tracks whose count is not published share the rest by their positions."""
    known = sum(_number(row["programs"]) for row in rows)
    unknown = {
        i: int(row["positions"])
        for i, row in enumerate(rows)
        if not row["programs"] and int(row["positions"])
    }
    rest = total(season, "all", "program_tracks") - known
    shared = apportioned(rest, unknown)
    return [
        min(max(1, shared[i]), int(row["positions"])) if i in shared else _number(row["programs"])
        for i, row in enumerate(rows)
    ]


def total(season: int, group: str, measure: str) -> int:
    """One whole number of ``totals.csv``.

    Raises
    ------
    KeyError
        When there is no such row.
    """
    for row in published(season, "totals"):
        if (row["group"], row["measure"]) == (group, measure):
            return int(row["value"])
    raise KeyError(f"{season}: no published {measure} of {group}")


def people(season: int) -> dict[str, dict[ApplicantType, int]]:
    """Registered, withdrawn and active people of the whole season, by type.

    Active people are published by type. Registered people are published in all and for international
    graduates together, and those registered and not withdrawn follow by type from the placement rates;
    the withdrawn of each of the two groups are spread over its types in proportion to the people who
    did not withdraw and yet certified no list.
    """
    active = {t: total(season, t, "active_certified_rol") for t in APPLICANT_TYPES}
    kept: dict[ApplicantType, int] = {
        t: total(season, t, "registered_not_withdrawn") for t in APPLICANT_TYPES if t != "other"
    }
    kept["other"] = total(season, "all", "registered_not_withdrawn") - sum(kept.values())
    img = total(season, "img", "registered")
    registered = {"img": img, "rest": total(season, "all", "registered") - img}
    withdrawn: dict[ApplicantType, int] = {}
    for group, count in registered.items():
        types: list[ApplicantType] = [t for t in APPLICANT_TYPES if t.endswith("img") == (group == "img")]
        gone = count - sum(kept[t] for t in types)
        uncertified: dict[ApplicantType, float] = {t: kept[t] - active[t] for t in types}
        withdrawn |= apportioned(gone, uncertified)
    return {
        "registered": {t: kept[t] + withdrawn[t] for t in APPLICANT_TYPES},
        "withdrawn": {t: withdrawn[t] for t in APPLICANT_TYPES},
        "active": active,
    }


def preferences(
    season: int, names: Iterable[str]
) -> tuple[
    dict[ApplicantType, dict[str, float]], dict[ApplicantType, dict[str, float]], dict[ApplicantType, float]
]:
    """Weights of the preferred and of the backup specialty, and the share with a backup, by type.

    People who rank a specialty have it as their preferred one or as their backup. Over all specialties
    there are more such rankings than people; the excess is the number of backups, and it is laid on the
    specialties in proportion to ``(1 - competitiveness) ** 2``, at most `LARGEST_BACKUP_PART` of each.
    US seniors who fill more preliminary than advanced positions are taken to want a preliminary year
    alone (they match in urology or ophthalmology elsewhere).
    """
    figures = specialties(season)
    chosen = [name for name in names if name in figures]
    active = people(season)["active"]
    preferred: dict[ApplicantType, dict[str, float]] = {}
    backups: dict[ApplicantType, dict[str, float]] = {}
    share: dict[ApplicantType, float] = {}
    for kind in APPLICANT_TYPES:
        ranking = {name: f.applicants[kind] for name, f in figures.items() if f.applicants[kind] > 0}
        excess = max(0.0, sum(ranking.values()) - active[kind]) if kind in RANKING_TYPES else 0.0
        part = _backup_parts({name: figures[name].competitiveness for name in ranking}, ranking, excess)
        preferred[kind] = {n: round(ranking[n] * (1 - part[n]), 3) for n in chosen if n in ranking}
        if kind in ("us_md_senior", "us_do_senior") and "Transitional Year" in chosen:
            preferred[kind]["Transitional Year"] = _preliminary_only(season, kind)
        backups[kind] = {n: round(ranking[n] * part[n], 3) for n in chosen if n in ranking and part[n] > 0}
        several = len([n for n in chosen if n in ranking]) > 1
        share[kind] = round(min(1.0, excess / active[kind]), 4) if several and active[kind] else 0.0
    return preferred, backups, share


def earlier_training(
    season: int, names: Iterable[str]
) -> tuple[dict[ApplicantType, dict[str, float]], dict[ApplicantType, float]]:
    """People with earlier training: weights of their preferred specialty, and their share, by type.

    Nobody publishes them. They are taken to be those who seek the reserved positions, `APPLICANTS_PER_FILL`
    for each that their type filled; the share is of the people who rank these specialties, and that of the
    whole season where none of these has reserved positions.
    """
    figures = specialties(season)
    chosen = [name for name in names if name in figures]
    weights = {
        t: {n: figures[n].in_training[t] for n in chosen if figures[n].in_training[t] > 0}
        for t in APPLICANT_TYPES
    }
    known = chosen if any(weights.values()) else list(figures)
    ranking = people(season)["active"] if len(known) == len(figures) else applicants_of(season, known)
    seeking = {t: sum(figures[name].in_training[t] for name in known) for t in APPLICANT_TYPES}
    share = {t: round(min(1.0, seeking[t] / ranking[t]), 4) if ranking[t] else 0.0 for t in APPLICANT_TYPES}
    return weights, share


def applicants_of(season: int, names: Iterable[str]) -> dict[ApplicantType, int]:
    """People who rank any of these specialties, by type, as far as published; the rest derived."""
    figures = specialties(season)
    return {t: round(sum(figures[name].applicants[t] for name in names)) for t in APPLICANT_TYPES}


def applications_per_applicant(season: int) -> dict[ApplicantType, float]:
    """Mean number of applications by type; published for MD, DO and international graduates."""
    mean = {row["group"]: float(row["value"]) for row in published(season, "applications")}
    group = {"us_md": "us_md", "us_do": "us_do"}
    return {t: mean[group.get(t[:5], "img")] for t in APPLICANT_TYPES}


def members_of_couples(season: int) -> dict[ApplicantType, int]:
    """People who match as members of couples, by type.

    Derived for four types. What is left of the published sum is spread over the other types in
    proportion to their active people.
    """
    rows = {(row["group"], row["measure"]): int(float(row["value"])) for row in published(season, "couples")}
    known: dict[ApplicantType, int] = {t: rows[t, "individuals"] for t in RANKING_TYPES}
    active = people(season)["active"]
    rest = rows["all", "individuals"] - sum(known.values())
    known |= apportioned(rest, {t: active[t] for t in APPLICANT_TYPES if t not in RANKING_TYPES})
    return {t: known[t] for t in APPLICANT_TYPES}


def apportioned(count: int, weights: Mapping[Key, float]) -> dict[Key, int]:
    """`count` whole units shared in proportion to `weights` by largest remainder."""
    whole = sum(weights.values())
    if whole <= 0:
        return dict.fromkeys(weights, 0)
    exact = {key: count * weight / whole for key, weight in weights.items()}
    shares = {key: int(value) for key, value in exact.items()}
    left = count - sum(shares.values())
    for key in sorted(exact, key=lambda k: shares[k] - exact[k])[:left]:
        shares[key] += 1
    return shares


def _applicants(
    core: list[dict[str, str]], filled: Mapping[ApplicantType, int]
) -> dict[ApplicantType, float]:
    """People who rank the specialty, by type.

    Published for categorical and primary tracks only, so an advanced specialty has at least
    `APPLICANTS_PER_FILL` people for each position filled. Where only the number of all types is
    published it is split as the fills are; what it leaves over the four published types is shared by
    the graduates of earlier years as their fills are (evenly where they filled nothing).
    """
    known = {t: max((_number(row[f"ranking_{t}"]) for row in core), default=0) for t in RANKING_TYPES}
    whole = max((_number(row["ranking_all"]) for row in core), default=0)
    fills = sum(filled.values())
    people: dict[ApplicantType, float] = {}
    for t in APPLICANT_TYPES:
        split = whole * filled[t] / fills if fills and not any(known.values()) else 0.0
        people[t] = max(known.get(t, 0), APPLICANTS_PER_FILL * filled[t], split)
    rest = whole - sum(known.values())
    if any(known.values()) and rest > 0:
        earlier: tuple[ApplicantType, ...] = ("us_md_grad", "us_do_grad")
        both = sum(filled[t] for t in earlier)
        for t in earlier:
            people[t] = max(people[t], rest * (filled[t] / both if both else 0.5))
    if not fills and not whole:
        positions = sum(_number(row["positions"]) for row in core)
        people["us_md_senior"] = APPLICANTS_PER_FILL * positions
    return people


def _backup_parts(
    competitiveness: Mapping[str, float], ranking: Mapping[str, float], excess: float
) -> dict[str, float]:
    """Part of those ranking each specialty who have it as backup, so that the parts add to `excess`.

    The parts are in proportion to ``(1 - competitiveness) ** 2``; those that would pass the largest part
    allowed are set to it, and the others share what is left.
    """
    slack = {name: (1 - value) ** 2 for name, value in competitiveness.items()}
    full: set[str] = set()
    while True:
        left = excess - LARGEST_BACKUP_PART * sum(ranking[name] for name in full)
        mass = sum(slack[name] * ranking[name] for name in ranking if name not in full)
        scale = left / mass if mass > 0 else 0.0
        passing = {name for name in ranking if name not in full and scale * slack[name] > LARGEST_BACKUP_PART}
        if not passing:
            break
        full |= passing
    return {name: LARGEST_BACKUP_PART if name in full else scale * slack[name] for name in ranking}


def _preliminary_only(season: int, kind: ApplicantType) -> float:
    rows = published(season, "specialties")
    filled = {
        track: sum(_number(row[f"filled_{kind}"]) for row in rows if row["track"] == track) for track in "PA"
    }
    return float(max(0, filled["P"] - filled["A"]))


def _track(row: dict[str, str]) -> Track:
    return row["track"]  # type: ignore[return-value]


def _number(text: str) -> int:
    return int(text) if text else 0
