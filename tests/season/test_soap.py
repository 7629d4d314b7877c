"""SOAP: the rules one by one, and the whole against the oracle."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchsim.season import _kernels, reference
from matchsim.season.soap import KIND_OF_TRACK, soap
from matchsim.season.standing import screening_scores, wishes
from matchsim.season.tables import Applications
from matchsim.season.words import TRACKS

from .worlds import World, changed, examples, town, world_of, worlds

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


def applications(world: World) -> list[list[int]]:
    """Everybody's applications, from the draws and the rules."""
    given, people, tracks = world.scenario.soap, world.applicants, world.programs
    unfilled = np.flatnonzero(np.array(open_seats(world)) > 0).astype(np.int32)
    everyone = np.arange(len(people), dtype=np.int32)
    words = world.streams("soap.applications").words_at(everyone, unfilled).tolist()
    kind, may = kinds(world), missing(world)
    out = []
    for a in range(len(people)):
        weights = [
            (
                given.specialty_weight
                if tracks.specialty[p] in (people.preferred[a], people.backup[a])
                else 1.0
            )
            if kind[p] in may[a] and reference.eligible(people, tracks, a, p)
            else None
            for p in unfilled.tolist()
        ]
        chosen = reference.soap_choice(words[a], weights, given.applications)
        out.append([int(unfilled[k]) for k in chosen])
    return out


def as_table(world: World, sent: list[list[int]]) -> Applications:
    offsets = np.cumsum([0, *map(len, sent)])
    owner = np.repeat(np.arange(len(sent), dtype=np.int32), np.diff(offsets))
    program = np.array([p for mine in sent for p in mine], dtype=np.int32)
    fit = world.streams("applications.fit").pair_normal(owner, program)
    return Applications(
        offsets, program, fit, np.zeros(len(program), dtype=np.int8), np.zeros(len(sent), np.float32)
    )


def told_by_oracle(world: World) -> tuple[reference.SoapOffers, list[list[int]]] | None:
    sent = applications(world)
    table = as_table(world, sent)
    owner = table.applicants()
    people, tracks = world.applicants, world.programs
    noise = world.streams("soap.screening").pair_normal(owner, table.program)
    score = screening_scores(
        world.scenario, people, world.road, tracks, table, np.float32(world.scenario.soap.noise) * noise
    ).tolist()
    wish = wishes(
        world.scenario,
        people,
        tracks,
        table.applicant_offsets,
        table.program,
        table.fit,
        np.zeros(len(people)),
    )
    pairs = list(zip(owner.tolist(), table.program.tolist(), strict=True))
    if len(set(wish.tolist())) < len(pairs):
        return None
    preferences = [
        [
            pairs[i][0]
            for i in sorted((i for i, (_, q) in enumerate(pairs) if q == p), key=lambda i: -score[i])
        ]
        for p in range(len(tracks))
    ]
    word, _ = world.streams("soap.refusal").pair_words(owner, table.program)
    draw = dict(zip(pairs, ((word + 0.5) * 2.0**-32).tolist(), strict=True))
    chances = world.scenario.soap.refusal

    def waits(a: int, p: int, r: int) -> bool:
        # Who takes an offer in an early round takes it in every later one.
        return all(draw[a, p] < chance for chance in chances[: r + 1])

    return (
        reference.soap_rounds(
            preferences,
            open_seats(world),
            kinds(world),
            missing(world),
            dict(zip(pairs, wish.tolist(), strict=True)),
            waits,
            world.scenario.soap.rounds,
        ),
        sent,
    )


def check(world: World) -> bool:
    """Compare SOAP with the oracle and its rules; False where two wishes are equal."""
    told = told_by_oracle(world)
    if told is None:
        return False
    oracle, sent = told
    result = world.placed
    got = zip(result.accepted_applicant, result.accepted_program, result.accepted_round, strict=True)
    expected = [(one.applicant, one.program, one.round) for one in oracle.accepted]
    assert sorted((int(a), int(p), int(r)) for a, p, r in got) == sorted(expected)
    assert result.applications == sum(map(len, sent))
    assert result.rounds.offers.tolist() == [len(offers) for offers in oracle.offers]
    assert result.eligible.tolist() == [bool(kinds) for kinds in missing(world)]
    follow_the_rules(world, oracle, sent)
    return True


def follow_the_rules(world: World, told: reference.SoapOffers, sent: list[list[int]]) -> None:
    seats, kind, asked = open_seats(world), kinds(world), set()
    taken: dict[int, list[str]] = {}
    assert all(len(mine) <= world.scenario.soap.applications for mine in sent)
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
    for seed in range(1, 6):
        world = world_of(changed(town(), {"soap": {"refusal": [0.6, 0.4, 0.2, 0.0]}}), seed=seed)
        assert check(world)
        kind = kinds(world)
        by_person: dict[int, set[str]] = {}
        for a, p in zip(world.placed.accepted_applicant, world.placed.accepted_program, strict=True):
            by_person.setdefault(int(a), set()).add(kind[p])
        seen |= {"+".join(sorted(taken)) for taken in by_person.values()}
        eligible = [sorted(k) for k in missing(world)]
        seen |= {f"misses {'+'.join(kinds_)}" for kinds_ in eligible}
    assert {"whole", "first_year", "misses first_year", "misses later"} <= seen


def test_who_always_refuses_ends_with_nothing() -> None:
    never = world_of(changed(town(), {"soap": {"refusal": [1.0] * 4}}))
    assert never.placed.rounds.accepted.tolist() == [0, 0, 0, 0]
    assert never.placed.rounds.offers[0] > 0
    assert len(set(never.placed.rounds.positions_open.tolist())) == 1


def test_no_rounds_no_applications_no_seats() -> None:
    assert len(world_of(changed(town(), {"soap": {"rounds": 0, "refusal": []}})).placed.rounds) == 0
    silent = world_of(changed(town(), {"soap": {"applications": 0}})).placed
    assert silent.applications == 0
    assert silent.rounds.offers.tolist() == [0] * 4
    assert silent.eligible.any()


def test_the_most_applications_bind_where_there_are_more_programs_unfilled() -> None:
    world = world_of(changed(town(), {"soap": {"applications": 2}}))
    assert sum(seats > 0 for seats in open_seats(world)) > 2
    assert world.placed.applications <= 2 * world.placed.eligible.sum()
    assert check(world)


def test_nobody_in_the_nation_sends_more_than_45_and_seats_only_fill(nation) -> None:
    rounds, result = nation.soap.rounds, nation.soap
    assert result.applications <= 45 * int(result.eligible.sum())
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
    few = {"applications": 3, "specialty_weight": weight}
    world = world_of(changed(town(), {"soap": few}))
    sent, tracks, people = applications(world), world.programs, world.applicants
    own = [tracks.specialty[p] == people.preferred[a] for a, mine in enumerate(sent) for p in mine]
    usual = [
        tracks.specialty[p] == people.preferred[a]
        for a, mine in enumerate(applications(world_of(changed(town(), {"soap": {"specialty_weight": 1.0}}))))
        for p in mine
    ]
    assert (np.mean(own) > np.mean(usual)) == (weight > 1)


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


@st.composite
def offer_tables(draw: st.DrawFn) -> dict[str, Any]:
    """Any applications with wishes, any preference lists, seats, kinds and refusals."""
    people, places = draw(st.integers(1, 7)), draw(st.integers(1, 6))
    pairs = [(a, p) for a in range(people) for p in range(places) if draw(st.integers(0, 3))]
    return {
        "pairs": pairs,
        "wish": draw(st.permutations(range(len(pairs)))),
        "places": [
            draw(st.permutations([i for i, (_, q) in enumerate(pairs) if q == p])) for p in range(places)
        ],
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
    accepted_round = np.full(len(pairs), -1, dtype=np.int32)
    offers, accepted = np.zeros(rounds, dtype=np.int32), np.zeros(rounds, dtype=np.int32)
    _kernels.soap_rounds(
        np.cumsum([0, *map(len, table["places"])], dtype=np.int64),
        np.array([i for listed in table["places"] for i in listed], dtype=np.int64),
        np.array([a for a, _ in pairs], dtype=np.int32),
        np.array([p for _, p in pairs], dtype=np.int32),
        np.array(table["kind"], dtype=np.int8),
        np.array(table["wish"], dtype=np.float32),
        np.array(table["refused"], dtype=np.int8),
        np.array(table["seats"], dtype=np.int64),
        np.array([[str(k) in table["may"][a] for a in range(people)] for k in range(3)]),
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
        lambda a, p, r: r < table["refused"][number[a, p]],
        rounds,
    )
    expected = np.full(len(pairs), -1)
    for one in told.accepted:
        expected[number[one.applicant, one.program]] = one.round
    assert accepted_round.tolist() == expected.tolist()
    assert offers.tolist() == [len(sent) for sent in told.offers]
    assert accepted.tolist() == [sum(one.round == r for one in told.accepted) for r in range(rounds)]
