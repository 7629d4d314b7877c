"""Where positions go that stay unfilled: within institutions, never in a circle, as often as is said."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given

from matchsim.season import reference
from matchsim.season.reversions import reversions
from matchsim.season.season import Season
from matchsim.season.words import TRACKS
from matchsim.streams import Streams

from .worlds import World, changed, examples, town, world_of, worlds


@examples(80)
@given(worlds())
def test_reversions_stay_within_institution_and_specialty_and_run_in_no_circle(world: World) -> None:
    tracks, moving = world.programs, world.reversions
    donors, receivers = moving.donor, moving.receiver
    assert (tracks.institution[donors] == tracks.institution[receivers]).all()
    assert (tracks.institution[donors] >= 0).all()
    assert (tracks.specialty[donors] == tracks.specialty[receivers]).all()
    assert {TRACKS[t] for t in tracks.track[receivers]} <= {"C"}
    assert (moving.positions == tracks.quota[donors]).all()
    graph = nx.DiGraph(zip(donors.tolist(), receivers.tolist(), strict=True))
    assert nx.is_directed_acyclic_graph(graph)


@examples(80)
@given(worlds())
def test_reversions_are_the_slow_ones(world: World) -> None:
    check(world)


def test_reversions_are_the_slow_ones_in_a_town() -> None:
    crowded = {"programs": {"per_institution": 40.0, "divisions": {"pacific": 1.0}}}
    assert check(world_of(changed(town(), {**crowded, "reversions": dict.fromkeys("MPAR", 0.6)}))) > 5


def check(world: World) -> int:
    moving = world.reversions
    every = np.arange(len(world.programs), dtype=np.int32)
    draws = world.streams("reversions.agreed").uniform(every).tolist()
    expected = reference.reverting(world.scenario, world.programs, draws)
    assert (
        list(zip(*(c.tolist() for c in (moving.donor, moving.receiver, moving.positions)), strict=True))
        == expected
    )
    return len(expected)


@pytest.mark.parametrize("track", "MPAR")
def test_each_track_is_switched_off_by_itself(nation: Season, track: str) -> None:
    scenario = changed(nation.scenario, {"reversions": {track: 0.0}})
    fewer = reversions(scenario, Streams(nation.seed), nation.tracks)
    kept = nation.tracks.track[nation.reversions.donor] != TRACKS.index(track)
    assert not kept.all()
    assert fewer.donor.tolist() == nation.reversions.donor[kept].tolist()


def test_programs_without_a_known_institution_revert_nothing(town_world: World) -> None:
    nowhere = town_world.programs.replace(institution=np.full(len(town_world.programs), -1, dtype=np.int32))
    every = changed(town(), {"reversions": dict.fromkeys("MPAR", 1.0)})
    assert len(reversions(every, town_world.streams, nowhere)) == 0


def test_about_as_many_programs_revert_as_in_the_nineties(nation: Season) -> None:
    # 282 programs and 1,272 positions in 1996: Roth and Peranson 1999, recalled.
    assert 150 < len(nation.reversions) < 600
    assert 0 < nation.facts()["reverted"] < nation.reversions.positions.sum()


def test_without_reversions_everything_up_to_the_match_is_the_same(nation: Season) -> None:
    off = changed(town(), {"reversions": dict.fromkeys("MPAR", 0.0)})
    on = changed(town(), {"reversions": dict.fromkeys("MPAR", 1.0), "programs": {"per_institution": 7.0}})
    one, other = world_of(off), world_of(on)
    for stage in ("programs", "applicants", "couples", "applied", "interviewed", "lists"):
        assert getattr(one, stage).equals(getattr(other, stage))
    assert (one.matched.final_quota == one.programs.quota).all()
    assert len(other.reversions) > 0
