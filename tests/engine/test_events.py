"""What happened while a matching was made: the recorded play is the play, and says who did what to whom."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from interpreted import fewer
from linked_markets import tiny
from strategies import markets
from test_literature import EXAMPLES
from test_roth_peranson import ORDERS, crowded, reverting, swap_market

from matchsim.engine import Market, Matching, deferred_acceptance, events, roth_peranson
from matchsim.engine.board import Board
from matchsim.engine.events import BUMPED, OFFERED, TAKES, Events, has_history, recorded_events
from matchsim.engine.matching import Recipe
from matchsim.engine.roth_peranson import _attempted
from matchsim.errors import RunError


def attempted(market: Market, order: str, attempt: int, seed: int = 3) -> Matching:
    """The matching of one attempt, whether or not it would have been needed."""
    played = _attempted(Board(market), seed, order, market.quota, attempt).played()
    recipe = Recipe("roth_peranson", order, seed, attempt)
    return Matching(market, *played[:2], 0, played.second_of, market.quota, recipe=recipe)


# --- equal to the play that is not recorded ---


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("attempt", range(4))
def test_the_recorded_play_makes_the_same_matching(order, attempt):
    """`recorded_events` compares them itself; markets with cycles are among these."""
    cycles = 0
    some = fewer(25, least=2), fewer(4), fewer(10, least=6)
    for market in (
        *map(tiny, range(some[0])),
        *map(crowded, range(some[1])),
        *map(swap_market, range(some[2])),
    ):
        matching = attempted(market, order, attempt)
        found = recorded_events(matching)
        assert held_at_the_end(found) == held(matching)
        cycles += (found.what == events.SET_ASIDE).any()
    assert cycles > 1


@settings(deadline=None)
@given(reverting())
def test_a_recipe_is_played_at_the_final_quotas(market):
    matching = roth_peranson(market)
    assert held_at_the_end(recorded_events(matching)) == held(matching)


@given(markets())
def test_singles_alone_have_a_history_too(market):
    for matching in (deferred_acceptance(market), roth_peranson(market)):
        found = recorded_events(matching)
        assert held_at_the_end(found) == held(matching)
        assert not (found.what == OFFERED).any()


def test_room_grows_with_what_happens(monkeypatch):
    matching = roth_peranson(crowded(5))
    plenty = recorded_events(matching)
    monkeypatch.setattr(events, "ROOM", 1)
    assert recorded_events(matching).differences(plenty) == []


def test_another_matching_than_the_recipes_is_refused():
    matching = roth_peranson(crowded(5))
    moved = matching.program_of.copy()
    moved[3] = -1
    with pytest.raises(RunError, match=r"program_of is \d+ against -1 for applicant '3'"):
        recorded_events(replace(matching, program_of=moved))


def test_what_has_no_history():
    market = EXAMPLES["nrmp_eight_applicants"].market
    by_programs = deferred_acceptance(market, "programs")
    read = Matching.from_programs(market, by_programs.program_of)
    assert not has_history(by_programs)
    assert not has_history(read)
    for matching in (by_programs, read):
        with pytest.raises(ValueError, match="history"):
            recorded_events(matching)


def held(matching: Matching) -> dict[tuple[str, int], int]:
    own = {("own", a): p for a, p in enumerate(matching.program_of.tolist()) if p >= 0}
    return own | {("second", a): p for a, p in enumerate(matching.second_of.tolist()) if p >= 0}


def held_at_the_end(found: Events) -> dict[tuple[str, int], int]:
    """Who has what, from the events alone."""
    has: dict[int, int] = {}
    for i in range(len(found)):
        unit, option = int(found.unit[i]), int(found.option[i])
        if found.what[i] == TAKES:
            has[unit] = option
        elif found.what[i] in (BUMPED, events.CLOSED) or (
            found.what[i] == events.SET_ASIDE and has.get(unit) == option
        ):
            has.pop(unit, None)
    first_list = len(found.market) + len(found.board.couples)
    return {
        ("second" if unit >= first_list else "own", member): program
        for unit, option in has.items()
        for member, program in zip(found.members(unit), found.programs(option), strict=True)
        if program >= 0
    }


# --- what the events say ---


def recorded_markets():
    for number in range(15):
        for order in ORDERS:
            yield recorded_events(attempted(tiny(number), order, 0))
    yield from (recorded_events(roth_peranson(crowded(number))) for number in (1, 3, 4, 5))


def test_whoever_is_bumped_lost_the_seat_to_somebody_better():
    """Replayed by hand: the program was full, the taker ranks better, and took that very program."""
    bumped = 0
    for found in recorded_markets():
        market = found.market
        place = {
            (p, int(a)): at
            for p in range(market.size("program"))
            for at, a in enumerate(market.program_applicants[slice(*market.program_offsets[p : p + 2])])
        }
        for row in np.flatnonzero(found.what == BUMPED):
            program, takers = found.lost(row), found.takers(row)
            assert takers
            because = int(found.because[row])
            assert found.what[because] == TAKES
            assert found.unit[because] == found.cause[row]
            assert program in found.programs(int(found.option[because]))
            loser = place[program, int(found.person[row])]
            assert max(place[program, taker] for taker in takers) < loser
            bumped += 1
    assert bumped > 100


def test_every_event_has_an_earlier_reason_back_to_an_entry():
    offers = 0
    for found in recorded_markets():
        because = found.because
        assert (because < np.arange(len(found))).all()
        rootless = np.flatnonzero(because < 0)
        assert set(found.what[rootless].tolist()) <= {events.ENTERS}
        opened = because[found.what == events.OPENED]
        assert (found.what[opened] == TAKES).all()
        for row in np.flatnonzero(found.what == OFFERED):
            left = int(because[row])
            unit = int(found.unit[left])
            # Whoever left had the program, by what they had before.
            rows = found.of(unit)
            had = rows[(rows < left) & (found.what[rows] == TAKES)][-1]
            assert int(found.cause[row]) in found.programs(int(found.option[had]))
            offers += 1
    assert offers > 30


def test_of_tells_the_events_of_a_unit_in_order():
    found = recorded_events(roth_peranson(crowded(2)))
    rows = [found.of(unit) for unit in range(len(found.board.units))]
    assert all((found.unit[own] == unit).all() and (np.diff(own) > 0).all() for unit, own in enumerate(rows))
    assert sum(map(len, rows)) == len(found)
