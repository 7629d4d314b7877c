"""SOAP: the rules one by one, and the whole against the oracle."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchsim.season import _kernels, reference, soap_applications
from matchsim.season.soap import KIND_OF_TRACK, kinds_of_position, soap
from matchsim.season.standing import attitudes, files, screening_scores, wishes
from matchsim.season.tables import Applications
from matchsim.season.words import APPLICANT_TYPES, TRACKS

from .worlds import World, changed, examples, segments, town, world_of, worlds

WORDS = {0: "whole", 1: "first_year", 2: "later"}


def kinds(world: World) -> list[str]:
    return [WORDS[KIND_OF_TRACK[TRACKS[t]]] for t in world.programs.track]


def open_seats(world: World) -> list[int]:
    seats = world.matched.final_quota.tolist()
    for held in (world.matched.program_of, world.matched.second_of):
        for p in held[held >= 0]:
            seats[p] -= 1
    return seats


def missing(world: World) -> list[frozenset[str]]:
    """What everybody may take, by the rules: the unmatched anything, the partially matched what they miss."""
    out = []
    for a in range(len(world.applicants)):
        p, second = world.matched.program_of[a], world.matched.second_of[a]
        held = TRACKS[world.programs.track[p]] if p >= 0 else ""
        if world.road.withdrawn[a]:
            out.append(frozenset())
        elif p < 0:
            out.append(frozenset({"whole", "first_year", "later"}))
        elif held == "A" and second < 0:
            out.append(frozenset({"first_year"}))
        else:
            out.append(frozenset({"later"}) if held == "P" else frozenset())
    return out


def seats_in_soap(world: World) -> list[int]:
    """Open positions of the programs that take part."""
    draws = world.streams("soap.opt_out").uniform(np.arange(len(world.programs), dtype=np.int32))
    takes = (draws >= world.scenario.soap.opt_out).tolist()
    return [seats if part else 0 for seats, part in zip(open_seats(world), takes, strict=True)]


def applications(
    world: World, seats: list[int], may: list[frozenset[str]], decision: str, most: int
) -> list[list[int]]:
    """Everybody's applications to programs with open seats, service by service, from draws and rules."""
    given, people, tracks = world.scenario.soap, world.applicants, world.programs
    attitude, file = attitudes(world.scenario, tracks), files(world.scenario, people)
    kind, out = kinds(world), [[] for _ in range(len(people))]
    service = [given.services.get(name, "") for name in np.array(tracks.specialties)[tracks.specialty]]
    for one in sorted(set(service)):
        unfilled = [p for p in range(len(tracks)) if seats[p] > 0 and service[p] == one]
        everyone = np.arange(len(people), dtype=np.int32)
        words = world.streams(decision).words_at(everyone, np.array(unfilled, dtype=np.int32)).tolist()
        for a in range(len(people)):
            of_type = attitude[people.applicant_type[a]]
            weights = [
                reference.soap_weight(world.scenario, people, tracks, a, p, float(file[a]), float(of_type[p]))
                if kind[p] in may[a] and reference.eligible(people, tracks, a, p)
                else None
                for p in unfilled
            ]
            out[a] += [unfilled[k] for k in reference.soap_choice(words[a], weights, most)]
    return out


def in_soap(world: World) -> list[list[int]]:
    given = world.scenario.soap
    return applications(world, seats_in_soap(world), missing(world), "soap.applications", given.applications)


def as_table(world: World, sent: list[list[int]]) -> Applications:
    offsets = np.cumsum([0, *map(len, sent)])
    owner = np.repeat(np.arange(len(sent), dtype=np.int32), np.diff(offsets))
    program = np.array([p for mine in sent for p in mine], dtype=np.int32)
    fit = world.streams("applications.fit").pair_normal(owner, program)
    return Applications(
        offsets, program, fit, np.zeros(len(program), dtype=np.int8), np.zeros(len(sent), np.float32)
    )


@dataclass
class Thoughts:
    """What both sides think of applications, by (applicant, program)."""

    score: dict[tuple[int, int], float]
    wish: dict[tuple[int, int], float]
    draw: dict[tuple[int, int], float]


def thoughts(world: World, table: Applications) -> Thoughts:
    given, people, tracks = world.scenario.soap, world.applicants, world.programs
    owner = table.applicants()
    pairs = list(zip(owner.tolist(), table.program.tolist(), strict=True))
    noise = world.streams("soap.screening").pair_normal(owner, table.program)
    word, _ = world.streams("soap.refusal").pair_words(owner, table.program)
    nobody = np.zeros(len(people))
    wish = wishes(world.scenario, people, tracks, table.applicant_offsets, table.program, table.fit, nobody)
    seniors = np.array([senior(world, a) for a in range(len(people))], dtype=np.bool_)[owner]
    besides = np.float32(given.noise) * noise + np.float32(given.interest) * wish
    besides += np.float32(given.senior) * seniors
    # Nobody is too weak to be read: the bar of SOAP is its own.
    reading = changed(world.scenario, {"interviews": {"screening": {"lowest": -1000.0}}})
    score = screening_scores(reading, people, world.road, tracks, table, besides).tolist()
    draw = ((word + 0.5) * 2.0**-32).tolist()
    return Thoughts(*(dict(zip(pairs, values, strict=True)) for values in (score, wish.tolist(), draw)))


def senior(world: World, a: int) -> bool:
    return APPLICANT_TYPES[world.applicants.applicant_type[a]] in ("us_md_senior", "us_do_senior")


def answers(world: World, thought: Thoughts) -> tuple[Any, Any]:
    """Whether a program withholds an offer in a round, and whether a person waits."""
    given = world.scenario.soap
    attitude = world.scenario.interviews.screening.attitude
    file = files(world.scenario, world.applicants)

    def withholds(a: int, p: int, r: int) -> bool:
        return thought.score[a, p] < given.threshold - given.threshold_fall * r

    def waits(a: int, p: int, r: int) -> bool:
        kind = APPLICANT_TYPES[world.applicants.applicant_type[a]]
        standing = float(file[a]) + getattr(attitude, kind)
        bar = given.expectation + given.expectation_slope * standing - given.expectation_fall * r
        # Who takes an offer in an early round takes it in every later one; after SOAP nobody gambles.
        gambles = r < given.rounds and all(thought.draw[a, p] < c for c in given.refusal[: r + 1])
        return thought.wish[a, p] < bar or gambles

    return withholds, waits


def told_by_oracle(world: World) -> tuple[reference.SoapOffers, list[list[int]]] | None:
    sent, given = in_soap(world), world.scenario.soap
    thought = thoughts(world, as_table(world, sent))
    if near_a_bar(world, thought):
        return None
    withholds, waits = answers(world, thought)
    seats = seats_in_soap(world)
    preferences = []
    for p, left in enumerate(seats):
        listed = sorted((a for a, mine in enumerate(sent) if p in mine), key=lambda a: -thought.score[a, p])
        most = math.ceil(given.list_per_position * left) if given.list_per_position else len(listed)
        preferences.append(listed[:most])
    return (
        reference.soap_rounds(
            preferences, seats, kinds(world), missing(world), thought.wish, withholds, waits, given.rounds
        ),
        sent,
    )


def near_a_bar(world: World, thought: Thoughts) -> bool:
    """Whether rounding may decide: two wishes are equal, or a score lies at a bar."""
    given = world.scenario.soap
    bars = [given.threshold - given.threshold_fall * r for r in range(given.rounds + 1)]
    near = any(abs(value - bar) < 1e-6 for value in thought.score.values() for bar in bars)
    return near or len(set(thought.wish.values())) < len(thought.wish)


def check(world: World) -> bool:
    """Compare SOAP with the oracle and its rules; False where rounding may decide."""
    told = told_by_oracle(world)
    if told is None:
        return False
    oracle, sent = told
    result = world.placed
    got = zip(result.accepted_applicant, result.accepted_program, result.accepted_round, strict=True)
    expected = [(one.applicant, one.program, one.round) for one in oracle.accepted]
    assert sorted((int(a), int(p), int(r)) for a, p, r in got) == sorted(expected)
    table = result.applications
    assert segments(table.applicant_offsets, table.program) == sent
    asked = {pair for offers in oracle.offers for pair in offers}
    pairs = list(zip(table.applicants().tolist(), table.program.tolist(), strict=True))
    assert result.offered.tolist() == [pair in asked for pair in pairs]
    assert result.positions.tolist() == seats_in_soap(world)
    assert result.rounds.offers.tolist() == [len(offers) for offers in oracle.offers]
    assert result.eligible.tolist() == [bool(kinds) for kinds in missing(world)]
    follow_the_rules(world, oracle, sent)
    follow_first_contacts(world, oracle)
    return True


def follow_first_contacts(world: World, told: reference.SoapOffers) -> None:
    """Compare what was arranged after SOAP with the oracle."""
    kind, given = kinds(world), world.scenario.soap
    seats, may = open_seats(world), [set(kinds_) for kinds_ in missing(world)]
    for one in told.accepted:
        seats[one.program] -= 1
        taken = kind[one.program]
        may[one.applicant] -= {"whole", taken} if taken != "whole" else set(WORDS.values())
    free = [frozenset(kinds_) for kinds_ in may]
    contacts = applications(world, seats, free, "soap.contacts", given.contacts if given.rounds else 0)
    table = as_table(world, contacts)
    thought = thoughts(world, table)
    if near_a_bar(world, thought):
        return
    withholds, waits = answers(world, thought)
    pairs = list(zip(table.applicants().tolist(), table.program.tolist(), strict=True))
    time, _ = world.streams("soap.first_contact").pair_words(table.applicants(), table.program)
    made = reference.first_contacts(
        [pairs[i] for i in sorted(range(len(pairs)), key=lambda i: time[i])],
        lambda a, p: not withholds(a, p, given.rounds) and not waits(a, p, given.rounds),
        seats,
        kind,
        free,
    )
    result = world.placed
    got = zip(result.contact_applicant.tolist(), result.contact_program.tolist(), strict=True)
    assert sorted(got) == sorted(made)


def follow_the_rules(world: World, told: reference.SoapOffers, sent: list[list[int]]) -> None:
    seats, kind, asked = seats_in_soap(world), kinds(world), set()
    taken: dict[int, list[str]] = {}
    service = world.scenario.soap.services
    names = [world.programs.specialties[s] for s in world.programs.specialty]
    for mine in sent:
        by_service = Counter(service.get(names[p], "") for p in mine)
        assert max(by_service.values(), default=0) <= world.scenario.soap.applications
    for r, offers in enumerate(told.offers):
        accepted = [one for one in told.accepted if one.round == r]
        assert world.placed.rounds.positions_open[r] == sum(seats)
        for p, left in enumerate(seats):
            # As many offers as seats open at the round's start: no back-filling inside a round.
            assert sum(q == p for _, q in offers) <= left
            assert sum(one.program == p for one in accepted) <= sum(q == p for _, q in offers)
        for a, p in offers:
            assert (a, p) not in asked  # a program never offers again to whom it offered before
            assert p in sent[a]
            assert kind[p] in missing(world)[a]
            assert not {"whole", kind[p]} & set(taken.get(a, []))
            asked.add((a, p))
        for one in accepted:
            assert (one.applicant, one.program) in offers
            taken.setdefault(one.applicant, []).append(kind[one.program])
            seats[one.program] -= 1
        assert world.placed.rounds.accepted[r] == len(accepted)
    for held in taken.values():
        assert held in (["whole"], ["first_year"], ["later"]) or set(held) == {"first_year", "later"}
        assert len(held) <= 2
    assert min(seats, default=0) >= 0


@examples(80)
@given(worlds())
def test_soap_follows_the_oracle_and_the_rules(world: World) -> None:
    check(world)


def test_soap_follows_the_oracle_and_the_rules_in_a_town() -> None:
    seen: set[str] = set()
    contacted = 0
    for seed in range(1, 6):
        said = {"refusal": [0.6, 0.4, 0.2, 0.0], "services": {"Hearts": "another"}}
        world = world_of(changed(town(), {"soap": said}), seed=seed)
        assert check(world)
        contacted += len(world.placed.contact_program)
        kind = kinds(world)
        by_person: dict[int, set[str]] = {}
        for a, p in zip(world.placed.accepted_applicant, world.placed.accepted_program, strict=True):
            by_person.setdefault(int(a), set()).add(kind[p])
        seen |= {"+".join(sorted(taken)) for taken in by_person.values()}
        eligible = [sorted(k) for k in missing(world)]
        seen |= {f"misses {'+'.join(kinds_)}" for kinds_ in eligible}
    assert {"whole", "first_year", "misses first_year", "misses later"} <= seen
    assert contacted


def test_who_always_refuses_ends_with_nothing() -> None:
    never = world_of(changed(town(), {"soap": {"refusal": [1.0] * 4}}))
    assert never.placed.rounds.accepted.tolist() == [0, 0, 0, 0]
    assert never.placed.rounds.offers[0] > 0
    assert len(set(never.placed.rounds.positions_open.tolist())) == 1


def test_no_rounds_no_applications_no_seats() -> None:
    assert len(world_of(changed(town(), {"soap": {"rounds": 0, "refusal": []}})).placed.rounds) == 0
    silent = world_of(changed(town(), {"soap": {"applications": 0}})).placed
    assert len(silent.applications) == 0
    assert silent.rounds.offers.tolist() == [0] * 4
    assert silent.eligible.any()


def test_the_most_applications_bind_where_there_are_more_programs_unfilled() -> None:
    world = world_of(changed(town(), {"soap": {"applications": 2}}))
    assert sum(seats > 0 for seats in open_seats(world)) > 2
    assert len(world.placed.applications) <= 2 * world.placed.eligible.sum()
    assert check(world)


def test_nobody_in_the_nation_sends_more_than_45_and_seats_only_fill(nation) -> None:
    rounds, result = nation.soap.rounds, nation.soap
    sent = np.diff(result.applications.applicant_offsets)
    own_service = nation.tracks.specialties.index("Obstetrics and Gynecology")
    elsewhere = nation.tracks.specialty[result.applications.program] == own_service
    assert sent.max() > 45
    for through in (elsewhere, ~elsewhere):
        assert np.bincount(result.applications.applicants()[through]).max() <= 45
    assert (rounds.offers <= rounds.positions_open).all()
    assert (rounds.accepted <= rounds.offers).all()
    left = rounds.positions_open - rounds.accepted
    assert rounds.positions_open[1:].tolist() == left[:-1].tolist()
    held = np.concatenate([nation.match.program_of, nation.match.second_of, result.accepted_program])
    counts = np.bincount(held[held >= 0], minlength=len(nation.tracks))
    assert (counts <= nation.match.final_quota).all()
    assert not nation.road.withdrawn[result.accepted_applicant].any()
    again = np.bincount(result.accepted_applicant, minlength=len(nation.cohort))
    assert again.max() <= 2


@pytest.mark.parametrize("weight", [0.0, 10.0])
def test_people_apply_first_where_they_are_readier(weight: float) -> None:
    def share_of_own(readier: float) -> float:
        world = world_of(changed(town(), {"soap": {"applications": 3, "specialty_weight": readier}}))
        sent, tracks, people = world.placed.applications, world.programs, world.applicants
        return float(np.mean(tracks.specialty[sent.program] == people.preferred[sent.applicants()]))

    assert (share_of_own(weight) > share_of_own(1.0)) == (weight > 1)


def test_people_who_look_at_their_chances_aim_lower() -> None:
    def above_standing(caution: float) -> float:
        world = world_of(changed(town(), {"soap": {"applications": 5, "caution": caution}}))
        sent = world.placed.applications
        standing = files(world.scenario, world.applicants)[sent.applicants()]
        return float(np.mean(world.programs.prestige[sent.program] - standing))

    assert above_standing(2.0) < above_standing(0.0) - 0.05


def test_soap_alone_repeats_itself(town_world: World) -> None:
    again = soap(
        town_world.scenario,
        town_world.streams,
        town_world.applicants,
        town_world.road,
        town_world.programs,
        town_world.matched,
    )
    assert again.rounds.equals(town_world.placed.rounds)
    assert again.accepted_program.tolist() == town_world.placed.accepted_program.tolist()
    numbers = again.positions, again.accepted_applicant, again.accepted_program, again.accepted_round
    contacts = again.contact_applicant, again.contact_program
    assert {given.dtype for given in (*numbers, *contacts)} == {np.dtype(np.int32)}
    assert again.eligible.dtype == again.offered.dtype == np.bool_
    assert kinds_of_position(town_world.programs).dtype == np.int8


@pytest.mark.parametrize("draws", [1, 100])
def test_how_many_draws_are_held_at_once_changes_nothing(town_world: World, monkeypatch, draws: int) -> None:
    monkeypatch.setattr(soap_applications, "DRAWS_AT_ONCE", draws)
    world = town_world
    stages = world.scenario, world.streams, world.applicants, world.road, world.programs, world.matched
    assert soap(*stages).applications.differences(world.placed.applications) == []


def test_who_has_a_first_year_at_the_first_program_lacks_nothing(town_world: World) -> None:
    """An index of 0 is a program like any other, though seasons list preliminary programs last."""
    world, matched = town_world, town_world.matched
    track = world.programs.track.copy()
    track[0] = TRACKS.index("P")
    tracks = world.programs.replace(track=track)
    advanced = (matched.program_of >= 0) & tracks.is_track("A")[matched.program_of]
    a = int(np.flatnonzero(advanced & ~world.road.withdrawn)[0])

    def eligible(first_year: int) -> bool:
        second_of, quota = matched.second_of.copy(), matched.final_quota.copy()
        second_of[a] = first_year
        quota[0] += 1
        given = dataclasses.replace(matched, second_of=second_of, final_quota=quota)
        result = soap(world.scenario, world.streams, world.applicants, world.road, tracks, given)
        return bool(result.eligible[a])

    assert eligible(-1)
    assert not eligible(0)


@st.composite
def offer_tables(draw: st.DrawFn) -> dict[str, Any]:
    """Any applications with wishes, any preference lists, seats, kinds and refusals."""
    people, places = draw(st.integers(1, 7)), draw(st.integers(1, 6))
    pairs = [(a, p) for a in range(people) for p in range(places) if draw(st.integers(0, 3))]
    listed = [draw(st.permutations([i for i, (_, q) in enumerate(pairs) if q == p])) for p in range(places)]
    withheld = [0] * len(pairs)
    for mine in listed:  # nobody is offered a position sooner than somebody who stands higher on the list
        rounds = sorted(draw(st.sampled_from([0, 0, 1, 2, 9])) for _ in mine)
        for i, least in zip(mine, rounds, strict=True):
            withheld[i] = least
    return {
        "pairs": pairs,
        "wish": draw(st.permutations(range(len(pairs)))),
        "places": listed,
        "withheld": withheld,
        "seats": [draw(st.integers(0, 3)) for _ in range(places)],
        "kind": [draw(st.integers(0, 2)) for _ in range(places)],
        "refused": [draw(st.sampled_from([0, 0, 0, 1, 2, 9])) for _ in pairs],
        "may": [draw(st.sampled_from(["012", "012", "1", "2", ""])) for _ in range(people)],
        "rounds": draw(st.integers(0, 4)),
    }


@examples(150)
@given(offer_tables())
def test_any_offers_are_answered_as_the_oracle_says(table: dict[str, Any]) -> None:
    pairs, rounds, people = table["pairs"], table["rounds"], len(table["may"])
    offered = np.zeros(len(pairs), dtype=np.bool_)
    accepted_round = np.full(len(pairs), -1, dtype=np.int32)
    offers, accepted = np.zeros(rounds, dtype=np.int32), np.zeros(rounds, dtype=np.int32)
    _kernels.soap_rounds(
        np.cumsum([0, *map(len, table["places"])], dtype=np.int64),
        np.array([i for listed in table["places"] for i in listed], dtype=np.int64),
        np.array([a for a, _ in pairs], dtype=np.int32),
        np.array([p for _, p in pairs], dtype=np.int32),
        np.array(table["kind"], dtype=np.int8),
        np.array(table["wish"], dtype=np.float32),
        np.array(table["withheld"], dtype=np.int8),
        np.array(table["refused"], dtype=np.int8),
        np.array(table["seats"], dtype=np.int64),
        np.array([[str(k) in table["may"][a] for a in range(people)] for k in range(3)]),
        offered,
        accepted_round,
        offers,
        accepted,
    )
    number = {pair: i for i, pair in enumerate(pairs)}
    told = reference.soap_rounds(
        [[pairs[i][0] for i in listed] for listed in table["places"]],
        table["seats"],
        [WORDS[k] for k in table["kind"]],
        [frozenset(WORDS[int(k)] for k in may) for may in table["may"]],
        {pair: float(table["wish"][i]) for pair, i in number.items()},
        lambda a, p, r: r < table["withheld"][number[a, p]],
        lambda a, p, r: r < table["refused"][number[a, p]],
        rounds,
    )
    expected = np.full(len(pairs), -1)
    for one in told.accepted:
        expected[number[one.applicant, one.program]] = one.round
    assert accepted_round.tolist() == expected.tolist()
    assert {pairs[i] for i in np.flatnonzero(offered)} == {pair for sent in told.offers for pair in sent}
    assert offers.tolist() == [len(sent) for sent in told.offers]
    assert accepted.tolist() == [sum(one.round == r for one in told.accepted) for r in range(rounds)]


@pytest.mark.parametrize("other", [0, 1])
def test_the_first_application_of_all_is_weighed_like_any_other(other: int) -> None:
    """Its number is 0: what is wished for less, another whole position or a first year, is refused."""
    open_seats, may_take = np.array([1, 1]), np.ones((3, 1), dtype=np.bool_)
    offered, accepted_round = np.zeros(2, dtype=np.bool_), np.full(2, -1, dtype=np.int32)
    offers, accepted = np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.int32)
    _kernels.soap_rounds(
        np.array([0, 1, 2]),
        np.array([0, 1]),
        np.zeros(2, dtype=np.int32),
        np.array([0, 1], dtype=np.int32),
        np.array([0, other], dtype=np.int8),
        np.array([2.0, 1.0], dtype=np.float32),
        np.zeros(2, dtype=np.int8),
        np.zeros(2, dtype=np.int8),
        open_seats,
        may_take,
        offered,
        accepted_round,
        offers,
        accepted,
    )
    assert offered.all()
    assert accepted_round.tolist() == [0, -1]
    assert open_seats.tolist() == [0, 1]
    assert accepted.tolist() == [1]
