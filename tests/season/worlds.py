"""Small scenarios for the tests of the season, drawn at random or written out, and what they lead to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import exp
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from interpreted import INTERPRETED

from matchsim.season import reference
from matchsim.season.applications import applications
from matchsim.season.cohort import cohort
from matchsim.season.couples import couples
from matchsim.season.interviews import interviews
from matchsim.season.match import MatchResult, match
from matchsim.season.pathway import pathway
from matchsim.season.programs import programs
from matchsim.season.rank_lists import rank_lists
from matchsim.season.reversions import reversions
from matchsim.season.scenario.model import Scenario
from matchsim.season.scenario.resolving import resolved
from matchsim.season.soap import SoapResult, soap
from matchsim.season.tables import (
    Applicants,
    Applications,
    Couples,
    Interviews,
    Pathway,
    Programs,
    RankLists,
    Reversions,
    Training,
)
from matchsim.season.training import training
from matchsim.season.words import APPLICANT_TYPES, DIVISIONS
from matchsim.streams import Streams

# Interpreted kernels make the same decisions at a hundredth of the speed, and with other rounding:
# NumPy keeps products of a Python number and a float32 in float32, compiled code widens them.
compiled_only = pytest.mark.skipif(
    INTERPRETED, reason="national size or exact float bytes: only with compiled kernels"
)


def examples(count: int) -> settings:
    """That many examples, not shrunk: a season is too large a thing to be made smaller step by step."""
    return settings(max_examples=count, phases=(Phase.explicit, Phase.reuse, Phase.generate))


# No specialty here carries a published name, so that nothing published finds its way in unasked.
TRACKS_OF = {"Bones": "C", "Hearts": "CR", "Lights": "A", "Kin": "M", "Knives": "CP", "First Year": "P"}


def scenario_of(overrides: Mapping[str, Any]) -> Scenario:
    """The resolved scenario that says this, and the defaults for the rest."""
    return resolved(Scenario.model_validate(merged(Scenario().model_dump(), overrides))).scenario


def changed(scenario: Scenario, overrides: Mapping[str, Any]) -> Scenario:
    """The same scenario with some values exchanged, mapping by mapping."""
    return resolved(Scenario.model_validate(merged(scenario.model_dump(), overrides))).scenario


# Mappings that replace what was below them.
WHOLE = (
    "specialties",
    "preferences",
    "backups",
    "trained_preferences",
    "signals",
    "active",
    "registered",
    "members",
    "services",
)


def merged(below: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(below)
    for key, value in above.items():
        old = out.get(key)
        nested = isinstance(value, Mapping) and isinstance(old, dict) and key not in WHOLE
        out[key] = merged(old, value) if nested else value
    return out


def town(**overrides: Any) -> Scenario:
    """About 260 people and 40 programs of every type and track: enough for every stage to have work."""
    sizes = {
        "Bones": {"C": {"programs": 8, "positions": 40}, "competitiveness": 0.7},
        "Hearts": {"C": {"programs": 9, "positions": 60}, "R": {"programs": 2, "positions": 4}},
        "Lights": {"A": {"programs": 5, "positions": 20}, "C": {"programs": 2, "positions": 8}},
        "Kin": {"M": {"programs": 6, "positions": 30}, "C": {"programs": 3, "positions": 12}},
        "Knives": {"C": {"programs": 4, "positions": 12}, "P": {"programs": 4, "positions": 18}},
        "First Year": {"P": {"programs": 3, "positions": 14}},
    }
    wanted = {"Bones": 3.0, "Hearts": 4.0, "Lights": 2.0, "Kin": 2.0, "Knives": 1.5, "First Year": 0.2}
    said: dict[str, Any] = {
        "name": "town",
        "programs": {"specialties": sizes},
        "cohort": {
            "active": {
                "us_md_senior": 100,
                "us_md_grad": 12,
                "us_do_senior": 50,
                "us_do_grad": 8,
                "us_img": 30,
                "non_us_img": 60,
                "other": 5,
            },
            "withdrawn": {"us_md_senior": 2, "non_us_img": 6},
            "preferences": {t: dict(wanted) for t in APPLICANT_TYPES},
            "backups": {t: {"Hearts": 1.0, "Kin": 2.0} for t in APPLICANT_TYPES},
            "backup_share": {"us_md_senior": 0.2, "non_us_img": 0.6},
            "prior_training": {"us_md_grad": 0.5, "us_do_grad": 0.5},
            "trained_preferences": {},
        },
        "applications": {
            "per_applicant": dict.fromkeys(APPLICANT_TYPES, 9.0),
            "preliminary": 3.0,
            "preliminary_fallback": 0.3,
            "preliminary_fallback_slope": 0.5,
            "signals": {"Bones": {"gold": 1, "silver": 2}, "Hearts": {"gold": 2}},
        },
        "interviews": {"per_position": 4.0, "minimum": 3, "capacity": {"mean": 6.0, "sd": 2.0}},
    }
    return scenario_of(merged(said, overrides))


def one_specialty(programs: int, positions: int, people: Mapping[str, int]) -> Scenario:
    """A town with categorical programs of a single specialty, without signals, visas or requirements."""
    said = {
        "programs": {
            "specialties": {"Bones": {"C": {"programs": programs, "positions": positions}}},
            "requirements": NO_REQUIREMENTS,
        },
        "cohort": {
            "active": dict(people),
            "withdrawn": dict.fromkeys(APPLICANT_TYPES, 0),
            "registered": None,
            "preferences": {t: {"Bones": 1.0} for t in APPLICANT_TYPES},
            "backups": {},
            "needs_visa": dict.fromkeys(APPLICANT_TYPES, 0.0),
        },
        "couples": {"number": 0},
        "applications": {"signals": {}},
    }
    return changed(town(), said)


NO_REQUIREMENTS = {
    "sponsors_j1": 1.0,
    "sponsors_h1b": 1.0,
    **dict.fromkeys(
        ("step2_ck", "graduation", "no_failed_attempts", "us_clinical", "certificate_first"), 0.0
    ),
}


@st.composite
def scenarios(draw: st.DrawFn, most_people: int = 6) -> Scenario:
    """Any small scenario: up to `most_people` of each type, up to four specialties, odd parameters."""
    any_names = st.lists(st.sampled_from(list(TRACKS_OF)), min_size=1, max_size=4, unique=True)
    # Advanced beside preliminary positions: where lists are linked.
    linked = st.sampled_from([["Lights", "First Year"], ["First Year", "Lights", "Knives"]])
    names = draw(any_names | linked)
    people = draw(_people(names, most_people))
    proposing = draw(st.sampled_from(["applicants", "applicants", "programs"]))
    unlinked = {"couples": {"number": 0}, "reversions": dict.fromkeys("MPAR", 0.0)}
    linked_parts = {
        "couples": draw(_couples(people)),
        "reversions": {t: draw(st.sampled_from([0.0, 0.5, 1.0])) for t in "MPAR"},
    }
    taste = {
        "supplemental": draw(st.sampled_from([0.0, 0.5, 1.0])) if proposing == "applicants" else 0.0,
        "first_year_division": draw(st.sampled_from([0.0, 0.5])),
        "first_year_institution": draw(st.sampled_from([0.0, 2.0])),
        "without_interview": draw(st.sampled_from([1.0, 4.0])),
    }
    return scenario_of(
        {
            "seed": draw(st.integers(0, 2**64 - 1)),
            "programs": {
                "specialties": {name: draw(_specialty(TRACKS_OF[name])) for name in names},
                "quota_spread": draw(st.sampled_from([0.0, 0.6, 2.0])),
                "university": draw(st.sampled_from([0.0, 0.4, 1.0])),
                "requirements": draw(_requiring()),
                "divisions": draw(st.sampled_from([{}, {d: float(d == "pacific") for d in DIVISIONS}])),
                "per_institution": draw(st.sampled_from([1.0, 2.0, 7.0])),
            },
            "cohort": people,
            "applications": draw(_sending(names)),
            "interviews": draw(_inviting()),
            "rank_lists": {
                "programs": {
                    "unranked": draw(st.sampled_from([0.0, 0.05, 0.5])),
                    "rank_to_match": {"share": draw(st.sampled_from([0.0, 0.5]))},
                },
                "applicants": taste,
                "early_lock": draw(st.sampled_from([0.0, 0.5])),
                "second_looks": {"visits": draw(st.sampled_from([0, 2]))},
            },
            "match": {"proposing": proposing},
            "soap": draw(_offering()),
            **(linked_parts if proposing == "applicants" else unlinked),
        }
    )


@st.composite
def _couples(draw: st.DrawFn, people: dict[str, Any]) -> dict[str, Any]:
    """As many couples as there may be, or fewer, of some types."""
    stated = people["active"]
    most = {
        t: stated[t] if stated else people["registered"][t] - (people["withdrawn"] or {}).get(t, 0)
        for t in APPLICANT_TYPES
    }
    members = {t: draw(st.integers(0, count)) for t, count in most.items()}
    if sum(members.values()) % 2:
        largest = max(members, key=members.__getitem__)
        members[largest] -= 1
    share = st.sampled_from([0.0, 0.5, 1.0])
    return {
        "number": sum(members.values()) // 2,
        "members": {t: float(count) for t, count in members.items()},
        "same_home": draw(share),
        "same_type": draw(share),
        "no_match": draw(share),
        "pairs": draw(st.sampled_from([1, 2, 7, 300])),
        "same_division": draw(st.sampled_from([0.0, 1.0])),
        "noise": draw(st.sampled_from([0.0, 0.5])),
    }


@st.composite
def _specialty(draw: st.DrawFn, tracks: str) -> dict[str, Any]:
    sizes: dict[str, Any] = {}
    for track in tracks:
        count = draw(st.integers(1, 4))
        sizes[track] = {"programs": count, "positions": count + draw(st.integers(0, 5))}
    return {**sizes, "competitiveness": draw(st.sampled_from([0.0, 0.3, 0.9]))}


@st.composite
def _people(draw: st.DrawFn, names: list[str], most: int) -> dict[str, Any]:
    weights = st.dictionaries(st.sampled_from(names), st.sampled_from([1.0, 3.0, 0.5]), min_size=1)
    counts = {t: draw(st.integers(0, most)) for t in APPLICANT_TYPES}
    withdrawn = {t: draw(st.integers(0, 1)) for t in APPLICANT_TYPES}
    extra = draw(st.integers(0, 2))
    exact = draw(st.booleans())
    share = st.sampled_from([0.0, 0.4, 1.0])
    return {
        "active": counts if exact else {},
        "withdrawn": draw(st.sampled_from([withdrawn, withdrawn, None])),
        "registered": {t: counts[t] + withdrawn[t] + extra for t in APPLICANT_TYPES},
        "preferences": {t: draw(weights) for t in APPLICANT_TYPES},
        "backups": {t: draw(weights) for t in APPLICANT_TYPES},
        "backup_share": {t: draw(share) for t in APPLICANT_TYPES},
        "needs_visa": {t: draw(share) for t in APPLICANT_TYPES},
        "prior_training": {t: draw(share) for t in APPLICANT_TYPES},
        "trained_preferences": {t: draw(weights) for t in APPLICANT_TYPES if draw(st.booleans())},
        "attributes": draw(_having()),
    }


@st.composite
def _having(draw: st.DrawFn) -> dict[str, Any]:
    share = st.sampled_from([0.0, 0.5, 1.0])
    return {
        "budget": {t: draw(st.sampled_from([0.0, 40.0, 400.0, 5000.0])) for t in APPLICANT_TYPES},
        "h1b": draw(share),
        "h1b_step_3": draw(share),
        "step_1_first_pass": {t: draw(st.sampled_from([0.1, 0.9])) for t in APPLICANT_TYPES},
    }


@st.composite
def _requiring(draw: st.DrawFn) -> dict[str, Any]:
    share = st.sampled_from([0.0, 0.3, 1.0])
    every = ("sponsors_j1", "sponsors_h1b", "step2_ck", "graduation", "no_failed_attempts", "us_clinical")
    return {**{name: draw(share) for name in every}, "certificate_first": draw(share)}


@st.composite
def _sending(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    budget = st.fixed_dictionaries({"gold": st.integers(0, 2), "silver": st.integers(0, 2)})
    return {
        "per_applicant": {t: draw(st.sampled_from([5.0, 40.0, 2.0, 0.3, 0.0])) for t in APPLICANT_TYPES},
        "cap": draw(st.sampled_from([None, None, 3])),
        "preliminary": draw(st.sampled_from([4.0, 1.0, 0.0])),
        "preliminary_fallback": draw(st.sampled_from([0.0, 0.5, 1.0])),
        "preliminary_fallback_slope": draw(st.sampled_from([0.0, 0.7])),
        "bands": {
            "reach": draw(st.sampled_from([0.0, 0.5, 2.0])),
            "safety": draw(st.sampled_from([0.0, 0.7])),
        },
        "signals": draw(st.dictionaries(st.sampled_from(names), budget)),
    }


@st.composite
def _inviting(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "per_position": draw(st.sampled_from([2.5, 1.0, 0.0])),
        "minimum": draw(st.integers(0, 3)),
        "waves": draw(st.integers(1, 4)),
        "common_release": draw(st.booleans()),
        "release_waves": draw(st.integers(1, 3)),
        "late_answers": draw(st.sampled_from([0.0, 0.4, 1.0])),
        "late_returns": draw(st.sampled_from([0.0, 0.4, 1.0])),
        "waiting_list": draw(st.sampled_from([0.0, 0.5, 1000.0])),
        "capacity": {"mean": draw(st.sampled_from([5.0, 2.0, 1.0])), "sd": draw(st.sampled_from([0.0, 1.5]))},
        "cap": draw(st.sampled_from([1, 2, 1000])),
        "screening": {
            "lowest": draw(st.sampled_from([-1000.0, -1.2, 0.5])),
            "signalled_first": draw(st.sampled_from([0.0, 0.5, 1.0])),
            "signals_enough": draw(st.sampled_from([0.0, 0.5])),
        },
    }


@st.composite
def _offering(draw: st.DrawFn) -> dict[str, Any]:
    rounds = draw(st.integers(0, 4))
    chance = st.sampled_from([0.0, 0.3, 1.0])
    return {
        "rounds": rounds,
        "applications": draw(st.sampled_from([0, 1, 3, 45])),
        "refusal": [draw(chance) for _ in range(rounds)],
        "specialty_weight": draw(st.sampled_from([0.0, 1.0, 3.0])),
        "preliminary_weight": draw(st.sampled_from([0.0, 1.0, 3.0])),
        "caution": draw(st.sampled_from([0.0, 1.0, 20.0])),
        "services": draw(st.dictionaries(st.sampled_from(sorted(TRACKS_OF)), st.sampled_from("XY"))),
        "opt_out": draw(st.sampled_from([0.0, 0.5, 1.0])),
        "interest": draw(st.sampled_from([0.0, 1.5])),
        "senior": draw(st.sampled_from([0.0, -1.0, 1.0])),
        "list_per_position": draw(st.sampled_from([0.0, 0.5, 2.0])),
        "threshold": draw(st.sampled_from([-1000.0, 0.0, 1.0])),
        "threshold_fall": draw(st.sampled_from([0.0, 0.7])),
        "expectation": draw(st.sampled_from([-1000.0, 0.0, 1.0])),
        "expectation_slope": draw(st.sampled_from([0.0, 0.5])),
        "expectation_fall": draw(st.sampled_from([0.0, 0.5])),
        "contacts": draw(st.sampled_from([0, 1, 20])),
    }


@dataclass(frozen=True, repr=False)
class World:
    """The stages of one season, one after the other."""

    scenario: Scenario
    streams: Streams
    programs: Programs
    applicants: Applicants
    road: Pathway
    couples: Couples
    applied: Applications
    interviewed: Interviews
    lists: RankLists
    reversions: Reversions
    matched: MatchResult
    placed: SoapResult
    training: Training

    def __repr__(self) -> str:
        return f"<World of {self.scenario!r}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        # What Hypothesis prints: the scenario and its seed say everything.
        printer.text(f"World of {self.scenario.model_dump(exclude_defaults=True)}")


def world_of(scenario: Scenario, seed: int | None = None, replicate: int = 0) -> World:
    """Run the stages of a scenario."""
    streams = Streams(scenario.seed if seed is None else seed, replicate)
    tracks = programs(scenario, streams)
    return continued(scenario, streams, tracks, cohort(scenario, streams, tracks))


def continued(scenario: Scenario, streams: Streams, tracks: Programs, people: Applicants) -> World:
    """Run the stages after the people and the programs, which may have been changed by hand."""
    road = pathway(scenario, streams, people)
    pairs = couples(scenario, streams, people, road)
    applied = applications(scenario, streams, people, road, tracks)
    interviewed = interviews(scenario, streams, people, road, tracks, applied)
    lists = rank_lists(scenario, streams, people, road, tracks, pairs, applied, interviewed)
    moving = reversions(scenario, streams, tracks)
    matched = match(scenario, streams, tracks, lists, moving)
    placed = soap(scenario, streams, people, road, tracks, matched)
    started = training(scenario, streams, people, tracks, matched, placed)
    return World(
        scenario,
        streams,
        tracks,
        people,
        road,
        pairs,
        applied,
        interviewed,
        lists,
        moving,
        matched,
        placed,
        started,
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Any small world; in some, programs and people have no division and people no preference."""
    scenario = draw(scenarios())
    streams = Streams(scenario.seed)
    tracks = programs(scenario, streams)
    people = cohort(scenario, streams, tracks)
    if draw(st.booleans()):
        chance = np.random.default_rng(draw(st.integers(0, 99)))
        nowhere = chance.random(len(tracks)) < 0.5
        tracks = tracks.replace(division=np.where(nowhere, -1, tracks.division).astype(np.int8))
        undecided = chance.random(len(people)) < 0.2
        people = people.replace(preferred=np.where(undecided, -1, people.preferred).astype(np.int16))
    return continued(scenario, streams, tracks, people)


def fallback_share(world: World, a: int) -> float:
    """How likely `a` is to fall back on a preliminary year, from the words of the scenario."""
    given, people = world.scenario.applications, world.applicants
    attitude = getattr(
        world.scenario.interviews.screening.attitude, APPLICANT_TYPES[people.applicant_type[a]]
    )
    standing = reference.file_worth(world.scenario, people, a) + attitude
    return given.preliminary_fallback * exp(-given.preliminary_fallback_slope * standing)


def segments(offsets: np.ndarray[Any, Any], values: np.ndarray[Any, Any]) -> list[list[Any]]:
    """Ragged values as lists."""
    return [values[a:b].tolist() for a, b in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)]


def close(values: list[float]) -> bool:
    """Whether two of these lie so close together that rounding may turn them round."""
    ordered = sorted(values)
    return any(b - a < 1e-5 for a, b in pairwise(ordered))
