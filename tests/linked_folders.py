"""Markets with every part that a folder can hold, and awkward names, for the tests of files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st

from matchsim.engine import Market
from matchsim.engine.linked import PARITIES

NAMES = [
    "007",
    "7",
    "1e5",
    "a,b",
    'say "hi"',
    "Zoë; x",
    "=1+1",
    "<b>",
    "primary",
    "couple",
    "two\nlines",
    "-1",
]
Draw = Callable[[st.SearchStrategy[Any]], Any]


@st.composite
def linked_markets(draw: Draw, *, couples_only: bool = False) -> Market:
    """Singles, couples with No Match, supplemental lists, reversions, tracks, joint programs, parity.

    Lists may be empty, one-sided, and have gaps in their ranks.
    """
    singles, pairs = draw(st.integers(0, 4)), draw(st.integers(0, 2))
    names = draw(st.permutations(NAMES))
    people = names[: singles + 2 * pairs]
    programs = draw(st.permutations(NAMES))[: draw(st.integers(1, 5))]
    # A joint program stands on supplemental lists alone.
    ranked = programs[:-1] if not couples_only and len(programs) > 2 and draw(st.booleans()) else programs
    lists = {name: draw(_some(ranked)) for name in people[:singles]}
    couples = {
        (people[singles + 2 * c], people[singles + 2 * c + 1]): draw(_pairs(ranked)) for c in range(pairs)
    }
    for couple in couples:
        lists |= {name: [] for name in couple}
    parts: dict[str, Any] = {"couples": couples} if couples else {}
    if not couples_only:
        parts |= _more(draw, lists, couples, programs, ranked)
    market = Market.from_lists(
        {name: lists[name] for name in draw(st.permutations(people))},
        {name: draw(_some(people)) for name in programs},
        {name: draw(st.integers(0, 3)) for name in programs},
        **parts,
    )
    return market if couples_only else _with_gaps(draw, market)


def _some(names: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), unique=True) if names else st.just([])


def _pairs(programs: list[str]) -> st.SearchStrategy[list[tuple[str | None, str | None]]]:
    side = st.sampled_from([None, *programs])
    return st.lists(st.tuples(side, side).filter(any), unique=True, max_size=6)


def _more(draw: Draw, lists: Any, couples: Any, programs: list[str], ranked: list[str]) -> dict[str, Any]:
    """Supplemental lists, a joint program, tracks that allow them, reversions without a circle, parity."""
    parts: dict[str, Any] = {}
    names = {a: list(listed) for a, listed in lists.items()}
    for couple, pairs in couples.items():
        for a, side in zip(couple, zip(*pairs, strict=True), strict=False):
            names[a] = [p for p in dict.fromkeys(side) if p is not None]
    owners = [(a, p) for a, listed in names.items() for p in listed]
    joint = programs[-1] if len(ranked) < len(programs) else None
    advanced = draw(st.sampled_from(ranked)) if joint else None
    supplemental = {}
    for a, p in draw(st.lists(st.sampled_from(owners), unique=True, max_size=4)) if owners else []:
        allowed = [q for q in programs if q != p and (q != joint or p == advanced)]
        supplemental[a, p] = draw(_some(allowed))
    if supplemental:
        parts["supplemental"] = supplemental
    if joint:
        parts["joint"] = {joint: advanced}
    elsewhere = [p for p in programs if p not in (joint, advanced)]
    if not supplemental and draw(st.booleans()):
        tracks = {p: draw(st.sampled_from("CMPAR")) for p in draw(_some(elsewhere))}
        parts["tracks"] = tracks | ({joint: "P", advanced: "A"} if joint and draw(st.booleans()) else {})
    if draw(st.booleans()):
        parts["parity"] = {p: draw(st.sampled_from(PARITIES)) for p in draw(_some(programs))}
    return {name: part for name, part in parts.items() if part} | {"reversions": None}


def _with_gaps(draw: Draw, market: Market) -> Market:
    """The market with reversions, and with ranks as people submit them."""
    size = market.size("program")
    donors = [(d, r) for d in range(size) for r in range(size) if d < r and market.quota[d]]
    moves = draw(st.lists(st.sampled_from(donors), unique=True, max_size=5)) if donors else []
    changes: dict[str, Any] = {}
    if moves:
        from matchsim.engine.linked import Reversions

        positions = [draw(st.integers(1, int(market.quota[d]))) for d, _ in moves]
        changes["reversions"] = Reversions(*np.array(moves, np.int32).T, np.array(positions, np.int32))
    for name in ("couples", "supplementals"):
        table = getattr(market, name)
        if table is not None:
            changes[name] = table.replace(rank_numbers=_rising(draw, table.offsets))
    changes["applicant_rank_numbers"] = _rising(draw, market.applicant_offsets)
    # Parities that are all "any" are none.
    if market.parity is not None and not market.parity.any():
        changes["parity"] = None
    return market.replace(**changes)


def _rising(draw: Draw, offsets: Any) -> Any:
    """Rank numbers with a gap here and there; None when they turn out to be 1, 2, 3, ..."""
    numbers: list[int] = []
    for length in np.diff(offsets).tolist():
        steps = draw(st.lists(st.integers(1, 3), min_size=length, max_size=length))
        numbers += np.cumsum(steps).tolist()
    plain = [rank for length in np.diff(offsets).tolist() for rank in range(1, length + 1)]
    return None if numbers == plain else np.array(numbers, np.int32)


def rational_seats(market: Market, random: Any) -> tuple[list[int], list[int]]:
    """Whoever comes takes an option of theirs that has room, or nothing; all in random order."""
    room, program_of = market.quota.tolist(), [-1] * len(market)
    second_of, links, couples, extra = program_of.copy(), market.links, market.couples, market.supplementals

    def take(people: list[int], options: list[list[int]], seats: list[int]) -> None:
        options = [o for o in options if all(p < 0 or room[p] >= o.count(p) for p in o)]
        if options and random.random() < 0.8:
            for a, p in zip(people, random.choice(options), strict=True):
                seats[a] = p
                if p >= 0:
                    room[p] -= 1

    for a in random.sample(range(len(market)), len(market)):
        c = int(links.couple_of[a])
        if c < 0:
            entries = range(*market.applicant_offsets[a : a + 2])
            take(
                [a],
                [[int(market.applicant_programs[e])] for e in entries if market.program_rank[e] >= 0],
                program_of,
            )
        elif a == couples.first[c]:
            sides = (couples.first_program, links.first_rank), (couples.second_program, links.second_rank)
            pairs = range(*couples.offsets[c : c + 2])
            options = [
                [int(programs[k]) for programs, _ in sides]
                for k in pairs
                if all(programs[k] < 0 or ranks[k] >= 0 for programs, ranks in sides)
            ]
            take([a, int(couples.second[c])], options, program_of)
    for s in random.sample(range(len(extra or ())), len(extra or ())):
        a = int(extra.applicant[s])
        if program_of[a] == extra.advanced[s]:
            entries = range(*extra.offsets[s : s + 2])
            take(
                [a], [[int(extra.programs[e])] for e in entries if links.supplemental_rank[e] >= 0], second_of
            )
    return program_of, second_of
