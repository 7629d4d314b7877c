"""What the people of a scenario prefer: published weights, scaled to its positions, and their faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from matchsim.errors import Problem, counted, did_you_mean
from matchsim.season.scenario import published
from matchsim.season.scenario.model import Cohort, Counts, SharesByType
from matchsim.season.scenario.programs import Specialty
from matchsim.season.words import APPLICANT_TYPES, TRACKS

__all__ = ["WEIGHTS", "faults", "published_preferences"]

# Weight of a specialty of which nothing is published, per position (assumed: one applicant each).
UNKNOWN_APPLICANTS_PER_POSITION = 1.0

# The parts of a cohort that give weights to specialties.
WEIGHTS = ("preferences", "backups", "trained_preferences")

RANKING = "derived from the numbers of people who rank each specialty"
TRAINED = "derived from the reserved positions that each type filled"


def published_preferences(
    cohort: Cohort, specialties: Mapping[str, Specialty], season: int
) -> tuple[dict[str, object], dict[str, str]]:
    """What stands in place of ``published`` in the preferences of a cohort, and its basis, by part."""
    preferred, backups, share = published.preferences(season, specialties)
    trained, in_training = published.earlier_training(season, specialties)
    all_tracks, reserved = "".join(TRACKS), "R"
    values: dict[str, object] = {
        "preferences": {
            t: _scaled(season, preferred[t], specialties, all_tracks, unknown=True) for t in APPLICANT_TYPES
        },
        "backups": {
            t: _scaled(season, backups[t], specialties, all_tracks, unknown=False) for t in APPLICANT_TYPES
        },
        "backup_share": SharesByType(**share),
        "trained_preferences": {
            t: _scaled(season, trained[t], specialties, reserved, unknown=True) for t in APPLICANT_TYPES
        },
        "prior_training": SharesByType(**in_training),
    }
    asked = {part: value for part, value in values.items() if getattr(cohort, part) == "published"}
    return asked, {part: TRAINED if "train" in part else RANKING for part in asked}


def faults(cohort: Cohort, specialties: Mapping[str, Specialty] | None) -> Iterator[Problem]:
    """What is wrong with resolved preferences; without specialties (of a file), not where they name one."""
    for part in WEIGHTS:
        for kind, weights in getattr(cohort, part).items():
            for name in weights:
                if specialties is not None and name not in specialties:
                    told = f"no program of this scenario is in {name!r}"
                    remedy = did_you_mean(name, specialties)
                    yield Problem(told, path=f"cohort.{part}.{kind}.{name}", remedy=remedy)
    assert isinstance(cohort.registered, Counts)
    assert isinstance(cohort.preferences, dict)
    for t in APPLICANT_TYPES:
        if getattr(cohort.registered, t) and not sum(cohort.preferences.get(t, {}).values()):
            people = getattr(cohort.registered, t)
            told = counted(people, "person of this type is", "people of this type are")
            yield Problem(f"{told} registered, but no specialty has a weight", path=f"cohort.preferences.{t}")


def _scaled(
    season: int,
    weights: Mapping[str, float],
    specialties: Mapping[str, Specialty],
    tracks: str,
    *,
    unknown: bool,
) -> dict[str, float]:
    """National weights, scaled by this scenario's positions in some tracks over the nation's."""
    known = published.specialties(season)
    scaled: dict[str, float] = {}
    for name, specialty in specialties.items():
        positions = sum(size.positions for track, size in specialty.tracks().items() if track in tracks)
        if name in known:
            national = sum(size for track, (_, size) in known[name].sizes.items() if track in tracks)
            if weights.get(name):
                scaled[name] = round(weights[name] * positions / national, 3)
        elif unknown and positions:
            scaled[name] = UNKNOWN_APPLICANTS_PER_POSITION * positions
    return scaled
