"""Hypothesis strategies shared by the tests: markets, and matchings that need not be sensible."""

from __future__ import annotations

from hypothesis import strategies as st

from matchsim.engine import Market

# Names that have caused trouble elsewhere: numbers, blanks, separators, quotes, formulas, other scripts.
NAMES = st.one_of(
    st.integers(min_value=0, max_value=99),
    st.sampled_from(["007", "a b", 'say "x"', "x,y", "=1+1", "<b>", "Ünïcode", "女", "nan", "None", "-1"]),
    st.text(min_size=1, max_size=6),
)


def names(size: int) -> st.SearchStrategy[list[str | int]]:
    """`size` names that stay different when they become text."""
    return st.lists(NAMES, min_size=size, max_size=size, unique_by=str)


@st.composite
def market_lists(
    draw: st.DrawFn, max_applicants: int = 8, max_programs: int = 5, max_quota: int = 3
) -> tuple[list[list[int]], list[list[int]], list[int]]:
    """Lists of both sides as indices, and quotas: one-sided entries, empty lists, quota 0, nobody at all."""
    applicants = draw(st.integers(0, max_applicants))
    programs = draw(st.integers(0, max_programs))
    rank_programs = st.permutations(range(programs)).flatmap(_prefixes)
    rank_applicants = st.permutations(range(applicants)).flatmap(_prefixes)
    return (
        [draw(rank_programs) for _ in range(applicants)],
        [draw(rank_applicants) for _ in range(programs)],
        [draw(st.integers(0, max_quota)) for _ in range(programs)],
    )


def _prefixes(order: list[int]) -> st.SearchStrategy[list[int]]:
    # Long lists are the likely ones: they are where proposals collide.
    return st.integers(0, len(order)).map(lambda cut: list(order[: len(order) - cut]))


def market_of(lists: tuple[list[list[int]], list[list[int]], list[int]]) -> Market:
    """The market of lists of indices; everybody is called by a number from 1."""
    applicants, programs, quotas = lists
    offsets = [[0], [0]]
    for cut, side in zip(offsets, (applicants, programs), strict=True):
        for ranked in side:
            cut.append(cut[-1] + len(ranked))
    flat = [[other for ranked in side for other in ranked] for side in (applicants, programs)]
    return Market.from_arrays(offsets[0], flat[0], offsets[1], flat[1], quotas)


def markets(max_applicants: int = 8, max_programs: int = 5, max_quota: int = 3) -> st.SearchStrategy[Market]:
    """Markets without names of their own."""
    return market_lists(max_applicants, max_programs, max_quota).map(market_of)


@st.composite
def named_markets(draw: st.DrawFn, max_applicants: int = 6, max_programs: int = 4) -> Market:
    """Markets with awkward names, made from lists of names."""
    applicants, programs, quotas = draw(market_lists(max_applicants, max_programs))
    people = draw(names(len(applicants)))
    places = draw(names(len(programs)))
    return Market.from_lists(
        {people[a]: [places[p] for p in ranked] for a, ranked in enumerate(applicants)},
        {places[p]: [people[a] for a in ranked] for p, ranked in enumerate(programs)},
        {places[p]: quota for p, quota in enumerate(quotas)},
    )


def assignments(market: Market) -> st.SearchStrategy[list[int]]:
    """Any program or none for everyone, sensible or not."""
    return st.lists(st.integers(-1, market.size("program") - 1), min_size=len(market), max_size=len(market))
