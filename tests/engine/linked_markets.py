"""Small markets with couples and supplemental lists, and matchings of them, good and bad."""

from __future__ import annotations

import numpy as np

from matchsim.engine import Market, Matching, linked_reference

SINGLES, COUPLES, PROGRAMS = 4, 2, 4


def tiny(number: int, *, singles: int = SINGLES, couples: int = COUPLES, most_pairs: int = 8) -> Market:
    """A market of four programs; every third has supplemental lists, of couples' members too."""
    rng = np.random.default_rng(number)
    people = singles + 2 * couples
    lists: dict[int, list[int]] = {a: [] for a in range(people)}
    for a in range(singles):
        lists[a] = rng.permutation(PROGRAMS)[: rng.integers(1, PROGRAMS + 1)].tolist()
    pairs_of, ranked = {}, dict(lists)
    for first in range(singles, people, 2):
        drawn = rng.integers(-1, PROGRAMS, (most_pairs + 2, 2)).tolist()
        pairs = list(dict.fromkeys((p, q) for p, q in drawn if max(p, q) >= 0))
        pairs = pairs[: rng.integers(1, most_pairs + 1)]
        pairs_of[first, first + 1] = [tuple(None if p < 0 else p for p in pair) for pair in pairs]
        ranked[first], ranked[first + 1] = ([p for p in side if p >= 0] for side in zip(*pairs, strict=True))
    supplemental = {
        (a, p): [int(q) for q in rng.permutation(PROGRAMS) if q != p][: rng.integers(0, 3)]
        for a in ranked
        for p in dict.fromkeys(ranked[a])
        if number % 3 == 0 and rng.random() < 0.3
    }
    return Market.from_lists(
        lists,
        {p: [int(a) for a in rng.permutation(people) if rng.random() < 0.92] for p in range(PROGRAMS)},
        {p: int(rng.integers(0 if rng.random() < 0.1 else 1, 4)) for p in range(PROGRAMS)},
        couples=pairs_of,
        supplemental=supplemental or None,
    )


def tight(number: int, *, most_couples: int = 2) -> Market:
    """A tiny market with few positions, every third with supplemental lists: often nothing is stable."""
    rng = np.random.default_rng(number)
    singles, couples, programs = int(rng.integers(1, 4)), int(rng.integers(1, most_couples + 1)), 3
    people = singles + 2 * couples
    lists = {a: rng.permutation(programs)[: rng.integers(1, programs + 1)].tolist() for a in range(singles)}
    every_pair = [(p, q) for p in range(-1, programs) for q in range(-1, programs) if max(p, q) >= 0]
    pairs_of, ranked = {}, dict(lists)
    for first in range(singles, people, 2):
        pairs = [every_pair[k] for k in rng.permutation(len(every_pair))[: rng.integers(2, 8)]]
        pairs_of[first, first + 1] = [tuple(None if p < 0 else p for p in pair) for pair in pairs]
        ranked[first], ranked[first + 1] = ([p for p in side if p >= 0] for side in zip(*pairs, strict=True))
    supplemental = {
        (a, p): [int(q) for q in rng.permutation(programs) if q != p][: rng.integers(1, 3)]
        for a in ranked
        for p in dict.fromkeys(ranked[a])
        if number % 3 == 0 and rng.random() < 0.4
    }
    return Market.from_lists(
        lists,
        {p: [int(a) for a in rng.permutation(people) if rng.random() < 0.95] for p in range(programs)},
        {p: 1 + int(rng.random() < 0.35) for p in range(programs)},
        couples=pairs_of,
        supplemental=supplemental or None,
    )


def crowded_draw(
    rng: np.random.Generator, *, residents: int, couples: int, hospitals: int, positions: int
) -> Market:
    """The random market of the literature: as many positions as residents, dealt out at random.

    Residents rank 5 to 10 hospitals at random; a couple ranks 5 to 10 of the pairs of what its members
    rank; hospitals rank all who rank them at random.
    """
    quotas = np.bincount(rng.integers(hospitals, size=positions), minlength=hospitals).tolist()
    lists = {a: rng.permutation(hospitals)[: rng.integers(5, 11)].tolist() for a in range(residents)}
    ranking = {h: [a for a, ranked in lists.items() if h in ranked] for h in range(hospitals)}
    pairs = {}
    for first in range(0, 2 * couples, 2):
        product = [(p, q) for p in lists[first] for q in lists[first + 1]]
        chosen = rng.permutation(len(product))[: rng.integers(5, 11)]
        pairs[first, first + 1] = [product[k] for k in chosen]
        lists[first], lists[first + 1] = [], []
    ranking = {h: [ranked[k] for k in rng.permutation(len(ranked))] for h, ranked in ranking.items()}
    return Market.from_lists(lists, ranking, dict(enumerate(quotas)), couples=pairs)


def nonsense(market: Market, rng: np.random.Generator) -> Matching:
    """Anybody anywhere: unranked, over quota, couples torn."""
    size = market.size("program")
    program_of = rng.integers(-1, size, len(market))
    second_of = np.where(rng.random(len(market)) < 0.3, rng.integers(-1, size, len(market)), -1)
    return Matching.from_programs(market, program_of, second_of)


def rational(market: Market, rng: np.random.Generator) -> Matching:
    """Whoever comes finds a random option of their own that is still free, or nothing."""
    program_of, second_of = np.full(len(market), -1), np.full(len(market), -1)
    room = market.quota.copy()
    links, couples, extra = market.links, market.couples, market.supplementals
    for a in rng.permutation(len(market)):
        c = int(links.couple_of[a])
        if c < 0:
            entries = slice(*market.applicant_offsets[a : a + 2])
            people = [int(a)]
            options = market.applicant_programs[entries][market.program_rank[entries] >= 0][:, None]
        elif a == couples.first[c]:
            pairs = slice(*couples.offsets[c : c + 2])
            people = [int(a), int(couples.second[c])]
            options = np.stack([couples.first_program[pairs], couples.second_program[pairs]], axis=1)
            ranks = np.stack([links.first_rank[pairs], links.second_rank[pairs]], axis=1)
            options = options[((options < 0) | (ranks >= 0)).all(axis=1)]
        else:
            continue
        _take(people, options, program_of, room, rng)
    for s in rng.permutation(0 if extra is None else len(extra)):
        a = int(extra.applicant[s])
        if program_of[a] == extra.advanced[s]:
            entries = slice(*extra.offsets[s : s + 2])
            options = extra.programs[entries][links.supplemental_rank[entries] >= 0][:, None]
            _take([a], options, second_of, room, rng)
    return Matching.from_programs(market, program_of, second_of)


def _take(people, options, seats, room, rng) -> None:
    if len(options) and rng.random() < 0.85:
        programs = options[rng.integers(len(options))]
        wanted = np.bincount(programs[programs >= 0], minlength=len(room))
        if (wanted <= room).all():
            seats[people] = programs
            room -= wanted


def plainly(matching: Matching) -> tuple[list[int], list[int], list[int]]:
    """The matching as the plain versions take it."""
    return matching.program_of.tolist(), matching.second_of.tolist(), matching.final_quota.tolist()


def plainly_stable(matching: Matching, definition: str = "responsive") -> bool:
    return linked_reference.is_stable(matching.market, *plainly(matching), definition)
