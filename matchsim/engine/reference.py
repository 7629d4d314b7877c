"""The obvious slow versions: oracles for everything quick in this package. Plain Python, no compiled code.

They read nothing of a market but its lists and quotas, and find all ranks again by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from matchsim.engine.market import Market

__all__ = [
    "applicants_propose",
    "blocking_pairs",
    "is_stable",
    "menu",
    "programs_propose",
    "stable_matchings",
]

Lists = list[list[int]]


def lists_of(market: Market) -> tuple[Lists, Lists]:
    """The rank order lists of applicants and programs as lists of indices, best first."""
    return (
        _cut(market.applicant_offsets.tolist(), market.applicant_programs.tolist()),
        _cut(market.program_offsets.tolist(), market.program_applicants.tolist()),
    )


def _cut(offsets: list[int], values: list[int]) -> Lists:
    return [values[offsets[i] : offsets[i + 1]] for i in range(len(offsets) - 1)]


def _mutual(market: Market) -> tuple[Lists, Lists]:
    """The lists without the entries that only one side gave."""
    applicants, programs = lists_of(market)
    return (
        [[p for p in ranked if a in programs[p]] for a, ranked in enumerate(applicants)],
        [[a for a in ranked if p in applicants[a]] for p, ranked in enumerate(programs)],
    )


def applicants_propose(market: Market) -> tuple[list[int], int]:
    """Deferred acceptance in rounds, applicants proposing.

    Returns
    -------
    tuple
        The program of every applicant (-1 = none) and the number of proposals.

    Notes
    -----
    Gale and Shapley, American Mathematical Monthly 69 (1962), 9-15: in each round everybody who is not
    held proposes to the next program on their list, and each program keeps the best up to its quota.
    """
    applicants, programs = _mutual(market)
    following = [0] * len(applicants)
    held: Lists = [[] for _ in programs]
    proposals = 0
    while True:
        held_anywhere = {a for those in held for a in those}
        proposers = [
            a for a, ranked in enumerate(applicants) if a not in held_anywhere and following[a] < len(ranked)
        ]
        if not proposers:
            break
        for a in proposers:
            held[applicants[a][following[a]]].append(a)
            following[a] += 1
            proposals += 1
        for p, those in enumerate(held):
            those.sort(key=programs[p].index)
            del those[int(market.quota[p]) :]
    program_of = [-1] * len(applicants)
    for p, those in enumerate(held):
        for a in those:
            program_of[a] = p
    return program_of, proposals


def programs_propose(market: Market) -> tuple[list[int], int]:
    """Deferred acceptance in rounds, every program offering its free positions down its list.

    Returns and source as for :func:`applicants_propose`.
    """
    applicants, programs = _mutual(market)
    following = [0] * len(programs)
    program_of = [-1] * len(applicants)
    proposals = 0
    while True:
        offers: Lists = [[] for _ in applicants]
        for p, ranked in enumerate(programs):
            free = int(market.quota[p]) - program_of.count(p)
            for a in ranked[following[p] : following[p] + free]:
                offers[a].append(p)
                following[p] += 1
                proposals += 1
        if not any(offers):
            return program_of, proposals
        for a, ranked in enumerate(applicants):
            choices = offers[a] if program_of[a] < 0 else [*offers[a], program_of[a]]
            if choices:
                program_of[a] = min(choices, key=ranked.index)


def menu(market: Market, applicant: int) -> set[int]:
    """The programs that lists of one program win for an applicant: the market is solved again for each.

    Whatever a list wins, the list of that program alone wins too, as applicants gain nothing by lists that
    are not true (Dubins and Freedman, American Mathematical Monthly 88 (1981), 485-494): this is all of
    the menu.
    """
    programs = range(market.size("program"))
    return {p for p in programs if applicants_propose(_submitting(market, applicant, p))[0][applicant] == p}


def _submitting(market: Market, applicant: int, program: int) -> Market:
    """The market in which an applicant ranks one program alone; nothing of what is linked is kept."""
    applicants, _ = lists_of(market)
    applicants[applicant] = [program]
    offsets = [0]
    for ranked in applicants:
        offsets.append(offsets[-1] + len(ranked))
    flat = [p for ranked in applicants for p in ranked]
    return Market.from_arrays(offsets, flat, market.program_offsets, market.program_applicants, market.quota)


def blocking_pairs(market: Market, program_of: list[int]) -> list[tuple[int, int]]:
    """Every pair of an applicant and a program tried in turn; see the definition in ``stability``."""
    applicants, programs = lists_of(market)
    pairs = []
    for a, ranked in enumerate(applicants):
        for p in ranked:
            if a in programs[p] and _applicant_prefers(ranked, p, program_of[a]):
                held = [other for other, where in enumerate(program_of) if where == p]
                free = len(held) < market.quota[p]
                if free or any(_program_prefers(programs[p], a, other) for other in held):
                    pairs.append((a, p))
    return pairs


def _applicant_prefers(ranked: list[int], program: int, present: int) -> bool:
    return present not in ranked or ranked.index(program) < ranked.index(present)


def _program_prefers(ranked: list[int], applicant: int, present: int) -> bool:
    return present not in ranked or ranked.index(applicant) < ranked.index(present)


def is_individually_rational(market: Market, program_of: list[int]) -> bool:
    """Whether everyone matched is ranked by and ranks their program, and no quota is exceeded."""
    applicants, programs = lists_of(market)
    mutual = all(p < 0 or (p in applicants[a] and a in programs[p]) for a, p in enumerate(program_of))
    return mutual and all(program_of.count(p) <= quota for p, quota in enumerate(market.quota.tolist()))


def is_stable(market: Market, program_of: list[int]) -> bool:
    """Whether the matching is individually rational and nothing blocks it."""
    return is_individually_rational(market, program_of) and not blocking_pairs(market, program_of)


def stable_matchings(market: Market) -> Iterator[list[int]]:
    """All stable matchings by trying every matching there is; only for tiny markets."""
    applicants, _ = _mutual(market)
    for program_of in product(*([-1, *ranked] for ranked in applicants)):
        if is_stable(market, list(program_of)):
            yield list(program_of)
